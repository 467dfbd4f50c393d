/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refinement: which tiles are due, and portions that suit the line. Reads untrusted bytes from:
 * nobody. */

#include "refine.h"

#include <errno.h>
#include <stdlib.h>

#define QUICK_MS 25u
#define LONG_MS 75u
#define FORGET_MS 3000u /* a pause, not a slow line */
#define IN_VAIN_MAX 5u  /* doublings */

/* Less is not reckoned with, so that the time of encoding has a bound too. */
static const uint32_t least_cost[REFINE_STEPS] = {[REFINE_FINE] = 2400, [REFINE_EXACT] = 8000};

static uint32_t tiles_across(uint32_t pixels)
{
	return (pixels + PICTURE_TILE_SIDE - 1) / PICTURE_TILE_SIDE;
}

int refine_init(struct refine *refine, enum garasu_refine policy, uint32_t rest_ms,
	uint32_t max_width, uint32_t max_height)
{
	*refine = (struct refine){.policy = policy,
		.rest_ms = rest_ms,
		.tiles = calloc((size_t)tiles_across(max_width) * tiles_across(max_height),
			sizeof(*refine->tiles))};
	return refine->tiles == NULL ? -ENOMEM : 0;
}

void refine_finish(struct refine *refine)
{
	free(refine->tiles);
	*refine = (struct refine){0};
}

/* ---- which tiles ---- */

static int goes_on_from(const struct refine *refine, enum picture_fidelity fidelity)
{
	switch (refine->policy) {
	case GARASU_REFINE_EXACT:
		return fidelity != PICTURE_EXACT;
	case GARASU_REFINE_FINE:
		return fidelity == PICTURE_LOSSY;
	case GARASU_REFINE_OFF:
		break;
	}
	return 0;
}

static uint64_t rest_ms(const struct refine *refine, uint32_t tile)
{
	uint64_t rest = (uint64_t)refine->rest_ms << refine->tiles[tile].in_vain;

	if (rest > REFINE_CALM_MS) {
		return refine->rest_ms > REFINE_CALM_MS ? refine->rest_ms : REFINE_CALM_MS;
	}
	return rest;
}

static uint64_t tile_due_ms(
	const struct refine *refine, const struct picture *picture, uint32_t tile)
{
	enum picture_fidelity fidelity = picture_fidelity(picture, tile);
	uint64_t due_ms = picture->changed_ms[tile] + rest_ms(refine, tile);

	if (picture_is_dirty(picture, tile) || !goes_on_from(refine, fidelity)) {
		return UINT64_MAX;
	}
	return fidelity == PICTURE_FINE ? due_ms + REFINE_EXACT_RESTS * refine->rest_ms : due_ms;
}

int refine_tile_is_due(
	const struct refine *refine, const struct picture *picture, uint32_t tile, uint64_t now_ms)
{
	return tile_due_ms(refine, picture, tile) <= now_ms;
}

uint64_t refine_due_ms(const struct refine *refine, const struct picture *picture)
{
	uint64_t first = UINT64_MAX;

	if (refine->rest_ms == 0 || picture->lossy_count == 0) {
		return first;
	}
	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		uint64_t due_ms = tile_due_ms(refine, picture, tile);

		first = due_ms < first ? due_ms : first;
	}
	return first;
}

void refine_tile_sent(struct refine *refine, uint32_t tile, uint64_t now_ms)
{
	if (refine->tiles[tile].refined_ms == 0) {
		refine->tiles[tile].refined_ms = now_ms;
	}
}

void refine_painted(struct refine *refine, uint32_t tile, int has_moved, uint64_t now_ms)
{
	struct refine_tile *told = &refine->tiles[tile];

	if (told->refined_ms != 0 && now_ms - told->refined_ms >= REFINE_CALM_MS) {
		told->in_vain = 0;
	} else if (told->refined_ms != 0 && !has_moved && told->in_vain < IN_VAIN_MAX) {
		told->in_vain++;
	}
	told->refined_ms = 0;
	if (has_moved || now_ms - told->painted_ms > REFINE_FILM_GAP_MS) {
		told->streak = 0;
	} else if (told->streak < REFINE_FILM_STREAK) {
		told->streak++;
	}
	told->painted_ms = now_ms;
}

int refine_tile_is_film(const struct refine *refine, uint32_t tile, uint64_t now_ms)
{
	return refine->tiles[tile].streak >= REFINE_FILM_STREAK &&
	       now_ms - refine->tiles[tile].painted_ms <= REFINE_FILM_GAP_MS;
}

/* ---- how many ---- */

static uint32_t clamp(uint32_t value, uint32_t least, uint32_t most)
{
	return value < least ? least : value > most ? most : value;
}

uint32_t refine_budget(struct refine *refine, uint64_t now_ms)
{
	uint64_t took_ms = now_ms - refine->sent_ms;

	if (refine->sent_ms == 0 || took_ms > FORGET_MS) {
		refine->bytes = REFINE_BYTES_FIRST;
	} else if (took_ms <= QUICK_MS) {
		refine->bytes *= 2;
	} else if (took_ms > LONG_MS) {
		refine->bytes /= 2;
	}
	refine->bytes = clamp(refine->bytes, REFINE_BYTES_MIN, REFINE_BYTES_MAX);
	refine->sent_ms = now_ms;
	return refine->bytes;
}

uint32_t refine_cost(const struct refine *refine, enum refine_step step)
{
	return refine->tile_bytes[step] > least_cost[step] ? refine->tile_bytes[step]
							   : least_cost[step];
}

void refine_sent(struct refine *refine, enum refine_step step, uint32_t tiles, size_t bytes)
{
	if (tiles > 0) {
		refine->tile_bytes[step] =
			(uint32_t)(((uint64_t)refine->tile_bytes[step] * 3 + bytes / tiles) / 4);
	}
}
