/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The knee, the line and the sheet's arithmetic, and how users are divided. */

#include "mix.h"
#include "sizing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LIMIT_MS 100.0

static void knee_is_the_last_step_within_the_limit(void **state)
{
	static const struct knee_step steps[] = {
		{1, true, 20, 0}, {2, true, 100, 0}, {3, true, 100.5, 0}, {4, true, 30, 0}};
	struct knee knee = knee_find(steps, 4, LIMIT_MS);

	(void)state;
	assert_int_equal(knee.end, KNEE_FOUND);
	assert_int_equal(knee.step, 1);
	assert_int_equal(knee.sessions, 2);
}

static void failed_session_ends_the_ramp(void **state)
{
	static const struct knee_step steps[] = {{5, true, 20, 0}, {6, true, 21, 1}};
	struct knee knee = knee_find(steps, 2, LIMIT_MS);

	(void)state;
	assert_int_equal(knee.end, KNEE_FAILED);
	assert_int_equal(knee.sessions, 5);
}

static void limit_never_reached_leaves_the_knee_open(void **state)
{
	static const struct knee_step steps[] = {{1, true, 20, 0}, {8, true, 60, 0}};
	struct knee knee = knee_find(steps, 2, LIMIT_MS);

	(void)state;
	assert_int_equal(knee.end, KNEE_OPEN);
	assert_int_equal(knee.sessions, 8);
}

static void step_without_percentile_says_nothing(void **state)
{
	static const struct knee_step first[] = {{1, false, 0, 0}, {2, true, 20, 0}};
	struct knee knee = knee_find(first, 2, LIMIT_MS);

	(void)state;
	assert_int_equal(knee.end, KNEE_OPEN);
	assert_int_equal(knee.sessions, 2);
	knee = knee_find(first, 1, LIMIT_MS);
	assert_int_equal(knee.end, KNEE_UNMEASURED);
	assert_int_equal(knee.sessions, 0);
}

static void first_step_beyond_the_limit_has_no_knee(void **state)
{
	static const struct knee_step steps[] = {{4, true, 101, 0}, {8, true, 10, 0}};
	struct knee knee = knee_find(steps, 2, LIMIT_MS);

	(void)state;
	assert_int_equal(knee.end, KNEE_BELOW);
	assert_int_equal(knee.sessions, 0);
}

static void line_goes_through_points_on_a_line(void **state)
{
	static const double x[] = {1, 2, 4, 8}, y[] = {350, 600, 1100, 2100};
	struct line line = line_fit(x, y, 4);

	(void)state;
	assert_int_equal(line.is_known, 1);
	assert_float_equal(line.slope, 250, 1e-6);
	assert_float_equal(line.start, 100, 1e-6);
}

static void line_needs_two_different_x(void **state)
{
	static const double x[] = {4, 4}, y[] = {1, 2};

	(void)state;
	assert_int_equal(line_fit(x, y, 2).is_known, 0);
	assert_int_equal(line_fit(x, y, 1).is_known, 0);
	assert_int_equal(line_fit(x, y, 0).is_known, 0);
}

static const struct sizing_input usual = {.knee = 25,
	.desks = 1000,
	.concurrency = 30,
	.reserve = 20,
	.spare = 1,
	.host_mib = 2048,
	.session_mib = 256,
	.mean_bps = 300000,
	.peak_bps = 1000000};

static void sheet_counts_hosts_memory_and_bandwidth(void **state)
{
	struct sizing sizing = sizing_compute(&usual);

	(void)state;
	assert_int_equal(sizing.concurrent, 300);
	assert_int_equal(sizing.sessions_per_host, 20);
	assert_int_equal(sizing.hosts, 16);     /* 300 / 20 and a spare one */
	assert_int_equal(sizing.memory_gib, 9); /* (2048 + 20 * 256) * 1.2 = 8602 MiB */
	assert_float_equal(sizing.mean_bps, 90e6, 1);
	assert_float_equal(sizing.peak_bps, 300e6, 1);
}

static void sheet_rounds_to_the_safe_side(void **state)
{
	struct sizing_input input = usual;
	struct sizing sizing;

	(void)state;
	input.desks = 1001; /* 300.3 sessions */
	input.knee = 26;    /* 20.8 of them a host */
	input.spare = 0;
	sizing = sizing_compute(&input);
	assert_int_equal(sizing.concurrent, 301);
	assert_int_equal(sizing.sessions_per_host, 20);
	assert_int_equal(sizing.hosts, 16);
}

static void reserve_never_leaves_a_host_without_a_session(void **state)
{
	struct sizing_input input = usual;

	(void)state;
	input.knee = 1;
	assert_int_equal(sizing_compute(&input).sessions_per_host, 1);
	assert_int_equal(sizing_compute(&input).hosts, 301);
}

/* ---- mix ---- */

static void users_are_divided_by_weight(void **state)
{
	struct mix mix;
	unsigned counts[WORK_PROFILES] = {0};

	(void)state;
	assert_int_equal(mix_read(&mix, "read=50,type=30,video=20"), 0);
	for (uint32_t number = 1; number <= 100; number++) {
		counts[mix_profile(&mix, number)]++;
	}
	assert_int_equal(counts[WORK_READ], 50);
	assert_int_equal(counts[WORK_TYPE], 30);
	assert_int_equal(counts[WORK_VIDEO], 20);
	assert_int_equal(counts[WORK_IDLE], 0);
}

static void few_users_are_divided_as_near_as_can_be(void **state)
{
	struct mix mix;
	unsigned counts[WORK_PROFILES] = {0};

	(void)state;
	assert_int_equal(mix_read(&mix, "type=1,read=1"), 0);
	for (uint32_t number = 1; number <= 2; number++) {
		counts[mix_profile(&mix, number)]++;
	}
	assert_int_equal(counts[WORK_READ], 1);
	assert_int_equal(counts[WORK_TYPE], 1);
}

static void faulty_mixes_are_refused(void **state)
{
	static const char *const faulty[] = {"", "read", "read=", "read=x", "read=1,", "dance=1",
		"read=0", "read=99999", "read=-1", "read=1;type=1"};
	struct mix mix = {.weights = {[WORK_IDLE] = 7}};

	(void)state;
	for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++) {
		assert_int_equal(mix_read(&mix, faulty[i]), -EINVAL);
	}
	assert_int_equal(mix.weights[WORK_IDLE], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knee_is_the_last_step_within_the_limit),
		cmocka_unit_test(failed_session_ends_the_ramp),
		cmocka_unit_test(limit_never_reached_leaves_the_knee_open),
		cmocka_unit_test(step_without_percentile_says_nothing),
		cmocka_unit_test(first_step_beyond_the_limit_has_no_knee),
		cmocka_unit_test(line_goes_through_points_on_a_line),
		cmocka_unit_test(line_needs_two_different_x),
		cmocka_unit_test(sheet_counts_hosts_memory_and_bandwidth),
		cmocka_unit_test(sheet_rounds_to_the_safe_side),
		cmocka_unit_test(reserve_never_leaves_a_host_without_a_session),
		cmocka_unit_test(users_are_divided_by_weight),
		cmocka_unit_test(few_users_are_divided_as_near_as_can_be),
		cmocka_unit_test(faulty_mixes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
