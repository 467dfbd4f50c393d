/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A viewer that breaks the protocol at every step: refused with its numbers in the audit trail,
 * while another user works on. */

#include "beside.h"
#include "raw.h"

#include "garasu/control.h"
#include "garasu/rfb.h"
#include "garasu/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Steps of the log-in as the audit trail counts them: broker/wire/handshake.h. */
enum { STEP_VERSION, STEP_TYPE, STEP_VENCRYPT, STEP_SUBTYPE, STEP_TLS, STEP_PLAIN, STEP_DONE };

static struct beside beside;
static struct raw raw;

static int start(void **state)
{
	(void)state;
	beside_start(&beside, "  handshake_ms: 6000\n");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	beside_stop(&beside);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	beside_mark(&beside);
	return 0;
}

/* After every test: tanaka works, and nothing but suzuki's resting session is there. */
static int end(void **state)
{
	(void)state;
	raw_close(&raw);
	beside_is_at_work(&beside);
	return 0;
}

#define SAY(text) raw_say(&raw, text, sizeof(text) - 1)

static void expect_refused(const char *user, unsigned refusal, unsigned detail)
{
	raw_hear_end(&raw);
	raw_close(&raw);
	beside_wait_refused(&beside, user, refusal, detail);
	beside_mark(&beside);
}

/* ---- before log-in ---- */

static void garbage_before_tls_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} openings[] = {
		{"GET / HTTP/1.1\r\nHost: garasu\r\n\r\n", 32},
		{"RFB 003.007\n", 12},
		{"RFB 003.889\n", 12},
		{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11},
		{"\0", 1},
		{"RFB 003.008\r\n", 13},
		{"SSH-2.0-OpenSSH_9.2\r\n", 21},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		raw_open(&raw, &beside.broker);
		raw_say(&raw, openings[i].bytes, openings[i].size);
		assert_int_equal(raw_hear_end(&raw), 12);
		expect_refused("", GARASU_REFUSAL_HANDSHAKE, STEP_VERSION);
	}
}

static void other_ways_to_log_in_are_refused(void **state)
{
	uint8_t bytes[16];

	(void)state;
	raw_open(&raw, &beside.broker); /* no security */
	SAY("RFB 003.008\n");
	raw_hear(&raw, bytes, 14);
	SAY("\1");
	expect_refused("", GARASU_REFUSAL_HANDSHAKE, STEP_TYPE);

	raw_open(&raw, &beside.broker); /* VeNCrypt 0.1 */
	SAY("RFB 003.008\n");
	raw_hear(&raw, bytes, 14);
	SAY("\x13");
	raw_hear(&raw, bytes, 2);
	SAY("\0\1");
	expect_refused("", GARASU_REFUSAL_HANDSHAKE, STEP_VENCRYPT);

	raw_open(&raw, &beside.broker); /* Plain without TLS */
	SAY("RFB 003.008\n");
	raw_hear(&raw, bytes, 14);
	SAY("\x13");
	raw_hear(&raw, bytes, 2);
	SAY("\0\2");
	raw_hear(&raw, bytes, 6);
	SAY("\0\0\1\0");
	expect_refused("", GARASU_REFUSAL_HANDSHAKE, STEP_SUBTYPE);

	raw_open(&raw, &beside.broker); /* bytes in front of the answer */
	SAY("RFB 003.008\n\x13");
	expect_refused("", GARASU_REFUSAL_HANDSHAKE, STEP_TYPE);
}

static void garbage_instead_of_tls_is_refused(void **state)
{
	(void)state;
	raw_open(&raw, &beside.broker);
	raw_greet(&raw);
	SAY("\0\0\0\6\0\0\0\6suzukihimitsu");
	expect_refused("", GARASU_REFUSAL_TLS, 0);

	raw_open(&raw, &beside.broker);
	raw_greet(&raw);
	assert_int_equal(raw_secure(&raw, TLS1_2_VERSION, NULL, NULL), 0);
	expect_refused("", GARASU_REFUSAL_TLS, 0);
}

