/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A captured gateway whose viewer tells it what to say: packets pass between its TCP connection and
 * the supervisor's control socket as they are. In garasu-start's place it never starts a session.
 * Reads untrusted bytes from: nobody; it is a test's own.
 *
 * On the connection a packet is its size (2 bytes, big endian), how many descriptors are with it (1
 * byte; ours to the supervisor are copies of /dev/null, its are kept unused), and its bytes. */

#include "garasu/control.h"
#include "garasu/heritage.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD 3
#define FDS_MAX GARASU_CONTROL_FDS_MAX

static uint8_t waiting[65536];
static size_t waiting_size;

static int say(const uint8_t *bytes, size_t size, unsigned fd_count)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = size};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int) * FDS_MAX)];
	} ancillary = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	int fds[FDS_MAX];

	for (unsigned i = 0; i < fd_count && i < FDS_MAX; i++) {
		fds[i] = STDIN_FILENO;
	}
	if (fd_count > 0) {
		message.msg_control = &ancillary;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		ancillary.align.cmsg_level = SOL_SOCKET;
		ancillary.align.cmsg_type = SCM_RIGHTS;
		ancillary.align.cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(&ancillary.align), fds, sizeof(int) * fd_count);
	}
	return sendmsg(GARASU_FD_CONTROL, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Says every whole packet that waits. */
static int pass_up(void)
{
	ssize_t got = read(
		GARASU_FD_GATEWAY_VIEWER, waiting + waiting_size, sizeof(waiting) - waiting_size);
	size_t used = 0;

	if (got <= 0) {
		return -1;
	}
	waiting_size += (size_t)got;
	while (waiting_size - used >= HEAD) {
		size_t size = (size_t)(waiting[used] << 8 | waiting[used + 1]);

		if (waiting_size - used < HEAD + size) {
			break;
		}
		if (say(waiting + used + HEAD, size, waiting[used + 2]) != 0) {
			return -1;
		}
		used += HEAD + size;
	}
	waiting_size -= used;
	memmove(waiting, waiting + used, waiting_size);
	return 0;
}

static int pass_down(void)
{
	uint8_t bytes[HEAD + GARASU_CONTROL_BYTES_MAX];
	struct iovec part = {.iov_base = bytes + HEAD, .iov_len = sizeof(bytes) - HEAD};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int) * FDS_MAX)];
	} ancillary;
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary)};
	ssize_t got = recvmsg(GARASU_FD_CONTROL, &message, 0);
	size_t count = 0;

	if (got <= 0) {
		return -1;
	}
	if (message.msg_controllen >= sizeof(struct cmsghdr)) {
		count = (ancillary.align.cmsg_len - CMSG_LEN(0)) / sizeof(int);
	}
	bytes[0] = (uint8_t)(got >> 8);
	bytes[1] = (uint8_t)got;
	bytes[2] = (uint8_t)count;
	return send(GARASU_FD_GATEWAY_VIEWER, bytes, HEAD + (size_t)got, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct pollfd ready[2] = {{.fd = GARASU_FD_CONTROL, .events = POLLIN},
		{.fd = GARASU_FD_GATEWAY_VIEWER, .events = POLLIN}};

	if (argc < 1 || strstr(argv[0], "gateway") == NULL) {
		for (;;) {
			pause();
		}
	}
	fcntl(GARASU_FD_GATEWAY_VIEWER, F_SETFL, 0); /* neither waits in vain */
	fcntl(GARASU_FD_CONTROL, F_SETFL, 0);
	for (;;) {
		poll(ready, 2, -1);
		if ((ready[1].revents != 0 && pass_up() != 0) ||
			(ready[0].revents != 0 && pass_down() != 0)) {
			return 0;
		}
	}
}
