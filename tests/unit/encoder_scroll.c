/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scrolling found, and what a viewer has after the copies and the painted rest. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "encoder_scroll.h"

#define WIDTH 640u
#define HEIGHT 800u
#define PAGE 1600u /* rows and columns of the page behind it */
#define LINE 20u

static struct scene scene;
static uint32_t page[PAGE][PAGE];

static uint32_t mix(uint32_t value)
{
	value = (value ^ value >> 16) * 0x7feb352du;
	value = (value ^ value >> 15) * 0x846ca68bu;
	return value ^ value >> 16;
}

/* Lines of glyphs of 8 x 12 pixels; the same line number is the same text. */
static uint32_t text(uint32_t line, uint32_t x, uint32_t y)
{
	uint32_t glyph = mix(line * 8191u + x / 9) % 60;

	if (y >= 12 || x % 9 == 8 || glyph < 8 || x / 9 > 20 + line % 50) {
		return 0xffffff;
	}
	return (mix(glyph * 31u + y) >> (x % 9) & 1u) != 0 ? 0x202020 : 0xffffff;
}

static void fill_page(uint32_t repeats_after)
{
	for (uint32_t y = 0; y < PAGE; y++) {
		uint32_t line = repeats_after > 0 ? y / LINE % repeats_after : y / LINE;

		for (uint32_t x = 0; x < PAGE; x++) {
			page[y][x] = text(line, x, y % LINE);
		}
	}
}

/* A window onto the page, from (page_x, page_y), at area of the frame. */
static void show(struct garasu_rect area, uint32_t page_x, uint32_t page_y)
{
	for (uint32_t y = 0; y < area.height; y++) {
		memcpy(scene_at(&scene, scene.frame, area.x, area.y + y), &page[page_y + y][page_x],
			4u * (size_t)area.width);
	}
}

static void fill(struct garasu_rect area, uint32_t (*pixel)(uint32_t x, uint32_t y, uint32_t seed),
	uint32_t seed)
{
	for (uint32_t y = area.y; y < area.y + area.height; y++) {
		for (uint32_t x = area.x; x < area.x + area.width; x++) {
			uint32_t value = pixel(x, y, seed);

			memcpy(scene_at(&scene, scene.frame, x, y), &value, 4);
		}
	}
}

static const struct garasu_rect all = {0, 0, WIDTH, HEIGHT};

static void step(void)
{
	assert_int_equal(scene_step(&scene), 0);
}

static int set_up(void **state)
{
	(void)state;
	fill_page(0);
	assert_int_equal(scene_init(&scene, WIDTH, HEIGHT), 0);
	show(all, 0, 0);
	step();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scene_finish(&scene);
	return 0;
}

/* ---- what is found ---- */

static void any_step_up_or_down_paints_only_what_it_uncovers(void **state)
{
	(void)state;
	for (uint32_t distance = 1; distance <= 700; distance += distance < 130 ? 1 : 19) {
		show(all, 0, distance);
		step();
		assert_in_range(scene.painted, 0, WIDTH * distance);
		show(all, 0, 0);
		step();
		assert_in_range(scene.painted, 0, WIDTH * distance);
	}
}

static void text_page_takes_few_copies(void **state)
{
	(void)state;
	show(all, 0, 100);
	step();
	assert_in_range(scene.scroll.copies.count, 1, 6);
	assert_in_range(scene.painted, 1, WIDTH * 100);
}

static void step_sideways_paints_only_what_it_uncovers(void **state)
{
	(void)state;
	for (uint32_t distance = 1; distance <= 300; distance += distance < 40 ? 1 : 37) {
		show(all, distance, 0);
		step();
		assert_in_range(scene.painted, 0, HEIGHT * (distance + 8));
		show(all, 0, 0);
		step();
		assert_in_range(scene.painted, 0, HEIGHT * (distance + 8));
	}
}

