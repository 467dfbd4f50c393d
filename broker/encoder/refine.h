/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_REFINE_H
#define ENCODER_REFINE_H

#include <stdint.h>

/* How many lossy tiles one update makes bit-exact. Such a tile takes up to 16 KiB, and whatever
 * changes next waits behind them, so a slow line gets few at a time and a fast one many. */
#define REFINE_TILES_MIN 4u
#define REFINE_TILES_FIRST 8u
#define REFINE_TILES_MAX 48u /* about 7 ms of encoding */

struct refine {
	uint32_t tiles;
	uint64_t sent_ms; /* 0: never */
};

/* How many tiles may go now that the line is idle again; call it once for each such update. Doubles
 * while the last ones were worked through quickly, halves when they took long. */
uint32_t refine_budget(struct refine *refine, uint64_t now_ms);

#endif
