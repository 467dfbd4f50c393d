/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the supervisor takes from egress, which may be captured: the audit trail is all that it can
 * write to. */

#include "allowance.h"
#include "supervisor.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct garasu_config config = {
	.egress_starts_per_s = 20, .egress_starts_burst = 100, .egress_connections_max = 50};
static struct supervisor supervisor;
static struct session session;

static int begin(void **state)
{
	(void)state;
	supervisor = (struct supervisor){.config = &config, .sessions = &session};
	session = (struct session){.supervisor = &supervisor, .number = 7, .user = "tanaka"};
	return 0;
}

static int end(void **state)
{
	(void)state;
	while (supervisor.events.first != NULL) {
		event_on_written(
			&supervisor, &(struct garasu_record_written){supervisor.events.sent});
	}
	return 0;
}

static int take(uint32_t number, uint32_t verdict, const char *host)
{
	static struct garasu_control record;
	struct garasu_egress_connection told = {.session = number, .verdict = verdict};

	memset(&record, 0, sizeof(record));
	record.header.type = GARASU_EGRESS_CONNECTION;
	snprintf(told.host, sizeof(told.host), "%s", host);
	memcpy(record.payload, &told, sizeof(told));
	return egress_take(&supervisor, &record);
}

static void connection_is_recorded_with_its_sessions_user(void **state)
{
	(void)state;
	assert_int_equal(take(7, GARASU_EGRESS_ALLOWED, "www.example.jp"), 0);
	assert_int_equal(take(7, GARASU_EGRESS_BAD_REQUEST, "?"), 0);
	assert_int_equal(take(7, GARASU_EGRESS_ALLOWED, "[2001:db8::1]"), 0);
	assert_int_equal(take(8, GARASU_EGRESS_ALLOWED, "of.one.that.ended"), 0);
	assert_int_equal(supervisor.events.count, 3);
}

static void words_of_its_own_are_refused(void **state)
{
	static const char *const hosts[] = {
		"a b", "a\"", "a\n", "\xe3\x81\x82", "a?", "user@a", "a/"};

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		assert_int_equal(take(7, GARASU_EGRESS_ALLOWED, hosts[i]), -EPROTO);
	}
	assert_int_equal(take(7, GARASU_EGRESS_VERDICT_COUNT, "a"), -EPROTO);
	assert_int_equal(supervisor.events.count, 0);
}

/* More than it lets a session begin at once, and have open, twice. */
static void flood_is_refused_and_the_trail_has_room(void **state)
{
	unsigned taken = 0;

	(void)state;
	while (taken < 50000 && take(7, GARASU_EGRESS_ALLOWED, "a") == 0) {
		taken++;
	}
	assert_in_range(taken, 300, 2000);
	assert_int_equal(supervisor.events.lost, 0);
}

static void what_was_limited_comes_back_at_its_rate(void **state)
{
	uint64_t spent_us = 0, now_us = 1000000;

	(void)state;
	for (unsigned i = 0; i <= 10; i++) {
		assert_true(allowance_keeps(&spent_us, 4, 10, now_us));
	}
	assert_false(allowance_keeps(&spent_us, 4, 10, now_us));
	assert_false(allowance_keeps(&spent_us, 4, 10, now_us + 249999));
	assert_true(allowance_keeps(&spent_us, 4, 10, now_us + 250000));
	assert_false(allowance_keeps(&spent_us, 4, 10, now_us + 250000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			connection_is_recorded_with_its_sessions_user, begin, end),
		cmocka_unit_test_setup_teardown(words_of_its_own_are_refused, begin, end),
		cmocka_unit_test_setup_teardown(
			flood_is_refused_and_the_trail_has_room, begin, end),
		cmocka_unit_test(what_was_limited_comes_back_at_its_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
