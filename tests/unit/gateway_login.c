/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real gateway up to the verdict; the test plays its viewer and its supervisor. */

#include "garasu/rfb.h"
#include "garasu/state.h"
#include "unit/gateway_stage/stage.h"
#include "wire/handshake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct stage_options usual;
static const struct stage_options required = {
	.client_certificates = GARASU_CLIENT_CERTIFICATES_REQUIRED, .has_revocations = 1};

static struct stage stage;
static struct garasu_control record;

static void hear_reason(uint32_t code)
{
	uint8_t head[8];
	char expected[16];
	char reason[WIRE_RESULT_MAX] = "";

	stage_hear(&stage, head, sizeof(head));
	assert_memory_equal(head, "\0\0\0\1\0\0\0", 7);
	stage_hear(&stage, reason, head[7]);
	snprintf(expected, sizeof(expected), "Garasu %02u: ", code);
	assert_memory_equal(reason, expected, strlen(expected));
}

/* ---- log-in ---- */

static void log_in_is_asked_of_the_supervisor(void **state)
{
	struct garasu_gateway_login login;

	(void)state;
	stage_start(&stage, &usual);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, 0), 1);
	assert_string_equal(SSL_get_version(stage.ssl), "TLSv1.3");
	stage_say_log_in(&stage, "tanaka", "硝子の合言葉");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	memcpy(&login, record.payload, sizeof(login));
	assert_string_equal(login.user, "tanaka");
	assert_string_equal(login.password, "硝子の合言葉");
	assert_string_equal(login.certificate_name, "");
	stage_accept(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

static void refused_log_in_is_told_and_closed(void **state)
{
	(void)state;
	stage_start(&stage, &usual);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, 0), 1);
	stage_say_log_in(&stage, "tanaka", "wrong");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	stage_tell(&stage, GARASU_GATEWAY_VERDICT, GARASU_STATE_REFUSED, 0, 1);
	hear_reason(GARASU_STATE_REFUSED);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

static void cut_off_before_the_verdict_is_a_security_result(void **state)
{
	(void)state;
	stage_start(&stage, &usual);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, 0), 1);
	stage_say_log_in(&stage, "tanaka", "secret");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	stage_tell(&stage, GARASU_GATEWAY_STATE, GARASU_STATE_SHUTDOWN, 0, 1);
	hear_reason(GARASU_STATE_SHUTDOWN);
	assert_int_equal(stage_stop(&stage), 0);
}

static void over_long_user_is_refused(void **state)
{
	char user[65];

	(void)state;
	memset(user, 'a', 64);
	user[64] = '\0';
	stage_start(&stage, &usual);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, 0), 1);
	stage_say_log_in(&stage, user, "secret");
	stage_await_refusal(&stage, GARASU_REFUSAL_HANDSHAKE, WIRE_HANDSHAKE_PLAIN);
	hear_reason(GARASU_STATE_PROTOCOL);
	assert_int_equal(stage_stop(&stage), 0);
}

static void words_before_the_verdict_are_refused(void **state)
{
	(void)state;
	stage_start(&stage, &usual);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, 0), 1);
	stage_say_log_in(&stage, "tanaka", "secret");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	stage_say(&stage, "\1", 1);
	stage_await_refusal(&stage, GARASU_REFUSAL_HANDSHAKE, WIRE_HANDSHAKE_DONE);
	hear_reason(GARASU_STATE_PROTOCOL);
	assert_int_equal(stage_stop(&stage), 0);
}

/* ---- before TLS ---- */

static void garbage_instead_of_a_version_is_refused(void **state)
{
	(void)state;
	stage_start(&stage, &usual);
	stage_say_clear(&stage, "GET / HTTP/1.1\r\n\r\n", 18);
	stage_await_refusal(&stage, GARASU_REFUSAL_HANDSHAKE, WIRE_HANDSHAKE_VERSION);
	assert_int_equal(stage_stop(&stage), 0);
}

static void security_type_none_is_refused(void **state)
{
	uint8_t heard[14];

	(void)state;
	stage_start(&stage, &usual);
	stage_say_clear(&stage, "RFB 003.008\n", 12);
	stage_hear_clear(&stage, heard, sizeof(heard));
	stage_say_clear(&stage, "\1", 1);
	stage_await_refusal(&stage, GARASU_REFUSAL_HANDSHAKE, WIRE_HANDSHAKE_TYPE);
	assert_int_equal(stage_stop(&stage), 0);
}

