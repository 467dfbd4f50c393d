/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The browser on the host is upgraded while sessions run. The painter stands in for it: another
 * time of its file is another browser. */

#include "harness.h"

#include "garasu/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

static struct flow_broker broker;
static struct flow_viewer viewer;

static int start(void **state)
{
	(void)state;
	flow_broker_start(&broker,
		&(struct flow_options){.paints = 1,
			.users = {"tanaka", "suzuki"},
			.start_page = "http://painter/solid?rgb=204080",
			.sessions = "  upgrade_check_ms: 100\n  upgrade_grace_ms: 3000\n"});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	return 0;
}

static void upgrade(void)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000000}};
	char path[128];

	snprintf(path, sizeof(path), "%s/bin/garasu-browser", broker.directory);
	assert_int_equal(utimensat(-1, path, times, 0), 0);
}

static int was_warned(const struct flow_viewer *which)
{
	char state[32];

	snprintf(state, sizeof(state), "state %d ", GARASU_STATE_UPGRADE_WARNING);
	return strstr(which->states, state) != NULL;
}

/* The old session's whole grace is the new one's time to be warned wrongly in. */
static void session_of_the_old_browser_is_warned_and_ends(void **state)
{
	struct flow_viewer second;

	(void)state;
	upgrade();
	flow_viewer_start(&second, &broker, "suzuki", (char *)NULL);
	flow_viewer_wait_state(&viewer, GARASU_STATE_UPGRADE_WARNING);
	flow_viewer_wait_state(&viewer, GARASU_STATE_UPGRADE_ENDED);
	flow_viewer_wait_end(&viewer);
	flow_wait_session(&broker, "tanaka", 0);
	flow_viewer_say(&second, "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&second);
	assert_false(was_warned(&second));
	flow_wait_session(&broker, "suzuki", 1);
}

static void session_without_an_upgrade_is_not_warned(void **state)
{
	struct flow_viewer second;

	(void)state;
	flow_viewer_start(&second, &broker, "suzuki", (char *)NULL);
	flow_viewer_say(&second, "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&second);
	flow_viewer_stop(&viewer);
	assert_false(was_warned(&viewer));
}

static void warning_waits_for_a_user_who_is_away(void **state)
{
	(void)state;
	flow_viewer_stop(&viewer);
	assert_false(was_warned(&viewer));
	flow_wait_session(&broker, "\"detached\"", 1);
	upgrade();
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	assert_non_null(strstr(viewer.states, "state 0 1"));
	flow_viewer_wait_state(&viewer, GARASU_STATE_UPGRADE_WARNING);
	flow_viewer_wait_state(&viewer, GARASU_STATE_UPGRADE_ENDED);
	flow_viewer_wait_end(&viewer);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(session_of_the_old_browser_is_warned_and_ends),
		CASE(session_without_an_upgrade_is_not_warned),
		CASE(warning_waits_for_a_user_who_is_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
