/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The warm pool: sessions that have started and wait for a user. One is given to one user, once;
 * until then egress does not know it, so that nothing it asks for leaves the host. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "garasu/input.h"

#include <string.h>
#include <unistd.h>

#define REST_MS 2000 /* after a user's start: the user's own browser comes first */
#define WAIT_MAX_MS 60000
#define PROVEN_MS 60000 /* one that lived so long was no failed start */
#define CUT_OFF_MS 1000 /* until the next look whether the cut-off stands */

int session_has_user(const struct session *session)
{
	return session->user[0] != '\0';
}

unsigned pool_count(const struct supervisor *supervisor)
{
	unsigned count = 0;

	for (const struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		count += !session_has_user(s) && s->state != SESSION_ENDING;
	}
	return count;
}

struct session *pool_find(struct supervisor *supervisor)
{
	struct session *found = NULL;

	browser_check(supervisor); /* ends those of an older browser */
	for (struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (!session_has_user(s) && s->state != SESSION_ENDING &&
			(found == NULL || found->state == SESSION_STARTING)) {
			found = s;
		}
	}
	return found;
}

void pool_rest(struct supervisor *supervisor)
{
	supervisor->pool_at_ms = garasu_clock_ms() + REST_MS;
}

void pool_lost(struct session *session)
{
	struct supervisor *supervisor = session->supervisor;
	uint64_t now = garasu_clock_ms();

	if (now - session->started_ms >= PROVEN_MS) {
		supervisor->pool_wait_ms = 0;
	}
	supervisor->pool_wait_ms = supervisor->pool_wait_ms * 2 + 100;
	if (supervisor->pool_wait_ms > WAIT_MAX_MS) {
		supervisor->pool_wait_ms = WAIT_MAX_MS;
	}
	supervisor->pool_at_ms = now + supervisor->pool_wait_ms;
}

/* One start at a time, and none beside a user's. */
static int has_room(const struct supervisor *supervisor)
{
	unsigned all = 0;

	for (const struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (s->state == SESSION_STARTING) {
			return 0;
		}
		all++;
	}
	return all < supervisor->config->sessions_max;
}

uint64_t pool_run(struct supervisor *supervisor, uint64_t now_ms)
{
	if (!supervisor->is_ready || supervisor->is_stopping || !recorder_allows(supervisor) ||
		pool_count(supervisor) >= supervisor->config->pool || !has_room(supervisor)) {
		return UINT64_MAX;
	}
	if (supervisor->pool_at_ms > now_ms) {
		return supervisor->pool_at_ms;
	}
	if (cutoff_is_set(supervisor, "")) {
		supervisor->pool_at_ms = now_ms + CUT_OFF_MS;
	} else if (session_start_pooled(supervisor) != 0) {
		garasu_log(
			GARASU_LOG_ERROR, "pool_start_failed", "pool=%u", supervisor->config->pool);
		supervisor->pool_at_ms = now_ms + WAIT_MAX_MS;
	}
	return supervisor->pool_at_ms > now_ms ? supervisor->pool_at_ms : UINT64_MAX;
}

/* Written at once, so that no record of a gateway comes between. */
void pool_open_start_page(const struct session *session)
{
	const char *page = session->supervisor->config->start_page;
	struct garasu_input pieces[GARASU_INPUT_ADDRESS_MAX / GARASU_INPUT_TEXT_BYTES + 1];
	size_t length = strlen(page);
	size_t count = 0;

	if (strcmp(page, "about:blank") == 0 || length > GARASU_INPUT_ADDRESS_MAX) {
		return;
	}
	memset(pieces, 0, sizeof(pieces));
	for (size_t at = 0; at < length; count++) {
		struct garasu_input *piece = &pieces[count];
		size_t size =
			length - at < sizeof(piece->bytes) ? length - at : sizeof(piece->bytes);

		piece->type = GARASU_INPUT_ADDRESS;
		piece->count = (uint16_t)size;
		memcpy(piece->bytes, page + at, size);
		at += size;
		piece->flag = at == length;
	}
	if (write(session->input_fd, pieces, count * sizeof(pieces[0])) !=
		(ssize_t)(count * sizeof(pieces[0]))) {
		garasu_log(GARASU_LOG_WARNING, "input_full", "session=%u", session->number);
	}
}
