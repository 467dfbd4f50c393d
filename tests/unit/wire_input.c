/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input records of the viewer's messages. */

#include "wire/input.h"

#include "base/utf8.h"
#include "garasu/frame.h"

#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 800u
#define HEIGHT 600u

static struct garasu_input records[WIRE_RECORDS_MAX];

static size_t make(struct wire_input *input, const struct wire_client_message *message)
{
	memset(records, 0xee, sizeof(records));
	return wire_input_records(input, message, WIDTH, HEIGHT, records);
}

static struct wire_input begin(void)
{
	return (struct wire_input){.scale = GARASU_SCALE_ONE};
}

static size_t point(struct wire_input *input, uint8_t buttons, uint16_t x, uint16_t y)
{
	struct wire_client_message message = {.kind = WIRE_CLIENT_POINTER};

	message.pointer.buttons = buttons;
	message.pointer.x = x;
	message.pointer.y = y;
	return make(input, &message);
}

static void a_key_becomes_its_keysym_or_code(void **state)
{
	struct wire_input input = begin();
	struct wire_client_message message = {.kind = WIRE_CLIENT_KEY};

	(void)state;
	message.key.keysym = 0x01003042;
	message.key.is_down = 1;
	assert_int_equal(make(&input, &message), 1);
	assert_int_equal(records[0].type, GARASU_INPUT_KEY_SYM);
	assert_int_equal(records[0].key_sym.keysym, 0x01003042);
	assert_int_equal(records[0].flag, 1);
	message = (struct wire_client_message){.kind = WIRE_CLIENT_KEY_CODE};
	message.key_code.code = 30;
	message.key_code.keysym = 'a';
	assert_int_equal(make(&input, &message), 1);
	assert_int_equal(records[0].type, GARASU_INPUT_KEY_CODE);
	assert_int_equal(records[0].key_code.code, 30);
	assert_int_equal(records[0].flag, 0);
}

static void keysyms_out_of_bounds_make_no_record(void **state)
{
	struct wire_input input = begin();
	struct wire_client_message message = {.kind = WIRE_CLIENT_KEY};

	(void)state;
	assert_int_equal(make(&input, &message), 0);
	message.key.keysym = 0x20000000;
	assert_int_equal(make(&input, &message), 0);
	message.key.keysym = 0x1fffffff;
	assert_int_equal(make(&input, &message), 1);
}

static void a_pointer_stays_within_the_picture(void **state)
{
	struct wire_input input = begin();
	struct wire_client_message message = {.kind = WIRE_CLIENT_POINTER};

	(void)state;
	assert_int_equal(point(&input, 0x07, WIDTH - 1, HEIGHT - 1), 1);
	assert_int_equal(records[0].type, GARASU_INPUT_POINTER);
	assert_int_equal(records[0].pointer.x, WIDTH - 1);
	assert_int_equal(records[0].pointer.buttons, 7);
	assert_int_equal(point(&input, 0, WIDTH, 0xffff), 1);
	assert_int_equal(records[0].pointer.x, WIDTH - 1);
	assert_int_equal(records[0].pointer.y, HEIGHT - 1);
	message.pointer.x = 9;
	assert_int_equal(wire_input_records(&input, &message, 0, 0, records), 1);
	assert_int_equal(records[0].pointer.x, 0);
}

static void wheel_buttons_count_once_when_they_go_down(void **state)
{
	static const struct {
		uint8_t button;
		int dx, dy;
	} wheels[] = {{0x08, 0, -120}, {0x10, 0, 120}, {0x20, -120, 0}, {0x40, 120, 0}};
	struct wire_input input = begin();

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(point(&input, wheels[i].button | 1, 5, 6), 2);
		assert_int_equal(records[0].pointer.buttons, 1);
		assert_int_equal(records[1].type, GARASU_INPUT_WHEEL);
		assert_int_equal(records[1].wheel.x, 5);
		assert_int_equal(records[1].wheel.y, 6);
		assert_int_equal(records[1].wheel.dx, wheels[i].dx);
		assert_int_equal(records[1].wheel.dy, wheels[i].dy);
		assert_int_equal(point(&input, wheels[i].button | 1, 7, 8), 1);
		assert_int_equal(point(&input, 1, 7, 8), 1);
	}
	assert_int_equal(point(&input, 0xff, 0, 0), 5);
	assert_int_equal(records[0].pointer.buttons, 7);
}

