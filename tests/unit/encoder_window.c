/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The congestion window over simulated lines: bytes and simulated time, no clock. */

#include "window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MBIT 125000u /* bytes a second */
#define ANSWERS 64u

/* A line without a bound to its queue, and a viewer behind it that takes its time. */
struct line {
	struct window window;
	uint64_t rate, delay_us, work_us; /* bytes a second, one way, for each update */
	uint64_t now_us, free_us;         /* the line is busy until then */
	struct {
		uint32_t number;
		uint64_t due_us;
	} answers[ANSWERS];
	uint32_t first, count;
	uint64_t delivered, lag_us; /* of the last run; its longest round trip */
};

static void line_init(struct line *line, uint64_t rate, uint64_t round_trip_us)
{
	*line = (struct line){.rate = rate, .delay_us = round_trip_us / 2, .now_us = 1000000};
	window_init(&line->window);
}

static void send_bytes(struct line *line, size_t bytes)
{
	uint32_t number = window_sent(&line->window, bytes, line->now_us);
	uint64_t begins_us = line->free_us > line->now_us ? line->free_us : line->now_us;
	uint32_t place = (line->first + line->count) % ANSWERS;
	uint64_t due_us;

	assert_in_range(line->count, 0, ANSWERS - 1);
	line->free_us = begins_us + bytes * 1000000 / line->rate + line->work_us;
	due_us = line->free_us + 2 * line->delay_us;
	line->answers[place].number = number;
	line->answers[place].due_us = due_us;
	line->count++;
	line->delivered += bytes;
	line->lag_us = due_us - line->now_us > line->lag_us ? due_us - line->now_us : line->lag_us;
}

static void hear_answer(struct line *line)
{
	if (line->answers[line->first].due_us > line->now_us) {
		line->now_us = line->answers[line->first].due_us;
	}
	window_answered(&line->window, line->answers[line->first].number, line->now_us);
	line->first = (line->first + 1) % ANSWERS;
	line->count--;
}

static void hear_answers(struct line *line, uint64_t until_us)
{
	while (line->count > 0 && line->answers[line->first].due_us <= until_us) {
		hear_answer(line);
	}
}

static void hear_all(struct line *line)
{
	while (line->count > 0) {
		hear_answer(line);
	}
}

static void send_if_open(struct line *line, size_t bytes)
{
	if (window_room(&line->window, line->now_us) == 0) {
		return;
	}
	if (window_wants_probe(&line->window, line->now_us)) {
		send_bytes(line, 0);
	}
	send_bytes(line, bytes);
}

/* There is always more to send, in pieces. */
static void saturate(struct line *line, uint32_t milliseconds)
{
	uint64_t until_us = line->now_us + (uint64_t)milliseconds * 1000;

	line->delivered = line->lag_us = 0;
	while (line->now_us < until_us) {
		while (window_room(&line->window, line->now_us) > 0) {
			send_if_open(line, window_piece(&line->window));
		}
		hear_answer(line);
	}
}

/* An update of so many bytes each so often, while there is room. */
static void send_regularly(
	struct line *line, size_t bytes, uint32_t interval_ms, uint32_t milliseconds)
{
	uint64_t until_us = line->now_us + (uint64_t)milliseconds * 1000;

	line->delivered = line->lag_us = 0;
	while (line->now_us < until_us) {
		uint64_t next_us = line->now_us + (uint64_t)interval_ms * 1000;

		send_if_open(line, bytes);
		hear_answers(line, next_us);
		line->now_us = next_us;
	}
}

/* What was delivered in this time, in parts of 100 of what the line carries. */
static uint64_t use(const struct line *line, uint32_t milliseconds)
{
	return line->delivered * 100 * 1000 / (line->rate * milliseconds);
}

static void start(struct line *line, uint64_t rate, uint64_t round_trip_us)
{
	line_init(line, rate, round_trip_us);
	send_bytes(line, 0); /* the fence behind SetEncodings */
	hear_all(line);
}

static const uint64_t trips_us[] = {1000, 20000, 80000, 200000};
#define TRIPS (sizeof(trips_us) / sizeof(trips_us[0]))

static uint64_t slack_us(uint64_t round_trip_us)
{
	return round_trip_us / 4 > 20000 ? round_trip_us / 4 : 20000;
}

/* What is sent at once into an empty line is a window: base and slack. */
static uint64_t most_lag_us(uint64_t round_trip_us)
{
	return 2 * round_trip_us + 2 * slack_us(round_trip_us);
}

