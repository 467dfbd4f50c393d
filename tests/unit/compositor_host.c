/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host's queue for processors, from the kernel's text. */

#include "host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static uint32_t tasks_in(const char *text)
{
	return host_tasks_in(text, strlen(text));
}

static void tasks_are_the_fourth_word_without_the_caller(void **state)
{
	(void)state;
	assert_int_equal(tasks_in("0.20 0.18 0.12 3/80 11206\n"), 2);
	assert_int_equal(tasks_in("12.00 9.18 0.12 1/80 11206\n"), 0);
	assert_int_equal(tasks_in("0.20 0.18 0.12 137/4080 11206\n"), 136);
}

static void strange_text_means_no_load(void **state)
{
	static const char *const texts[] = {"", "0.20", "0.20 0.18 0.12 ", "0.20 0.18 0.12 x/80",
		"0.20 0.18 0.12 0/80", "a b c d", "   ", "0.20 0.18 0.12 -4/80"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(tasks_in(texts[i]), 0);
	}
	assert_int_equal(host_tasks_in("0.20 0.18 0.12 34/80", 16), 2); /* cut */
	assert_in_range(tasks_in("0.20 0.18 0.12 99999999999999999999/80"), 999999, 9999999);
}

static void this_host_has_processors_and_a_queue(void **state)
{
	struct host host;

	(void)state;
	host_open(&host);
	assert_int_not_equal(host.loadavg, -1);
	assert_in_range(host.processors, 1, sysconf(_SC_NPROCESSORS_CONF));
	assert_in_range(host_tasks(&host), 0, 1000000);
	close(host.loadavg);
	host.loadavg = -1;
	assert_int_equal(host_tasks(&host), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_are_the_fourth_word_without_the_caller),
		cmocka_unit_test(strange_text_means_no_load),
		cmocka_unit_test(this_host_has_processors_and_a_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
