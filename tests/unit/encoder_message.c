/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Client messages as the encoder reads them. */

#include "message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct message message;

/* Every shorter start of it must be told as not whole; the bytes behind it must not matter. */
static void assert_takes(const uint8_t *bytes, size_t size, ssize_t taken)
{
	for (size_t part = 0; part < (size_t)taken; part++) {
		assert_int_equal(message_parse(bytes, part, &message), 0);
	}
	for (size_t part = (size_t)taken; part <= size; part++) {
		assert_int_equal(message_parse(bytes, part, &message), taken);
	}
}

static void message_parse_takes_a_pixel_format(void **state)
{
	static const uint8_t bytes[22] = {
		0, 9, 9, 9, 16, 15, 1, 1, 0, 31, 0, 31, 0, 31, 10, 5, 0, 9, 9, 9, 0xff, 0xff};

	(void)state;
	assert_takes(bytes, sizeof(bytes), 20);
	assert_int_equal(message.type, GARASU_RFB_SET_PIXEL_FORMAT);
	assert_int_equal(message.pixel_format.bits_per_pixel, 16);
	assert_int_equal(message.pixel_format.depth, 15);
	assert_int_equal(message.pixel_format.is_big_endian, 1);
	assert_int_equal(message.pixel_format.red_max, 31);
	assert_int_equal(message.pixel_format.red_shift, 10);
	assert_int_equal(message.pixel_format.green_shift, 5);
}

static void message_parse_refuses_formats_that_do_not_fit(void **state)
{
	static const uint8_t good[20] = {
		0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0};
	static const struct {
		uint8_t place, value;
	} faults[] = {
		{4, 24}, /* bits */
		{4, 0},
		{5, 0}, /* depth */
		{5, 33},
		{7, 0},   /* colour map */
		{9, 254}, /* not 2^n - 1 */
		{9, 0},
		{14, 25}, /* shifted out */
		{14, 32},
		{16, 255},
	};

	(void)state;
	assert_int_equal(message_parse(good, sizeof(good), &message), 20);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		uint8_t bytes[20];

		memcpy(bytes, good, sizeof(bytes));
		bytes[faults[i].place] = faults[i].value;
		assert_int_equal(message_parse(bytes, sizeof(bytes), &message), -EPROTO);
	}
}

static void message_parse_takes_encodings(void **state)
{
	static const uint8_t bytes[13] = {2, 0, 0, 2, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0x20, 77};

	(void)state;
	assert_takes(bytes, sizeof(bytes), 12);
	assert_int_equal(message.encodings.count, 2);
	assert_int_equal(message.encodings.list[0], GARASU_RFB_TIGHT);
	assert_int_equal(message.encodings.list[1], GARASU_RFB_LAST_RECT);
}

static void message_parse_refuses_too_many_encodings(void **state)
{
	static const uint8_t most[4 + 4 * 64] = {2, 0, 0, 64};
	static const uint8_t more[4] = {2, 0, 0, 65};

	(void)state;
	assert_int_equal(message_parse(most, sizeof(most), &message), sizeof(most));
	assert_int_equal(message_parse(more, sizeof(more), &message), -EPROTO);
}

static void message_parse_takes_a_request(void **state)
{
	static const uint8_t bytes[11] = {3, 1, 0, 1, 0, 2, 1, 0, 2, 0, 99};

	(void)state;
	assert_takes(bytes, sizeof(bytes), 10);
	assert_int_equal(message.request.is_incremental, 1);
	assert_int_equal(message.request.area.x, 1);
	assert_int_equal(message.request.area.y, 2);
	assert_int_equal(message.request.area.width, 256);
	assert_int_equal(message.request.area.height, 512);
}

static void message_parse_takes_continuous_updates(void **state)
{
	static const uint8_t bytes[10] = {150, 1, 0, 0, 0, 0, 4, 0, 3, 0};

	(void)state;
	assert_takes(bytes, sizeof(bytes), 10);
	assert_int_equal(message.continuous.is_enabled, 1);
}

static void message_parse_takes_a_fence_of_64_bytes_and_no_more(void **state)
{
	uint8_t bytes[9 + 65] = {248, 0, 0, 0, 0x80, 0, 0, 3, 64};

	(void)state;
	memset(bytes + 9, 'x', 65);
	assert_takes(bytes, sizeof(bytes), 9 + 64);
	assert_int_equal(message.fence.flags, 0x80000003u);
	assert_int_equal(message.fence.size, 64);
	assert_memory_equal(message.fence.payload, bytes + 9, 64);
	bytes[8] = 65;
	assert_int_equal(message_parse(bytes, sizeof(bytes), &message), -EPROTO);
}

static void message_parse_takes_a_size_with_16_screens_and_no_more(void **state)
{
	uint8_t bytes[8 + 17 * 16] = {251, 0, 5, 0, 4, 0, 16, 0};

	(void)state;
	assert_takes(bytes, sizeof(bytes), 8 + 16 * 16);
	assert_int_equal(message.size.width, 0x500);
	assert_int_equal(message.size.height, 0x400);
	bytes[6] = 17;
	assert_int_equal(message_parse(bytes, sizeof(bytes), &message), -EPROTO);
}

static void message_parse_takes_geometry_as_a_size(void **state)
{
	static const uint8_t bytes[10] = {252, 3, 0, 6, 5, 0, 4, 0, 0, 180};

	(void)state;
	assert_takes(bytes, sizeof(bytes), 10);
	assert_int_equal(message.type, GARASU_RFB_SET_DESKTOP_SIZE);
	assert_int_equal(message.size.width, 0x500);
	assert_int_equal(message.size.height, 0x400);
}

static void message_parse_refuses_input_and_everything_unlisted(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		uint8_t bytes[32] = {(uint8_t)type, 1};

		if (type == GARASU_RFB_SET_PIXEL_FORMAT || type == GARASU_RFB_SET_ENCODINGS ||
			type == GARASU_RFB_UPDATE_REQUEST || type == GARASU_RFB_ENABLE_CONTINUOUS ||
			type == GARASU_RFB_CLIENT_FENCE || type == GARASU_RFB_SET_DESKTOP_SIZE) {
			continue;
		}
		assert_int_equal(message_parse(bytes, sizeof(bytes), &message), -EPROTO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_parse_takes_a_pixel_format),
		cmocka_unit_test(message_parse_refuses_formats_that_do_not_fit),
		cmocka_unit_test(message_parse_takes_encodings),
		cmocka_unit_test(message_parse_refuses_too_many_encodings),
		cmocka_unit_test(message_parse_takes_a_request),
		cmocka_unit_test(message_parse_takes_continuous_updates),
		cmocka_unit_test(message_parse_takes_a_fence_of_64_bytes_and_no_more),
		cmocka_unit_test(message_parse_takes_a_size_with_16_screens_and_no_more),
		cmocka_unit_test(message_parse_takes_geometry_as_a_size),
		cmocka_unit_test(message_parse_refuses_input_and_everything_unlisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
