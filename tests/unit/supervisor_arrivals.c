/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New connections by network: a minute's worth each, in a bounded table. */

#include "arrivals.h"
#include "peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW 5000000u

static struct arrivals arrivals;

static int forget(void **state)
{
	(void)state;
	memset(&arrivals, 0, sizeof(arrivals));
	return 0;
}

static uint64_t take(const char *address, uint32_t per_minute, uint64_t now_ms)
{
	char network[GARASU_ADDRESS_SIZE];

	peer_network(network, address);
	return arrivals_take(&arrivals, network, per_minute, now_ms);
}

static void take_all(const char *address, uint32_t per_minute)
{
	for (uint32_t i = 0; i < per_minute; i++) {
		assert_int_equal(take(address, per_minute, NOW), 0);
	}
}

static void minute_s_worth_comes_at_once_and_then_one_by_one(void **state)
{
	(void)state;
	take_all("192.0.2.7", 60);
	assert_int_equal(take("192.0.2.7", 60, NOW), 1000);
	assert_int_equal(take("192.0.2.7", 60, NOW + 999), 1);
	assert_int_equal(take("192.0.2.7", 60, NOW + 1000), 0);
	assert_int_equal(take("192.0.2.7", 60, NOW + 1000), 1000);
}

static void refused_ones_cost_nothing(void **state)
{
	(void)state;
	take_all("192.0.2.7", 60);
	for (int i = 0; i < 100000; i++) {
		assert_int_equal(take("192.0.2.7", 60, NOW), 1000);
	}
	assert_int_equal(take("192.0.2.7", 60, NOW + 1000), 0);
}

static void one_network_s_minute_is_no_other_s(void **state)
{
	(void)state;
	take_all("192.0.2.7", 60);
	assert_int_equal(take("192.0.2.8", 60, NOW), 0);
	take_all("2001:db8:0:1::1", 60);
	assert_int_equal(take("2001:db8:0:2::1", 60, NOW), 0);
}

static void spellings_of_one_desk_have_one_minute(void **state)
{
	char address[64];

	(void)state;
	take_all("::ffff:192.0.2.7", 60);
	assert_int_equal(take("192.0.2.7", 60, NOW), 1000);
	for (unsigned i = 0; i < 60; i++) { /* a desk picks this half as it likes */
		snprintf(address, sizeof(address), "2001:db8::%x:1", i);
		assert_int_equal(take(address, 60, NOW), 0);
	}
	assert_int_equal(take("2001:db8::ffff", 60, NOW), 1000);
}

static void spent_network_is_not_pushed_out_by_many_that_come_once(void **state)
{
	char address[32];

	(void)state;
	take_all("192.0.2.7", 60);
	for (unsigned i = 0; i < 4 * ARRIVALS_NETWORKS; i++) {
		snprintf(address, sizeof(address), "10.0.%u.%u", i / 256, i % 256);
		assert_int_equal(take(address, 60, NOW), 0);
	}
	assert_int_equal(take("192.0.2.7", 60, NOW), 1000);
}

static void full_table_refuses_no_newcomer(void **state)
{
	char address[32];

	(void)state;
	for (unsigned i = 0; i < ARRIVALS_NETWORKS; i++) {
		snprintf(address, sizeof(address), "10.0.%u.%u", i / 256, i % 256);
		take_all(address, 2);
	}
	assert_int_equal(take("192.0.2.7", 2, NOW), 0);
}

static void extremes_are_exact(void **state)
{
	(void)state;
	assert_int_equal(take("192.0.2.7", 1, NOW), 0);
	assert_int_equal(take("192.0.2.7", 1, NOW), 60000);
	assert_int_equal(take("192.0.2.7", 1, NOW + 60000), 0);
	take_all("192.0.2.8", 60000);
	assert_int_equal(take("192.0.2.8", 60000, NOW), 1);
	assert_int_equal(take("192.0.2.9", 7, 0), 0); /* a clock that has just begun */
}

#define TEST(name) cmocka_unit_test_setup(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(minute_s_worth_comes_at_once_and_then_one_by_one),
		TEST(refused_ones_cost_nothing),
		TEST(one_network_s_minute_is_no_other_s),
		TEST(spellings_of_one_desk_have_one_minute),
		TEST(spent_network_is_not_pushed_out_by_many_that_come_once),
		TEST(full_table_refuses_no_newcomer),
		TEST(extremes_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
