/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ./garasu up --shot, the smoke test of an installation, as an administrator would call it. */

#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static char page[1024];

static int other_listener(unsigned *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return listener;
}

static void expect_colour(const char *file, const char *place, const char *colour)
{
	char path[128];
	char format[64];
	char output[256];
	char *words[] = {"/usr/bin/convert", path, "-depth", "8", "-format", format, "info:", NULL};

	snprintf(path, sizeof(path), "%s", file);
	snprintf(format, sizeof(format), "%%[pixel:p{%s}]\n", place);
	flow_run(output, sizeof(output), NULL, words);
	assert_non_null(strstr(output, colour));
}

/* The page asks for an image from another port of loopback, which this run has not opened. */
static void shot_shows_the_named_page_and_reaches_nothing_else(void **state)
{
	struct flow_page pages[] = {{"/", "text/html", page}, {NULL, NULL, NULL}};
	char directory[] = "/tmp/garasu-up.XXXXXX";
	char file[64];
	char url[64];
	char *words[] = {FLOW_TREE "/garasu", "up", "--yes", "--shot", file, url, NULL};
	unsigned other_port;
	int listener = other_listener(&other_port);
	unsigned port = flow_pages_start(pages);

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(page, sizeof(page),
		"<!doctype html><title>shot</title><body style='margin:0;background:#204080'>"
		"<div style='position:fixed;right:0;bottom:0;width:50vw;height:40vh;"
		"background:#c03010'></div><img src='http://127.0.0.1:%u/x.png' "
		"onerror=\"fetch('/report',{method:'POST',body:'refused.'})\">",
		other_port);
	snprintf(file, sizeof(file), "%s/page.png", directory);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", port);
	flow_run(NULL, 0, NULL, words);
	expect_colour(file, "100,700", "srgb(32,64,128)");
	expect_colour(file, "1200,780", "srgb(192,48,16)");
	assert_int_equal(flow_pages_count("/"), 1);
	flow_pages_wait("refused.");
	assert_int_equal(accept(listener, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	close(listener);
	flow_pages_stop();
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(directory), 0);
}

static void shot_of_no_web_address_is_refused(void **state)
{
	char errors[] = "/dev/null";
	struct flow_child child;
	char *words[] = {FLOW_TREE "/garasu", "up", "--yes", "--shot", "/tmp/never.png",
		"file:///etc/passwd", NULL};

	(void)state;
	flow_child_start(&child, words, errors);
	assert_int_equal(flow_child_wait(&child), 1);
	assert_int_equal(access("/tmp/never.png", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shot_shows_the_named_page_and_reaches_nothing_else),
		cmocka_unit_test(shot_of_no_web_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
