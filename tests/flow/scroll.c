/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A turned wheel costs what it uncovers: bytes of each step, the picture after it pixel by pixel,
 * and the copies in the record of what crossed. The painter stands in for the browser. */

#include "painted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STEPS 8u

static struct painted painted;

static int start(void **state)
{
	(void)state;
	painted_start(&painted);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&painted.broker);
	return 0;
}

static void scroll_down_and_up(const char *address, unsigned long most)
{
	(void)painted_open(&painted, PAINTED_HOST "solid?rgb=654321");
	(void)painted_open(&painted, address);
	for (unsigned step = 0; step < 2 * STEPS; step++) {
		assert_in_range(painted_turn(&painted, step < STEPS ? 1 : -1), 16, most);
	}
}

/* Three lines of 1280 pixels are new in each step: 4 to 9 KB. */
static void step_of_a_text_page_costs_its_new_lines(void **state)
{
	(void)state;
	scroll_down_and_up(PAINTED_HOST "scroll", 10000);
}

static void side_bar_that_stands_still_costs_nothing(void **state)
{
	(void)state;
	scroll_down_and_up(PAINTED_HOST "scroll?side=1", 10000);
}

static void step_of_repeated_lines_costs_little(void **state)
{
	(void)state;
	scroll_down_and_up(PAINTED_HOST "table", 4000);
}

static void copies_stand_in_the_record(void **state)
{
	char path[128];
	char line[4096];
	unsigned long copies = 0;
	FILE *trail;

	(void)state;
	flow_viewer_stop(&painted.viewer);
	flow_wait_session(&painted.broker, "\"detached\"", 1);
	flow_wait_file(&painted.broker, "log/audit.jsonl", "\"conformity\"");
	snprintf(path, sizeof(path), "%s/log/audit.jsonl", painted.broker.directory);
	trail = fopen(path, "r");
	assert_non_null(trail);
	while (fgets(line, sizeof(line), trail) != NULL) {
		const char *count = strstr(line, "\"rect_copy\":");

		copies += count != NULL ? strtoul(count + 12, NULL, 10) : 0;
	}
	fclose(trail);
	assert_in_range(copies, 3 * 2 * STEPS, 3 * 2 * STEPS * 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(step_of_a_text_page_costs_its_new_lines),
		cmocka_unit_test(side_bar_that_stands_still_costs_nothing),
		cmocka_unit_test(step_of_repeated_lines_costs_little),
		cmocka_unit_test(copies_stand_in_the_record),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
