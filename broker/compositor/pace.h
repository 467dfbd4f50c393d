/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_COMPOSITOR_PACE_H
#define GARASU_COMPOSITOR_PACE_H

#include <stdint.h>

/*
 * Pace: when the next frame may be drawn, and when clients may be told to prepare it. Pure: every
 * time is the caller's, in microseconds, and never goes back.
 *
 * A frame has one of four tiers:
 *
 *   input      the user just acted: the next few frames at once, and at rate "input" while a wheel
 *              turns, a button is held or the answer moves most of the picture
 *   change     the picture has not moved for long, or the user acted a moment ago
 *   animation  it has moved for seconds, and nobody touched it
 *   video      the same, where the encoder says that what moves is a film
 *
 * While the host is short of processors all are spaced further, but for the few frames at once;
 * what follows a hand down to 15 a second and no further. Without credit no frame is drawn,
 * whatever is due here; clients are told to draw on only when there is one, but that an input may
 * have one frame prepared ahead of its credit.
 */

struct pace_rates {
	uint32_t input, change, animation, video; /* frames a second; 0: as credit comes */
};

enum pace_touch {
	PACE_TOUCH_GLANCE, /* the pointer moved */
	PACE_TOUCH_ACT,    /* a key, a text, another size or address: it is answered at once */
	PACE_TOUCH_DRAG,   /* the wheel or a button: motion follows */
};

#define PACE_STRETCH_ONE 256u

struct pace {
	struct pace_rates rates;
	uint64_t beat_us;   /* the next frame is counted from here */
	uint64_t called_us; /* clients were told to draw on */
	uint64_t touched_us, answer_until_us, follow_until_us;
	uint64_t moving_since_us;
	uint32_t answers; /* frames that go at once, until answer_until_us */
	uint32_t load;    /* tasks that want a processor for each processor, smoothed, in 1/256 */
	uint32_t stretch; /* of the intervals, in 1/256 */
	int is_film;
	int is_owed;   /* an input or an answer: clients are told at once */
	int is_called; /* they were, since the last frame */
};

void pace_init(struct pace *pace, const struct pace_rates *rates);

/* Notes an input. */
void pace_touch(struct pace *pace, enum pace_touch touch, uint64_t now_us);

/* Notes the encoder's word on what moves. */
void pace_hint(struct pace *pace, int is_film);

/* Notes how many tasks besides the caller want one of so many processors. */
void pace_host(struct pace *pace, uint32_t tasks, uint32_t processors);

/* When a changed picture may be drawn, if there is credit; 0: at once. */
uint64_t pace_draw_due_us(const struct pace *pace, uint64_t now_us);

/* Notes a frame drawn; is_large: most of the picture changed. */
void pace_drawn(struct pace *pace, int is_large, uint64_t now_us);

/* When clients that ask for it may be told to draw on; UINT64_MAX: not before the next credit. */
uint64_t pace_call_due_us(const struct pace *pace, int has_credit, uint64_t now_us);

/* Notes that they were. */
void pace_called(struct pace *pace, uint64_t now_us);

#endif
