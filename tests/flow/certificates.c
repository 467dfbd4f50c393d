/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates of desks: wanted and required, good and of every wrong kind; and a server whose own
 * is for another host. The painter stands in for the browser. */

#include "harness.h"
#include "raw.h"

#include "garasu/control.h"
#include "garasu/state.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct flow_broker broker;
static struct raw raw;
static char message[8192];
static unsigned refused; /* certificates, by this broker */

static void run_tool(const char *directory, char *const *given)
{
	char tool[128];
	char certs[128];
	char folder_flag[] = "--dir";
	char *words[16] = {tool, given[0], folder_flag, certs};

	snprintf(tool, sizeof(tool), "%s/bin/garasu-certs", directory);
	snprintf(certs, sizeof(certs), "%s/certs", directory);
	for (size_t i = 1; given[i] != NULL; i++) {
		words[3 + i] = given[i];
	}
	flow_run(NULL, 0, NULL, words);
}

#define TOOL(directory, ...) run_tool(directory, (char *[]){__VA_ARGS__, NULL})

static void certify(const char *directory)
{
	TOOL(directory, "client", "--name", "tanaka");
	TOOL(directory, "client", "--name", "suzuki");
	TOOL(directory, "client", "--name", "sato");
	TOOL(directory, "client", "--name", "kato", "--days", "5", "--not-before-offset", "-10");
	TOOL(directory, "revoke", "client-sato.crt");
}

static void start(const char *clients)
{
	signal(SIGPIPE, SIG_IGN);
	refused = 0;
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .start_page = "http://painter/solid?rgb=204080",
					   .users = {"tanaka", "suzuki"},
					   .clients = clients,
					   .certify = certify});
}

static int start_required(void **state)
{
	(void)state;
	start("required");
	return 0;
}

static int start_wanted(void **state)
{
	(void)state;
	start("wanted");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	raw_close(&raw);
	flow_broker_stop(&broker);
	return 0;
}

static void name_files(
	const struct flow_broker *of, const char *user, char certificate[128], char key[128])
{
	snprintf(certificate, 128, "%s/certs/client-%s.crt", of->directory, user);
	snprintf(key, 128, "%s/certs/client-%s.key", of->directory, user);
}

/* Connects with a certificate of that broker's authority, or none where whose is NULL. Returns 1
 * when TLS stands for the viewer; a TLS 1.3 server judges only afterwards. */
static void secure(const struct flow_broker *of, const char *whose)
{
	char certificate[128];
	char key[128];

	raw_open(&raw, &broker);
	raw_greet(&raw);
	if (whose == NULL) {
		assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, NULL, NULL), 1);
		return;
	}
	name_files(of, whose, certificate, key);
	assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, certificate, key), 1);
}

/* Returns the state of a log-in with that certificate. */
static int log_in(const char *whose, const char *user, const char *password)
{
	int code;

	secure(&broker, whose);
	code = raw_log_in(&raw, user, password);
	raw_close(&raw);
	return code;
}

static unsigned count_refused(void)
{
	static char audit[1 << 20];
	char path[128];
	char text[64];
	FILE *file;
	unsigned count = 0;

	snprintf(path, sizeof(path), "%s/log/audit.jsonl", broker.directory);
	snprintf(text, sizeof(text), "\"client\":\"127.0.0.1\",\"refusal\":%u,\"detail\":0}",
		GARASU_REFUSAL_CERTIFICATE);
	file = fopen(path, "r");
	assert_non_null(file);
	audit[fread(audit, 1, sizeof(audit) - 1, file)] = '\0';
	fclose(file);
	for (const char *at = audit; (at = strstr(at, text)) != NULL; at++) {
		count++;
	}
	return count;
}

/* One more refusal of a certificate stands in the audit trail than before. */
static void expect_refused(void)
{
	time_t deadline = time(NULL) + FLOW_DEADLINE_MS / 1000;

	refused++;
	while (count_refused() < refused && time(NULL) < deadline) {
		poll(NULL, 0, 10);
	}
	assert_int_equal(count_refused(), refused);
}

