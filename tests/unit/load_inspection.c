/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of a page, when, and what is said of many. The clock is the test's. */

#include "inspection.h"

#include "compare.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 32u
#define HEIGHT 8u

static uint8_t pixels[WIDTH * HEIGHT * 4];
static struct connection connection;
static struct inspection inspection;

static int open_page(void **state)
{
	static const struct connection_settings settings = {0};

	(void)state;
	memset(pixels, 0, sizeof(pixels));
	connection = (struct connection){.settings = &settings,
		.picture = {.pixels = pixels, .max_width = WIDTH},
		.width = WIDTH,
		.height = HEIGHT,
		.changed_width = WIDTH,
		.changed_height = HEIGHT};
	return 0;
}

static int close_page(void **state)
{
	(void)state;
	inspection_finish(&inspection);
	return 0;
}

/* Steps on through time until it has nothing more to do; the truth is what stands there then. */
static void run_to_its_end(uint64_t now_us)
{
	for (uint64_t next_us = 1; next_us != 0; now_us = next_us > now_us ? next_us : now_us) {
		next_us = inspection_step(&inspection, &connection, now_us);
		if (inspection.phase == INSPECTION_ASKING) {
			inspection_see(&inspection, &connection, now_us);
		}
	}
	assert_int_equal(inspection.phase, INSPECTION_DONE);
	assert_true(inspection.is_compared);
}

/* The next update may be decoded in the same turn. */
static void first_picture_is_kept_as_it_was(void **state)
{
	(void)state;
	connection.bytes_decoded = 1000;
	inspection_expect(&inspection, &connection);
	connection.bytes_decoded = 1300;
	connection.bytes_in = 9999; /* read, and not decoded yet */
	inspection_begin(&inspection, &connection, 5000000);
	memset(pixels, 4, sizeof(pixels));
	connection.bytes_decoded = 1500;
	inspection_see(&inspection, &connection, 5000100);
	run_to_its_end(5000200);
	assert_int_equal(lround(inspection.error[0] * 100), 1600);
	assert_int_equal(lround(inspection.error[1] * 100), 0);
	assert_int_equal(inspection.differing, 0);
	assert_int_equal(inspection.bytes_shown - inspection.bytes_before, 300);
	assert_int_equal(inspection.bytes_rested - inspection.bytes_shown, 200);
}

/* Decibels have no mean: one page that differs nowhere would hide how another looked. */
static void psnr_of_many_is_that_of_their_mean_error(void **state)
{
	struct quality one = {0}, other = {0};
	struct inspection good = {.is_compared = true}, bad = {.is_compared = true};

	(void)state;
	bad.error[0] = 32;
	assert_int_equal(quality_add(&one, &good), 0);
	assert_int_equal(quality_add(&other, &bad), 0);
	assert_int_equal(quality_join(&one, &other), 0);
	assert_int_equal(lround(quality_psnr(&one, 0) * 100), lround(compare_psnr(16) * 100));
	assert_int_equal(lround(quality_psnr(&one, 1)), lround(COMPARE_PSNR_EQUAL));
	quality_finish(&one);
	quality_finish(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			first_picture_is_kept_as_it_was, open_page, close_page),
		cmocka_unit_test_setup_teardown(
			psnr_of_many_is_that_of_their_mean_error, open_page, close_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
