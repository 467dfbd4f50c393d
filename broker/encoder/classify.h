/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_CLASSIFY_H
#define ENCODER_CLASSIFY_H

#include <stddef.h>
#include <stdint.h>

/* What a tile shows. */
enum tile_class {
	TILE_CLASS_LOSSLESS = 1, /* text, lines, flat colour: always bit-exact */
	TILE_CLASS_PHOTO = 2,    /* photograph or video: JPEG may come first */
	TILE_CLASS_MIXED = 3,    /* text on one, or on a gradient; or a photograph of grass */
};

/* Looks at width x height private pixels (XRGB8888, rows of stride bytes; at most 64 x 64). Returns
 * PHOTO for a tile whose pixels mostly differ from both their left and upper neighbour and which
 * has many colours, MIXED if such a tile has strokes too (strokes.h), else LOSSLESS. Strokes cost
 * more than the rest together, and are not sought if is_film. */
enum tile_class classify_tile(
	const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height, int is_film);

#endif