static void garbage_after_tls_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		unsigned step;
	} log_ins[] = {
		{"\xff\xff\xff\xff\xff\xff\xff\xff", 8, STEP_PLAIN},
		{"\0\0\0\x40\0\0\0\1", 8, STEP_PLAIN}, /* a name of 64 bytes */
		{"\0\0\0\1\0\0\1\0", 8, STEP_PLAIN},   /* a password of 256 */
		{"\0\0\0\2\0\0\0\1a\0b", 11, STEP_PLAIN},
		{"\0\0\0\1\0\0\0\1ab\1", 11, STEP_DONE}, /* whole, with a byte behind it */
	};
	char junk[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(log_ins) / sizeof(log_ins[0]); i++) {
		raw_open(&raw, &beside.broker);
		raw_greet(&raw);
		assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, NULL, NULL), 1);
		raw_say(&raw, log_ins[i].bytes, log_ins[i].size);
		expect_refused("", GARASU_REFUSAL_HANDSHAKE, log_ins[i].step);
	}
	memset(junk, 'x', sizeof(junk));
	raw_open(&raw, &beside.broker);
	raw_greet(&raw);
	assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, NULL, NULL), 1);
	raw_say(&raw, junk, sizeof(junk));
	expect_refused("", GARASU_REFUSAL_HANDSHAKE, STEP_PLAIN);
}

static void half_open_connections_meet_the_deadline(void **state)
{
	struct raw silent[5];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		raw_open(&silent[i], &beside.broker);
	}
	raw_say(&silent[1], "RFB 003", 7);
	raw_greet(&silent[2]);
	raw_greet(&silent[3]);
	raw_say(&silent[3], "\x16\x03\x01\x02\x00\x01", 6);
	raw_greet(&silent[4]);
	assert_int_equal(raw_secure(&silent[4], TLS1_3_VERSION, NULL, NULL), 1);
	raw_say(&silent[4], "\0\0\0\6\0\0\0\6su", 10);
	beside_is_at_work(&beside);
	for (size_t i = 0; i < 5; i++) {
		raw_hear_end(&silent[i]);
		raw_close(&silent[i]);
	}
	beside_wait_audit(
		&beside, "\"event\":\"refused\",\"client\":\"127.0.0.1\",\"refusal\":3", 5);
}

/* ---- after log-in ---- */

static const int32_t ours[] = {GARASU_RFB_RAW, GARASU_RFB_ENCODING_GARASU};

struct saying {
	const char *bytes;
	size_t size;
};

