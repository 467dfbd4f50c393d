/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pace of frames. */

#include "pace.h"

#define SECOND_US 1000000u
#define ANSWERS 3u              /* what was on its way, the answer, and what it moves */
#define ANSWER_US 1000000u      /* a slow page's answer still counts as one */
#define FOLLOW_US 1000000u      /* smooth scrolling behind the wheel */
#define FOLLOW_LARGE_US 500000u /* smooth scrolling behind a key */
#define ATTENDED_US 3000000u    /* then it is an animation that nobody touches */
#define REST_US 250000u         /* ends a motion */
#define INTERVAL_MAX_US 500000u /* however short of processors the host is */
#define FOLLOW_MAX_US 66667u    /* the same, of what follows a hand */
#define LOAD_SHARE 8u           /* a sample's part of the smoothed load */
#define LOAD_HIGH (256u + 128u) /* tasks in 1/256 of the processors: spaced further above */
#define LOAD_LOW 256u           /* closer below */
#define STRETCH_MAX (16u * PACE_STRETCH_ONE)

void pace_init(struct pace *pace, const struct pace_rates *rates)
{
	*pace = (struct pace){.rates = *rates, .stretch = PACE_STRETCH_ONE};
}

void pace_touch(struct pace *pace, enum pace_touch touch, uint64_t now_us)
{
	pace->touched_us = now_us;
	if (touch == PACE_TOUCH_GLANCE) {
		return;
	}
	pace->answers = ANSWERS;
	pace->answer_until_us = now_us + ANSWER_US;
	pace->is_owed = 1;
	if (touch == PACE_TOUCH_DRAG) {
		pace->follow_until_us = now_us + FOLLOW_US;
	}
}

void pace_hint(struct pace *pace, int is_film)
{
	pace->is_film = is_film;
}

static uint64_t stretched(const struct pace *pace, uint32_t rate, uint64_t most_us)
{
	uint64_t plain_us = rate == 0 ? 0 : SECOND_US / rate;
	uint64_t interval_us = plain_us * pace->stretch / PACE_STRETCH_ONE;

	if (interval_us > most_us) {
		interval_us = most_us;
	}
	return interval_us > plain_us ? interval_us : plain_us;
}

/* Between two frames of the present tier. */
static uint64_t interval_us(const struct pace *pace, uint64_t now_us)
{
	if (now_us < pace->follow_until_us) {
		return stretched(pace, pace->rates.input, FOLLOW_MAX_US);
	}
	if (now_us - pace->touched_us < ATTENDED_US ||
		now_us - pace->moving_since_us < ATTENDED_US) {
		return stretched(pace, pace->rates.change, INTERVAL_MAX_US);
	}
	return stretched(
		pace, pace->is_film ? pace->rates.video : pace->rates.animation, INTERVAL_MAX_US);
}

/* Grows and shrinks by shares: sessions that see the same load end up with the same stretch. */
void pace_host(struct pace *pace, uint32_t tasks, uint32_t processors)
{
	uint32_t sample = processors > 0 ? tasks * 256u / processors : 0;

	pace->load = (pace->load * (LOAD_SHARE - 1) + sample) / LOAD_SHARE;
	if (pace->load > LOAD_HIGH && pace->stretch < STRETCH_MAX) {
		pace->stretch += pace->stretch / 8;
	} else if (pace->load < LOAD_LOW && pace->stretch > PACE_STRETCH_ONE) {
		pace->stretch -= pace->stretch / 9; /* back to where it was */
	}
}

static int is_answering(const struct pace *pace, uint64_t now_us)
{
	return pace->answers > 0 && now_us < pace->answer_until_us;
}

uint64_t pace_draw_due_us(const struct pace *pace, uint64_t now_us)
{
	return is_answering(pace, now_us) ? 0 : pace->beat_us + interval_us(pace, now_us);
}

/* Clients take their time from the call to the picture; the beat is the call's, so that this time
 * does not lower the rate. */
void pace_drawn(struct pace *pace, int is_large, uint64_t now_us)
{
	uint64_t interval = interval_us(pace, now_us);
	uint64_t earliest_us = now_us - (now_us < interval / 2 ? now_us : interval / 2);

	if (now_us >= pace->beat_us + interval + REST_US) {
		pace->moving_since_us = now_us;
	}
	if (is_answering(pace, now_us)) {
		pace->answers--;
		pace->is_owed = pace->answers > 0;
		if (is_large && pace->follow_until_us < now_us + FOLLOW_LARGE_US) {
			pace->follow_until_us = now_us + FOLLOW_LARGE_US;
		}
	}
	pace->beat_us = pace->called_us > earliest_us ? pace->called_us : earliest_us;
	pace->is_called = 0;
}

uint64_t pace_call_due_us(const struct pace *pace, int has_credit, uint64_t now_us)
{
	uint64_t last_us = pace->beat_us > pace->called_us ? pace->beat_us : pace->called_us;
	int is_owed = pace->is_owed && is_answering(pace, now_us);

	if (!has_credit && (!is_owed || pace->is_called)) {
		return UINT64_MAX;
	}
	return is_owed ? 0 : last_us + interval_us(pace, now_us);
}

/* A timer fires a little late; the beat does not. */
void pace_called(struct pace *pace, uint64_t now_us)
{
	uint64_t due_us = pace_call_due_us(pace, 1, now_us);
	uint64_t late_us = now_us - due_us;

	pace->called_us =
		due_us <= now_us && late_us < interval_us(pace, now_us) / 4 ? due_us : now_us;
	pace->is_owed = 0;
	pace->is_called = 1;
}
