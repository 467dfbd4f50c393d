/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_PICTURE_H
#define ENCODER_PICTURE_H

#include "garasu/frame.h"

#include <stddef.h>

#define PICTURE_TILE_SIDE 64u /* pixels */
#define PICTURE_COLUMNS_MAX (GARASU_FRAME_WIDTH_LIMIT / PICTURE_TILE_SIDE)

enum picture_tile {
	PICTURE_TILE_DIRTY = 1u << 0, /* differs from what the viewer was sent */
	PICTURE_TILE_LOSSY = 1u << 1, /* the viewer has it as JPEG only */
};

/* The private copy of the newest frame, in tiles. Nothing looks at pixels anywhere else. */
struct picture {
	uint8_t *pixels; /* XRGB8888, rows of stride bytes */
	size_t stride;
	uint32_t max_width, max_height;
	uint32_t width, height; /* pixels */
	uint32_t columns, rows; /* tiles */
	uint8_t *tiles;         /* enum picture_tile, columns * rows */
	uint64_t *changed_ms;   /* when each tile last changed */
	uint32_t dirty_count, lossy_count;
};

/* Makes an empty picture that can grow to this geometry. Returns 0 or -ENOMEM. */
int picture_init(struct picture *picture, uint32_t max_width, uint32_t max_height)
	__attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void picture_finish(struct picture *picture);

/* Makes it black, of this size (within the largest) and dirty everywhere. */
void picture_resize(struct picture *picture, uint32_t width, uint32_t height);

/* Copies the tiles of source (rows of the picture's own stride, at least width x height of it
 * readable) that differ and touch area; whatever lies beyond width x height stays. Each tile is
 * read once more at most after it was found different. Returns how many tiles differed. */
uint32_t picture_take(struct picture *picture, const uint8_t *source, uint32_t width,
	uint32_t height, const struct garasu_rect *area, uint64_t now_ms);

/* Marks every tile that touches area dirty, as the viewer asks for it again. */
void picture_mark(struct picture *picture, const struct garasu_rect *area);

/* Notes what the viewer now has of a tile. */
void picture_sent(struct picture *picture, uint32_t tile, int is_lossy);

/* When the first lossy, clean tile will have rested for refine_ms; UINT64_MAX if there is none. */
uint64_t picture_settle_ms(const struct picture *picture, uint64_t refine_ms);

/* A tile's place in pixels, cut at the picture's edges. */
struct garasu_rect picture_tile_rect(const struct picture *picture, uint32_t tile);

static inline const uint8_t *picture_at(const struct picture *picture, uint32_t x, uint32_t y)
{
	return picture->pixels + y * picture->stride + 4u * (size_t)x;
}

#endif
