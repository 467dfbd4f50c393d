/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text and flat colour are never taken for a photograph. */

#include "classify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SIDE 64u

static uint8_t pixels[SIDE * SIDE * 4];
static uint32_t random_state;

static uint32_t next_random(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 8;
}

/* Many colours, none much lighter or darker than another. */
static uint32_t grain(void)
{
	return 0x606060u + (next_random() & 0x1f1f1fu);
}

static void put(uint32_t x, uint32_t y, uint32_t colour)
{
	memcpy(pixels + 4u * (y * SIDE + x), &colour, 4);
}

static enum tile_class classify(void)
{
	return classify_tile(pixels, SIDE * 4, SIDE, SIDE, 0);
}

static void flat_colour_is_lossless(void **state)
{
	(void)state;
	memset(pixels, 0x7f, sizeof(pixels));
	assert_int_equal(classify(), TILE_CLASS_LOSSLESS);
}

static void one_pixel_lines_are_lossless(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SIDE * SIDE; i++) {
		put(i % SIDE, i / SIDE, i % 2 ? 0xffffff : 0);
	}
	assert_int_equal(classify(), TILE_CLASS_LOSSLESS);
}

/* Dense strokes with grey edges: every pixel differs from its neighbours, in few colours. */
static void dense_text_with_soft_edges_is_lossless(void **state)
{
	(void)state;
	random_state = 3;
	for (uint32_t i = 0; i < SIDE * SIDE; i++) {
		uint32_t grey = next_random() % 60 * 4;

		put(i % SIDE, i / SIDE, grey * 0x010101u);
	}
	assert_int_equal(classify(), TILE_CLASS_LOSSLESS);
}

static void text_on_a_photograph_of_few_pixels_is_lossless(void **state)
{
	(void)state;
	random_state = 4;
	memset(pixels, 0xff, sizeof(pixels));
	for (uint32_t i = 0; i < SIDE * 16; i++) { /* a quarter photograph, the rest a page */
		put(i % SIDE, i / SIDE, next_random() & 0xffffff);
	}
	assert_int_equal(classify(), TILE_CLASS_LOSSLESS);
}

static void fill_with_grain(void)
{
	for (uint32_t i = 0; i < SIDE * SIDE; i++) {
		put(i % SIDE, i / SIDE, grain());
	}
}

static void grain_of_many_colours_is_a_photograph(void **state)
{
	(void)state;
	random_state = 5;
	fill_with_grain();
	assert_int_equal(classify(), TILE_CLASS_PHOTO);
}

/* A line of small letters: strokes of one pixel, half of them with a soft edge. */
static void write_letters(uint32_t top, uint32_t colour)
{
	for (uint32_t x = 4; x + 8 < SIDE; x += 9) {
		for (uint32_t y = top; y < top + 11; y++) {
			put(x, y, colour);
			put(x + 5, y, colour);
		}
		for (uint32_t i = x; i < x + 6; i++) {
			put(i, top + 4, colour);
		}
	}
}

static void text_is_not_sought_in_a_film(void **state)
{
	(void)state;
	random_state = 6;
	fill_with_grain();
	write_letters(20, 0xffffff);
	assert_int_equal(classify_tile(pixels, SIDE * 4, SIDE, SIDE, 0), TILE_CLASS_MIXED);
	assert_int_equal(classify_tile(pixels, SIDE * 4, SIDE, SIDE, 1), TILE_CLASS_PHOTO);
}

static void text_on_a_photograph_is_told_from_it(void **state)
{
	static const uint32_t colours[] = {0xffffff, 0x101010, 0xffff00, 0x0000a0, 0xd0d0d0};

	(void)state;
	random_state = 5;
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		for (uint32_t top = 0; top < SIDE - 11; top++) {
			fill_with_grain();
			write_letters(top, colours[i]);
			assert_int_equal(classify(), TILE_CLASS_MIXED);
		}
	}
}

