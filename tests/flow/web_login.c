/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A browser's log-in at the web front: how it begins, what it is known by, and all that ends it. */

#include "browser.h"

#include "garasu/state.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cmocka.h>

static struct flow_broker broker;
static struct browser_answer answer;

static int start(void **state)
{
	const struct flow_options options = {.web = "",
		.login = "  failures: 3\n  handshake_ms: 5000\n",
		.users = {"tanaka", "suzuki", "sato", "yamada"},
		.paints = 1};

	(void)state;
	flow_broker_start(&broker, &options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	return 0;
}

static void give_password(char *verb, char *user, const char *password_line)
{
	char program[128];
	char socket[128];
	char *words[] = {program, "--socket", socket, "user", verb, user, "--password-stdin", NULL};

	snprintf(program, sizeof(program), "%s/bin/garasuctl", broker.directory);
	snprintf(socket, sizeof(socket), "%s/admin.sock", broker.directory);
	flow_run(NULL, 0, password_line, words);
}

/* As our own page does; fills answer. */
static void post_log_in(const char *form)
{
	char lines[256];

	snprintf(lines, sizeof(lines),
		"POST /login HTTP/1.1\r\nOrigin: https://localhost:%u\r\n"
		"Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n",
		broker.web_port);
	browser_ask_once(&broker, &answer, lines, form);
}

static void cookie_is_for_browsers_alone(void **state)
{
	(void)state;
	post_log_in("user=tanaka&password=" FLOW_PASSWORD);
	assert_non_null(strstr(answer.head, "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n"));
	assert_non_null(strstr(answer.head, "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(answer.body, "{\"code\":0,\"value\":0,\"last\":"));
}

static void last_log_in_and_failures_since_are_told(void **state)
{
	char cookie[128];
	uint64_t before = 1;
	uint64_t after = 0;
	unsigned failures = 9;

	(void)state;
	post_log_in("user=yamada&password=" FLOW_PASSWORD);
	assert_int_equal(
		sscanf(answer.body, "{\"code\":0,\"value\":0,\"last\":%" SCNu64 ",\"failures\":%u}",
			&before, &failures),
		2);
	assert_int_equal(before, 0);
	assert_int_equal(failures, 0);
	assert_int_equal(browser_log_in(&broker, "yamada", "wrong", cookie), GARASU_STATE_REFUSED);
	post_log_in("user=yamada&password=" FLOW_PASSWORD);
	assert_int_equal(
		sscanf(answer.body, "{\"code\":0,\"value\":0,\"last\":%" SCNu64 ",\"failures\":%u}",
			&after, &failures),
		2);
	assert_true(after > 0);
	assert_int_equal(failures, 1);
}

static void nothing_of_a_removed_user_is_told_to_the_next_of_the_name(void **state)
{
	(void)state;
	assert_int_equal(flow_ctl(&broker, NULL, 0, "user", "remove", "yamada", (char *)NULL), 0);
	give_password("add", "yamada", FLOW_PASSWORD "\n");
	post_log_in("user=yamada&password=" FLOW_PASSWORD);
	assert_non_null(strstr(answer.body, "\"last\":0,\"failures\":0}"));
}

static void wrong_passwords_are_counted_as_anywhere(void **state)
{
	char cookie[128];

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
			browser_log_in(&broker, "suzuki", "wrong", cookie), GARASU_STATE_REFUSED);
		assert_string_equal(cookie, "");
	}
	assert_int_equal(
		browser_log_in(&broker, "suzuki", FLOW_PASSWORD, cookie), GARASU_STATE_LOCKED);
}

