/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests: what is taken, what it asks for, and what is refused. */

#include "form.h"
#include "route.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct request request;

static enum request_verdict take(const char *text)
{
	return request_read(text, strlen(text), &request);
}

static void expect_text(struct request_text text, const char *expected)
{
	assert_int_equal(text.size, strlen(expected));
	assert_memory_equal(text.bytes, expected, text.size);
}

static void whole_request_is_taken_and_less_waits(void **state)
{
	static const char text[] = "POST /login HTTP/1.1\r\nhost: a.test:8443\r\n"
				   "ORIGIN:\thttps://a.test:8443 \t\r\nX: y\r\n"
				   "Content-Length: 3\r\n\r\nabc";

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		assert_int_equal(request_read(text, i, &request), REQUEST_INCOMPLETE);
	}
	assert_int_equal(take(text), REQUEST_WHOLE);
	assert_int_equal(request.method, REQUEST_POST);
	assert_int_equal(request.size, sizeof(text) - 1);
	expect_text(request.target, "/login");
	expect_text(request.host, "a.test:8443");
	expect_text(request.origin, "https://a.test:8443");
	expect_text(request.body, "abc");
	assert_null(request.cookie.bytes);
}

static void ambiguous_heads_are_malformed(void **state)
{
	static const char *const fields[] = {"", "Host: a\r\nHost: a\r\n", "Host:\r\n",
		"Host: a\r\nCookie: a=1\r\nCookie: b=1\r\n",
		"Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
		"Host: a\r\nContent-Length: +1\r\n", "Host: a\r\nContent-Length:\r\n",
		"Host: a\r\nContent-Length: 9999999999\r\n",
		"Host: a\r\nTransfer-Encoding: identity\r\n", "Host: a\r\nExpect: 100-continue\r\n",
		"Host: a\r\nX: 1\r\n folded\r\n", "Host: a\nX: 1\r\n", "Host: a\rX: 1\r\n",
		"Host: a\r\nX: \x01\r\n", "Host: a\r\nX Y: 1\r\n", "Host: a\r\nX\r\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text), "POST / HTTP/1.1\r\n%s\r\n", fields[i]);
		if (take(text) != REQUEST_MALFORMED) {
			fail_msg("taken: %s", fields[i]);
		}
	}
}

static void malformed_request_lines_are_refused(void **state)
{
	static const char *const lines[] = {"GET /", "GET / HTTP/1.0", "GET / HTTP/2.0",
		"GET  / HTTP/1.1", "get / HTTP/1.1", "GET / HTTP/1.1 ", "GET http://a/ HTTP/1.1",
		"GET * HTTP/1.1", "GET /\x80 HTTP/1.1", "GET\t/ HTTP/1.1", "",
		"CONNECT a:1 HTTP/1.1"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text), "%s\r\nHost: a\r\n\r\n", lines[i]);
		if (take(text) != REQUEST_MALFORMED) {
			fail_msg("taken: %s", lines[i]);
		}
	}
}

static void sizes_are_bounded(void **state)
{
	static char text[2 * REQUEST_HEAD_MAX];
	int used;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(request_read(text, REQUEST_HEAD_MAX - 1, &request), REQUEST_INCOMPLETE);
	assert_int_equal(request_read(text, REQUEST_HEAD_MAX, &request), REQUEST_HEAD_TOO_LARGE);
	used = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: a\r\n");
	for (unsigned i = 0; i < REQUEST_FIELDS_MAX; i++) {
		used += snprintf(text + used, sizeof(text) - (size_t)used, "x: 1\r\n");
	}
	snprintf(text + used, sizeof(text) - (size_t)used, "\r\n");
	assert_int_equal(take(text), REQUEST_HEAD_TOO_LARGE);
	assert_int_equal(take("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2049\r\n\r\n"),
		REQUEST_BODY_TOO_LARGE);
	assert_int_equal(take("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2048\r\n\r\n"),
		REQUEST_INCOMPLETE);
}

static void lists_hold_whole_tokens(void **state)
{
	const struct request_text list = {"keep-alive , UPGRADE", 20};

	(void)state;
	assert_int_equal(request_text_lists(list, "upgrade"), 1);
	assert_int_equal(request_text_lists(list, "keep-alive"), 1);
	assert_int_equal(request_text_lists(list, "up"), 0);
	assert_int_equal(request_text_lists((struct request_text){NULL, 0}, "up"), 0);
}

static enum route route_of(const char *text)
{
	const struct page *page = NULL;

	assert_int_equal(take(text), REQUEST_WHOLE);
	return route_find(&request, &page);
}

