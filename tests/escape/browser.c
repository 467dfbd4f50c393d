/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a captured browser inherits: nothing; and that the compositor beside it stays out of reach.
 */

#include "captive_drive.h"

#include <errno.h>
#include <fcntl.h>
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
	captive_start(&captive, CAPTIVE_AS_BROWSER);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	captive_stop(&captive);
	return 0;
}

static void browser_inherits_only_dev_null(void **state)
{
	(void)state;
	captive_expect(&captive, "0 0 1 2 3 4", "list /proc/self/fd");
	for (int fd = 0; fd < 3; fd++) {
		captive_expect(&captive, "0 /dev/null", "link /proc/self/fd/%d", fd);
	}
	assert_memory_equal(captive_ask(&captive, "link /proc/self/fd/3"), "0 socket:", 9);
}

/* Returns the compositor's number in the jail, 0 if there is none. */
static int find_compositor(void)
{
	for (int pid = 1; pid < 20; pid++) {
		if (strncmp(captive_ask(&captive, "text /proc/%d/comm", pid), "0 garasu-composit",
			    17) == 0) {
			return pid;
		}
	}
	return 0;
}

static void compositor_cannot_be_read(void **state)
{
	int pid = find_compositor();
	char arguments[64];

	(void)state;
	assert_int_not_equal(pid, 0);
	snprintf(arguments, sizeof(arguments), "%d @ 1 @ 1 0", pid);
	captive_refused(&captive, EPERM, "process_vm_readv", arguments);
	snprintf(arguments, sizeof(arguments), "16 %d 0 0", pid); /* PTRACE_ATTACH */
	captive_refused(&captive, EPERM, "ptrace", arguments);
#ifndef GARASU_SANITIZED /* which needs to be dumpable */
	captive_expect(&captive, "13", "list /proc/%d/fd", pid);
	captive_expect(&captive, "13", "open /proc/%d/mem %d", pid, O_RDONLY);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(browser_inherits_only_dev_null),
		cmocka_unit_test(compositor_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
