/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log lines when nobody reads them. */

#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int ends[2];

static int make_pipe(void **state)
{
	(void)state;
	return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
}

static int close_pipe(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* Logs in a child with the pipe as its fd 2: fills it, and with lines lost logs on after room was
 * made. Fills all that could be read, with a terminating zero. */
static void log_in_child(unsigned lines, char *text, size_t size)
{
	int go[2];
	int is_full[2];
	char byte = 'g';
	size_t used = 0;
	int status;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(is_full), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (dup2(ends[1], STDERR_FILENO) < 0) {
			_exit(1);
		}
		for (unsigned i = 0; i < lines; i++) {
			garasu_log(GARASU_LOG_INFO, "count", "number=%06u", i);
		}
		if (write(is_full[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1) {
			_exit(2);
		}
		garasu_log(GARASU_LOG_INFO, "last", "is=\"here\"");
		_exit(0);
	}
	assert_int_equal(read(is_full[0], &byte, 1), 1); /* it was never stopped in a write */
	for (int round = 0; round < 2; round++) {
		while ((got = read(ends[0], text + used, size - 1 - used)) > 0) {
			used += (size_t)got;
		}
		if (round == 0) {
			assert_int_equal(write(go[1], &byte, 1), 1);
			assert_int_equal(waitpid(pid, &status, 0), pid);
			assert_int_equal(status, 0);
		}
	}
	text[used] = '\0';
	close(go[0]);
	close(go[1]);
	close(is_full[0]);
	close(is_full[1]);
}

static void lines_are_whole_and_lost_ones_are_counted(void **state)
{
	static char text[1 << 20];
	unsigned kept = 0;
	unsigned lost = 0;
	char *rest;

	(void)state;
	log_in_child(5000, text, sizeof(text)); /* more than a pipe holds */
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest)) {
		char expected[64];

		snprintf(expected, sizeof(expected), "level=info event=count number=%06u", kept);
		if (strcmp(line, expected) == 0) {
			kept++;
			continue;
		}
		assert_int_equal(sscanf(line, "level=warning event=lines_lost lines=%u", &lost), 1);
		break;
	}
	assert_in_range(kept, 1, 4999);
	assert_int_equal(kept + lost, 5000);
	assert_string_equal(rest, "level=info event=last is=\"here\"\n");
}

static void nothing_is_said_to_be_lost_when_nothing_was(void **state)
{
	char text[256];

	(void)state;
	log_in_child(1, text, sizeof(text));
	assert_string_equal(text, "level=info event=count number=000000\n"
				  "level=info event=last is=\"here\"\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_pipe, close_pipe)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lines_are_whole_and_lost_ones_are_counted),
		CASE(nothing_is_said_to_be_lost_when_nothing_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
