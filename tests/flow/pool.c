/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The warm pool: a started browser that waits is given to one user, once. The painter stands in for
 * it, but where its connections are looked at. */

#include "groups.h"
#include "harness.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE "http://painter/solid?rgb=204080"
#define OTHER "http://painter/solid?rgb=c03010"

static struct flow_broker broker;
static struct flow_viewer viewer;

static void start_with(const char *sessions)
{
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .users = {"tanaka", "suzuki", "sato"},
					   .start_page = PAGE,
					   .sessions = sessions});
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	return 0;
}

/* Waits until so many compositors live and one of them is of a session that waits. */
static void wait_pooled(int compositors)
{
	flow_wait_session(&broker, "\"pooled\"", 1);
	flow_wait_pids(&broker, "garasu-browser", compositors);
	flow_wait_pids(&broker, "garasu-compositor", compositors);
}

/* The compositor that lives now and is none of those known before. */
static pid_t new_compositor(const pid_t *known, int known_count)
{
	pid_t pids[16];
	int count = flow_pids(&broker, "garasu-compositor", pids, 16);
	pid_t found = 0;

	for (int i = 0; i < count; i++) {
		int is_known = 0;

		for (int j = 0; j < known_count; j++) {
			is_known |= pids[i] == known[j];
		}
		if (!is_known) {
			assert_int_equal(found, 0);
			found = pids[i];
		}
	}
	assert_true(found > 1);
	return found;
}

static unsigned uid_of(pid_t pid)
{
	char path[64];
	char line[256];
	FILE *file;
	unsigned uid = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL && sscanf(line, "Uid: %u", &uid) != 1) {
	}
	fclose(file);
	return uid;
}

static void read_audit(char *text, size_t size)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/log/audit.jsonl", broker.directory);
	file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

static int status_has(const char *text)
{
	char output[1024];

	assert_int_equal(
		flow_ctl(&broker, output, sizeof(output), "status", "--json", (char *)NULL), 0);
	return strstr(output, text) != NULL;
}

static void wait_status(const char *text)
{
	time_t deadline = time(NULL) + FLOW_DEADLINE_MS / 1000;

	while (!status_has(text)) {
		if (time(NULL) > deadline) {
			fail_msg("status never said %s", text);
		}
	}
}

static void log_in_and_see(const char *user)
{
	flow_viewer_start(&viewer, &broker, user, (char *)NULL);
	assert_non_null(strstr(viewer.states, "state 0 0")); /* new to its user */
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
}

/* tanaka gets the first, suzuki the one that was started after it: neither log-in starts one, and
 * what suzuki gets never was tanaka's. */
static void users_get_what_waited_each_its_own(void **state)
{
	static char audit[1 << 20];
	struct flow_viewer second;
	pid_t known[2];

	(void)state;
	start_with("  pool: 1\n");
	wait_pooled(1);
	assert_true(status_has("\"sessions\":0,") && status_has("\"pooled\":1,\"pool\":1"));
	known[0] = new_compositor(NULL, 0);
	log_in_and_see("tanaka");
	flow_viewer_say(&viewer, "open " OTHER);
	flow_viewer_say(&viewer, "wait-pixel 300 300 c03010 10000");

	wait_pooled(2);
	known[1] = new_compositor(known, 1);
	if (getuid() == 0) {
		assert_int_not_equal(uid_of(known[0]), uid_of(known[1]));
	}
	read_audit(audit, sizeof(audit));
	assert_null(strstr(audit, "suzuki\",\"browser"));
	second = viewer;
	log_in_and_see("suzuki");
	assert_true(status_has("\"sessions\":2,"));
	assert_int_equal(kill(known[0], 0), 0);
	assert_int_equal(kill(known[1], 0), 0);
	flow_viewer_say(&second, "wait-pixel 300 300 c03010 10000");

	wait_pooled(3);
	flow_wait_file(&broker, "log/audit.jsonl", "\"event\":\"session_pooled\",\"session\":3");
	read_audit(audit, sizeof(audit));
	assert_non_null(
		strstr(audit, "\"event\":\"session_started\",\"session\":1,\"user\":\"tanaka\""));
	assert_non_null(
		strstr(audit, "\"event\":\"session_started\",\"session\":2,\"user\":\"suzuki\""));
	assert_non_null(strstr(audit, "\"from_pool\":1"));
	assert_null(strstr(audit, "\"from_pool\":0"));
	flow_viewer_stop(&viewer);
	flow_viewer_stop(&second);
}

