/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private picture: what it copies, what it marks, and what it knows of the viewer. */

#include "picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_WIDTH 256u
#define MAX_HEIGHT 192u
#define WIDTH 200u  /* 4 tiles, the last one 8 wide */
#define HEIGHT 130u /* 3 tiles, the last one 2 high */

static uint8_t source[MAX_WIDTH * MAX_HEIGHT * 4];
static struct picture picture;
static const struct garasu_rect all = {0, 0, WIDTH, HEIGHT};

static uint8_t *source_at(uint32_t x, uint32_t y)
{
	return source + 4u * ((size_t)y * MAX_WIDTH + x);
}

static void send_all(enum picture_fidelity fidelity)
{
	for (uint32_t tile = 0; tile < picture.columns * picture.rows; tile++) {
		picture_sent(&picture, tile, fidelity);
	}
}

static int set_up(void **state)
{
	(void)state;
	memset(source, 0, sizeof(source));
	assert_int_equal(picture_init(&picture, MAX_WIDTH, MAX_HEIGHT), 0);
	picture_resize(&picture, WIDTH, HEIGHT);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	picture_finish(&picture);
	return 0;
}

static void resize_makes_every_tile_dirty(void **state)
{
	(void)state;
	assert_int_equal(picture.columns, 4);
	assert_int_equal(picture.rows, 3);
	assert_int_equal(picture.dirty_count, 12);
	picture_resize(&picture, 5000, 5000);
	assert_int_equal(picture.width, MAX_WIDTH);
	assert_int_equal(picture.height, MAX_HEIGHT);
}

static void take_copies_and_marks_only_what_differs(void **state)
{
	(void)state;
	send_all(PICTURE_EXACT);
	source_at(64, 64)[1] = 9;   /* first pixel of tile 5 */
	source_at(199, 129)[2] = 9; /* last pixel of the last */
	assert_int_equal(picture_take(&picture, source, WIDTH, HEIGHT, &all, 50), 2);
	assert_int_equal(picture.dirty_count, 2);
	assert_int_equal(picture.tiles[5], PICTURE_TILE_DIRTY);
	assert_int_equal(picture.tiles[11], PICTURE_TILE_DIRTY);
	assert_int_equal(picture.changed_ms[5], 50);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		assert_memory_equal(
			picture_at(&picture, 0, y), source_at(0, y), 4u * (size_t)WIDTH);
	}
	assert_int_equal(picture_take(&picture, source, WIDTH, HEIGHT, &all, 60), 0);
	assert_int_equal(picture.changed_ms[5], 50);
}

static void take_looks_only_at_tiles_that_touch_the_area(void **state)
{
	const struct garasu_rect area = {60, 60, 10, 10}; /* four tiles */
	const struct garasu_rect beyond = {WIDTH, 0, 50, 50}, empty = {10, 10, 0, 0};

	(void)state;
	send_all(PICTURE_EXACT);
	memset(source, 1, sizeof(source));
	assert_int_equal(picture_take(&picture, source, WIDTH, HEIGHT, &area, 0), 4);
	assert_int_equal(picture.tiles[0], PICTURE_TILE_DIRTY);
	assert_int_equal(picture.tiles[5], PICTURE_TILE_DIRTY);
	assert_int_equal(picture.tiles[2], 0);
	assert_int_equal(picture_take(&picture, source, WIDTH, HEIGHT, &beyond, 0), 0);
	assert_int_equal(picture_take(&picture, source, WIDTH, HEIGHT, &empty, 0), 0);
}

static void take_of_a_smaller_frame_leaves_the_rest(void **state)
{
	(void)state;
	memset(source, 1, sizeof(source));
	assert_int_equal(picture_take(&picture, source, 100, 70, &all, 0), 4);
	assert_int_equal(picture_at(&picture, 99, 69)[0], 1);
	assert_int_equal(picture_at(&picture, 100, 69)[0], 0);
	assert_int_equal(picture_at(&picture, 99, 70)[0], 0);
}

