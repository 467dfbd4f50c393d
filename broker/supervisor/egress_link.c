/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Egress: restarted when it dies, with every session's listener given to it again.
 * Reads untrusted bytes from: egress. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void again(struct supervisor *supervisor)
{
	link_close(&supervisor->egress_link);
	supervisor->egress_wait_ms = supervisor->egress_wait_ms * 2 + 100;
	if (supervisor->egress_wait_ms > 5000) {
		supervisor->egress_wait_ms = 5000;
	}
	supervisor->egress_at_ms = garasu_clock_ms() + supervisor->egress_wait_ms;
}

static void on_gone(void *owner, int status)
{
	struct supervisor *supervisor = owner;

	(void)status;
	supervisor->egress = NULL;
	supervisor->egress_end_ms = 0;
	again(supervisor);
}

void egress_stop(struct supervisor *supervisor)
{
	supervisor->egress_end_ms = 0;
	if (supervisor->egress != NULL) {
		role_end(supervisor, &supervisor->egress);
		again(supervisor);
	}
}

static void on_closed(void *owner, int error)
{
	struct supervisor *supervisor = owner;

	link_close(&supervisor->egress_link);
	if (error != 0) {
		egress_stop(supervisor);
	} else { /* its exit follows, or it serves on without anybody to answer to */
		supervisor->egress_end_ms = garasu_clock_ms() + SUPERVISOR_EXIT_MS;
	}
}

static void on_record(void *owner, struct garasu_control *record)
{
	struct supervisor *supervisor = owner;
	struct garasu_egress_connection untrusted;
	struct session *session;

	memcpy(&untrusted, record->payload, sizeof(untrusted));
	if (record->header.type != GARASU_EGRESS_CONNECTION ||
		untrusted.verdict >= GARASU_EGRESS_VERDICT_COUNT) {
		const uint64_t values[2] = {GARASU_ROLE_EGRESS, 0};

		event_send(supervisor, GARASU_EVENT_ROLE_DIED, 0, "", "illegal record", values, 2);
		on_closed(owner, -EPROTO);
		return;
	}
	session = session_by_number(supervisor, untrusted.session);
	if (session != NULL) {
		const uint64_t values[5] = {untrusted.verdict, untrusted.port, untrusted.bytes_up,
			untrusted.bytes_down, untrusted.duration_ms};

		event_send(supervisor, GARASU_EVENT_CONNECTION, session->number, session->user,
			untrusted.host, values, 5);
	}
	supervisor->egress_wait_ms = 0;
}

void egress_add(struct supervisor *supervisor, const struct session *session)
{
	struct garasu_egress_add record;

	if (supervisor->egress_link == NULL || session->listener_fd < 0 ||
		!session_has_user(session)) {
		return;
	}
	memset(&record, 0, sizeof(record));
	record.session = session->number;
	snprintf(record.user, sizeof(record.user), "%s", session->user);
	if (link_send(supervisor->egress_link, GARASU_EGRESS_ADD, &record, &session->listener_fd,
		    1) != 0) {
		on_closed(supervisor, -EPIPE);
	}
}

void egress_remove(struct supervisor *supervisor, const struct session *session)
{
	const struct garasu_egress_remove record = {.session = session->number};

	if (supervisor->egress_link != NULL && session->listener_fd >= 0 &&
		link_send(supervisor->egress_link, GARASU_EGRESS_REMOVE, &record, NULL, 0) != 0) {
		on_closed(supervisor, -EPIPE);
	}
}

void egress_start(struct supervisor *supervisor)
{
	int ends[2];
	int result = garasu_control_pair(ends);

	supervisor->egress_at_ms = 0;
	if (result == 0) {
		const int fds[2] = {ends[1], supervisor->egress_settings_fd};

		result = role_start(supervisor, GARASU_ROLE_EGRESS, NULL, fds, 2, on_gone,
			supervisor, &supervisor->egress);
		garasu_fd_close(&ends[1]);
		if (result != 0) {
			garasu_fd_close(&ends[0]);
		} else {
			result = link_open(&supervisor->loop, ends[0], on_record, on_closed,
				supervisor, &supervisor->egress_link);
		}
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "egress_start_failed", "error=%d", result);
		role_end(supervisor, &supervisor->egress);
		again(supervisor);
		return;
	}
	for (const struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (s->state != SESSION_ENDING) {
			egress_add(supervisor, s);
		}
	}
}
