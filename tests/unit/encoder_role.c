/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real encoder as a process: what it says, what it copies, and when it hands credit on. */

#include "encoder_drive.h"

#include <sys/syscall.h>

#define WIDTH 200u
#define HEIGHT 150u

static const struct garasu_rect all = {0, 0, WIDTH, HEIGHT};
static uint8_t picture[DRIVE_MAX_WIDTH * DRIVE_MAX_HEIGHT * 4];

static void assert_picture_is_memory(struct drive *drive, uint32_t width, uint32_t height)
{
	for (uint32_t y = 0; y < height; y++) {
		assert_memory_equal(picture + 4u * (size_t)y * DRIVE_MAX_WIDTH,
			drive_pixel(drive, 0, y), 4u * width);
	}
}

/* A session at rest with one frame; the viewer is greeted and takes Raw and fences. */
static void start_at_rest(struct drive *drive)
{
	static const int32_t encodings[] = {GARASU_RFB_RAW, GARASU_RFB_FENCE};
	uint8_t init[30], fence[13];

	drive_start(drive);
	drive_draw(drive, WIDTH, HEIGHT, all, 1);
	drive_greet(drive, init);
	drive_encodings(drive, encodings, 2);
	drive_read(drive, fence, sizeof(fence));
	assert_int_equal(fence[0], GARASU_RFB_SERVER_FENCE);
}

static void take_whole(struct drive *drive)
{
	struct drive_update update;

	drive_request(drive, 0);
	drive_update(drive, picture, 4, &update);
	assert_picture_is_memory(drive, WIDTH, HEIGHT);
}

/* ---- the stream ---- */

static void server_init_says_the_size_the_format_and_garasu(void **state)
{
	static const uint8_t expected[30] = {0, WIDTH, 0, HEIGHT, 32, 24, 0, 1, 0, 255, 0, 255, 0,
		255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 6, 'G', 'a', 'r', 'a', 's', 'u'};
	struct drive drive;
	uint8_t init[30];

	(void)state;
	drive_start(&drive);
	drive_draw(&drive, WIDTH, HEIGHT, all, 1);
	drive_greet(&drive, init);
	assert_memory_equal(init, expected, sizeof(expected));
	drive_end(&drive);
}

static void first_answer_comes_from_inside_the_jail(void **state)
{
	struct drive drive;
	char path[64], text[4096] = "";
	uint8_t init[30];
	int status;

	(void)state;
	drive_start(&drive);
	drive_draw(&drive, WIDTH, HEIGHT, all, 1);
	drive_greet(&drive, init);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)drive.pid);
	status = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(read(status, text, sizeof(text) - 1) > 0);
	close(status);
	assert_non_null(strstr(text, "\nSeccomp:\t2\n"));
	assert_non_null(strstr(text, "\nNoNewPrivs:\t1\n"));
	drive_end(&drive);
}

static void first_update_is_the_whole_picture(void **state)
{
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	memset(picture, 0x55, sizeof(picture));
	take_whole(&drive);
	drive_end(&drive);
}

static void change_in_one_tile_sends_one_tile(void **state)
{
	const struct garasu_rect spot = {70, 66, 10, 10};
	struct drive_update update;
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	drive_draw(&drive, WIDTH, HEIGHT, spot, 2);
	drive_request(&drive, 1);
	drive_update(&drive, picture, 4, &update);
	assert_int_equal(update.count, 1);
	assert_int_equal(update.encodings[0], GARASU_RFB_RAW);
	assert_int_equal(update.areas[0].x, 64);
	assert_int_equal(update.areas[0].y, 64);
	assert_int_equal(update.areas[0].width, 64);
	assert_int_equal(update.areas[0].height, 64);
	assert_picture_is_memory(&drive, WIDTH, HEIGHT);
	drive_end(&drive);
}

static void frame_without_a_change_sends_nothing(void **state)
{
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	drive_draw(&drive, WIDTH, HEIGHT, all, 1); /* damage everywhere, the same pixels */
	drive_request(&drive, 1);
	drive_fence(&drive); /* its answer would come after an update */
	drive_fence(&drive);
	drive_end(&drive);
}

