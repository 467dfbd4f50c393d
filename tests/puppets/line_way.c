/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One way of a line. Pure. Reads untrusted bytes from: nobody; it looks at no byte. */

#include "line_way.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 16384u /* 24 MB of address space; only what is used is touched */

int line_way_init(struct line_way *way, uint32_t rate_kbit, uint32_t delay_ms, size_t queue_bytes)
{
	*way = (struct line_way){.rate_kbit = rate_kbit,
		.delay_ms = delay_ms,
		.queue_bytes = queue_bytes,
		.places = PLACES};
	way->packets = calloc(PLACES, sizeof(*way->packets));
	return way->packets == NULL ? -ENOMEM : 0;
}

void line_way_finish(struct line_way *way)
{
	free(way->packets);
	*way = (struct line_way){0};
}

static struct line_packet *place(const struct line_way *way, size_t number)
{
	return &way->packets[(way->first + number) % way->places];
}

static void let_leave(struct line_way *way, uint64_t now_us)
{
	while (way->waiting < way->count && place(way, way->waiting)->leaves_us <= now_us) {
		way->queued -= place(way, way->waiting)->size;
		way->waiting++;
	}
}

static uint64_t later(uint64_t left, uint64_t right)
{
	return left > right ? left : right;
}

int line_way_offer(struct line_way *way, const void *bytes, size_t size, uint64_t now_us)
{
	struct line_packet *packet;
	uint64_t begins_us = now_us, follows_us = 0;

	let_leave(way, now_us);
	if (size > LINE_PACKET_BYTES || way->queued + size > way->queue_bytes ||
		way->count == way->places) {
		way->counts.dropped++;
		return 0;
	}
	if (way->count > 0) {
		const struct line_packet *last = place(way, way->count - 1);

		begins_us = later(begins_us, last->leaves_us);
		follows_us = last->arrives_us;
	}
	packet = place(way, way->count++);
	packet->leaves_us = begins_us + (uint64_t)size * 8000u / way->rate_kbit;
	packet->arrives_us = later(follows_us, packet->leaves_us + (uint64_t)way->delay_ms * 1000u);
	packet->size = size;
	memcpy(packet->bytes, bytes, size);
	way->queued += size;
	way->counts.packets++;
	way->counts.bytes += size;
	if (way->queued > way->counts.peak) {
		way->counts.peak = way->queued;
	}
	return 1;
}

uint64_t line_way_due_us(const struct line_way *way)
{
	return way->count > 0 ? place(way, 0)->arrives_us : UINT64_MAX;
}

const struct line_packet *line_way_arrival(struct line_way *way, uint64_t now_us)
{
	const struct line_packet *packet = place(way, 0);

	let_leave(way, now_us);
	if (way->count == 0 || packet->arrives_us > now_us) {
		return NULL;
	}
	way->first = (way->first + 1) % way->places;
	way->count--;
	way->waiting--;
	return packet;
}

size_t line_way_queued(struct line_way *way, uint64_t now_us)
{
	let_leave(way, now_us);
	return way->queued;
}
