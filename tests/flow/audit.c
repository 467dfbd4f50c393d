/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit trail of a real broker: over kill -9 of the recorder and a full disk no event is lost,
 * and what garasuctl audit says of it is so. The painter stands in for the browser. */

#include "raw.h"

#include "garasu/rfb.h"
#include "garasu/state.h"

#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE "http://painter/solid?rgb=204080"

static struct flow_broker broker;
static struct flow_viewer viewer;
static char output[65536];
static char text[4 << 20];

/* A disk of its own for log and trail. Others do not see it: the mount namespace is this test's. */
static void mount_disk(const char *directory)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/log", directory);
	assert_int_equal(mkdir(path, 0750), 0);
	assert_int_equal(mount("tmpfs", path, "tmpfs", MS_NODEV | MS_NOSUID, "size=4m"), 0);
}

static void start_broker(const char *when_full)
{
	char sections[256];

	alarm(100);
	snprintf(sections, sizeof(sections),
		"  idle_ms: 300000\naudit:\n  when_full: %s\n  seal_ms: 100\n  segment_kib: 16\n",
		when_full);
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .start_page = PAGE,
					   .web = "",
					   .egress = sections,
					   .certify = mount_disk});
}

static int stop(void **state)
{
	char path[128];

	(void)state;
	flow_broker_halt(&broker);
	snprintf(path, sizeof(path), "%s/log", broker.directory);
	assert_int_equal(umount2(path, MNT_DETACH), 0);
	flow_broker_remove(&broker);
	return 0;
}

static int start(void **state)
{
	(void)state;
	start_broker("refuse");
	return 0;
}

static int start_going_on(void **state)
{
	(void)state;
	start_broker("go_on");
	return 0;
}

