/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the log-in, byte for byte, and what the gateway says of itself. */

#include "wire/handshake.h"

#include "base/utf8.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint8_t answer[WIRE_HANDSHAKE_ANSWER_MAX];
static size_t answer_size;

static struct wire_handshake begin(enum wire_handshake_step step)
{
	struct wire_handshake handshake;
	uint8_t greeting[12];

	wire_handshake_begin(&handshake, greeting);
	assert_memory_equal(greeting, "RFB 003.008\n", 12);
	assert_int_equal(handshake.step, WIRE_HANDSHAKE_VERSION);
	handshake.step = step;
	return handshake;
}

static ssize_t next(struct wire_handshake *handshake, const void *bytes, size_t size)
{
	return wire_handshake_next(handshake, bytes, size, answer, &answer_size);
}

static const struct {
	const char *bytes;
	size_t size;
	const char *answer;
	size_t answer_size;
} steps[] = {
	[WIRE_HANDSHAKE_VERSION] = {"RFB 003.008\n", 12, "\1\23", 2},
	[WIRE_HANDSHAKE_TYPE] = {"\23", 1, "\0\2", 2},
	[WIRE_HANDSHAKE_VENCRYPT] = {"\0\2", 2, "\0\1\0\0\1\6", 6},
	[WIRE_HANDSHAKE_SUBTYPE] = {"\0\0\1\6", 4, "\1", 1},
};

static void each_step_before_tls_takes_its_bytes_and_leaves_the_rest(void **state)
{
	struct wire_handshake handshake = begin(WIRE_HANDSHAKE_VERSION);
	char bytes[64];

	(void)state;
	for (unsigned step = 0; step < WIRE_HANDSHAKE_TLS; step++) {
		assert_int_equal(handshake.step, step);
		memset(bytes, 'x', sizeof(bytes));
		memcpy(bytes, steps[step].bytes, steps[step].size);
		assert_int_equal(next(&handshake, bytes, sizeof(bytes)), steps[step].size);
		assert_int_equal(answer_size, steps[step].answer_size);
		assert_memory_equal(answer, steps[step].answer, answer_size);
	}
	assert_int_equal(handshake.step, WIRE_HANDSHAKE_TLS);
}

static void a_step_is_awaited_at_every_length(void **state)
{
	(void)state;
	for (unsigned step = 0; step < WIRE_HANDSHAKE_TLS; step++) {
		for (size_t size = 0; size < steps[step].size; size++) {
			struct wire_handshake handshake = begin((enum wire_handshake_step)step);

			assert_int_equal(next(&handshake, steps[step].bytes, size), 0);
			assert_int_equal(answer_size, 0);
			assert_int_equal(handshake.step, step);
		}
	}
}

static void a_step_refuses_every_other_byte_at_once(void **state)
{
	(void)state;
	for (unsigned step = 0; step < WIRE_HANDSHAKE_TLS; step++) {
		for (size_t place = 0; place < steps[step].size; place++) {
			struct wire_handshake handshake = begin((enum wire_handshake_step)step);
			char bytes[16];

			memcpy(bytes, steps[step].bytes, steps[step].size);
			bytes[place] ^= 1;
			assert_int_equal(next(&handshake, bytes, place + 1), -EPROTO);
			assert_int_equal(handshake.step, step);
			assert_int_equal(answer_size, 0);
		}
	}
}

static void nothing_is_read_while_tls_is_made_or_after_the_end(void **state)
{
	struct wire_handshake handshake = begin(WIRE_HANDSHAKE_TLS);

	(void)state;
	assert_int_equal(next(&handshake, "\1", 1), -EPROTO);
	handshake.step = WIRE_HANDSHAKE_DONE;
	assert_int_equal(next(&handshake, "\1", 1), -EPROTO);
}

static size_t put_plain(uint8_t *out, size_t user_size, size_t password_size)
{
	memset(out, 0, 8);
	out[2] = (uint8_t)(user_size >> 8);
	out[3] = (uint8_t)user_size;
	out[6] = (uint8_t)(password_size >> 8);
	out[7] = (uint8_t)password_size;
	memset(out + 8, 'u', user_size);
	memset(out + 8 + user_size, 'p', password_size);
	return 8 + user_size + password_size;
}

static void user_and_password_are_taken_up_to_their_bounds(void **state)
{
	static const size_t sizes[][2] = {{0, 0}, {1, 1}, {5, 0}, {63, 255}};
	uint8_t bytes[512];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct wire_handshake handshake = begin(WIRE_HANDSHAKE_PLAIN);
		size_t size = put_plain(bytes, sizes[i][0], sizes[i][1]);

		assert_int_equal(next(&handshake, bytes, sizeof(bytes)), size);
		assert_int_equal(handshake.step, WIRE_HANDSHAKE_DONE);
		assert_int_equal(strlen(handshake.user), sizes[i][0]);
		assert_int_equal(strlen(handshake.password), sizes[i][1]);
		assert_int_equal(answer_size, 0);
	}
}

static void user_and_password_are_awaited_at_every_length(void **state)
{
	uint8_t bytes[512];
	size_t whole = put_plain(bytes, 63, 255);

	(void)state;
	for (size_t size = 0; size < whole; size++) {
		struct wire_handshake handshake = begin(WIRE_HANDSHAKE_PLAIN);
		const struct wire_handshake before = handshake;

		assert_int_equal(next(&handshake, bytes, size), 0);
		assert_memory_equal(&handshake, &before, sizeof(before));
	}
}