static void bytes_in_front_of_tls_are_refused(void **state)
{
	uint8_t heard[22];

	(void)state;
	stage_start(&stage, &usual);
	stage_say_clear(&stage, "RFB 003.008\n", 12);
	stage_hear_clear(&stage, heard, 14);
	stage_say_clear(&stage, "\23", 1);
	stage_hear_clear(&stage, heard, 2);
	stage_say_clear(&stage, "\0\2", 2);
	stage_hear_clear(&stage, heard, 6);
	stage_say_clear(&stage, "\0\0\1\6\26\3\1", 7);
	stage_await_refusal(&stage, GARASU_REFUSAL_HANDSHAKE, WIRE_HANDSHAKE_TLS);
	assert_int_equal(stage_stop(&stage), 0);
}

static void plain_text_instead_of_tls_is_refused(void **state)
{
	(void)state;
	stage_start(&stage, &usual);
	stage_choose_x509_plain(&stage);
	stage_say_clear(&stage, "\0\0\0\6\0\0\0\6tanakasecret", 20);
	stage_await_refusal(&stage, GARASU_REFUSAL_TLS, 0);
	assert_int_equal(stage_stop(&stage), 0);
}

static void viewer_that_says_nothing_meets_the_deadline(void **state)
{
	(void)state;
	stage_start(&stage, &(struct stage_options){.handshake_ms = 50});
	stage_await_refusal(&stage, GARASU_REFUSAL_DEADLINE, 0);
	assert_int_equal(stage_wait_end(&stage), 0);
}

static void verdict_that_does_not_come_meets_the_deadline(void **state)
{
	(void)state;
	stage_start(&stage, &(struct stage_options){.login_ms = 50});
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, 0), 1);
	stage_say_log_in(&stage, "tanaka", "secret");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	stage_await_refusal(&stage, GARASU_REFUSAL_DEADLINE, 0);
	hear_reason(GARASU_STATE_START_FAILED);
	assert_int_equal(stage_stop(&stage), 0);
}

/* ---- TLS ---- */

static void tls_1_2_is_refused_by_default(void **state)
{
	(void)state;
	stage_start(&stage, &usual);
	stage_choose_x509_plain(&stage);
	assert_int_not_equal(stage_connect(&stage, NULL, TLS1_2_VERSION), 1);
	stage_await_refusal(&stage, GARASU_REFUSAL_TLS, 0);
	assert_int_equal(stage_stop(&stage), 0);
}

static void tls_1_2_is_a_setting(void **state)
{
	(void)state;
	stage_start(&stage, &(struct stage_options){.tls_minimum = 0x0303});
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, TLS1_2_VERSION), 1);
	stage_say_log_in(&stage, "tanaka", "secret");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	assert_int_equal(stage_stop(&stage), 0);
}

static const struct stage_options with_1_2 = {.tls_minimum = 0x0303};

static void nothing_is_negotiated_anew(void **state)
{
	(void)state;
	stage_start(&stage, &with_1_2);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, TLS1_2_VERSION), 1);
	assert_int_equal(SSL_renegotiate(stage.ssl), 1); /* with the next handshake */
	assert_int_not_equal(SSL_do_handshake(stage.ssl), 1);
	assert_int_equal(stage_stop(&stage), 0);
}

/* Without forward secrecy, without authenticated encryption, not listed, without a certificate,
 * without encryption. */
static void weak_ciphers_are_refused(void **state)
{
	static const char *const ciphers[] = {"AES128-GCM-SHA256", "AES128-SHA",
		"ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-CCM",
		"AECDH-AES128-SHA", "ECDHE-ECDSA-NULL-SHA"};

	(void)state;
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
		stage_start(&stage, &with_1_2);
		stage_choose_x509_plain(&stage);
		assert_int_not_equal(stage_connect_with(&stage, ciphers[i]), 1);
		stage_await_refusal(&stage, GARASU_REFUSAL_TLS, 0);
		assert_int_equal(stage_stop(&stage), 0);
	}
	stage_start(&stage, &with_1_2);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect_with(&stage, "ECDHE-ECDSA-AES128-GCM-SHA256"), 1);
	assert_int_equal(stage_stop(&stage), 0);
}

