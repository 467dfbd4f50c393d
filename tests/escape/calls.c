/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every row of the jail's filter, tried from inside. */

#include "captive_drive.h"
#include "jail/deny.h"

#include <errno.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void try_sockets(const struct garasu_deny_row *row, unsigned from, unsigned to)
{
	char arguments[64];

	for (unsigned family = from; family <= to; family++) {
		snprintf(arguments, sizeof(arguments), "%u %d 0", family, SOCK_STREAM);
		captive_refused(&captive, row->refuse, row->call, arguments);
		/* the kernel takes the low half only: so must the filter */
		snprintf(arguments, sizeof(arguments), "0x1%08x %d 0", family, SOCK_DGRAM);
		captive_refused(&captive, row->refuse, row->call, arguments);
	}
}

static void try_netlink(const struct garasu_deny_row *row)
{
	char arguments[64];

	for (unsigned protocol = 0; protocol < 32; protocol++) {
		snprintf(arguments, sizeof(arguments), "%d %d %u", AF_NETLINK, SOCK_RAW, protocol);
		if (protocol != row->value) {
			captive_refused(&captive, row->refuse, row->call, arguments);
		}
	}
}

static void try_second(const struct garasu_deny_row *row)
{
	char arguments[64];

	snprintf(arguments, sizeof(arguments), "0 %u @", row->value);
	captive_refused(&captive, row->refuse, row->call, arguments);
	snprintf(arguments, sizeof(arguments), "0 0x1%08x @", row->value);
	captive_refused(&captive, row->refuse, row->call, arguments);
}

static void every_row_refuses_with_its_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < GARASU_JAIL_DENY_COUNT; i++) {
		const struct garasu_deny_row *row = &garasu_jail_deny[i];

		switch (row->test) {
		case GARASU_DENY_ALWAYS:
			captive_refused(&captive, row->refuse, row->call, "0 0 0 0 0 0");
			break;
		case GARASU_DENY_ARGUMENT_ABOVE:
			try_sockets(row, row->value + 1, row->value + 64);
			break;
		case GARASU_DENY_ARGUMENT_BETWEEN:
			assert_in_range(row->value, 0, row->end); /* an empty row refuses nothing */
			try_sockets(row, row->value, row->end);
			break;
		case GARASU_DENY_SECOND_ARGUMENT_IS:
			try_second(row);
			break;
		case GARASU_DENY_NETLINK_OTHER:
			try_netlink(row);
			break;
		}
	}
}

/* By name, whatever the table has: a row that is lost shows here. */
static void what_reaches_past_the_jail_is_refused(void **state)
{
	static const struct {
		const char *call, *arguments;
		int refusal;
	} attempts[] = {
		{"socket", "40 1 0", EAFNOSUPPORT},  /* VSOCK */
		{"socket", "38 5 0", EAFNOSUPPORT},  /* ALG */
		{"socket", "31 3 0", EAFNOSUPPORT},  /* BLUETOOTH */
		{"socket", "44 3 0", EAFNOSUPPORT},  /* XDP */
		{"socket", "17 3 0", EAFNOSUPPORT},  /* PACKET */
		{"socket", "15 3 2", EAFNOSUPPORT},  /* KEY */
		{"socket", "16 3 9", EAFNOSUPPORT},  /* netlink's AUDIT */
		{"socket", "16 3 12", EAFNOSUPPORT}, /* NETFILTER */
		{"io_uring_setup", "8 @", ENOSYS},
		{"io_uring_enter", "3 0 0 0 0 0", ENOSYS},
		{"userfaultfd", "1", EPERM},
		{"perf_event_open", "@ 0 -1 -1 0", EPERM},
		{"bpf", "0 @ 72", EPERM},
		{"add_key", "@ @ @ 0 -3", EPERM},
		{"request_key", "@ @ @ -3", EPERM},
		{"keyctl", "0 -3 0", EPERM},
		{"open_by_handle_at", "3 @ 0", EPERM},
		{"setns", "3 0", EPERM},
		{"mount", "@ @ @ 0 @", EPERM},
		{"process_vm_readv", "1 @ 0 @ 0 0", EPERM},
		{"process_vm_writev", "1 @ 0 @ 0 0", EPERM},
		{"pidfd_getfd", "0 0 0", EPERM},
		{"kcmp", "1 1 0 0 0", EPERM},
		{"ptrace", "16 1 0 0", EPERM},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		captive_refused(
			&captive, attempts[i].refusal, attempts[i].call, attempts[i].arguments);
	}
}

/* Without these a refusal above could be anybody's. */
static void what_chromium_needs_is_allowed(void **state)
{
	const int families[] = {AF_UNIX, AF_INET, AF_INET6};
	int call = seccomp_syscall_resolve_name("socket");

	(void)state;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		assert_int_not_equal(atoi(captive_ask(&captive, "call %d %d %d 0", call,
					     families[i], SOCK_STREAM)),
			-1);
	}
	assert_int_not_equal(
		atoi(captive_ask(&captive, "call %d %d %d 0", call, AF_NETLINK, SOCK_RAW)), -1);
	captive_expect(&captive, "0 0", "call %d %d %d 0 @",
		seccomp_syscall_resolve_name("socketpair"), AF_UNIX, SOCK_STREAM);
}

static void calls_of_other_architectures_kill(void **state)
{
	(void)state;
#ifdef __x86_64__
	captive_expect(&captive, "", "apart old 20");                     /* getpid of i386 */
	captive_expect(&captive, "", "apart call %d 40 1 0", 0x40000029); /* socket of x32 */
#endif
	captive_expect(&captive, "0", "nested");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_refuses_with_its_errno),
		cmocka_unit_test(what_reaches_past_the_jail_is_refused),
		cmocka_unit_test(what_chromium_needs_is_allowed),
		cmocka_unit_test(calls_of_other_architectures_kill),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
