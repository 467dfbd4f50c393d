/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_CREDIT_H
#define ENCODER_CREDIT_H

#include "garasu/input.h"

#include <stdint.h>

/*
 * Credit: leave for the compositor to draw one more frame.
 *
 * It goes on as soon as the viewer has room, rate times a second at most. When it is used is the
 * compositor's to say: it sees the input. What only the encoder sees, that a film moves, goes with
 * the credit.
 */
struct credit {
	int fd;        /* credit pipe, borrowed */
	uint32_t rate; /* a second; 0: no cap */
	int never;     /* the session is gone */
	int is_out;    /* given, and no frame taken since */
	uint64_t given_us, frame_us;
	uint64_t retry_us;   /* the pipe was full */
	uint8_t film_frames; /* the newest eight, one bit each: did much of a photograph change */
};

void credit_init(struct credit *credit, int fd, uint32_t rate);

/* When the next credit may be given; UINT64_MAX while one is out. */
uint64_t credit_due_us(const struct credit *credit);

/* Gives one. Returns 0, also when the pipe is full (it is due again a little later), or -EPIPE when
 * the session is gone. */
int credit_give(struct credit *credit, uint64_t now_us) __attribute__((warn_unused_result));

/* Asks for a frame even if nothing changed. Returns as credit_give does. */
int credit_refresh(struct credit *credit, uint64_t now_us) __attribute__((warn_unused_result));

/* Notes that a frame was taken, and how many tiles of photographs changed in it. */
void credit_frame_taken(struct credit *credit, uint32_t photo_tiles, uint64_t now_us);

#endif
