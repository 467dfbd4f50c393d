/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8: every character round, and what RFC 3629 forbids is refused. */

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_character_comes_back(void **state)
{
	(void)state;
	for (uint32_t character = 0; character <= 0x10ffff; character++) {
		uint8_t bytes[4];
		uint32_t decoded = 0;
		size_t size = garasu_utf8_encode(character, bytes);

		if (character >= 0xd800 && character <= 0xdfff) {
			assert_int_equal(size, 0);
			continue;
		}
		assert_int_equal(garasu_utf8_decode(bytes, size, &decoded), (int)size);
		assert_int_equal(decoded, character);
		for (size_t cut = 0; cut < size; cut++) {
			assert_int_equal(garasu_utf8_decode(bytes, cut, &decoded), 0);
		}
	}
}

static void malformed_text_is_refused(void **state)
{
	static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
		"\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xe3\x28\x80", "\xff"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(garasu_utf8_length((const uint8_t *)bad[i], strlen(bad[i])), -1);
	}
}

static void length_counts_characters(void **state)
{
	static const char text[] = "硝子 🍣𠮷";

	(void)state;
	assert_int_equal(garasu_utf8_length((const uint8_t *)text, strlen(text)), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_comes_back),
		cmocka_unit_test(malformed_text_is_refused),
		cmocka_unit_test(length_counts_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