static void steady_line_is_used_and_its_queue_stays_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < TRIPS; i++) {
		struct line line;

		start(&line, 10 * MBIT, trips_us[i]);
		saturate(&line, 3000);
		saturate(&line, 4000);
		assert_in_range(use(&line, 4000), 90, 102);
		assert_in_range(line.lag_us, trips_us[i], most_lag_us(trips_us[i]));
	}
}

static void queue_does_not_grow_over_a_minute(void **state)
{
	struct line line;
	uint64_t most_us = 0;

	(void)state;
	start(&line, 10 * MBIT, 80000);
	saturate(&line, 3000);
	for (int second = 0; second < 60; second++) {
		saturate(&line, 1000);
		most_us = line.lag_us > most_us ? line.lag_us : most_us;
	}
	assert_in_range(most_us, 80000, most_lag_us(80000));
}

/* What was in flight takes ten times as long; after that the lag is what the least window makes. */
static void line_that_drops_to_a_tenth_is_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < TRIPS; i++) {
		uint64_t least_us = (uint64_t)WINDOW_BYTES_MIN * 1000000 / MBIT;
		struct line line;

		start(&line, 10 * MBIT, trips_us[i]);
		saturate(&line, 4000);
		line.rate = MBIT;
		saturate(&line, 3000);
		assert_in_range(line.lag_us, 0, 20 * (trips_us[i] + slack_us(trips_us[i])));
		saturate(&line, 4000);
		assert_in_range(line.lag_us, 0, trips_us[i] + slack_us(trips_us[i]) + 2 * least_us);
		line.rate = 10 * MBIT;
		saturate(&line, 4000);
		saturate(&line, 2000);
		assert_in_range(use(&line, 2000), 85, 102);
	}
}

static void longer_route_is_followed(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct line line;

		start(&line, 10 * MBIT, trips_us[i]);
		saturate(&line, 4000);
		line.delay_us *= 4;
		saturate(&line, 6000);
		saturate(&line, 2000);
		assert_in_range(use(&line, 2000), 70, 110);
		assert_in_range(line.window.base_us, trips_us[i], 4 * trips_us[i]);
	}
}

static void shorter_route_is_followed(void **state)
{
	struct line line;

	(void)state;
	start(&line, 10 * MBIT, 80000);
	saturate(&line, 4000);
	line.delay_us /= 4;
	saturate(&line, 7000);
	saturate(&line, 2000);
	assert_int_equal(line.window.base_us, 20000);
	assert_in_range(line.lag_us, 20000, most_lag_us(20000));
	assert_in_range(use(&line, 2000), 85, 102);
}

/* The line's own queue has no bound, so whatever is sent too much shows as lag. */
static void fast_line_ends_up_with_a_wide_window(void **state)
{
	struct line line;

	(void)state;
	start(&line, 1000 * MBIT, 1000);
	saturate(&line, 500);
	assert_in_range(line.window.bytes, 1000000, WINDOW_BYTES_MAX);
	assert_in_range(line.lag_us, 0, 41000);
}

/* 60 small frames a second over a long line are not held back, but for a fence alone now and then.
 */
static void small_updates_are_not_held_back(void **state)
{
	struct line line;

	(void)state;
	start(&line, 10 * MBIT, 80000);
	send_regularly(&line, 2000, 16, 4000);
	assert_in_range(line.delivered, 2000 * 230, 2000 * 250);
	assert_in_range(line.lag_us, 80000, 90000);
}

/* A viewer that takes 50 ms for each update, however small. */
static void slow_viewer_is_not_buried(void **state)
{
	struct line line;

	(void)state;
	start(&line, 100 * MBIT, 1000);
	line.work_us = 50000;
	send_regularly(&line, 1000, 16, 2000);
	send_regularly(&line, 1000, 16, 4000);
	assert_in_range(line.lag_us, 50000, 200000);
	assert_in_range(line.delivered, 1000 * 70, 1000 * 80);
}

static void small_portions_say_nothing_about_the_line(void **state)
{
	struct line line;
	uint64_t window;

	(void)state;
	start(&line, 10 * MBIT, 20000);
	saturate(&line, 3000);
	hear_all(&line);
	window = line.window.bytes;
	send_regularly(&line, 300, 100, 60000);
	hear_all(&line);
	assert_in_range(line.window.bytes, window, window + window / 100);
}

