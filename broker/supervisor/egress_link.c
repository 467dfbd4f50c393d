/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Egress: every session's listener is given to it, and to each that follows it.
 * Reads untrusted bytes from: egress. */

#include "supervisor.h"

#include "allowance.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* As control.h has it. */
static int is_host(const char *untrusted_host)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    ".:_-[]";

	return untrusted_host[strspn(untrusted_host, plain)] == '\0' ||
	       strcmp(untrusted_host, "?") == 0;
}

/* Egress lets no session begin more connections than this; a captured one does not fill the trail.
 */
static int is_within_its_limits(struct session *session)
{
	const struct garasu_config *config = session->supervisor->config;

	return allowance_keeps(&session->egress_spent_us, config->egress_starts_per_s,
		2 * (config->egress_starts_burst + config->egress_connections_max),
		garasu_clock_ms() * 1000);
}

int egress_take(struct supervisor *supervisor, const struct garasu_control *record)
{
	struct garasu_egress_connection untrusted;
	struct session *session;

	memcpy(&untrusted, record->payload, sizeof(untrusted));
	if (record->header.type != GARASU_EGRESS_CONNECTION ||
		untrusted.verdict >= GARASU_EGRESS_VERDICT_COUNT || !is_host(untrusted.host)) {
		return -EPROTO;
	}
	session = session_by_number(supervisor, untrusted.session);
	if (session != NULL && !is_within_its_limits(session)) {
		garasu_log(GARASU_LOG_ERROR, "egress_flood", "session=%u", session->number);
		return -EPROTO;
	}
	if (session != NULL) {
		const uint64_t values[5] = {untrusted.verdict, untrusted.port, untrusted.bytes_up,
			untrusted.bytes_down, untrusted.duration_ms};

		event_send(supervisor, GARASU_EVENT_CONNECTION, session->number, session->user,
			untrusted.host, values, 5);
	}
	return 0;
}

void egress_add(struct supervisor *supervisor, const struct session *session)
{
	struct garasu_egress_add record;

	if (session->listener_fd < 0 || !session_has_user(session)) {
		return;
	}
	memset(&record, 0, sizeof(record));
	record.session = session->number;
	snprintf(record.user, sizeof(record.user), "%s", session->user);
	kept_role_send(&supervisor->egress, GARASU_EGRESS_ADD, &record, &session->listener_fd, 1);
}

void egress_remove(struct supervisor *supervisor, const struct session *session)
{
	const struct garasu_egress_remove record = {.session = session->number};

	if (session->listener_fd >= 0) {
		kept_role_send(&supervisor->egress, GARASU_EGRESS_REMOVE, &record, NULL, 0);
	}
}

static void on_started(struct supervisor *supervisor)
{
	for (const struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (s->state != SESSION_ENDING) {
			egress_add(supervisor, s);
		}
	}
}

void egress_start(struct supervisor *supervisor)
{
	supervisor->egress = (struct kept_role){.supervisor = supervisor,
		.kind = GARASU_ROLE_EGRESS,
		.fds = {supervisor->egress_settings_fd},
		.fd_count = 1,
		.on_record = egress_take,
		.on_started = on_started};
	kept_role_start(&supervisor->egress);
}
