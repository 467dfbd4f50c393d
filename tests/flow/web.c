/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Browsers and the web front: the page, the log-in and its cookie, the session in a WebSocket, and
 * what is refused. */

#include "browser.h"

#include "garasu/rfb.h"
#include "garasu/state.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum opcode { TEXT = 1, BINARY = 2, PING = 9 };

static struct flow_broker broker;
static struct browser_answer answer;

static int start(void **state)
{
	const struct flow_options options = {.web = "",
		.login = "  failures: 3\n  handshake_ms: 5000\n",
		.users = {"tanaka", "suzuki", "sato", "yamada"},
		.paints = 1};

	(void)state;
	signal(SIGPIPE, SIG_IGN); /* who is refused writes into nothing */
	flow_broker_start(&broker, &options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	return 0;
}

static void page_and_its_files_come_on_one_connection(void **state)
{
	struct raw raw;
	char lines[128];
	const char *script;

	(void)state;
	browser_open(&raw, &broker);
	browser_ask(&raw, &broker, &answer, "GET / HTTP/1.1\r\n", "");
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.head, "script-src 'self';"));
	assert_non_null(strstr(answer.head, "frame-ancestors 'none'"));
	assert_null(strstr(answer.head, "unsafe-"));
	assert_non_null(strstr(answer.head, "\r\nStrict-Transport-Security: max-age=31536000\r\n"));
	script = strstr(answer.body, "src=\"/a/");
	assert_non_null(script);
	snprintf(lines, sizeof(lines), "GET %.*s HTTP/1.1\r\n", (int)strcspn(script + 5, "\""),
		script + 5);
	browser_ask(&raw, &broker, &answer, lines, "");
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.head, "Content-Type: text/javascript\r\n"));
	assert_non_null(strstr(answer.head, "immutable"));
	assert_memory_equal(answer.body, "\x1f\x8b\x08", 3); /* gzip, as the head says */
	assert_non_null(strstr(answer.head, "\r\nContent-Encoding: gzip\r\n"));
	browser_ask(&raw, &broker, &answer, "GET /open?url=https://a.test/ HTTP/1.1\r\n", "");
	assert_int_equal(answer.status, 200);
	raw_close(&raw);
}

static void paths_lead_to_the_listed_files_alone(void **state)
{
	static const char *const paths[] = {"/../../etc/passwd", "/a/../main.c", "//",
		"/index.html", "/%2e%2e/etc/passwd", "/?", "/manifest.webmanifest?x", "/a/",
		"/login/", "/open"};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char lines[128];

		snprintf(lines, sizeof(lines), "GET %s HTTP/1.1\r\n", paths[i]);
		browser_ask_once(&broker, &answer, lines, "");
		if (answer.status != 404) {
			fail_msg("%s: %d", paths[i], answer.status);
		}
	}
}