/* ---- whoever answers ---- */

static void silent_viewer_gets_the_first_window_and_no_more(void **state)
{
	struct window window;
	uint64_t sent = 0;

	(void)state;
	window_init(&window);
	for (uint64_t now_us = 0; now_us < 60000000; now_us += 1000) {
		while (window_room(&window, now_us) > 0) {
			sent += window_piece(&window);
			window_sent(&window, window_piece(&window), now_us);
		}
	}
	assert_in_range(sent, 1, WINDOW_BYTES_FIRST);
}

/* One that answers at once, whatever it has taken: only its own stream is the faster for it. */
static void liar_has_bounds(void **state)
{
	struct window window;

	(void)state;
	window_init(&window);
	for (uint64_t now_us = 0; now_us < 10000000; now_us++) {
		uint32_t number = window_sent(&window, window_piece(&window), now_us);

		window_answered(&window, number, now_us);
		assert_in_range(window.bytes, WINDOW_BYTES_MIN, WINDOW_BYTES_MAX);
		assert_in_range(window_piece(&window), WINDOW_PIECE_MIN, WINDOW_BYTES_MAX);
	}
	assert_int_equal(window_is_empty(&window), 1);
}

static void answers_to_no_fence_change_nothing(void **state)
{
	static const uint32_t lies[] = {0, 4, 5, 1000, UINT32_MAX};
	struct window window, before;

	(void)state;
	window_init(&window);
	for (uint32_t number = 1; number <= 3; number++) {
		assert_int_equal(window_sent(&window, 1000, number), number);
	}
	before = window;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		window_answered(&window, lies[i], 1000);
		assert_memory_equal(&window, &before, sizeof(window));
	}
	window_answered(&window, 2, 1000);
	assert_int_equal(window.delivered, 2000);
	window_answered(&window, 1, 2000); /* it came before */
	assert_int_equal(window.delivered, 2000);
}

static void numbers_go_over_their_end(void **state)
{
	struct window window;

	(void)state;
	window_init(&window);
	window.sent = window.answered = UINT32_MAX - 1;
	assert_int_equal(window_sent(&window, 1000, 0), UINT32_MAX);
	assert_int_equal(window_sent(&window, 1000, 0), 0);
	window_answered(&window, 0, 1000);
	assert_int_equal(window_is_empty(&window), 1);
	assert_int_equal(window.delivered, 2000);
}

static void fences_on_their_way_have_a_bound(void **state)
{
	struct window window;
	uint32_t sent = 0;

	(void)state;
	window_init(&window);
	while (window_room(&window, 0) > 0) {
		window_sent(&window, 1, 0);
		assert_in_range(++sent, 1, WINDOW_MARKS);
	}
}

static void refinement_waits_until_the_line_is_calm(void **state)
{
	struct line line;

	(void)state;
	start(&line, 10 * MBIT, 80000);
	saturate(&line, 3000);
	assert_int_equal(window_is_calm(&line.window), 0);
	hear_all(&line);
	line.lag_us = 0;
	for (int i = 0; i < 1000; i++) {
		while (window_is_calm(&line.window) && window_room(&line.window, line.now_us) > 0) {
			send_if_open(&line, window_piece(&line.window));
		}
		hear_answer(&line);
	}
	assert_in_range(line.lag_us, 80000, 80000 + 3 * slack_us(80000) / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steady_line_is_used_and_its_queue_stays_short),
		cmocka_unit_test(queue_does_not_grow_over_a_minute),
		cmocka_unit_test(line_that_drops_to_a_tenth_is_believed),
		cmocka_unit_test(longer_route_is_followed),
		cmocka_unit_test(shorter_route_is_followed),
		cmocka_unit_test(fast_line_ends_up_with_a_wide_window),
		cmocka_unit_test(small_updates_are_not_held_back),
		cmocka_unit_test(slow_viewer_is_not_buried),
		cmocka_unit_test(small_portions_say_nothing_about_the_line),
		cmocka_unit_test(silent_viewer_gets_the_first_window_and_no_more),
		cmocka_unit_test(liar_has_bounds),
		cmocka_unit_test(answers_to_no_fence_change_nothing),
		cmocka_unit_test(numbers_go_over_their_end),
		cmocka_unit_test(fences_on_their_way_have_a_bound),
		cmocka_unit_test(refinement_waits_until_the_line_is_calm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