/* Runs garasuctl audit WORD LOG MORE; fills output. Returns its exit code. */
static int audit(const char *word, const char *more)
{
	char command[512];
	FILE *tool;
	int status;

	snprintf(command, sizeof(command), "LANG=C %s/bin/garasuctl audit %s %s/log %s",
		broker.directory, word, broker.directory, more);
	tool = popen(command, "r");
	assert_non_null(tool);
	output[fread(output, 1, sizeof(output) - 1, tool)] = '\0';
	status = pclose(tool);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Each line is a message of RFC 5424: facility 13, a severity, a time in UTC, and the record behind
 * a byte order mark. */
static void expect_syslog(void)
{
	static const char form[] =
		"^<1(08|10)>1 [0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z desk-1 garasu - [a-z_]+ - "
		"\xef\xbb\xbf\\{\"number\":[0-9]+,.*\\}$";
	regex_t pattern;
	unsigned lines = 0;

	assert_int_equal(regcomp(&pattern, form, REG_EXTENDED | REG_NOSUB), 0);
	assert_int_equal(audit("export", "--syslog --host desk-1"), 0);
	for (char *line = strtok(output, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		if (regexec(&pattern, line, 0, NULL, 0) != 0) {
			fail_msg("no message of RFC 5424: %s", line);
		}
		lines++;
	}
	regfree(&pattern);
	assert_true(lines >= 4);
	assert_int_not_equal(audit("export", "--syslog --host 'two words'"), 0);
}

/* All segments in order, in text. */
static void read_trail(void)
{
	char command[256];
	FILE *trail;

	snprintf(command, sizeof(command),
		"cat %s/log/audit-*.jsonl %s/log/audit.jsonl 2>/dev/null", broker.directory,
		broker.directory);
	trail = popen(command, "r");
	assert_non_null(trail);
	text[fread(text, 1, sizeof(text) - 1, trail)] = '\0';
	pclose(trail);
}

/* The supervisor's own count of its events has no gap and no repetition. Returns the last. */
static unsigned check_sent(void)
{
	unsigned expected = 1;

	read_trail();
	for (const char *at = text; (at = strstr(at, "\"sent\":")) != NULL; at += 7) {
		assert_int_equal(strtoul(at + 7, NULL, 10), expected);
		expected++;
	}
	return expected - 1;
}

/* An act, and so a record each time. */
static void act(void)
{
	assert_int_equal(flow_ctl(&broker, output, sizeof(output), "cutoff", "release", "user",
				 "nobody", (char *)NULL),
		1);
}

static void wait_status(const char *words)
{
	do {
		assert_int_equal(
			flow_ctl(&broker, output, sizeof(output), "status", "--json", (char *)NULL),
			0);
	} while (strstr(output, words) == NULL);
}

static unsigned count_in_trail(const char *words)
{
	unsigned found = 0;

	read_trail();
	for (const char *at = text; (at = strstr(at, words)) != NULL; at++) {
		found++;
	}
	return found;
}

/* Until the trail has the text so many times; alarm() is the guard. */
static void wait_trail(const char *words, unsigned count)
{
	do {
		poll(NULL, 0, 5);
	} while (count_in_trail(words) < count);
}

static void live_trail_is_sound_and_its_anchor_fits(void **state)
{
	char path[128];
	char option[160];
	FILE *anchor;

	(void)state;
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&viewer);
	wait_trail("\"event\":\"conformity\"", 1);
	assert_int_equal(audit("anchor", ""), 0);
	snprintf(path, sizeof(path), "%s/anchor", broker.directory);
	anchor = fopen(path, "w");
	assert_non_null(anchor);
	fputs(output, anchor);
	assert_int_equal(fclose(anchor), 0);
	snprintf(option, sizeof(option), "--anchor %s", path);
	assert_int_equal(audit("verify", option), 0);
	assert_non_null(strstr(output, "SOUND"));
	read_trail();
	assert_non_null(strstr(text, "\"event\":\"configuration\",\"sha256\":\""));
	assert_non_null(strstr(text, "\"is_changed\":0}"));
	assert_int_equal(audit("export", ""), 0);
	assert_non_null(strstr(output, "\"event\":\"session_started\""));
	expect_syslog();
}

static void killed_recorder_loses_no_event(void **state)
{
	pid_t pid;

	(void)state;
	for (int i = 0; i < 4; i++) {
		for (int n = 0; n < 8; n++) {
			act();
		}
		assert_int_equal(flow_pids(&broker, "garasu-recorder", &pid, 1), 1);
		assert_int_equal(kill(pid, SIGKILL), 0);
		wait_trail("\"event\":\"recorder_started\"", (unsigned)i + 2);
		wait_status("\"is_recording\":1");
	}
	wait_trail("\"command\":\"cutoff release nobody\"", 32);
	assert_true(check_sent() >= 32);
	assert_int_equal(audit("verify", ""), 0);
	assert_non_null(strstr(output, "SOUND"));
}

/* A monitor looks, and the trail does not grow by it. */
static void looking_is_recorded_once(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(
			flow_ctl(&broker, output, sizeof(output), "status", (char *)NULL), 0);
		assert_int_equal(
			flow_ctl(&broker, output, sizeof(output), "cutoff", "list", (char *)NULL),
			0);
	}
	act();
	wait_trail("\"command\":\"cutoff release nobody\"}", 1); /* what was before is there */
	assert_int_equal(count_in_trail("\"command\":\"status \",\"times\":1}"), 1);
	assert_int_equal(count_in_trail("\"command\":\"status "), 1);
	assert_int_equal(count_in_trail("\"command\":\"cutoff list "), 1);
}

/* Takes all that is left of the disk. */
static void fill_disk(void)
{
	static const char block[4096];
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/log/fill", broker.directory);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0) {
	}
	close(fd);
}

static void empty_disk(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/log/fill", broker.directory);
	assert_int_equal(unlink(path), 0);
}

/* The disk is full and the supervisor knows. */
static void fill_until_known(void)
{
	do {
		fill_disk();
		act();
		assert_int_equal(
			flow_ctl(&broker, output, sizeof(output), "status", "--json", (char *)NULL),
			0);
	} while (strstr(output, "\"is_recording\":0") == NULL);
}

