/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The byte queue: order, its hard maximum, and that a refused append changes nothing. */

#include "base/buffer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void bytes_leave_in_the_order_they_came(void **state)
{
	struct garasu_buffer buffer;
	uint8_t next_in = 0;
	uint8_t next_out = 0;

	(void)state;
	garasu_buffer_init(&buffer, 10000);
	for (size_t round = 1; round < 200; round++) {
		for (size_t i = 0; i < round % 61; i++) {
			assert_int_equal(garasu_buffer_append(&buffer, &next_in, 1), 0);
			next_in++;
		}
		for (size_t i = 0; i < round % 53 && garasu_buffer_size(&buffer) > 0; i++) {
			assert_int_equal(garasu_buffer_bytes(&buffer)[0], next_out);
			garasu_buffer_consume(&buffer, 1);
			next_out++;
		}
	}
	garasu_buffer_finish(&buffer);
}

static void append_past_the_maximum_changes_nothing(void **state)
{
	struct garasu_buffer buffer;

	(void)state;
	garasu_buffer_init(&buffer, 8);
	assert_int_equal(garasu_buffer_append(&buffer, "12345", 5), 0);
	assert_int_equal(garasu_buffer_append(&buffer, "6789", 4), -ENOBUFS);
	assert_int_equal(garasu_buffer_size(&buffer), 5);
	assert_memory_equal(garasu_buffer_bytes(&buffer), "12345", 5);
	assert_null(garasu_buffer_reserve(&buffer, SIZE_MAX));
	garasu_buffer_consume(&buffer, 4);
	assert_int_equal(garasu_buffer_append(&buffer, "6789abc", 7), 0);
	assert_memory_equal(garasu_buffer_bytes(&buffer), "56789abc", 8);
	garasu_buffer_finish(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_leave_in_the_order_they_came),
		cmocka_unit_test(append_past_the_maximum_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
