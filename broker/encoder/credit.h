/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_CREDIT_H
#define ENCODER_CREDIT_H

#include "garasu/input.h"

#include <stdint.h>

/*
 * Credit: leave for the compositor to draw one more frame.
 *
 * The encoder sees no input, so pacing goes by what is drawn: up to rate_input frames a second, and
 * rate_change once frames have come for two seconds without a rest of a quarter second (an
 * animation, a video), until such a rest. Input into a page at rest therefore always meets the
 * higher rate.
 */
struct credit {
	int fd; /* input pipe, borrowed */
	uint32_t rate_input, rate_change;
	int never;  /* a viewer that only watches gives none */
	int is_out; /* given, and no frame taken since */
	uint64_t given_us, busy_since_us, frame_us;
	uint64_t retry_us; /* the pipe was full */
};

void credit_init(
	struct credit *credit, int fd, uint32_t rate_input, uint32_t rate_change, int never);

/* When the next credit may be given; UINT64_MAX while one is out. */
uint64_t credit_due_us(const struct credit *credit);

/* Gives one. Returns 0, also when the pipe is full (it is due again a little later), or -EPIPE when
 * the session is gone. */
int credit_give(struct credit *credit, uint64_t now_us) __attribute__((warn_unused_result));

/* Asks for a frame even if nothing changed. Returns as credit_give does. */
int credit_refresh(struct credit *credit, uint64_t now_us) __attribute__((warn_unused_result));

/* Notes that a frame was taken. */
void credit_frame_taken(struct credit *credit, uint64_t now_us);

#endif
