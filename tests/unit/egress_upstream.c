/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real egress below an upstream proxy, which the test is: what it is asked, what it is never
 * asked, and what becomes of one that refuses, lies or dies. */

#include "egress_drive.h"

#include "upstream.h"

/* base64 of "garasu:h\xc3\xa9 mitsu" */
#define AUTHORIZATION "Proxy-Authorization: Basic Z2FyYXN1OmjDqSBtaXRzdQ==\r\n"
#define CONNECT_FAR "CONNECT far.test:443 HTTP/1.1\r\nHost: w\r\n\r\n"
#define GET_FAR "GET http://Far.test/a?b HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"
#define ASKED_CONNECT "CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n" AUTHORIZATION "\r\n"
#define ASKED_GET                                                                                  \
	"GET http://Far.test/a?b HTTP/1.1\r\nHost: Far.test\r\nAccept: */*\r\n" AUTHORIZATION      \
	"Connection: close\r\n\r\n"

static char upstream_line[64];

static int start_below(const char *host, uint32_t connect_ms)
{
	drive_open(&drive);
	snprintf(upstream_line, sizeof(upstream_line), "%s:%u\n", host, drive.shut_port);
	drive.upstream = upstream_line;
	drive.credentials = "garasu:h\xc3\xa9 mitsu\n";
	drive.settings.connect_ms = connect_ms;
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

static int start_below_address(void **state)
{
	(void)state;
	return start_below("127.0.0.1", 10000);
}

static int start_below_name(void **state)
{
	(void)state;
	return start_below("proxy.test", 10000);
}

static int start_impatient(void **state)
{
	(void)state;
	return start_below("127.0.0.1", 300);
}

/* ---- what it is asked ---- */

static void tunnel_is_asked_for_with_credentials(void **state)
{
	int browser, upstream;

	(void)state;
	browser = drive_ask(&drive, CONNECT_FAR "early");
	upstream = drive_accept(drive.shut);
	drive_expect(upstream, ASKED_CONNECT);
	drive_say(upstream, "HTTP/1.1 103 Early\r\n\r\nHTTP/1.0 200 Yes\r\nContent-Length: 9\r\n"
			    "\r\nfirst");
	drive_expect(browser, ESTABLISHED "first");
	drive_expect(upstream, "early");
	drive_say(browser, "two");
	drive_expect(upstream, "two");
	close(browser);
	drive_expect_end(upstream);
	close(upstream);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "far.test", 443, 8, 5);
}

static void plain_request_keeps_its_absolute_form(void **state)
{
	static const char answer[] = "HTTP/1.1 403 Category\r\nContent-Length: 2\r\n"
				     "Proxy-Authenticate: Basic\r\nVia: u\r\n\r\nno";
	static const char rewritten[] = "HTTP/1.1 403 Category\r\nContent-Length: 2\r\nVia: u\r\n"
					"Connection: close\r\n\r\nno";
	int browser, upstream;

	(void)state;
	browser = drive_ask(&drive, GET_FAR);
	upstream = drive_accept(drive.shut);
	drive_expect(upstream, ASKED_GET);
	drive_say(upstream, answer);
	close(upstream);
	drive_expect(browser, rewritten);
	drive_expect_end(browser);
	close(browser);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "far.test", 80, sizeof(ASKED_GET) - 1,
		sizeof(rewritten) - 1);
}

/* Its own credentials are not the browser's to choose, nor to see. */
static void credentials_of_a_browser_are_dropped(void **state)
{
	int browser, upstream;

	(void)state;
	browser = drive_ask(&drive, "GET http://Far.test/a?b HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n"
				    "Proxy-Authorization: Basic AAAA\r\n\r\n");
	upstream = drive_accept(drive.shut);
	drive_expect(upstream, ASKED_GET);
	close(upstream);
	close(browser);
	(void)drive_record(&drive);
}

static void name_of_the_upstream_is_looked_up_and_no_other(void **state)
{
	static const char *const inner[] = {"127.0.0.1", NULL};
	static const char *const none[] = {NULL};
	int browser, upstream;

	(void)state;
	browser = drive_ask(&drive, CONNECT_FAR);
	drive_resolve(&drive, "proxy.test", 0, inner);
	upstream = drive_accept(drive.shut);
	drive_expect(upstream, ASKED_CONNECT);
	close(upstream);
	drive_expect_refusal(browser, "HTTP/1.1 502 ");
	(void)drive_record(&drive);
	browser = drive_ask(&drive, CONNECT_FAR);
	drive_resolve(&drive, "proxy.test", 3, none);
	drive_expect_refusal(browser, "HTTP/1.1 504 ");
	drive_expect_record(&drive, GARASU_EGRESS_UPSTREAM_FAILED, "far.test", 443, 0, 0);
}

