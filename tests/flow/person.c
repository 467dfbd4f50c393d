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

void person_start(const struct flow_broker *broker)
{
	char errors[128];
	char address[64];
	char *words[] = {"/usr/bin/env", "node", FLOW_TREE "/tests/flow/page/page.mjs",
		FLOW_PAGE_PACKAGES, address, "tanaka", FLOW_PASSWORD, NULL};
	char line[1024];

	snprintf(errors, sizeof(errors), "%s/page.err", broker->directory);
	snprintf(address, sizeof(address), "https://localhost:%u", broker->web_port);
	flow_child_start(&person, words, errors);
	flow_child_line(&person, line, sizeof(line));
	assert_string_equal(line, "READY");
}

void person_stop(void)
{
	close(person.in);
	person.in = -1;
	assert_int_equal(flow_child_wait(&person), 0);
}

void person_does(const char *step)
{
	char line[4096];

	assert_true(dprintf(person.in, "%s\n", step) > 0);
	flow_child_line(&person, line, sizeof(line));
	if (strcmp(line, "ok") != 0) {
		fail_msg("%s: %s", step, line);
	}
}
