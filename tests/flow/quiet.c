/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real Chromium left alone: a session that nobody uses opens no connection until its idle end. */

#include "harness.h"

#include "garasu/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TRAIL "log/audit.jsonl"
#define ATTEMPT "\"event\":\"connection\""

static struct flow_broker broker;
static struct flow_viewer viewer;
static unsigned port;

static const struct flow_page pages[] = {
	{"/", "text/html", "<!doctype html><title>page</title><body style='background:#204080'>"},
	{NULL, NULL, NULL},
};

static int start(void **state)
{
	static char egress[128];

	(void)state;
	port = flow_pages_start(pages);
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	flow_broker_start(&broker,
		&(struct flow_options){.egress = egress, .sessions = "  idle_ms: 20000\n"});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	flow_pages_stop();
	return 0;
}

static int trail_has(const char *text)
{
	static char trail[1 << 20];
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/" TRAIL, broker.directory);
	file = fopen(path, "r");
	assert_non_null(file);
	trail[fread(trail, 1, sizeof(trail) - 1, file)] = '\0';
	fclose(file);
	return strstr(trail, text) != NULL;
}

static void idle_session_opens_no_connection(void **state)
{
	(void)state;
	flow_viewer_say(&viewer, "wait-pixel 600 400 ffffff 20000"); /* about:blank */
	flow_viewer_wait_state(&viewer, GARASU_STATE_IDLE_ENDED);
	flow_viewer_wait_end(&viewer);
	flow_wait_file(&broker, TRAIL, "session_destroyed");
	assert_false(trail_has(ATTEMPT));
}

/* The same trail names a connection where there is one. */
static void page_that_is_opened_is_in_the_trail(void **state)
{
	(void)state;
	flow_viewer_say(&viewer, "open http://127.0.0.1:%u/", port);
	flow_viewer_say(&viewer, "wait-pixel 600 400 204080 20000");
	flow_viewer_wait_state(&viewer, GARASU_STATE_IDLE_ENDED);
	flow_viewer_wait_end(&viewer);
	flow_wait_file(&broker, TRAIL, "session_destroyed");
	assert_true(trail_has(ATTEMPT));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(idle_session_opens_no_connection),
		CASE(page_that_is_opened_is_in_the_trail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
