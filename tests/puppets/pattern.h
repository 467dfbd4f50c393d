/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_PUPPETS_PATTERN_H
#define GARASU_PUPPETS_PATTERN_H

#include <stddef.h>
#include <stdint.h>

/*
 * The pictures that the painter draws: pure functions of a small state, so that a test can compute
 * what a viewer must have decoded at every pixel. A page is named by an address:
 *
 *   about:blank                     white
 *   http://HOST/solid?rgb=204080    one colour
 *   http://HOST/bars                eight colour bars over a grey ramp
 *   http://HOST/lines               1-pixel lines: upright left, level right, a grid in the middle
 *   http://HOST/photo               smooth noise with grain; ?seed=N another one
 *   http://HOST/still               a page of text-like lines
 *   http://HOST/scroll              the same, moved by the wheel; ?side=1 a sixth stands still
 *   http://HOST/table               as scroll, but its lines repeat after four
 *   http://HOST/animate             another frame at every frame callback, its number in word 0;
 *                                   ?area=small (a moving square), full (a moving page), noise, or
 *                                   photos (as noise, but cheap to draw);
 *                                   ?keys=1 shows word 1 too, and the first 64 rows stand still
 *   http://HOST/keys                shows what arrived: words and cells, below
 *   http://HOST/text                as keys, with a text field; ?hidden=1 one for passwords;
 *                                   ?late=1 enabled when its window gets another size
 *   http://HOST/pointer             as keys, and shows the pointer; ?side=1 sets its own picture
 *   http://HOST/end?code=N          the painter exits with N
 *   http://HOST/hog-memory          the painter takes memory until it dies, or exits at 4 GiB
 *   http://HOST/hog-processes       the painter starts processes until it may not: red; white when
 *                                   it had 2000
 *
 * Words are 32-bit bar codes, highest bit first, each bit 8 x 8 pixels, black 0 and white 1; word n
 * is at y = 8 n. Cells are bar codes of 21 bits below them: the nth thing that arrived is in cell n
 * % 32. It is a code point, or PATTERN_KEY + evdev code for a key press that makes no character.
 */

#define PATTERN_BIT 8u
#define PATTERN_WORDS 4u
#define PATTERN_CELLS 32u
#define PATTERN_CELL_BITS 21u
#define PATTERN_CELLS_Y (PATTERN_BIT * (PATTERN_WORDS + 1))
#define PATTERN_KEY 0x110000u
#define PATTERN_POINTER_SIDE 32u
#define PATTERN_POINTER_HOT 5u

enum pattern_kind {
	PATTERN_SOLID,
	PATTERN_BARS,
	PATTERN_LINES,
	PATTERN_PHOTO,
	PATTERN_STILL,
	PATTERN_SCROLL,
	PATTERN_TABLE,
	PATTERN_ANIMATE,
	PATTERN_KEYS,
	PATTERN_TEXT,
	PATTERN_POINTER,
	PATTERN_END,
	PATTERN_HOG_MEMORY,
	PATTERN_HOG_PROCESSES,
};

enum pattern_area {
	PATTERN_AREA_SMALL,
	PATTERN_AREA_FULL,
	PATTERN_AREA_NOISE,
	PATTERN_AREA_PHOTOS
};

enum pattern_word {
	PATTERN_WORD_COUNT = 0,    /* frames of animate; things that arrived */
	PATTERN_WORD_STATE = 1,    /* keys held, modifiers << 8, buttons << 16, activity << 24 */
	PATTERN_WORD_POSITION = 2, /* of the pointer, physical: x << 16 | y */
	PATTERN_WORD_WHEEL = 3,    /* sums in 1/120 notch: (u16) x << 16 | (u16) y */
};

enum pattern_activity {
	PATTERN_KEYBOARD_FOCUS = 1u << 24,
	PATTERN_POINTER_INSIDE = 1u << 25,
	PATTERN_TEXT_INSIDE = 1u << 26,
};

struct pattern {
	enum pattern_kind kind;
	enum pattern_area area;
	uint32_t width, height; /* physical pixels */
	uint32_t rgb;
	uint32_t seed;
	uint32_t code;
	uint32_t offset; /* of scroll and table, in pixels */
	uint32_t has_side, is_hidden, is_late, has_keys;
	uint32_t words[PATTERN_WORDS];
	uint32_t cells[PATTERN_CELLS];
};

struct pattern_box {
	uint32_t x, y, width, height;
};

/* Fills the page of an address, its size still 0. Returns 0, or -1 for one that is none. */
int pattern_parse(struct pattern *pattern, const char *address);

/* Returns 0x00RRGGBB of a pixel within width x height. */
uint32_t pattern_pixel(const struct pattern *pattern, uint32_t x, uint32_t y);

/* Returns 0xAARRGGBB, premultiplied, of the pointer picture that the painter sets. */
uint32_t pattern_pointer_pixel(uint32_t x, uint32_t y);

/* Fills boxes with at most 4 that cover all that differs. Returns how many. */
int pattern_difference(
	const struct pattern *before, const struct pattern *after, struct pattern_box boxes[4]);

/* Notes that a code point (or PATTERN_KEY + code) arrived. */
void pattern_arrive(struct pattern *pattern, uint32_t what);

/* Read back from XRGB8888 pixels, stride in bytes. Return 0, or -1 when a bit is neither black nor
 * white (to within a quarter, for pictures that a lossy coder made). */
int pattern_read_word(
	const uint8_t *pixels, size_t stride, enum pattern_word word_number, uint32_t *word);
int pattern_read_cell(const uint8_t *pixels, size_t stride, unsigned cell_number, uint32_t *cell);

#endif