/* A session ends with its user: what was tanaka's is nobody's afterwards. */
static void session_goes_to_no_second_user(void **state)
{
	pid_t first;

	(void)state;
	start_with("  pool: 1\n");
	wait_pooled(1);
	first = new_compositor(NULL, 0);
	log_in_and_see("tanaka");
	assert_int_equal(flow_ctl(&broker, NULL, 0, "session", "end", "1", (char *)NULL), 0);
	flow_viewer_wait_end(&viewer);
	flow_wait_session(&broker, "tanaka", 0);
	assert_int_not_equal(kill(first, 0), 0);
	wait_pooled(1);
	log_in_and_see("suzuki");
	flow_viewer_stop(&viewer);
}

static void session_that_waits_is_frozen_and_thawed_for_its_user(void **state)
{
	struct flow_groups groups;
	uint64_t before;

	(void)state;
	if (getuid() != 0) {
		fputs("skipped: nothing is parked without control groups\n", stderr);
		start_with("  pool: 1\n");
		return;
	}
	start_with("  pool: 1\n  park_ms: 500\n");
	wait_pooled(1);
	flow_groups_of(&groups, new_compositor(NULL, 0));
	flow_groups_wait_frozen(&groups);
	before = flow_groups_cpu_us(&groups);
	assert_true(status_has("\"pooled\":1,"));
	assert_int_equal(flow_groups_cpu_us(&groups), before);
	log_in_and_see("tanaka");
	assert_true(flow_groups_cpu_us(&groups) > before);
	flow_viewer_stop(&viewer);
}

static void one_that_dies_is_replaced(void **state)
{
	pid_t before;
	pid_t now;

	(void)state;
	start_with("  pool: 1\n");
	wait_pooled(1);
	now = new_compositor(NULL, 0);
	for (int i = 0; i < 3; i++) {
		before = now;
		assert_int_equal(kill(before, SIGKILL), 0);
		while (now == before) {
			wait_pooled(1);
			now = new_compositor(NULL, 0);
		}
	}
	log_in_and_see("tanaka");
	flow_viewer_stop(&viewer);
}

static void full_host_gives_its_last_place_to_a_user(void **state)
{
	char message[8192];
	struct flow_viewer second;

	(void)state;
	start_with("  pool: 1\n  max: 2\n");
	wait_pooled(1);
	log_in_and_see("tanaka");
	second = viewer;
	wait_pooled(2);
	log_in_and_see("suzuki");
	assert_true(status_has("\"sessions\":2,\"sessions_max\":2,"));
	assert_true(status_has("\"pooled\":0,"));
	assert_int_not_equal(
		flow_viewer_fails(&broker, "sato", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	assert_non_null(strstr(message, "full"));
	flow_viewer_stop(&viewer);
	flow_viewer_stop(&second);
}

static void upgraded_browser_replaces_what_waits(void **state)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000000}};
	char path[128];
	pid_t old;

	(void)state;
	start_with("  pool: 1\n  upgrade_check_ms: 100\n");
	wait_pooled(1);
	old = new_compositor(NULL, 0);
	snprintf(path, sizeof(path), "%s/bin/garasu-browser", broker.directory);
	assert_int_equal(utimensat(-1, path, times, 0), 0);
	flow_wait_file(&broker, "log/audit.jsonl", "\"event\":\"session_destroyed\",\"session\":1");
	assert_int_not_equal(kill(old, 0), 0);
	wait_pooled(1);
	log_in_and_see("tanaka");
	flow_viewer_stop(&viewer);
}