static void listed_names_and_opened_addresses_are_reached_directly(void **state)
{
	int browser, server;

	(void)state;
	browser = tunnel(&server);
	close(browser);
	close(server);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "web.test", drive.web_port, 0, 0);
	browser = drive_ask(
		&drive, "GET http://127.0.0.1:%u/ HTTP/1.1\r\nHost: x\r\n\r\n", drive.web_port);
	server = drive_accept(drive.web);
	drive_expect(server, "GET / HTTP/1.1\r\n");
	close(server);
	close(browser);
	(void)drive_record(&drive);
}

/* ---- what it is never asked ---- */

static void what_is_no_internet_by_its_spelling_is_not_asked_for(void **state)
{
	(void)state;
	refused("169.254.169.254:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS,
		"169.254.169.254", 443);
	refused("[::ffff:10.0.0.1]:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS,
		"::ffff:10.0.0.1", 443);
	refused("8.8.8.8:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "8.8.8.8", 443);
	refused("private.test:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "private.test",
		443);
	refused("localhost:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "localhost", 443);
	refused("intranet:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "intranet", 443);
	refused("a.Local.:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "a.local", 443);
	refused("db.internal:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_NAME, "db.internal", 443);
	refused("far.test:22", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_PORT, "far.test", 22);
	refused("1.1.1.1:22", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_PORT, "1.1.1.1", 22);
	assert_int_equal(fcntl(drive.shut, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(accept(drive.shut, NULL, NULL), -1); /* nobody even knocked */
	assert_int_equal(errno, EAGAIN);
}

/* ---- one that refuses, lies or dies ---- */

#define REFUSED GARASU_EGRESS_UPSTREAM_REFUSED
#define FAILED GARASU_EGRESS_UPSTREAM_FAILED

static void answers_that_are_no_yes_open_nothing(void **state)
{
	static const struct {
		const char *request, *answer, *status;
		enum garasu_egress_verdict verdict;
	} cases[] = {
		{CONNECT_FAR, "HTTP/1.1 403 No\r\nContent-Length: 900\r\n\r\nbecause", "502",
			REFUSED},
		{CONNECT_FAR, "HTTP/1.1 503 No\r\n\r\n", "502", REFUSED},
		{CONNECT_FAR, "HTTP/1.1 302 Away\r\nLocation: http://a/\r\n\r\n", "502", REFUSED},
		{CONNECT_FAR, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n\r\n", "502",
			FAILED},
		{CONNECT_FAR, "HTTP/1.1 101 Switch\r\n\r\n", "502", FAILED},
		{CONNECT_FAR, "HTTP/2.0 200 Yes\r\n\r\n", "502", FAILED},
		{CONNECT_FAR, "\x16\x03\x01\x02\n\n", "502", FAILED},
		{CONNECT_FAR, "SSH-2.0-OpenSSH\r\n\r\n", "502", FAILED},
		{CONNECT_FAR,
			"HTTP/1.1 200 Yes\r\nContent-Length: 1\r\nTransfer-Encoding: "
			"chunked\r\n\r\n",
			"502", FAILED},
		{CONNECT_FAR, "HTTP/1.1 200 Yes\r\n", "502", FAILED},
		{CONNECT_FAR, "", "502", FAILED},
		{GET_FAR, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
			"502", FAILED},
		{GET_FAR, "\x16\x03\x01\x02\n\n", "502", FAILED},
		{GET_FAR, "HTTP/1.1 200 OK\r\n", "502", FAILED},
		{GET_FAR, "", "502", FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int is_connect = cases[i].request[0] == 'C';
		int browser = drive_ask(&drive, "%s", cases[i].request);
		int upstream = drive_accept(drive.shut);
		struct garasu_egress_connection record;
		char status[32];

		drive_expect(upstream, is_connect ? ASKED_CONNECT : ASKED_GET);
		drive_say(upstream, cases[i].answer);
		shutdown(upstream, SHUT_WR);
		snprintf(status, sizeof(status), "HTTP/1.1 %s ", cases[i].status);
		drive_expect_refusal(browser, status);
		close(upstream);
		record = drive_record(&drive);
		assert_int_equal(record.verdict, cases[i].verdict);
		assert_string_equal(record.host, "far.test");
		assert_int_equal(record.bytes_down, 0);
	}
}

static void endless_head_and_endless_interim_answers_are_cut(void **state)
{
	static char filler[4096];

	(void)state;
	memset(filler, 'a', sizeof(filler) - 1);
	for (int i = 0; i < 2; i++) {
		int browser = drive_ask(&drive, CONNECT_FAR);
		int upstream = drive_accept(drive.shut);
		ssize_t sent = 1;

		drive_expect(upstream, ASKED_CONNECT);
		drive_say(upstream, i == 0 ? "HTTP/1.1 200 Yes\r\nX: " : "");
		for (int more = 0; sent > 0 && more < 4096; more++) {
			sent = i == 0 ? send(upstream, filler, sizeof(filler) - 1, MSG_NOSIGNAL)
				      : send(upstream, "HTTP/1.1 100 On\r\n\r\n", 19, MSG_NOSIGNAL);
		}
		drive_expect_refusal(browser, "HTTP/1.1 502 ");
		close(upstream);
		drive_expect_record(&drive, FAILED, "far.test", 443, 0, 0);
	}
}

static void one_that_resets_leaves_the_user_a_page(void **state)
{
	static const struct linger reset = {.l_onoff = 1};
	static const char *const requests[] = {CONNECT_FAR, GET_FAR};

	(void)state;
	for (int i = 0; i < 2; i++) {
		int browser = drive_ask(&drive, "%s", requests[i]);
		int upstream = drive_accept(drive.shut);

		drive_expect(upstream, i == 0 ? ASKED_CONNECT : ASKED_GET);
		assert_int_equal(
			setsockopt(upstream, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
		close(upstream);
		drive_expect_refusal(browser, "HTTP/1.1 502 ");
		assert_int_equal(drive_record(&drive).verdict, FAILED);
	}
}

static void one_that_is_gone_is_unreachable(void **state)
{
	(void)state;
	garasu_fd_close(&drive.shut);
	refused("far.test:443", "HTTP/1.1 504 ", FAILED, "far.test", 443);
}

static void silent_and_slow_ones_meet_the_deadline(void **state)
{
	char text[8192];

	(void)state;
	for (int i = 0; i < 2; i++) {
		int browser = drive_ask(&drive, CONNECT_FAR);
		int upstream = drive_accept(drive.shut);

		drive_expect(upstream, ASKED_CONNECT);
		drive_say(upstream, i == 0 ? "" : "HTTP/1.1 200 Y");
		assert_true(drive_drain(browser, text, sizeof(text)) > 0);
		assert_memory_equal(text, "HTTP/1.1 504 ", 13);
		assert_non_null(strstr(text, "The upstream proxy does not respond"));
		close(browser);
		close(upstream);
		drive_expect_record(&drive, FAILED, "far.test", 443, 0, 0);
	}
}

/* ---- its setting ---- */

static void credentials_become_one_field_line(void **state)
{
	static const struct {
		const char *text, *field;
	} cases[] = {
		{"a:", "Proxy-Authorization: Basic YTo=\r\n"},
		{"a:b", "Proxy-Authorization: Basic YTpi\r\n"},
		{"ab:cd", "Proxy-Authorization: Basic YWI6Y2Q=\r\n"},
		{"a:b:c~\xff\xfe", "Proxy-Authorization: Basic YTpiOmN+//4=\r\n"},
	};
	static const char *const wrong[] = {"", "a", ":b", "a:b\r", "a:\tb", "a:\x7f"};
	char longest[600];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upstream upstream = {.port = 0};

		assert_int_equal(
			upstream_read_credentials(&upstream, cases[i].text, strlen(cases[i].text)),
			0);
		assert_string_equal(upstream.authorization, cases[i].field);
		upstream_finish(&upstream);
		assert_null(upstream.authorization);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct upstream upstream = {.port = 0};

		assert_int_equal(
			upstream_read_credentials(&upstream, wrong[i], strlen(wrong[i])), -EINVAL);
		assert_null(upstream.authorization);
	}
	memset(longest, ':', sizeof(longest));
	longest[0] = 'a';
	assert_int_equal(
		upstream_read_credentials(&(struct upstream){.port = 0}, longest, sizeof(longest)),
		-EINVAL);
}

#define BELOW(name) cmocka_unit_test_setup_teardown(name, start_below_address, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BELOW(tunnel_is_asked_for_with_credentials),
		BELOW(plain_request_keeps_its_absolute_form),
		BELOW(credentials_of_a_browser_are_dropped),
		cmocka_unit_test_setup_teardown(
			name_of_the_upstream_is_looked_up_and_no_other, start_below_name, stop),
		BELOW(listed_names_and_opened_addresses_are_reached_directly),
		BELOW(what_is_no_internet_by_its_spelling_is_not_asked_for),
		BELOW(answers_that_are_no_yes_open_nothing),
		BELOW(endless_head_and_endless_interim_answers_are_cut),
		BELOW(one_that_resets_leaves_the_user_a_page),
		BELOW(one_that_is_gone_is_unreachable),
		cmocka_unit_test_setup_teardown(
			silent_and_slow_ones_meet_the_deadline, start_impatient, stop),
		cmocka_unit_test(credentials_become_one_field_line),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
