/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A user's session: admission and start. */

#include "supervisor.h"

#include "admission.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct session *session_of_user(struct supervisor *supervisor, const char *user)
{
	for (struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (session_has_user(s) && strcmp(s->user, user) == 0) {
			return s;
		}
	}
	return NULL;
}

struct session *session_by_number(struct supervisor *supervisor, uint32_t number)
{
	for (struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (s->number == number) {
			return s;
		}
	}
	return NULL;
}

unsigned session_count(const struct supervisor *supervisor)
{
	unsigned count = 0;

	for (const struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		count += session_has_user(s);
	}
	return count;
}

void session_write(struct session *session)
{
	static const char *const names[] = {[SESSION_STARTING] = "starting",
		[SESSION_ATTACHED] = "attached",
		[SESSION_DETACHED] = "detached",
		[SESSION_ENDING] = "ending",
		[SESSION_POOLED] = "pooled"};

	if (registry_session_set(session->supervisor->registry, session->number,
		    session->is_parked && session_has_user(session) ? "parked"
								    : names[session->state],
		    session->client) != 0) {
		garasu_log(GARASU_LOG_ERROR, "session_unwritten", "session=%u", session->number);
	} else if (session->supervisor->has_unmarked) {
		session_mark_gone(session->supervisor);
	}
}

static uint32_t free_slot(struct supervisor *supervisor)
{
	for (uint32_t slot = 0;; slot++) {
		const struct session *s = supervisor->sessions;

		while (s != NULL && s->slot != slot) {
			s = s->next;
		}
		if (s == NULL) {
			return slot;
		}
	}
}

static void on_jail_gone(void *owner, int status)
{
	struct session *session = owner;

	(void)status;
	session->jail = NULL;
	session_end(session, session->state == SESSION_STARTING ? GARASU_STATE_START_FAILED
								: GARASU_STATE_BROWSER_ENDED);
}

/* Makes what the jail inherits in fds[0..5] and what we keep in session. */
static int make_heritage(struct session *session, int fds[6])
{
	const struct garasu_config *config = session->supervisor->config;
	int ends[2];
	int result = garasu_control_pair(ends);

	if (result != 0) {
		return result;
	}
	fds[0] = ends[1];
	result = handover_open(session, ends[0]);
	if (result != 0) {
		return result;
	}
	session->frame_fd = settings_frame(config);
	fds[4] = settings_session(session->supervisor, session->slot, session->is_from_pool);
	if (session->frame_fd < 0 || fds[4] < 0) {
		return -ENOMEM;
	}
	fds[1] = fcntl(session->frame_fd, F_DUPFD_CLOEXEC, 3);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		return -errno;
	}
	session->news_fd = ends[0];
	fds[2] = ends[1];
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		return -errno;
	}
	session->input_fd = ends[1];
	fds[3] = ends[0];
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		return -errno;
	}
	session->credit_fd = ends[1];
	fds[5] = ends[0];
	return fds[1] < 0 ? -EMFILE : 0;
}

static int start_jail(struct session *session)
{
	int fds[6] = {-1, -1, -1, -1, -1, -1};
	int result = make_heritage(session, fds);

	if (result == 0) {
		result = role_start(session->supervisor, GARASU_ROLE_SESSION, session, fds, 6,
			on_jail_gone, session, &session->jail);
	}
	for (int i = 0; i < 6; i++) {
		garasu_fd_close(&fds[i]);
	}
	return result;
}

static struct session *make_session(
	struct supervisor *supervisor, const char *user, const char *client)
{
	struct session *session = calloc(1, sizeof(*session));
	int64_t number;

	if (session == NULL) {
		return NULL;
	}
	session->started_unix_ms = garasu_clock_unix_ms();
	number = registry_session_add(supervisor->registry, user, client, session->started_unix_ms);
	if (number <= 0 || number > UINT32_MAX) {
		free(session);
		return NULL;
	}
	browser_read(session->browser);
	session->supervisor = supervisor;
	session->number = (uint32_t)number;
	session->slot = free_slot(supervisor);
	session->started_ms = session->active_ms = garasu_clock_ms();
	session->cpu_at_ms = session->started_ms;
	session->handover_fd = session->listener_fd = session->frame_fd = -1;
	session->news_fd = session->input_fd = session->credit_fd = -1;
	snprintf(session->user, sizeof(session->user), "%s", user);
	snprintf(session->client, sizeof(session->client), "%s", client);
	session->next = supervisor->sessions;
	supervisor->sessions = session;
	return session;
}

static void join(struct session *session, struct connection *connection)
{
	session->connection = connection;
	connection->session = session;
	connection->session_number = session->number;
	connection->state = CONNECTION_WAITING;
}

static void record_start(struct session *session)
{
	const uint64_t accepted = GARASU_STATE_ACCEPTED;
	const uint64_t from_pool = (uint64_t)session->is_from_pool;

	event_send(session->supervisor, GARASU_EVENT_LOGIN, session->number, session->user,
		session->client, &accepted, 1);
	event_send(session->supervisor, GARASU_EVENT_SESSION_STARTED, session->number,
		session->user, session->browser, &from_pool, 1);
	pool_rest(session->supervisor);
}

