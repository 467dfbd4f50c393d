/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a viewer can take, and how much of it. */

#include "viewer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SET(viewer, ...)                                                                           \
	viewer_set_encodings((viewer), (const int32_t[]){__VA_ARGS__},                             \
		sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t))

static struct viewer viewer;

static int set_up(void **state)
{
	(void)state;
	viewer_init(&viewer);
	viewer.is_initialised = 1;
	return 0;
}

static void first_pixel_encoding_wins(void **state)
{
	(void)state;
	SET(&viewer, 5, GARASU_RFB_ZRLE, GARASU_RFB_TIGHT);
	assert_int_equal(viewer.coding, GARASU_RFB_ZRLE);
	SET(&viewer, GARASU_RFB_COPY_RECT, GARASU_RFB_TIGHT, GARASU_RFB_RAW);
	assert_int_equal(viewer.coding, GARASU_RFB_TIGHT);
	assert_int_equal(viewer.has_copy_rect, 1);
	SET(&viewer, 5, 6);
	assert_int_equal(viewer.coding, GARASU_RFB_RAW);
}

static void best_pointer_wins(void **state)
{
	(void)state;
	SET(&viewer, GARASU_RFB_RICH_CURSOR, GARASU_RFB_CURSOR_WITH_ALPHA,
		GARASU_RFB_VMWARE_CURSOR);
	assert_int_equal(viewer.pointer, VIEWER_POINTER_ALPHA);
	viewer.knows_pointer = 1;
	SET(&viewer, GARASU_RFB_RICH_CURSOR);
	assert_int_equal(viewer.pointer, VIEWER_POINTER_RICH);
	assert_int_equal(viewer.knows_pointer, 0);
}

static void new_list_forgets_the_old_one(void **state)
{
	(void)state;
	SET(&viewer, GARASU_RFB_TIGHT, GARASU_RFB_JPEG_QUALITY_0 + 5, GARASU_RFB_FENCE,
		GARASU_RFB_CONTINUOUS_UPDATES, GARASU_RFB_LAST_RECT, GARASU_RFB_ENCODING_GARASU);
	assert_int_equal(viewer_takes_jpeg(&viewer), 1);
	viewer.is_continuous = 1;
	SET(&viewer, GARASU_RFB_RAW);
	assert_int_equal(viewer_takes_jpeg(&viewer), 0);
	assert_int_equal(viewer.has_copy_rect, 0);
	assert_int_equal(viewer.is_continuous, 0);
	assert_int_equal(viewer.has_last_rect | viewer.has_garasu | viewer.has_fence, 0);
}

static void jpeg_needs_tight_and_24_bits(void **state)
{
	(void)state;
	SET(&viewer, GARASU_RFB_ZRLE, GARASU_RFB_JPEG_QUALITY_9);
	assert_int_equal(viewer_takes_jpeg(&viewer), 0);
	SET(&viewer, GARASU_RFB_TIGHT, GARASU_RFB_JPEG_QUALITY_9);
	assert_int_equal(viewer_takes_jpeg(&viewer), 1);
	viewer.format.bits_per_pixel = 16;
	assert_int_equal(viewer_takes_jpeg(&viewer), 0);
}

static void request_is_room_for_one(void **state)
{
	(void)state;
	assert_int_equal(viewer_room(&viewer, 0), 0);
	viewer.is_requested = 1;
	assert_int_equal(viewer_room(&viewer, 0), 1);
	viewer.is_initialised = 0;
	assert_int_equal(viewer_room(&viewer, 0), 0);
}

static void answer_number(uint32_t number, size_t size)
{
	uint8_t payload[VIEWER_FENCE_BYTES];

	viewer_fence_payload(number, payload);
	viewer_fence_answered(&viewer, payload, size, 1000);
}

static void continuous_updates_have_the_window(void **state)
{
	(void)state;
	viewer.is_continuous = 1;
	assert_int_equal(viewer_room(&viewer, 0), 2);
	assert_int_equal(window_sent(&viewer.window, WINDOW_BYTES_FIRST, 0), 1);
	assert_int_equal(viewer_room(&viewer, 0), 0);
	answer_number(1, VIEWER_FENCE_BYTES);
	assert_int_equal(viewer_room(&viewer, 1000), 2);
}

static void answer_to_no_fence_changes_nothing(void **state)
{
	static const uint32_t lies[] = {3, 4, 100, UINT32_MAX, 0, 1};

	(void)state;
	window_sent(&viewer.window, 100, 0);
	window_sent(&viewer.window, 100, 0);
	answer_number(1, VIEWER_FENCE_BYTES);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		answer_number(lies[i], VIEWER_FENCE_BYTES);
		assert_int_equal(viewer.window.answered, 1);
	}
	answer_number(2, VIEWER_FENCE_BYTES - 1);
	assert_int_equal(viewer.window.answered, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(first_pixel_encoding_wins, set_up),
		cmocka_unit_test_setup(best_pointer_wins, set_up),
		cmocka_unit_test_setup(new_list_forgets_the_old_one, set_up),
		cmocka_unit_test_setup(jpeg_needs_tight_and_24_bits, set_up),
		cmocka_unit_test_setup(request_is_room_for_one, set_up),
		cmocka_unit_test_setup(continuous_updates_have_the_window, set_up),
		cmocka_unit_test_setup(answer_to_no_fence_changes_nothing, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
