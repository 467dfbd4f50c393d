/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attempts to get out of a host or into it, and what its rule sheet made of them. */

#include "harness.h"
#include "legs.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct legs_attempt legs_try(
	const char *host, uid_t uid, int type, const char *to, unsigned port, int waits)
{
	struct legs_attempt attempt = {0};
	int answer[2];
	pid_t pid;

	assert_int_equal(pipe(answer), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct sockaddr_storage address;
		socklen_t size = legs_address(to, port, &address);
		struct pollfd ready = {.events = POLLOUT};
		int failed = -1;
		socklen_t room = sizeof(failed);

		legs_enter(host);
		if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
			setresuid(uid, uid, uid) != 0) {
			_exit(1);
		}
		ready.fd = socket(address.ss_family, type | SOCK_NONBLOCK, 0);
		errno = 0;
		if (type == SOCK_DGRAM) {
			sendto(ready.fd, "x", 1, 0, (struct sockaddr *)&address, size);
		} else {
			connect(ready.fd, (struct sockaddr *)&address, size);
		}
		attempt.error = errno;
		attempt.is_open = waits && poll(&ready, 1, FLOW_DEADLINE_MS) == 1 &&
				  getsockopt(ready.fd, SOL_SOCKET, SO_ERROR, &failed, &room) == 0 &&
				  failed == 0;
		size = sizeof(address);
		getsockname(ready.fd, (struct sockaddr *)&address, &size);
		attempt.port = ntohs(((struct sockaddr_in *)&address)->sin_port);
		_exit(write(answer[1], &attempt, sizeof(attempt)) != sizeof(attempt));
	}
	close(answer[1]);
	assert_int_equal(read(answer[0], &attempt, sizeof(attempt)), sizeof(attempt));
	close(answer[0]);
	waitpid(pid, NULL, 0);
	return attempt;
}

unsigned legs_dropped(const char *leg, const char *comment)
{
	static char text[65536];
	char *words[] = {LEGS_NFT, "list", "table", "inet", "garasu", NULL};
	unsigned total = 0;
	char *place = NULL;

	legs_enter(leg);
	flow_run(text, sizeof(text), NULL, words);
	legs_leave();
	for (char *line = strtok_r(text, "\n", &place); line != NULL;
		line = strtok_r(NULL, "\n", &place)) {
		const char *packets = strstr(line, "counter packets ");

		if (packets != NULL && strstr(line, comment) != NULL) {
			assert_non_null(strstr(line, "drop"));
			total += (unsigned)strtoul(packets + 16, NULL, 10);
		}
	}
	return total;
}

void legs_expect_refused(
	const char *leg, uid_t uid, const char *to, unsigned port, const char *comment)
{
	unsigned before = legs_dropped(leg, comment);
	static struct legs_watch watch;
	struct legs_attempt datagram, connection;

	legs_enter(leg);
	legs_watch(&watch);
	legs_leave();
	datagram = legs_try(leg, uid, SOCK_DGRAM, to, port, 0);
	connection = legs_try(leg, uid, SOCK_STREAM, to, port, 0);
	legs_look(&watch);
	legs_unwatch(&watch);
	assert_int_equal(datagram.error, EPERM);
	assert_int_equal(connection.error, EINPROGRESS); /* its first packet is lost in silence */
	assert_in_range(legs_dropped(leg, comment), before + 2, before + 9);
	for (size_t i = 0; i < watch.flow_count; i++) {
		if (watch.flows[i].from_port == connection.port ||
			watch.flows[i].from_port == datagram.port) {
			fail_msg("%s: %s", leg, legs_words(&watch.flows[i]));
		}
	}
}

/* What waits for a neighbour's address arrives a little later. */
static void wait_dropped(const char *leg, const char *comment, unsigned least)
{
	for (int look = 0; legs_dropped(leg, comment) < least; look++) {
		assert_in_range(look, 0, FLOW_DEADLINE_MS / 20);
		poll(NULL, 0, 20);
	}
}

static int listen_on(const char *host, const char *at, unsigned port)
{
	struct sockaddr_storage address;
	socklen_t size = legs_address(at, port, &address);
	int listener;

	legs_enter(host);
	listener = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 4), 0);
	legs_leave();
	return listener;
}

void legs_expect_unheard(const char *caller, const char *leg, const char *at, unsigned port)
{
	unsigned before = legs_dropped(leg, "\"inward\"");
	int listener = listen_on(leg, at, port);
	static struct legs_watch watch;
	struct legs_attempt attempt;

	legs_enter(caller);
	legs_watch(&watch);
	legs_leave();
	attempt = legs_try(caller, 0, SOCK_STREAM, at, port, 0);
	assert_int_equal(attempt.error, EINPROGRESS);
	assert_int_equal(legs_try(caller, 0, SOCK_DGRAM, at, port, 0).error, 0);
	wait_dropped(leg, "\"inward\"", before + 2);
	legs_look(&watch);
	legs_unwatch(&watch);
	close(listener);
	for (size_t i = 0; i < watch.flow_count; i++) {
		const struct legs_flow *flow = &watch.flows[i];

		if (!flow->is_out && strcmp(flow->from, at) == 0 && !legs_is_neighbour(flow) &&
			(flow->from_port == port || flow->protocol != IPPROTO_TCP)) {
			fail_msg("%s heard: %s", caller, legs_words(flow));
		}
	}
}
