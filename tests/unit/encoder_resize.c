/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes: what the viewer wishes, what the session makes of it, and what each is told. */

#include "encoder_drive.h"

#define WIDTH 200u
#define HEIGHT 150u

static uint8_t picture[DRIVE_MAX_WIDTH * DRIVE_MAX_HEIGHT * 4];
static struct drive_update update;

static void draw(struct drive *drive, uint32_t width, uint32_t height, uint32_t seed)
{
	drive_draw(drive, width, height, (struct garasu_rect){0, 0, width, height}, seed);
}

static void start(struct drive *drive, int32_t size_encoding)
{
	const int32_t encodings[] = {GARASU_RFB_RAW, size_encoding};
	uint8_t init[30];

	drive_start(drive);
	draw(drive, WIDTH, HEIGHT, 1);
	drive_greet(drive, init);
	drive_encodings(drive, encodings, 2);
}

static void assert_size(uint32_t reason, uint32_t status, uint32_t width, uint32_t height)
{
	const uint8_t screen[16] = {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, (uint8_t)(width >> 8),
		(uint8_t)width, (uint8_t)(height >> 8), (uint8_t)height};

	assert_int_equal(update.count, 1);
	assert_int_equal(update.encodings[0], GARASU_RFB_EXTENDED_DESKTOP_SIZE);
	assert_int_equal(update.areas[0].x, reason);
	assert_int_equal(update.areas[0].y, status);
	assert_int_equal(update.areas[0].width, width);
	assert_int_equal(update.areas[0].height, height);
	assert_memory_equal(update.last_body, screen, sizeof(screen));
}

static void assert_picture_is_memory(struct drive *drive, uint32_t width, uint32_t height)
{
	for (uint32_t y = 0; y < height; y++) {
		assert_memory_equal(picture + 4u * (size_t)y * DRIVE_MAX_WIDTH,
			drive_pixel(drive, 0, y), 4u * width);
	}
}

/* The first update says that sizes are understood; then the picture. */
static void take_first(struct drive *drive)
{
	drive_request(drive, 0);
	drive_update(drive, picture, 4, &update);
	assert_size(0, 0, WIDTH, HEIGHT);
	drive_update(drive, picture, 4, &update);
	assert_picture_is_memory(drive, WIDTH, HEIGHT);
}

static void wish(struct drive *drive, uint32_t width, uint32_t height)
{
	uint8_t bytes[24] = {GARASU_RFB_SET_DESKTOP_SIZE, 0, 0, 0, 0, 0, 1};

	drive_put16(bytes + 2, width);
	drive_put16(bytes + 4, height);
	drive_put16(bytes + 20, width);
	drive_put16(bytes + 22, height);
	drive_write(drive, bytes, sizeof(bytes));
}

static void wish_beyond_the_policy_is_refused_at_once(void **state)
{
	struct drive drive;

	(void)state;
	start(&drive, GARASU_RFB_EXTENDED_DESKTOP_SIZE);
	take_first(&drive);
	wish(&drive, DRIVE_MAX_WIDTH + 1, HEIGHT);
	drive_update(&drive, picture, 4, &update);
	assert_size(1, 3, WIDTH, HEIGHT);
	wish(&drive, GARASU_FRAME_SIDE_MIN - 1, HEIGHT);
	drive_update(&drive, picture, 4, &update);
	assert_size(1, 3, WIDTH, HEIGHT);
	drive_end(&drive);
}

static void wish_that_the_session_follows_is_granted(void **state)
{
	struct drive drive;

	(void)state;
	start(&drive, GARASU_RFB_EXTENDED_DESKTOP_SIZE);
	take_first(&drive);
	assert_int_equal(drive_input(&drive), GARASU_INPUT_REFRESH);
	wish(&drive, 160, 128);
	assert_int_equal(drive_input(&drive), GARASU_INPUT_CREDIT); /* without a request */
	draw(&drive, 160, 128, 2);
	drive_update(&drive, picture, 4, &update);
	assert_size(1, 0, 160, 128);
	drive_request(&drive, 0);
	drive_update(&drive, picture, 4, &update);
	assert_picture_is_memory(&drive, 160, 128);
	drive_end(&drive);
}

static void wish_that_nobody_follows_is_refused_in_the_end(void **state)
{
	struct drive drive;

	(void)state;
	start(&drive, GARASU_RFB_EXTENDED_DESKTOP_SIZE);
	take_first(&drive);
	wish(&drive, 160, 128);
	wish(&drive, 168, 128);
	for (int i = 0; i < 2; i++) {
		drive_update(&drive, picture, 4, &update);
		assert_size(1, 1, WIDTH, HEIGHT);
	}
	drive_end(&drive);
}