static void start(struct connection *connection)
{
	struct session *session =
		make_session(connection->supervisor, connection->user, connection->address);

	if (session == NULL) {
		connection_finish(connection, GARASU_STATE_START_FAILED, 0);
		return;
	}
	join(session, connection);
	record_start(session);
	if (start_jail(session) != 0) {
		session_end(session, GARASU_STATE_START_FAILED);
	}
}

int session_start_pooled(struct supervisor *supervisor)
{
	struct session *session = make_session(supervisor, "", "");

	if (session == NULL) {
		return -EIO;
	}
	session->is_from_pool = 1;
	event_send(supervisor, GARASU_EVENT_SESSION_POOLED, session->number, "", session->browser,
		NULL, 0);
	if (start_jail(session) != 0) {
		session_end(session, GARASU_STATE_START_FAILED);
	}
	return 0;
}

void session_started(struct session *session)
{
	session->detached_ms = session->active_ms = session->started_ms;
	if (!session_has_user(session)) {
		session->state = SESSION_POOLED;
		session_write(session);
		return;
	}
	egress_add(session->supervisor, session);
	session->state = SESSION_DETACHED;
	if (session->connection != NULL && session_attach(session) != 0) {
		session_end(session, GARASU_STATE_START_FAILED);
	}
	session_write(session);
}

/* A session of the pool becomes this user's, for ever. */
static void take(struct connection *connection, struct session *session)
{
	session->started_unix_ms = garasu_clock_unix_ms();
	if (registry_session_give(session->supervisor->registry, session->number, connection->user,
		    connection->address, session->started_unix_ms) != 0) {
		session_end(session, GARASU_STATE_START_FAILED);
		connection_finish(connection, GARASU_STATE_START_FAILED, 0);
		return;
	}
	memcpy(session->user, connection->user, sizeof(session->user));
	memcpy(session->client, connection->address, sizeof(session->client));
	session->started_ms = garasu_clock_ms();
	join(session, connection);
	record_start(session);
	pool_open_start_page(session);
	if (session->state == SESSION_POOLED) {
		session_started(session);
	}
}

static void resume(struct connection *connection, struct session *session)
{
	uint64_t value = GARASU_STATE_ACCEPTED;

	event_send(session->supervisor, GARASU_EVENT_LOGIN, session->number, session->user,
		connection->address, &value, 1);
	if (session->connection != NULL) {
		connection_finish(session->connection, GARASU_STATE_TAKEN_OVER, 0);
		encoder_end(session);
	}
	join(session, connection);
	memcpy(session->client, connection->address, sizeof(session->client));
	if (session->state == SESSION_STARTING) {
		return;
	}
	session->is_resumed = 1;
	if (session_attach(session) != 0) {
		session->connection = NULL;
		connection_finish(connection, GARASU_STATE_START_FAILED, 0);
		session->state = SESSION_DETACHED;
		session->detached_ms = garasu_clock_ms();
	}
	session_write(session);
}

/* Until the user's last session is removed; of two connections the later one waits. */
static void await_removal(struct connection *connection)
{
	struct connection *earlier = login_that_waits(connection->supervisor, connection->user);

	if (earlier != NULL) {
		connection_finish(earlier, GARASU_STATE_TAKEN_OVER, 0);
	}
	connection->state = CONNECTION_WAITING;
}

static void admit(struct connection *connection, struct session *session)
{
	struct supervisor *supervisor = connection->supervisor;
	struct session *waiting = session == NULL ? pool_find(supervisor) : NULL;
	struct admission admission = {.is_recording = recorder_allows(supervisor),
		.has_session = session != NULL,
		.sessions = session_count(supervisor),
		.pooled = waiting != NULL,
		.sessions_max = supervisor->config->sessions_max,
		.starts_at_once = supervisor->config->starts_at_once};
	enum garasu_state verdict;

	for (const struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		admission.starting += session_has_user(s) && s->state == SESSION_STARTING;
		admission.leaving += !session_has_user(s) && s->state == SESSION_ENDING;
	}
	verdict = admission_judge(&admission);
	if (verdict != GARASU_STATE_ACCEPTED) {
		const uint64_t values[1] = {verdict};

		event_send(supervisor, GARASU_EVENT_LOGIN, 0, connection->user, connection->address,
			values, 1);
		connection_finish(connection, verdict,
			verdict == GARASU_STATE_HOST_FULL ? admission.sessions_max
							  : (verdict == GARASU_STATE_BUSY ? 2 : 0));
	} else if (session != NULL) {
		resume(connection, session);
	} else if (waiting != NULL) {
		take(connection, waiting);
	} else {
		start(connection);
	}
}

void session_join(struct connection *connection)
{
	struct session *session = session_of_user(connection->supervisor, connection->user);

	if (session != NULL && session->state == SESSION_ENDING) {
		await_removal(connection);
	} else {
		admit(connection, session);
	}
}