/* No two neighbours of it are equal, though it looks like one colour. */
static void text_on_a_gradient_is_told_from_it(void **state)
{
	(void)state;
	for (uint32_t slope = 1; slope < 4; slope++) {
		for (uint32_t i = 0; i < SIDE * SIDE; i++) {
			uint32_t x = i % SIDE, y = i / SIDE;

			put(x, y,
				(60 + x * slope / 2 + y) << 16 | (90 + y * slope / 2 + x) << 8 |
					(200 - x - y / 2));
		}
		assert_int_not_equal(classify(), TILE_CLASS_MIXED);
		write_letters(30, 0xffffff);
		assert_int_not_equal(classify(), TILE_CLASS_PHOTO);
	}
}

static void top_byte_changes_nothing(void **state)
{
	(void)state;
	random_state = 6;
	for (uint32_t i = 0; i < SIDE * SIDE; i++) {
		put(i % SIDE, i / SIDE, next_random() << 24 | 0x336699);
	}
	assert_int_equal(classify(), TILE_CLASS_LOSSLESS);
}

static void narrow_cuts_are_lossless(void **state)
{
	(void)state;
	random_state = 8;
	for (uint32_t i = 0; i < SIDE * SIDE; i++) {
		put(i % SIDE, i / SIDE, grain());
	}
	assert_int_equal(classify_tile(pixels, SIDE * 4, 1, SIDE, 0), TILE_CLASS_LOSSLESS);
	assert_int_equal(classify_tile(pixels, SIDE * 4, SIDE, 1, 0), TILE_CLASS_LOSSLESS);
	assert_int_equal(classify_tile(pixels, SIDE * 4, SIDE, 3, 0), TILE_CLASS_LOSSLESS);
}

static uint32_t at(uint32_t x, uint32_t y)
{
	uint32_t pixel;

	memcpy(&pixel, pixels + 4u * (y * SIDE + x), 4);
	return pixel & 0xffffff;
}

/* Pixels are flat or not one by one, whatever a width leaves of a vector. Around the 70 of a
 * hundred that decide, the class follows the count exactly. */
static void every_width_is_counted_to_the_pixel(void **state)
{
	unsigned photographs = 0, others = 0;

	(void)state;
	random_state = 9;
	for (uint32_t round = 0; round < 2000; round++) {
		uint32_t width = 16 + round % 49, height = 24 + next_random() % 41, flat = 0;
		uint32_t share = 64 + next_random() % 9;

		for (uint32_t i = 0; i < SIDE * SIDE; i++) {
			uint32_t x = i % SIDE, y = i / SIDE;
			int copies = next_random() % 100 < share;

			put(x, y,
				copies && x > 0   ? at(x - 1, y)
				: copies && y > 0 ? at(x, y - 1)
						  : grain());
		}
		for (uint32_t y = 1; y < height; y++) {
			for (uint32_t x = 1; x < width; x++) {
				flat += at(x, y) == at(x - 1, y) || at(x, y) == at(x, y - 1);
			}
		}
		if (flat * 100 <= (width - 1) * (height - 1) * 70) {
			photographs++;
			assert_int_equal(classify_tile(pixels, SIDE * 4, width, height, 0),
				TILE_CLASS_PHOTO);
		} else {
			others++;
			assert_int_equal(classify_tile(pixels, SIDE * 4, width, height, 0),
				TILE_CLASS_LOSSLESS);
		}
	}
	assert_in_range(photographs, 200, 1800);
	assert_in_range(others, 200, 1800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flat_colour_is_lossless),
		cmocka_unit_test(one_pixel_lines_are_lossless),
		cmocka_unit_test(dense_text_with_soft_edges_is_lossless),
		cmocka_unit_test(text_on_a_photograph_of_few_pixels_is_lossless),
		cmocka_unit_test(grain_of_many_colours_is_a_photograph),
		cmocka_unit_test(text_on_a_photograph_is_told_from_it),
		cmocka_unit_test(text_is_not_sought_in_a_film),
		cmocka_unit_test(text_on_a_gradient_is_told_from_it),
		cmocka_unit_test(top_byte_changes_nothing),
		cmocka_unit_test(narrow_cuts_are_lossless),
		cmocka_unit_test(every_width_is_counted_to_the_pixel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
