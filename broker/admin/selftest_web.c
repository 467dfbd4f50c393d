/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tries as a browser without a log-in and as another site's page would.
 * Reads untrusted bytes from: whatever listens where browsers are awaited. */

#include "selftest.h"

#include <stdio.h>
#include <string.h>

#define UPGRADE                                                                                    \
	"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"               \
	"Sec-WebSocket-Key: Z2FyYXN1IHNlbGZ0ZXN0IQ==\r\n\r\n"

static const char page[] = "GET / HTTP/1.1\r\nHost: selftest\r\n\r\n";
static const char session[] =
	"GET /session HTTP/1.1\r\nHost: selftest\r\nOrigin: https://selftest\r\n" UPGRADE;
static const char foreign[] =
	"GET /session HTTP/1.1\r\nHost: selftest\r\nOrigin: https://other.invalid\r\n" UPGRADE;

static int begins_with(const char *text, const char *words)
{
	return strncmp(text, words, strlen(words)) == 0;
}

/* True if the WebSocket's first message is a SecurityResult that refuses. */
static int is_refusal(const char *untrusted_answer, size_t size)
{
	static const char refused[] = {0, 0, 0, 1};
	const char *end = strstr(untrusted_answer, "\r\n\r\n");
	size_t head = end != NULL ? (size_t)(end - untrusted_answer) + 4 : size;

	return begins_with(untrusted_answer, "HTTP/1.1 101 ") && size - head >= 6 &&
	       (unsigned char)untrusted_answer[head] == 0x82 &&
	       memcmp(untrusted_answer + head + 2, refused, sizeof(refused)) == 0;
}

enum selftest_verdict selftest_web(struct selftest *test)
{
	char untrusted_answer[8192];
	ssize_t size;

	if (test->config->web_address == NULL) {
		return selftest_say(test, SELFTEST_NOT_CHECKED, "there is no web section");
	}
	size = selftest_ask_browsers(test, 1, page, untrusted_answer, sizeof(untrusted_answer));
	if (size >= 0 && begins_with(untrusted_answer, "HTTP/")) {
		return selftest_say(test, SELFTEST_FAIL, "HTTP without TLS is answered");
	}
	if (size >= 0) {
		size = selftest_ask_browsers(
			test, 0, session, untrusted_answer, sizeof(untrusted_answer));
	}
	if (size < 0) {
		return selftest_say(
			test, SELFTEST_NOT_CHECKED, "connect: %s", strerror((int)-size));
	}
	if (size == 0) { /* as it should where a certificate is required: TLS lets nobody ask */
		return selftest_say(test,
			test->config->client_certificates == 2 ? SELFTEST_PASS
							       : SELFTEST_NOT_CHECKED,
			"no answer without a client certificate");
	}
	if (!is_refusal(untrusted_answer, (size_t)size)) {
		return selftest_say(
			test, SELFTEST_FAIL, "a session without a log-in is not refused");
	}
	size = selftest_ask_browsers(test, 0, foreign, untrusted_answer, sizeof(untrusted_answer));
	return begins_with(untrusted_answer, "HTTP/1.1 403 ")
		       ? selftest_say(test, SELFTEST_PASS,
				 "plain HTTP, a session without a log-in and another site refused")
		       : selftest_say(test, SELFTEST_FAIL, "another site's page is not refused");
}
