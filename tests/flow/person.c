/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells page/page.mjs what to do. */

#include "person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct flow_child person;
static int is_here;
static int is_busy; /* a step has no answer yet */

static void come(const struct flow_broker *broker)
{
	char errors[128];
	char *words[] = {"/usr/bin/env", "node", FLOW_TREE "/tests/flow/page/page.mjs",
		FLOW_PAGE_PACKAGES, NULL};
	char line[1024];

	snprintf(errors, sizeof(errors), "%s/page.err", broker->directory);
	flow_child_start(&person, words, errors);
	is_here = 1;
	is_busy = 1;
	flow_child_line(&person, line, sizeof(line));
	assert_string_equal(line, "READY");
	is_busy = 0;
}

void person_start(const struct flow_broker *broker)
{
	char step[256];

	if (!is_here) {
		come(broker);
	}
	snprintf(step, sizeof(step), "server https://localhost:%u tanaka %s", broker->web_port,
		FLOW_PASSWORD);
	person_does(step);
}

/* Whoever was left in the middle of a step is none for the next test. */
void person_stop(void)
{
	if (is_here && is_busy) {
		is_here = is_busy = 0;
		flow_child_end(&person);
	} else if (is_here) {
		person_does("leave");
	}
}

int person_finish(void **state)
{
	(void)state;
	if (is_here) {
		close(person.in);
		person.in = -1;
		assert_int_equal(flow_child_wait(&person), 0);
	}
	return 0;
}

void person_does(const char *step)
{
	char line[4096];

	is_busy = 1;
	assert_true(dprintf(person.in, "%s\n", step) > 0);
	flow_child_line(&person, line, sizeof(line));
	is_busy = 0;
	if (strcmp(line, "ok") != 0) {
		fail_msg("%s: %s", step, line);
	}
}
