/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame memory full of lies is clamped or refused. */

#include "frame.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_WIDTH 640u
#define MAX_HEIGHT 480u

static struct garasu_frame_header header;
static struct frame frame;

static int set_up(void **state)
{
	(void)state;
	memset((void *)&header, 0, sizeof(header));
	header.width = 320;
	header.height = 240;
	return 0;
}

static int clamp_header(void)
{
	return frame_clamp(&header, MAX_WIDTH, MAX_HEIGHT, &frame);
}

static void side_of_0_is_no_picture(void **state)
{
	(void)state;
	header.width = 0;
	assert_int_equal(clamp_header(), 0);
	header.width = 320;
	header.height = 0;
	assert_int_equal(clamp_header(), 0);
}

static void size_stays_within_the_settings(void **state)
{
	(void)state;
	header.width = UINT32_MAX;
	header.height = 481;
	header.max_width = UINT32_MAX; /* never looked at */
	header.max_height = UINT32_MAX;
	assert_int_equal(clamp_header(), 1);
	assert_int_equal(frame.width, MAX_WIDTH);
	assert_int_equal(frame.height, MAX_HEIGHT);
}

static void damage_stays_within_the_frame(void **state)
{
	(void)state;
	header.damage_count = 2;
	header.damage[0] = (struct garasu_rect){300, 200, UINT32_MAX, UINT32_MAX};
	header.damage[1] = (struct garasu_rect){UINT32_MAX, UINT32_MAX, 5, 5};
	assert_int_equal(clamp_header(), 1);
	assert_int_equal(frame.damage_count, 2);
	assert_int_equal(frame.damage[0].width, 20);
	assert_int_equal(frame.damage[0].height, 40);
	assert_int_equal(frame.damage[1].width, 0);
	assert_int_equal(frame.damage[1].height, 0);
}

static void too_much_damage_is_unknown_damage(void **state)
{
	(void)state;
	header.damage_count = GARASU_FRAME_DAMAGE_MAX + 1;
	assert_int_equal(clamp_header(), 1);
	assert_int_equal(frame.damage_count, 0);
}

static void caret_stays_within_and_needs_the_focus(void **state)
{
	(void)state;
	header.caret = (struct garasu_rect){310, 5, 100, 20};
	assert_int_equal(clamp_header(), 1);
	assert_int_equal(frame.caret.width, 0);
	header.bits = UINT32_MAX;
	assert_int_equal(clamp_header(), 1);
	assert_int_equal(frame.caret.x, 310);
	assert_int_equal(frame.caret.width, 10);
	assert_int_equal(frame.bits, GARASU_FRAME_BITS_ALL);
}

static void pointer_stays_within_its_square(void **state)
{
	(void)state;
	header.pointer_width = 1000;
	header.pointer_height = 20;
	header.pointer_hot_x = 1000;
	header.pointer_hot_y = 20;
	assert_int_equal(clamp_header(), 1);
	assert_int_equal(frame.pointer_width, GARASU_FRAME_POINTER_MAX);
	assert_int_equal(frame.pointer_hot_x, GARASU_FRAME_POINTER_MAX - 1);
	assert_int_equal(frame.pointer_hot_y, 19);
	header.pointer_height = 0;
	assert_int_equal(clamp_header(), 1);
	assert_int_equal(frame.pointer_width, 0);
	assert_int_equal(frame.pointer_hot_x, 0);
}

static int make_memory(uint64_t size, int seals)
{
	int fd = memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static void memory_that_could_shrink_is_refused(void **state)
{
	struct frame_memory memory = {0};
	int fd = make_memory(garasu_frame_bytes(MAX_WIDTH, MAX_HEIGHT), F_SEAL_GROW);

	(void)state;
	assert_int_equal(frame_memory_open(&memory, fd, MAX_WIDTH, MAX_HEIGHT), -EPROTO);
	close(fd);
}

static void memory_that_is_too_small_is_refused(void **state)
{
	struct frame_memory memory = {0};
	int fd = make_memory(garasu_frame_bytes(MAX_WIDTH, MAX_HEIGHT) - 1, F_SEAL_SHRINK);

	(void)state;
	assert_int_equal(frame_memory_open(&memory, fd, MAX_WIDTH, MAX_HEIGHT), -EPROTO);
	close(fd);
}

static void memory_that_is_no_memfd_is_refused(void **state)
{
	struct frame_memory memory = {0};
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(frame_memory_open(&memory, fd, MAX_WIDTH, MAX_HEIGHT), -EPROTO);
	close(fd);
}

static void descriptor_is_closed_once_mapped(void **state)
{
	struct frame_memory memory = {0};
	int fd = make_memory(garasu_frame_bytes(MAX_WIDTH, MAX_HEIGHT), F_SEAL_SHRINK);

	(void)state;
	assert_int_equal(frame_memory_open(&memory, fd, MAX_WIDTH, MAX_HEIGHT), 0);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	frame_memory_close(&memory);
}

static void odd_sequence_is_tried_again(void **state)
{
	struct frame_memory memory = {.bytes = (const uint8_t *)&header,
		.max_width = MAX_WIDTH,
		.max_height = MAX_HEIGHT};

	(void)state;
	header.sequence = 7;
	assert_int_equal(frame_memory_read(&memory, &frame), -EAGAIN);
	header.sequence = 8;
	assert_int_equal(frame_memory_read(&memory, &frame), 1);
	assert_int_equal(frame.sequence, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(side_of_0_is_no_picture, set_up),
		cmocka_unit_test_setup(size_stays_within_the_settings, set_up),
		cmocka_unit_test_setup(damage_stays_within_the_frame, set_up),
		cmocka_unit_test_setup(too_much_damage_is_unknown_damage, set_up),
		cmocka_unit_test_setup(caret_stays_within_and_needs_the_focus, set_up),
		cmocka_unit_test_setup(pointer_stays_within_its_square, set_up),
		cmocka_unit_test_setup(memory_that_could_shrink_is_refused, set_up),
		cmocka_unit_test_setup(memory_that_is_too_small_is_refused, set_up),
		cmocka_unit_test_setup(memory_that_is_no_memfd_is_refused, set_up),
		cmocka_unit_test_setup(descriptor_is_closed_once_mapped, set_up),
		cmocka_unit_test_setup(odd_sequence_is_tried_again, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