static void wish_for_the_same_size_is_granted_at_once(void **state)
{
	struct drive drive;

	(void)state;
	start(&drive, GARASU_RFB_EXTENDED_DESKTOP_SIZE);
	take_first(&drive);
	wish(&drive, WIDTH, HEIGHT);
	drive_update(&drive, picture, 4, &update);
	assert_size(1, 0, WIDTH, HEIGHT);
	drive_end(&drive);
}

static void session_that_changes_its_size_is_followed(void **state)
{
	struct drive drive;

	(void)state;
	start(&drive, GARASU_RFB_EXTENDED_DESKTOP_SIZE);
	take_first(&drive);
	drive_request(&drive, 1);
	draw(&drive, 300, 200, 2);
	drive_update(&drive, picture, 4, &update);
	assert_size(0, 0, 300, 200);
	drive_update(&drive, picture, 4, &update);
	assert_picture_is_memory(&drive, 300, 200);
	drive_end(&drive);
}

static void whole_picture_comes_once_after_a_resize(void **state)
{
	const struct garasu_rect spot = {0, 0, 10, 10};
	struct drive drive;

	(void)state;
	start(&drive, GARASU_RFB_EXTENDED_DESKTOP_SIZE);
	take_first(&drive);
	drive_request(&drive, 1);
	draw(&drive, 300, 200, 2);
	drive_update(&drive, picture, 4, &update);
	drive_update(&drive, picture, 4, &update);
	drive_request(&drive, 0); /* the viewer has seen the size, not yet the picture */
	drive_draw(&drive, 300, 200, spot, 3);
	drive_update(&drive, picture, 4, &update);
	assert_int_equal(update.areas[0].width, 64);
	drive_request(&drive, 0); /* and this one means it */
	drive_update(&drive, picture, 4, &update);
	assert_int_equal(update.areas[0].width, 300);
	drive_end(&drive);
}

static void old_viewer_is_told_by_desktop_size(void **state)
{
	struct drive drive;

	(void)state;
	start(&drive, GARASU_RFB_DESKTOP_SIZE);
	drive_request(&drive, 0);
	drive_update(&drive, picture, 4, &update);
	drive_request(&drive, 1);
	draw(&drive, 100, 90, 2);
	drive_update(&drive, picture, 4, &update);
	assert_int_equal(update.encodings[0], GARASU_RFB_DESKTOP_SIZE);
	assert_int_equal(update.areas[0].width, 100);
	assert_int_equal(update.areas[0].height, 90);
	drive_update(&drive, picture, 4, &update);
	assert_picture_is_memory(&drive, 100, 90);
	drive_end(&drive);
}

static void viewer_of_one_size_sees_a_part_or_a_frame(void **state)
{
	static const uint8_t black[4 * WIDTH];
	struct drive drive;

	(void)state;
	start(&drive, GARASU_RFB_LAST_RECT);
	drive_request(&drive, 0);
	drive_update(&drive, picture, 4, &update);
	drive_request(&drive, 1);
	draw(&drive, 300, 200, 2);
	drive_update(&drive, picture, 4, &update);
	assert_picture_is_memory(&drive, WIDTH, HEIGHT);
	drive_request(&drive, 1);
	draw(&drive, 100, 90, 3);
	drive_update(&drive, picture, 4, &update);
	assert_picture_is_memory(&drive, 100, 90);
	assert_memory_equal(picture + 4u * 100, black, 4u * (WIDTH - 100));
	assert_memory_equal(picture + 4u * 90 * DRIVE_MAX_WIDTH, black, 4u * WIDTH);
	drive_end(&drive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wish_beyond_the_policy_is_refused_at_once),
		cmocka_unit_test(wish_that_the_session_follows_is_granted),
		cmocka_unit_test(wish_that_nobody_follows_is_refused_in_the_end),
		cmocka_unit_test(wish_for_the_same_size_is_granted_at_once),
		cmocka_unit_test(session_that_changes_its_size_is_followed),
		cmocka_unit_test(whole_picture_comes_once_after_a_resize),
		cmocka_unit_test(old_viewer_is_told_by_desktop_size),
		cmocka_unit_test(viewer_of_one_size_sees_a_part_or_a_frame),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