static void two_panes_move_apart(void **state)
{
	const struct garasu_rect left = {0, 0, 301, HEIGHT}, right = {301, 0, 339, HEIGHT};

	(void)state;
	show(left, 0, 100);
	show(right, 0, 300);
	step();
	show(left, 0, 137);
	show(right, 0, 211);
	step();
	assert_in_range(scene.painted, 1, 301 * 37 + 339 * 89 + 4000);
}

static void carousel_moves_in_a_page_that_scrolls(void **state)
{
	const struct garasu_rect top = {0, 0, WIDTH, 250}, below = {0, 250, WIDTH, 550};

	(void)state;
	show(top, 100, 0);
	show(below, 0, 400);
	step();
	show(top, 180, 0);
	show(below, 0, 453);
	step();
	assert_in_range(scene.painted, 1, 250 * 90 + 53 * WIDTH + 4000);
}

static uint32_t stripes(uint32_t x, uint32_t y, uint32_t seed)
{
	return mix(x / 8 * 977u + y / 8 * 13u + seed) & 0xffffffu;
}

static void header_side_bar_and_scroll_bar_stand_still(void **state)
{
	const struct garasu_rect header = {0, 0, WIDTH, 70}, side = {0, 70, 107, HEIGHT - 70},
				 pane = {107, 70, WIDTH - 107 - 13, HEIGHT - 70},
				 bar = {WIDTH - 13, 70, 13, HEIGHT - 70};
	struct garasu_rect thumb = {WIDTH - 13, 90, 13, 60};

	(void)state;
	for (uint32_t offset = 0; offset <= 90; offset += 30) {
		fill(header, stripes, 1);
		fill(side, stripes, 2);
		fill(bar, stripes, 3);
		thumb.y += 9;
		fill(thumb, stripes, 4);
		show(pane, 0, offset);
		step();
	}
	assert_in_range(scene.painted, 1, 30 * pane.width + 13 * 128 + 2000);
}

static void table_of_repeated_lines_is_moved(void **state)
{
	(void)state;
	fill_page(4);
	show(all, 0, 0);
	step();
	show(all, 0, 30);
	step();
	assert_in_range(scene.painted, 0, WIDTH * 40);
	show(all, 0, 30 + 4 * LINE); /* looks the same */
	step();
	assert_int_equal(scene.painted, 0);
	assert_int_equal(scene.copied, 0);
}

/* A form: the same line again and again, and now and then one that is not. */
static void rare_lines_between_equal_ones_are_moved(void **state)
{
	(void)state;
	for (uint32_t y = 0; y < PAGE; y++) {
		uint32_t line = y / LINE % 8 == 3 ? y / LINE : 1;

		for (uint32_t x = 0; x < PAGE; x++) {
			page[y][x] = text(line, x, y % LINE);
		}
	}
	show(all, 0, 0);
	step();
	show(all, 0, 3 * LINE);
	step();
	assert_in_range(scene.painted, 0, WIDTH * (3 * LINE));
}

static void equal_lines_everywhere_cost_little(void **state)
{
	(void)state;
	fill_page(1);
	show(all, 0, 0);
	step();
	show(all, 0, 7);
	step();
	assert_in_range(scene.painted, 0, WIDTH * 20);
}

static uint32_t gradient(uint32_t x, uint32_t y, uint32_t seed)
{
	return (y + seed) / 4 % 256 * 0x010101u + (x / 16 << 16 & 0x3f0000u);
}

static void gradient_is_moved(void **state)
{
	(void)state;
	fill(all, gradient, 0);
	step();
	fill(all, gradient, 24);
	step();
	assert_in_range(scene.painted, 0, WIDTH * 24);
}

/* ---- what is not ---- */

static uint32_t noise(uint32_t x, uint32_t y, uint32_t seed)
{
	return mix(mix(x * 7919u + seed) + y) & 0xffffffu;
}

static void noise_has_no_scrolling(void **state)
{
	(void)state;
	fill(all, noise, 1);
	step();
	fill(all, noise, 2);
	step();
	assert_int_equal(scene.scroll.copies.count, 0);
	assert_int_equal(scene.painted, WIDTH * HEIGHT);
}

