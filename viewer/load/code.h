/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_CODE_H
#define LOAD_CODE_H

#include <stddef.h>
#include <stdint.h>

/*
 * What the tester's own pages write into their picture for it to read back: bar codes whose cells
 * are black or white, found by four cells magenta, green, magenta, green.
 *
 * The strip is one row of square cells: the finder, then token (8 bits), count (16), frame (16) and
 * a check sum (8), highest bit first. A page draws it whole in one script turn, so a strip whose
 * check sum fits is one that the page meant. The ruler is a column of rows that scrolls with the
 * page: black, white, the row's index (12 bits) and a check (4 bits).
 */

#define CODE_CELL 8u /* side of a strip's cell, in the page's pixels */
#define CODE_FINDER_CELLS 4u
#define CODE_STRIP_CELLS 52u
#define CODE_RULER_CELL 4u /* width of a ruler's cell */
#define CODE_RULER_ROW 16u /* height of a ruler's row */
#define CODE_RULER_CELLS 18u
#define CODE_SCALE_ONE 120u

struct code_picture {
	const uint8_t *pixels; /* B G R X; borrowed */
	size_t stride;         /* bytes */
	uint32_t width, height;
	uint32_t scale; /* picture's pixels for 120 of the page's */
};

struct code_place {
	uint32_t x, y; /* the strip's upper left pixel */
};

struct code_strip {
	uint8_t token;
	uint16_t count, frame;
};

enum code_side { CODE_TOP, CODE_BOTTOM };

/* Finds the uppermost or the lowest strip. Returns 0 or -ENOENT. */
int code_find(const struct code_picture *picture, enum code_side side, struct code_place *place)
	__attribute__((warn_unused_result));

/* Reads a strip. Returns 0, or -EILSEQ when it is none, torn or covered. */
int code_read(const struct code_picture *picture, const struct code_place *place,
	struct code_strip *strip) __attribute__((warn_unused_result));

/* Reads how many of the picture's pixels the page is scrolled: the ruler stands at the strip's x,
 * its row 0 began at the strip's y. Returns 0, or -EILSEQ. */
int code_ruler(const struct code_picture *picture, const struct code_place *place,
	int32_t *position) __attribute__((warn_unused_result));

/* The strip's check sum over its first five bytes, and a ruler row's check. */
uint8_t code_check(const uint8_t bytes[5]);
uint32_t code_row_check(uint32_t row);

#endif
