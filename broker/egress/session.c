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

static void on_listener_closed(uv_handle_t *handle)
{
	session_release(handle->data);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct session *session = listener->data;

	if (status != 0) {
		garasu_log(GARASU_LOG_WARNING, "accept", "session=%u error=%d", session->number,
			status);
		return;
	}
	connection_accept(session);
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
	session->references = 1;
	uv_tcp_init(&egress->loop, &session->listener);
	session->listener.data = session;
	result = uv_tcp_open(&session->listener, fd);
	if (result != 0) {
		garasu_fd_close(&fd);
	} else {
		result = uv_listen((uv_stream_t *)&session->listener, BACKLOG, on_connection);
	}
	if (result != 0) {
		uv_close((uv_handle_t *)&session->listener, on_listener_closed);
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
	uv_close((uv_handle_t *)&session->listener, on_listener_closed);
}
