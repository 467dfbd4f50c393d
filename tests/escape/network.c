/* SPDX-License-Identifier: GPL-3.0-or-later */
/* There is no way out but the listener that was handed out. */

#include "captive_drive.h"

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
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static struct captive captive;

static int start(void **state)
{
	(void)state;
	captive_start(&captive, CAPTIVE_AS_COMPOSITOR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	captive_stop(&captive);
	return 0;
}

static void expect_errno(int error, const char *command)
{
	char answer[16];

	snprintf(answer, sizeof(answer), "%d", error);
	captive_expect(&captive, answer, "%s", command);
}

static void loopback_is_the_only_interface(void **state)
{
	const char *devices = captive_ask(&captive, "text /proc/net/dev");
	int interfaces = 0;

	(void)state;
	for (const char *at = devices; (at = strchr(at, ':')) != NULL; at++) {
		interfaces++;
	}
	assert_int_equal(interfaces, 1);
	assert_non_null(strstr(devices, " lo:"));
}

static void there_is_no_route(void **state)
{
	const char *routes = captive_ask(&captive, "text /proc/net/route");

	(void)state;
	assert_non_null(strstr(routes, "Iface"));
	assert_ptr_equal(strchr(routes, '|'), strrchr(routes, '|')); /* its heading alone */
	expect_errno(ENETUNREACH, "connect 192.0.2.1 443");
	expect_errno(ENETUNREACH, "connect 169.254.169.254 80");
	expect_errno(ENETUNREACH, "connect 10.0.0.1 53");
	expect_errno(ENETUNREACH, "connect 2001:db8::1 443");
	expect_errno(ENETUNREACH, "nested connect 192.0.2.1 443");
}

static void loopback_of_the_host_is_another(void **state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char command[64];

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	snprintf(command, sizeof(command), "connect 127.0.0.1 %u", ntohs(address.sin_port));
	expect_errno(ECONNREFUSED, command);
	close(listener);
}

static void abstract_sockets_of_the_host_are_out_of_reach(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char command[64];
	int size = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "garasu-escape-%d",
		(int)getpid());

	(void)state;
	assert_int_equal(
		bind(listener, (struct sockaddr *)&address,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size)),
		0);
	assert_int_equal(listen(listener, 1), 0);
	snprintf(command, sizeof(command), "abstract garasu-escape-%d", (int)getpid());
	expect_errno(ECONNREFUSED, command);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loopback_is_the_only_interface),
		cmocka_unit_test(there_is_no_route),
		cmocka_unit_test(loopback_of_the_host_is_another),
		cmocka_unit_test(abstract_sockets_of_the_host_are_out_of_reach),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
