/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in an update beside pixels, in which order, and how many are on their way. */

#include "encoder_drive.h"

#define WIDTH 200u
#define HEIGHT 150u

static const struct garasu_rect all = {0, 0, WIDTH, HEIGHT};
static uint8_t picture[DRIVE_MAX_WIDTH * DRIVE_MAX_HEIGHT * 4];
static struct drive_update update;

static void start(struct drive *drive, const int32_t *encodings, uint16_t count)
{
	uint8_t init[30];

	drive_start(drive);
	drive->header->bits = GARASU_FRAME_TEXT_FOCUS | GARASU_FRAME_LED_CAPS;
	drive->header->caret = (struct garasu_rect){10, 20, 2, 16};
	drive_draw(drive, WIDTH, HEIGHT, all, 1);
	drive_greet(drive, init);
	drive_encodings(drive, encodings, count);
}

static void take(struct drive *drive, int is_incremental)
{
	drive_request(drive, is_incremental);
	drive_update(drive, picture, 4, &update);
}

static void assert_encodings(const int32_t *expected, uint32_t count)
{
	assert_int_equal(update.count, count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(update.encodings[i], expected[i]);
	}
}

static void publish(struct drive *drive)
{
	drive->header->sequence += 2;
	drive_news(drive);
}

static void first_update_answers_what_was_asked_for(void **state)
{
	static const int32_t encodings[] = {GARASU_RFB_RAW, GARASU_RFB_LED_STATE,
		GARASU_RFB_QEMU_EXTENDED_KEY, GARASU_RFB_ENCODING_GARASU,
		GARASU_RFB_ENCODING_CARET};
	static const int32_t expected[] = {GARASU_RFB_ENCODING_GARASU, GARASU_RFB_QEMU_EXTENDED_KEY,
		GARASU_RFB_LED_STATE, GARASU_RFB_ENCODING_CARET, GARASU_RFB_RAW};
	struct drive drive;

	(void)state;
	start(&drive, encodings, 5);
	take(&drive, 0);
	assert_encodings(expected, 5);
	assert_memory_equal(&update.areas[3], &drive.header->caret, sizeof(struct garasu_rect));
	assert_int_equal(update.last_body[0], 1); /* the caret's bits: focus, not hidden */
	drive_end(&drive);
}

static void caret_that_moves_is_sent_alone(void **state)
{
	static const int32_t encodings[] = {
		GARASU_RFB_RAW, GARASU_RFB_ENCODING_GARASU, GARASU_RFB_ENCODING_CARET};
	static const int32_t expected[] = {GARASU_RFB_ENCODING_CARET};
	struct drive drive;

	(void)state;
	start(&drive, encodings, 3);
	take(&drive, 0);
	drive.header->caret.x = 42;
	drive.header->bits |= GARASU_FRAME_TEXT_HIDDEN;
	publish(&drive);
	take(&drive, 1);
	assert_encodings(expected, 1);
	assert_int_equal(update.areas[0].x, 42);
	assert_int_equal(update.last_body[0], 3);
	drive_end(&drive);
}

static void viewer_that_asked_for_nothing_gets_pixels_alone(void **state)
{
	static const int32_t encodings[] = {GARASU_RFB_RAW};
	static const int32_t expected[] = {GARASU_RFB_RAW};
	struct drive drive;

	(void)state;
	start(&drive, encodings, 1);
	take(&drive, 0);
	assert_encodings(expected, 1);
	drive_end(&drive);
}

static void led_that_changes_is_sent_as_scroll_num_caps(void **state)
{
	static const int32_t encodings[] = {GARASU_RFB_RAW, GARASU_RFB_LED_STATE};
	struct drive drive;

	(void)state;
	start(&drive, encodings, 2);
	take(&drive, 0);
	assert_int_equal(update.last_body[0], 4);
	drive.header->bits = GARASU_FRAME_LED_NUM | GARASU_FRAME_LED_SCROLL;
	publish(&drive);
	take(&drive, 1);
	assert_int_equal(update.last_body[0], 3);
	drive_end(&drive);
}