static void full_disk_starts_no_session_and_loses_no_event(void **state)
{
	char message[4096];

	(void)state;
	fill_until_known();
	assert_int_not_equal(
		flow_viewer_fails(&broker, "tanaka", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	wait_status("\"sessions\":0,");
	empty_disk();
	wait_status("\"is_recording\":1");
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_stop(&viewer);
	wait_trail("\"event\":\"conformity\"", 1);
	check_sent();
	assert_null(strstr(text, "events_lost"));
	assert_int_equal(audit("verify", ""), 0);
}

/* As on a disk that answers no more: it lives, and acknowledges nothing. */
static void recorder_that_hangs_starts_no_session(void **state)
{
	char message[4096];
	pid_t pid;

	(void)state;
	assert_int_equal(flow_pids(&broker, "garasu-recorder", &pid, 1), 1);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	act();
	wait_status("\"is_recording\":0");
	assert_int_not_equal(
		flow_viewer_fails(&broker, "tanaka", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	wait_status("\"sessions\":0,");
	assert_int_equal(kill(pid, SIGCONT), 0);
	wait_status("\"is_recording\":1");
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_stop(&viewer);
	check_sent();
}

static void full_disk_stops_nobody_where_the_configuration_says_so(void **state)
{
	(void)state;
	fill_until_known();
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_stop(&viewer);
	empty_disk();
	wait_status("\"is_recording\":1");
	wait_trail("\"event\":\"session_started\"", 1);
	check_sent();
	assert_int_equal(audit("verify", ""), 0);
}

/* The encoder announces fences with one, and the gateway tells the acceptance and the end. */
static void record_of_what_crossed_is_exact(void **state)
{
	static const int32_t ours[2] = {GARASU_RFB_FENCE, GARASU_RFB_ENCODING_GARASU};
	static const char said[] = "\4\1\0\0\0\0\0\x61" /* three keys */
				   "\4\0\0\0\0\0\0\x61"
				   "\4\1\0\0\0\0\0\x62"
				   "\5\0\0\1\0\1" /* two pointers */
				   "\5\0\0\2\0\2"
				   "\6\0\0\0\0\0\0\3cut"
				   "\xff\0\0\1\0\0\0\x61\0\0\0\x1e" /* a key by its code */
				   "\xfc\4\0\1\1"                   /* focus */
				   "\xfc\1\0\3abc";                 /* text */
	struct raw raw;
	char *counts;

	(void)state;
	raw_start(&raw, &broker, "tanaka");
	raw_encodings(&raw, ours, 2);
	raw_say(&raw, said, sizeof(said) - 1);
	raw_fence(&raw);
	raw_say(&raw, "\x09", 1); /* no message of ours */
	raw_hear_end(&raw);
	raw_close(&raw);
	wait_trail("\"event\":\"conformity\"", 1);
	counts = strstr(text, "\"pixel_format\"");
	assert_non_null(counts);
	*strchr(counts, '\n') = '\0';
	assert_string_equal(counts,
		"\"pixel_format\":0,\"encodings\":1,\"update_request\":0,\"key\":3,\"pointer\":2,"
		"\"wheel\":0,\"text\":1,\"geometry\":0,\"focus\":1,\"address\":0,\"continuous\":0,"
		"\"client_fence\":1,\"cut_text_discarded\":1,\"client_init\":1,\"key_code\":1,"
		"\"desktop_size\":0,\"update\":0,\"rect_pixels\":0,\"rect_copy\":0,"
		"\"rect_pointer\":0,\"rect_size\":0,\"rect_caret\":0,\"rect_led\":0,"
		"\"server_fence\":2,\"end_continuous\":0,\"server_init\":1,\"rect_key_codes\":0,"
		"\"rect_garasu\":0,\"rect_last\":0,\"state\":3,\"message\":0,\"paste\":0,"
		"\"policy\":0,\"preedit\":0,"
		"\"refused_from_viewer\":1,\"refused_from_encoder\":0,\"is_final\":1}");
}

/* A build with sanitizers lets its roles be dumped, and the self-test says so. */
#ifndef GARASU_SANITIZED
/* Runs garasuctl selftest; fills output. Returns its exit code. */
static int selftest(const char *report)
{
	char command[512];
	FILE *tool;
	int status;

	snprintf(command, sizeof(command),
		"LANG=C %s/bin/garasuctl selftest --config %s/garasu.conf --report %s/%s",
		broker.directory, broker.directory, broker.directory, report);
	tool = popen(command, "r");
	assert_non_null(tool);
	output[fread(output, 1, sizeof(output) - 1, tool)] = '\0';
	status = pclose(tool);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void selftest_passes_and_is_kept(void **state)
{
	(void)state;
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	if (selftest("report") != 0 ||
		strstr(output, "16 passed, 0 failed, 0 not checked") == NULL) {
		fail_msg("%s", output);
	}
	wait_trail("\"passed\":16,\"failed\":0,\"not_checked\":0}", 1);
	flow_viewer_stop(&viewer);
}

/* Nothing is seen in a table that is hidden, and that is no pass. */
static void selftest_does_not_pass_what_it_cannot_read(void **state)
{
	static const char *const lines[] = {"no role but egress has a network: net/dev of process",
		"no session holds a socket of the host's network: the table of sockets: ",
		"viewers are awaited on the configured address alone: the table of sockets: "};
	char command[512];
	FILE *tool;
	pid_t pid;

	(void)state;
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	assert_int_equal(flow_pids(&broker, "garasu-encoder", &pid, 1), 1);
	snprintf(command, sizeof(command),
		"LANG=C unshare -m sh -c 'mount -t tmpfs x /proc/$$/net && "
		"mount -t tmpfs x /proc/%d/net && exec %s/bin/garasuctl selftest --config "
		"%s/garasu.conf --report %s/report'",
		(int)pid, broker.directory, broker.directory, broker.directory);
	tool = popen(command, "r");
	assert_non_null(tool);
	output[fread(output, 1, sizeof(output) - 1, tool)] = '\0';
	pclose(tool);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *at = strstr(output, lines[i]);

		if (at == NULL) {
			fail_msg("%s", output);
		}
		while (at > output && at[-1] != '\n') {
			at--;
		}
		assert_memory_equal(at, "not checked ", 12);
	}
	flow_viewer_stop(&viewer);
}

/* Without a session nothing is said of sessions; a place that was opened is found. */
static void selftest_says_what_it_could_not_see_and_what_is_open(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/state/audit", broker.directory);
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(selftest("report"), 1);
	assert_non_null(strstr(output, "state/audit has another owner or mode"));
	assert_non_null(strstr(output, "12 passed, 1 failed, 3 not checked"));
	wait_trail("\"passed\":12,\"failed\":1,\"not_checked\":3}", 1);
}
#endif

#define CASE(name, setup) cmocka_unit_test_setup_teardown(name, setup, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(live_trail_is_sound_and_its_anchor_fits, start),
		CASE(killed_recorder_loses_no_event, start),
		CASE(looking_is_recorded_once, start),
		CASE(full_disk_starts_no_session_and_loses_no_event, start),
		CASE(recorder_that_hangs_starts_no_session, start),
		CASE(full_disk_stops_nobody_where_the_configuration_says_so, start_going_on),
		CASE(record_of_what_crossed_is_exact, start),
#ifndef GARASU_SANITIZED
		CASE(selftest_passes_and_is_kept, start),
		CASE(selftest_does_not_pass_what_it_cannot_read, start),
		CASE(selftest_says_what_it_could_not_see_and_what_is_open, start),
#endif
	};

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
		fputs("SKIPPED: no mount namespace for a full disk: run as root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
