/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refinement follows the line. */

#include "refine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void quick_line_gets_more_up_to_the_most(void **state)
{
	struct refine refine = {0};

	(void)state;
	assert_int_equal(refine_budget(&refine, 5000), REFINE_TILES_FIRST);
	assert_int_equal(refine_budget(&refine, 5010), 2 * REFINE_TILES_FIRST);
	assert_int_equal(refine_budget(&refine, 5020), 4 * REFINE_TILES_FIRST);
	assert_int_equal(refine_budget(&refine, 5030), REFINE_TILES_MAX);
	assert_int_equal(refine_budget(&refine, 5040), REFINE_TILES_MAX);
	assert_int_equal(refine_budget(&refine, 5090), REFINE_TILES_MAX); /* neither */
}

static void slow_line_gets_fewer_down_to_the_least(void **state)
{
	struct refine refine = {0};

	(void)state;
	assert_int_equal(refine_budget(&refine, 5000), REFINE_TILES_FIRST);
	assert_int_equal(refine_budget(&refine, 5400), REFINE_TILES_MIN);
	assert_int_equal(refine_budget(&refine, 6400), REFINE_TILES_MIN);
}

static void pause_is_not_a_slow_line(void **state)
{
	struct refine refine = {.tiles = REFINE_TILES_MIN, .sent_ms = 5000};

	(void)state;
	assert_int_equal(refine_budget(&refine, 60000), REFINE_TILES_FIRST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick_line_gets_more_up_to_the_most),
		cmocka_unit_test(slow_line_gets_fewer_down_to_the_least),
		cmocka_unit_test(pause_is_not_a_slow_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
