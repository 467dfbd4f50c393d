/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tiles are refined, when, how far, and how many at once. */

#include "refine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SIDE 256u /* 16 tiles */
#define REST_MS 100u

static struct refine refine;
static struct picture picture;

static void set_policy(enum garasu_refine policy)
{
	refine_finish(&refine);
	assert_int_equal(refine_init(&refine, policy, REST_MS, SIDE, SIDE), 0);
}

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(picture_init(&picture, SIDE, SIDE), 0);
	picture_resize(&picture, SIDE, SIDE);
	for (uint32_t tile = 0; tile < 16; tile++) {
		picture_sent(&picture, tile, PICTURE_EXACT);
	}
	set_policy(GARASU_REFINE_EXACT);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	picture_finish(&picture);
	refine_finish(&refine);
	return 0;
}

static void paint(uint32_t tile, enum picture_fidelity fidelity, uint64_t now_ms)
{
	picture.changed_ms[tile] = now_ms;
	picture_sent(&picture, tile, fidelity);
	refine_painted(&refine, tile, 0, now_ms);
}

/* ---- when ---- */

static void lossy_tile_rests_then_is_fine_then_exact(void **state)
{
	(void)state;
	assert_int_equal(refine_due_ms(&refine, &picture), UINT64_MAX);
	paint(5, PICTURE_LOSSY, 5000);
	assert_int_equal(refine_due_ms(&refine, &picture), 5000 + REST_MS);
	assert_int_equal(refine_tile_is_due(&refine, &picture, 5, 5000 + REST_MS - 1), 0);
	assert_int_equal(refine_tile_is_due(&refine, &picture, 5, 5000 + REST_MS), 1);
	picture_sent(&picture, 5, PICTURE_FINE);
	assert_int_equal(
		refine_due_ms(&refine, &picture), 5000 + REST_MS + REFINE_EXACT_RESTS * REST_MS);
	picture_sent(&picture, 5, PICTURE_EXACT);
	assert_int_equal(refine_due_ms(&refine, &picture), UINT64_MAX);
}

static void changed_tile_waits_for_its_change(void **state)
{
	const struct garasu_rect all = {0, 0, SIDE, SIDE};

	(void)state;
	paint(5, PICTURE_LOSSY, 5000);
	picture_mark(&picture, &all);
	assert_int_equal(refine_due_ms(&refine, &picture), UINT64_MAX);
}

static void policy_says_how_far(void **state)
{
	(void)state;
	set_policy(GARASU_REFINE_FINE);
	paint(5, PICTURE_LOSSY, 5000);
	assert_int_equal(refine_due_ms(&refine, &picture), 5000 + REST_MS);
	picture_sent(&picture, 5, PICTURE_FINE);
	assert_int_equal(refine_due_ms(&refine, &picture), UINT64_MAX);
	set_policy(GARASU_REFINE_OFF);
	paint(5, PICTURE_LOSSY, 5000);
	assert_int_equal(refine_due_ms(&refine, &picture), UINT64_MAX);
}

/* ---- in vain ---- */

/* A tile painted every period, refined whenever it is due before the next. Returns how often. */
static uint32_t refinements(uint32_t period_ms, uint32_t count)
{
	uint32_t refined = 0;

	for (uint32_t i = 1; i <= count; i++) {
		uint64_t now_ms = 10000 + (uint64_t)period_ms * i, due_ms;

		paint(5, PICTURE_LOSSY, now_ms);
		due_ms = refine_due_ms(&refine, &picture);
		if (due_ms < now_ms + period_ms) {
			refine_tile_sent(&refine, 5, due_ms);
			refined++;
		}
	}
	return refined;
}

static void film_is_never_refined(void **state)
{
	(void)state;
	assert_int_equal(refinements(16, 200), 0);
	assert_int_equal(refinements(67, 200), 0);
}

static void whatever_changes_often_is_soon_refined_no_more(void **state)
{
	static const uint32_t periods[] = {101, 150, 250, 500, 1000, 1400};

	(void)state;
	for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
		set_policy(GARASU_REFINE_EXACT);
		assert_in_range(refinements(periods[i], 200), 1, 5);
	}
}

static void film_that_ends_is_refined_and_forgiven(void **state)
{
	uint64_t end_ms = 10000 + 100 * 500;

	(void)state;
	(void)refinements(500, 100);
	assert_in_range(refine_due_ms(&refine, &picture), end_ms + 500, end_ms + REFINE_CALM_MS);
	refine_tile_sent(&refine, 5, end_ms + REFINE_CALM_MS);
	paint(5, PICTURE_LOSSY, end_ms + 10000);
	assert_int_equal(refine_due_ms(&refine, &picture), end_ms + 10000 + REST_MS);
}

static void slide_that_stands_is_refined_each_time(void **state)
{
	(void)state;
	assert_int_equal(refinements(4000, 50), 50);
}

