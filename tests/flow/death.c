/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill -9 of each process in turn: what docs/architecture.md promises happens, and nothing is left.
 */

#include "harness.h"
#include "remains.h"

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
static struct flow_viewer viewer;
static struct flow_remains before; /* what the broker holds without a session */

static void begin_session(void)
{
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
}

/* Ends the session, if it did not end yet. */
static void end_session(void)
{
	char output[8192];
	char number[16];
	const char *found;

	assert_int_equal(flow_ctl(&broker, output, sizeof(output), "session", "list", "--json",
				 (char *)NULL),
		0);
	found = strstr(output, "\"session\":");
	if (found != NULL) {
		assert_int_equal(sscanf(found, "\"session\":%15[0-9]", number), 1);
		assert_int_equal(
			flow_ctl(&broker, output, 0, "session", "end", number, (char *)NULL), 0);
	}
	flow_wait_session(&broker, "tanaka", 0);
}

/* A first session has come and gone before the count: what is opened once stays open. */
static int start(void **state)
{
	struct flow_remains none = {.processes = 4, .descriptors = 200, .memories = 100};

	(void)state;
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .start_page = "http://painter/solid?rgb=204080"});
	none.groups = flow_remains_groups(broker.broker.pid);
	begin_session();
	flow_remains_count(&broker, &before);
	assert_in_range(before.processes, 8, 100); /* the count sees a session */
	assert_true(before.memories > 0 && (before.groups > none.groups || getuid() != 0));
	flow_viewer_stop(&viewer);
	end_session();
	flow_remains_wait(&broker, &none);
	flow_remains_count(&broker, &before);
	begin_session();
	return 0;
}

static int stop(void **state)
{
	pid_t launcher = broker.broker.pid;

	(void)state;
	end_session();
	flow_remains_wait(&broker, &before);
	flow_broker_stop(&broker);
	assert_int_equal(flow_remains_groups(launcher), 0);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	flow_broker_remove(&broker);
	return 0;
}

/* Kills the only process of that name. Returns its number. */
static pid_t kill_one(const char *binary)
{
	pid_t pids[8];

	assert_int_equal(flow_pids(&broker, binary, pids, 8), 1);
	assert_int_equal(kill(pids[0], SIGKILL), 0);
	return pids[0];
}

/* Waits until another process of that name stands in the killed one's place. */
static void wait_restarted(const char *binary, pid_t killed)
{
	pid_t pid = killed;

	flow_wait_file(&broker, "log/audit.jsonl", "role_died");
	do {
		flow_wait_pids(&broker, binary, 1);
		if (flow_pids(&broker, binary, &pid, 1) != 1) {
			pid = killed;
		}
	} while (pid == killed);
}

static void resume_and_see(void)
{
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	assert_non_null(strstr(viewer.states, "state 0 1"));
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&viewer);
}

static void dead_gateway_costs_one_connection(void **state)
{
	(void)state;
	kill_one("garasu-gateway");
	assert_int_not_equal(flow_viewer_wait_end(&viewer), 0);
	flow_wait_session(&broker, "\"detached\"", 1);
	flow_wait_pids(&broker, "garasu-encoder", 0);
	resume_and_see();
}

static void dead_encoder_costs_one_connection(void **state)
{
	(void)state;
	kill_one("garasu-encoder");
	flow_viewer_wait_state(&viewer, GARASU_STATE_CONNECTION_LOST);
	flow_viewer_wait_end(&viewer);
	flow_wait_session(&broker, "\"detached\"", 1);
	resume_and_see();
}

static void dead_compositor_ends_the_session(void **state)
{
	(void)state;
	kill_one("garasu-compositor");
	flow_viewer_wait_state(&viewer, GARASU_STATE_BROWSER_ENDED);
	flow_viewer_wait_end(&viewer);
	flow_wait_session(&broker, "tanaka", 0);
	flow_wait_pids(&broker, "bwrap", 0);
}

static void dead_browser_ends_the_session(void **state)
{
	(void)state;
	kill_one("garasu-browser");
	flow_viewer_wait_state(&viewer, GARASU_STATE_BROWSER_ENDED);
	flow_viewer_wait_end(&viewer);
	flow_wait_session(&broker, "tanaka", 0);
	flow_wait_pids(&broker, "garasu-compositor", 0);
}

static void dead_egress_is_replaced_and_sessions_go_on(void **state)
{
	(void)state;
	wait_restarted("garasu-egress", kill_one("garasu-egress"));
	flow_viewer_say(&viewer, "open http://painter/solid?rgb=c03010");
	flow_viewer_say(&viewer, "wait-pixel 300 300 c03010 10000");
	flow_viewer_stop(&viewer);
}

static void dead_recorder_is_replaced_and_sessions_go_on(void **state)
{
	(void)state;
	wait_restarted("garasu-recorder", kill_one("garasu-recorder"));
	flow_viewer_say(&viewer, "open http://painter/solid?rgb=c03010");
	flow_viewer_say(&viewer, "wait-pixel 300 300 c03010 10000");
	flow_viewer_stop(&viewer);
}

static void dead_supervisor_ends_everything(void **state)
{
	pid_t launcher = broker.broker.pid;

	(void)state;
	kill_one("garasu-supervisor");
	assert_int_equal(flow_broker_wait_end(&broker), 1);
	flow_viewer_wait_end(&viewer);
	flow_broker_wait_empty(&broker);
	assert_int_equal(flow_remains_groups(launcher), 0);
}

/* Once, by the supervisor that comes next. */
static void sessions_of_a_dead_supervisor_have_their_end_recorded(void **state)
{
	static const char ended[] = "\"event\":\"session_ended\",\"session\":2,\"user\":\"tanaka\"";
	char command[256];
	char output[64];
	char *words[] = {"/bin/sh", "-c", command, NULL};

	dead_supervisor_ends_everything(state);
	for (int i = 0; i < 2; i++) { /* the second finds nothing left */
		flow_broker_restart(&broker);
		flow_broker_halt(&broker);
	}
	flow_wait_file(&broker, "log/audit.jsonl", ended);
	snprintf(command, sizeof(command), "cat %s/log/audit*.jsonl | grep -Fc '%s'",
		broker.directory, ended);
	flow_run(output, sizeof(output), NULL, words);
	assert_string_equal(output, "1\n");
}

/* Nobody is left to remove the control groups: the next broker does. */
static void dead_launcher_ends_everything(void **state)
{
	pid_t launcher = broker.broker.pid;

	(void)state;
	flow_child_kill(&broker.broker);
	assert_int_equal(flow_broker_wait_end(&broker), 1000 + SIGKILL);
	flow_viewer_wait_end(&viewer);
	flow_broker_wait_empty(&broker);
	flow_broker_restart(&broker);
	assert_int_equal(flow_remains_groups(launcher), 0);
	flow_broker_halt(&broker);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)
#define ENDS(name) cmocka_unit_test_setup_teardown(name, start, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(dead_gateway_costs_one_connection),
		CASE(dead_encoder_costs_one_connection),
		CASE(dead_compositor_ends_the_session),
		CASE(dead_browser_ends_the_session),
		CASE(dead_egress_is_replaced_and_sessions_go_on),
		CASE(dead_recorder_is_replaced_and_sessions_go_on),
		ENDS(dead_supervisor_ends_everything),
		ENDS(sessions_of_a_dead_supervisor_have_their_end_recorded),
		ENDS(dead_launcher_ends_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
