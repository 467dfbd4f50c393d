/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the viewer shows is what was drawn: each pixel of the painter's pages, through compositor,
 * encoder, gateway and decoder, and what a step costs on the way. */

#include "painted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
	flow_viewer_stop(&painted.viewer);
	flow_broker_stop(&painted.broker);
	return 0;
}

static void flat_pages_and_lines_are_exact(void **state)
{
	(void)state;
	assert_in_range(painted_open(&painted, PAINTED_HOST "solid?rgb=ff8001"), 100, 4000);
	assert_in_range(painted_open(&painted, PAINTED_HOST "bars"), 100, 20000);
	assert_in_range(painted_open(&painted, PAINTED_HOST "lines"), 100, 20000);
}

static void text_is_exact(void **state)
{
	(void)state;
	assert_in_range(painted_open(&painted, PAINTED_HOST "still"), 1000, 100000); /* of 3 MB */
	assert_in_range(painted_open(&painted, PAINTED_HOST "solid?rgb=204080"), 100, 4000);
}

static void photograph_rests_exact(void **state)
{
	(void)state;
	(void)painted_open(&painted, PAINTED_HOST "photo?seed=3");
}

static void scrolled_page_is_exact(void **state)
{
	unsigned long bytes = 0;

	(void)state;
	(void)painted_open(&painted, PAINTED_HOST "table");
	for (uint32_t step = 0; step < 3; step++) {
		bytes += painted_turn(&painted, 1);
	}
	assert_in_range(bytes, 100, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flat_pages_and_lines_are_exact),
		cmocka_unit_test(text_is_exact),
		cmocka_unit_test(photograph_rests_exact),
		cmocka_unit_test(scrolled_page_is_exact),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
