/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How alike pictures are said to be. */

#include "compare.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 37u
#define HEIGHT 21u
#define LEFT_STRIDE (WIDTH * 4)
#define RIGHT_STRIDE (WIDTH * 4 + 32)

static uint8_t left_bytes[LEFT_STRIDE * HEIGHT], right_bytes[RIGHT_STRIDE * HEIGHT];
static const struct compare_picture left = {left_bytes, LEFT_STRIDE};
static const struct compare_picture right = {right_bytes, RIGHT_STRIDE};

/* The same picture twice, in rows of other lengths and with other fourth bytes. */
static int draw(void **state)
{
	(void)state;
	memset(right_bytes, 0xee, sizeof(right_bytes));
	for (uint32_t i = 0; i < WIDTH * HEIGHT * 4; i++) {
		uint8_t value = (uint8_t)(i * 2654435761u >> 24);
		uint32_t y = i / LEFT_STRIDE, x = i % LEFT_STRIDE;

		left_bytes[i] = value;
		right_bytes[y * RIGHT_STRIDE + x] = x % 4 == 3 ? 0 : value;
	}
	return 0;
}

static int centi_psnr(void)
{
	return (int)lround(compare_psnr(compare_error(&left, &right, WIDTH, HEIGHT)) * 100);
}

static void equal_pictures_differ_nowhere(void **state)
{
	(void)state;
	assert_int_equal(compare_differing(&left, &right, WIDTH, HEIGHT), 0);
	assert_int_equal(centi_psnr(), 10000);
	assert_int_equal(compare_hash(&left, WIDTH, HEIGHT), compare_hash(&right, WIDTH, HEIGHT));
}

static void black_and_white_are_0_db(void **state)
{
	(void)state;
	memset(left_bytes, 0, sizeof(left_bytes));
	memset(right_bytes, 0xff, sizeof(right_bytes));
	assert_int_equal(centi_psnr(), 0);
	assert_int_equal(compare_differing(&left, &right, WIDTH, HEIGHT), WIDTH * HEIGHT);
}

/* 20 log10(255 / difference), whatever its sign. */
static void everywhere_the_same_difference_is_its_decibels(void **state)
{
	static const struct {
		uint8_t difference;
		int centi_db;
	} cases[] = {{1, 4813}, {2, 4211}, {5, 3415}, {16, 2405}, {127, 605}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t at = 0; at < sizeof(left_bytes); at++) {
			left_bytes[at] = at % 8 < 4 ? cases[i].difference : 128;
			right_bytes[at / LEFT_STRIDE * RIGHT_STRIDE + at % LEFT_STRIDE] =
				at % 8 < 4 ? 0 : (uint8_t)(128 + cases[i].difference);
		}
		assert_int_equal(centi_psnr(), cases[i].centi_db);
	}
}

/* One channel of one pixel by 255: 10 log10(3 * 37 * 21) dB. */
static void one_pixel_is_counted_once_and_weighed_by_the_whole(void **state)
{
	(void)state;
	left_bytes[4 * WIDTH * 3 + 5] = 0;
	right_bytes[RIGHT_STRIDE * 3 + 5] = 255;
	assert_int_equal(compare_differing(&left, &right, WIDTH, HEIGHT), 1);
	assert_int_equal(centi_psnr(), 3368);
}

static void hash_tells_any_one_channel_apart(void **state)
{
	uint64_t hash = compare_hash(&left, WIDTH, HEIGHT);

	(void)state;
	for (size_t at = 0; at < sizeof(left_bytes); at++) {
		if (at % 4 == 3) {
			continue;
		}
		left_bytes[at] ^= 1;
		assert_int_not_equal(compare_hash(&left, WIDTH, HEIGHT), hash);
		left_bytes[at] ^= 1;
	}
	assert_int_equal(compare_hash(&left, WIDTH, HEIGHT), hash);
}

static void swapped_pixels_have_another_hash(void **state)
{
	uint64_t hash = compare_hash(&left, WIDTH, HEIGHT);

	(void)state;
	for (size_t apart = 1; apart < WIDTH * HEIGHT; apart++) {
		uint8_t first[4];

		memcpy(first, left_bytes, 4);
		if (memcmp(first, left_bytes + apart * 4, 3) == 0) {
			continue;
		}
		memcpy(left_bytes, left_bytes + apart * 4, 4);
		memcpy(left_bytes + apart * 4, first, 4);
		assert_int_not_equal(compare_hash(&left, WIDTH, HEIGHT), hash);
		memcpy(left_bytes + apart * 4, left_bytes, 4);
		memcpy(left_bytes, first, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(equal_pictures_differ_nowhere, draw),
		cmocka_unit_test_setup(black_and_white_are_0_db, draw),
		cmocka_unit_test_setup(everywhere_the_same_difference_is_its_decibels, draw),
		cmocka_unit_test_setup(one_pixel_is_counted_once_and_weighed_by_the_whole, draw),
		cmocka_unit_test_setup(hash_tells_any_one_channel_apart, draw),
		cmocka_unit_test_setup(swapped_pixels_have_another_hash, draw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
