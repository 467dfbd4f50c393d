/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bar codes of the tester's pages, drawn here by their description and read back. */

#include "code.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 800u
#define HEIGHT 300u
#define BLACK 0x000000u
#define WHITE 0xffffffu
#define MAGENTA 0xff00ffu
#define GREEN 0x00ff00u

static uint32_t pixels[WIDTH * HEIGHT];

static struct code_picture picture(uint32_t scale)
{
	return (struct code_picture){.pixels = (const uint8_t *)pixels,
		.stride = WIDTH * 4,
		.width = WIDTH,
		.height = HEIGHT,
		.scale = scale};
}

static int blank(void **state)
{
	(void)state;
	memset(pixels, 0xdd, sizeof(pixels));
	return 0;
}

static void fill(uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint32_t rgb)
{
	for (uint32_t row = y; row < y + height; row++) {
		for (uint32_t column = x; column < x + width; column++) {
			pixels[row * WIDTH + column] = rgb;
		}
	}
}

static void draw_strip(uint32_t x, uint32_t y, uint32_t side, const struct code_strip *strip)
{
	const uint8_t bytes[5] = {strip->token, (uint8_t)(strip->count >> 8), (uint8_t)strip->count,
		(uint8_t)(strip->frame >> 8), (uint8_t)strip->frame};

	for (uint32_t i = 0; i < CODE_FINDER_CELLS; i++) {
		fill(x + i * side, y, side, side, i % 2 == 0 ? MAGENTA : GREEN);
	}
	for (uint32_t i = 0; i < 48; i++) {
		uint8_t byte = i < 40 ? bytes[i / 8] : code_check(bytes);

		fill(x + (CODE_FINDER_CELLS + i) * side, y, side, side,
			byte >> (7 - i % 8) & 1 ? WHITE : BLACK);
	}
}

/* Rows of the ruler as they stand when the page is scrolled by so much. */
static void draw_ruler(uint32_t x, uint32_t top, uint32_t position)
{
	for (uint32_t y = top; y < HEIGHT; y++) {
		uint32_t row = (y - top + position) / CODE_RULER_ROW;
		uint32_t bits = 1u << 16 | row << 4 | code_row_check(row);

		for (uint32_t i = 0; i < CODE_RULER_CELLS; i++) {
			fill(x + i * CODE_RULER_CELL, y, CODE_RULER_CELL, 1,
				bits >> (CODE_RULER_CELLS - 1 - i) & 1 ? WHITE : BLACK);
		}
	}
}

static const struct code_strip sample = {.token = 0xa7, .count = 0x1234, .frame = 0xfedc};

static void strip_is_found_where_it_stands_and_reads_back(void **state)
{
	struct code_picture where = picture(CODE_SCALE_ONE);
	struct code_place place;
	struct code_strip strip;

	(void)state;
	draw_strip(13, 87, CODE_CELL, &sample);
	assert_int_equal(code_find(&where, CODE_TOP, &place), 0);
	assert_int_equal(place.x, 13);
	assert_int_equal(place.y, 87);
	assert_int_equal(code_read(&where, &place, &strip), 0);
	assert_int_equal(strip.token, sample.token);
	assert_int_equal(strip.count, sample.count);
	assert_int_equal(strip.frame, sample.frame);
}

static void strip_is_read_at_150_percent(void **state)
{
	struct code_picture where = picture(180);
	struct code_place place;
	struct code_strip strip;

	(void)state;
	draw_strip(0, 90, 12, &sample);
	assert_int_equal(code_find(&where, CODE_TOP, &place), 0);
	assert_int_equal(place.y, 90);
	assert_int_equal(code_read(&where, &place, &strip), 0);
	assert_int_equal(strip.count, sample.count);
}

static void upper_and_lower_strips_are_told_apart(void **state)
{
	struct code_picture where = picture(CODE_SCALE_ONE);
	struct code_strip other = {.token = 1, .count = 2, .frame = 3}, strip;
	struct code_place top, bottom;

	(void)state;
	draw_strip(0, 40, CODE_CELL, &sample);
	draw_strip(0, HEIGHT - CODE_CELL, CODE_CELL, &other);
	assert_int_equal(code_find(&where, CODE_TOP, &top), 0);
	assert_int_equal(code_find(&where, CODE_BOTTOM, &bottom), 0);
	assert_int_equal(top.y, 40);
	assert_in_range(bottom.y, HEIGHT - CODE_CELL, HEIGHT - CODE_CELL);
	assert_int_equal(code_read(&where, &bottom, &strip), 0);
	assert_int_equal(strip.frame, 3);
}