static void session_needs_a_cookie_that_was_given(void **state)
{
	static const char *const cookies[] = {NULL, "__Host-garasu=",
		"__Host-garasu="
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		"__Host-garasu=zz", "garasu=1"};

	(void)state;
	for (size_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++) {
		struct raw raw;

		assert_int_equal(browser_enter(&raw, &broker, cookies[i]), GARASU_STATE_REFUSED);
		raw_close(&raw);
	}
	flow_wait_file(&broker, "log/audit.jsonl", "\"refusal\":10,\"detail\":0,\"times\":");
	assert_int_equal(flow_count_trail(&broker, "\"event\":\"login\",\"client\""),
		0); /* nor fills the trail */
}

/* The trail says that a browser's log-in is over, and why. */
static void expect_ended(const char *user, const char *why)
{
	char event[160];

	snprintf(event, sizeof(event),
		"\"event\":\"web_login_ended\",\"user\":\"%s\",\"why\":\"%s\"", user, why);
	flow_wait_file(&broker, "log/audit.jsonl", event);
}

static void log_out_ends_the_log_in_and_lets_its_page_go(void **state)
{
	char cookie[128];
	char lines[512];
	uint8_t tail[10];
	struct raw raw;

	(void)state;
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	browser_reach(&raw, &broker, cookie);
	snprintf(lines, sizeof(lines),
		"POST /logout HTTP/1.1\r\nOrigin: https://localhost:%u\r\nCookie: %s\r\n",
		broker.web_port, cookie);
	browser_ask_once(&broker, &answer, lines, "");
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.head, "Max-Age=0"));
	browser_hear_end(&raw, tail);
	raw_close(&raw);
	assert_int_equal(browser_enter(&raw, &broker, cookie), GARASU_STATE_REFUSED);
	expect_ended("sato", "logged_out");
	raw_close(&raw);
}

/* A browser that logs in again has one log-in, whatever became of the log-out in between. */
static void log_in_ends_the_one_that_it_replaces(void **state)
{
	char cookie[128];
	char lines[512];
	struct raw raw;

	(void)state;
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	snprintf(lines, sizeof(lines),
		"POST /login HTTP/1.1\r\nOrigin: https://localhost:%u\r\nCookie: %s\r\n"
		"Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n",
		broker.web_port, cookie);
	browser_ask_once(&broker, &answer, lines, "user=tanaka&password=wrong");
	assert_int_equal(browser_enter(&raw, &broker, cookie), 0); /* that was no log-in */
	raw_close(&raw);
	browser_ask_once(&broker, &answer, lines, "user=tanaka&password=" FLOW_PASSWORD);
	assert_non_null(strstr(answer.body, "{\"code\":0,"));
	assert_int_equal(browser_enter(&raw, &broker, cookie), GARASU_STATE_REFUSED);
	expect_ended("sato", "replaced");
	raw_close(&raw);
}

/* A desk that wakes up does not throw out its user, who works at another one by now. */
static void page_that_comes_back_by_itself_takes_over_from_no_other(void **state)
{
	char here[128];
	char there[128];
	uint8_t tail[10];
	struct raw first;
	struct raw second;
	struct raw again;

	(void)state;
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, here), GARASU_STATE_ACCEPTED);
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, there), GARASU_STATE_ACCEPTED);
	browser_reach(&first, &broker, here);
	browser_reach(&second, &broker, there);
	browser_hear_end(&first, tail);
	raw_close(&first);
	assert_int_equal(browser_enter_again(&again, &broker, here), GARASU_STATE_TAKEN_OVER);
	raw_close(&again);
	assert_int_equal(browser_enter_again(&again, &broker, there), 0); /* its own, cut */
	browser_hear_end(&second, tail);
	raw_close(&second);
	raw_close(&again);
	flow_wait_session(&broker, "\"attached\"", 0);
	assert_int_equal(browser_enter_again(&again, &broker, here), 0); /* nobody is there */
	raw_close(&again);
}

