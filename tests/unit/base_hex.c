/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hexadecimal is read as it is written, and as nothing else. */

#include "base/hex.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_byte_comes_back(void **state)
{
	uint8_t bytes[256], back[256];
	char text[2 * sizeof(bytes) + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)i;
	}
	garasu_hex_write(text, bytes, sizeof(bytes));
	assert_int_equal(strlen(text), 2 * sizeof(bytes));
	assert_memory_equal(text, "000102", 6);
	assert_string_equal(text + 2 * 253, "fdfeff");
	assert_int_equal(garasu_hex_read(back, sizeof(back), text), 0);
	assert_memory_equal(back, bytes, sizeof(bytes));
}

static void other_digits_and_short_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"0G", "g0", "AF", "0A", " 1", "1 ", "+1", "0x", "1", ""};
	uint8_t byte;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(garasu_hex_read(&byte, 1, texts[i]), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(other_digits_and_short_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
