/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heads: what is taken, what is refused, and what the other side gets of them. */

#include "head.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define TEXT(text)                                                                                 \
	(struct head_text)                                                                         \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}

static struct head head;

static enum head_verdict parse(const char *text)
{
	return head_parse_request(text, strlen(text), &head);
}

static void assert_written(struct garasu_buffer *out, const char *expected)
{
	assert_int_equal(garasu_buffer_append(out, "", 1), 0);
	assert_string_equal((const char *)garasu_buffer_bytes(out), expected);
	garasu_buffer_finish(out);
}

static void plain_request_is_rewritten_for_the_server(void **state)
{
	struct garasu_buffer out;

	(void)state;
	assert_int_equal(parse("GET http://a.test:8080/x?y HTTP/1.1\r\n"
			       "Host: other.test\r\n"
			       "Proxy-Connection: keep-alive\r\n"
			       "Proxy-Authorization: Basic eDp5\r\n"
			       "Connection: X-Hop , Upgrade\r\n"
			       "X-Hop: 1\r\n"
			       "x-empty:\r\n"
			       "Upgrade: websocket\r\n"
			       "TE: trailers\r\n"
			       "Keep-Alive: 5\r\n"
			       "Accept:  text/html \t\r\n"
			       "\r\nrest"),
		HEAD_WHOLE);
	assert_int_equal(head.is_connect, 0);
	assert_int_equal(head.target.size, 22);
	garasu_buffer_init(&out, HEAD_REQUEST_MAX);
	assert_int_equal(
		head_write_request(&head, TEXT("a.test:8080"), TEXT("/x?y"), NULL, &out), 0);
	assert_written(&out, "GET /x?y HTTP/1.1\r\nHost: a.test:8080\r\nx-empty: \r\n"
			     "Accept: text/html\r\nConnection: close\r\n\r\n");
}

static void path_of_a_bare_host_is_a_slash(void **state)
{
	struct garasu_buffer out;

	(void)state;
	assert_int_equal(parse("HEAD http://a HTTP/1.0\r\n\r\n"), HEAD_WHOLE);
	garasu_buffer_init(&out, HEAD_REQUEST_MAX);
	assert_int_equal(head_write_request(&head, TEXT("a"), TEXT("?q"), NULL, &out), 0);
	assert_written(&out, "HEAD /?q HTTP/1.0\r\nHost: a\r\nConnection: close\r\n\r\n");
}

static void connection_cannot_strip_what_frames_the_body(void **state)
{
	struct garasu_buffer out;

	(void)state;
	assert_int_equal(parse("POST http://a/ HTTP/1.1\r\nHost: a\r\n"
			       "Connection: content-length, host\r\nContent-Length: 3\r\n\r\n"),
		HEAD_WHOLE);
	garasu_buffer_init(&out, HEAD_REQUEST_MAX);
	assert_int_equal(head_write_request(&head, TEXT("a"), TEXT("/"), NULL, &out), 0);
	assert_written(&out, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
			     "Connection: close\r\n\r\n");
}

static void head_that_is_not_whole_waits(void **state)
{
	static const char text[] = "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n";

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		assert_int_equal(head_parse_request(text, i, &head), HEAD_INCOMPLETE);
	}
	assert_int_equal(parse(text), HEAD_WHOLE);
	assert_int_equal(head.is_connect, 1);
	assert_int_equal(head.size, sizeof(text) - 1);
}

static void ambiguous_requests_are_malformed(void **state)
{
	static const char *const fields[] = {"", /* no Host */
		"Host: a\r\nHost: a\r\n", "Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
		"Host: a\r\nContent-Length: 1, 1\r\n", "Host: a\r\nContent-Length: +1\r\n",
		"Host: a\r\nContent-Length: 0x1\r\n", "Host: a\r\nContent-Length:\r\n",
		"Host: a\r\nContent-Length: 99999999999999999999\r\n",
		"Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
		"Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n",
		"Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"Host: a\r\nTransfer-Encoding: gzip, chunked\r\n",
		"Host: a\r\nTransfer-Encoding: xchunked\r\n",
		"Host: a\r\nTransfer-Encoding: identity\r\n", "Host : a\r\n",
		"Host: a\r\nX Y: 1\r\n", "Host: a\r\nX: 1\r\n folded\r\n",
		"Host: a\r\nX: 1\r\n\tfolded\r\n", " Host: a\r\n", "Host: a\nX: 1\r\n",
		"Host: a\rX: 1\r\n", "Host: a\r\nX: \x01\r\n", "Host: a\r\nX: \x7f\r\n",
		"Host: a\r\n: 1\r\n", "Host: a\r\nX\r\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		char text[512];

		snprintf(text, sizeof(text), "POST http://a/ HTTP/1.1\r\n%s\r\n", fields[i]);
		if (parse(text) != HEAD_MALFORMED) {
			fail_msg("taken: %s", fields[i]);
		}
	}
}

static void malformed_request_lines_are_refused(void **state)
{
	static const char *const lines[] = {"GET http://a/", "GET http://a/ HTTP/2.0",
		"GET http://a/ HTTP/0.9", "GET http://a/ HTTP/1.2", "GET  http://a/ HTTP/1.1",
		"get http://a/ HTTP/1.1", "FLY http://a/ HTTP/1.1", " GET http://a/ HTTP/1.1",
		"GET http://a/ HTTP/1.1 x", "GET\thttp://a/ HTTP/1.1", "GET HTTP/1.1",
		"GET http://a/ HTWP/1.1", "GET http://a/ http/1.1", "", "\x16\x03\x01"};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		char text[512];

		snprintf(text, sizeof(text), "%s\r\nHost: a\r\n\r\n", lines[i]);
		if (parse(text) != HEAD_MALFORMED) {
			fail_msg("taken: %s", lines[i]);
		}
	}
	assert_int_equal(
		head_parse_request("GET http://a/\0 HTTP/1.1\r\nHost: a\r\n\r\n", 36, &head),
		HEAD_MALFORMED);
	assert_int_equal(parse("CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"),
		HEAD_MALFORMED);
	assert_int_equal(parse("POST http://a/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
		HEAD_MALFORMED);
}

