/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One painter a session: a further one hands its address to the first, as Chromium does. */

#include "painter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int lone_start(const char *address)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int lone = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const char *directory = getenv("XDG_RUNTIME_DIR");

	if (lone < 0 || directory == NULL ||
		snprintf(name.sun_path, sizeof(name.sun_path), "%s/painter", directory) >=
			(int)sizeof(name.sun_path)) {
		exit(5);
	}
	if (bind(lone, (struct sockaddr *)&name, sizeof(name)) == 0) {
		return lone;
	}
	if (sendto(lone, address, strlen(address), 0, (struct sockaddr *)&name, sizeof(name)) >=
		0) {
		return -1;
	}
	unlink(name.sun_path); /* an earlier one left it */
	if (bind(lone, (struct sockaddr *)&name, sizeof(name)) != 0) {
		exit(5);
	}
	return lone;
}

int lone_receive(int lone, char *address, size_t size)
{
	ssize_t got = recv(lone, address, size - 1, MSG_DONTWAIT);

	if (got < 0) {
		return -1;
	}
	address[got] = '\0';
	return 0;
}