/* The server closes with an alert and no byte of the log-in is looked at. */
static void expect_alert(const struct flow_broker *of, const char *whose)
{
	secure(of, whose);
	raw_say(&raw, "\0\0\0\6\0\0\0\6tanakasecret", 20);
	assert_int_equal(raw_hear_end(&raw), 0);
	raw_close(&raw);
	expect_refused();
}

/* The viewer with a desk's certificate; fills message with what it says. */
static int view(const char *whose, const char *user)
{
	char program[128];
	char server[32];
	char authority[128];
	char errors[128];
	char name[64];
	char certificate[128];
	char key[128];
	char *words[20] = {program, server, "--user", name, "--ca", authority, "--headless",
		"--password-stdin", "--lang", "en", "--script", "-"};
	struct flow_child child;
	FILE *file;
	int code;

	snprintf(program, sizeof(program), "%s/bin/garasu-viewer", broker.directory);
	snprintf(server, sizeof(server), "127.0.0.1:%u", broker.port);
	snprintf(authority, sizeof(authority), "%s/certs/ca.crt", broker.directory);
	snprintf(errors, sizeof(errors), "%s/desk.err", broker.directory);
	snprintf(name, sizeof(name), "%s", user);
	if (whose != NULL) {
		name_files(&broker, whose, certificate, key);
		words[12] = "--cert";
		words[13] = certificate;
		words[14] = "--key";
		words[15] = key;
	}
	remove(errors);
	flow_child_start(&child, words, errors);
	dprintf(child.in, "%s\n", FLOW_PASSWORD);
	code = flow_child_wait(&child);
	file = fopen(errors, "r");
	assert_non_null(file);
	message[fread(message, 1, sizeof(message) - 1, file)] = '\0';
	fclose(file);
	return code;
}

/* ---- required ---- */

