/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit trail over full disks, restarts and many events at once. */

#include "recorder.h"

#include "base/control.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static char trail[128];
static int control;

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/garasu-trail.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(trail, sizeof(trail), "%s/audit.jsonl", folder);
	return 0;
}

static int remove_folder(void **state)
{
	char path[128];

	(void)state;
	unlink(trail);
	snprintf(path, sizeof(path), "%s/garasu.log", folder);
	unlink(path);
	return rmdir(folder);
}

/* file_bytes: where its disk is full, or 0 for no end. */
static pid_t start_recorder(rlim_t file_bytes)
{
	const struct rlimit limit = {file_bytes, file_bytes};
	int ends[2];
	pid_t pid;

	assert_int_equal(garasu_control_pair(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		signal(SIGXFSZ, SIG_IGN);
		if (file_bytes > 0 && setrlimit(RLIMIT_FSIZE, &limit) != 0) {
			_exit(99);
		}
		_exit(recorder_run(ends[1], open(folder, O_RDONLY | O_DIRECTORY)));
	}
	close(ends[1]);
	control = ends[0];
	return pid;
}

/* Returns 0, or negative errno when the recorder has gone. */
static int send_event(void)
{
	const struct garasu_record_event event = {.event = GARASU_EVENT_BROKER_STARTED};
	struct pollfd room = {.fd = control, .events = POLLOUT};
	int result;

	while ((result = garasu_control_send(control, GARASU_RECORD_EVENT, &event, NULL, 0)) ==
		-EAGAIN) {
		assert_int_equal(poll(&room, 1, 30000), 1);
	}
	return result;
}

static int end_recorder(pid_t pid)
{
	int status;

	close(control);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Every line is whole and numbered one after the other. Returns the last number. */
static uint64_t check_trail(void)
{
	FILE *file = fopen(trail, "r");
	char line[8192];
	uint64_t last = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		uint64_t number = 0;

		assert_int_equal(sscanf(line, "{\"number\":%" SCNu64 ",", &number), 1);
		assert_memory_equal(line + strlen(line) - 2, "}\n", 2);
		assert_true(last == 0 || number == last + 1);
		last = number;
	}
	fclose(file);
	return last;
}

static void full_disk_leaves_whole_lines_and_ends_the_recorder(void **state)
{
	pid_t pid = start_recorder(1000);
	uint64_t last;

	(void)state;
	while (send_event() == 0) {
	}
	assert_int_equal(end_recorder(pid), 1);
	last = check_trail();
	assert_in_range(last, 1, 100);
	pid = start_recorder(0); /* there is room again */
	assert_int_equal(send_event(), 0);
	assert_int_equal(end_recorder(pid), 0);
	assert_int_equal(check_trail(), last + 1);
}

static void numbers_go_on_though_older_lines_were_moved_away(void **state)
{
	FILE *file = fopen(trail, "w");
	pid_t pid;

	(void)state;
	fputs("{\"number\":70001,\"time\":\"\",\"event\":\"x\"}\n", file);
	fclose(file);
	pid = start_recorder(0);
	assert_int_equal(send_event(), 0);
	assert_int_equal(end_recorder(pid), 0);
	assert_int_equal(check_trail(), 70002);
}

static void torn_line_of_an_earlier_run_is_ended(void **state)
{
	static const char torn[] = "{\"number\":8,\"time\":\"20";
	static const char whole[] = "{\"number\":7,\"time\":\"\"}\n";
	FILE *file = fopen(trail, "w");
	char text[1024] = "";
	pid_t pid;

	(void)state;
	fprintf(file, "%s%s", whole, torn);
	fclose(file);
	pid = start_recorder(0);
	assert_int_equal(send_event(), 0);
	assert_int_equal(end_recorder(pid), 0);
	file = fopen(trail, "r");
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(text, "{\"number\":8,\"time\":\"20\n{\"number\":8,\"time\":"));
	assert_memory_equal(text + strlen(text) - 2, "}\n", 2);
}

static void many_events_at_once_are_all_written(void **state)
{
	pid_t pid = start_recorder(0);

	(void)state;
	kill(pid, SIGSTOP); /* so that they wait together */
	for (int i = 0; i < 2000; i++) {
		assert_int_equal(send_event(), 0);
		if (i == 100) {
			kill(pid, SIGCONT);
		}
	}
	assert_int_equal(end_recorder(pid), 0);
	assert_int_equal(check_trail(), 2000);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(full_disk_leaves_whole_lines_and_ends_the_recorder),
		CASE(numbers_go_on_though_older_lines_were_moved_away),
		CASE(torn_line_of_an_earlier_run_is_ended),
		CASE(many_events_at_once_are_all_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