static void what_moves_on_was_not_refined_in_vain(void **state)
{
	(void)state;
	for (uint64_t now_ms = 5000; now_ms < 15000; now_ms += 400) {
		picture.changed_ms[5] = now_ms;
		picture_sent(&picture, 5, PICTURE_LOSSY);
		refine_painted(&refine, 5, 1, now_ms);
		assert_int_equal(refine_due_ms(&refine, &picture), now_ms + REST_MS);
		refine_tile_sent(&refine, 5, now_ms + REST_MS);
	}
}

/* ---- film ---- */

static void what_is_painted_over_and_over_is_film_until_it_pauses(void **state)
{
	uint64_t now_ms = 5000;

	(void)state;
	for (uint32_t i = 0; i < REFINE_FILM_STREAK; i++, now_ms += 60) {
		refine_painted(&refine, 5, 0, now_ms);
		assert_int_equal(refine_tile_is_film(&refine, 5, now_ms + 1), 0);
	}
	refine_painted(&refine, 5, 0, now_ms);
	assert_int_equal(refine_tile_is_film(&refine, 5, now_ms + REFINE_FILM_GAP_MS), 1);
	assert_int_equal(refine_tile_is_film(&refine, 5, now_ms + REFINE_FILM_GAP_MS + 1), 0);
	assert_int_equal(refine_tile_is_film(&refine, 6, now_ms), 0);
	refine_painted(&refine, 5, 0, now_ms + 1000);
	assert_int_equal(refine_tile_is_film(&refine, 5, now_ms + 1001), 0);
}

static void page_that_scrolls_is_no_film(void **state)
{
	(void)state;
	for (uint64_t now_ms = 5000; now_ms < 7000; now_ms += 16) {
		refine_painted(&refine, 5, 1, now_ms);
		assert_int_equal(refine_tile_is_film(&refine, 5, now_ms), 0);
	}
}

/* ---- how many ---- */

static void quick_line_gets_more_up_to_the_most(void **state)
{
	(void)state;
	assert_int_equal(refine_budget(&refine, 5000), REFINE_BYTES_FIRST);
	assert_int_equal(refine_budget(&refine, 5010), 2 * REFINE_BYTES_FIRST);
	assert_int_equal(refine_budget(&refine, 5020), 4 * REFINE_BYTES_FIRST);
	assert_int_equal(refine_budget(&refine, 5030), 8 * REFINE_BYTES_FIRST);
	assert_int_equal(refine_budget(&refine, 5040), REFINE_BYTES_MAX);
	assert_int_equal(refine_budget(&refine, 5090), REFINE_BYTES_MAX); /* neither */
}

static void slow_line_gets_fewer_down_to_the_least(void **state)
{
	(void)state;
	assert_int_equal(refine_budget(&refine, 5000), REFINE_BYTES_FIRST);
	assert_int_equal(refine_budget(&refine, 5400), REFINE_BYTES_MIN);
	assert_int_equal(refine_budget(&refine, 6400), REFINE_BYTES_MIN);
}

static void pause_is_not_a_slow_line(void **state)
{
	(void)state;
	(void)refine_budget(&refine, 5000);
	(void)refine_budget(&refine, 5400);
	assert_int_equal(refine_budget(&refine, 60000), REFINE_BYTES_FIRST);
}

static void cost_follows_what_tiles_took_but_not_below_the_time_it_takes(void **state)
{
	uint32_t least = refine_cost(&refine, REFINE_EXACT);

	(void)state;
	refine_sent(&refine, REFINE_EXACT, 0, 0);
	assert_int_equal(refine_cost(&refine, REFINE_EXACT), least);
	for (unsigned i = 0; i < 30; i++) {
		refine_sent(&refine, REFINE_EXACT, 10, 120000);
	}
	assert_in_range(refine_cost(&refine, REFINE_EXACT), 11900, 12000);
	for (unsigned i = 0; i < 30; i++) {
		refine_sent(&refine, REFINE_EXACT, 10, 1000);
	}
	assert_int_equal(refine_cost(&refine, REFINE_EXACT), least);
	assert_in_range(refine_cost(&refine, REFINE_FINE), 1, least - 1);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(lossy_tile_rests_then_is_fine_then_exact),
		FACT(changed_tile_waits_for_its_change),
		FACT(policy_says_how_far),
		FACT(film_is_never_refined),
		FACT(whatever_changes_often_is_soon_refined_no_more),
		FACT(film_that_ends_is_refined_and_forgiven),
		FACT(slide_that_stands_is_refined_each_time),
		FACT(what_moves_on_was_not_refined_in_vain),
		FACT(what_is_painted_over_and_over_is_film_until_it_pauses),
		FACT(page_that_scrolls_is_no_film),
		FACT(quick_line_gets_more_up_to_the_most),
		FACT(slow_line_gets_fewer_down_to_the_least),
		FACT(pause_is_not_a_slow_line),
		FACT(cost_follows_what_tiles_took_but_not_below_the_time_it_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
