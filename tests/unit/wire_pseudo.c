/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rectangles that say something about the desktop: pointer, size, caret, lights. */

#include "unit/wire_stream.h"

/* ---- pointers ---- */

static void pointer_pictures_have_exactly_their_size(void **state)
{
	(void)state;
	assert_rect_passes(GARASU_RFB_CURSOR_WITH_ALPHA, 3, 4, 5, 6, "\0\0\0\0", 4, 5 * 6 * 4);
	assert_int_equal(server.crossed[GARASU_CROSS_RECT_POINTER], 1);
	assert_rect_passes(GARASU_RFB_VMWARE_CURSOR, 3, 4, 5, 6, "\1\0", 2, 5 * 6 * 4);
	assert_rect_passes(GARASU_RFB_RICH_CURSOR, 8, 4, 9, 6, NULL, 0, 9 * 6 * 4 + 2 * 6);
	assert_rect_passes(GARASU_RFB_CURSOR_WITH_ALPHA, 0, 0, 0, 0, "\0\0\0\0", 4, 0);
	assert_rect_passes(GARASU_RFB_VMWARE_CURSOR, 0, 0, 0, 0, "\1\0", 2, 0);
	assert_rect_passes(GARASU_RFB_RICH_CURSOR, 0, 0, 0, 0, NULL, 0, 0);
	assert_rect_passes(
		GARASU_RFB_CURSOR_WITH_ALPHA, 255, 255, 256, 256, "\0\0\0\0", 4, 256 * 256 * 4);
	begin();
	set_format(16, 0);
	put_update(1);
	put_rect(GARASU_RFB_RICH_CURSOR, 0, 0, 8, 8);
	put_body(8 * 8 * 2 + 8);
	assert_passes();
}

static void pointer_pictures_are_bounded(void **state)
{
	static const unsigned bad[][4] = {{0, 0, 257, 1}, {0, 0, 1, 257}, {5, 0, 5, 5},
		{0, 5, 5, 5}, {0, 0, 0, 5}, {0, 0, 5, 0}, {1, 0, 0, 0}};
	static const struct {
		enum wire_server_encoding index;
		int32_t encoding;
	} kinds[] = {{WIRE_ENCODING_RICH_CURSOR, GARASU_RFB_RICH_CURSOR},
		{WIRE_ENCODING_CURSOR_WITH_ALPHA, GARASU_RFB_CURSOR_WITH_ALPHA},
		{WIRE_ENCODING_VMWARE_CURSOR, GARASU_RFB_VMWARE_CURSOR}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
			assert_rect_refused(kinds[i].index, kinds[i].encoding, bad[j][0], bad[j][1],
				bad[j][2], bad[j][3], NULL, 0);
		}
	}
	assert_rect_refused(WIRE_ENCODING_CURSOR_WITH_ALPHA, GARASU_RFB_CURSOR_WITH_ALPHA, 0, 0, 5,
		5, "\0\0\0\7", 4);
	assert_rect_refused(
		WIRE_ENCODING_VMWARE_CURSOR, GARASU_RFB_VMWARE_CURSOR, 0, 0, 5, 5, "\0\0", 2);
	assert_rect_refused(
		WIRE_ENCODING_VMWARE_CURSOR, GARASU_RFB_VMWARE_CURSOR, 0, 0, 5, 5, "\1\1", 2);
}

/* ---- sizes ---- */

static void a_new_size_bounds_what_follows(void **state)
{
	(void)state;
	begin();
	put_update(1);
	put_rect(GARASU_RFB_DESKTOP_SIZE, 0, 0, 100, 50);
	assert_passes();
	assert_int_equal(server.width, 100);
	assert_int_equal(server.height, 50);
	assert_int_equal(server.crossed[GARASU_CROSS_RECT_SIZE], 1);
	put_update(1);
	put_rect(GARASU_RFB_RAW, 0, 0, 101, 1);
	assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_RAW);
	begin();
	put_update(2);
	put_screens(0, 0, MAX_WIDTH, MAX_HEIGHT);
	put_rect(GARASU_RFB_COPY_RECT, MAX_WIDTH - 1, MAX_HEIGHT - 1, 1, 1);
	put_u32(0);
	assert_passes();
	assert_int_equal(server.width, MAX_WIDTH);
	put_update(1);
	put_screens(2, 0, 1, 1); /* another viewer's wish */
	assert_passes();
	assert_int_equal(server.width, 1);
	assert_int_equal(server.height, 1);
}

