/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The congestion window. Pure. Reads untrusted bytes from: the viewer (numbers of fences). */

#include "window.h"

#include "base/log.h"

#define SECOND_US 1000000u
#define SLACK_US 20000u
#define SLACK_OF_BASE 4u /* a part of long bases, so that the window can grow over them */
#define LATE_SLACKS 3u
#define NEAR_US 5000u
#define SMALL_PART 4u
#define CONFIRM_US 5000000u
#define CONFIRM_SOON_US 500000u
#define CLEAN_ENOUGH 4u   /* the first may wait for a viewer that starts its decoder */
#define CLEAN_BYTES 2048u /* take no time to speak of */

void window_init(struct window *window)
{
	*window = (struct window){.bytes = WINDOW_BYTES_FIRST};
}

static uint64_t lesser(uint64_t left, uint64_t right)
{
	return left < right ? left : right;
}

static uint64_t greater(uint64_t left, uint64_t right)
{
	return left > right ? left : right;
}

static uint64_t slack_us(const struct window *window)
{
	return greater(SLACK_US, window->base_us / SLACK_OF_BASE);
}

static uint64_t in_flight(const struct window *window)
{
	return window->position - window->delivered;
}

static uint32_t fences_out(const struct window *window)
{
	return window->sent - window->answered;
}

static int is_late(const struct window *window, uint64_t round_trip_us)
{
	return window->base_us != 0 &&
	       round_trip_us > window->base_us + LATE_SLACKS * slack_us(window);
}

/* Many small ones: then it is the viewer that is slow, and bytes do not tell. */
static int is_crowded(const struct window *window)
{
	return in_flight(window) < window->bytes / SMALL_PART &&
	       fences_out(window) * window->gap_us > window->base_us + 2 * slack_us(window);
}

static int is_unconfirmed(const struct window *window, uint64_t now_us)
{
	int is_doubtful = window->is_late || window->clean_count < CLEAN_ENOUGH;

	return window->base_us != 0 &&
	       now_us - window->confirmed_us > (is_doubtful ? CONFIRM_SOON_US : CONFIRM_US);
}

int window_is_empty(const struct window *window)
{
	return window->sent == window->answered;
}

size_t window_piece(const struct window *window)
{
	uint64_t half_us = slack_us(window) / 2;
	uint64_t piece = window->bytes * half_us / (window->base_us + 2 * half_us);

	return (size_t)greater(WINDOW_PIECE_MIN, piece);
}

int window_is_calm(const struct window *window)
{
	return window_is_empty(window) ||
	       (!window->is_late && in_flight(window) <= window_piece(window));
}

int window_wants_probe(const struct window *window, uint64_t now_us)
{
	return window_is_empty(window) && is_unconfirmed(window, now_us);
}

uint32_t window_room(const struct window *window, uint64_t now_us)
{
	const struct window_mark *oldest = &window->marks[(window->answered + 1) % WINDOW_MARKS];
	uint64_t piece = window_piece(window), free;

	if (window_is_empty(window)) {
		return 2;
	}
	if (fences_out(window) >= WINDOW_MARKS - 1 || is_unconfirmed(window, now_us) ||
		is_late(window, now_us - oldest->sent_us) || is_crowded(window) ||
		in_flight(window) + piece > window->bytes) {
		return 0;
	}
	free = window->bytes - in_flight(window);
	return free >= 2 * piece ? 2 : 1;
}

uint32_t window_sent(struct window *window, size_t bytes, uint64_t now_us)
{
	struct window_mark *mark = &window->marks[++window->sent % WINDOW_MARKS];
	int was_empty = in_flight(window) == 0;

	GARASU_INVARIANT(fences_out(window) <= WINDOW_MARKS);
	window->position += bytes;
	*mark = (struct window_mark){.sent_us = now_us,
		.position = window->position,
		.delivered = window->delivered,
		.delivered_us = was_empty ? now_us : window->delivered_us,
		.own = (uint32_t)bytes,
		.is_full = in_flight(window) + window_piece(window) > window->bytes};
	if (bytes == 0) {
		window->confirmed_us = now_us;
	}
	return window->sent;
}

/* Nothing but this was on its way: a round trip of the line and the viewer alone. */
static int is_clean(const struct window_mark *mark)
{
	return mark->own <= CLEAN_BYTES && mark->position - mark->delivered == mark->own;
}

static void take_round_trip(struct window *window, const struct window_mark *mark,
	uint64_t round_trip_us, uint64_t now_us)
{
	if (window->base_us == 0 && round_trip_us < NEAR_US) {
		window->bytes = greater(window->bytes, WINDOW_BYTES_NEAR);
	}
	if (is_clean(mark)) {
		window->clean_us[1] = window->base_us == 0 ? round_trip_us : window->clean_us[0];
		window->clean_us[0] = round_trip_us;
		window->base_us = lesser(window->clean_us[0], window->clean_us[1]);
		window->clean_count += window->clean_count < CLEAN_ENOUGH;
		window->confirmed_us = now_us;
	} else if (window->base_us == 0 || round_trip_us < window->base_us) {
		window->clean_us[0] = window->clean_us[1] = round_trip_us;
		window->base_us = round_trip_us;
	}
	window->is_late = is_late(window, round_trip_us);
}

/* Returns 1 if the mark says how fast the line is, not only how little was sent. */
static int take_rate(struct window *window, const struct window_mark *mark, uint64_t now_us)
{
	uint64_t on_way = mark->position - mark->delivered;
	uint64_t rate = on_way * SECOND_US / greater(1, now_us - mark->delivered_us);
	int is_telling = mark->is_full || (window->is_late && on_way >= WINDOW_BYTES_MIN);

	if (is_telling && mark->delivered >= window->round_end) {
		window->best_before = window->best;
		window->best = 0;
		window->round_end = window->position;
	}
	if (is_telling && window->is_late) {
		window->best = window->best_before = rate;
	}
	window->best = greater(window->best, rate);
	return is_telling;
}

static void set_bytes(struct window *window, const struct window_mark *mark, int is_telling,
	uint64_t round_trip_us)
{
	uint64_t target = greater(window->best, window->best_before) *
			  (window->base_us + slack_us(window)) / SECOND_US;

	if (mark->is_full && round_trip_us <= window->base_us + slack_us(window)) {
		target = greater(target, window->bytes + mark->own / 2);
	}
	if (target > window->bytes) {
		window->bytes = lesser(target, window->bytes + mark->own);
	} else if (is_telling) {
		window->bytes = target;
	}
	window->bytes = lesser(greater(window->bytes, WINDOW_BYTES_MIN), WINDOW_BYTES_MAX);
}

void window_answered(struct window *window, uint32_t untrusted_number, uint64_t now_us)
{
	const struct window_mark *mark;
	uint64_t round_trip_us;
	int is_telling;

	if (untrusted_number - window->answered - 1 >= fences_out(window)) {
		return;
	}
	mark = &window->marks[untrusted_number % WINDOW_MARKS];
	round_trip_us = greater(1, now_us - mark->sent_us);
	if (mark->sent_us < window->delivered_us) {
		window->gap_us = now_us - window->delivered_us;
	}
	window->answered = untrusted_number;
	window->delivered = mark->position;
	window->delivered_us = now_us;
	take_round_trip(window, mark, round_trip_us, now_us);
	is_telling = take_rate(window, mark, now_us);
	set_bytes(window, mark, is_telling, round_trip_us);
}
