/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one descriptor taken from below: a jail's listening socket, once.
 * Reads untrusted bytes from: the jail. */

#include "supervisor.h"

#include "base/descriptor.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int option_is(int fd, int name, int expected)
{
	int value = -1;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 && value == expected;
}

static int one_descriptor(struct msghdr *message, int *fd)
{
	int count = 0;

	*fd = -1;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL;
		head = CMSG_NXTHDR(message, head)) {
		size_t more = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) {
			continue;
		}
		for (size_t i = 0; i < more; i++) {
			garasu_fd_close(fd);
			memcpy(fd, CMSG_DATA(head) + i * sizeof(int), sizeof(*fd));
			count++;
		}
	}
	if (count != 1) {
		garasu_fd_close(fd);
	}
	return count == 1 ? 0 : -EPROTO;
}

int handover_take(int fd, int *listener)
{
	char untrusted_byte[2] = {0};
	struct iovec part = {.iov_base = untrusted_byte, .iov_len = sizeof(untrusted_byte)};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int) * 8)];
	} ancillary = {0};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary)};
	ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int result;

	if (got < 0) {
		return errno == EAGAIN ? -EAGAIN : -errno;
	}
	result = one_descriptor(&message, listener);
	if (result != 0 || got != 1 || untrusted_byte[0] != 'L' ||
		(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
		!option_is(*listener, SO_DOMAIN, AF_INET) ||
		!option_is(*listener, SO_TYPE, SOCK_STREAM) ||
		!option_is(*listener, SO_ACCEPTCONN, 1)) {
		garasu_fd_close(listener);
		return -EPROTO;
	}
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

void handover_close(struct session *session)
{
	if (session->handover != NULL) {
		uv_poll_stop(session->handover);
		garasu_fd_close(&session->handover_fd);
		uv_close((uv_handle_t *)session->handover, on_closed);
		session->handover = NULL;
	}
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct session *session = poll->data;
	int result =
		status != 0 ? status : handover_take(session->handover_fd, &session->listener_fd);

	(void)events;
	if (result == -EAGAIN) {
		return;
	}
	handover_close(session);
	if (result != 0) {
		garasu_log(GARASU_LOG_WARNING, "handover_refused", "session=%u error=%d",
			session->number, result);
		session_end(session, GARASU_STATE_START_FAILED);
		return;
	}
	session_started(session);
}

int handover_open(struct session *session, int fd)
{
	uv_poll_t *poll = calloc(1, sizeof(*poll));
	int result = -ENOMEM;

	if (poll != NULL) {
		result = uv_poll_init(&session->supervisor->loop, poll, fd);
	}
	if (result != 0) {
		free(poll);
		garasu_fd_close(&fd);
		return result;
	}
	poll->data = session;
	session->handover = poll;
	session->handover_fd = fd;
	return uv_poll_start(poll, UV_READABLE, on_readable);
}
