/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real egress and names, limits, time-outs and the ends of sessions and of itself. */

#include "egress_drive.h"

#include <time.h>

/* ---- names ---- */

static void resolved_name_is_judged_by_its_addresses(void **state)
{
	static const char *const private_only[] = {"10.0.0.1", NULL};
	static const char *const mixed[] = {"10.0.0.1", "127.0.0.1", NULL};
	int browser, server;

	(void)state;
	browser = drive_ask(&drive, "CONNECT Rebind.test:443 HTTP/1.1\r\nHost: w\r\n\r\n");
	drive_resolve(&drive, "rebind.test", 0, private_only);
	drive_expect_refusal(browser, "HTTP/1.1 403 ");
	drive_expect_record(&drive, GARASU_EGRESS_DENIED_ADDRESS, "rebind.test", 443, 0, 0);
	browser = drive_ask(
		&drive, "CONNECT mixed.test:%u HTTP/1.1\r\nHost: w\r\n\r\n", drive.web_port);
	drive_resolve(&drive, "mixed.test", 0, mixed);
	server = drive_accept(drive.web);
	drive_expect(browser, ESTABLISHED);
	close(browser);
	drive_expect_end(server);
	close(server);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "mixed.test", drive.web_port, 0, 0);
}

static void name_without_an_address_is_unresolved(void **state)
{
	static const char *const none[] = {NULL};
	int browser;

	(void)state;
	browser = drive_ask(&drive, "GET http://nothing.test/ HTTP/1.1\r\nHost: w\r\n\r\n");
	drive_resolve(&drive, "nothing.test", 3, none);
	drive_expect_refusal(browser, "HTTP/1.1 502 ");
	drive_expect_record(&drive, GARASU_EGRESS_UNRESOLVED, "nothing.test", 80, 0, 0);
	browser = drive_ask(&drive, "GET http://empty.test/ HTTP/1.1\r\nHost: w\r\n\r\n");
	drive_resolve(&drive, "empty.test", 0, none);
	drive_expect_refusal(browser, "HTTP/1.1 502 ");
	drive_expect_record(&drive, GARASU_EGRESS_UNRESOLVED, "empty.test", 80, 0, 0);
}

/* The seventeenth look-up of a session waits; another session's does not. */
static void look_ups_of_one_session_are_capped(void **state)
{
	static const char *const none[] = {NULL};
	struct drive_query first[2], query;
	int browsers[17], other, listener;
	uint16_t port;

	(void)state;
	listener = drive_socket(SOCK_STREAM, &port);
	drive_add(&drive, 8, listener);
	for (int i = 0; i < 17; i++) {
		browsers[i] =
			drive_ask(&drive, "CONNECT n%d.test:443 HTTP/1.1\r\nHost: w\r\n\r\n", i);
		for (int j = 0; i < 16 && j < 2; j++) {
			drive_take_query(&drive, i == 0 ? &first[j] : &query);
		}
	}
	other = drive_connect(port);
	drive_say(other, "CONNECT other.test:443 HTTP/1.1\r\nHost: w\r\n\r\n");
	for (int j = 0; j < 2; j++) {
		drive_take_query(&drive, &query);
		assert_string_equal(query.name, "other.test");
	}
	drive_answer(&drive, &first[0], 0, none);
	drive_answer(&drive, &first[1], 0, none);
	drive_expect_refusal(browsers[0], "HTTP/1.1 502 ");
	drive_take_query(&drive, &query);
	assert_string_equal(query.name, "n16.test");
	for (int i = 1; i < 17; i++) {
		close(browsers[i]);
	}
	close(other);
	close(listener);
}

/* ---- limits and ends ---- */

