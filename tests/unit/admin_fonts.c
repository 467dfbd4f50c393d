/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this host's fonts have, and what no font has. */

#include "fonts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void japanese_of_the_default_fonts_is_there(void **state)
{
	static const struct fonts_character there[] = {
		{0x3042, 0}, {0xff71, 0}, {0x2460, 0}, {0x20bb7, 0}, {0x845b, 0xe0100}};

	(void)state;
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
		assert_int_equal(fonts_have(&there[i]), 1);
	}
}

static void character_and_variant_of_nobody_are_missing(void **state)
{
	const struct fonts_character nobody = {0x10fffe, 0};
	const struct fonts_character variant = {0x3042, 0xe01ef};

	(void)state;
	assert_int_equal(fonts_have(&nobody), 0);
	assert_int_equal(fonts_have(&variant), 0);
}

static int finish(void **state)
{
	(void)state;
	fonts_finish();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(japanese_of_the_default_fonts_is_there),
		cmocka_unit_test(character_and_variant_of_nobody_are_missing),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