static void sizes_keep_to_policy(void **state)
{
	static const unsigned bad[][2] = {
		{0, 1}, {1, 0}, {MAX_WIDTH + 1, 1}, {1, MAX_HEIGHT + 1}, {0xffff, 0xffff}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_rect_refused(WIRE_ENCODING_DESKTOP_SIZE, GARASU_RFB_DESKTOP_SIZE, 0, 0,
			bad[i][0], bad[i][1], NULL, 0);
		begin();
		put_update(1);
		put_screens(0, 0, bad[i][0], bad[i][1]);
		assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_EXTENDED_DESKTOP_SIZE);
	}
	assert_rect_refused(
		WIRE_ENCODING_DESKTOP_SIZE, GARASU_RFB_DESKTOP_SIZE, 1, 0, 100, 100, NULL, 0);
}

static void a_refused_size_changes_nothing(void **state)
{
	static const unsigned bad[][4] = {{1, 1, WIDTH + 1, HEIGHT}, {1, 5, WIDTH, HEIGHT},
		{0, 1, WIDTH, HEIGHT}, {2, 1, WIDTH, HEIGHT}, {3, 0, WIDTH, HEIGHT}};

	(void)state;
	for (unsigned status = 1; status <= 4; status++) {
		begin();
		put_update(1);
		put_screens(1, status, WIDTH, HEIGHT);
		assert_passes();
		assert_int_equal(server.width, WIDTH);
		assert_int_equal(server.height, HEIGHT);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		put_update(1);
		put_screens(bad[i][0], bad[i][1], bad[i][2], bad[i][3]);
		assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_EXTENDED_DESKTOP_SIZE);
	}
}

static void the_screen_is_the_picture(void **state)
{
	(void)state;
	for (size_t place = 0; place < 20; place++) {
		if (place >= 4 && place < 8) {
			continue; /* its number is the server's to choose */
		}
		begin();
		put_update(1);
		put_screens(2, 0, 800, 600);
		stream[16 + place] ^= 2;
		assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_EXTENDED_DESKTOP_SIZE);
		assert_int_equal(server.width, WIDTH);
	}
}

/* ---- the rest ---- */

static void small_rectangles_are_exact(void **state)
{
	static const struct {
		enum wire_server_encoding index;
		int32_t encoding;
	} empty[] = {{WIRE_ENCODING_QEMU_EXTENDED_KEY, GARASU_RFB_QEMU_EXTENDED_KEY},
		{WIRE_ENCODING_GARASU, GARASU_RFB_ENCODING_GARASU},
		{WIRE_ENCODING_LED_STATE, GARASU_RFB_LED_STATE}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (unsigned place = 0; place < 4; place++) {
			assert_rect_refused(empty[i].index, empty[i].encoding, place == 0,
				place == 1, place == 2, place == 3, NULL, 0);
		}
	}
	assert_rect_passes(GARASU_RFB_LED_STATE, 0, 0, 0, 0, "\7", 1, 0);
	assert_int_equal(server.crossed[GARASU_CROSS_RECT_LED], 1);
	assert_rect_refused(WIRE_ENCODING_LED_STATE, GARASU_RFB_LED_STATE, 0, 0, 0, 0, "\10", 1);
}

static void a_caret_lies_within_the_picture(void **state)
{
	(void)state;
	assert_rect_passes(GARASU_RFB_ENCODING_CARET, WIDTH - 1, HEIGHT - 20, 1, 20, "\3", 1, 0);
	assert_int_equal(server.crossed[GARASU_CROSS_RECT_CARET], 1);
	assert_rect_passes(GARASU_RFB_ENCODING_CARET, 0, 0, 0, 0, "\0", 1, 0);
	assert_rect_refused(WIRE_ENCODING_CARET, GARASU_RFB_ENCODING_CARET, 0, 0, 0, 0, "\4", 1);
	assert_rect_refused(
		WIRE_ENCODING_CARET, GARASU_RFB_ENCODING_CARET, WIDTH, 0, 1, 20, NULL, 0);
	assert_rect_refused(
		WIRE_ENCODING_CARET, GARASU_RFB_ENCODING_CARET, 0, HEIGHT - 19, 1, 20, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pointer_pictures_have_exactly_their_size),
		cmocka_unit_test(pointer_pictures_are_bounded),
		cmocka_unit_test(a_new_size_bounds_what_follows),
		cmocka_unit_test(sizes_keep_to_policy),
		cmocka_unit_test(a_refused_size_changes_nothing),
		cmocka_unit_test(the_screen_is_the_picture),
		cmocka_unit_test(small_rectangles_are_exact),
		cmocka_unit_test(a_caret_lies_within_the_picture),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