#define SAYING(text)                                                                               \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static void message_cut_short_by_the_end_is_no_message(void **state)
{
	static const struct saying messages[] = {
		SAYING("\0\0\0\0\x20\x18\0\1\0\xff\0\xff\0\xff\x10\x8\0\0\0"),
		SAYING("\2\0\0\2\0\0\0\0\0\0\0"),
		SAYING("\3\0\0\0\0\0\0\x40\0"),
		SAYING("\4\1\0\0\0\0\0"),
		SAYING("\5\1\0\1\0"),
		SAYING("\6\0\0\0\0\0\1\0cut"),
		SAYING("\x96\1\0\0\0\0\0\x40\0"),
		SAYING("\xf8\0\0\0\x80\0\0\0\4abc"),
		SAYING("\xfb\0\2\0\2\0\1\0\0\0\0\0\0\0\0\0\2\0\2\0\0\0\0"),
		SAYING("\xfc\1\0\4abc"),
		SAYING("\xfc\2\0\x8\0\1\0\1\0\0\0"),
		SAYING("\xfc\3\0\6\2\0\2\0\0"),
		SAYING("\xfc\4\0\1"),
		SAYING("\xfc\5\0\x10http://painter/"),
		SAYING("\xff\0\0\1\0\0\0\x61\0\0\0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		raw_start(&raw, &beside.broker, "suzuki");
		raw_encodings(&raw, ours, 2);
		raw_say(&raw, messages[i].bytes, messages[i].size);
		raw_close(&raw);
	}
	beside_wait_audit(
		&beside, "\"event\":\"conformity\"", sizeof(messages) / sizeof(messages[0]));
	assert_int_equal(beside_count_audit(&beside, "\"event\":\"refused\""), 0);
	beside_wait_audit(&beside,
		"\"key\":0,\"pointer\":0,\"wheel\":0,\"text\":0,\"geometry\":0,\"focus\":0,"
		"\"address\":0,\"continuous\":0,\"client_fence\":0,",
		sizeof(messages) / sizeof(messages[0]));
}

/* Logs in, says it, and is closed with its first byte in the audit trail. A viewer that speaks
 * Garasu is told so. */
static void expect_breach(const struct saying *saying, int is_ours)
{
	static const uint8_t told[10] = {
		GARASU_RFB_SERVER_GARASU, GARASU_RFB_SUB_STATE, 0, 6, 0, GARASU_STATE_PROTOCOL};

	raw_start(&raw, &beside.broker, "suzuki");
	if (is_ours) {
		raw_encodings(&raw, ours, 2);
		raw_wait_taken(&raw);
	}
	raw_say(&raw, saying->bytes, saying->size);
	raw_hear_end(&raw);
	if (is_ours) {
		assert_memory_equal(raw.tail, told, sizeof(told));
	}
	expect_refused("suzuki", GARASU_REFUSAL_CLIENT_MESSAGE, (uint8_t)saying->bytes[0]);
}

static void unlisted_messages_are_refused(void **state)
{
	static const struct saying messages[] = {
		SAYING("\1\0\0\0"), /* FixColourMapEntries */

		SAYING("\x7\3\0\0\0\0\0\0\0\0\0\0"), /* UltraVNC's file transfer */
		SAYING("\x8\2\0\0"),                 /* SetScale */
		SAYING("\x9\2\0\0\0\0"),             /* SetServerInput */
		SAYING("\xa\1\0\0\0\0"),             /* SetSW */
		SAYING("\xb\0\0\0\0\0\0\4text"),     /* text chat */
		SAYING("\xf\2\0\0"),                 /* PalmVNC's SetScaleFactor */
		SAYING("\x82\0\0\0"),                /* TightVNC's file list */
		SAYING("\xf9\0"),
		SAYING("\xfa\0\1\2"),   /* xvp: shut down */
		SAYING("\xfd\x82\0\0"), /* gii */
		SAYING("\xff\1\0\0"),   /* QEMU's audio */
		SAYING("\x7f\0\0\0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		expect_breach(&messages[i], i % 2 == 0);
	}
}

static void oversized_and_lying_messages_are_refused(void **state)
{
	static char address[4 + 2049] = "\xfc\5\x8\x01http://painter/";
	static char text[4 + 1025] = "\xfc\1\4\1";
	const struct saying messages[] = {
		SAYING("\0\0\0\0\x18\x18\0\1\0\xff\0\xff\0\xff\x10\x8\0\0\0\0"), /* 24 bits */
		SAYING("\0\0\0\0\x8\x8\0\0\0\7\0\7\0\3\0\3\6\0\0\0"),            /* a colour map */
		SAYING("\2\0\0\x41"),
		SAYING("\2\0\xff\xff"),
		SAYING("\6\0\0\0\0\4\0\1"),
		SAYING("\6\0\0\0\xff\xff\xff\xff"),
		SAYING("\xf8\0\0\0\x80\0\0\0\x41"),
		SAYING("\xfb\0\2\0\2\0\x11\0"),
		SAYING("\xfc\0\0\0"),
		SAYING("\xfc\6\0\0"),
		SAYING("\xfc\1\0\0"),
		{text, sizeof(text)},
		SAYING("\xfc\1\0\1\x1b"),         /* escape */
		SAYING("\xfc\1\0\2\xc0\x80"),     /* an overlong zero */
		SAYING("\xfc\1\0\3\xed\xa0\x80"), /* half a pair */
		SAYING("\xfc\2\0\7\0\1\0\1\0\0\0"),
		SAYING("\xfc\3\0\6\2\0\2\0\0\x77"), /* scale 119 */
		SAYING("\xfc\3\0\6\2\0\2\0\1\x2d"), /* scale 301 */
		SAYING("\xfc\4\0\1\2"),
		{address, sizeof(address)},
		SAYING("\xfc\5\0\x12"
		       "file:///etc/passwd"),
		SAYING("\xfc\5\0\x13"
		       "javascript:alert(1)"),
		SAYING("\xfc\5\0\x12"
		       "http://a/\nhttp://b"),
	};

	(void)state;
	memset(address + 4 + 15, 'a', sizeof(address) - 4 - 15);
	memset(text + 4, 'a', sizeof(text) - 4);
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		expect_breach(&messages[i], 1);
	}
}

static void messages_in_the_wrong_state_are_refused(void **state)
{
	static const struct saying focus = SAYING("\xfc\4\0\1\1");

	(void)state;
	expect_breach(&focus, 0); /* not asked for */

	raw_open(&raw, &beside.broker); /* a key in ClientInit's place */
	raw_greet(&raw);
	assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, NULL, NULL), 1);
	assert_int_equal(raw_log_in(&raw, "suzuki", FLOW_PASSWORD), 0);
	SAY("\4\1\0\0\0\0\0\x61");
	expect_refused("suzuki", GARASU_REFUSAL_CLIENT_MESSAGE, GARASU_RFB_KEY_EVENT);
}

