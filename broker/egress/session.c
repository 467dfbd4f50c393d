/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions: who a connection belongs to is the listener it came through. */

#include "egress.h"

#include "base/descriptor.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BACKLOG 128

void session_release(struct session *session)
{
	if (--session->references == 0) {
		free(session);
	}
}

int session_carry(struct session *session, int is_up, size_t size)
{
	uint64_t *carried = is_up ? &session->up : &session->down;
	uint64_t most = is_up ? session->egress->up_max : session->egress->down_max;

	if (most > 0 && size > most - *carried) {
		session->is_spent = 1;
	}
	*carried += session->is_spent ? 0 : size;
	return !session->is_spent;
}

static void on_handle_closed(uv_handle_t *handle)
{
	session_release(handle->data);
}

/* Every connection is a line of the audit trail, and a page can ask for thousands a second: each
 * session has so many at once, and then so many a second. Returns 1 if one may be accepted now. */
static int take_start(struct session *session)
{
	const struct egress *egress = session->egress;
	uint64_t now = uv_now(&session->egress->loop);
	uint64_t gained = (now - session->starts_ms) * egress->starts_per_s / 1000;

	if (gained > 0) {
		gained += session->starts;
		session->starts =
			gained < egress->starts_burst ? (uint32_t)gained : egress->starts_burst;
		session->starts_ms = now;
	}
	if (session->starts == 0) {
		return 0;
	}
	session->starts--;
	return 1;
}

static void on_turn(uv_timer_t *timer);

/* libuv reads no further connection until this one is accepted: the others wait in the kernel. */
static void accept_in_turn(struct session *session)
{
	if (take_start(session)) {
		connection_accept(session);
	} else {
		uv_timer_start(
			&session->turn, on_turn, 1000 / session->egress->starts_per_s + 1, 0);
	}
}

static void on_turn(uv_timer_t *timer)
{
	accept_in_turn(timer->data);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct session *session = listener->data;

	if (status != 0) {
		garasu_log(GARASU_LOG_WARNING, "accept", "session=%u error=%d", session->number,
			status);
		return;
	}
	accept_in_turn(session);
}

static struct session *find(struct egress *egress, uint32_t number)
{
	struct session *session = egress->sessions;

	while (session != NULL && session->number != number) {
		session = session->next;
	}
	return session;
}

static int check_listener(int fd)
{
	int type = 0, accepts = 0;
	socklen_t size = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
		getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) != 0) {
		return -errno;
	}
	return type == SOCK_STREAM && accepts ? 0 : -EINVAL;
}

static void close_handles(struct session *session)
{
	uv_close((uv_handle_t *)&session->turn, on_handle_closed);
	uv_close((uv_handle_t *)&session->listener, on_handle_closed);
}

int session_add(struct egress *egress, uint32_t number, int fd)
{
	struct session *session;
	int result = find(egress, number) != NULL ? -EEXIST : check_listener(fd);

	session = result == 0 ? calloc(1, sizeof(*session)) : NULL;
	if (session == NULL) {
		garasu_fd_close(&fd);
		return result != 0 ? result : -ENOMEM;
	}
	session->egress = egress;
	session->number = number;
	session->references = 2;
	session->starts = egress->starts_burst;
	session->starts_ms = uv_now(&egress->loop);
	uv_timer_init(&egress->loop, &session->turn);
	session->turn.data = session;
	uv_tcp_init(&egress->loop, &session->listener);
	session->listener.data = session;
	result = uv_tcp_open(&session->listener, fd);
	if (result != 0) {
		garasu_fd_close(&fd);
	} else {
		result = uv_listen((uv_stream_t *)&session->listener, BACKLOG, on_connection);
	}
	if (result != 0) {
		close_handles(session);
		return result;
	}
	session->next = egress->sessions;
	egress->sessions = session;
	return 0;
}

void session_remove(struct egress *egress, uint32_t number)
{
	struct session *session = find(egress, number);
	struct session **at = &egress->sessions;

	if (session == NULL) {
		return; /* it never had a listener */
	}
	while (*at != session) {
		at = &(*at)->next;
	}
	*at = session->next;
	session->is_removed = 1;
	while (session->connections != NULL) {
		connection_close(session->connections, 1);
	}
	close_handles(session);
}
