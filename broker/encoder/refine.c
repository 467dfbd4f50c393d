/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refinement in portions that suit the line. */

#include "refine.h"

#define QUICK_MS 25u
#define LONG_MS 75u
#define FORGET_MS 3000u /* a pause, not a slow line */

uint32_t refine_budget(struct refine *refine, uint64_t now_ms)
{
	uint64_t took_ms = now_ms - refine->sent_ms;

	if (refine->sent_ms == 0 || took_ms > FORGET_MS) {
		refine->tiles = REFINE_TILES_FIRST;
	} else if (took_ms <= QUICK_MS) {
		refine->tiles *= 2;
	} else if (took_ms > LONG_MS) {
		refine->tiles /= 2;
	}
	if (refine->tiles > REFINE_TILES_MAX) {
		refine->tiles = REFINE_TILES_MAX;
	}
	if (refine->tiles < REFINE_TILES_MIN) {
		refine->tiles = REFINE_TILES_MIN;
	}
	refine->sent_ms = now_ms;
	return refine->tiles;
}
