/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a captured compositor inherits, and that it can do no more with it than meant. */

#include "captive_drive.h"
#include "garasu/heritage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct captive captive;

static int start(void **state)
{
	(void)state;
	captive_start(&captive, CAPTIVE_AS_COMPOSITOR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	captive_stop(&captive);
	return 0;
}

#define FRAME GARASU_FD_SESSION_FRAME

static void expect_link(int fd, const char *prefix)
{
	const char *answer = captive_ask(&captive, "link /proc/self/fd/%d", fd);

	if (strncmp(answer, "0 ", 2) != 0 || strncmp(answer + 2, prefix, strlen(prefix)) != 0) {
		fail_msg("descriptor %d is %s, not %s", fd, answer, prefix);
	}
}

/* 3 is the captive's own connection, 9 the directory it lists. */
static void compositor_inherits_its_row_of_the_table(void **state)
{
	(void)state;
	captive_expect(&captive, "0 0 1 2 3 4 5 6 7 8 9", "list /proc/self/fd");
	expect_link(0, "/dev/null");
	expect_link(1, "/dev/null");
	expect_link(GARASU_FD_LOG, "pipe:");
	expect_link(3, "socket:");
	expect_link(FRAME, "/memfd:frame");
	expect_link(GARASU_FD_SESSION_NEWS, "pipe:");
	expect_link(GARASU_FD_SESSION_INPUT, "pipe:");
	expect_link(GARASU_FD_SESSION_SETTINGS, "/memfd:settings");
	expect_link(GARASU_FD_SESSION_CREDIT, "pipe:");
}

static void refused(int error, const char *call, const char *format, ...)
{
	char arguments[128];
	va_list words;

	va_start(words, format);
	vsnprintf(arguments, sizeof(arguments), format, words);
	va_end(words);
	captive_refused(&captive, error, call, arguments);
}

static void frame_memory_keeps_its_size_and_its_seals(void **state)
{
	long long bytes = (long long)garasu_frame_bytes(STAGE_MAX_WIDTH, STAGE_MAX_HEIGHT);

	(void)state;
	refused(EPERM, "ftruncate", "%d %lld", FRAME, bytes - 4096);
	refused(EPERM, "ftruncate", "%d 0", FRAME);
	refused(EPERM, "ftruncate", "%d %lld", FRAME, bytes + 4096);
	refused(EPERM, "fallocate", "%d 0 %lld 4096", FRAME, bytes);
	refused(EPERM, "fcntl", "%d %d %d", FRAME, F_ADD_SEALS, F_SEAL_WRITE);
	refused(EPERM, "fcntl", "%d %d %d", FRAME, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
	captive_expect(&captive, "7 0", "call %d %d %d", seccomp_syscall_resolve_name("fcntl"),
		FRAME, F_GET_SEALS); /* SEAL, SHRINK, GROW */
}

static void settings_cannot_be_changed(void **state)
{
	(void)state;
	refused(EPERM, "write", "%d @ 1", GARASU_FD_SESSION_SETTINGS);
	refused(EPERM, "ftruncate", "%d 0", GARASU_FD_SESSION_SETTINGS);
	refused(EPERM, "fcntl", "%d %d %d", GARASU_FD_SESSION_SETTINGS, F_ADD_SEALS,
		F_SEAL_FUTURE_WRITE);
}

static void pipes_are_one_way(void **state)
{
	(void)state;
	refused(EBADF, "write", "%d @ 16", GARASU_FD_SESSION_INPUT);
	refused(EBADF, "write", "%d @ 16", GARASU_FD_SESSION_CREDIT);
	refused(EBADF, "read", "%d @ 16", GARASU_FD_SESSION_NEWS);
	refused(EBADF, "read", "%d @ 16", GARASU_FD_LOG);
}

/* /proc would open a pipe's other end for its owner. With a uid of its own the session is none;
 * started without root there is one uid for all, which the broker says at every start. */
static void pipes_cannot_be_turned_round_through_proc(void **state)
{
	static const struct {
		int fd, flags;
	} ends[] = {{GARASU_FD_SESSION_INPUT, O_WRONLY}, {GARASU_FD_SESSION_CREDIT, O_WRONLY},
		{GARASU_FD_SESSION_NEWS, O_RDONLY}, {GARASU_FD_LOG, O_RDONLY}};

	(void)state;
	if (getuid() != 0) {
		print_message("not root: one uid for all\n");
		if (getenv("GARASU_ALLOW_SKIP") != NULL) {
			skip();
		}
		fail_msg("needs root; GARASU_ALLOW_SKIP=1 skips");
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		captive_expect(
			&captive, "13", "open /proc/self/fd/%d %d", ends[i].fd, ends[i].flags);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compositor_inherits_its_row_of_the_table),
		cmocka_unit_test(frame_memory_keeps_its_size_and_its_seals),
		cmocka_unit_test(settings_cannot_be_changed),
		cmocka_unit_test(pipes_are_one_way),
		cmocka_unit_test(pipes_cannot_be_turned_round_through_proc),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