static void pointer_picture_is_sent_when_it_changes(void **state)
{
	static const int32_t encodings[] = {GARASU_RFB_RAW, GARASU_RFB_CURSOR_WITH_ALPHA};
	static const uint8_t expected[4 + 12 + 4 + 8] = {0, 0, 0, 1, /* one rectangle */
		0, 1, 0, 0, 0, 2, 0, 1, 0xff, 0xff, 0xfe, 0xc6,      /* hot spot, size, -314 */
		0, 0, 0, 0,                                          /* Raw */
		3, 2, 1, 255, 8, 8, 8, 8};                           /* R G B A, never above A */
	uint8_t got[sizeof(expected)], *pixels;
	struct drive drive;
	uint8_t head[4 + 12 + 4 + 12];

	(void)state;
	start(&drive, encodings, 2);
	drive_request(&drive, 0);
	drive_read(&drive, head, sizeof(head)); /* hidden: no pixels; then a Raw header */
	assert_int_equal(drive_get32(head + 12), (uint32_t)GARASU_RFB_CURSOR_WITH_ALPHA);
	drive_read(&drive, picture, 4u * WIDTH * HEIGHT);
	pixels = drive.memory + GARASU_FRAME_POINTER_OFFSET;
	memcpy(pixels, "\1\2\3\377\11\11\11\10", 8);
	drive.header->pointer_width = 2;
	drive.header->pointer_height = 1;
	drive.header->pointer_hot_x = 1;
	drive.header->pointer_sequence++;
	publish(&drive);
	drive_request(&drive, 1);
	drive_read(&drive, got, sizeof(got));
	assert_memory_equal(got, expected, sizeof(expected));
	drive_end(&drive);
}

static void update_until_last_rect_ends_with_it(void **state)
{
	static const int32_t encodings[] = {GARASU_RFB_TIGHT, GARASU_RFB_LAST_RECT};
	static const uint8_t last[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x20};
	uint8_t bytes[4 + 12 + 4];
	struct drive drive;

	(void)state;
	start(&drive, encodings, 2);
	drive.header->sequence++;
	memset(drive_pixel(&drive, 0, 0), 0x40, 4u * DRIVE_MAX_WIDTH * HEIGHT);
	drive.header->sequence++;
	drive.header->damage_count = 0;
	drive_request(&drive, 0); /* one solid rectangle: control byte 0x80 and a colour */
	drive_read(&drive, bytes, sizeof(bytes));
	assert_int_equal(drive_get16(bytes + 2), 0xffff);
	assert_int_equal(drive_get32(bytes + 12), GARASU_RFB_TIGHT);
	assert_int_equal(drive_get16(bytes + 8), WIDTH);
	assert_int_equal(drive_get16(bytes + 10), HEIGHT);
	assert_int_equal(bytes[16], 0x80);
	drive_read(&drive, bytes, sizeof(last));
	assert_memory_equal(bytes, last, sizeof(last));
	drive_fence(&drive); /* nothing more */
	drive_end(&drive);
}

/* ---- copies ---- */

static void assert_shown(struct drive *drive)
{
	for (uint32_t y = 0; y < HEIGHT; y++) {
		assert_memory_equal(picture + 4u * (size_t)y * DRIVE_MAX_WIDTH,
			drive_pixel(drive, 0, y), 4u * WIDTH);
	}
}

/* Everything moves up; what comes in below is new. */
static void scroll(struct drive *drive, uint32_t distance, uint32_t seed)
{
	drive->header->sequence++;
	for (uint32_t y = 0; y + distance < HEIGHT; y++) {
		memcpy(drive_pixel(drive, 0, y), drive_pixel(drive, 0, y + distance), 4u * WIDTH);
	}
	drive_fill(drive, (struct garasu_rect){0, HEIGHT - distance, WIDTH, distance}, seed);
	drive->header->damage_count = 0;
	drive->header->sequence++;
	drive_news(drive);
}

