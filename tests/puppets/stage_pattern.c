/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the painter shows, read from the frame memory. */

#include "stage_pattern.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

int stage_shows(const struct stage *stage, const struct pattern *pattern)
{
	if (stage->header->width == 0 || stage->header->height == 0) {
		return 0; /* nothing was drawn yet */
	}
	for (uint32_t y = 0; y < stage->header->height; y++) {
		for (uint32_t x = 0; x < stage->header->width; x++) {
			if (stage_pixel(stage, x, y) != pattern_pixel(pattern, x, y)) {
				return 0;
			}
		}
	}
	return 1;
}

void stage_wait_word(struct stage *stage, enum pattern_word number, uint32_t mask, uint32_t bits)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;
	uint32_t word = 0;

	while (pattern_read_word(stage->pixels, STAGE_STRIDE, number, &word) != 0 ||
		(word & mask) != bits) {
		if (garasu_clock_ms() > deadline) {
			fail_msg("word %d is %08x, not %08x", number, word, bits);
		}
		stage_frame(stage);
	}
}

void stage_expect_cell(struct stage *stage, uint32_t number, uint32_t what)
{
	uint32_t cell = 0;

	assert_int_equal(
		pattern_read_cell(stage->pixels, STAGE_STRIDE, number % PATTERN_CELLS, &cell), 0);
	assert_int_equal(cell, what);
}
