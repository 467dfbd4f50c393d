/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What counts as a stroke. */

#include "strokes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SIDE STROKES_SIDE_MAX
#define STRIDE (SIDE * 4 + 52)

static uint8_t pixels[STRIDE * SIDE];
static uint32_t random_state;

static uint32_t next_random(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 8;
}

static void put(uint32_t x, uint32_t y, uint32_t colour)
{
	memcpy(pixels + (size_t)y * STRIDE + 4u * (size_t)x, &colour, 4);
}

static void fill(uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint32_t grey)
{
	for (uint32_t i = 0; i < width * height; i++) {
		put(x + i % width, y + i / width, grey * 0x010101u);
	}
}

static int is_text(void)
{
	return strokes_are_there(pixels, STRIDE, SIDE, SIDE);
}

static void stroke_of_up_to_seven_pixels_counts_either_way(void **state)
{
	(void)state;
	for (uint32_t thick = 1; thick <= 7; thick++) {
		fill(0, 0, SIDE, SIDE, 100);
		fill(20, 2, thick, 60, 200);
		assert_true(is_text());
		fill(0, 0, SIDE, SIDE, 100);
		fill(2, 20, 60, thick, 20);
		assert_true(is_text());
	}
}

/* The rim of a hill against the sky, a wall, a slope: hard, but it does not turn back. */
static void edge_is_no_stroke(void **state)
{
	(void)state;
	fill(0, 0, SIDE, SIDE, 0);
	fill(0, 0, SIDE / 2, SIDE, 255);
	assert_false(is_text());
	fill(0, 0, SIDE, SIDE / 2, 255);
	assert_false(is_text());
	for (uint32_t x = 0; x < SIDE; x++) {
		fill(x, 0, 1, SIDE, x * 4);
	}
	assert_false(is_text());
}

static void soft_and_few_strokes_are_none(void **state)
{
	(void)state;
	fill(0, 0, SIDE, SIDE, 100);
	fill(20, 0, 1, SIDE, 140); /* 40 lighter */
	assert_false(is_text());
	fill(20, 0, 1, SIDE, 100);
	fill(20, 0, 1, 32, 141); /* half the height: 32 of the 33 that 8 per mille are */
	assert_false(is_text());
	fill(20, 0, 1, 33, 141);
	assert_true(is_text());
}

static int light_at(uint32_t x, uint32_t y)
{
	const uint8_t *pixel = pixels + (size_t)y * STRIDE + 4u * (size_t)x;

	return (2 * pixel[2] + 5 * pixel[1] + pixel[0]) / 8;
}

static int turns_back(int here, int before, int after, int contrast)
{
	return (here - before > contrast && here - after > contrast) ||
	       (before - here > contrast && after - here > contrast);
}

static uint32_t count_slowly(uint32_t width, uint32_t height, uint32_t reach, int contrast)
{
	uint32_t ridges = 0;

	for (uint32_t i = 0; i < width * height; i++) {
		uint32_t x = i % width, y = i / width;
		int here = light_at(x, y);

		ridges +=
			x >= reach && x + reach < width &&
			turns_back(here, light_at(x - reach, y), light_at(x + reach, y), contrast);
		ridges +=
			y >= reach && y + reach < height &&
			turns_back(here, light_at(x, y - reach), light_at(x, y + reach), contrast);
	}
	return ridges;
}

/* The law, one pixel at a time, whatever a width leaves of a vector. */
static void every_size_is_counted_to_the_pixel(void **state)
{
	unsigned found = 0;

	(void)state;
	random_state = 7;
	for (uint32_t round = 0; round < 3000; round++) {
		uint32_t width = 1 + next_random() % SIDE, height = 1 + next_random() % SIDE;
		uint32_t spread = 43 + next_random() % 12, coarse = 1 + round % 4;
		uint32_t least = width * height * 8;
		int is_there;

		for (uint32_t i = 0; i < SIDE * SIDE; i++) {
			put(i % SIDE, i / SIDE, (100 + next_random() % spread) * 0x010101u);
		}
		for (uint32_t i = 0; coarse == 4 && i < 12;
			i++) { /* what only the wide reach finds */
			uint32_t x = next_random() % (SIDE - 5), y = next_random() % (SIDE - 5);

			fill(x, y, 5, 5, 175);
		}
		is_there = strokes_are_there(pixels, STRIDE, width, height);
		assert_int_equal(
			is_there, count_slowly(width, height, 2, 40) * 1000 >= least ||
					  count_slowly(width, height, 4, 64) * 1000 >= least);
		found += is_there != 0;
	}
	assert_in_range(found, 300, 2700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stroke_of_up_to_seven_pixels_counts_either_way),
		cmocka_unit_test(edge_is_no_stroke),
		cmocka_unit_test(soft_and_few_strokes_are_none),
		cmocka_unit_test(every_size_is_counted_to_the_pixel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