static void pixel_format_is_obeyed_once_and_between_messages(void **state)
{
	static const uint8_t rgb565[20] = {
		GARASU_RFB_SET_PIXEL_FORMAT, 0, 0, 0, 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0};
	static const uint8_t obeyed[4] = {GARASU_RFB_SERVER_GARASU, GARASU_RFB_SUB_OBEYED, 0, 0};
	struct drive_update update;
	struct drive drive;
	uint8_t got[4];
	uint32_t pixel;

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	drive_write(&drive, rgb565, sizeof(rgb565));
	drive_read(&drive, got, sizeof(got));
	assert_memory_equal(got, obeyed, sizeof(obeyed));
	drive_fence(&drive); /* no second one */
	drive_request(&drive, 0);
	drive_update(&drive, picture, 2, &update);
	memcpy(&pixel, drive_pixel(&drive, 33, 44), 4);
	assert_int_equal(picture[(44u * DRIVE_MAX_WIDTH + 33u) * 2] |
				 picture[(44u * DRIVE_MAX_WIDTH + 33u) * 2 + 1] << 8,
		((pixel >> 16 & 255u) * 31u + 127u) / 255u << 11 |
			((pixel >> 8 & 255u) * 63u + 127u) / 255u << 5 |
			((pixel & 255u) * 31u + 127u) / 255u);
	drive_end(&drive);
}

static void key_on_the_stream_ends_it(void **state)
{
	static const uint8_t key[8] = {GARASU_RFB_KEY_EVENT, 1, 0, 0, 0, 0, 0, 'a'};
	struct garasu_control record;
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	drive_write(&drive, key, sizeof(key));
	assert_int_equal(garasu_fd_set_nonblocking(drive.control, 0), 0);
	assert_int_equal(
		poll(&(struct pollfd){.fd = drive.control, .events = POLLIN}, 1, DRIVE_DEADLINE_MS),
		1);
	assert_int_equal(garasu_control_receive(drive.control, &record, 0), 1);
	assert_int_equal(record.header.type, GARASU_ENCODER_STATISTICS);
	assert_int_equal(drive_wait(&drive), 1);
}

/* A session that lasts less than a second has its figures all the same. */
static void first_picture_is_told_at_once(void **state)
{
	struct garasu_encoder_statistics told;
	struct garasu_control record;
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	assert_int_equal(
		poll(&(struct pollfd){.fd = drive.control, .events = POLLIN}, 1, DRIVE_DEADLINE_MS),
		1);
	assert_int_equal(garasu_control_receive(drive.control, &record, 0), 1);
	assert_int_equal(record.header.type, GARASU_ENCODER_STATISTICS);
	memcpy(&told, record.payload, sizeof(told));
	assert_in_range(told.first_picture_ms, 1, DRIVE_DEADLINE_MS);
	assert_int_equal(told.frames, 1);
	assert_int_not_equal(told.bytes, 0);
	drive_end(&drive);
}

/* What a viewer was shown in fewer colours is not what it would be shown now. */
static void other_pixel_format_sends_the_picture_again_unasked(void **state)
{
	static const uint8_t format[20] = {GARASU_RFB_SET_PIXEL_FORMAT, 0, 0, 0, 32, 24, 0, 1, 0,
		255, 0, 255, 0, 255, 0, 8, 16};
	struct drive_update update;
	struct drive drive;
	uint8_t obeyed[4];

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	drive_write(&drive, format, sizeof(format));
	drive_read(&drive, obeyed, sizeof(obeyed));
	assert_int_equal(obeyed[1], GARASU_RFB_SUB_OBEYED);
	memset(picture, 0, sizeof(picture));
	drive_request(&drive, 1);
	drive_update(&drive, picture, 4, &update);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			const uint8_t *got = picture + ((size_t)y * DRIVE_MAX_WIDTH + x) * 4;
			const uint8_t *drawn = drive_pixel(&drive, x, y);

			assert_int_equal(got[0], drawn[2]);
			assert_int_equal(got[1], drawn[1]);
			assert_int_equal(got[2], drawn[0]);
		}
	}
	drive_end(&drive);
}

