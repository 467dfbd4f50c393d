/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_SHIFT_H
#define ENCODER_SHIFT_H

#include "picture.h"

/* What one movement explains, pixel by pixel. */

#define SHIFT_COPIES_MAX 256u /* in one update */
#define SHIFT_COLUMN_WIDTH 32u

/* Pixels that the viewer has already move: to is the place where they go. */
struct copy {
	struct garasu_rect to;
	uint32_t from_x, from_y;
};

struct copies {
	struct copy list[SHIFT_COPIES_MAX];
	uint32_t count;
};

/* Rows of a tile column between its first and its last open tile; start == end: none. */
struct shift_range {
	uint32_t start, end;
};

enum shift_cell {
	SHIFT_CELL_TAKEN = 1u << 0,   /* a copy goes there */
	SHIFT_CELL_MATCHES = 1u << 1, /* of the movement looked at: it is right there */
	SHIFT_CELL_CHANGED = 1u << 2, /* and was not right before */
};

struct shift {
	const struct picture *picture;
	const struct shift_range *ranges; /* for each tile column */
	uint8_t *cells; /* enum shift_cell: for each column of 32 pixels, its rows */
	uint32_t cells_stride;
	int32_t dx, dy;
	uint64_t work; /* row pieces compared */
};

/* Finds where every pixel of now equals what the viewer has dx to the left and dy above, and where
 * that explains changes. Everything is compared with memcmp. Adds disjoint copies, as long as there
 * is room, and marks what they cover as taken. Returns how many changed pixels they explain. */
uint64_t shift_collect(struct shift *shift, struct copies *copies);

/* Brings copies into an order in which none destroys what a later one reads; drops the smallest of
 * those that need each other's place. */
void copies_order(struct copies *copies);

#endif