static uint32_t painted(void)
{
	uint32_t pixels = 0;

	for (uint32_t i = 0; i < update.count; i++) {
		pixels += update.encodings[i] == GARASU_RFB_RAW
				  ? update.areas[i].width * update.areas[i].height
				  : 0;
	}
	return pixels;
}

static void start_scrolling(struct drive *drive, uint16_t encodings_count)
{
	static const int32_t encodings[] = {GARASU_RFB_RAW, GARASU_RFB_COPY_RECT};

	start(drive, encodings, encodings_count);
	take(drive, 0);
}

static void scrolled_page_is_one_copy_and_its_new_rows(void **state)
{
	static const int32_t expected[] = {GARASU_RFB_COPY_RECT, GARASU_RFB_RAW};
	struct drive drive;

	(void)state;
	start_scrolling(&drive, 2);
	for (uint32_t distance = 1; distance < 60; distance += 6) {
		scroll(&drive, distance, 100 + distance);
		take(&drive, 1);
		assert_encodings(expected, 2);
		assert_int_equal(painted(), WIDTH * distance);
		assert_shown(&drive);
	}
	drive_end(&drive);
}

static void viewer_that_did_not_ask_gets_no_copies(void **state)
{
	static const int32_t expected[] = {GARASU_RFB_RAW};
	struct drive drive;

	(void)state;
	start_scrolling(&drive, 1);
	scroll(&drive, 20, 2);
	take(&drive, 1);
	assert_encodings(expected, 1);
	assert_shown(&drive);
	drive_end(&drive);
}

static void picture_asked_for_again_is_painted_whole_and_then_copied(void **state)
{
	static const int32_t expected[] = {GARASU_RFB_RAW};
	struct drive drive;

	(void)state;
	start_scrolling(&drive, 2);
	memset(picture, 0x55, sizeof(picture)); /* it lost what it had */
	take(&drive, 0);
	assert_encodings(expected, 1);
	assert_int_equal(painted(), WIDTH * HEIGHT);
	scroll(&drive, 20, 2);
	take(&drive, 1);
	assert_int_equal(update.encodings[0], GARASU_RFB_COPY_RECT);
	assert_shown(&drive);
	drive_end(&drive);
}

static void other_pixel_format_has_no_copies_until_all_is_sent_in_it(void **state)
{
	static const uint8_t native[20] = {GARASU_RFB_SET_PIXEL_FORMAT, 0, 0, 0, 32, 24, 0, 1, 0,
		255, 0, 255, 0, 255, 16, 8, 0};
	static const int32_t expected[] = {GARASU_RFB_RAW};
	struct drive drive;
	uint8_t obeyed[4];

	(void)state;
	start_scrolling(&drive, 2);
	drive_write(&drive, native, sizeof(native));
	drive_read(&drive, obeyed, sizeof(obeyed));
	scroll(&drive, 20, 2);
	take(&drive, 1);
	assert_encodings(expected, 1);
	scroll(&drive, 20, 3);
	take(&drive, 1);
	assert_int_equal(update.encodings[0], GARASU_RFB_COPY_RECT);
	assert_shown(&drive);
	drive_end(&drive);
}

static void change_within_a_tile_paints_only_what_differs(void **state)
{
	const struct garasu_rect spot = {70, 66, 10, 10};
	struct drive drive;

	(void)state;
	start_scrolling(&drive, 2);
	drive_draw(&drive, WIDTH, HEIGHT, spot, 2);
	take(&drive, 1);
	assert_int_equal(update.count, 1);
	assert_memory_equal(&update.areas[0], &spot, sizeof(spot));
	assert_shown(&drive);
	drive_end(&drive);
}

/* ---- continuous updates ---- */

