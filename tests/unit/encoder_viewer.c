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
	assert_int_equal(viewer_room(&viewer), 0);
	viewer.is_requested = 1;
	assert_int_equal(viewer_room(&viewer), 1);
	viewer.is_initialised = 0;
	assert_int_equal(viewer_room(&viewer), 0);
}

static void continuous_updates_have_two_in_flight(void **state)
{
	uint8_t payload[VIEWER_FENCE_BYTES];

	(void)state;
	viewer.is_continuous = 1;
	assert_int_equal(viewer_room(&viewer), 2);
	viewer.fences_sent = 2;
	assert_int_equal(viewer_room(&viewer), 0);
	viewer_fence_payload(1, payload);
	viewer_fence_answered(&viewer, payload, sizeof(payload));
	assert_int_equal(viewer_room(&viewer), 1);
	viewer_fence_payload(2, payload);
	viewer_fence_answered(&viewer, payload, sizeof(payload));
	assert_int_equal(viewer_room(&viewer), 2);
}

static void answer_to_no_fence_changes_nothing(void **state)
{
	static const uint32_t lies[] = {3, 4, 100, UINT32_MAX, 0};
	uint8_t payload[VIEWER_FENCE_BYTES];

	(void)state;
	viewer.fences_sent = 2;
	viewer.fences_answered = 1;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		viewer_fence_payload(lies[i], payload);
		viewer_fence_answered(&viewer, payload, sizeof(payload));
		assert_int_equal(viewer.fences_answered, 1);
	}
	viewer_fence_payload(2, payload);
	viewer_fence_answered(&viewer, payload, sizeof(payload) - 1);
	assert_int_equal(viewer.fences_answered, 1);
}

static void fences_count_over_the_end_of_their_number(void **state)
{
	uint8_t payload[VIEWER_FENCE_BYTES];

	(void)state;
	viewer.is_continuous = 1;
	viewer.fences_answered = UINT32_MAX;
	viewer.fences_sent = 1; /* two later */
	assert_int_equal(viewer_room(&viewer), 0);
	viewer_fence_payload(1, payload);
	viewer_fence_answered(&viewer, payload, sizeof(payload));
	assert_int_equal(viewer_room(&viewer), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(first_pixel_encoding_wins, set_up),
		cmocka_unit_test_setup(best_pointer_wins, set_up),
		cmocka_unit_test_setup(new_list_forgets_the_old_one, set_up),
		cmocka_unit_test_setup(jpeg_needs_tight_and_24_bits, set_up),
		cmocka_unit_test_setup(request_is_room_for_one, set_up),
		cmocka_unit_test_setup(continuous_updates_have_two_in_flight, set_up),
		cmocka_unit_test_setup(answer_to_no_fence_changes_nothing, set_up),
		cmocka_unit_test_setup(fences_count_over_the_end_of_their_number, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