static void cut_off_ends_what_waits_until_it_is_released(void **state)
{
	(void)state;
	start_with("  pool: 1\n");
	wait_pooled(1);
	assert_int_equal(flow_ctl(&broker, NULL, 0, "cutoff", "all", (char *)NULL), 0);
	wait_status("\"pooled\":0,");
	flow_wait_session(&broker, "\"session\"", 0);
	flow_wait_pids(&broker, "garasu-compositor", 0);
	assert_int_equal(flow_ctl(&broker, NULL, 0, "cutoff", "release", "all", (char *)NULL), 0);
	wait_pooled(1);
}

static void pool_of_none_starts_for_its_user_only(void **state)
{
	static char audit[1 << 20];

	(void)state;
	start_with("  pool: 0\n");
	assert_true(status_has("\"pooled\":0,\"pool\":0"));
	log_in_and_see("tanaka");
	flow_wait_pids(&broker, "garasu-compositor", 1);
	flow_viewer_stop(&viewer);
	flow_wait_file(&broker, "log/audit.jsonl", "\"from_pool\":0");
	read_audit(audit, sizeof(audit));
	assert_null(strstr(audit, "session_pooled"));
}

#ifndef GARASU_SANITIZED

static const struct flow_page pages[] = {
	{"/start", "text/html",
		"<!doctype html><title>start</title><body style='margin:0;background:#204080'>"},
	{NULL, NULL, NULL},
};

static int stop_pages(void **state)
{
	flow_pages_stop();
	return stop(state);
}

/* Chromium's connections: none while it waits, and then under its user's name. */
static void start_page_is_fetched_by_its_user(void **state)
{
	static char egress[128];
	static char page[128];
	static char audit[1 << 20];
	unsigned port = flow_pages_start(pages);
	time_t deadline = time(NULL) + 2 * FLOW_DEADLINE_MS / 1000;

	(void)state;
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	snprintf(page, sizeof(page), "http://127.0.0.1:%u/start", port);
	flow_broker_start(&broker, &(struct flow_options){.users = {"tanaka"},
					   .sessions = "  pool: 1\n  park_ms: 3000\n",
					   .start_page = page,
					   .egress = egress});
	flow_wait_session(&broker, "\"pooled\"", 1);
	if (getuid() == 0) { /* it has all the time it wants */
		struct flow_groups groups;

		flow_groups_of(&groups, new_compositor(NULL, 0));
		flow_groups_wait_frozen(&groups);
	}
	assert_int_equal(flow_pages_count("/start"), 0);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 600 600 204080 %d", FLOW_DEADLINE_MS);
	assert_int_equal(flow_pages_count("/start"), 1);
	/* There is no blank window below: closing this one starts afresh, at the start page. */
	flow_viewer_say(&viewer, "key 0xffe3 down"); /* Control_L */
	flow_viewer_say(&viewer, "press 0x77");
	flow_viewer_say(&viewer, "key 0xffe3 up");
	while (flow_pages_count("/start") != 2) {
		wait_status("\"sessions\":1,");
		assert_true(time(NULL) < deadline);
	}
	flow_viewer_say(&viewer, "wait-pixel 600 600 204080 %d", FLOW_DEADLINE_MS);
	flow_viewer_stop(&viewer);
	flow_wait_file(&broker, "log/audit.jsonl", "\"connection\"");
	read_audit(audit, sizeof(audit));
	assert_non_null(
		strstr(audit, "\"event\":\"connection\",\"session\":1,\"user\":\"tanaka\""));
	assert_null(strstr(audit, "\"event\":\"connection\",\"session\":1,\"host"));
}

#endif

#define CASE(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(users_get_what_waited_each_its_own),
		CASE(session_goes_to_no_second_user),
		CASE(session_that_waits_is_frozen_and_thawed_for_its_user),
		CASE(one_that_dies_is_replaced),
		CASE(full_host_gives_its_last_place_to_a_user),
		CASE(upgraded_browser_replaces_what_waits),
		CASE(cut_off_ends_what_waits_until_it_is_released),
		CASE(pool_of_none_starts_for_its_user_only),
#ifndef GARASU_SANITIZED
		cmocka_unit_test_teardown(start_page_is_fetched_by_its_user, stop_pages),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
