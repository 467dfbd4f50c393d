/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a role says about itself in the log, and what it cannot say. */

#include "recorder.h"

#include "garasu/heritage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FRONT "2026-01-02T03:04:05.678Z role=session instance=7 session=3 "
#define ZEROES "00000000000000000000000000000000000000000000000000000000000000"
#define WHEN 1767323045678u

static char out[TRAIL_LINE_MAX + 1];

static const char *make(const char *line, size_t length, int is_cut)
{
	static const struct line_source source = {
		.role = GARASU_ROLE_SESSION, .request = 7, .session = 3};
	size_t size = line_make(out, sizeof(out) - 1, WHEN, &source, line, length, is_cut);

	out[size] = '\0';
	return out;
}

#define MAKE(text) make(text, sizeof(text) - 1, 0)

static void plain_words_are_as_they_were(void **state)
{
	(void)state;
	assert_string_equal(MAKE("event=start pid=4"), FRONT "event=start pid=4\n");
	assert_string_equal(MAKE("市役所 ＡＢＣ é"), FRONT "市役所 ＡＢＣ é\n");
	assert_string_equal(MAKE(""), FRONT "\n");
}

static void ends_of_lines_are_escaped(void **state)
{
	(void)state;
	assert_string_equal(MAKE("a\nb\rc\vd\fe"), FRONT "a\\x0ab\\x0dc\\x0bd\\x0ce\n");
	assert_string_equal(MAKE("\xe2\x80\xa8\xe2\x80\xa9"), /* U+2028, U+2029 */
		FRONT "\\xe2\\x80\\xa8\\xe2\\x80\\xa9\n");
	assert_string_equal(MAKE("\xc2\x85"), FRONT "\\xc2\\x85\n"); /* next line, of C1 */
}

static void terminals_hear_nothing(void **state)
{
	(void)state;
	assert_string_equal(
		MAKE("\x1b[2J\x1b]0;x\a\x7f\0"), FRONT "\\x1b[2J\\x1b]0;x\\x07\\x7f\\x00\n");
	assert_string_equal(MAKE("\xc2\x9b"), FRONT "\\xc2\\x9b\n");
}

static void direction_and_invisible_signs_are_escaped(void **state)
{
	(void)state;
	assert_string_equal(MAKE("\xe2\x80\xae"
				 "nimda"),
		FRONT "\\xe2\\x80\\xaenimda\n");
	assert_string_equal(MAKE("ro\xe2\x80\x8ble"), FRONT "ro\\xe2\\x80\\x8ble\n");
	assert_string_equal(MAKE("\xe2\x81\xa6\xef\xbb\xbf\xd8\x9c\xc2\xad"),
		FRONT "\\xe2\\x81\\xa6\\xef\\xbb\\xbf\\xd8\\x9c\\xc2\\xad\n");
}

static void escapes_cannot_be_forged(void **state)
{
	(void)state;
	assert_string_equal(MAKE("\\x0a \\cut"), FRONT "\\x5cx0a \\x5ccut\n");
	assert_string_equal(
		MAKE("\xff\xc0\x80\xed\xa0\x80"), FRONT "\\xff\\xc0\\x80\\xed\\xa0\\x80\n");
	assert_string_equal(MAKE("role=supervisor session=0"),
		FRONT "role=supervisor session=0\n"); /* behind its own name */
}

static void lost_end_is_shown(void **state)
{
	(void)state;
	assert_string_equal(make("a", 1, 1), FRONT "a\\cut\n");
}

static void line_never_passes_its_room(void **state)
{
	static const struct line_source source = {
		.role = 999, .request = UINT32_MAX, .session = UINT32_MAX};
	char line[500];

	(void)state;
	for (size_t size = LINE_SIZE_MIN; size < 700; size++) {
		memset(line, '\n', sizeof(line));
		memset(out, '#', sizeof(out));
		assert_in_range(
			line_make(out, size, UINT32_MAX, &source, line, sizeof(line), 0), 1, size);
		assert_int_equal(out[size], '#');
	}
}