static void film_is_searched_now_and_then(void **state)
{
	uint32_t searched = 0;

	(void)state;
	for (uint32_t seed = 0; seed < SCROLL_PATIENCE + 16; seed++) {
		fill(all, noise, seed);
		step();
		searched += scene.scroll.work > 0;
	}
	assert_int_equal(searched, SCROLL_PATIENCE + 4);
	show(all, 0, 0);
	for (uint32_t offset = 0; scene.scroll.copies.count == 0; offset += 10) {
		assert_in_range(offset, 0, 60); /* found, at the latest in the fourth frame */
		show(all, 0, offset);
		step();
	}
}

static void small_change_is_not_searched(void **state)
{
	const struct garasu_rect spot = {100, 100, 20, 20};

	(void)state;
	fill(spot, noise, 1);
	step();
	assert_int_equal(scene.scroll.work, 0);
	assert_int_equal(scene.painted, 20 * 20);
}

static void picture_asked_for_again_is_painted_whole(void **state)
{
	(void)state;
	show(all, 0, 50);
	picture_mark(&scene.picture, &all);
	step();
	assert_int_equal(scene.scroll.copies.count, 0);
	assert_int_equal(scene.painted, WIDTH * HEIGHT);
	picture_forget_shown(&scene.picture);
	show(all, 0, 100);
	assert_int_not_equal(scene.picture.unknown_count, 0);
	(void)picture_take(&scene.picture, scene.frame, WIDTH, HEIGHT, &all, 0);
	assert_int_equal(scroll_find(&scene.scroll, &scene.picture), 0);
}

static void viewer_without_copies_is_not_searched_for(void **state)
{
	(void)state;
	picture_keep_shown(&scene.picture, 0);
	show(all, 0, 50);
	(void)picture_take(&scene.picture, scene.frame, WIDTH, HEIGHT, &all, 0);
	assert_int_equal(scroll_find(&scene.scroll, &scene.picture), 0);
	assert_int_equal(scene.scroll.work, 0);
}

/* ---- the bound ---- */

static uint32_t checkers(uint32_t x, uint32_t y, uint32_t seed)
{
	return ((x + seed) / 8 + y / 8) % 2 * 0xffffffu;
}

static uint32_t short_period(uint32_t x, uint32_t y, uint32_t seed)
{
	return mix((y + seed) % 3 + x / 32 * 5) & 0xffffffu;
}

static uint32_t confetti(uint32_t x, uint32_t y, uint32_t seed)
{
	return y / 10 % 2 == 0 ? noise(x / 40, y + seed, x / 32) : 0xffffffu;
}

/* scene_step counts: with too much work it does not return 0. */
static void patterns_with_many_candidates_stay_within_the_bound(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 20; seed++) {
		fill(all, checkers, seed * 8);
		step();
		fill(all, short_period, seed);
		step();
		fill(all, short_period, seed + 1);
		step();
		fill(all, confetti, seed * 10);
		step();
	}
}

static void blocks_that_swap_places_still_come_out_right(void **state)
{
	const struct garasu_rect one = {0, 0, 320, 400}, two = {320, 0, 320, 400},
				 three = {0, 400, 320, 400}, four = {320, 400, 320, 400};

	(void)state;
	show(one, 0, 0);
	show(two, 700, 700);
	show(three, 100, 1100);
	show(four, 500, 300);
	step();
	show(two, 0, 0);
	show(one, 700, 700);
	show(four, 100, 1100);
	show(three, 500, 300);
	step();
	show(one, 100, 1100);
	show(four, 700, 700);
	step();
}

static uint32_t next(uint32_t *random)
{
	*random = *random * 1664525u + 1013904223u;
	return *random >> 8;
}

