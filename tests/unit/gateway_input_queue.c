/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue of records for an input pipe that may be full. */

#include "input_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PIPE_BYTES 4096

static struct input_queue queue;
static int ends[2]; /* read, write; non-blocking, one page */

static int set_up(void **state)
{
	(void)state;
	memset(&queue, 0, sizeof(queue));
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0 ||
		fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) != PIPE_BYTES) {
		return -1;
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static struct garasu_input key(uint32_t code, uint8_t is_down)
{
	struct garasu_input record = {.type = GARASU_INPUT_KEY_CODE, .flag = is_down};

	record.key_code.code = code;
	return record;
}

static struct garasu_input pointer(uint16_t x, uint16_t buttons)
{
	struct garasu_input record = {.type = GARASU_INPUT_POINTER};

	record.pointer.x = x;
	record.pointer.buttons = buttons;
	return record;
}

static void push(struct garasu_input record)
{
	assert_int_equal(input_queue_push(&queue, &record, 1), 0);
}

static void expect(struct garasu_input expected)
{
	struct garasu_input got;

	assert_int_equal(read(ends[0], &got, sizeof(got)), sizeof(got));
	assert_memory_equal(&got, &expected, sizeof(got));
}

static void expect_nothing(void)
{
	struct garasu_input got;

	assert_int_equal(read(ends[0], &got, sizeof(got)), -1);
	assert_int_equal(errno, EAGAIN);
}

static void fill_pipe(void)
{
	static const char page[PIPE_BYTES];

	assert_int_equal(write(ends[1], page, sizeof(page)), sizeof(page));
}

static void drain_page(void)
{
	char page[PIPE_BYTES];

	assert_int_equal(read(ends[0], page, sizeof(page)), sizeof(page));
}

static void records_leave_in_order(void **state)
{
	(void)state;
	push(key(30, 1));
	push(pointer(1, 0));
	push(key(30, 0));
	assert_int_equal(input_queue_flush(&queue, ends[1]), 0);
	assert_int_equal(queue.count, 0);
	expect(key(30, 1));
	expect(pointer(1, 0));
	expect(key(30, 0));
	expect_nothing();
}

static void full_pipe_keeps_everything_but_older_motion(void **state)
{
	(void)state;
	fill_pipe();
	push(pointer(1, 0));
	push(pointer(2, 0));
	push(key(30, 0));
	push(pointer(3, 0));
	push(pointer(4, 0));
	assert_int_equal(input_queue_flush(&queue, ends[1]), 0);
	assert_int_equal(queue.count, 3);
	drain_page();
	assert_int_equal(input_queue_flush(&queue, ends[1]), 0);
	expect(pointer(2, 0));
	expect(key(30, 0));
	expect(pointer(4, 0));
	expect_nothing();
}

static void press_and_release_stay_where_they_were(void **state)
{
	(void)state;
	push(pointer(1, 0));
	push(pointer(2, 1));
	push(pointer(3, 1));
	push(pointer(4, 1));
	push(pointer(5, 0));
	push(pointer(6, 0));
	assert_int_equal(input_queue_flush(&queue, ends[1]), 0);
	expect(pointer(1, 0));
	expect(pointer(2, 1));
	expect(pointer(4, 1));
	expect(pointer(5, 0));
	expect(pointer(6, 0));
	expect_nothing();
}

static void full_queue_refuses_and_stays_as_it_was(void **state)
{
	const struct garasu_input two[2] = {key(31, 0), key(32, 0)};

	(void)state;
	for (uint32_t i = 0; i < INPUT_QUEUE_MAX - 1; i++) {
		push(key(30, 1));
	}
	assert_int_equal(input_queue_push(&queue, two, 2), -ENOBUFS);
	assert_int_equal(queue.count, INPUT_QUEUE_MAX - 1);
	push(pointer(1, 0));
	assert_int_equal(input_queue_push(&queue, two, 1), -ENOBUFS);
	push(pointer(2, 0)); /* motion takes the place of motion */
	assert_int_equal(queue.count, INPUT_QUEUE_MAX);
}

static void nothing_is_torn_where_the_ring_wraps(void **state)
{
	uint32_t pushed = 0;
	uint32_t taken = 0;

	(void)state;
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 200; i++) {
			push(key(pushed++, 1));
		}
		assert_int_equal(input_queue_flush(&queue, ends[1]), 0);
		while (taken < pushed - queue.count) {
			expect(key(taken++, 1));
		}
	}
	assert_int_equal(input_queue_flush(&queue, ends[1]), 0);
	while (taken < pushed) {
		expect(key(taken++, 1));
	}
	expect_nothing();
}

static void reader_that_is_gone_is_told(void **state)
{
	(void)state;
	close(ends[0]);
	ends[0] = -1;
	push(key(30, 1));
	assert_int_equal(input_queue_flush(&queue, ends[1]), -EPIPE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(records_leave_in_order),
		CASE(full_pipe_keeps_everything_but_older_motion),
		CASE(press_and_release_stay_where_they_were),
		CASE(full_queue_refuses_and_stays_as_it_was),
		CASE(nothing_is_torn_where_the_ring_wraps),
		CASE(reader_that_is_gone_is_told),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