static void strip_of_two_frames_is_refused(void **state)
{
	struct code_picture where = picture(CODE_SCALE_ONE);
	struct code_strip next = sample, strip;
	const struct code_place place = {0, 0};
	uint32_t half[200 * CODE_CELL];

	(void)state;
	next.count = 0x4321;
	next.frame += 2;
	draw_strip(0, 0, CODE_CELL, &sample);
	for (uint32_t y = 0; y < CODE_CELL; y++) {
		memcpy(half + y * 200, pixels + y * WIDTH, sizeof(uint32_t) * 200);
	}
	draw_strip(0, 0, CODE_CELL, &next);
	assert_int_equal(code_read(&where, &place, &strip), 0);
	for (uint32_t y = 0; y < CODE_CELL; y++) { /* the left half is a frame older */
		memcpy(pixels + y * WIDTH, half + y * 200, sizeof(uint32_t) * 200);
	}
	assert_int_equal(code_read(&where, &place, &strip), -EILSEQ);
}

static void every_single_wrong_cell_is_refused(void **state)
{
	struct code_picture where = picture(CODE_SCALE_ONE);
	const struct code_place place = {0, 0};
	struct code_strip strip;

	(void)state;
	for (uint32_t cell = CODE_FINDER_CELLS; cell < CODE_STRIP_CELLS; cell++) {
		draw_strip(0, 0, CODE_CELL, &sample);
		fill(cell * CODE_CELL, 0, CODE_CELL, CODE_CELL,
			pixels[cell * CODE_CELL] == WHITE ? BLACK : WHITE);
		assert_int_equal(code_read(&where, &place, &strip), -EILSEQ);
		fill(cell * CODE_CELL, 0, CODE_CELL, CODE_CELL, 0x808080);
		assert_int_equal(code_read(&where, &place, &strip), -EILSEQ);
	}
}

static void strip_survives_a_quarter_of_loss(void **state)
{
	struct code_picture where = picture(CODE_SCALE_ONE);
	const struct code_place place = {0, 0};
	struct code_strip strip;

	(void)state;
	draw_strip(0, 0, CODE_CELL, &sample);
	/* every channel nearer to grey by 60 of 255 */
	fill(0, 0, CODE_CELL, CODE_CELL, 0xc33cc3);
	fill(CODE_CELL, 0, CODE_CELL, CODE_CELL, 0x3cc33c);
	fill(2 * CODE_CELL, 0, CODE_CELL, CODE_CELL, 0xc33cc3);
	fill(3 * CODE_CELL, 0, CODE_CELL, CODE_CELL, 0x3cc33c);
	for (uint32_t cell = CODE_FINDER_CELLS; cell < CODE_STRIP_CELLS; cell++) {
		uint32_t is_white = (pixels[cell * CODE_CELL] & 0x80u) != 0;

		fill(cell * CODE_CELL, 0, CODE_CELL, CODE_CELL, is_white ? 0xc3c3c3 : 0x3c3c3c);
	}
	assert_int_equal(code_read(&where, &place, &strip), 0);
	assert_int_equal(strip.frame, sample.frame);
}

static void picture_without_a_strip_has_none(void **state)
{
	struct code_picture where = picture(CODE_SCALE_ONE);
	struct code_place place;

	(void)state;
	assert_int_equal(code_find(&where, CODE_TOP, &place), -ENOENT);
	where.width = 100; /* too narrow for one */
	assert_int_equal(code_find(&where, CODE_TOP, &place), -ENOENT);
	where.height = 3;
	assert_int_equal(code_find(&where, CODE_BOTTOM, &place), -ENOENT);
}

static void ruler_tells_every_position(void **state)
{
	struct code_picture where = picture(CODE_SCALE_ONE);
	const struct code_place place = {0, 20};
	int32_t position = -1;

	(void)state;
	for (uint32_t wanted = 0; wanted < 11000; wanted += 37) {
		draw_ruler(0, 20, wanted);
		assert_int_equal(code_ruler(&where, &place, &position), 0);
		assert_int_equal(position, wanted);
	}
}

static void covered_ruler_is_refused(void **state)
{
	struct code_picture where = picture(CODE_SCALE_ONE);
	const struct code_place place = {0, 20}, outside = {0, HEIGHT};
	int32_t position = 5;

	(void)state;
	draw_ruler(0, 20, 500);
	fill(20, 100, 8, HEIGHT - 100, 0x808080);
	assert_int_equal(code_ruler(&where, &place, &position), -EILSEQ);
	assert_int_equal(code_ruler(&where, &outside, &position), -EILSEQ);
	assert_int_equal(position, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(strip_is_found_where_it_stands_and_reads_back, blank),
		cmocka_unit_test_setup(strip_is_read_at_150_percent, blank),
		cmocka_unit_test_setup(upper_and_lower_strips_are_told_apart, blank),
		cmocka_unit_test_setup(strip_of_two_frames_is_refused, blank),
		cmocka_unit_test_setup(every_single_wrong_cell_is_refused, blank),
		cmocka_unit_test_setup(strip_survives_a_quarter_of_loss, blank),
		cmocka_unit_test_setup(picture_without_a_strip_has_none, blank),
		cmocka_unit_test_setup(ruler_tells_every_position, blank),
		cmocka_unit_test_setup(covered_ruler_is_refused, blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