/* The third argument of the system call that the encoder is in, if that is ppoll: its time-out. */
static int waits_without_a_time(const struct drive *drive)
{
	char path[64], text[256] = "";
	unsigned long long timeout = 1;
	long call = -1;
	int file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)drive->pid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0) {
		return -1;
	}
	(void)!read(file, text, sizeof(text) - 1);
	close(file);
	return sscanf(text, "%ld %*x %*x %llx", &call, &timeout) == 2 && call == SYS_ppoll &&
	       timeout == 0;
}

/* Once its planes have settled, nothing but the viewer or the session wakes it. */
static void picture_at_rest_is_waited_for_without_a_time(void **state)
{
	struct garasu_control record;
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	if (waits_without_a_time(&drive) < 0) {
		drive_end(&drive);
		skip(); /* no /proc/PID/syscall, or not root */
	}
	while (waits_without_a_time(&drive) != 1) { /* ctest ends it if that never comes */
		struct pollfd wait = {.fd = drive.control, .events = POLLIN};

		if (poll(&wait, 1, 50) == 1) {
			assert_int_equal(garasu_control_receive(drive.control, &record, 0), 1);
		}
	}
	take_whole(&drive);
	drive_end(&drive);
}

/* Why a session ended is the supervisor's to say, and it ends us then. */
static void picture_stands_until_the_supervisor_ends_it(void **state)
{
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	close(drive.news);
	drive.news = -1;
	drive_fence(&drive);
	close(drive.control);
	drive.control = -1;
	assert_int_equal(drive_wait(&drive), 0);
}

/* ---- credit ---- */

static void no_credit_before_a_request(void **state)
{
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	drive_fence(&drive);
	assert_int_equal(drive_input(&drive), GARASU_INPUT_REFRESH);
	assert_int_equal(drive_inputs_waiting(&drive), 0);
	take_whole(&drive); /* the one request went into this update */
	drive_fence(&drive);
	assert_int_equal(drive_inputs_waiting(&drive), 0);
	drive_request(&drive, 1);
	assert_int_equal(drive_input(&drive), GARASU_INPUT_CREDIT);
	drive_request(&drive, 1); /* still the same frame */
	drive_fence(&drive);
	assert_int_equal(drive_inputs_waiting(&drive), 0);
	drive_end(&drive);
}

static void client_init_asks_for_the_first_frame(void **state)
{
	struct drive drive;
	uint8_t init[30];

	(void)state;
	drive_start(&drive);
	assert_int_equal(drive_input(&drive), GARASU_INPUT_REFRESH);
	drive_write(&drive, "\1", 1);
	assert_int_equal(drive_input(&drive), GARASU_INPUT_CREDIT);
	drive_draw(&drive, 128, 96, (struct garasu_rect){0, 0, 128, 96}, 1);
	drive_read(&drive, init, sizeof(init));
	assert_int_equal(drive_get16(init), 128);
	assert_int_equal(drive_get16(init + 2), 96);
	drive_end(&drive);
}

/* The memory is drawn over at the moment the credit comes: what is sent must be from before. */
static void credit_comes_only_after_the_copy(void **state)
{
	static const int32_t encodings[] = {
		GARASU_RFB_RAW, GARASU_RFB_FENCE, GARASU_RFB_CONTINUOUS_UPDATES};
	static const uint8_t enable[10] = {
		GARASU_RFB_ENABLE_CONTINUOUS, 1, 0, 0, 0, 0, 1, 64, 1, 0};
	static const struct garasu_rect part = {0, 0, 96, 64}; /* goes in one update */
	static uint8_t before[DRIVE_MAX_WIDTH * DRIVE_MAX_HEIGHT * 4];
	struct drive_update update;
	struct drive drive;
	uint8_t end, fence[13];

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	drive_encodings(&drive, encodings, 3);
	drive_read(&drive, &end, 1);
	assert_int_equal(end, GARASU_RFB_END_CONTINUOUS);
	drive_write(&drive, enable, sizeof(enable));
	assert_int_equal(drive_input(&drive), GARASU_INPUT_REFRESH);
	assert_int_equal(drive_input(&drive), GARASU_INPUT_CREDIT);
	for (uint32_t seed = 2; seed < 30; seed++) {
		drive_draw(&drive, WIDTH, HEIGHT, part, seed);
		memcpy(before, drive_pixel(&drive, 0, 0), sizeof(before));
		assert_int_equal(drive_input(&drive), GARASU_INPUT_CREDIT);
		drive.header->sequence++;
		drive_fill(&drive, part, seed + 1); /* as the compositor now may */
		drive.header->sequence++;
		drive_update(&drive, picture, 4, &update);
		for (size_t y = 0; y < HEIGHT; y++) {
			assert_memory_equal(picture + 4u * y * DRIVE_MAX_WIDTH,
				before + 4u * y * DRIVE_MAX_WIDTH, 4u * WIDTH);
		}
		drive_read(&drive, fence, sizeof(fence));
		fence[4] = 0; /* no longer a request */
		drive_write(&drive, fence, sizeof(fence));
	}
	drive_end(&drive);
}