static void a_wheel_of_ours_is_one_record(void **state)
{
	struct wire_input input = begin();
	struct wire_client_message message = {.kind = WIRE_CLIENT_WHEEL};

	(void)state;
	message.wheel.x = 0xffff;
	message.wheel.dx = -32768;
	message.wheel.dy = 1;
	assert_int_equal(make(&input, &message), 1);
	assert_int_equal(records[0].wheel.x, WIDTH - 1);
	assert_int_equal(records[0].wheel.dx, -32768);
	assert_int_equal(records[0].wheel.dy, 1);
	message.wheel.dx = message.wheel.dy = 0;
	assert_int_equal(make(&input, &message), 0);
}

/* Joins what make() has made, checking each piece. */
static size_t join(size_t count, enum garasu_input_type type, uint8_t *joined)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(records[i].type, type);
		assert_in_range(records[i].count, 1, GARASU_INPUT_TEXT_BYTES);
		assert_int_equal(records[i].flag, i == count - 1);
		assert_in_range(garasu_utf8_length(records[i].bytes, records[i].count), 1, 12);
		memcpy(joined + size, records[i].bytes, records[i].count);
		size += records[i].count;
	}
	return size;
}

static void text_is_split_between_characters(void **state)
{
	static const char *const characters[] = {
		"a", "\xc3\xa9", "\xe7\xa1\x9d", "\xf0\x9f\x97\xbb"};
	struct wire_input input = begin();
	struct wire_client_message message = {.kind = WIRE_CLIENT_TEXT};
	uint8_t text[GARASU_INPUT_TEXT_MAX], joined[sizeof(records)];

	(void)state;
	for (unsigned seed = 1; seed < 500; seed++) {
		size_t size = 0, count;

		for (unsigned value = seed; size <= sizeof(text) - 4;
			value = value * 5 + seed / 3) {
			const char *character = characters[value / 2 % 4];

			memcpy(text + size, character, strlen(character));
			size += strlen(character);
		}
		message.text.bytes = text;
		message.text.size = (uint16_t)size;
		count = make(&input, &message);
		assert_int_equal(join(count, GARASU_INPUT_TEXT, joined), size);
		assert_memory_equal(joined, text, size);
	}
}

static void an_address_of_2048_bytes_fits(void **state)
{
	struct wire_input input = begin();
	struct wire_client_message message = {.kind = WIRE_CLIENT_ADDRESS};
	uint8_t address[GARASU_INPUT_ADDRESS_MAX], joined[sizeof(records)];

	(void)state;
	memset(address, 'a', sizeof(address));
	message.text.bytes = address;
	message.text.size = sizeof(address);
	assert_int_equal(make(&input, &message), 171);
	assert_int_equal(join(171, GARASU_INPUT_ADDRESS, joined), sizeof(address));
	assert_memory_equal(joined, address, sizeof(address));
}

static size_t resize(struct wire_input *input, uint16_t width, uint16_t height, uint16_t scale)
{
	struct wire_client_message message = {
		.kind = scale == 0 ? WIRE_CLIENT_SIZE : WIRE_CLIENT_GEOMETRY};

	message.geometry.width = width;
	message.geometry.height = height;
	message.geometry.scale = scale;
	return make(input, &message);
}

static size_t paste(struct wire_input *input, const char *text, size_t size)
{
	struct wire_client_message message = {.kind = WIRE_CLIENT_PASTE};

	message.text.bytes = (const uint8_t *)text;
	message.text.size = (uint16_t)size;
	return make(input, &message);
}

static void line_ends_of_a_paste_are_spaces(void **state)
{
	struct wire_input input = begin();

	(void)state;
	assert_int_equal(paste(&input, "a\n\tb\n", 5), 1);
	assert_int_equal(records[0].type, GARASU_INPUT_TEXT);
	assert_int_equal(records[0].flag, 1);
	assert_int_equal(records[0].count, 5);
	assert_memory_equal(records[0].bytes, "a  b ", 5);
}

static void line_ends_of_a_paste_are_return_where_policy_says(void **state)
{
	struct wire_input input = begin();

	(void)state;
	input.paste_returns = 1;
	assert_int_equal(paste(&input, "\na\tb\n", 5), 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(
			records[i].type, i == 2 ? GARASU_INPUT_TEXT : GARASU_INPUT_KEY_CODE);
	}
	assert_int_equal(records[0].key_code.code, KEY_ENTER);
	assert_int_equal(records[0].flag, 1);
	assert_int_equal(records[1].flag, 0);
	assert_memory_equal(records[2].bytes, "a b", 3);
	assert_int_equal(records[2].flag, 1);
	assert_int_equal(records[3].flag, 1);
	assert_int_equal(records[4].flag, 0);
}