static void words_before_the_verdict_are_refused(void **state)
{
	char log_in[8 + 6 + 19 + 1] = "\0\0\0\6\0\0\0\x13suzuki" FLOW_PASSWORD;

	(void)state;
	assert_int_equal(strlen(FLOW_PASSWORD), 19);
	raw_open(&raw, &beside.broker);
	raw_greet(&raw);
	assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, NULL, NULL), 1);
	log_in[33] = '\1'; /* ClientInit in the same record */
	raw_say(&raw, log_in, sizeof(log_in));
	expect_refused("", GARASU_REFUSAL_HANDSHAKE, STEP_DONE);
}

static void cut_text_goes_nowhere_and_is_counted(void **state)
{
	static char longest[8 + 262144] = "\6\0\0\0\0\4\0\0";

	(void)state;
	memset(longest + 8, 'c', sizeof(longest) - 8);
	raw_start(&raw, &beside.broker, "suzuki");
	raw_say(&raw, longest, sizeof(longest));
	SAY("\6\0\0\0\0\0\0\0");
	SAY("\6\0\0\0\0\0\0\x8\xfa\1\2\3\4\5\6\7"); /* what is refused outside is text inside */
	raw_wait_taken(&raw);
	raw_close(&raw);
	beside_wait_audit(&beside, "\"client_fence\":0,\"cut_text_discarded\":3,", 1);
	beside_wait_audit(&beside, "\"key\":0,\"pointer\":0,\"wheel\":0,\"text\":0,", 1);
	assert_int_equal(beside_count_audit(&beside, "\"event\":\"refused\""), 0);
}

static void nothing_of_an_attack_is_left(void **state)
{
	(void)state;
	assert_int_equal(
		flow_ctl(&beside.broker, NULL, 0, "user", "remove", "suzuki", (char *)NULL), 0);
	flow_wait_session(&beside.broker, "suzuki", 0);
	beside_wait_alone(&beside, 0);
	flow_wait_pids(&beside.broker, "garasu-compositor", 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(garbage_before_tls_is_refused),
		TEST(other_ways_to_log_in_are_refused),
		TEST(garbage_instead_of_tls_is_refused),
		TEST(garbage_after_tls_is_refused),
		TEST(half_open_connections_meet_the_deadline),
		TEST(message_cut_short_by_the_end_is_no_message),
		TEST(unlisted_messages_are_refused),
		TEST(oversized_and_lying_messages_are_refused),
		TEST(messages_in_the_wrong_state_are_refused),
		TEST(words_before_the_verdict_are_refused),
		TEST(cut_text_goes_nowhere_and_is_counted),
		TEST(nothing_of_an_attack_is_left),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
