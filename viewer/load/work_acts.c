/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user does, and when next. */

#include "pages.h"
#include "work.h"

#include <base/clock.h>

#include <stdlib.h>

#define REST_US 250000u   /* without movement before the next notch */
#define MOVING_US 100000u /* since it moved: a movement that still goes on */
#define KEYSYM_RETURN 0xff0du
#define READ_NOTCHES 8u
#define TURN_ABOVE 600 /* pixels left of the page: turn there */

/* What WORK_BENCH does, over and over. */
enum bench_act { BENCH_KEY, BENCH_OTHER_KEY, BENCH_NOTCH, BENCH_KEY_SCROLLING, BENCH_ACTS };

static enum bench_act bench_act(const struct work *work)
{
	return (enum bench_act)(work->step % BENCH_ACTS);
}

static uint64_t think_us(struct work *work, uint32_t least_ms, uint32_t most_ms)
{
	return (uint64_t)chance_between(&work->chance, least_ms, most_ms) *
	       work->settings->think_percent * 10;
}

/* How long this user does nothing after the action just done. */
static uint64_t pause_us(struct work *work)
{
	switch (work->profile) {
	case WORK_READ:
		return work->step % READ_NOTCHES == 0 ? think_us(work, 2000, 6000)
						      : think_us(work, 250, 700);
	case WORK_TYPE:
		return think_us(work, 200, 800);
	case WORK_NOTCH:
	case WORK_SITE:
	case WORK_PHOTO:
		return think_us(work, 300, 500);
	case WORK_LOAD:
		return think_us(work, 4000, 9000);
	case WORK_BENCH:
		return bench_act(work) == BENCH_KEY_SCROLLING
			       ? chance_between(&work->chance, 10, 50) * UINT64_C(1000)
			       : chance_between(&work->chance, 60, 140) * UINT64_C(1000);
	case WORK_BESIDE:
		return chance_between(&work->chance, 60, 140) * UINT64_C(1000);
	case WORK_PARKED:
		return think_us(work, 2000, 4000);
	case WORK_LOOK:
		return think_us(work, 200, 400);
	case WORK_ADVERT:
	case WORK_VIDEO:
	case WORK_IDLE:
	case WORK_SCROLL:
	case WORK_PROFILES:
		break;
	}
	return UINT64_C(3600000000); /* these only look */
}

void work_be_ready(struct work *work, uint64_t now_us)
{
	work->is_counted = false;
	work->is_lost = false;
	work->phase = WORK_READY;
	work->due_us = now_us + pause_us(work);
}

static void begin(struct work *work, enum work_action action, uint16_t expected)
{
	work->action = action;
	work->expected = expected;
	work->is_counted = work->is_open;
	work->is_lost = false;
	work->position_before = work->position;
	work->step++;
	work->phase = WORK_WAITING;
	work->action_us = garasu_clock_us();
	work->due_us = work->action_us + work->settings->action_timeout_ms * UINT64_C(1000);
	connection_flush(&work->connection);
}

static void press(struct work *work, uint32_t keysym, enum work_action action, uint16_t expected)
{
	connection_key(&work->connection, keysym, true);
	connection_key(&work->connection, keysym, false);
	begin(work, action, expected);
}

static void press_letter(struct work *work, enum work_action action)
{
	press(work, chance_between(&work->chance, 'a', 'z'), action,
		(uint16_t)(work->strip.count + 1u));
}

static void type_text(struct work *work)
{
	static const struct {
		const char *text;
		unsigned length;
	} words[] = {{"硝子", 2}, {"申請書を", 4}, {"お願い", 3}, {"カタカナ", 4}, {"市", 1},
		{"確認しました", 6}, {"。", 1}, {"会議は", 3}};
	uint32_t which = chance_between(&work->chance, 0, sizeof(words) / sizeof(words[0]) - 1);

	connection_text(&work->connection, words[which].text);
	begin(work, WORK_TEXT, (uint16_t)(work->strip.count + words[which].length));
}

/* A page that never rests, or shows no ruler, loses what was to be done. */
static void wait_for_rest(struct work *work, enum work_action action, uint64_t now_us)
{
	if (work->rest_since_us == 0) {
		work->rest_since_us = now_us;
	}
	if (now_us - work->rest_since_us < work->settings->action_timeout_ms * UINT64_C(1000)) {
		work->due_us = now_us + REST_US / 4;
		return;
	}
	if (work->is_open) {
		work->tally->lost[action]++;
	}
	work->rest_since_us = 0;
	work->step++;
	work_be_ready(work, now_us);
}