/* No joined text is longer than its reader takes, and no character is split. */
static void long_paste_is_several_texts(void **state)
{
	static char text[GARASU_RFB_PASTE_MAX * 3];
	struct wire_input input = begin();
	size_t size = 0;
	size_t joined = 0;
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i += 3) {
		memcpy(text + i, "\xe3\x81\x82", 3);
	}
	count = paste(&input, text, sizeof(text));
	for (size_t i = 0; i < count; i++) {
		assert_memory_equal(records[i].bytes, text + size, records[i].count);
		size += records[i].count;
		joined += records[i].count;
		assert_in_range(joined, 1, GARASU_INPUT_TEXT_MAX);
		assert_int_equal(joined % 3, 0);
		joined = records[i].flag ? 0 : joined;
	}
	assert_int_equal(size, sizeof(text));
	assert_int_equal(joined, 0);
}

static void geometry_is_numbered_and_keeps_its_scale(void **state)
{
	struct wire_input input = begin();

	(void)state;
	assert_int_equal(resize(&input, 640, 480, 0), 1);
	assert_int_equal(records[0].geometry.scale, GARASU_SCALE_ONE);
	assert_int_equal(records[0].geometry.serial, 1);
	assert_int_equal(resize(&input, 640, 480, 180), 1);
	assert_int_equal(records[0].geometry.scale, 180);
	assert_int_equal(resize(&input, 1024, 768, 0), 1);
	assert_int_equal(records[0].type, GARASU_INPUT_GEOMETRY);
	assert_int_equal(records[0].geometry.width, 1024);
	assert_int_equal(records[0].geometry.height, 768);
	assert_int_equal(records[0].geometry.scale, 180);
	assert_int_equal(records[0].geometry.serial, 3);
	assert_int_equal(input.geometry_serial, 3);
}

static void geometry_out_of_bounds_makes_no_record(void **state)
{
	static const uint16_t bad[][3] = {{63, 64, 120}, {64, 63, 120}, {8193, 64, 120},
		{64, 4321, 120}, {64, 64, 119}, {64, 64, 301}, {0, 0, 0}, {0xffff, 0xffff, 0}};
	struct wire_input input = begin();
	const struct wire_input before = input;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(resize(&input, bad[i][0], bad[i][1], bad[i][2]), 0);
		assert_memory_equal(&input, &before, sizeof(input));
	}
	assert_int_equal(resize(&input, 64, 64, 300), 1);
	assert_int_equal(resize(&input, 8192, 4320, 120), 1);
}

static void focus_is_one_flag(void **state)
{
	struct wire_input input = begin();
	struct wire_client_message message = {.kind = WIRE_CLIENT_FOCUS, .has_focus = 1};

	(void)state;
	assert_int_equal(make(&input, &message), 1);
	assert_int_equal(records[0].type, GARASU_INPUT_FOCUS);
	assert_int_equal(records[0].flag, 1);
}

static void display_messages_make_no_record(void **state)
{
	static const enum wire_client_kind kinds[] = {WIRE_CLIENT_INIT, WIRE_CLIENT_PIXEL_FORMAT,
		WIRE_CLIENT_ENCODINGS, WIRE_CLIENT_REQUEST, WIRE_CLIENT_CONTINUOUS,
		WIRE_CLIENT_FENCE, WIRE_CLIENT_CUT_TEXT};
	struct wire_input input = begin();

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct wire_client_message message = {.kind = kinds[i]};

		assert_int_equal(make(&input, &message), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_becomes_its_keysym_or_code),
		cmocka_unit_test(keysyms_out_of_bounds_make_no_record),
		cmocka_unit_test(a_pointer_stays_within_the_picture),
		cmocka_unit_test(wheel_buttons_count_once_when_they_go_down),
		cmocka_unit_test(a_wheel_of_ours_is_one_record),
		cmocka_unit_test(text_is_split_between_characters),
		cmocka_unit_test(an_address_of_2048_bytes_fits),
		cmocka_unit_test(line_ends_of_a_paste_are_spaces),
		cmocka_unit_test(line_ends_of_a_paste_are_return_where_policy_says),
		cmocka_unit_test(long_paste_is_several_texts),
		cmocka_unit_test(geometry_is_numbered_and_keeps_its_scale),
		cmocka_unit_test(geometry_out_of_bounds_makes_no_record),
		cmocka_unit_test(focus_is_one_flag),
		cmocka_unit_test(display_messages_make_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