static void new_password_ends_older_log_ins(void **state)
{
	char cookie[128];
	uint8_t tail[10];
	struct raw raw;

	(void)state;
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	browser_reach(&raw, &broker, cookie);
	give_password("passwd", "sato", "another\n");
	browser_hear_end(&raw, tail); /* its page is let go, not only kept from coming back */
	raw_close(&raw);
	assert_int_equal(browser_enter(&raw, &broker, cookie), GARASU_STATE_REFUSED);
	expect_ended("sato", "password_changed");
	raw_close(&raw);
	give_password("passwd", "sato", FLOW_PASSWORD "\n"); /* the same again */
	assert_int_equal(browser_enter(&raw, &broker, cookie), GARASU_STATE_REFUSED);
	raw_close(&raw);
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
}

/* What is released or added again is another log-in. */
static void cut_off_and_removal_end_older_log_ins(void **state)
{
	char cookie[128];
	uint8_t tail[10];
	struct raw raw;

	(void)state;
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	browser_reach(&raw, &broker, cookie);
	assert_int_equal(flow_ctl(&broker, NULL, 0, "cutoff", "user", "sato", (char *)NULL), 0);
	browser_hear_end(&raw, tail);
	raw_close(&raw);
	assert_int_equal(
		flow_ctl(&broker, NULL, 0, "cutoff", "release", "user", "sato", (char *)NULL), 0);
	assert_int_equal(browser_enter(&raw, &broker, cookie), GARASU_STATE_REFUSED);
	expect_ended("sato", "cut_off");
	raw_close(&raw);
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	browser_reach(&raw, &broker, cookie);
	assert_int_equal(flow_ctl(&broker, NULL, 0, "user", "remove", "sato", (char *)NULL), 0);
	browser_hear_end(&raw, tail);
	raw_close(&raw);
	assert_int_equal(browser_enter(&raw, &broker, cookie), GARASU_STATE_REFUSED);
	expect_ended("sato", "user_removed");
	raw_close(&raw);
}

static void log_ins_end_by_time(void **state)
{
	static const struct flow_options options = {
		.web = "  idle_ms: 60000\n  absolute_ms: 1500\n", .paints = 1};
	char cookie[128];
	uint8_t tail[10];
	struct raw raw;

	(void)state;
	flow_broker_stop(&broker);
	flow_broker_start(&broker, &options);
	assert_int_equal(
		browser_log_in(&broker, "tanaka", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	browser_reach(&raw, &broker, cookie);
	browser_hear_end(&raw, tail); /* by its age, though it is in use */
	raw_close(&raw);
	assert_int_equal(browser_enter(&raw, &broker, cookie), GARASU_STATE_REFUSED);
	expect_ended("tanaka", "time_limit");
	raw_close(&raw);
}

static void idle_end_of_a_session_ends_its_log_in(void **state)
{
	static const struct flow_options options = {
		.web = "", .sessions = "  idle_ms: 1500\n  idle_warning_ms: 500\n", .paints = 1};
	char cookie[128];
	uint8_t tail[10];
	struct raw raw;

	(void)state;
	flow_broker_stop(&broker);
	flow_broker_start(&broker, &options);
	assert_int_equal(
		browser_log_in(&broker, "tanaka", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	browser_reach(&raw, &broker, cookie);
	browser_hear_end(&raw, tail);
	raw_close(&raw);
	assert_int_equal(browser_enter(&raw, &broker, cookie), GARASU_STATE_REFUSED);
	expect_ended("tanaka", "session_idle");
	raw_close(&raw);
}

/* ---- a certificate that names nobody ---- */

static void read_pem(const char *directory, const char *name, EVP_PKEY **key, X509 **certificate)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/certs/%s", directory, name);
	file = fopen(path, "r");
	assert_non_null(file);
	if (key != NULL) {
		*key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	} else {
		*certificate = PEM_read_X509(file, NULL, NULL, NULL);
	}
	fclose(file);
}

static void write_pem(const char *directory, const char *name, EVP_PKEY *key, X509 *certificate)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/certs/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(key != NULL ? PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL)
				     : PEM_write_X509(file, certificate),
		1);
	fclose(file);
}

/* The authority's list of what it revoked is asked for: it has one entry. */
static void revoke_one(const char *directory)
{
	char tool[128];
	char certs[128];
	char *client[] = {tool, "client", "--dir", certs, "--name", "sato", NULL};
	char *revoke[] = {tool, "revoke", "--dir", certs, "client-sato.crt", NULL};

	snprintf(tool, sizeof(tool), "%s/bin/garasu-certs", directory);
	snprintf(certs, sizeof(certs), "%s/certs", directory);
	flow_run(NULL, 0, NULL, client);
	flow_run(NULL, 0, NULL, revoke);
}

/* Of the broker's own authority, but without a common name. */
static void certify_nobody(const char *directory)
{
	X509 *certificate = X509_new();
	X509 *authority = NULL;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_PKEY *authority_key = NULL;

	revoke_one(directory);
	read_pem(directory, "ca.crt", NULL, &authority);
	read_pem(directory, "ca.key", &authority_key, NULL);
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 77);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	X509_set_issuer_name(certificate, X509_get_subject_name(authority));
	X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "O", MBSTRING_ASC,
		(const unsigned char *)"nobody", -1, -1, 0);
	assert_true(X509_sign(certificate, authority_key, EVP_sha256()) > 0);
	write_pem(directory, "nobody.crt", NULL, certificate);
	write_pem(directory, "nobody.key", key, NULL);
	X509_free(certificate);
	X509_free(authority);
	EVP_PKEY_free(key);
	EVP_PKEY_free(authority_key);
}