static void start_continuous(struct drive *drive)
{
	static const int32_t encodings[] = {
		GARASU_RFB_RAW, GARASU_RFB_FENCE, GARASU_RFB_CONTINUOUS_UPDATES};
	static const uint8_t enable[10] = {
		GARASU_RFB_ENABLE_CONTINUOUS, 1, 0, 0, 0, 0, 1, 64, 1, 0};
	static const uint8_t first[14] = {GARASU_RFB_SERVER_FENCE, 0, 0, 0, 0x80, 0, 0, 0, 4, 1, 0,
		0, 0, GARASU_RFB_END_CONTINUOUS};
	uint8_t got[14];

	start(drive, encodings, 3);
	drive_read(drive, got, sizeof(got));
	assert_memory_equal(got, first, sizeof(first));
	drive_write(drive, enable, sizeof(enable));
	drive_update(drive, picture, 4, &update);
}

static void take_fence(struct drive *drive, uint8_t fence[13])
{
	drive_read(drive, fence, 13);
	assert_int_equal(fence[0], GARASU_RFB_SERVER_FENCE);
	assert_int_equal(fence[4], 0x80);
	fence[4] = 0;
}

/* Raw, a row of tiles is 50 KB: with one the first window is used up. */
static void nothing_beyond_the_window_is_on_its_way_nor_is_credit(void **state)
{
	static const struct garasu_rect row = {0, 0, WIDTH, 64}, rest = {0, 64, WIDTH, HEIGHT - 64};
	uint8_t first[13], second[13];
	struct drive drive;

	(void)state;
	start_continuous(&drive);
	assert_int_equal(update.count, 1);
	assert_memory_equal(&update.areas[0], &row, sizeof(row));
	take_fence(&drive, first);
	drive_fence(&drive); /* nothing more before this answer */
	drive_fence(&drive);
	assert_int_equal(drive_inputs_waiting(&drive), 2); /* REFRESH, and one CREDIT */
	drive_write(&drive, first, sizeof(first));
	drive_update(&drive, picture, 4, &update);
	assert_int_equal(update.count, 1);
	assert_memory_equal(&update.areas[0], &rest, sizeof(rest));
	assert_shown(&drive);
	take_fence(&drive, second);
	assert_int_equal(second[9], first[9] + 1);
	drive_end(&drive);
}

static void end_of_continuous_updates_is_confirmed(void **state)
{
	static const uint8_t disable[10] = {GARASU_RFB_ENABLE_CONTINUOUS, 0};
	uint8_t fence[13], end;
	struct drive drive;

	(void)state;
	start_continuous(&drive);
	take_fence(&drive, fence);
	drive_write(&drive, disable, sizeof(disable));
	drive_read(&drive, &end, 1);
	assert_int_equal(end, GARASU_RFB_END_CONTINUOUS);
	drive_draw(&drive, WIDTH, HEIGHT, all, 2);
	drive_fence(&drive);
	drive_fence(&drive);
	take(&drive, 1);
	drive_end(&drive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_update_answers_what_was_asked_for),
		cmocka_unit_test(caret_that_moves_is_sent_alone),
		cmocka_unit_test(viewer_that_asked_for_nothing_gets_pixels_alone),
		cmocka_unit_test(led_that_changes_is_sent_as_scroll_num_caps),
		cmocka_unit_test(pointer_picture_is_sent_when_it_changes),
		cmocka_unit_test(update_until_last_rect_ends_with_it),
		cmocka_unit_test(scrolled_page_is_one_copy_and_its_new_rows),
		cmocka_unit_test(viewer_that_did_not_ask_gets_no_copies),
		cmocka_unit_test(picture_asked_for_again_is_painted_whole_and_then_copied),
		cmocka_unit_test(other_pixel_format_has_no_copies_until_all_is_sent_in_it),
		cmocka_unit_test(change_within_a_tile_paints_only_what_differs),
		cmocka_unit_test(nothing_beyond_the_window_is_on_its_way_nor_is_credit),
		cmocka_unit_test(end_of_continuous_updates_is_confirmed),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
