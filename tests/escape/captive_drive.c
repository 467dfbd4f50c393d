/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real jail with the captive in it. */

#include "captive_drive.h"

#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

unsigned captive_uid(void)
{
	return getuid() == 0 ? CAPTIVE_UID : getuid();
}

static void wait_readable(struct captive *captive, int fd, const char *what)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};

	if (poll(&wait, 1, STAGE_DEADLINE_MS) != 1) {
		fail_msg("no %s came; the jail said: %s", what, captive->stage.said);
	}
}

int captive_take_listener(int handover)
{
	char byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} ancillary = {0};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary)};
	int listener;

	if (recvmsg(handover, &message, MSG_CMSG_CLOEXEC) != 1) {
		return -1;
	}
	assert_int_equal(ancillary.align.cmsg_type, SCM_RIGHTS);
	memcpy(&listener, CMSG_DATA(&ancillary.align), sizeof(int));
	return listener;
}

static void explain_missing_jail(struct captive *captive)
{
	int code = stage_wait_end(&captive->stage);

	print_error("the jail could not be made (%d): %s\n", code, captive->stage.said);
	if (getenv("GARASU_ALLOW_SKIP") != NULL) {
		skip();
	}
	fail_msg("this kernel cannot make the jail; GARASU_ALLOW_SKIP=1 skips");
}

void captive_start(struct captive *captive, enum captive_place place)
{
	const struct stage_program programs[] = {{JAIL, "garasu-jail"}, {START, "garasu-start"},
		{place == CAPTIVE_AS_COMPOSITOR ? CAPTIVE : COMPOSITOR, "garasu-compositor"},
		{CAPTIVE, "garasu-browser"}, {NULL, NULL}};
	struct garasu_session_settings settings = stage_settings("about:blank", 640, 480, 120);

	settings.profile_bytes = CAPTIVE_PROFILE_BYTES;
	settings.shm_bytes = CAPTIVE_SHM_BYTES;
	settings.uid = captive_uid();
	captive->way = -1;
	stage_start(&captive->stage, programs, &settings, getuid() == 0 ? CAPTIVE_UID : 0);
	wait_readable(captive, captive->stage.handover, "listener");
	captive->listener = captive_take_listener(captive->stage.handover);
	if (captive->listener < 0) {
		explain_missing_jail(captive);
	}
	wait_readable(captive, captive->listener, "connection");
	captive->way = accept4(captive->listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(captive->way >= 0);
}

void captive_stop(struct captive *captive)
{
	close(captive->way);
	close(captive->listener);
	stage_stop(&captive->stage);
}

static const char *ask(struct captive *captive, const char *format, va_list words)
{
	char command[4096];
	int size = vsnprintf(command, sizeof(command) - 1, format, words);
	size_t used = 0;

	assert_in_range(size, 1, sizeof(command) - 2);
	command[size] = '\n';
	assert_int_equal(send(captive->way, command, (size_t)size + 1, MSG_NOSIGNAL), size + 1);
	do {
		ssize_t got;

		wait_readable(captive, captive->way, "answer");
		got = read(
			captive->way, captive->answer + used, sizeof(captive->answer) - 1 - used);
		if (got <= 0) {
			fail_msg("the captive died of %.*s", size, command);
		}
		used += (size_t)got;
	} while (captive->answer[used - 1] != '\n');
	captive->answer[used - 1] = '\0';
	return captive->answer;
}

const char *captive_ask(struct captive *captive, const char *format, ...)
{
	const char *answer;
	va_list words;

	va_start(words, format);
	answer = ask(captive, format, words);
	va_end(words);
	return answer;
}

void captive_expect(struct captive *captive, const char *answer, const char *format, ...)
{
	char asked[512];
	va_list words;

	va_start(words, format);
	vsnprintf(asked, sizeof(asked), format, words);
	va_end(words);
	va_start(words, format);
	ask(captive, format, words);
	va_end(words);
	if (strcmp(captive->answer, answer) != 0) {
		fail_msg("\"%s\" gave \"%s\", not \"%s\"", asked, captive->answer, answer);
	}
}

void captive_refused(struct captive *captive, int error, const char *call, const char *arguments)
{
	int call_number = seccomp_syscall_resolve_name(call);
	char answer[32];

	if (call_number < 0) {
		fail_msg("%s is no system call here", call);
	}
	snprintf(answer, sizeof(answer), "-1 %d", error);
	captive_expect(captive, answer, "call %d %s", call_number, arguments);
}
