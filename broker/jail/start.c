/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-start: the first program in the jail. Listens for the browser's proxy requests on
 * 127.0.0.1, hands that listening socket out, and becomes the compositor. */

#include "base/log.h"
#include "garasu/heritage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128
#define COMPOSITOR "/garasu/garasu-compositor"

static int listen_here(unsigned *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		listen(listener, BACKLOG) != 0 ||
		getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
		return -errno;
	}
	*port = ntohs(address.sin_port);
	return listener;
}

static int hand_over(int listener)
{
	char byte = 'L';
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} ancillary = {0};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary)};

	ancillary.align.cmsg_level = SOL_SOCKET;
	ancillary.align.cmsg_type = SCM_RIGHTS;
	ancillary.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&ancillary.align), &listener, sizeof(int));
	return sendmsg(GARASU_FD_SESSION_HANDOVER, &message, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

int main(void)
{
	unsigned port = 0;
	char text[16];
	int listener = listen_here(&port);
	int result = listener < 0 ? listener : hand_over(listener);

	if (result == 0) {
		close(listener);
		close(GARASU_FD_SESSION_HANDOVER);
		snprintf(text, sizeof(text), "%u", port);
		result = setenv("GARASU_PROXY_PORT", text, 1) == 0 ? 0 : -errno;
	}
	if (result == 0) {
		execl(COMPOSITOR, "garasu-compositor", (char *)NULL);
		result = -errno;
	}
	garasu_log(GARASU_LOG_ERROR, "start", "error=\"%s\"", strerror(-result));
	return 1;
}
