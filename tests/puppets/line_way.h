/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_PUPPETS_LINE_WAY_H
#define GARASU_PUPPETS_LINE_WAY_H

#include <stddef.h>
#include <stdint.h>

/*
 * One way of a line: packets queue up to a bound, leave one after the other at the line's rate, and
 * arrive a delay later. A packet that finds the queue full is dropped. No clock and no I/O: whoever
 * drives it says what time it is, in microseconds that never run backwards.
 */

#define LINE_PACKET_BYTES 1500u

struct line_packet {
	uint64_t leaves_us, arrives_us;
	size_t size;
	uint8_t bytes[LINE_PACKET_BYTES];
};

struct line_counts {
	uint64_t packets, bytes, dropped; /* accepted, and those that found no place */
	size_t peak; /* most bytes that waited at once, the one leaving included */
};

struct line_way {
	uint32_t rate_kbit, delay_ms;
	size_t queue_bytes;
	struct line_packet *packets; /* a ring */
	size_t places;
	size_t first, waiting, count; /* oldest; oldest that has not left; how many from first */
	size_t queued;                /* bytes that have not left */
	struct line_counts counts;
};

/* Makes an empty way. Returns 0 or -ENOMEM. */
int line_way_init(struct line_way *way, uint32_t rate_kbit, uint32_t delay_ms, size_t queue_bytes)
	__attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void line_way_finish(struct line_way *way);

/* Takes a packet of at most LINE_PACKET_BYTES, or drops it. Returns 1 if it was taken. */
int line_way_offer(struct line_way *way, const void *bytes, size_t size, uint64_t now_us);

/* When the next packet arrives; UINT64_MAX if none is on its way. */
uint64_t line_way_due_us(const struct line_way *way);

/* Returns the next packet that has arrived by now, or NULL; lends it until the next call. */
const struct line_packet *line_way_arrival(struct line_way *way, uint64_t now_us);

/* Bytes that wait now. */
size_t line_way_queued(struct line_way *way, uint64_t now_us);

#endif
