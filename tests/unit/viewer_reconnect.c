/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Desks that lost the server at once do not come back at once. */

#include "reconnect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define SOME 7919u /* a prime: chances all over the range */

static const struct outcome lost = {.fault = FAULT_LOST};

static void tries_come_later_and_later_but_within_half_a_minute(void **state)
{
	static const uint32_t most_ms[] = {500, 1000, 2000, 4000, 8000, 16000, 30000, 30000};

	(void)state;
	for (uint32_t i = 0; i < sizeof(most_ms) / sizeof(most_ms[0]); i++) {
		for (uint32_t chance = 0; chance < 1000 * SOME; chance += SOME) {
			assert_in_range(reconnect_delay_ms(&lost, i + 1, chance), most_ms[i] / 2,
				most_ms[i]);
		}
	}
}

static void desks_spread_over_half_of_the_wait(void **state)
{
	(void)state;
	assert_int_equal(reconnect_delay_ms(&lost, 3, 0), 1000);
	assert_int_equal(reconnect_delay_ms(&lost, 3, 500), 1500);
	assert_int_equal(reconnect_delay_ms(&lost, 3, 1000), 2000);
	assert_int_equal(reconnect_delay_ms(&lost, 3, 1001), 1000);
}

static void busy_server_has_the_time_it_asks_for(void **state)
{
	const struct outcome busy = {.fault = FAULT_STATE, .state = GARASU_STATE_BUSY, .value = 5};
	const struct outcome absurd = {
		.fault = FAULT_STATE, .state = GARASU_STATE_BUSY, .value = UINT32_MAX};

	(void)state;
	assert_int_equal(reconnect_delay_ms(&busy, 1, 0), 5000);
	assert_int_equal(reconnect_delay_ms(&busy, 1, 100), 5100);
	assert_int_equal(reconnect_delay_ms(&busy, 1, 251), 5000);
	assert_int_equal(reconnect_delay_ms(&absurd, 1, 0), 600000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_come_later_and_later_but_within_half_a_minute),
		cmocka_unit_test(desks_spread_over_half_of_the_wait),
		cmocka_unit_test(busy_server_has_the_time_it_asks_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
