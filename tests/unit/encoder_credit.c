/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Credit: one at a time, at its pace, and never waiting for the pipe. */

#include "credit.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int ends[2];
static struct credit credit;

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	credit_init(&credit, ends[1], 60);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static int read_type(void)
{
	struct garasu_input record;

	return read(ends[0], &record, sizeof(record)) == sizeof(record) ? record.type : 0;
}

static void credit_is_a_record_of_its_type_alone(void **state)
{
	static const struct garasu_input expected = {.type = GARASU_INPUT_CREDIT};
	struct garasu_input record;

	(void)state;
	assert_int_equal(credit_give(&credit, 1000), 0);
	assert_int_equal(read(ends[0], &record, sizeof(record)), sizeof(record));
	assert_memory_equal(&record, &expected, sizeof(record));
	assert_int_equal(credit_refresh(&credit, 1000), 0);
	assert_int_equal(read_type(), GARASU_INPUT_REFRESH);
}

static void only_one_is_out(void **state)
{
	(void)state;
	assert_int_equal(credit_due_us(&credit), 0);
	assert_int_equal(credit_give(&credit, 5000000), 0);
	assert_int_equal(credit_due_us(&credit), UINT64_MAX);
	credit_frame_taken(&credit, 0, 5001000);
	assert_int_equal(credit_due_us(&credit), 5000000 + 1000000 / 60);
}

static void long_motion_meets_the_same_cap(void **state)
{
	uint64_t now = 10000000;

	(void)state;
	while (now < 20000000) {
		assert_int_equal(credit_give(&credit, now), 0);
		assert_int_equal(read_type(), GARASU_INPUT_CREDIT);
		credit_frame_taken(&credit, 0, now + 1000);
		assert_int_equal(credit_due_us(&credit), now + 1000000 / 60);
		now = credit_due_us(&credit);
	}
}

static int says_film(void)
{
	struct garasu_input record;

	assert_int_equal(credit_give(&credit, 1000), 0);
	assert_int_equal(read(ends[0], &record, sizeof(record)), sizeof(record));
	assert_int_equal(record.type, GARASU_INPUT_CREDIT);
	return record.flag;
}

static void credit_says_whether_a_film_moves(void **state)
{
	static const uint32_t page[] = {200, 0, 0, 3, 0, 200, 0, 0}; /* photographs that appear */

	(void)state;
	for (size_t i = 0; i < sizeof(page) / sizeof(page[0]); i++) {
		credit_frame_taken(&credit, page[i], 1000);
		assert_int_equal(says_film(), 0);
	}
	for (int i = 0; i < 8; i++) {
		credit_frame_taken(&credit, 60, 1000);
	}
	assert_int_equal(says_film(), 1);
	credit_frame_taken(&credit, 0, 1000); /* what else changes does not hide it at once */
	assert_int_equal(says_film(), 1);
	for (int i = 0; i < 8; i++) {
		credit_frame_taken(&credit, 2, 1000); /* a small picture that moves is none */
	}
	assert_int_equal(says_film(), 0);
	for (int i = 0; i < 8; i++) {
		credit_frame_taken(&credit, 60, 1000);
	}
	assert_int_equal(credit_refresh(&credit, 1000), 0);
	assert_int_equal(read_type(), GARASU_INPUT_REFRESH);
}

static void rate_0_is_no_cap(void **state)
{
	(void)state;
	credit_init(&credit, ends[1], 0);
	assert_int_equal(credit_give(&credit, 7000), 0);
	credit_frame_taken(&credit, 0, 7001);
	assert_int_equal(credit_due_us(&credit), 7000);
}

static void full_pipe_is_tried_again_and_nothing_is_out(void **state)
{
	char filler[4096];

	(void)state;
	memset(filler, 0, sizeof(filler));
	while (write(ends[1], filler, sizeof(filler)) > 0) {
	}
	assert_int_equal(credit_give(&credit, 1000000), 0);
	assert_int_equal(credit.is_out, 0);
	assert_in_range(credit_due_us(&credit), 1000001, 1100000);
}

static void gone_session_is_told(void **state)
{
	(void)state;
	close(ends[0]);
	ends[0] = -1;
	assert_int_equal(credit_give(&credit, 1000), -EPIPE);
	assert_int_equal(credit_refresh(&credit, 1000), -EPIPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			credit_is_a_record_of_its_type_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_one_is_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_motion_meets_the_same_cap, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			credit_says_whether_a_film_moves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rate_0_is_no_cap, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			full_pipe_is_tried_again_and_nothing_is_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gone_session_is_told, set_up, tear_down),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
