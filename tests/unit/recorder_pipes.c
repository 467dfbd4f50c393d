/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder's loop, with pipes that roles would hold: what becomes of their bytes. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "recorder_drive.h"

#include "garasu/heritage.h"

static char text_of_file[1 << 20];

static int start(void **state)
{
	drive_setup(state);
	assert_int_equal(drive_start(), 1);
	return 0;
}

/* Gives a pipe of a session. Returns its writing end. */
static int give_pipe(uint32_t session)
{
	const struct garasu_record_pipe order = {
		.request = 10 + session, .role = GARASU_ROLE_SESSION, .session = session};
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(
		garasu_control_send(drive.control, GARASU_RECORD_PIPE, &order, ends, 1), 0);
	close(ends[0]);
	return ends[1];
}

static void say(int pipe, const void *bytes, size_t size)
{
	assert_int_equal(write(pipe, bytes, size), size);
}

/* Waits for the recorder's end; fills text_of_file with a file of its. */
static void finish(const char *name)
{
	char path[128];
	FILE *file;

	if (drive.pid > 0) {
		assert_int_equal(drive_end(0), 0);
	}
	snprintf(path, sizeof(path), "%s/%s", drive.folder, name);
	file = fopen(path, "r");
	assert_non_null(file);
	text_of_file[fread(text_of_file, 1, sizeof(text_of_file) - 1, file)] = '\0';
	fclose(file);
}

static int stop(void **state)
{
	unsigned lines = 0;

	finish("audit.jsonl"); /* no byte of a pipe comes here */
	for (const char *at = text_of_file; (at = strchr(at, '\n')) != NULL; at++) {
		lines++;
	}
	assert_int_equal(lines, 2);
	assert_non_null(strstr(text_of_file, "\"event\":\"recorder_started\""));
	assert_non_null(strstr(text_of_file, "\"event\":\"seal\""));
	return drive_teardown(state);
}

static unsigned count(const char *text)
{
	unsigned found = 0;

	for (const char *at = text_of_file; (at = strstr(at, text)) != NULL; at++) {
		found++;
	}
	return found;
}

static void every_line_bears_the_name_of_its_pipe(void **state)
{
	static const char forged[] = "a\n2026-01-01T00:00:00.000Z role=supervisor instance=1 "
				     "session=0 event=cut_off\n\n{\"event\":\"login\"}\n";
	int one = give_pipe(1);
	int two = give_pipe(2);

	(void)state;
	say(one, forged, sizeof(forged) - 1);
	say(two, "two\n", 4);
	close(one);
	close(two);
	finish("garasu.log");
	assert_int_equal(count("\n"), 5);
	assert_int_equal(count("Z role=session instance=11 session=1 "), 4);
	assert_int_equal(count("Z role=session instance=12 session=2 two\n"), 1);
	assert_int_equal(count("session=1 2026-01-01T00:00:00.000Z role=supervisor"), 1);
}

static void pieces_are_joined_and_the_last_needs_no_end(void **state)
{
	int pipe = give_pipe(1);

	(void)state;
	say(pipe, "hal", 3);
	say(pipe, "f\nwhole", 7);
	close(pipe);
	finish("garasu.log");
	assert_int_equal(count("session=1 half\n"), 1);
	assert_int_equal(count("session=1 whole\n"), 1);
}

static void over_long_line_is_cut_and_the_next_is_whole(void **state)
{
	static char line[5000];
	int pipe = give_pipe(1);
	const char *x;

	(void)state;
	memset(line, 'x', sizeof(line));
	say(pipe, line, sizeof(line));
	say(pipe, "\nnext\n", 6);
	close(pipe);
	finish("garasu.log");
	x = strstr(text_of_file, "xxx");
	assert_non_null(x);
	assert_int_equal(strspn(x, "x"), RECORDER_LINE_MAX);
	assert_memory_equal(x + RECORDER_LINE_MAX, "\\cut\n", 5);
	assert_int_equal(count("session=1 next\n"), 1);
}

static void flood_is_limited_and_told_and_nobody_else_is(void **state)
{
	int one = give_pipe(1);
	int two = give_pipe(2);
	unsigned written;
	unsigned suppressed = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		say(one, "flood flood flood\n", 18);
	}
	say(two, "quiet\n", 6);
	close(one);
	close(two);
	finish("garasu.log");
	written = count("session=1 flood flood flood\n");
	assert_in_range(written, 1, 19999);
	for (const char *at = text_of_file; (at = strstr(at, "session=1 suppressed=")) != NULL;
		at++) {
		suppressed += (unsigned)strtoul(at + 21, NULL, 10);
	}
	assert_int_equal(written + suppressed, 20000);
	assert_int_equal(count("session=2 quiet\n"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_line_bears_the_name_of_its_pipe),
		TEST(pieces_are_joined_and_the_last_needs_no_end),
		TEST(over_long_line_is_cut_and_the_next_is_whole),
		TEST(flood_is_limited_and_told_and_nobody_else_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