static void right_certificate_logs_in(void **state)
{
	struct flow_viewer viewer;
	char certificate[128];
	char key[128];

	(void)state;
	name_files(&broker, "tanaka", certificate, key);
	flow_viewer_start(
		&viewer, &broker, "tanaka", "--cert", certificate, "--key", key, (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 20000");
	flow_viewer_stop(&viewer);
}

static void desk_without_a_certificate_is_told_so(void **state)
{
	(void)state;
	expect_alert(&broker, NULL);
	assert_int_not_equal(view(NULL, "tanaka"), 0);
	assert_non_null(strstr(message, "did not accept this desk's certificate"));
	expect_refused();
}

static void certificate_of_another_authority_is_refused(void **state)
{
	struct flow_broker other;

	(void)state;
	flow_broker_start(&other, &(struct flow_options){.paints = 1, .certify = certify});
	expect_alert(&other, "tanaka");
	flow_broker_stop(&other);
}

static void revoked_certificate_is_refused(void **state)
{
	(void)state;
	expect_alert(&broker, "sato");
	assert_int_not_equal(view("sato", "sato"), 0);
	assert_non_null(strstr(message, "did not accept this desk's certificate"));
	expect_refused();
}

static void expired_certificate_is_refused(void **state)
{
	(void)state;
	expect_alert(&broker, "kato");
	assert_int_not_equal(view("kato", "kato"), 0);
	assert_non_null(strstr(message, "did not accept this desk's certificate"));
	expect_refused();
}

/* And whether the password was right is not said. */
static void certificate_of_one_user_logs_no_other_in(void **state)
{
	(void)state;
	assert_int_equal(log_in("suzuki", "tanaka", FLOW_PASSWORD), GARASU_STATE_CERTIFICATE);
	assert_int_equal(log_in("suzuki", "tanaka", "wrong"), GARASU_STATE_CERTIFICATE);
	assert_int_equal(log_in("suzuki", "nobody", "wrong"), GARASU_STATE_CERTIFICATE);
	flow_wait_file(&broker, "log/audit.jsonl",
		"\"user\":\"tanaka\",\"client\":\"127.0.0.1\",\"state\":15}");
	assert_int_not_equal(view("suzuki", "tanaka"), 0);
	assert_non_null(strstr(message, "certificate does not let you in"));
	assert_int_equal(log_in("suzuki", "suzuki", "wrong"), GARASU_STATE_REFUSED);
}

/* What holds today: docs/threats.md names it. The connection that stands ends with the broker. */
static void replaced_list_holds_from_the_next_start_on(void **state)
{
	struct flow_viewer viewer;
	char certificate[128];
	char key[128];

	(void)state;
	name_files(&broker, "suzuki", certificate, key);
	flow_viewer_start(
		&viewer, &broker, "suzuki", "--cert", certificate, "--key", key, (char *)NULL);
	TOOL(broker.directory, "revoke", "client-suzuki.crt");
	assert_int_equal(log_in("suzuki", "suzuki", "wrong"), GARASU_STATE_REFUSED);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 20000");
	flow_viewer_stop(&viewer);
	flow_broker_halt(&broker);
	flow_broker_restart(&broker);
	expect_alert(&broker, "suzuki");
}

static void older_tls_is_refused(void **state)
{
	char certificate[128];
	char key[128];

	(void)state;
	name_files(&broker, "tanaka", certificate, key);
	raw_open(&raw, &broker);
	raw_greet(&raw);
	assert_int_equal(raw_secure(&raw, TLS1_2_VERSION, certificate, key), 0);
	raw_close(&raw);
	flow_wait_file(
		&broker, "log/audit.jsonl", "\"client\":\"127.0.0.1\",\"refusal\":1,\"detail\":0}");
}

/* ---- wanted ---- */

static void desk_without_a_wanted_certificate_logs_in(void **state)
{
	(void)state;
	assert_int_equal(log_in(NULL, "tanaka", FLOW_PASSWORD), GARASU_STATE_ACCEPTED);
}

static void wanted_certificate_must_be_good_and_the_user_s(void **state)
{
	(void)state;
	assert_int_equal(log_in("tanaka", "tanaka", FLOW_PASSWORD), GARASU_STATE_ACCEPTED);
	assert_int_equal(log_in("suzuki", "tanaka", FLOW_PASSWORD), GARASU_STATE_CERTIFICATE);
	expect_alert(&broker, "sato");
	expect_alert(&broker, "kato");
}

/* ---- the server's ---- */

static void server_of_another_name_is_refused_by_the_viewer(void **state)
{
	(void)state;
	flow_broker_start(&broker, &(struct flow_options){.paints = 1, .host = "other.example"});
	assert_int_not_equal(
		flow_viewer_fails(&broker, "tanaka", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	assert_non_null(strstr(message, "another host"));
}

int main(void)
{
	const struct CMUnitTest required[] = {
		cmocka_unit_test(right_certificate_logs_in),
		cmocka_unit_test(desk_without_a_certificate_is_told_so),
		cmocka_unit_test(certificate_of_another_authority_is_refused),
		cmocka_unit_test(revoked_certificate_is_refused),
		cmocka_unit_test(expired_certificate_is_refused),
		cmocka_unit_test(certificate_of_one_user_logs_no_other_in),
		cmocka_unit_test(older_tls_is_refused),
		cmocka_unit_test(replaced_list_holds_from_the_next_start_on),
	};
	const struct CMUnitTest wanted[] = {
		cmocka_unit_test(desk_without_a_wanted_certificate_logs_in),
		cmocka_unit_test(wanted_certificate_must_be_good_and_the_user_s),
	};
	const struct CMUnitTest server[] = {
		cmocka_unit_test_teardown(server_of_another_name_is_refused_by_the_viewer, stop),
	};

	return cmocka_run_group_tests(required, start_required, stop) +
	       cmocka_run_group_tests(wanted, start_wanted, stop) +
	       cmocka_run_group_tests(server, NULL, NULL);
}