/* The page has words for it, which a bare refusal would not give. */
static void certificate_that_names_nobody_is_told_to_the_page(void **state)
{
	static const struct flow_options options = {
		.web = "", .clients = "wanted", .certify = certify_nobody, .paints = 1};
	char lines[256];
	char certificate[128];
	char key[128];
	struct flow_broker web;
	struct raw raw;

	(void)state;
	flow_broker_stop(&broker);
	flow_broker_start(&broker, &options);
	snprintf(certificate, sizeof(certificate), "%s/certs/nobody.crt", broker.directory);
	snprintf(key, sizeof(key), "%s/certs/nobody.key", broker.directory);
	snprintf(lines, sizeof(lines),
		"POST /login HTTP/1.1\r\nOrigin: https://localhost:%u\r\n"
		"Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n",
		broker.web_port);
	web = broker;
	web.port = broker.web_port;
	raw_open(&raw, &web);
	assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, certificate, key), 1);
	browser_ask(&raw, &broker, &answer, lines, "user=tanaka&password=" FLOW_PASSWORD);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "{\"code\":15,\"value\":0}");
	assert_null(strstr(answer.head, "Set-Cookie"));
	raw_close(&raw);
	flow_wait_file(&broker, "log/audit.jsonl", "\"refusal\":6,");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cookie_is_for_browsers_alone),
		cmocka_unit_test(last_log_in_and_failures_since_are_told),
		cmocka_unit_test(nothing_of_a_removed_user_is_told_to_the_next_of_the_name),
		cmocka_unit_test(wrong_passwords_are_counted_as_anywhere),
		cmocka_unit_test(session_needs_a_cookie_that_was_given),
		cmocka_unit_test(log_out_ends_the_log_in_and_lets_its_page_go),
		cmocka_unit_test(log_in_ends_the_one_that_it_replaces),
		cmocka_unit_test(page_that_comes_back_by_itself_takes_over_from_no_other),
		cmocka_unit_test(new_password_ends_older_log_ins),
		cmocka_unit_test(cut_off_and_removal_end_older_log_ins),
		cmocka_unit_test(log_ins_end_by_time),
		cmocka_unit_test(idle_end_of_a_session_ends_its_log_in),
		cmocka_unit_test(certificate_that_names_nobody_is_told_to_the_page),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