/* ---- the frame memory ---- */

static void odd_sequence_is_not_looked_at(void **state)
{
	struct drive_update update;
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	drive.header->sequence++;
	drive_fill(&drive, all, 2);
	drive_news(&drive);
	drive_request(&drive, 1);
	drive_fence(&drive);
	drive_fence(&drive);
	drive.header->sequence++;
	drive_news(&drive);
	drive_update(&drive, picture, 4, &update);
	assert_picture_is_memory(&drive, WIDTH, HEIGHT);
	drive_end(&drive);
}

static void missed_frame_compares_everything(void **state)
{
	const struct garasu_rect left = {0, 0, 20, 20}, right = {150, 100, 20, 20};
	struct drive_update update;
	struct drive drive;

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	drive_draw(&drive, WIDTH, HEIGHT, left, 2);
	drive_draw(&drive, WIDTH, HEIGHT, right, 3); /* its damage does not name left */
	drive_request(&drive, 1);
	drive_update(&drive, picture, 4, &update);
	assert_int_equal(update.count, 2);
	assert_picture_is_memory(&drive, WIDTH, HEIGHT);
	drive_end(&drive);
}

static void lying_header_never_ends_it(void **state)
{
	struct drive drive;
	uint32_t random = 1;

	(void)state;
	start_at_rest(&drive);
	take_whole(&drive);
	for (int round = 0; round < 200; round++) {
		uint8_t *bytes = drive.memory;
		uint32_t sequence = drive.header->sequence;

		for (size_t i = 0; i < sizeof(struct garasu_frame_header); i++) {
			random = random * 1664525u + 1013904223u;
			bytes[i] = (uint8_t)(random >> (random >> 29) & 0xffu);
		}
		drive.header->sequence = sequence + 2;
		drive_news(&drive);
		drive_request(&drive, 0);
		drive_update(&drive, picture, 4, &(struct drive_update){0});
	}
	drive_end(&drive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_init_says_the_size_the_format_and_garasu),
		cmocka_unit_test(first_answer_comes_from_inside_the_jail),
		cmocka_unit_test(first_update_is_the_whole_picture),
		cmocka_unit_test(change_in_one_tile_sends_one_tile),
		cmocka_unit_test(frame_without_a_change_sends_nothing),
		cmocka_unit_test(pixel_format_is_obeyed_once_and_between_messages),
		cmocka_unit_test(key_on_the_stream_ends_it),
		cmocka_unit_test(first_picture_is_told_at_once),
		cmocka_unit_test(other_pixel_format_sends_the_picture_again_unasked),
		cmocka_unit_test(picture_at_rest_is_waited_for_without_a_time),
		cmocka_unit_test(picture_stands_until_the_supervisor_ends_it),
		cmocka_unit_test(no_credit_before_a_request),
		cmocka_unit_test(client_init_asks_for_the_first_frame),
		cmocka_unit_test(credit_comes_only_after_the_copy),
		cmocka_unit_test(odd_sequence_is_not_looked_at),
		cmocka_unit_test(missed_frame_compares_everything),
		cmocka_unit_test(lying_header_never_ends_it),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