static void session_ticket_is_never_given(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, 0);
	assert_int_equal(SSL_SESSION_has_ticket(SSL_get0_session(stage.ssl)), 0);
	assert_int_equal(SSL_SESSION_is_resumable(SSL_get0_session(stage.ssl)), 0);
	assert_int_equal(stage_stop(&stage), 0);
}

static void missing_client_certificate_is_refused(void **state)
{
	uint8_t byte;

	(void)state;
	stage_start(&stage, &required);
	stage_choose_x509_plain(&stage);
	if (stage_connect(&stage, NULL, 0) == 1) { /* TLS 1.3 learns of it only by reading */
		assert_true(SSL_read(stage.ssl, &byte, 1) <= 0);
	}
	stage_await_refusal(&stage, GARASU_REFUSAL_CERTIFICATE, 0);
	assert_int_equal(stage_stop(&stage), 0);
}

static void refuse(const char *certificate_name)
{
	stage_start(&stage, &required);
	stage_choose_x509_plain(&stage);
	(void)stage_connect(&stage, certificate_name, 0);
	stage_await_refusal(&stage, GARASU_REFUSAL_CERTIFICATE, 0);
	assert_int_equal(stage_stop(&stage), 0);
}

static void revoked_client_certificate_is_refused(void **state)
{
	(void)state;
	refuse("revoked");
}

/* An authority between is looked up as its clients are. */
static void client_of_a_revoked_authority_is_refused(void **state)
{
	(void)state;
	refuse("of a revoked branch");
	refuse("of a branch without a list");
}

static void client_of_an_authority_between_is_let_in(void **state)
{
	(void)state;
	stage_start(&stage, &required);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, "of a branch", 0), 1);
	stage_say_log_in(&stage, "of a branch", "secret");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	assert_int_equal(stage_stop(&stage), 0);
}

static void client_certificate_without_a_name_is_refused(void **state)
{
	(void)state;
	stage_start(&stage, &required);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, "", 0), 1);
	stage_say_log_in(&stage, "tanaka", "secret");
	stage_await_refusal(&stage, GARASU_REFUSAL_CERTIFICATE, 0);
	hear_reason(GARASU_STATE_CERTIFICATE);
	assert_int_equal(stage_stop(&stage), 0);
}

static void client_certificate_s_name_goes_with_the_log_in(void **state)
{
	(void)state;
	stage_start(&stage, &required);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, "tanaka", 0), 1);
	stage_say_log_in(&stage, "tanaka", "secret");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	assert_string_equal(
		((struct garasu_gateway_login *)(void *)record.payload)->certificate_name,
		"tanaka");
	assert_int_equal(stage_stop(&stage), 0);
}

#define CASE(name) cmocka_unit_test(name)

static int make_certificates(void **state)
{
	(void)state;
	stage_make_certificates();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(log_in_is_asked_of_the_supervisor),
		CASE(refused_log_in_is_told_and_closed),
		CASE(cut_off_before_the_verdict_is_a_security_result),
		CASE(over_long_user_is_refused),
		CASE(words_before_the_verdict_are_refused),
		CASE(garbage_instead_of_a_version_is_refused),
		CASE(security_type_none_is_refused),
		CASE(bytes_in_front_of_tls_are_refused),
		CASE(plain_text_instead_of_tls_is_refused),
		CASE(viewer_that_says_nothing_meets_the_deadline),
		CASE(verdict_that_does_not_come_meets_the_deadline),
		CASE(tls_1_2_is_refused_by_default),
		CASE(tls_1_2_is_a_setting),
		CASE(nothing_is_negotiated_anew),
		CASE(weak_ciphers_are_refused),
		CASE(session_ticket_is_never_given),
		CASE(missing_client_certificate_is_refused),
		CASE(revoked_client_certificate_is_refused),
		CASE(client_of_a_revoked_authority_is_refused),
		CASE(client_of_an_authority_between_is_let_in),
		CASE(client_certificate_without_a_name_is_refused),
		CASE(client_certificate_s_name_goes_with_the_log_in),
	};

	return cmocka_run_group_tests(tests, make_certificates, NULL);
}
