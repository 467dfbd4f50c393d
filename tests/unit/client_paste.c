/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a clipboard becomes one paste. */

#include "paste.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct paste paste;

static void assert_taken(const char *text, uint32_t most, const char *expected, uint32_t length)
{
	memset(&paste, 0xee, sizeof(paste));
	paste_take(&paste, text, most);
	assert_int_equal(paste.length, length);
	assert_int_equal(paste.size, strlen(expected));
	assert_memory_equal(paste.text, expected, paste.size);
}

static void text_is_taken_up_to_so_many_characters(void **state)
{
	(void)state;
	assert_taken("", 3, "", 0);
	assert_taken("a𠮷い", 3, "a𠮷い", 3);
	assert_taken("a𠮷いう", 3, "a𠮷い", 4);
	assert_taken("abc", 0, "", 3);
}

static void line_ends_of_every_desk_are_newlines(void **state)
{
	(void)state;
	assert_taken("a\r\nb\rc\nd\te", 9, "a\nb\nc\nd\te", 9);
	assert_taken("a\r", 9, "a\n", 2);
}

static void controls_are_dropped_and_not_counted(void **state)
{
	(void)state;
	assert_taken("a\x1b\x7f\xc2\x9b"
		     "b\x01",
		9, "ab", 2);
}

static void nothing_is_taken_behind_what_is_malformed(void **state)
{
	(void)state;
	assert_taken("ab\xff"
		     "c",
		9, "ab", 2);
	assert_taken("ab\xe3\x81", 9, "ab", 2);
}

static void no_policy_makes_it_longer_than_a_message(void **state)
{
	static char text[4 * 600 + 1];
	static char expected[4 * 500 + 1];

	(void)state;
	for (size_t i = 0; i < 600; i++) {
		memcpy(text + 4 * i, "\xf0\xa0\xae\xb7", 4);
	}
	memcpy(expected, text, 4 * 500);
	assert_taken(text, 65535, expected, 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_taken_up_to_so_many_characters),
		cmocka_unit_test(line_ends_of_every_desk_are_newlines),
		cmocka_unit_test(controls_are_dropped_and_not_counted),
		cmocka_unit_test(nothing_is_taken_behind_what_is_malformed),
		cmocka_unit_test(no_policy_makes_it_longer_than_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
