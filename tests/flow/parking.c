/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session that nobody watches is frozen: it uses no time, comes back as it was, and every end of
 * it works as if it were not. */

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

#define ANIMATION "http://painter/animate?area=small"
#define PARK "  park_ms: 100\n"
#define FRAMES 60u

static struct flow_broker broker;
static struct flow_viewer viewer;
static struct flow_groups groups;

static void start_with(const char *sessions)
{
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .users = {"tanaka", "suzuki"},
					   .start_page = ANIMATION,
					   .sessions = sessions});
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	flow_broker_remove(&broker);
	return 0;
}

static unsigned updates_of(struct flow_viewer *which)
{
	unsigned long long bytes = 0;
	unsigned updates = 0;

	flow_viewer_say(which, "stats");
	assert_int_equal(sscanf(which->answer, "bytes %llu updates %u", &bytes, &updates), 2);
	return updates;
}

/* Waits until a viewer has been sent so many more updates. */
static void wait_updates(struct flow_viewer *which, unsigned more)
{
	time_t deadline = time(NULL) + FLOW_DEADLINE_MS / 1000;
	unsigned wanted = updates_of(which) + more;

	while (updates_of(which) < wanted) {
		if (time(NULL) > deadline) {
			fail_msg("%u updates instead of %u", updates_of(which), wanted);
		}
	}
}

static pid_t only(const char *binary)
{
	pid_t pids[8];

	assert_int_equal(flow_pids(&broker, binary, pids, 8), 1);
	return pids[0];
}

/* tanaka sees the animation, leaves, and the session is frozen. */
static void park(void)
{
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 405060 10000");
	wait_updates(&viewer, 3);
	flow_groups_of(&groups, only("garasu-compositor"));
	flow_viewer_stop(&viewer);
	flow_wait_session(&broker, "\"parked\"", 1);
	flow_groups_wait_frozen(&groups);
}

static void expect_nothing_left(void)
{
	flow_wait_session(&broker, "tanaka", 0);
	flow_groups_wait_gone(&groups);
	flow_wait_pids(&broker, "bwrap", 0);
	flow_wait_pids(&broker, "garasu-start", 0);
	flow_wait_pids(&broker, "garasu-compositor", 0);
	flow_wait_pids(&broker, "garasu-browser", 0);
}

static void parked_session_uses_no_time_while_others_draw(void **state)
{
	struct flow_viewer second;
	uint64_t before;

	(void)state;
	start_with(PARK);
	park();
	before = flow_groups_cpu_us(&groups);
	assert_true(before > 0);
	flow_viewer_start(&second, &broker, "suzuki", (char *)NULL);
	wait_updates(&second, FRAMES);
	assert_int_equal(flow_groups_cpu_us(&groups), before);
	flow_viewer_stop(&second);
	flow_wait_file(&broker, "log/audit.jsonl", "\"session_parked\"");
}

static void parked_session_comes_back_and_goes_on(void **state)
{
	pid_t browser;

	(void)state;
	start_with(PARK);
	park();
	browser = only("garasu-browser");
	for (int i = 0; i < 3; i++) {
		flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
		assert_non_null(strstr(viewer.states, "state 0 1")); /* accepted, resumed */
		flow_viewer_say(&viewer, "wait-pixel 300 300 405060 10000");
		wait_updates(&viewer, 10);
		flow_wait_session(&broker, "\"attached\"", 1);
		assert_int_equal(only("garasu-browser"), browser);
		flow_viewer_say(&viewer, "open " ANIMATION);
		flow_viewer_stop(&viewer);
		flow_wait_session(&broker, "\"parked\"", 1);
		flow_groups_wait_frozen(&groups);
	}
}

