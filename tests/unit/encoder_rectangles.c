/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tiles joined into rectangles. */

#include "rectangles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct garasu_rect rectangles[128 * 128];

static void assert_rect(
	const struct garasu_rect *rect, unsigned x, unsigned y, unsigned width, unsigned height)
{
	assert_int_equal(rect->x, x);
	assert_int_equal(rect->y, y);
	assert_int_equal(rect->width, width);
	assert_int_equal(rect->height, height);
}

static void merge_of_nothing_is_nothing(void **state)
{
	static const uint8_t map[6] = {2, 2, 0, 0, 2, 2};

	(void)state;
	assert_int_equal(rectangles_merge(map, 1, 3, 2, 9, 9, rectangles), 0);
}

static void merge_joins_equal_runs_downwards(void **state)
{
	static const uint8_t map[] = {
		1,
		1,
		0,
		1, /* */
		1,
		1,
		0,
		1, /* */
		1,
		0,
		0,
		1,
	};

	(void)state;
	assert_int_equal(rectangles_merge(map, 1, 4, 3, 9, 9, rectangles), 3);
	assert_rect(&rectangles[0], 0, 0, 2, 2);
	assert_rect(&rectangles[1], 3, 0, 1, 3);
	assert_rect(&rectangles[2], 0, 2, 1, 1);
}

static void merge_keeps_the_largest_sides(void **state)
{
	uint8_t map[5 * 5];

	(void)state;
	memset(map, 1, sizeof(map));
	assert_int_equal(rectangles_merge(map, 1, 5, 5, 3, 2, rectangles), 6);
	assert_rect(&rectangles[0], 0, 0, 3, 2);
	assert_rect(&rectangles[1], 3, 0, 2, 2);
	assert_rect(&rectangles[5], 3, 4, 2, 1);
}

/* The law, over many maps: each wanted tile lies in exactly one rectangle, no other in any. */
static void merge_covers_each_wanted_tile_once(void **state)
{
	uint32_t random = 7;

	(void)state;
	for (int round = 0; round < 500; round++) {
		uint32_t columns = 1 + random % 40, rows = 1 + random / 64 % 20;
		uint8_t map[40 * 20], covered[40 * 20] = {0};
		size_t count;

		for (uint32_t i = 0; i < columns * rows; i++) {
			random = random * 1664525u + 1013904223u;
			map[i] = (uint8_t)((random >> 24) % 3);
		}
		count = rectangles_merge(map, 1, columns, rows, 8, 4, rectangles);
		for (size_t i = 0; i < count; i++) {
			assert_in_range(rectangles[i].width, 1, 8);
			assert_in_range(rectangles[i].height, 1, 4);
			for (uint32_t y = 0; y < rectangles[i].height; y++) {
				for (uint32_t x = 0; x < rectangles[i].width; x++) {
					covered[(rectangles[i].y + y) * columns + rectangles[i].x +
						x]++;
				}
			}
		}
		for (uint32_t i = 0; i < columns * rows; i++) {
			assert_int_equal(covered[i], map[i] == 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merge_of_nothing_is_nothing),
		cmocka_unit_test(merge_joins_equal_runs_downwards),
		cmocka_unit_test(merge_keeps_the_largest_sides),
		cmocka_unit_test(merge_covers_each_wanted_tile_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