static void head_has_a_largest_size_and_number_of_fields(void **state)
{
	static char text[HEAD_REQUEST_MAX * 2];
	int used;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "GET http://a/", 13);
	assert_int_equal(head_parse_request(text, HEAD_REQUEST_MAX - 1, &head), HEAD_INCOMPLETE);
	assert_int_equal(head_parse_request(text, HEAD_REQUEST_MAX, &head), HEAD_TOO_LARGE);
	memcpy(text + HEAD_REQUEST_MAX, "\r\n\r\n", 4);
	assert_int_equal(head_parse_request(text, HEAD_REQUEST_MAX + 4, &head), HEAD_TOO_LARGE);
	used = snprintf(text, sizeof(text), "GET http://a/ HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < HEAD_FIELDS_MAX; i++) {
		used += snprintf(text + used, sizeof(text) - (size_t)used, "x: 1\r\n");
	}
	snprintf(text + used, sizeof(text) - (size_t)used, "\r\n");
	assert_int_equal(parse(text), HEAD_TOO_LARGE);
}

/* Returns how many bytes of the rest belong to the request, in pieces of the given size. */
static long follow(const char *text, size_t piece, int *is_whole)
{
	size_t size = strlen(text);
	struct head_body *body;
	long taken = 0;

	assert_int_equal(parse(text), HEAD_WHOLE);
	body = head_body_create(text, head.size);
	assert_non_null(body);
	for (size_t at = head.size; at < size && taken >= 0 && !head_body_is_whole(body);
		at += piece) {
		ssize_t got =
			head_body_follow(body, text + at, piece < size - at ? piece : size - at);

		taken = got < 0 ? got : taken + got;
	}
	*is_whole = head_body_is_whole(body);
	head_body_destroy(&body);
	assert_null(body);
	return taken;
}

static void body_ends_where_its_framing_says(void **state)
{
	static const struct {
		const char *text;
		long taken;
		int is_whole;
	} cases[] = {
		{"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\nGET more", 0, 1},
		{"POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcdeGET", 5, 1},
		{"POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc", 3, 0},
		{"POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET", 0, 1},
		{"POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
		 "3\r\nabc\r\n0\r\n\r\nGET",
			13, 1},
		{"POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
		 "3\r\nabc\r\n0\r\nX: 1\r\n\r\nGET",
			19, 1},
		{"POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
		 "zz\r\n",
			-EPROTO, 0},
		{"POST http://a/ HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\n"
		 "Content-Length: 2\r\n\r\nabGET",
			2, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t piece = 1; piece < 32; piece += 5) {
			int is_whole;

			assert_int_equal(follow(cases[i].text, piece, &is_whole), cases[i].taken);
			assert_int_equal(is_whole, cases[i].is_whole);
		}
	}
}

static void response_is_rewritten_for_the_browser(void **state)
{
	static const char text[] =
		"HTTP/1.1 200 Very Fine\n"
		"Connection: keep-alive, X-Hop\r\nKeep-Alive: 5\r\nX-Hop: 1\r\n"
		"X-Folded: a\r\n b\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
	struct garasu_buffer out;

	(void)state;
	assert_int_equal(head_parse_response(text, sizeof(text) - 1, &head), HEAD_WHOLE);
	assert_int_equal(head.status, 200);
	assert_int_equal(head.size, sizeof(text) - 1 - 5);
	garasu_buffer_init(&out, HEAD_RESPONSE_MAX);
	assert_int_equal(head_write_response(&head, &out), 0);
	assert_written(&out, "HTTP/1.1 200 Very Fine\r\nX-Folded: a   b\r\n"
			     "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
}

static void interim_response_keeps_the_connection(void **state)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct garasu_buffer out;

	(void)state;
	assert_int_equal(head_parse_response(text, sizeof(text) - 1, &head), HEAD_WHOLE);
	garasu_buffer_init(&out, HEAD_RESPONSE_MAX);
	assert_int_equal(head_write_response(&head, &out), 0);
	assert_written(&out, text);
}

static void what_is_no_response_is_malformed(void **state)
{
	static const char *const list[] = {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/2 200\r\n\r\n",
		"HTTP/1.1 abc\r\n\r\n", "<html>\n\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		assert_int_equal(
			head_parse_response(list[i], strlen(list[i]), &head), HEAD_MALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_request_is_rewritten_for_the_server),
		cmocka_unit_test(path_of_a_bare_host_is_a_slash),
		cmocka_unit_test(connection_cannot_strip_what_frames_the_body),
		cmocka_unit_test(head_that_is_not_whole_waits),
		cmocka_unit_test(ambiguous_requests_are_malformed),
		cmocka_unit_test(malformed_request_lines_are_refused),
		cmocka_unit_test(head_has_a_largest_size_and_number_of_fields),
		cmocka_unit_test(body_ends_where_its_framing_says),
		cmocka_unit_test(response_is_rewritten_for_the_browser),
		cmocka_unit_test(interim_response_keeps_the_connection),
		cmocka_unit_test(what_is_no_response_is_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