static void session_is_never_parked_where_that_is_off(void **state)
{
	char path[128];
	char text[65536] = "";
	FILE *file;

	(void)state;
	start_with("  park_ms: 0\n  detached_ms: 1500\n");
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 405060 10000");
	flow_groups_of(&groups, only("garasu-compositor"));
	flow_viewer_stop(&viewer);
	expect_nothing_left(); /* it went from detached to its end */
	snprintf(path, sizeof(path), "%s/log/audit.jsonl", broker.directory);
	file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_non_null(strstr(text, "session_detached"));
	assert_null(strstr(text, "session_parked"));
}

/* ---- ends ---- */

static void detached_limit_ends_a_parked_session(void **state)
{
	(void)state;
	start_with(PARK "  detached_ms: 2000\n");
	park();
	expect_nothing_left();
}

static void absolute_limit_ends_a_parked_session(void **state)
{
	(void)state;
	start_with(PARK "  absolute_ms: 10000\n");
	park();
	expect_nothing_left();
}

static void administrator_ends_a_parked_session(void **state)
{
	char output[8192];

	(void)state;
	start_with(PARK);
	park();
	assert_int_equal(flow_ctl(&broker, output, 0, "session", "end", "1", (char *)NULL), 0);
	expect_nothing_left();
}

static void cut_off_ends_a_parked_session(void **state)
{
	char output[8192];

	(void)state;
	start_with(PARK);
	park();
	assert_int_equal(flow_ctl(&broker, output, 0, "cutoff", "user", "tanaka", (char *)NULL), 0);
	expect_nothing_left();
}

static void upgrade_ends_a_parked_session(void **state)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000000}};
	char path[128];

	(void)state;
	start_with(PARK "  upgrade_check_ms: 100\n  upgrade_grace_ms: 100\n");
	park();
	snprintf(path, sizeof(path), "%s/bin/garasu-browser", broker.directory);
	assert_int_equal(utimensat(-1, path, times, 0), 0);
	expect_nothing_left();
}

