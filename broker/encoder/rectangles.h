/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_RECTANGLES_H
#define ENCODER_RECTANGLES_H

#include "garasu/frame.h"

#include <stddef.h>

/* Joins the tiles of map (columns * rows bytes, columns at most 128) that equal wanted into
 * rectangles, in tiles, of at most max_columns x max_rows: runs of a row, continued downwards while
 * the next row has the same run. Each wanted tile lies in exactly one. Fills rectangles, which has
 * room for columns * rows. Returns how many. */
size_t rectangles_merge(const uint8_t *map, uint8_t wanted, uint32_t columns, uint32_t rows,
	uint32_t max_columns, uint32_t max_rows, struct garasu_rect *rectangles);

#endif