static void rate_is_so_many_lines_a_second(void **state)
{
	struct line_rate rate = {0};
	unsigned allowed = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		allowed += line_rate_allows(&rate, 5999) == 1;
	}
	assert_int_equal(allowed, RECORDER_LINES_A_SECOND);
	assert_int_equal(rate.suppressed, 1000 - RECORDER_LINES_A_SECOND);
	assert_int_equal(line_rate_allows(&rate, 6000), 1);
}

/* What floods all day gets its share and no more; who was silent has a burst again. A clock that
 * was turned gives nobody more than that, and takes nobody's away for long. */
static void rate_is_so_many_bytes_a_day(void **state)
{
	const uint64_t day_ms = 86400000, line = 4256;
	struct line_rate rate = {0};
	uint64_t now = UINT64_C(1800000000000), written = 0;

	(void)state;
	for (uint64_t ms = 0; ms < day_ms; ms += 10) {
		if (line_rate_allows(&rate, now + ms)) {
			rate.bytes -= (int64_t)line;
			written += line;
		}
	}
	assert_in_range(written, day_ms, day_ms * RECORDER_BYTES_A_MS + RECORDER_BYTES + line);
	for (now += 400 * day_ms, written = 0; line_rate_allows(&rate, now); now += 10) {
		rate.bytes -= (int64_t)line;
		written += line;
	}
	assert_in_range(written, RECORDER_BYTES, RECORDER_BYTES + RECORDER_BYTES / 50);
	now -= 400 * day_ms;
	assert_int_equal(line_rate_allows(&rate, now), 0);
	assert_int_equal(line_rate_allows(&rate, now + line), 1);
}

static void unknown_role_has_no_name(void **state)
{
	(void)state;
	assert_string_equal(line_role_name(GARASU_ROLE_GATEWAY), "gateway");
	assert_string_equal(line_role_name(GARASU_ROLE_NONE), "?");
	assert_string_equal(line_role_name(GARASU_ROLE_COUNT), "?");
	assert_string_equal(line_role_name(UINT16_MAX), "?");
}

static void event_is_one_line_whatever_its_texts(void **state)
{
	const struct trail_record front = {.number = 9, .before = {0xab}, .sent = 4};
	struct garasu_record_event event = {.event = GARASU_EVENT_CONNECTION,
		.session = 3,
		.unix_ms = WHEN,
		.user = "ta\"na\\ka",
		.text = "a\n\"}\x1b\xff\xc2\x85",
		.value_count = 1};
	size_t size;

	(void)state;
	size = audit_make(out, &front, &event);
	out[size] = '\0';
	assert_string_equal(out,
		"{\"number\":9,\"before\":\"ab" ZEROES "\",\"time\":\"2026-01-02T03:04:05.678Z\","
		"\"sent\":4,\"event\":\"connection\","
		"\"session\":3,\"user\":\"ta\\\"na\\\\ka\","
		"\"host\":\"a\\u000a\\\"}\\u001b\\ufffd\\u0085\",\"verdict\":\"allowed\"}");
	event.event = GARASU_EVENT_COUNT;
	assert_int_equal(audit_make(out, &front, &event), 0);
	event.event = GARASU_EVENT_LOGIN;
	event.value_count = GARASU_EVENT_VALUES_MAX + 1;
	assert_int_equal(audit_make(out, &front, &event), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_words_are_as_they_were),
		cmocka_unit_test(ends_of_lines_are_escaped),
		cmocka_unit_test(terminals_hear_nothing),
		cmocka_unit_test(direction_and_invisible_signs_are_escaped),
		cmocka_unit_test(escapes_cannot_be_forged),
		cmocka_unit_test(lost_end_is_shown),
		cmocka_unit_test(line_never_passes_its_room),
		cmocka_unit_test(rate_is_so_many_lines_a_second),
		cmocka_unit_test(rate_is_so_many_bytes_a_day),
		cmocka_unit_test(unknown_role_has_no_name),
		cmocka_unit_test(event_is_one_line_whatever_its_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
