/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a session: told, removed by the launcher, recorded, and only then its slot is free. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

void session_send_remove(struct session *session)
{
	const struct garasu_launch_session record = {
		.session = session->number, .uid_slot = session->slot};

	session->remove_ms = garasu_clock_ms() + SUPERVISOR_REMOVE_MS;
	if (link_send(session->supervisor->launcher, GARASU_LAUNCH_REMOVE, &record, NULL, 0) != 0) {
		supervisor_stop(session->supervisor, 1);
	}
}

void session_end(struct session *session, uint32_t code)
{
	struct connection *connection = session->connection;

	if (session->state == SESSION_ENDING) {
		return;
	}
	if (!session_has_user(session) &&
		(code == GARASU_STATE_START_FAILED || code == GARASU_STATE_BROWSER_ENDED)) {
		pool_lost(session);
	}
	session->state = SESSION_ENDING;
	session->is_parked = 0;
	session->end_code = code;
	session->connection = NULL;
	if (connection != NULL) {
		connection_finish(connection, code, 0);
		if (code == GARASU_STATE_IDLE_ENDED) { /* whoever sits down there next logs in */
			web_login_end(connection);
		}
	}
	egress_remove(session->supervisor, session);
	encoder_end(session);
	role_end(session->supervisor, &session->jail);
	handover_close(session);
	garasu_fd_close(&session->listener_fd);
	garasu_fd_close(&session->frame_fd);
	garasu_fd_close(&session->news_fd);
	garasu_fd_close(&session->input_fd);
	garasu_fd_close(&session->credit_fd);
	session_write(session);
	session_send_remove(session);
}

void session_removed(struct supervisor *supervisor, const struct garasu_launch_used *used)
{
	struct session **at = &supervisor->sessions;
	struct session *session;
	char user[GARASU_USER_SIZE];

	while (*at != NULL && (*at)->number != used->session) {
		at = &(*at)->next;
	}
	session = *at;
	if (session == NULL || session->state != SESSION_ENDING) {
		return;
	}
	const uint64_t ended[6] = {session->end_code, session->frames, session->bytes / 1024,
		used->cpu_us / 1000, session->first_picture_ms, session->refine_bytes / 1024};
	const uint64_t destroyed[2] = {used->processes, 0};

	*at = session->next;
	event_send(supervisor, GARASU_EVENT_SESSION_ENDED, session->number, session->user, "",
		ended, 6);
	event_send(supervisor, GARASU_EVENT_SESSION_DESTROYED, session->number, session->user, "",
		destroyed, 2);
	if (registry_session_mark(supervisor->registry, session->number) != 0) {
		garasu_log(GARASU_LOG_ERROR, "session_unwritten", "session=%u", session->number);
		supervisor->has_unmarked = 1;
	}
	memcpy(user, session->user, sizeof(user));
	free(session);
	login_go_on(supervisor, user);
}

static void mark_gone(void *owner, uint32_t number, const char *user)
{
	struct supervisor *supervisor = owner;

	(void)user;
	if (session_by_number(supervisor, number) == NULL &&
		registry_session_mark(supervisor->registry, number) != 0) {
		supervisor->has_unmarked = 1;
	}
}

void session_mark_gone(struct supervisor *supervisor)
{
	supervisor->has_unmarked = 0;
	if (registry_session_left(supervisor->registry, mark_gone, supervisor) != 0) {
		supervisor->has_unmarked = 1;
	}
}
