/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A user comes again while the last session is still being removed: the log-in waits for that. The
 * launcher, which removes, is stopped, and authenticators wait until they are told to go on. */

#include "held.h"

#include "garasu/state.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct flow_broker broker;
static struct flow_viewer viewers[3];
static pid_t authenticators[2];

/* Begins a log-in whose password waits to be checked by the authenticator of that index. */
static void begin_log_in(struct flow_viewer *viewer, int index)
{
	pid_t pids[2];

	flow_viewer_begin(viewer, &broker, "tanaka", (char *)NULL);
	flow_wait_pids(&broker, "garasu-authenticator", index + 1);
	assert_int_equal(flow_pids(&broker, "garasu-authenticator", pids, 2), index + 1);
	authenticators[index] = index == 1 && pids[1] == authenticators[0] ? pids[0] : pids[index];
	flow_held_wait(authenticators[index], 'T');
}

/* Its password is checked, and the supervisor has judged the log-in. */
static void go_on(int index)
{
	assert_int_equal(kill(authenticators[index], SIGCONT), 0);
	flow_held_wait(authenticators[index], 'Z'); /* the launcher does not reap */
	for (int i = 0; i < 2; i++) {               /* a turn of its loop has passed between */
		assert_int_equal(flow_ctl(&broker, NULL, 0, "status", (char *)NULL), 0);
	}
}

/* The session of viewers[0] ends and cannot be removed. */
static void end_session_and_keep_it(void)
{
	char output[8192];
	char number[16];
	const char *row;

	assert_int_equal(flow_ctl(&broker, output, sizeof(output), "session", "list", "--json",
				 (char *)NULL),
		0);
	row = strstr(output, "\"session\":");
	assert_non_null(row);
	assert_int_equal(sscanf(row, "\"session\":%15[0-9]", number), 1);
	assert_int_equal(kill(broker.broker.pid, SIGSTOP), 0);
	assert_int_equal(flow_ctl(&broker, NULL, 0, "session", "end", number, (char *)NULL), 0);
	flow_viewer_wait_state(&viewers[0], GARASU_STATE_ENDED_BY_ADMIN);
	flow_viewer_wait_end(&viewers[0]);
}

static void remove_it(void)
{
	assert_int_equal(kill(broker.broker.pid, SIGCONT), 0);
}

static int start(void **state)
{
	(void)state;
	alarm(280);
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .start_page = "http://painter/solid?rgb=204080",
					   .login = "  login_ms: 120000\n",
					   .certify = flow_held_place});
	flow_viewer_start(&viewers[0], &broker, "tanaka", (char *)NULL);
	flow_held_set(&broker, 1);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	kill(broker.broker.pid, SIGCONT); /* where a test has failed */
	flow_broker_stop(&broker);
	return 0;
}

static void log_in_waits_until_the_last_session_is_removed(void **state)
{
	(void)state;
	begin_log_in(&viewers[1], 0);
	flow_held_set(&broker, 0);
	end_session_and_keep_it();
	go_on(0);
	remove_it();
	flow_viewer_wait_state(&viewers[1], GARASU_STATE_ACCEPTED);
	assert_non_null(strstr(viewers[1].states, "state 0 0")); /* a new one */
	flow_viewer_say(&viewers[1], "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&viewers[1]);
}

static void later_log_in_takes_the_place_of_one_that_waits(void **state)
{
	(void)state;
	begin_log_in(&viewers[1], 0);
	begin_log_in(&viewers[2], 1);
	flow_held_set(&broker, 0);
	end_session_and_keep_it();
	go_on(0);
	go_on(1);
	assert_int_not_equal(flow_viewer_wait_end(&viewers[1]), 0);
	remove_it();
	flow_viewer_wait_state(&viewers[2], GARASU_STATE_ACCEPTED);
	assert_non_null(strstr(viewers[2].states, "state 0 0"));
	flow_viewer_stop(&viewers[2]);
}

/* The session may be removed before, but the log-in is refused all the same. */
static void cut_off_reaches_a_log_in_that_waits(void **state)
{
	(void)state;
	begin_log_in(&viewers[1], 0);
	flow_held_set(&broker, 0);
	end_session_and_keep_it();
	go_on(0);
	assert_int_equal(flow_ctl(&broker, NULL, 0, "cutoff", "user", "tanaka", (char *)NULL), 0);
	remove_it();
	assert_int_not_equal(flow_viewer_wait_end(&viewers[1]), 0);
	flow_wait_session(&broker, "tanaka", 0);
	flow_wait_file(&broker, "log/audit.jsonl", "\"client\":\"127.0.0.1\",\"state\":3}");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(log_in_waits_until_the_last_session_is_removed),
		CASE(later_log_in_takes_the_place_of_one_that_waits),
		CASE(cut_off_reaches_a_log_in_that_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