static void own_origin_is_demanded_where_something_happens(void **state)
{
	(void)state;
	assert_int_equal(route_of("POST /logout HTTP/1.1\r\nHost: a\r\nOrigin: https://a\r\n\r\n"),
		ROUTE_LOGOUT);
	assert_int_equal(route_of("POST /logout HTTP/1.1\r\nHost: a\r\n\r\n"), ROUTE_FOREIGN);
	assert_int_equal(route_of("POST /logout HTTP/1.1\r\nHost: a\r\nOrigin: https://ab\r\n\r\n"),
		ROUTE_FOREIGN);
	assert_int_equal(route_of("POST /logout HTTP/1.1\r\nHost: a\r\nOrigin: https://a\r\n"
				  "Sec-Fetch-Site: same-site\r\n\r\n"),
		ROUTE_FOREIGN);
	assert_int_equal(route_of("POST /login HTTP/1.1\r\nHost: a\r\nOrigin: https://a\r\n"
				  "Content-Type: text/plain\r\n\r\n"),
		ROUTE_MALFORMED);
	assert_int_equal(route_of("GET /session HTTP/1.1\r\nHost: a\r\nOrigin: https://a\r\n\r\n"),
		ROUTE_MALFORMED);
	assert_int_equal(
		route_of("GET /session/again HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\n\r\n"),
		ROUTE_FOREIGN);
	assert_int_equal(
		route_of("GET /session/again HTTP/1.1\r\nHost: a\r\nOrigin: https://a\r\n\r\n"),
		ROUTE_MALFORMED);
	assert_int_equal(route_of("GET /logout HTTP/1.1\r\nHost: a\r\n\r\n"), ROUTE_WRONG_METHOD);
	assert_int_equal(route_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ROUTE_PAGE);
	assert_int_equal(route_of("GET /open?url=x HTTP/1.1\r\nHost: a\r\n\r\n"), ROUTE_PAGE);
	assert_int_equal(route_of("GET /?x HTTP/1.1\r\nHost: a\r\n\r\n"), ROUTE_NOT_FOUND);
}

static int read_form(const char *text, struct form_login *login)
{
	return form_read_login((struct request_text){text, strlen(text)}, login);
}

static void form_is_two_words_each_once(void **state)
{
	static const char *const refused[] = {"", "user=a", "password=a",
		"user=a&user=a&password=b", "user=a&password=b&x=", "user=%&password=b",
		"user=%0&password=b", "user=%00&password=b", "user=a%0A&password=b",
		"user=%ff&password=b", "user=a&&password=b"};
	struct form_login login;

	(void)state;
	assert_int_equal(read_form("password=a+b%2B%E7%A1%9D&user=tanaka", &login), 0);
	assert_string_equal(login.user, "tanaka");
	assert_string_equal(login.password, "a b+硝");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (read_form(refused[i], &login) != -EPROTO) {
			fail_msg("taken: %s", refused[i]);
		}
	}
}

static void form_s_words_are_bounded(void **state)
{
	char text[1024];
	struct form_login login;

	(void)state;
	snprintf(text, sizeof(text), "user=%063d&password=%0255d", 0, 0);
	assert_int_equal(read_form(text, &login), 0);
	snprintf(text, sizeof(text), "user=%064d&password=a", 0);
	assert_int_equal(read_form(text, &login), -EPROTO);
	snprintf(text, sizeof(text), "user=a&password=%0256d", 0);
	assert_int_equal(read_form(text, &login), -EPROTO);
}

#define DIGITS "00ff0123456789abcdef0123456789abcdef0123456789ABCDEF0123456789ab"

static int read_cookie(const char *text, uint8_t token[FORM_TOKEN_BYTES])
{
	return form_read_cookie((struct request_text){text, strlen(text)}, token);
}

static void cookie_is_ours_once_and_whole(void **state)
{
	uint8_t token[FORM_TOKEN_BYTES];

	(void)state;
	assert_int_equal(read_cookie("a=1; " FORM_COOKIE "=" DIGITS "; b=2", token), 1);
	assert_memory_equal(token, "\x00\xff\x01\x23", 4);
	assert_int_equal(read_cookie(FORM_COOKIE "=" DIGITS "0", token), 0);
	assert_int_equal(read_cookie(FORM_COOKIE "=", token), 0);
	assert_int_equal(read_cookie(FORM_COOKIE, token), 0);
	assert_int_equal(read_cookie("x" FORM_COOKIE "=" DIGITS, token), 0);
	assert_int_equal(read_cookie(FORM_COOKIE "=" DIGITS "; " FORM_COOKIE "=" DIGITS, token), 0);
	assert_int_equal(form_read_cookie((struct request_text){NULL, 0}, token), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_request_is_taken_and_less_waits),
		cmocka_unit_test(ambiguous_heads_are_malformed),
		cmocka_unit_test(malformed_request_lines_are_refused),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(lists_hold_whole_tokens),
		cmocka_unit_test(own_origin_is_demanded_where_something_happens),
		cmocka_unit_test(form_is_two_words_each_once),
		cmocka_unit_test(form_s_words_are_bounded),
		cmocka_unit_test(cookie_is_ours_once_and_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