static void take_of_a_larger_frame_is_cut(void **state)
{
	const struct garasu_rect large = {0, 0, MAX_WIDTH, MAX_HEIGHT};

	(void)state;
	memset(source, 1, sizeof(source));
	assert_int_equal(picture_take(&picture, source, MAX_WIDTH, MAX_HEIGHT, &large, 0), 12);
	assert_int_equal(picture_at(&picture, WIDTH, 0)[0], 0);
}

static void mark_counts_a_tile_once(void **state)
{
	const struct garasu_rect area = {0, 0, 65, 1}, outside = {500, 500, 10, 10};

	(void)state;
	send_all(PICTURE_EXACT);
	picture_mark(&picture, &area);
	picture_mark(&picture, &area);
	picture_mark(&picture, &outside);
	assert_int_equal(picture.dirty_count, 2);
}

static void fidelity_is_that_of_the_worst_pixel(void **state)
{
	(void)state;
	send_all(PICTURE_EXACT);
	assert_int_equal(picture.lossy_count, 0);
	picture_sent(&picture, 3, PICTURE_LOSSY);
	picture_sent(&picture, 4, PICTURE_FINE);
	assert_int_equal(picture.lossy_count, 2);
	picture_moved(&picture, 3, PICTURE_FINE, 0); /* some of it is as before */
	assert_int_equal(picture_fidelity(&picture, 3), PICTURE_LOSSY);
	picture_moved(&picture, 3, PICTURE_FINE, 1);
	assert_int_equal(picture_fidelity(&picture, 3), PICTURE_FINE);
	picture_moved(&picture, 4, PICTURE_LOSSY, 0);
	assert_int_equal(picture_fidelity(&picture, 4), PICTURE_LOSSY);
	picture_moved(&picture, 4, PICTURE_EXACT, 1);
	assert_int_equal(picture_fidelity(&picture, 4), PICTURE_EXACT);
	assert_int_equal(picture.lossy_count, 1);
	picture_mark(&picture, &all); /* dirty says nothing about it */
	assert_int_equal(picture_fidelity(&picture, 3), PICTURE_FINE);
}

static void tile_is_cut_at_the_edges(void **state)
{
	struct garasu_rect rect = picture_tile_rect(&picture, 11);

	(void)state;
	assert_int_equal(rect.x, 192);
	assert_int_equal(rect.y, 128);
	assert_int_equal(rect.width, 8);
	assert_int_equal(rect.height, 2);
}

/* ---- rest ---- */

static size_t pages_of_shown(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE), count = 0;
	unsigned char in_core[64];

	assert_in_range(picture.plane_bytes, 1, sizeof(in_core) * size);
	assert_int_equal(mincore(picture.shown, picture.plane_bytes, in_core), 0);
	for (size_t i = 0; i < (picture.plane_bytes + size - 1) / size; i++) {
		count += in_core[i] & 1;
	}
	return count;
}

/* Sends a grey picture and lets it rest. */
static void send_and_rest(void)
{
	memset(source, 0x55, sizeof(source));
	picture_keep_shown(&picture, 1);
	(void)picture_take(&picture, source, MAX_WIDTH, MAX_HEIGHT, &all, 1);
	picture_sync(&picture);
	send_all(PICTURE_EXACT);
	for (unsigned i = 0; i < PICTURE_CALM; i++) {
		assert_int_equal(picture.is_resting, 0);
		picture_rest(&picture);
	}
	assert_int_equal(picture.is_resting, 1);
}

static void picture_at_rest_gives_its_second_plane_back(void **state)
{
	(void)state;
	send_and_rest();
	assert_int_equal(pages_of_shown(), 0);
	picture_wake(&picture);
	assert_int_not_equal(pages_of_shown(), 0);
	assert_memory_equal(picture.shown, picture.pixels, picture.stride * HEIGHT);
}

