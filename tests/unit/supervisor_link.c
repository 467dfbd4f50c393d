/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the supervisor hears from a role that ended. */

#include "link.h"

#include "base/control.h"
#include "base/descriptor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WORDS 100u /* more than are read at once */

static struct {
	struct link *link;
	unsigned heard;
	int closed;
} seen;

static void on_record(void *owner, struct garasu_control *record)
{
	(void)owner;
	assert_int_equal(record->header.type, GARASU_LAUNCH_READY);
	seen.heard++;
}

static void on_closed(void *owner, int error)
{
	(void)owner;
	assert_int_equal(error, 0);
	seen.closed++;
	link_close(&seen.link);
}

/* A gateway that ends while the supervisor tells it something still leaves its counts. */
static void last_words_of_a_role_that_read_nothing_are_heard(void **state)
{
	const struct garasu_gateway_verdict unread = {0};
	uv_loop_t loop;
	int ends[2];

	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(garasu_control_pair(ends), 0);
	assert_int_equal(link_open(&loop, ends[0], on_record, on_closed, NULL, &seen.link), 0);
	assert_int_equal(link_send(seen.link, GARASU_GATEWAY_STATE, &unread, NULL, 0), 0);
	for (unsigned i = 0; i < WORDS; i++) {
		assert_int_equal(
			garasu_control_send(ends[1], GARASU_LAUNCH_READY, NULL, NULL, 0), 0);
	}
	garasu_fd_close(&ends[1]);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(seen.heard, WORDS);
	assert_int_equal(seen.closed, 1);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_words_of_a_role_that_read_nothing_are_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
