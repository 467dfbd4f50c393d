/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_SCROLL_H
#define ENCODER_SCROLL_H

#include "shift.h"
#include "strips.h"

/* Finds what scrolled between what the viewer has and what it shall have, and moves it. The work
 * grows with the number of changed pixels alone, whatever they show. */

#define SCROLL_ROUNDS 4u         /* movements in one frame */
#define SCROLL_PATIENCE 8u       /* after so many misses only every fourth frame is searched */
#define SCROLL_TILES_MIN 4u      /* dirty ones; fewer are not worth a search */
#define SCROLL_WORK_PER_CELL 40u /* no more work for each 32 pixels of the picture's size */

struct scroll_tile {
	uint8_t is_open;  /* dirty, and not all of that is explained */
	uint32_t copied;  /* pixels */
	uint8_t fidelity; /* enum picture_fidelity, of the worst of them */
};

struct scroll {
	struct strips strips;
	struct shift_range *ranges; /* for each tile column */
	uint8_t *cells;             /* enum shift_cell */
	uint32_t cells_stride;
	struct scroll_tile *tiles;
	struct copies copies;
	uint32_t misses; /* searches in vain since the last that found something */
	uint64_t work;   /* of the last search: see SCROLL_WORK_PER_CELL */
};

/* Makes room for pictures up to this size. Returns 0 or negative errno. */
int scroll_init(struct scroll *scroll, uint32_t max_width, uint32_t max_height)
	__attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void scroll_finish(struct scroll *scroll);

/* Fills scroll->copies: disjoint, equal to the picture at every pixel, in an order in which none
 * destroys what a later one reads. None unless the picture keeps what is shown and knows all of it.
 * Returns how many. */
uint32_t scroll_find(struct scroll *scroll, struct picture *picture);

/* Does to what is shown as a viewer does with scroll->copies, one after the other, and follows
 * lossy pixels to where they go. Then compares: tiles that so became right are no longer dirty. */
void scroll_move(struct scroll *scroll, struct picture *picture);

#endif
