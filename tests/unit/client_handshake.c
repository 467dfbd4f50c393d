/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way in, byte by byte: with VeNCrypt and, where asked for, without security. */

#include "handshake.h"

#include <garasu/rfb.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct talk {
	struct handshake handshake;
	struct garasu_buffer input, output;
};

static void talk_init(struct talk *talk, bool takes_none)
{
	*talk = (struct talk){.handshake.takes_none = takes_none};
	garasu_buffer_init(&talk->input, 8192);
	garasu_buffer_init(&talk->output, 8192);
}

static void talk_finish(struct talk *talk)
{
	garasu_buffer_finish(&talk->input);
	garasu_buffer_finish(&talk->output);
}

/* One byte after the other, as the worst network brings them. */
static void hear(struct talk *talk, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		assert_int_equal(garasu_buffer_append(&talk->input, bytes + i, 1), 0);
		handshake_run(&talk->handshake, &talk->input, &talk->output);
	}
}

static void server_without_security_is_greeted(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, true);
	hear(&talk, "RFB 003.008\n\x02\x10\x01\0\0\0\0", 19);
	assert_int_equal(talk.handshake.step, HANDSHAKE_DONE);
	assert_int_equal(garasu_buffer_size(&talk.output), 13);
	assert_memory_equal(garasu_buffer_bytes(&talk.output), "RFB 003.008\n\x01", 13);
	talk_finish(&talk);
}

static void server_that_wants_a_password_is_refused(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, true);
	hear(&talk, "RFB 003.008\n\x01\x02", 14);
	assert_int_equal(talk.handshake.step, HANDSHAKE_FAILED);
	talk_finish(&talk);
}

static void reason_of_a_refusal_is_kept_escaped(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, true);
	hear(&talk, "RFB 003.008\n\0\0\0\0\x03no\n", 20);
	assert_int_equal(talk.handshake.step, HANDSHAKE_FAILED);
	assert_int_equal(talk.handshake.outcome.fault, FAULT_REASON);
	assert_string_equal(talk.handshake.outcome.reason, "no\\x0a");
	talk_finish(&talk);
}

static void endless_reason_is_refused(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, true);
	hear(&talk, "RFB 003.008\n\0\x7f\xff\xff\xff", 17);
	assert_int_equal(talk.handshake.step, HANDSHAKE_FAILED);
	assert_int_equal(talk.handshake.outcome.fault, FAULT_NOT_RFB);
	talk_finish(&talk);
}

static void other_protocol_is_refused(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, true);
	hear(&talk, "SSH-2.0-abc\n", 12);
	assert_int_equal(talk.handshake.step, HANDSHAKE_FAILED);
	assert_int_equal(garasu_buffer_size(&talk.output), 0);
	talk_finish(&talk);
}

static void vencrypt_with_x509plain_waits_for_tls(void **state)
{
	static const char said[] = "RFB 003.008\n\x13\0\x02\0\0\x01\x06";
	struct talk talk;

	(void)state;
	talk_init(&talk, false);
	hear(&talk, "RFB 003.008\n\x02\x01\x13\0\x02\0\x02\0\0\x01\x03\0\0\x01\x06\x01", 28);
	assert_int_equal(talk.handshake.step, HANDSHAKE_SECURE);
	assert_int_equal(garasu_buffer_size(&talk.output), sizeof(said) - 1);
	assert_memory_equal(garasu_buffer_bytes(&talk.output), said, sizeof(said) - 1);
	handshake_log_in(&talk.handshake, &talk.output, "u", "p");
	hear(&talk, "\0\0\0\0", 4);
	assert_int_equal(talk.handshake.step, HANDSHAKE_DONE);
	talk_finish(&talk);
}

static void server_without_tls_talks_nobody_down(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, false);
	hear(&talk, "RFB 003.008\n\x02\x01\x02", 15);
	assert_int_equal(talk.handshake.step, HANDSHAKE_FAILED);
	assert_int_equal(talk.handshake.outcome.fault, FAULT_NO_TLS);
	assert_int_equal(garasu_buffer_size(&talk.output), 12);
	talk_finish(&talk);
}

/* 257: TLS without a certificate; 258: with VNC's password. */
static void lesser_subtypes_are_refused(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, false);
	hear(&talk, "RFB 003.008\n\x01\x13\0\x02\0\x02\0\0\x01\x01\0\0\x01\x02", 26);
	assert_int_equal(talk.handshake.step, HANDSHAKE_FAILED);
	assert_int_equal(talk.handshake.outcome.fault, FAULT_NO_X509);
	talk_finish(&talk);
}

static void plain_bytes_in_front_of_tls_are_refused(void **state)
{
	static const char bytes[] = "RFB 003.008\n\x01\x13\0\x02\0\x01\0\0\x01\x06\x01\0";
	struct talk talk;

	(void)state;
	talk_init(&talk, false);
	assert_int_equal(garasu_buffer_append(&talk.input, bytes, sizeof(bytes) - 1), 0);
	handshake_run(&talk.handshake, &talk.input, &talk.output);
	assert_int_equal(talk.handshake.step, HANDSHAKE_FAILED);
	assert_int_equal(talk.handshake.outcome.fault, FAULT_NOT_RFB);
	talk_finish(&talk);
}

static void brokers_reason_becomes_its_state(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, false);
	hear(&talk, "RFB 003.008\n\0\0\0\0\x0fGarasu 05: busy", 32);
	assert_int_equal(talk.handshake.step, HANDSHAKE_FAILED);
	assert_int_equal(talk.handshake.outcome.fault, FAULT_STATE);
	assert_int_equal(talk.handshake.outcome.state, 5);
	talk_finish(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_without_security_is_greeted),
		cmocka_unit_test(server_that_wants_a_password_is_refused),
		cmocka_unit_test(reason_of_a_refusal_is_kept_escaped),
		cmocka_unit_test(endless_reason_is_refused),
		cmocka_unit_test(other_protocol_is_refused),
		cmocka_unit_test(vencrypt_with_x509plain_waits_for_tls),
		cmocka_unit_test(server_without_tls_talks_nobody_down),
		cmocka_unit_test(lesser_subtypes_are_refused),
		cmocka_unit_test(plain_bytes_in_front_of_tls_are_refused),
		cmocka_unit_test(brokers_reason_becomes_its_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