/* What would notice is frozen, too. */
static void death_within_a_parked_session_is_found_when_its_user_comes(void **state)
{
	char message[8192];

	(void)state;
	start_with(PARK);
	park();
	assert_int_equal(kill(only("garasu-compositor"), SIGKILL), 0);
	assert_int_not_equal(
		flow_viewer_fails(&broker, "tanaka", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	expect_nothing_left();
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	assert_non_null(strstr(viewer.states, "state 0 0")); /* a new session */
	flow_viewer_stop(&viewer);
}

static void shutdown_ends_a_parked_session(void **state)
{
	(void)state;
	start_with(PARK);
	park();
	flow_broker_halt(&broker);
	flow_groups_wait_gone(&groups);
}

static void dead_supervisor_leaves_nothing_frozen(void **state)
{
	(void)state;
	start_with(PARK);
	park();
	assert_int_equal(kill(only("garasu-supervisor"), SIGKILL), 0);
	assert_int_equal(flow_broker_wait_end(&broker), 1);
	flow_broker_wait_empty(&broker);
	assert_int_equal(flow_groups_exist(&groups), 0);
}

static void next_start_removes_what_a_dead_launcher_left_frozen(void **state)
{
	(void)state;
	start_with(PARK);
	park();
	flow_child_kill(&broker.broker);
	assert_int_equal(flow_broker_wait_end(&broker), 1000 + SIGKILL);
	flow_broker_wait_empty(&broker); /* SIGKILL reaches what is frozen */
	assert_int_equal(flow_groups_exist(&groups), 1);
	flow_broker_restart(&broker);
	assert_int_equal(flow_groups_exist(&groups), 0);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	assert_non_null(strstr(viewer.states, "state 0 0")); /* a new session */
	flow_viewer_say(&viewer, "wait-pixel 300 300 405060 10000");
	flow_viewer_stop(&viewer);
}

#ifndef GARASU_SANITIZED

/* ---- Chromium ---- */

static const struct flow_page pages[] = {
	{"/busy", "text/html",
		"<!doctype html><title>busy</title><style>body{margin:0;background:#204080}"
		"i{position:fixed;top:0;left:0;width:90px;height:90px;background:#c03010;"
		"animation:m 1s linear infinite alternate}"
		"@keyframes m{to{transform:translateX(500px)}}</style><i></i>"
		"<script>let n=0;setInterval(()=>{n++;fetch('/report',{method:'POST',"
		"body:'tick '+n+'.'}).catch(()=>0)},50)</script>"},
	{NULL, NULL, NULL},
};

static unsigned newest_tick(void)
{
	char report[64];
	unsigned tick = 0;

	flow_pages_wait("tick ");
	assert_int_equal(flow_pages_report("tick ", report, sizeof(report)), 1);
	assert_int_equal(sscanf(report, "tick %u", &tick), 1);
	return tick;
}

static int stop_pages(void **state)
{
	flow_pages_stop();
	return stop(state);
}

static void parked_chromium_stands_still_and_goes_on(void **state)
{
	static char egress[128];
	static char page[128];
	char report[64];
	struct flow_viewer second;
	uint64_t before;
	unsigned tick;
	unsigned port = flow_pages_start(pages);

	(void)state;
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	snprintf(page, sizeof(page), "http://127.0.0.1:%u/busy", port);
	flow_broker_start(&broker,
		&(struct flow_options){
			.users = {"tanaka", "suzuki"}, .sessions = PARK, .egress = egress});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "open %s", page);
	flow_viewer_say(&viewer, "wait-pixel 600 600 204080 %d", FLOW_DEADLINE_MS);
	flow_groups_of(&groups, only("garasu-compositor"));
	flow_viewer_stop(&viewer);
	flow_wait_session(&broker, "\"parked\"", 1);
	flow_groups_wait_frozen(&groups);
	before = flow_groups_cpu_us(&groups);
	tick = newest_tick();

	/* Others browse on: egress is not held by the one that does not read. */
	flow_viewer_start(&second, &broker, "suzuki", (char *)NULL);
	flow_pages_forget();
	flow_viewer_say(&second, "open %s?2", page);
	flow_viewer_say(&second, "wait-pixel 600 600 204080 %d", FLOW_DEADLINE_MS);
	wait_updates(&second, FRAMES / 4); /* two a second where the host is full */
	flow_viewer_stop(&second);
	assert_int_equal(flow_groups_cpu_us(&groups), before);
	flow_wait_session(&broker, "\"detached\"", 0); /* suzuki's stands still, too */
	flow_pages_forget();
	assert_int_equal(flow_pages_report("tick ", report, sizeof(report)), 0);

	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 600 600 204080 %d", FLOW_DEADLINE_MS);
	wait_updates(&viewer, 10);
	assert_in_range(newest_tick(), tick, tick + 100000); /* not loaded again */
	flow_viewer_stop(&viewer);
}

#endif

#define CASE(name) cmocka_unit_test_teardown(name, stop)
#define ENDS(name) cmocka_unit_test_teardown(name, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(parked_session_uses_no_time_while_others_draw),
		CASE(parked_session_comes_back_and_goes_on),
		CASE(session_is_never_parked_where_that_is_off),
		CASE(detached_limit_ends_a_parked_session),
		CASE(absolute_limit_ends_a_parked_session),
		CASE(administrator_ends_a_parked_session),
		CASE(cut_off_ends_a_parked_session),
		CASE(upgrade_ends_a_parked_session),
		CASE(death_within_a_parked_session_is_found_when_its_user_comes),
		ENDS(shutdown_ends_a_parked_session),
		ENDS(dead_supervisor_leaves_nothing_frozen),
		CASE(next_start_removes_what_a_dead_launcher_left_frozen),
#ifndef GARASU_SANITIZED
		cmocka_unit_test_teardown(parked_chromium_stands_still_and_goes_on, stop_pages),
#endif
	};

	if (getuid() != 0) {
		fputs("skipped: nothing is parked without control groups, which need root\n",
			stderr);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
