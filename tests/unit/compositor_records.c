/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input records: what is within bounds, and how pieces join. */

#include "records.h"

#include "garasu/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct garasu_input piece(const char *bytes, int is_last)
{
	struct garasu_input record = {.type = GARASU_INPUT_TEXT,
		.flag = (uint8_t)is_last,
		.count = (uint16_t)strlen(bytes)};

	memcpy(record.bytes, bytes, strlen(bytes));
	return record;
}

static int add(struct garasu_joiner *joiner, const char *bytes, int is_last)
{
	struct garasu_input record = piece(bytes, is_last);

	return joiner_add(joiner, &record);
}

static void pieces_join_in_order(void **state)
{
	struct garasu_joiner joiner;

	(void)state;
	joiner_init(&joiner, 64);
	assert_int_equal(add(&joiner, "abcdefghijkl", 0), 0);
	assert_int_equal(add(&joiner, "", 0), 0);
	assert_int_equal(add(&joiner, "mno", 1), 1);
	assert_string_equal(joiner.bytes, "abcdefghijklmno");
	assert_int_equal(joiner.size, 15);
	joiner_restart(&joiner);
	assert_int_equal(add(&joiner, "p", 1), 1);
	assert_string_equal(joiner.bytes, "p");
}

static void text_at_the_bound_is_whole_and_above_it_is_dropped_to_its_end(void **state)
{
	struct garasu_joiner joiner;

	(void)state;
	joiner_init(&joiner, 16);
	assert_int_equal(add(&joiner, "0123456789", 0), 0);
	assert_int_equal(add(&joiner, "012345", 1), 1);
	joiner_restart(&joiner);
	assert_int_equal(add(&joiner, "0123456789", 0), 0);
	assert_int_equal(add(&joiner, "0123456", 0), 0);
	assert_int_equal(add(&joiner, "x", 0), 0);
	assert_int_equal(add(&joiner, "y", 1), -1);
	assert_int_equal(add(&joiner, "z", 1), 1); /* the next one is sound again */
	assert_string_equal(joiner.bytes, "z");
}

static void zero_bytes_spoil_a_text(void **state)
{
	struct garasu_joiner joiner;
	struct garasu_input record = piece("ab", 1);

	(void)state;
	joiner_init(&joiner, 16);
	record.bytes[1] = 0;
	assert_int_equal(joiner_add(&joiner, &record), -1);
}

static void records_within_bounds_are_sound(void **state)
{
	const struct garasu_input sound[] = {
		{.type = GARASU_INPUT_KEY_CODE, .flag = 1, .key_code.code = 1},
		{.type = GARASU_INPUT_KEY_CODE, .key_code.code = 767},
		{.type = GARASU_INPUT_KEY_SYM, .flag = 1, .key_sym.keysym = 0x0110ffff},
		{.type = GARASU_INPUT_POINTER, .pointer = {65535, 65535, 65535}},
		{.type = GARASU_INPUT_WHEEL, .wheel = {0, 0, -32768, 32767}},
		{.type = GARASU_INPUT_TEXT, .count = 12},
		{.type = GARASU_INPUT_ADDRESS, .count = 0, .flag = 1},
		{.type = GARASU_INPUT_GEOMETRY, .geometry = {64, 64, 120, 0}},
		{.type = GARASU_INPUT_GEOMETRY, .geometry = {65535, 65535, 300, 65535}},
		{.type = GARASU_INPUT_FOCUS, .flag = 1},
		{.type = GARASU_INPUT_CREDIT},
		{.type = GARASU_INPUT_REFRESH},
		{.type = GARASU_INPUT_PREEDIT, .count = GARASU_INPUT_TEXT_BYTES},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++) {
		assert_int_equal(record_is_sound(&sound[i]), 1);
	}
}

static void garbage_is_refused(void **state)
{
	const struct garasu_input garbage[] = {
		{.type = 0},
		{.type = GARASU_INPUT_PREEDIT + 1},
		{.type = GARASU_INPUT_PREEDIT, .count = GARASU_INPUT_TEXT_BYTES + 1},
		{.type = 255},
		{.type = GARASU_INPUT_CREDIT, .flag = 2},
		{.type = GARASU_INPUT_KEY_CODE, .key_code.code = 0},
		{.type = GARASU_INPUT_KEY_CODE, .key_code.code = 768},
		{.type = GARASU_INPUT_KEY_SYM, .key_sym.keysym = 0},
		{.type = GARASU_INPUT_KEY_SYM, .key_sym.keysym = 0x20000000},
		{.type = GARASU_INPUT_TEXT, .count = 13},
		{.type = GARASU_INPUT_ADDRESS, .count = 65535},
		{.type = GARASU_INPUT_GEOMETRY, .geometry = {63, 64, 120, 0}},
		{.type = GARASU_INPUT_GEOMETRY, .geometry = {64, 63, 120, 0}},
		{.type = GARASU_INPUT_GEOMETRY, .geometry = {64, 64, 119, 0}},
		{.type = GARASU_INPUT_GEOMETRY, .geometry = {64, 64, 301, 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		assert_int_equal(record_is_sound(&garbage[i]), 0);
	}
}

static void addresses_are_http_and_printable(void **state)
{
	static const char *const sound[] = {"http://a", "https://www.example.jp/?q=%E7%A1%9D"};
	static const char *const bad[] = {"", "http://", "file:///etc/passwd", "HTTP://example",
		"javascript:alert(1)", "http://a b", "http://a\x7f", "http://\xe7\xa1\x9d",
		" http://a", "--no-sandbox", "data:text/html,x"};
	char longest[GARASU_INPUT_ADDRESS_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++) {
		assert_int_equal(address_is_sound(sound[i], strlen(sound[i])), 1);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(address_is_sound(bad[i], strlen(bad[i])), 0);
	}
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "http://", 7);
	assert_int_equal(address_is_sound(longest, GARASU_INPUT_ADDRESS_MAX), 1);
	assert_int_equal(address_is_sound(longest, GARASU_INPUT_ADDRESS_MAX + 1), 0);
}

static void text_is_well_formed_and_not_empty(void **state)
{
	(void)state;
	assert_int_equal(text_is_sound("硝子", 6), 1);
	assert_int_equal(text_is_sound("", 0), 0);
	assert_int_equal(text_is_sound("\xe7\xa1", 2), 0);
	assert_int_equal(text_is_sound("a\xff", 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_join_in_order),
		cmocka_unit_test(text_at_the_bound_is_whole_and_above_it_is_dropped_to_its_end),
		cmocka_unit_test(zero_bytes_spoil_a_text),
		cmocka_unit_test(records_within_bounds_are_sound),
		cmocka_unit_test(garbage_is_refused),
		cmocka_unit_test(addresses_are_http_and_printable),
		cmocka_unit_test(text_is_well_formed_and_not_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
