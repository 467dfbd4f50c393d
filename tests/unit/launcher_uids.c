/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which ranges of uids a broker takes: whoever has one of them loses every process. */

#include "uids.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define FREE 2100000000u

static void ranges_of_the_system_are_refused(void **state)
{
	(void)state;
	assert_null(uids_reserved(FREE, 4016));
	assert_null(uids_reserved(1000, 80));
	assert_null(uids_reserved(61000, 184));
	assert_string_equal(uids_reserved(61000, 185), "systemd's dynamic users");
	assert_string_equal(uids_reserved(65519, 1), "systemd's dynamic users");
	assert_string_equal(uids_reserved(65530, 80), "nobody's");
	assert_null(uids_reserved(65536, 80));
	assert_string_equal(uids_reserved(999, 80), "the system's accounts");
	assert_string_equal(uids_reserved(UINT32_MAX - 79, 80), "nobody's");
}

static void subordinate_ranges_are_found(void **state)
{
	static const char text[] = "tanaka:100000:65536\n"
				   "no line of this kind\n"
				   ":::\n"
				   "suzuki:900000:65536";

	(void)state;
	assert_int_equal(uids_are_subordinate(text, 99920, 80), 0);
	assert_int_equal(uids_are_subordinate(text, 99921, 80), 1);
	assert_int_equal(uids_are_subordinate(text, 165535, 80), 1);
	assert_int_equal(uids_are_subordinate(text, 165536, 80), 0);
	assert_int_equal(uids_are_subordinate(text, 910000, 80), 1);
	assert_int_equal(uids_are_subordinate("", 100000, 80), 0);
	assert_int_equal(uids_are_subordinate("tanaka:100000:0\n", 100000, 80), 0);
}

/* Root and nobody are on every host. */
static void accounts_within_are_refused(void **state)
{
	(void)state;
	assert_int_equal(uids_check(0, 80), -EADDRINUSE);
	assert_int_equal(uids_check(65534, 1), -EADDRINUSE);
	assert_int_equal(uids_check(FREE, 80), 0);
}

/* Asks in another process, which a lock of ours is to keep out. */
static int claims_elsewhere(const char *path, uint32_t first)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		_exit(uids_claim(path, first, 80) >= 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void range_is_one_brokers_at_a_time(void **state)
{
	char path[] = "/tmp/garasu-uids.XXXXXX";
	int made = mkstemp(path);
	int fd;

	(void)state;
	assert_true(made >= 0);
	close(made);
	fd = uids_claim(path, FREE, 80);
	assert_true(fd >= 0);
	assert_int_equal(uids_claim(path, FREE, 80), -EADDRINUSE); /* in one process too */
	assert_int_equal(claims_elsewhere(path, FREE), 0);
	assert_int_equal(claims_elsewhere(path, FREE + 79), 0);
	assert_int_equal(claims_elsewhere(path, FREE - 79), 0);
	assert_int_equal(claims_elsewhere(path, FREE + 80), 1);
	assert_int_equal(claims_elsewhere(path, FREE - 80), 1);
	close(fd);
	assert_int_equal(claims_elsewhere(path, FREE), 1);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_of_the_system_are_refused),
		cmocka_unit_test(subordinate_ranges_are_found),
		cmocka_unit_test(accounts_within_are_refused),
		cmocka_unit_test(range_is_one_brokers_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
