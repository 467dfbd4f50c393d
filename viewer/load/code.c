/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bar codes in a decoded picture. Reads untrusted bytes from: the server, as pixels. */

#include "code.h"

#include <errno.h>
#include <stdbool.h>

#define DARK 64u /* lossy coders move black and white by less than a quarter */
#define LIGHT 191u
#define RULER_SEARCH_ROWS 3u

enum cell { CELL_OTHER, CELL_BLACK, CELL_WHITE, CELL_MAGENTA, CELL_GREEN };

static enum cell cell_at(const struct code_picture *picture, uint32_t x, uint32_t y)
{
	const uint8_t *pixel = picture->pixels + y * picture->stride + (size_t)x * 4;
	unsigned bits = 0;

	for (unsigned i = 0; i < 3; i++) {
		if (pixel[i] > LIGHT) {
			bits |= 1u << i;
		} else if (pixel[i] >= DARK) {
			return CELL_OTHER;
		}
	}
	switch (bits) {
	case 0:
		return CELL_BLACK;
	case 7:
		return CELL_WHITE;
	case 5:
		return CELL_MAGENTA;
	case 2:
		return CELL_GREEN;
	default:
		return CELL_OTHER;
	}
}

static uint32_t scaled(const struct code_picture *picture, uint32_t length)
{
	return length * picture->scale / CODE_SCALE_ONE;
}

/* The middle of a cell of the given side. */
static uint32_t middle(const struct code_picture *picture, uint32_t index, uint32_t side)
{
	return (2 * index + 1) * side * picture->scale / (2 * CODE_SCALE_ONE);
}

static bool has_room(const struct code_picture *picture, const struct code_place *place)
{
	uint32_t width = scaled(picture, CODE_STRIP_CELLS * CODE_CELL);
	uint32_t height = scaled(picture, CODE_CELL);

	return width <= picture->width && place->x <= picture->width - width &&
	       height <= picture->height && place->y <= picture->height - height;
}

uint8_t code_check(const uint8_t bytes[5])
{
	unsigned check = 0xa5;

	for (unsigned i = 0; i < 5; i++) {
		check ^= bytes[i];
		for (unsigned bit = 0; bit < 8; bit++) { /* x^8 + x^2 + x + 1 */
			check = check & 0x80u ? ((check << 1) ^ 0x07u) & 0xffu : check << 1;
		}
	}
	return (uint8_t)check;
}

uint32_t code_row_check(uint32_t row)
{
	return (row ^ row >> 4 ^ row >> 8 ^ 5u) & 15u;
}

int code_read(const struct code_picture *picture, const struct code_place *place,
	struct code_strip *strip)
{
	static const enum cell finder[CODE_FINDER_CELLS] = {
		CELL_MAGENTA, CELL_GREEN, CELL_MAGENTA, CELL_GREEN};
	uint8_t bytes[6] = {0};
	uint32_t y = place->y + middle(picture, 0, CODE_CELL);

	if (!has_room(picture, place)) {
		return -EILSEQ;
	}
	for (uint32_t i = 0; i < CODE_STRIP_CELLS; i++) {
		enum cell cell = cell_at(picture, place->x + middle(picture, i, CODE_CELL), y);
		uint32_t bit = i - CODE_FINDER_CELLS;

		if (i < CODE_FINDER_CELLS) {
			if (cell != finder[i]) {
				return -EILSEQ;
			}
			continue;
		}
		if (cell != CELL_BLACK && cell != CELL_WHITE) {
			return -EILSEQ;
		}
		bytes[bit / 8] |= (uint8_t)((cell == CELL_WHITE) << (7 - bit % 8));
	}
	if (code_check(bytes) != bytes[5]) {
		return -EILSEQ;
	}
	*strip = (struct code_strip){.token = bytes[0],
		.count = (uint16_t)(bytes[1] << 8 | bytes[2]),
		.frame = (uint16_t)(bytes[3] << 8 | bytes[4])};
	return 0;
}

static bool find_in_row(const struct code_picture *picture, uint32_t y, struct code_place *place)
{
	uint32_t width = scaled(picture, CODE_STRIP_CELLS * CODE_CELL);
	struct code_strip ignored;

	for (uint32_t x = 0; width <= picture->width && x <= picture->width - width; x++) {
		*place = (struct code_place){x, y};
		if (cell_at(picture, x, y) == CELL_MAGENTA &&
			code_read(picture, place, &ignored) == 0) {
			return true;
		}
	}
	return false;
}

int code_find(const struct code_picture *picture, enum code_side side, struct code_place *place)
{
	uint32_t height = scaled(picture, CODE_CELL);
	uint32_t rows = picture->height >= height ? picture->height - height + 1 : 0;

	for (uint32_t i = 0; i < rows; i++) {
		if (find_in_row(picture, side == CODE_TOP ? i : rows - 1 - i, place)) {
			return 0;
		}
	}
	return -ENOENT;
}

/* The index of the ruler's row that covers y, or -1. */
static int32_t ruler_row(const struct code_picture *picture, uint32_t x, uint32_t y)
{
	uint32_t bits = 0;

	for (uint32_t i = 0; i < CODE_RULER_CELLS; i++) {
		enum cell cell = cell_at(picture, x + middle(picture, i, CODE_RULER_CELL), y);

		if (cell != CELL_BLACK && cell != CELL_WHITE) {
			return -1;
		}
		bits = bits << 1 | (cell == CELL_WHITE);
	}
	if (bits >> 16 != 1 || (bits & 15u) != code_row_check(bits >> 4 & 0xfffu)) {
		return -1;
	}
	return (int32_t)(bits >> 4 & 0xfffu);
}

int code_ruler(
	const struct code_picture *picture, const struct code_place *place, int32_t *position)
{
	uint32_t start = picture->height / 2, rows = scaled(picture, CODE_RULER_ROW);
	int32_t before;

	if (!has_room(picture, place) || start + rows * RULER_SEARCH_ROWS >= picture->height) {
		return -EILSEQ;
	}
	before = ruler_row(picture, place->x, start);
	for (uint32_t y = start + 1; y <= start + rows * RULER_SEARCH_ROWS; y++) {
		int32_t row = ruler_row(picture, place->x, y);

		if (before >= 0 && row == before + 1) {
			*position = row * (int32_t)rows - (int32_t)(y - place->y);
			return 0;
		}
		before = row;
	}
	return -EILSEQ;
}
