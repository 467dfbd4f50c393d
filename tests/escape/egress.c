/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attacks on the real egress by a captured browser, by what name servers answer and by web servers:
 * each is refused in the same words, and nobody who was not to be reached hears of it. */

#include "egress_drive.h"

#define EGRESS_PIECE 65536u /* what egress reads at once */
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Nobody knocked there. */
static void expect_silence(int listener)
{
	assert_int_equal(fcntl(listener, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(accept(listener, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
}

/* ---- names and addresses ---- */

static void names_that_lead_inside_are_refused(void **state)
{
	static const char *const inside[] = {"10.1.2.3", "172.16.0.1", "192.168.0.1", "127.0.0.1",
		"169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
		"192.0.0.192", "8.8.8.1" /* egress.deny: LGWAN's own */, "::", "::1", "fe80::1",
		"fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1",
		"::ffff:0:10.0.0.1", "::10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1",
		"2002:a00:1::1", "2001:0:a00:1::1", "2001:db8::1", "100::1"};

	(void)state;
	for (size_t i = 0; i < COUNT(inside); i++) {
		const char *const answer[] = {inside[i], NULL};
		int browser =
			drive_ask(&drive, "CONNECT inside.test:443 HTTP/1.1\r\nHost: w\r\n\r\n");

		drive_resolve(&drive, "inside.test", 0, answer);
		drive_expect_refusal(browser, "HTTP/1.1 403 ");
		drive_expect_record(&drive, GARASU_EGRESS_DENIED_ADDRESS, "inside.test", 443, 0, 0);
	}
	expect_silence(drive.shut);
}

/* A name is asked for once a connection, and what was judged is what is connected to. */
static void name_that_changes_its_address_is_judged_anew(void **state)
{
	static const char *const opened[] = {"127.0.0.1", NULL};
	static const char *const inside[] = {"10.0.0.1", "::ffff:127.0.0.1", NULL};
	int browser, server;
	char byte;

	(void)state;
	browser = drive_ask(
		&drive, "CONNECT rebind.test:%u HTTP/1.1\r\nHost: w\r\n\r\n", drive.web_port);
	drive_resolve(&drive, "rebind.test", 0, opened);
	server = drive_accept(drive.web);
	drive_expect(browser, ESTABLISHED);
	assert_int_equal(recv(drive.names, &byte, 1, MSG_DONTWAIT), -1);
	close(browser);
	close(server);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "rebind.test", drive.web_port, 0, 0);
	browser = drive_ask(
		&drive, "CONNECT rebind.test:%u HTTP/1.1\r\nHost: w\r\n\r\n", drive.web_port);
	drive_resolve(&drive, "rebind.test", 0, inside);
	drive_expect_refusal(browser, "HTTP/1.1 403 ");
	drive_expect_record(
		&drive, GARASU_EGRESS_DENIED_ADDRESS, "rebind.test", drive.web_port, 0, 0);
}

static void spellings_of_inner_addresses_are_refused(void **state)
{
	static const char *const bad[] = {"2130706433", "017700000001", "0x7f000001", "0x7f.1",
		"0177.0.0.1", "127.1", "127.0.1", "127.0.0.01", "127.0.0.1.", "[fe80::1%25lo]",
		"[127.0.0.1]", "[::ffff:127.0.0.1", "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
		"127%2e0.0.1"};
	static const char *const inside[] = {"::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1",
		"2002:7f00:1::", "0:0:0:0:0:0:0:1", "fe80::1", "ff05::2"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		drive_expect_refusal(
			drive_ask(&drive, "GET http://%s:%u/ HTTP/1.1\r\nHost: w\r\n\r\n", bad[i],
				drive.shut_port),
			"HTTP/1.1 400 ");
		drive_expect_record(&drive, GARASU_EGRESS_BAD_REQUEST, "?", 0, 0, 0);
	}
	for (size_t i = 0; i < COUNT(inside); i++) {
		char target[64];

		snprintf(target, sizeof(target), "[%s]:%u", inside[i], drive.shut_port);
		refused(target, "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, inside[i],
			drive.shut_port);
	}
	expect_silence(drive.shut);
}

static void egress_does_not_connect_to_itself(void **state)
{
	char target[64];

	(void)state;
	snprintf(target, sizeof(target), "127.0.0.1:%u", drive.listener_port);
	refused(target, "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "127.0.0.1",
		drive.listener_port);
	snprintf(target, sizeof(target), "localhost:%u", drive.listener_port);
	refused(target, "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "localhost",
		drive.listener_port);
}

/* ---- requests that two could read in two ways ---- */

#define POST "POST http://web.test/ HTTP/1.1\r\nHost: w\r\n"
#define GET "GET http://web.test/ HTTP/1.1\r\nHost: w\r\n"

static void smuggled_requests_are_refused(void **state)
{
	static const char nul[] = GET "A: b\0c\r\n\r\n";
	static const char *const requests[] = {POST
		"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		POST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
		POST "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
		POST "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
		POST "Content-Length: 4, 4\r\n\r\nabcd", POST "Content-Length: +4\r\n\r\nabcd",
		POST "Content-Length: 0x4\r\n\r\nabcd", POST "Content-Length: -1\r\n\r\n",
		POST "Content-Length:\r\n\r\n", POST "Content-Length: 99999999999999999999\r\n\r\n",
		POST "Transfer-Encoding: identity\r\n\r\n",
		POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
		POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
		POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		POST "Content-Length\t: 4\r\n\r\nabcd",
		"POST http://web.test/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		GET "A: b\r\n c\r\n\r\n", GET "A: b\nC: d\r\n\r\n", GET "A: b\rC: d\r\n\r\n",
		GET "A: b\x01\r\n\r\n", GET "A\x7f: b\r\n\r\n", GET "Host: v\r\n\r\n",
		GET " A: b\r\n\r\n", GET ": b\r\n\r\n", GET "A b: c\r\n\r\n",
		"GET http://web.test/ HTTP/1.1\r\n\r\n",
		"GET\thttp://web.test/ HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET  http://web.test/ HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET http://web.test/ HTTP/1.1 \r\nHost: w\r\n\r\n",
		"GET http://web.test/ HTTP/2.0\r\nHost: w\r\n\r\n",
		"GET http://web.test/ http/1.1\r\nHost: w\r\n\r\n",
		"GET http://a@web.test/ HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET http://web.test/#a HTTP/1.1\r\nHost: w\r\n\r\n",
		"GET /inner HTTP/1.1\r\nHost: web.test\r\n\r\n",
		"CONNECT web.test:80 HTTP/1.1\r\nHost: w\r\nContent-Length: 1\r\n\r\na",
		"CONNECT http://web.test/ HTTP/1.1\r\nHost: w\r\n\r\n"};

	(void)state;
	for (size_t i = 0; i <= COUNT(requests); i++) {
		int browser = drive_connect(drive.listener_port);

		if (i < COUNT(requests)) {
			drive_say(browser, requests[i]);
		} else {
			assert_int_equal(garasu_fd_write_all(browser, nul, sizeof(nul) - 1), 0);
		}
		drive_expect_refusal(browser, "HTTP/1.1 400 ");
		drive_expect_record(&drive, GARASU_EGRESS_BAD_REQUEST, "?", 0, 0, 0);
	}
	expect_silence(drive.web);
}

/* ---- time and bytes ---- */

static int start_short(void **state)
{
	(void)state;
	drive_open(&drive);
	drive.settings.connect_ms = 500;
	drive.settings.idle_ms = 1000;
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

/* Says a byte of the text again and again until the other answers, or ends. */
static void trickle(int to, int until)
{
	struct pollfd poller = {.fd = until, .events = POLLIN};

	for (int i = 0; poll(&poller, 1, 50) == 0; i++) {
		assert_in_range(i, 0, DRIVE_DEADLINE_MS / 50);
		(void)send(to, "a", 1, MSG_NOSIGNAL);
	}
}

static void heads_that_trickle_are_cut(void **state)
{
	int browser, server;
	char text[64];

	(void)state;
	browser = drive_ask(&drive, "GET http://web.test/");
	trickle(browser, browser);
	drive_expect_refusal(browser, "HTTP/1.1 408 ");
	drive_expect_record(&drive, GARASU_EGRESS_BAD_REQUEST, "?", 0, 0, 0);
	browser = drive_ask(
		&drive, "GET http://web.test:%u/ HTTP/1.1\r\nHost: w\r\n\r\n", drive.web_port);
	server = drive_accept(drive.web);
	drive_say(server, "HTTP/1.1 200 OK\r\nA: ");
	trickle(server, browser);
	assert_int_equal(drive_drain(browser, text, sizeof(text)), -1);
	close(browser);
	close(server);
	assert_int_equal(drive_record(&drive).verdict, GARASU_EGRESS_ALLOWED);
}

static int start_small(void **state)
{
	(void)state;
	drive_open(&drive);
	drive.settings.up_mib = drive.settings.down_mib = 1;
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

/* The tunnel would go on for ever; the session's volume does not, in either direction. */
static void tunnel_ends_with_the_volume_of_its_session(void **state)
{
	static char chunk[4096];
	uint64_t heard = 0;
	char text[8192];
	int browser, server;
	ssize_t got = 1;

	(void)state;
	browser = tunnel(&server);
	for (unsigned sent = 0; sent < 2u << 20 && got > 0; sent += sizeof(chunk)) {
		struct pollfd poller = {.fd = server, .events = POLLIN};

		(void)send(browser, chunk, sizeof(chunk), MSG_NOSIGNAL);
		while (got > 0 &&
			poll(&poller, 1, sent + 2 * sizeof(chunk) > 1u << 20 ? 20 : 0) == 1) {
			got = recv(server, text, sizeof(text), 0);
			heard += got > 0 ? (uint64_t)got : 0;
		}
	}
	assert_in_range(heard, (1u << 20) - EGRESS_PIECE, 1u << 20);
	close(browser);
	close(server);
	assert_int_equal(drive_record(&drive).verdict, GARASU_EGRESS_LIMIT);
	browser = drive_ask(
		&drive, "GET http://web.test:%u/ HTTP/1.1\r\nHost: w\r\n\r\n", drive.web_port);
	assert_true(drive_drain(browser, text, sizeof(text)) > 0);
	assert_memory_equal(text, "HTTP/1.1 503 ", 13);
	assert_non_null(strstr(text, "The session's data volume is used up"));
	close(browser);
	drive_expect_record(&drive, GARASU_EGRESS_LIMIT, "web.test", drive.web_port, 0, 0);
	expect_silence(drive.web);
}

/* ---- lists of domains ---- */

static int start_denying(void **state)
{
	(void)state;
	drive_open(&drive);
	drive.deny_names = "denied.test\nxn--wgv71a119e.jp\n";
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

static void denied_domains_are_refused_with_all_below_them(void **state)
{
	static const char *const none[] = {NULL};
	static const char *const others[] = {"notdenied.test", "denied.test.jp",
		"xn--dened-q4a.test" /* a dotless i: another name */};
	int browser;

	(void)state;
	refused("denied.test:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "denied.test", 443);
	refused("DENIED.Test.:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "denied.test", 443);
	refused("a.b.denied.test:80", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "a.b.denied.test",
		80);
	refused("www.XN--WGV71A119E.jp:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME,
		"www.xn--wgv71a119e.jp", 443);
	for (size_t i = 0; i < COUNT(others); i++) {
		browser =
			drive_ask(&drive, "CONNECT %s:443 HTTP/1.1\r\nHost: w\r\n\r\n", others[i]);
		drive_resolve(&drive, others[i], 3, none);
		drive_expect_refusal(browser, "HTTP/1.1 502 ");
		drive_expect_record(&drive, GARASU_EGRESS_UNRESOLVED, others[i], 443, 0, 0);
	}
	drive_expect_refusal(/* in letters, and in wide ones */
		drive_ask(&drive, "CONNECT \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.jp:443 HTTP/1.1\r\n"
				  "Host: w\r\n\r\n"),
		"HTTP/1.1 400 ");
	(void)drive_record(&drive);
	drive_expect_refusal(drive_ask(&drive, "CONNECT \xef\xbd\x84"
					       "enied.test:443 HTTP/1.1\r\n"
					       "Host: w\r\n\r\n"),
		"HTTP/1.1 400 ");
	(void)drive_record(&drive);
}

static int start_allowing(void **state)
{
	(void)state;
	drive_open(&drive);
	drive.allow_names = "web.test\nopen.test\n";
	drive.deny_names = "secret.open.test\n";
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

static void where_domains_are_listed_nothing_else_is_reached(void **state)
{
	static const char *const none[] = {NULL};
	int browser, server;

	(void)state;
	browser = tunnel(&server);
	close(browser);
	close(server);
	(void)drive_record(&drive);
	browser = drive_ask(&drive, "CONNECT a.open.test:443 HTTP/1.1\r\nHost: w\r\n\r\n");
	drive_resolve(&drive, "a.open.test", 3, none);
	drive_expect_refusal(browser, "HTTP/1.1 502 ");
	(void)drive_record(&drive);
	refused("private.test:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "private.test",
		443);
	refused("xn--wb-bja.test:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME,
		"xn--wb-bja.test", 443);
	refused("a.secret.open.test:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME,
		"a.secret.open.test", 443);
	refused("1.1.1.1:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "1.1.1.1", 443);
	browser = drive_ask(&drive, "CONNECT 127.0.0.1:%u HTTP/1.1\r\nHost: w\r\n\r\n",
		drive.web_port); /* egress.allow has it */
	server = drive_accept(drive.web);
	drive_expect(browser, ESTABLISHED);
	close(browser);
	close(server);
	(void)drive_record(&drive);
}

#define AFTER(start_so, name) cmocka_unit_test_setup_teardown(name, start_so, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(names_that_lead_inside_are_refused),
		CASE(name_that_changes_its_address_is_judged_anew),
		CASE(spellings_of_inner_addresses_are_refused),
		CASE(egress_does_not_connect_to_itself),
		CASE(smuggled_requests_are_refused),
		AFTER(start_short, heads_that_trickle_are_cut),
		AFTER(start_small, tunnel_ends_with_the_volume_of_its_session),
		AFTER(start_denying, denied_domains_are_refused_with_all_below_them),
		AFTER(start_allowing, where_domains_are_listed_nothing_else_is_reached),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