static void random_pictures_come_out_right(void **state)
{
	uint32_t random = 7;

	(void)state;
	for (int round = 0; round < 150; round++) {
		for (uint32_t boxes = next(&random) % 6 + 1; boxes > 0; boxes--) {
			struct garasu_rect area = {
				next(&random) % (WIDTH - 40), next(&random) % (HEIGHT - 40), 0, 0};

			area.width = 1 + next(&random) % (WIDTH - area.x);
			area.height = 1 + next(&random) % (HEIGHT - area.y);
			show(area, next(&random) % (PAGE - WIDTH), next(&random) % (PAGE - HEIGHT));
		}
		step();
		if (next(&random) % 3 == 0) {
			scene_rest(&scene);
		}
	}
}

/* ---- lossy pixels ---- */

static void take_and_move(void)
{
	(void)picture_take(&scene.picture, scene.frame, WIDTH, HEIGHT, &all, 0);
	picture_sync(&scene.picture);
	assert_int_not_equal(scroll_find(&scene.scroll, &scene.picture), 0);
	scroll_move(&scene.scroll, &scene.picture);
}

static int is_lossy(uint32_t column, uint32_t row)
{
	return (scene.picture.tiles[row * scene.picture.columns + column] & PICTURE_TILE_LOSSY) !=
	       0;
}

static void lossy_pixels_are_lossy_where_they_are_moved(void **state)
{
	(void)state;
	picture_sent(
		&scene.picture, 5 * scene.picture.columns + 3, PICTURE_LOSSY); /* rows 320 .. 383 */
	show(all, 0, 100);
	take_and_move(); /* to rows 220 .. 283: tiles 3 and 4 */
	assert_int_equal(
		picture_fidelity(&scene.picture, 3 * scene.picture.columns + 3), PICTURE_LOSSY);
	assert_int_equal(is_lossy(3, 3), 1);
	assert_int_equal(is_lossy(3, 4), 1);
	assert_int_equal(is_lossy(3, 5), 0); /* text came over all of it */
	assert_int_equal(is_lossy(3, 2), 0);
	assert_int_equal(is_lossy(2, 3), 0);
	assert_int_equal(is_lossy(4, 4), 0);
	assert_int_equal(scene.picture.lossy_count, 2);
	assert_in_range(scene.picture.dirty_count, 20, 30); /* what it uncovered */
}

static void tile_that_is_partly_covered_stays_lossy(void **state)
{
	(void)state;
	picture_sent(&scene.picture, 12 * scene.picture.columns,
		PICTURE_FINE); /* the last row of tiles */
	show(all, 0, 10);
	take_and_move();
	assert_int_equal(
		picture_fidelity(&scene.picture, 11 * scene.picture.columns), PICTURE_FINE);
	assert_int_equal(is_lossy(0, 12), 1);
	assert_int_equal(is_lossy(0, 11), 1);
	assert_int_equal(scene.picture.lossy_count, 2);
}

#define STEP(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STEP(any_step_up_or_down_paints_only_what_it_uncovers),
		STEP(text_page_takes_few_copies),
		STEP(step_sideways_paints_only_what_it_uncovers),
		STEP(two_panes_move_apart),
		STEP(carousel_moves_in_a_page_that_scrolls),
		STEP(header_side_bar_and_scroll_bar_stand_still),
		STEP(table_of_repeated_lines_is_moved),
		STEP(rare_lines_between_equal_ones_are_moved),
		STEP(equal_lines_everywhere_cost_little),
		STEP(gradient_is_moved),
		STEP(noise_has_no_scrolling),
		STEP(film_is_searched_now_and_then),
		STEP(small_change_is_not_searched),
		STEP(picture_asked_for_again_is_painted_whole),
		STEP(viewer_without_copies_is_not_searched_for),
		STEP(patterns_with_many_candidates_stay_within_the_bound),
		STEP(blocks_that_swap_places_still_come_out_right),
		STEP(random_pictures_come_out_right),
		STEP(lossy_pixels_are_lossy_where_they_are_moved),
		STEP(tile_that_is_partly_covered_stays_lossy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
