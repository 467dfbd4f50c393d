/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real egress between browsers and servers: what gets through, what does not, what is said and
 * what is recorded of it. */

#include "egress_drive.h"

/* ---- what gets through ---- */

static void plain_get_reaches_the_server_in_its_own_form(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: 5\r\n"
				     "Connection: keep-alive\r\n\r\nhello";
	static const char rewritten[] =
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
	char expected[256];
	int browser, server;

	(void)state;
	browser = drive_ask(&drive,
		"GET http://Web.test:%u/a?b HTTP/1.1\r\nHost: x\r\nProxy-Connection: "
		"keep-alive\r\nAccept: */*\r\n\r\n",
		drive.web_port);
	server = drive_accept(drive.web);
	snprintf(expected, sizeof(expected),
		"GET /a?b HTTP/1.1\r\nHost: Web.test:%u\r\nAccept: */*\r\nConnection: "
		"close\r\n\r\n",
		drive.web_port);
	drive_expect(server, expected);
	drive_say(server, answer);
	close(server);
	drive_expect(browser, rewritten);
	drive_expect_end(browser);
	close(browser);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "web.test", drive.web_port,
		strlen(expected), sizeof(rewritten) - 1);
}

static void post_body_is_carried_to_its_end_and_not_beyond(void **state)
{
	char expected[256];
	char rest[64];
	int browser, server;

	(void)state;
	browser = drive_ask(&drive,
		"POST http://127.0.0.1:%u/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
		"chunked\r\n\r\n3\r\nab",
		drive.web_port);
	server = drive_accept(drive.web);
	snprintf(expected, sizeof(expected),
		"POST / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nTransfer-Encoding: "
		"chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		drive.web_port);
	drive_say(browser, "c\r\n0\r\n\r\nGET http://web.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
	drive_expect(server, expected);
	drive_say(server, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\n\r\n");
	shutdown(server, SHUT_WR);
	drive_expect(browser,
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\nConnection: close\r\n\r\n");
	drive_expect_end(browser);
	close(browser);
	assert_int_equal(drive_drain(server, rest, sizeof(rest)), 0);
	close(server);
	drive_expect_record(
		&drive, GARASU_EGRESS_ALLOWED, "127.0.0.1", drive.web_port, strlen(expected), 65);
}

static void tunnel_carries_bytes_both_ways_and_half_closes(void **state)
{
	int browser, server;

	(void)state;
	browser = drive_ask(
		&drive, "CONNECT web.test:%u HTTP/1.1\r\nHost: w\r\n\r\nearly", drive.web_port);
	server = drive_accept(drive.web);
	drive_expect(browser, ESTABLISHED);
	drive_expect(server, "early");
	drive_say(server, "one");
	drive_expect(browser, "one");
	drive_say(browser, "two");
	drive_expect(server, "two");
	shutdown(browser, SHUT_WR);
	drive_expect_end(server);
	drive_say(server, "still");
	drive_expect(browser, "still");
	close(server);
	drive_expect_end(browser);
	close(browser);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "web.test", drive.web_port, 8, 8);
}

static void slow_browser_stops_the_server_and_loses_nothing(void **state)
{
	static char chunk[65536];
	uint64_t sent = 0, got = 0;
	int browser, server;

	(void)state;
	browser = tunnel(&server);
	assert_int_equal(garasu_fd_set_nonblocking(server, 1), 0);
	for (;;) {
		struct pollfd poller = {.fd = server, .events = POLLOUT};
		ssize_t count = send(server, chunk, sizeof(chunk), 0);

		if (count > 0) {
			sent += (uint64_t)count;
			assert_true(sent < 256u << 20); /* egress would hold the rest */
		} else if (poll(&poller, 1, 300) == 0) {
			break; /* every buffer on the way is full */
		}
	}
	close(server);
	for (;;) {
		ssize_t count;

		drive_wait(browser, POLLIN);
		count = recv(browser, chunk, sizeof(chunk), 0);
		if (count <= 0) {
			break;
		}
		got += (uint64_t)count;
	}
	close(browser);
	assert_int_equal(got, sent);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "web.test", drive.web_port, 0, sent);
}

static void early_answer_to_a_long_body_arrives_whole(void **state)
{
	static char body[1 << 20];
	static const char answer[] = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno";
	char text[1024];
	int browser, server;

	(void)state;
	browser = drive_ask(&drive,
		"POST http://web.test:%u/ HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
		drive.web_port, sizeof(body) * 64);
	server = drive_accept(drive.web);
	drive_say(server, answer);
	close(server); /* its unread bytes make this a reset soon */
	assert_int_equal(garasu_fd_write_all(browser, body, sizeof(body)), 0);
	assert_true(drive_drain(browser, text, sizeof(text)) > 0);
	text[12] = '\0';
	assert_string_equal(text, "HTTP/1.1 413");
	close(browser);
	assert_int_equal(drive_record(&drive).verdict, GARASU_EGRESS_ALLOWED);
}

/* ---- what does not ---- */

static void addresses_that_are_no_internet_are_denied(void **state)
{
	char target[64];

	(void)state;
	snprintf(target, sizeof(target), "127.0.0.1:%u", drive.shut_port);
	refused(target, "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "127.0.0.1",
		drive.shut_port);
	snprintf(target, sizeof(target), "[::1]:%u", drive.web_port);
	refused(target, "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "::1", drive.web_port);
	snprintf(target, sizeof(target), "[::ffff:127.0.0.1]:%u", drive.web_port);
	refused(target, "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "::ffff:127.0.0.1",
		drive.web_port);
	refused("169.254.169.254:80", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS,
		"169.254.169.254", 80);
	refused("8.8.8.8:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "8.8.8.8", 443);
	refused("private.test:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "private.test",
		443);
	refused("localhost:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "localhost", 443);
	refused("a.LOCALHOST.:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "a.localhost", 443);
	refused("1.1.1.1:22", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_PORT, "1.1.1.1", 22);
	refused("far.test:22", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_PORT, "far.test", 22);
	assert_int_equal(fcntl(drive.shut, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(accept(drive.shut, NULL, NULL), -1); /* nobody even knocked */
	assert_int_equal(errno, EAGAIN);
}

static void number_spellings_and_malformed_requests_are_bad(void **state)
{
	static const char *const requests[] = {"CONNECT 2130706433:443 HTTP/1.1\r\nHost: w\r\n\r\n",
		"CONNECT 0x7f.1:443 HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET http://127.1/ HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET http://0177.0.0.1/ HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET https://web.test/ HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET http://web.test/ HTTP/1.1\r\n\r\n",
		"POST http://web.test/ HTTP/1.1\r\nHost: w\r\nContent-Length: "
		"4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"\x16\x03\x01\x02\r\n\r\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		drive_expect_refusal(drive_ask(&drive, "%s", requests[i]), "HTTP/1.1 400 ");
		drive_expect_record(&drive, GARASU_EGRESS_BAD_REQUEST, "?", 0, 0, 0);
	}
}

static void oversized_head_is_refused(void **state)
{
	static char text[40000];
	int browser = drive_connect(drive.listener_port);

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "GET http://web.test/", 20);
	drive_say(browser, text);
	drive_expect_refusal(browser, "HTTP/1.1 431 ");
	drive_expect_record(&drive, GARASU_EGRESS_BAD_REQUEST, "?", 0, 0, 0);
}

static void refusal_page_speaks_both_languages(void **state)
{
	char text[8192];
	int browser = drive_ask(&drive, "GET http://private.test/ HTTP/1.1\r\nHost: w\r\n\r\n");

	(void)state;
	assert_true(drive_drain(browser, text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "<h1>この接続先は許可されていません</h1>"));
	assert_non_null(strstr(text, "<h1>This destination is not allowed</h1>"));
	assert_non_null(strstr(text, "private.test:80"));
	close(browser);
	(void)drive_record(&drive);
}

static void closed_port_is_unreachable_and_a_silent_server_is_not_one(void **state)
{
	char target[64];
	int browser, server;

	(void)state;
	browser = drive_ask(
		&drive, "GET http://web.test:%u/ HTTP/1.1\r\nHost: w\r\n\r\n", drive.web_port);
	server = drive_accept(drive.web);
	drive_expect(server, "GET / HTTP/1.1\r\n");
	shutdown(server, SHUT_WR);
	drive_expect_refusal(browser, "HTTP/1.1 502 ");
	close(server);
	assert_int_equal(drive_record(&drive).verdict, GARASU_EGRESS_ALLOWED);
	garasu_fd_close(&drive.web);
	snprintf(target, sizeof(target), "web.test:%u", drive.web_port);
	refused(target, "HTTP/1.1 502 ", GARASU_EGRESS_UNREACHABLE, "web.test", drive.web_port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(plain_get_reaches_the_server_in_its_own_form),
		CASE(post_body_is_carried_to_its_end_and_not_beyond),
		CASE(tunnel_carries_bytes_both_ways_and_half_closes),
		CASE(slow_browser_stops_the_server_and_loses_nothing),
		CASE(early_answer_to_a_long_body_arrives_whole),
		CASE(addresses_that_are_no_internet_are_denied),
		CASE(number_spellings_and_malformed_requests_are_bad),
		CASE(oversized_head_is_refused),
		CASE(refusal_page_speaks_both_languages),
		CASE(closed_port_is_unreachable_and_a_silent_server_is_not_one),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
