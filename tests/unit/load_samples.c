/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be said of measured times. */

#include "samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Adds least, least + 1, ... most in an order that is not sorted. */
static void add_range(struct samples *samples, uint32_t least, uint32_t most)
{
	for (uint32_t value = least; value <= most; value += 2) {
		assert_int_equal(samples_add(samples, value), 0);
	}
	for (uint32_t value = least + 1; value <= most; value += 2) {
		assert_int_equal(samples_add(samples, value), 0);
	}
}

static void percentiles_of_one_to_a_hundred_are_their_own_rank(void **state)
{
	struct samples samples = {0};
	struct summary summary;

	(void)state;
	add_range(&samples, 1, 100);
	summary = samples_summary(&samples);
	assert_int_equal(summary.count, 100);
	assert_int_equal(summary.p50, 50);
	assert_int_equal(summary.p95, 95);
	assert_int_equal(summary.p99, 99);
	assert_int_equal(summary.least, 1);
	assert_int_equal(summary.most, 100);
	assert_int_equal(summary.mean, 50);
	samples_finish(&samples);
}

static void rank_is_rounded_up(void **state)
{
	static const uint32_t three[] = {10, 20, 30};
	static const uint32_t one[] = {7};

	(void)state;
	assert_int_equal(samples_rank(three, 3, 33), 10);
	assert_int_equal(samples_rank(three, 3, 34), 20);
	assert_int_equal(samples_rank(three, 3, 66), 20);
	assert_int_equal(samples_rank(three, 3, 67), 30);
	assert_int_equal(samples_rank(three, 3, 100), 30);
	assert_int_equal(samples_rank(one, 1, 1), 7);
}

static void nineteen_samples_have_no_percentile(void **state)
{
	struct samples samples = {0};
	struct summary summary;

	(void)state;
	add_range(&samples, 1, 19);
	summary = samples_summary(&samples);
	assert_int_equal(summary.has_percentiles, 0);
	assert_int_equal(summary.p95, 0);
	assert_int_equal(samples_add(&samples, 20), 0);
	summary = samples_summary(&samples);
	assert_int_equal(summary.has_percentiles, 1);
	assert_int_equal(summary.p50, 10);
	assert_int_equal(summary.p95, 19);
	samples_finish(&samples);
}

static void ninety_nine_samples_have_no_p99(void **state)
{
	struct samples samples = {0};

	(void)state;
	add_range(&samples, 1, 99);
	assert_int_equal(samples_summary(&samples).has_p99, 0);
	assert_int_equal(samples_add(&samples, 100), 0);
	assert_int_equal(samples_summary(&samples).has_p99, 1);
	samples_finish(&samples);
}

static void no_sample_says_nothing(void **state)
{
	struct samples samples = {0};
	struct summary summary = samples_summary(&samples);

	(void)state;
	assert_int_equal(summary.count, 0);
	assert_int_equal(summary.has_percentiles, 0);
	assert_int_equal(summary.mean, 0);
	samples_finish(&samples);
}

static void joined_samples_are_summed_up_together(void **state)
{
	struct samples low = {0}, high = {0};
	struct summary summary;

	(void)state;
	add_range(&low, 1, 10);
	add_range(&high, 11, 20);
	assert_int_equal(samples_join(&high, &low), 0);
	summary = samples_summary(&high);
	assert_int_equal(summary.count, 20);
	assert_int_equal(summary.p50, 10);
	assert_int_equal(summary.least, 1);
	assert_int_equal(low.count, 10);
	samples_finish(&low);
	samples_finish(&high);
}

static void time_beyond_the_range_is_its_end(void **state)
{
	struct samples samples = {0};

	(void)state;
	assert_int_equal(samples_add(&samples, UINT64_C(1) << 40), 0);
	assert_int_equal(samples_summary(&samples).most, UINT32_MAX);
	samples_finish(&samples);
}

static void chance_repeats_with_its_seed_and_keeps_its_bounds(void **state)
{
	struct chance one = {42}, same = {42}, other = {43};
	int differs = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint32_t value = chance_between(&one, 5, 9);

		assert_in_range(value, 5, 9);
		assert_int_equal(value, chance_between(&same, 5, 9));
		differs += value != chance_between(&other, 5, 9);
	}
	assert_in_range(differs, 1, 1000);
	assert_int_equal(chance_between(&one, 3, 3), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_of_one_to_a_hundred_are_their_own_rank),
		cmocka_unit_test(rank_is_rounded_up),
		cmocka_unit_test(nineteen_samples_have_no_percentile),
		cmocka_unit_test(ninety_nine_samples_have_no_p99),
		cmocka_unit_test(no_sample_says_nothing),
		cmocka_unit_test(joined_samples_are_summed_up_together),
		cmocka_unit_test(time_beyond_the_range_is_its_end),
		cmocka_unit_test(chance_repeats_with_its_seed_and_keeps_its_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