static void longer_names_and_zero_bytes_are_refused(void **state)
{
	struct wire_handshake handshake = begin(WIRE_HANDSHAKE_PLAIN);
	uint8_t bytes[512];
	size_t size;

	(void)state;
	put_plain(bytes, 64, 1);
	assert_int_equal(next(&handshake, bytes, 8), -EPROTO);
	put_plain(bytes, 1, 256);
	assert_int_equal(next(&handshake, bytes, 8), -EPROTO);
	memset(bytes, 0xff, 8);
	assert_int_equal(next(&handshake, bytes, sizeof(bytes)), -EPROTO);
	size = put_plain(bytes, 3, 3);
	bytes[9] = 0;
	assert_int_equal(next(&handshake, bytes, size), -EPROTO);
	size = put_plain(bytes, 3, 3);
	bytes[size - 1] = 0;
	assert_int_equal(next(&handshake, bytes, size), -EPROTO);
	assert_int_equal(handshake.step, WIRE_HANDSHAKE_PLAIN);
	assert_string_equal(handshake.user, "");
	assert_string_equal(handshake.password, "");
}

static void a_reason_is_made_of_the_code_alone(void **state)
{
	uint8_t first[WIRE_RESULT_MAX], second[WIRE_RESULT_MAX];

	(void)state;
	assert_int_equal(wire_security_result(first, GARASU_STATE_ACCEPTED, 1), 4);
	assert_memory_equal(first, "\0\0\0\0", 4);
	for (uint32_t code = 1; code < GARASU_STATE_COUNT; code++) {
		size_t size = wire_security_result(first, code, 0);
		char start[16];
		int start_size = snprintf(start, sizeof(start), "Garasu %02u: ", code);

		assert_in_range(size, 9 + (size_t)start_size, WIRE_RESULT_MAX);
		assert_memory_equal(first, "\0\0\0\1\0\0\0", 7);
		assert_int_equal(first[7], size - 8);
		assert_memory_equal(first + 8, start, (size_t)start_size);
		assert_int_equal(wire_security_result(second, code, 0xffffffff), size);
		assert_memory_equal(first, second, size);
		for (uint32_t other = 1; other < code; other++) {
			assert_true(wire_security_result(second, other, 0) != size ||
				    memcmp(first, second, size) != 0);
		}
	}
}

static void an_unknown_code_never_becomes_acceptance(void **state)
{
	uint8_t out[WIRE_RESULT_MAX];

	(void)state;
	assert_in_range(wire_security_result(out, GARASU_STATE_COUNT, 0), 9, WIRE_RESULT_MAX);
	assert_int_equal(out[3], 1);
	assert_memory_equal(out + 8, "Garasu 05: ", 11);
	assert_in_range(wire_security_result(out, 0xffffffff, 0), 9, WIRE_RESULT_MAX);
	assert_int_equal(out[3], 1);
}

static void a_state_has_ten_bytes(void **state)
{
	uint8_t out[WIRE_STATE_BYTES];

	(void)state;
	assert_int_equal(wire_state(out, GARASU_STATE_IDLE_WARNING, 0x01020304), 10);
	assert_memory_equal(out, "\374\1\0\6\0\10\1\2\3\4", 10);
}

static void a_message_is_cut_to_200_whole_characters(void **state)
{
	uint8_t out[WIRE_MESSAGE_MAX];
	char text[1001] = {0};

	(void)state;
	assert_int_equal(wire_message(out, "ok\xc3\xa9"), 8);
	assert_memory_equal(out, "\374\2\0\4ok\xc3\xa9", 8);
	for (size_t i = 0; i < 250; i++) {
		memcpy(text + 4 * i, "\xf0\x9f\x97\xbb", 4);
	}
	assert_int_equal(wire_message(out, text), WIRE_MESSAGE_MAX);
	assert_int_equal(garasu_utf8_length(out + 4, 800), 200);
	memset(text, 'x', 1000);
	assert_int_equal(wire_message(out, text), 204);
}

static void a_message_holds_nothing_that_a_viewer_refuses(void **state)
{
	uint8_t out[WIRE_MESSAGE_MAX];

	(void)state;
	assert_int_equal(wire_message(out, "a\nb\x7f\xc2\x9b!"), 10);
	assert_memory_equal(out + 4, "a b  !", 6);
	assert_int_equal(wire_message(out, "ab\xff"
					   "cd"),
		6);
	assert_int_equal(wire_message(out, "ab\xe7\xa1"), 6); /* ends within a character */
	assert_int_equal(wire_message(out, ""), 0);
	assert_int_equal(wire_message(out, "\xff"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_before_tls_takes_its_bytes_and_leaves_the_rest),
		cmocka_unit_test(a_step_is_awaited_at_every_length),
		cmocka_unit_test(a_step_refuses_every_other_byte_at_once),
		cmocka_unit_test(nothing_is_read_while_tls_is_made_or_after_the_end),
		cmocka_unit_test(user_and_password_are_taken_up_to_their_bounds),
		cmocka_unit_test(user_and_password_are_awaited_at_every_length),
		cmocka_unit_test(longer_names_and_zero_bytes_are_refused),
		cmocka_unit_test(a_reason_is_made_of_the_code_alone),
		cmocka_unit_test(an_unknown_code_never_becomes_acceptance),
		cmocka_unit_test(a_state_has_ten_bytes),
		cmocka_unit_test(a_message_is_cut_to_200_whole_characters),
		cmocka_unit_test(a_message_holds_nothing_that_a_viewer_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
