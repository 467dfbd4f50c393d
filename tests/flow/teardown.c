/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka tells of a group's failed teardown and counts it nowhere: here it fails the program.
 * Linked with --wrap=_cmocka_run_group_tests. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The linker's names: cmocka's own function, and what stands in its place. */
int __real__cmocka_run_group_tests(const char *name, const struct CMUnitTest *tests, size_t count,
	CMFixtureFunction setup, CMFixtureFunction teardown);
int __wrap__cmocka_run_group_tests(const char *name, const struct CMUnitTest *tests, size_t count,
	CMFixtureFunction setup, CMFixtureFunction teardown);

static CMFixtureFunction given;
static int is_torn;

/* An assertion that fails leaves by a jump. */
static int tear_down(void **state)
{
	int result;

	is_torn = 1;
	result = given(state);
	is_torn = result != 0;
	return result;
}

int __wrap__cmocka_run_group_tests(const char *name, const struct CMUnitTest *tests, size_t count,
	CMFixtureFunction setup, CMFixtureFunction teardown)
{
	int failures;

	given = teardown;
	is_torn = 0;
	failures = __real__cmocka_run_group_tests(
		name, tests, count, setup, teardown != NULL ? tear_down : NULL);
	return failures + is_torn;
}
