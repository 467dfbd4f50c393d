/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FRAME_H
#define GARASU_FRAME_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * Frame memory: the edge from compositor (writes) to encoder (reads).
 *
 * One memfd, made by the supervisor outside the jail at the largest geometry that policy allows,
 * sealed with F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL before anyone sees it. The encoder maps it
 * read-only and trusts nothing in it: every header field is clamped, and pixels are copied into
 * private memory before anything looks at them twice.
 *
 * Layout, in bytes from the start:
 *   0                            struct garasu_frame_header, in the first page
 *   GARASU_FRAME_POINTER_OFFSET  pointer picture, ARGB8888 premultiplied, rows of 256 pixels
 *   GARASU_FRAME_PIXELS_OFFSET   pixels, XRGB8888 (little endian: bytes B G R X), rows of stride
 *                                bytes, stride = 4 * max_width for the life of the memory
 *
 * Drawing: the writer makes sequence odd, draws, sets the header's fields, makes sequence even (the
 * next even number), and writes one byte into the news pipe. A reader that finds sequence odd, or
 * changed after its copy, or that missed a sequence (more than one even step since its last), must
 * compare the whole picture instead of the damage.
 */

#define GARASU_FRAME_MAGIC 0x52464147u /* "GAFR" */
#define GARASU_FRAME_VERSION 1u
#define GARASU_FRAME_DAMAGE_MAX 16u
#define GARASU_FRAME_POINTER_MAX 256u /* pixels, each side */
#define GARASU_FRAME_POINTER_OFFSET 4096u
#define GARASU_FRAME_PIXELS_OFFSET (4096u + 256u * 256u * 4u)
#define GARASU_FRAME_WIDTH_LIMIT 8192u /* no policy allows more */
#define GARASU_FRAME_HEIGHT_LIMIT 4320u
#define GARASU_FRAME_SIDE_MIN 64u

/* Scale is counted in 1/120, as wp_fractional_scale_v1 does: 120 is 100 %. */
#define GARASU_SCALE_ONE 120u
#define GARASU_SCALE_MAX 300u

enum garasu_frame_bits {
	GARASU_FRAME_TEXT_FOCUS = 1u << 0,  /* a text field has the focus; caret is valid */
	GARASU_FRAME_TEXT_HIDDEN = 1u << 1, /* the field hides what is typed */
	GARASU_FRAME_LED_CAPS = 1u << 2,
	GARASU_FRAME_LED_NUM = 1u << 3,
	GARASU_FRAME_LED_SCROLL = 1u << 4,
	GARASU_FRAME_BITS_ALL = 0x1fu,
};

struct garasu_rect {
	uint32_t x, y, width, height; /* pixels */
};

struct garasu_frame_header {
	uint32_t magic;
	uint32_t version;
	uint32_t max_width, max_height; /* pixels, fixed; set by the supervisor */
	_Atomic uint32_t sequence;      /* odd while drawing */
	uint32_t width, height;         /* pixels of this frame */
	uint32_t scale;                 /* 1/120 */
	uint32_t geometry_serial;       /* last size record handled, see input.h */
	uint32_t bits;                  /* enum garasu_frame_bits */
	struct garasu_rect caret;       /* pixels, within the frame */
	uint32_t damage_count;          /* 0: unknown, compare everything */
	struct garasu_rect damage[GARASU_FRAME_DAMAGE_MAX]; /* since the frame before */
	uint32_t pointer_sequence;                          /* changes with the pointer picture */
	uint32_t pointer_width, pointer_height;             /* 0 x 0: hidden */
	uint32_t pointer_hot_x, pointer_hot_y;
	uint32_t frames_drawn; /* for the pacing tests and the session's record */
};

/* Returns the bytes that frame memory of this largest geometry takes. */
static inline uint64_t garasu_frame_bytes(uint32_t max_width, uint32_t max_height)
{
	return GARASU_FRAME_PIXELS_OFFSET + (uint64_t)max_width * max_height * 4u;
}

_Static_assert(sizeof(struct garasu_frame_header) <= GARASU_FRAME_POINTER_OFFSET, "first page");

#endif