/* The page rests: how far the last notch moved it. */
static void note_notch(struct work *work)
{
	if (work->is_notched && work->is_open) {
		work->tally->notches_rested++;
		work->tally->notch_px += (uint64_t)abs(work->position - work->notched_from);
	}
	work->is_notched = false;
}

static void turn_wheel(struct work *work, uint64_t now_us)
{
	int32_t end = PAGES_HEIGHT - (int32_t)work->connection.height - TURN_ABOVE;

	if (!work->has_position || now_us - work->moved_us < REST_US) {
		wait_for_rest(work, WORK_WHEEL, now_us);
		return;
	}
	work->rest_since_us = 0;
	note_notch(work);
	if (work->position <= TURN_ABOVE) {
		work->is_going_up = false;
	} else if (work->position >= end) {
		work->is_going_up = true;
	}
	connection_wheel(&work->connection, work->place.x + PAGES_FORM_X,
		work->place.y + PAGES_FORM_Y, work->is_going_up ? -1 : 1);
	begin(work, WORK_WHEEL, 0);
	work->is_notched = work->is_counted;
	work->notched_from = work->position;
}

static void leave(struct work *work, uint64_t now_us)
{
	connection_close(&work->connection);
	work->phase = WORK_AWAY;
	work->due_us = now_us + think_us(work, 4000, 8000);
}

/* A click into the page gives it the keyboard; the action comes a moment later. */
static bool aim(struct work *work, uint64_t now_us)
{
	if (work->is_aimed) {
		return false;
	}
	work->is_aimed = true;
	connection_click(
		&work->connection, work->place.x + PAGES_FORM_X, work->place.y + PAGES_FORM_Y);
	connection_flush(&work->connection);
	work->due_us = now_us + 500000;
	return true;
}

static void load_page(struct work *work)
{
	press(work, KEYSYM_RETURN, WORK_PAGE, (uint16_t)(work->strip.token % WORK_TOKENS + 1u));
}

/* The page that stands is inspected to its end before the next. */
static void look_on(struct work *work, uint64_t now_us)
{
	struct inspection *inspection = &work->inspection;
	uint64_t next_us = inspection_step(inspection, &work->connection, now_us);

	connection_flush(&work->connection);
	if (next_us != 0) {
		work->due_us = next_us;
		return;
	}
	if (inspection->phase == INSPECTION_DONE) {
		if (inspection->is_counted && quality_add(&work->tally->quality, inspection) != 0) {
			work->tally->quality.uncompared++; /* without memory */
		}
		inspection->is_counted = false;
		inspection->phase = INSPECTION_NONE;
		work_be_ready(work, now_us);
		return;
	}
	inspection_expect(inspection, &work->connection);
	load_page(work);
}

static void press_letter_at_rest(struct work *work, uint64_t now_us)
{
	if (work->has_position && now_us - work->moved_us < REST_US) {
		wait_for_rest(work, WORK_KEY, now_us);
		return;
	}
	work->rest_since_us = 0;
	press_letter(work, WORK_KEY);
}

static void go_on_benching(struct work *work, uint64_t now_us)
{
	switch (bench_act(work)) {
	case BENCH_KEY:
	case BENCH_OTHER_KEY:
		press_letter_at_rest(work, now_us);
		return;
	case BENCH_NOTCH:
		turn_wheel(work, now_us);
		return;
	case BENCH_KEY_SCROLLING:
		if (now_us - work->moved_us < MOVING_US) {
			press_letter(work, WORK_KEY_SCROLLING);
			return;
		}
		work->step++; /* the movement is over: the chance is gone */
		work_be_ready(work, now_us);
		return;
	case BENCH_ACTS:
		return;
	}
}

void work_act(struct work *work, uint64_t now_us)
{
	if (work->profile != WORK_PARKED && aim(work, now_us)) {
		return;
	}
	switch (work->profile) {
	case WORK_READ:
	case WORK_NOTCH:
	case WORK_SITE:
	case WORK_PHOTO:
		turn_wheel(work, now_us);
		return;
	case WORK_TYPE:
		if (work->step % 3 == 0 && !work->settings->types_latin) {
			type_text(work);
		} else {
			press_letter(work, WORK_KEY);
		}
		return;
	case WORK_LOAD:
		load_page(work);
		return;
	case WORK_LOOK:
		look_on(work, now_us);
		return;
	case WORK_BENCH:
		go_on_benching(work, now_us);
		return;
	case WORK_BESIDE:
		press_letter(work, WORK_KEY);
		return;
	case WORK_PARKED:
		leave(work, now_us);
		return;
	case WORK_ADVERT:
	case WORK_VIDEO:
	case WORK_IDLE:
	case WORK_SCROLL:
	case WORK_PROFILES:
		work_be_ready(work, now_us);
		return;
	}
}
