/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a surface stands in the picture, whatever size a client gives it. */

#include "compositor.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <wlr/util/box.h>

static void expect(const struct wlr_box *box, int x, int y, int width, int height)
{
	assert_int_equal(box->x, x);
	assert_int_equal(box->y, y);
	assert_int_equal(box->width, width);
	assert_int_equal(box->height, height);
}

static void edges_are_rounded_each_for_itself(void **state)
{
	const struct wlr_box logical = {-3, 1, 10, 21};
	struct wlr_box box;

	(void)state;
	assert_int_equal(copy_box(&logical, 1.0, &box), 1);
	expect(&box, -3, 1, 10, 21);
	assert_int_equal(copy_box(&logical, 1.5, &box), 1);
	expect(&box, -5, 2, 16, 31); /* -4.5 to 10.5, 1.5 to 33: halves away from nought */
}

static void absurd_sizes_are_cut_and_said(void **state)
{
	static const struct wlr_box absurd[] = {{1, 1, INT_MAX, 1}, {1, 1, 1, INT_MAX},
		{INT_MAX, 0, INT_MAX, 1}, {INT_MIN, INT_MIN, INT_MAX, INT_MAX},
		{0, 0, INT_MAX, INT_MAX}};
	struct wlr_box box;

	(void)state;
	for (size_t i = 0; i < sizeof(absurd) / sizeof(absurd[0]); i++) {
		assert_int_equal(copy_box(&absurd[i], 2.5, &box), 0);
		assert_in_range(box.x + (1 << 24), 0, 1 << 25);
		assert_in_range(box.width, 0, 1 << 25); /* and no sum of the two overflows */
		assert_in_range(box.height, 0, 1 << 25);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_are_rounded_each_for_itself),
		cmocka_unit_test(absurd_sizes_are_cut_and_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
