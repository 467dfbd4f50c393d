/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins tiles into rectangles. */

#include "rectangles.h"

#include "base/log.h"
#include "picture.h"

#define NONE SIZE_MAX

static uint32_t run_end(const uint8_t *row, uint8_t wanted, uint32_t start, uint32_t end)
{
	uint32_t x = start;

	while (x < end && row[x] == wanted) {
		x++;
	}
	return x;
}

size_t rectangles_merge(const uint8_t *map, uint8_t wanted, uint32_t columns, uint32_t rows,
	uint32_t max_columns, uint32_t max_rows, struct garasu_rect *rectangles)
{
	size_t open[PICTURE_COLUMNS_MAX]; /* rectangle that ended in the row above, by first column
					   */
	size_t count = 0;

	GARASU_INVARIANT(columns <= PICTURE_COLUMNS_MAX);
	for (uint32_t x = 0; x < columns; x++) {
		open[x] = NONE;
	}
	for (uint32_t y = 0; y < rows; y++) {
		const uint8_t *row = map + (size_t)y * columns;
		uint32_t x = 0;

		while (x < columns) {
			uint32_t limit = columns - x > max_columns ? x + max_columns : columns;
			uint32_t end = run_end(row, wanted, x, limit);
			size_t above = open[x];

			open[x] = NONE;
			if (end == x) {
				x++;
				continue;
			}
			for (uint32_t inner = x + 1; inner < end; inner++) {
				open[inner] = NONE;
			}
			if (above != NONE && rectangles[above].width == end - x &&
				rectangles[above].height < max_rows) {
				rectangles[above].height++;
			} else {
				above = count++;
				rectangles[above] = (struct garasu_rect){
					.x = x, .y = y, .width = end - x, .height = 1};
			}
			open[x] = above;
			x = end;
		}
	}
	return count;
}
