/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and sizes on a command line. */

#include "argument.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void number_is_digits_within_its_bounds(void **state)
{
	static const char *const wrong[] = {
		"", "4", "11", "-5", "+5", " 5", "5 ", "0x5", "5.0", "18446744073709551621"};
	uint32_t number = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(argument_number(wrong[i], 5, 10, &number), -EINVAL);
		assert_int_equal(number, 7);
	}
	assert_int_equal(argument_number("5", 5, 10, &number), 0);
	assert_int_equal(number, 5);
	assert_int_equal(argument_number("10", 5, 10, &number), 0);
	assert_int_equal(number, 10);
}

static void size_is_two_numbers_and_a_cross(void **state)
{
	static const char *const wrong[] = {"", "100", "100x", "x100", "100x100x", "100*100",
		"9x100", "100x9", "501x100", "100x501", "-100x100", "100x 100"};
	const struct argument_size least = {10, 10}, most = {500, 500};
	struct argument_size size = {1, 2};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(argument_size(wrong[i], least, most, &size), -EINVAL);
		assert_int_equal(size.width, 1);
		assert_int_equal(size.height, 2);
	}
	assert_int_equal(argument_size("10x500", least, most, &size), 0);
	assert_int_equal(size.width, 10);
	assert_int_equal(size.height, 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_is_digits_within_its_bounds),
		cmocka_unit_test(size_is_two_numbers_and_a_cross),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
