/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session and its viewer: the encoder between them. Reads untrusted bytes from: the encoder. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "garasu/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void encoder_end(struct session *session)
{
	link_close(&session->encoder_link);
	role_end(session->supervisor, &session->encoder);
	session->frames += session->statistics.frames;
	session->bytes += session->statistics.bytes;
	session->refine_bytes += session->statistics.refine_bytes;
	session->statistics.frames = session->statistics.bytes = 0;
	session->statistics.refine_bytes = 0;
}

static void lose(struct session *session)
{
	struct connection *connection = session->connection;

	session_detach(session);
	if (connection != NULL) {
		connection_finish(connection, GARASU_STATE_CONNECTION_LOST, 0);
	}
}

static void on_encoder_gone(void *owner, int status)
{
	struct session *session = owner;

	(void)status;
	session->encoder = NULL;
	lose(session);
}

static void on_encoder_closed(void *owner, int error)
{
	(void)error;
	lose(owner);
}

static void on_encoder_record(void *owner, struct garasu_control *record)
{
	struct session *session = owner;

	if (record->header.type != GARASU_ENCODER_STATISTICS) {
		const uint64_t values[2] = {GARASU_ROLE_ENCODER, 0};

		event_send(session->supervisor, GARASU_EVENT_ROLE_DIED, session->number,
			session->user, "illegal record", values, 2);
		lose(session);
		return;
	}
	memcpy(&session->statistics, record->payload, sizeof(session->statistics));
	if (session->first_picture_ms == 0) {
		session->first_picture_ms = session->statistics.first_picture_ms;
	}
}

/* A role gets an open file description of its own: flags are the description's, and one who clears
 * O_NONBLOCK on a shared one lets every other holder, us too, block in its next write. */
static int open_again(int fd, int flags)
{
	char path[32];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, flags | O_CLOEXEC);
	return again >= 0 ? again : -errno;
}

static int start_encoder(struct session *session, int stream)
{
	struct supervisor *supervisor = session->supervisor;
	int ends[2];
	int frame = -1;
	int news = -1;
	int credit = -1;
	int result = garasu_control_pair(ends);

	if (result != 0) {
		return result;
	}
	frame = open_again(session->frame_fd, O_RDONLY);
	news = open_again(session->news_fd, O_RDONLY | O_NONBLOCK);
	credit = open_again(session->credit_fd, O_WRONLY | O_NONBLOCK);
	if (frame >= 0 && news >= 0 && credit >= 0) {
		const int fds[6] = {
			ends[1], stream, frame, news, credit, supervisor->encoder_settings_fd};

		result = role_start(supervisor, GARASU_ROLE_ENCODER, session, fds, 6,
			on_encoder_gone, session, &session->encoder);
	} else {
		result = frame < 0 ? frame : news < 0 ? news : credit;
	}
	garasu_fd_close(&frame);
	garasu_fd_close(&news);
	garasu_fd_close(&credit);
	garasu_fd_close(&ends[1]);
	if (result != 0) {
		garasu_fd_close(&ends[0]);
		return result;
	}
	return link_open(&supervisor->loop, ends[0], on_encoder_record, on_encoder_closed, session,
		&session->encoder_link);
}

static void tell_last_login(struct connection *connection)
{
	const struct garasu_gateway_last *last = &connection->last;

	if (!connection->tells_last) {
		return;
	}
	connection_tell(connection, GARASU_STATE_LAST_LOGIN, (uint32_t)(last->unix_ms / 1000));
	if (last->failures > 0) {
		connection_tell(connection, GARASU_STATE_FAILED_LOGINS, last->failures);
	}
}

int session_attach(struct session *session)
{
	struct connection *connection = session->connection;
	struct garasu_gateway_verdict verdict = {
		.code = GARASU_STATE_ACCEPTED, .value = (uint32_t)session->is_resumed};
	int ends[2];
	int input;
	int result;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		return -errno;
	}
	session_thaw(session);
	result = start_encoder(session, ends[1]);
	input = open_again(session->input_fd, O_WRONLY | O_NONBLOCK);
	if (result == 0 && input >= 0) {
		const int fds[2] = {ends[0], input};

		result = link_send(connection->link, GARASU_GATEWAY_VERDICT, &verdict, fds, 2);
	} else if (result == 0) {
		result = input;
	}
	garasu_fd_close(&input);
	garasu_fd_close(&ends[0]);
	garasu_fd_close(&ends[1]);
	if (result != 0) {
		encoder_end(session);
		return result;
	}
	connection->state = CONNECTION_ATTACHED;
	connection->deadline_ms = 0;
	session->state = SESSION_ATTACHED;
	session->active_ms = garasu_clock_ms();
	session->is_warned = 0;
	if (session->is_resumed) {
		event_send(session->supervisor, GARASU_EVENT_SESSION_RESUMED, session->number,
			session->user, session->client, NULL, 0);
	}
	tell_last_login(connection);
	if (session->is_upgrading) {
		connection_tell(connection, GARASU_STATE_UPGRADE_WARNING,
			(uint32_t)((session->upgrade_ms - session->active_ms) / 1000));
	}
	return 0;
}

void session_detach(struct session *session)
{
	const struct garasu_input keys_up = {.type = GARASU_INPUT_FOCUS, .flag = 0};

	encoder_end(session);
	address_limit_tell(session);
	if (session->connection != NULL) {
		web_login_note(session->connection);
		session->connection->session = NULL;
		session->connection = NULL;
	}
	if (session->state != SESSION_ATTACHED) {
		return;
	}
	if (write(session->input_fd, &keys_up, sizeof(keys_up)) < 0) {
		garasu_log(GARASU_LOG_WARNING, "input_full", "session=%u", session->number);
	}
	session->state = SESSION_DETACHED;
	session->is_resumed = 1;
	session->detached_ms = garasu_clock_ms();
	session_write(session);
	event_send(session->supervisor, GARASU_EVENT_SESSION_DETACHED, session->number,
		session->user, "", NULL, 0);
}
