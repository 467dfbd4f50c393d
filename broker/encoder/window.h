/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_WINDOW_H
#define ENCODER_WINDOW_H

#include <stddef.h>
#include <stdint.h>

/*
 * The congestion window: how many bytes may be on their way to the viewer.
 *
 * What has been sent and not yet worked through is what the next picture waits for, wherever it
 * lies: here, at the gateway, in a socket, in the line. A fence behind each update tells when the
 * viewer has worked through it. The window is delivery rate x (base round trip + slack): what keeps
 * the line busy, and a queue of slack at most. So the kernel's own congestion control never sees a
 * full queue, whichever it is.
 *
 *   - The rate is the best of the last two rounds in which the window was used up; less use than
 *     that says nothing about the line. While there is no queue the window grows.
 *   - A fence that is late by more than twice the slack again is believed at once, and while one is
 *     outstanding nothing is sent.
 *   - The base is the lesser of the last two round trips over an empty line. Typing and reading
 * give such; where the line is never empty, it is let run empty for one fence now and then, soon
 * at first and when fences are late: so the base follows another route both ways.
 *
 * No clock and no I/O: times are microseconds that never run backwards. The viewer's answers are
 * believed only as far as fences were sent; one that lies hurries or delays its own stream.
 */

#define WINDOW_MARKS 32u
#define WINDOW_BYTES_MIN 32768u
#define WINDOW_BYTES_FIRST 65536u
#define WINDOW_BYTES_NEAR 262144u /* first, where the first round trip is short */
#define WINDOW_BYTES_MAX 4194304u
#define WINDOW_PIECE_MIN 16384u

/* A fence on its way. */
struct window_mark {
	uint64_t sent_us;
	uint64_t position;     /* bytes sent up to it */
	uint64_t delivered;    /* bytes answered when it was sent, */
	uint64_t delivered_us; /* and when; when it was sent, if nothing was on its way */
	uint32_t own;          /* bytes since the fence before */
	int is_full;           /* no room was left behind it */
};

struct window {
	struct window_mark marks[WINDOW_MARKS];
	uint32_t sent, answered; /* fences, by number; never more than WINDOW_MARKS apart */
	uint64_t position, delivered, delivered_us;
	uint64_t gap_us;            /* between the last two answers, while there was a queue */
	uint64_t bytes;             /* the window */
	uint64_t base_us;           /* 0: not known yet */
	uint64_t clean_us[2];       /* the last round trips over an empty line */
	uint32_t clean_count;       /* of them, up to a few */
	uint64_t confirmed_us;      /* when the last of them was measured or begun */
	uint64_t best, best_before; /* bytes a second: of this round and the one before */
	uint64_t round_end;         /* of delivered */
	int is_late;
};

void window_init(struct window *window);

/* Notes that so many more bytes and behind them a fence are on their way. Only while window_room is
 * not 0, but for the first. Returns the fence's number. */
uint32_t window_sent(struct window *window, size_t bytes, uint64_t now_us);

/* Notes a fence's answer. A number that was never sent, or came before, changes nothing; one that
 * skips others answers them too. */
void window_answered(struct window *window, uint32_t untrusted_number, uint64_t now_us);

/* True if nothing is on its way. */
int window_is_empty(const struct window *window);

/* How many pieces may be sent now: 0, 1, or 2 for more than one. */
uint32_t window_room(const struct window *window, uint64_t now_us);

/* How many bytes one update should have at most: what the line takes in half the slack. */
size_t window_piece(const struct window *window);

/* True if so little is on its way that what can wait may go too, and yet leaves room. */
int window_is_calm(const struct window *window);

/* True if the next update is to have a fence of its own before it: the line is empty and the base
 * has not been confirmed for a while. */
int window_wants_probe(const struct window *window, uint64_t now_us);

#endif
