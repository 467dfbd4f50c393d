/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session may take of its host: the limits bite, and the neighbour does not feel it. Without
 * root there are none, and a broker says so at every start. */

#include "groups.h"
#include "harness.h"

#include "garasu/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct flow_broker broker;
static struct flow_viewer greedy, neighbour;

static int start(void **state)
{
	(void)state;
	if (getuid() != 0) {
		return 0;
	}
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .users = {"tanaka", "suzuki"},
					   .start_page = "http://painter/solid?rgb=204080",
					   .sessions = "  memory_mib: 256\n  processes: 60\n"});
	flow_viewer_start(&neighbour, &broker, "suzuki", (char *)NULL);
	flow_viewer_start(&greedy, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&greedy, "wait-pixel 300 300 204080 10000");
	return 0;
}

static void neighbour_is_undisturbed(void)
{
	flow_viewer_say(&neighbour, "open http://painter/solid?rgb=10a040");
	flow_viewer_say(&neighbour, "wait-pixel 300 300 10a040 10000");
	flow_viewer_stop(&neighbour);
	flow_broker_stop(&broker);
}

static void session_that_takes_too_much_memory_ends(void **state)
{
	(void)state;
	if (getuid() != 0) {
		skip();
	}
	flow_viewer_say(&greedy, "open http://painter/hog-memory");
	flow_viewer_wait_state(&greedy, GARASU_STATE_BROWSER_ENDED);
	flow_viewer_wait_end(&greedy);
	flow_wait_session(&broker, "tanaka", 0);
	neighbour_is_undisturbed();
}

static void session_starts_no_more_processes_than_it_may(void **state)
{
	(void)state;
	if (getuid() != 0) {
		skip();
	}
	flow_viewer_say(&greedy, "open http://painter/hog-processes");
	flow_viewer_say(&greedy, "wait-pixel 300 300 c03010 20000");
	flow_viewer_stop(&greedy);
	neighbour_is_undisturbed();
}

/* Whom the kernel lets wait when processors are short: others, while somebody types. The roles that
 * stand between desks and sessions come first always. */
static void session_comes_first_while_somebody_types(void **state)
{
	pid_t pids[2];

	(void)state;
	if (getuid() != 0) {
		skip();
	}
	assert_int_equal(flow_pids(&broker, "garasu-encoder", pids, 2), 2);
	flow_groups_wait_weight(pids[0], 1);
	flow_groups_wait_weight(pids[1], 1);
	flow_viewer_say(&greedy, "move 40 40");
	flow_viewer_say(&neighbour, "key 0x61 down");
	flow_groups_wait_weight(pids[0], 8); /* the neighbour's, who was there first */
	flow_groups_wait_weight(pids[1], 1);
	flow_viewer_say(&neighbour, "key 0x61 up");
	flow_groups_wait_weight(pids[0], 1);
	assert_int_equal(flow_pids(&broker, "garasu-gateway", pids, 2), 2);
	flow_groups_wait_weight(pids[0], 8);
	assert_int_equal(flow_pids(&broker, "garasu-egress", pids, 1), 1);
	flow_groups_wait_weight(pids[0], 8);
	flow_viewer_stop(&greedy);
	neighbour_is_undisturbed();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(session_that_takes_too_much_memory_ends, start),
		cmocka_unit_test_setup(session_starts_no_more_processes_than_it_may, start),
		cmocka_unit_test_setup(session_comes_first_while_somebody_types, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