static int start_small(void **state)
{
	(void)state;
	drive_open(&drive);
	drive.settings.connections_max = 2;
	drive.settings.connect_ms = 200;
	drive.settings.idle_ms = 400;
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

static int start_two(void **state)
{
	(void)state;
	drive_open(&drive);
	drive.settings.connections_max = 2;
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

static int start_slow(void **state)
{
	(void)state;
	drive_open(&drive);
	drive.settings.starts_burst = 2;
	drive.settings.starts_per_s = 20;
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

/* The lower bound is the limit's own; nothing is said of how fast a machine is. */
static void connections_beyond_the_burst_wait_and_none_is_lost(void **state)
{
	struct timespec from;
	struct timespec to;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 8; i++) {
		refused("10.0.0.1:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "10.0.0.1",
			443);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 >=
		    (8 - 2 - 1) * 1000 / 20);
}

static void connections_over_the_limit_are_told_so(void **state)
{
	int browsers[2], servers[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		browsers[i] = tunnel(&servers[i]);
	}
	refused("web.test:443", "HTTP/1.1 503 ", GARASU_EGRESS_LIMIT, "web.test", 443);
	for (int i = 0; i < 2; i++) {
		close(browsers[i]);
		drive_expect_end(servers[i]);
		close(servers[i]);
		drive_expect_record(
			&drive, GARASU_EGRESS_ALLOWED, "web.test", drive.web_port, 0, 0);
	}
	browsers[0] = tunnel(&servers[0]); /* there is room again */
	close(browsers[0]);
	close(servers[0]);
	(void)drive_record(&drive);
}

static void idle_tunnels_late_names_and_late_heads_end_by_themselves(void **state)
{
	char text[64];
	int browser, server;

	(void)state;
	browser = tunnel(&server);
	(void)drive_drain(browser, text, sizeof(text));
	(void)drive_drain(server, text, sizeof(text));
	close(browser);
	close(server);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "web.test", drive.web_port, 0, 0);
	drive_expect_refusal(
		drive_ask(&drive, "GET http://silent.test/ HTTP/1.1\r\nHost: w\r\n\r\n"),
		"HTTP/1.1 504 ");
	drive_expect_record(&drive, GARASU_EGRESS_UNRESOLVED, "silent.test", 80, 0, 0);
	drive_expect_refusal(drive_ask(&drive, "GET http://web.test/ HT"), "HTTP/1.1 408 ");
	drive_expect_record(&drive, GARASU_EGRESS_BAD_REQUEST, "?", 0, 0, 0);
	browser = drive_connect(drive.listener_port); /* says nothing: nothing to record */
	drive_expect_end(browser);
	close(browser);
	refused("private.test:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "private.test",
		443);
}

static void removed_session_loses_its_tunnels(void **state)
{
	const struct garasu_egress_remove order = {.session = DRIVE_SESSION};
	char text[64];
	int browser, server;

	(void)state;
	browser = tunnel(&server);
	drive_say(browser, "x");
	drive_expect(server, "x");
	assert_int_equal(
		garasu_control_send(drive.control, GARASU_EGRESS_REMOVE, &order, NULL, 0), 0);
	assert_int_equal(drive_drain(browser, text, sizeof(text)), -1);
	(void)drive_drain(server, text, sizeof(text));
	close(browser);
	close(server);
	drive_expect_record(&drive, GARASU_EGRESS_ALLOWED, "web.test", drive.web_port, 1, 0);
	assert_int_equal(
		garasu_control_send(drive.control, GARASU_EGRESS_REMOVE, &order, NULL, 0), 0);
	drive_add(&drive, DRIVE_SESSION, drive.listener); /* the number is free again */
	refused("private.test:443", "HTTP/1.1 403 ", GARASU_EGRESS_DENIED_ADDRESS, "private.test",
		443);
}

static void two_sessions_keep_their_identities(void **state)
{
	struct garasu_egress_connection record;
	int first, second, servers[2], listener;
	uint16_t port;

	(void)state;
	listener = drive_socket(SOCK_STREAM, &port);
	drive_add(&drive, 8, listener);
	first = tunnel(&servers[0]);
	second = drive_connect(port);
	drive_say(second, "CONNECT private.test:80 HTTP/1.1\r\nHost: w\r\n\r\n");
	drive_expect_refusal(second, "HTTP/1.1 403 ");
	record = drive_record(&drive);
	assert_int_equal(record.session, 8);
	assert_int_equal(record.verdict, GARASU_EGRESS_DENIED_ADDRESS);
	close(first);
	drive_expect_end(servers[0]);
	close(servers[0]);
	assert_int_equal(drive_record(&drive).session, DRIVE_SESSION);
	close(listener);
}

static void records_wait_while_the_supervisor_is_busy(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) { /* more than the socket holds */
		drive_expect_refusal(
			drive_ask(&drive, "GET / HTTP/1.1\r\nHost: w\r\n\r\n"), "HTTP/1.1 400 ");
	}
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(drive_record(&drive).verdict, GARASU_EGRESS_BAD_REQUEST);
	}
}

static void listener_is_served_by_the_next_egress(void **state)
{
	int browser, status;

	(void)state;
	assert_int_equal(kill(drive.pid, SIGKILL), 0);
	assert_int_equal(waitpid(drive.pid, &status, 0), drive.pid);
	close(drive.control);
	browser = drive_ask(&drive, "CONNECT private.test:80 HTTP/1.1\r\nHost: w\r\n\r\n");
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	drive_expect_refusal(browser, "HTTP/1.1 403 ");
	drive_expect_record(&drive, GARASU_EGRESS_DENIED_ADDRESS, "private.test", 80, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(resolved_name_is_judged_by_its_addresses),
		CASE(name_without_an_address_is_unresolved),
		CASE(look_ups_of_one_session_are_capped),
		cmocka_unit_test_setup_teardown(
			connections_beyond_the_burst_wait_and_none_is_lost, start_slow, stop),
		cmocka_unit_test_setup_teardown(
			connections_over_the_limit_are_told_so, start_two, stop),
		cmocka_unit_test_setup_teardown(
			idle_tunnels_late_names_and_late_heads_end_by_themselves, start_small,
			stop),
		CASE(removed_session_loses_its_tunnels),
		CASE(two_sessions_keep_their_identities),
		CASE(records_wait_while_the_supervisor_is_busy),
		CASE(listener_is_served_by_the_next_egress),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
