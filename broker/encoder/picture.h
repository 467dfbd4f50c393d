/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_PICTURE_H
#define ENCODER_PICTURE_H

#include "garasu/frame.h"

#include <stddef.h>

#define PICTURE_TILE_SIDE 64u /* pixels */
#define PICTURE_CALM 5u
#define PICTURE_COLUMNS_MAX (GARASU_FRAME_WIDTH_LIMIT / PICTURE_TILE_SIDE)

enum picture_tile {
	PICTURE_TILE_DIRTY = 1u << 0,   /* differs from what the viewer was sent */
	PICTURE_TILE_LOSSY = 1u << 1,   /* the viewer has it as JPEG only */
	PICTURE_TILE_FINE = 1u << 5,    /* with LOSSY: as JPEG of the fine quality */
	PICTURE_TILE_UNKNOWN = 1u << 2, /* what the viewer has of it is not in shown */
	/* Copies put off, perhaps until they need not be made: see picture_sync. */
	PICTURE_TILE_SHOWN_LAGS = 1u << 3,
	PICTURE_TILE_PIXELS_LAG = 1u << 4,
};

/* How well the viewer has a tile, its worst pixel deciding; best first. */
enum picture_fidelity { PICTURE_EXACT = 0, PICTURE_FINE = 1, PICTURE_LOSSY = 2 };

/* The private copy of the newest frame, in tiles. Nothing looks at pixels anywhere else. */
struct picture {
	uint8_t *pixels; /* XRGB8888, rows of stride bytes */
	uint8_t *shown;  /* what the viewer has, lossy tiles as if exact; only while keeps_shown */
	int keeps_shown;
	int is_resting; /* shown is without memory where it lags: see picture_rest */
	uint32_t calm;  /* calls of picture_rest since shown was last needed whole */
	size_t stride, source_stride, plane_bytes;
	uint32_t max_width, max_height;
	uint32_t width, height; /* pixels */
	uint32_t columns, rows; /* tiles */
	uint8_t *tiles;         /* enum picture_tile, columns * rows */
	uint64_t *changed_ms;   /* when each tile last changed */
	uint32_t dirty_count, lossy_count, unknown_count;
	uint32_t shown_lag_count, pixels_lag_count;
};

/* How many tiles a picture of this size has. */
size_t picture_tiles(uint32_t width, uint32_t height);

/* Makes an empty picture that can grow to this geometry. Returns 0 or -ENOMEM. */
int picture_init(struct picture *picture, uint32_t max_width, uint32_t max_height)
	__attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void picture_finish(struct picture *picture);

/* Makes it black, of this size (within the largest) and dirty everywhere. */
void picture_resize(struct picture *picture, uint32_t width, uint32_t height);

/* Copies the tiles of source (rows of max_width pixels, as in the frame memory; at least width x
 * height of it readable) that differ and touch area; whatever lies beyond width x height stays.
 * Each tile is read once more at most after it was found different. Returns how many tiles
 * differed. */
uint32_t picture_take(struct picture *picture, const uint8_t *source, uint32_t width,
	uint32_t height, const struct garasu_rect *area, uint64_t now_ms);

/* Makes pixels whole; call it after picture_take before anything looks at them. The planes change
 * places when most of the picture was sent and is taken again, so that a picture that changes all
 * over again and again is copied only once. */
void picture_sync(struct picture *picture);

/* Call it now and then: where shown was not needed whole for PICTURE_CALM calls, and the viewer has
 * just what pixels holds, the memory of shown is given back. A tile that changes then takes its own
 * part again. */
void picture_rest(struct picture *picture);

/* True until picture_rest has been called often enough since shown was last needed whole. */
static inline int picture_is_settling(const struct picture *picture)
{
	return picture->calm < PICTURE_CALM;
}

/* Makes shown whole again, before anything looks at it elsewhere than in dirty tiles. */
void picture_wake(struct picture *picture);

/* Starts or stops keeping what the viewer has. A tile that is dirty then is unknown until sent. */
void picture_keep_shown(struct picture *picture, int keeps_shown);

/* What the viewer has can no longer be told from what it was sent: all is dirty, and unknown until
 * sent. */
void picture_forget_shown(struct picture *picture);

/* Marks every tile that touches area dirty, as the viewer asks for it again: it may have lost it.
 */
void picture_mark(struct picture *picture, const struct garasu_rect *area);

/* Notes what the viewer now has of a tile. */
void picture_sent(struct picture *picture, uint32_t tile, enum picture_fidelity fidelity);

/* Notes that copies, of pixels of this fidelity, changed what the viewer has of a known tile; with
 * is_whole all of it, to just what pixels holds: then it is no longer dirty. */
void picture_moved(
	struct picture *picture, uint32_t tile, enum picture_fidelity fidelity, int is_whole);

/* Compares a dirty, known tile with what is shown of it: if that is equal it is no longer dirty. */
void picture_compare(struct picture *picture, uint32_t tile);

/* Cuts area down to what differs from what is shown; it is empty if nothing does. */
void picture_trim(const struct picture *picture, struct garasu_rect *area);

/* A tile's place in pixels, cut at the picture's edges. */
struct garasu_rect picture_tile_rect(const struct picture *picture, uint32_t tile);

static inline const uint8_t *picture_at(const struct picture *picture, uint32_t x, uint32_t y)
{
	return picture->pixels + y * picture->stride + 4u * (size_t)x;
}

static inline uint8_t *picture_shown_at(const struct picture *picture, uint32_t x, uint32_t y)
{
	return picture->shown + y * picture->stride + 4u * (size_t)x;
}

static inline int picture_is_dirty(const struct picture *picture, uint32_t tile)
{
	return (picture->tiles[tile] & PICTURE_TILE_DIRTY) != 0;
}

static inline enum picture_fidelity picture_fidelity(const struct picture *picture, uint32_t tile)
{
	uint8_t bits = picture->tiles[tile];

	return (bits & PICTURE_TILE_LOSSY) == 0  ? PICTURE_EXACT
	       : (bits & PICTURE_TILE_FINE) != 0 ? PICTURE_FINE
						 : PICTURE_LOSSY;
}

static inline enum picture_fidelity picture_worse(
	enum picture_fidelity left, enum picture_fidelity right)
{
	return left > right ? left : right;
}

#endif