static void log_in_leads_to_the_session(void **state)
{
	static const uint8_t encodings[8] = {GARASU_RFB_SET_ENCODINGS, 0, 0, 1, 0, 0, 0, 0};
	static const uint8_t request[10] = {GARASU_RFB_UPDATE_REQUEST, 0, 0, 0, 0, 0, 0, 16, 0, 16};
	uint8_t head[4 + 12];
	char cookie[128];
	struct raw raw;

	(void)state;
	assert_int_equal(
		browser_log_in(&broker, "tanaka", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	assert_non_null(strstr(cookie, "__Host-garasu="));
	browser_reach(&raw, &broker, cookie);
	browser_say(&raw, BINARY, encodings, sizeof(encodings), 0);
	browser_say(&raw, BINARY, request, 3, 0); /* a message in two frames is one */
	browser_say(&raw, BINARY, request + 3, sizeof(request) - 3, 0);
	browser_hear(&raw, head, sizeof(head));
	assert_int_equal(head[0], GARASU_RFB_UPDATE);
	assert_memory_equal(head + 12, "\0\0\0\0", 4); /* a raw rectangle */
	browser_say(&raw, PING, "a", 1, 0);
	raw_close(&raw);
	flow_wait_session(&broker, "detached", 1);
	browser_reach(&raw, &broker, cookie); /* again, as after a lost connection */
	raw_close(&raw);
}

static void other_sites_pages_are_refused(void **state)
{
	static const char *const origins[] = {"", "Origin: null\r\n",
		"Origin: https://evil.test\r\n", "Origin: http://localhost:%u\r\n",
		"Origin: https://localhost:%u.evil.test\r\n",
		"Origin: https://localhost:%u\r\nSec-Fetch-Site: cross-site\r\n"};
	static const char *const firsts[] = {"POST /login HTTP/1.1\r\n",
		"POST /logout HTTP/1.1\r\n",
		"GET /session HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		for (size_t j = 0; j < sizeof(firsts) / sizeof(firsts[0]); j++) {
			char lines[512];
			char port[8];
			const char *place = strstr(origins[i], "%u");
			int before = (int)(place != NULL ? (size_t)(place - origins[i])
							 : strlen(origins[i]));

			snprintf(port, sizeof(port), "%u", broker.web_port);
			snprintf(lines, sizeof(lines), "%s%.*s%s%s", firsts[j], before, origins[i],
				place != NULL ? port : "", place != NULL ? place + 2 : "");
			browser_ask_once(&broker, &answer, lines, "");
			if (answer.status != 403) {
				fail_msg("%s: %d", lines, answer.status);
			}
		}
	}
	flow_wait_file(&broker, "log/audit.jsonl", "\"refusal\":2,\"detail\":403");
}

static void malformed_requests_end_with_a_word_and_a_record(void **state)
{
	static const struct {
		const char *text;
		int status;
	} cases[] = {
		{"GET / HTTP/1.0\r\nHost: a\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\n\r\n", 400},
		{"GET / HTTP/1.1\nHost: a\n\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 400},
		{"POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			400},
		{"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 4096\r\n\r\n", 413},
		{"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"\x16\x03\x01\r\n\r\n", 400},
		{"DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
		{"GET /login HTTP/1.1\r\nHost: a\r\n\r\n", 405},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct raw raw;
		char line[16];
		int status = 0;

		browser_open(&raw, &broker);
		raw_say(&raw, cases[i].text, strlen(cases[i].text));
		raw_hear(&raw, line, 12);
		line[12] = '\0';
		assert_int_equal(sscanf(line, "HTTP/1.1 %d", &status), 1);
		if (status != cases[i].status) {
			fail_msg("%s: %d", cases[i].text, status);
		}
		raw_hear_end(&raw);
		raw_close(&raw);
	}
	flow_wait_file(&broker, "log/audit.jsonl", "\"refusal\":2,\"detail\":413");
	assert_true(flow_count_trail(&broker, "\"refusal\":2,\"detail\":400") >= 9);
}

static void oversized_head_is_refused(void **state)
{
	static char text[9000];
	struct raw raw;
	char line[12];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "GET / HTTP/1.1\r\nHost: a\r\nX: ", 28);
	browser_open(&raw, &broker);
	raw_say(&raw, text, sizeof(text));
	raw_hear(&raw, line, sizeof(line));
	assert_memory_equal(line, "HTTP/1.1 431", 12);
	raw_close(&raw);
}

/* Enters as this user, says one frame, and reads to the end. */
static void say_and_end(int opcode, const char *bytes, size_t size, int is_bare)
{
	char cookie[128];
	uint8_t tail[10];
	struct raw raw;

	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	browser_reach(&raw, &broker, cookie);
	browser_say(&raw, opcode, bytes, size, is_bare);
	browser_hear_end(&raw, tail);
	raw_close(&raw);
}

static void frames_that_are_not_the_stream_s_close_it(void **state)
{
	(void)state;
	say_and_end(TEXT, "\3", 1, 0);
	say_and_end(BINARY, "\3", 1, 1); /* not masked */
	say_and_end(3, "", 0, 0);        /* an opcode that means nothing */
	flow_wait_file(&broker, "log/audit.jsonl", "\"refusal\":4,\"detail\":256");
	assert_int_equal(flow_count_trail(&broker, "\"refusal\":4,\"detail\":256"), 3);
	say_and_end(BINARY, "\7", 1, 0); /* a message that no viewer may send */
	flow_wait_file(&broker, "log/audit.jsonl", "\"refusal\":4,\"detail\":7");
}

static void second_page_takes_the_session_over(void **state)
{
	static const uint8_t encodings[8] = {
		GARASU_RFB_SET_ENCODINGS, 0, 0, 1, 0x47, 0x41, 0x52, 0x00};
	char cookie[128];
	uint8_t tail[10];
	uint8_t state_of_start[10];
	struct raw first;
	struct raw second;

	(void)state;
	assert_int_equal(
		browser_log_in(&broker, "sato", FLOW_PASSWORD, cookie), GARASU_STATE_ACCEPTED);
	browser_reach(&first, &broker, cookie);
	browser_say(&first, BINARY, encodings, sizeof(encodings), 0);
	browser_hear(&first, state_of_start, sizeof(state_of_start)); /* it speaks Garasu now */
	assert_int_equal(browser_enter(&second, &broker, cookie), 0);
	browser_hear_end(&first, tail);
	assert_memory_equal(tail, "\xfc\1\0\6\0\6", 6); /* GARASU_STATE_TAKEN_OVER */
	raw_close(&first);
	raw_close(&second);
}

/* Whether a connection to this port comes as far as TLS. */
static int is_served(struct raw *raw, const struct flow_broker *at, const char *address)
{
	raw_open_from(raw, at, address);
	return raw_secure(raw, TLS1_3_VERSION, NULL, NULL);
}

static void one_address_is_counted_at_both_fronts(void **state)
{
	struct flow_broker few;
	struct flow_broker web;
	struct raw raws[5];

	(void)state;
	flow_broker_start(&few, &(struct flow_options){.web = "",
					.login = "  strangers: 2\n  handshake_ms: 60000\n",
					.paints = 1});
	web = few;
	web.port = few.web_port;
	raw_open_from(&raws[0], &few, "127.0.0.7");
	assert_int_equal(raw_is_greeted(&raws[0]), 1);
	assert_int_equal(is_served(&raws[1], &web, "127.0.0.7"), 1);
	assert_int_equal(is_served(&raws[2], &web, "127.0.0.7"), 0);
	raw_open_from(&raws[3], &few, "127.0.0.7");
	assert_int_equal(raw_is_greeted(&raws[3]), 0);
	assert_int_equal(is_served(&raws[4], &web, "127.0.0.8"), 1);
	for (int i = 0; i < 5; i++) {
		raw_close(&raws[i]);
	}
	flow_broker_stop(&few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_and_its_files_come_on_one_connection),
		cmocka_unit_test(paths_lead_to_the_listed_files_alone),
		cmocka_unit_test(log_in_leads_to_the_session),
		cmocka_unit_test(other_sites_pages_are_refused),
		cmocka_unit_test(malformed_requests_end_with_a_word_and_a_record),
		cmocka_unit_test(oversized_head_is_refused),
		cmocka_unit_test(frames_that_are_not_the_stream_s_close_it),
		cmocka_unit_test(second_page_takes_the_session_over),
		cmocka_unit_test(one_address_is_counted_at_both_fronts),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