static void tile_that_changes_at_rest_is_still_known(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		send_and_rest();
		memset(source_at(70, 10), 0xaa, 4);
		assert_int_equal(picture_take(&picture, source, MAX_WIDTH, MAX_HEIGHT, &all, 2), 1);
		picture_sync(&picture);
		assert_int_equal(picture.is_resting, 1);
		assert_int_equal(*picture_at(&picture, 70, 10), 0xaa);
		assert_int_equal(*picture_shown_at(&picture, 70, 10), 0x55);
		assert_int_equal(*picture_shown_at(&picture, 70, 100), 0); /* another tile */
		send_all(PICTURE_EXACT);
		picture_rest(&picture);
		assert_int_equal(pages_of_shown(), 0);
		picture_wake(&picture);
		assert_int_equal(*picture_shown_at(&picture, 70, 10), 0xaa);
		assert_int_equal(*picture_shown_at(&picture, 70, 100), 0x55);
	}
}

static void picture_that_the_viewer_lacks_does_not_rest(void **state)
{
	(void)state;
	send_and_rest();
	picture_wake(&picture);
	picture_mark(&picture, &all);
	for (unsigned i = 0; i < 2 * PICTURE_CALM; i++) {
		picture_rest(&picture);
	}
	assert_int_equal(picture.is_resting, 0);
	send_all(PICTURE_EXACT);
	picture_keep_shown(&picture, 0);
	picture_rest(&picture);
	assert_int_equal(picture.is_resting, 0);
}

/* A viewer that says so hundreds of times in one read makes no copy each time. */
static void keeping_what_is_shown_anew_copies_nothing_until_it_is_needed(void **state)
{
	(void)state;
	memset(source, 0x55, sizeof(source));
	(void)picture_take(&picture, source, MAX_WIDTH, MAX_HEIGHT, &all, 1);
	picture_sync(&picture);
	send_all(PICTURE_EXACT);
	picture_keep_shown(&picture, 1);
	picture_wake(&picture);
	memset(picture.shown, 0x11, picture.stride * picture.height);
	for (int time = 0; time < 3; time++) {
		picture_keep_shown(&picture, 0);
		picture_keep_shown(&picture, 1);
	}
	assert_int_equal(picture_shown_at(&picture, 0, 0)[0], 0x11);
	assert_int_equal(picture_shown_at(&picture, WIDTH - 1, HEIGHT - 1)[0], 0x11);
	source_at(70, 70)[0] = 9; /* what the viewer still has of this tile is needed now */
	assert_int_equal(picture_take(&picture, source, WIDTH, HEIGHT, &all, 2), 1);
	assert_int_equal(picture_shown_at(&picture, 70, 70)[0], 0x55);
	picture_wake(&picture);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			assert_int_equal(picture_shown_at(&picture, x, y)[0], 0x55);
		}
	}
}

static void what_is_no_longer_kept_is_unknown_where_it_was_dirty(void **state)
{
	(void)state;
	picture_keep_shown(&picture, 1);
	send_all(PICTURE_EXACT);
	picture_keep_shown(&picture, 0);
	source_at(70, 70)[0] = 9;
	assert_int_equal(picture_take(&picture, source, WIDTH, HEIGHT, &all, 2), 1);
	picture_keep_shown(&picture, 1);
	assert_int_equal(picture.unknown_count, 1);
	assert_int_equal(picture.shown_lag_count, 11);
}

static void forgotten_picture_is_sent_again(void **state)
{
	(void)state;
	picture_keep_shown(&picture, 1);
	send_all(PICTURE_EXACT);
	picture_forget_shown(&picture);
	assert_int_equal(picture.dirty_count, 12);
	assert_int_equal(picture.unknown_count, 12);
	send_all(PICTURE_EXACT);
	assert_int_equal(picture.unknown_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(resize_makes_every_tile_dirty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			take_copies_and_marks_only_what_differs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			take_looks_only_at_tiles_that_touch_the_area, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			take_of_a_smaller_frame_leaves_the_rest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(take_of_a_larger_frame_is_cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mark_counts_a_tile_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			fidelity_is_that_of_the_worst_pixel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tile_is_cut_at_the_edges, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			picture_at_rest_gives_its_second_plane_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			tile_that_changes_at_rest_is_still_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			picture_that_the_viewer_lacks_does_not_rest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			keeping_what_is_shown_anew_copies_nothing_until_it_is_needed, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_no_longer_kept_is_unknown_where_it_was_dirty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(forgotten_picture_is_sent_again, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
