/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the registry's SQLite refuses, whatever statement it were given. */

#include "registry_statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/garasu-registry-XXXXXX";
static char path[64], other[64];
static struct registry *registry;

static int start(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/registry", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	return registry_open(path, &registry);
}

static int stop(void **state)
{
	(void)state;
	registry_close(&registry);
	return unlink(path) == 0 && rmdir(directory) == 0 ? 0 : -1;
}

/* Runs a statement, which must fail with these words. */
static void expect_refused(const char *statement, const char *words)
{
	sqlite3_stmt *made = NULL;
	int result = sqlite3_prepare_v2(registry->database, statement, -1, &made, NULL);

	if (result == SQLITE_OK) {
		result = sqlite3_step(made);
	}
	assert_int_equal(result, SQLITE_ERROR);
	assert_string_equal(sqlite3_errmsg(registry->database), words);
	sqlite3_finalize(made);
}

static void other_databases_are_not_attached(void **state)
{
	char statement[128];

	(void)state;
	snprintf(statement, sizeof(statement), "ATTACH DATABASE '%s' AS other", other);
	expect_refused(statement, "too many attached databases - max 0");
	expect_refused(
		"ATTACH DATABASE ':memory:' AS other", "too many attached databases - max 0");
	snprintf(statement, sizeof(statement), "VACUUM INTO '%s'", other);
	expect_refused(statement, "too many attached databases - max 0");
	assert_int_equal(access(other, F_OK), -1);
}

static void extensions_are_not_loaded(void **state)
{
	char *words = NULL;

	(void)state;
	expect_refused(
		"SELECT load_extension('/usr/lib/x86_64-linux-gnu/libc.so.6')", "not authorized");
	assert_int_equal(sqlite3_load_extension(registry->database, "libc.so.6", NULL, &words),
		SQLITE_ERROR);
	assert_string_equal(words, "not authorized");
	sqlite3_free(words);
}

static void schema_is_not_written_as_a_table(void **state)
{
	(void)state;
	assert_int_equal(
		sqlite3_exec(registry->database, "PRAGMA writable_schema=ON", NULL, NULL, NULL),
		SQLITE_OK);
	expect_refused("INSERT INTO sqlite_master(type,name) VALUES('trigger','x')",
		"table sqlite_master may not be modified");
}

static void everyday_statements_work(void **state)
{
	char phc[GARASU_PHC_SIZE];

	(void)state;
	assert_int_equal(registry_value_set(registry, "name", "value"), 0);
	assert_int_equal(registry_value_get(registry, "name", phc, sizeof(phc)), 0);
	assert_string_equal(phc, "value");
}

static unsigned syncs;

/* SQLite's way to the disk; in the place of libc's. */
__attribute__((visibility("default"))) int fdatasync(int fd)
{
	syncs++;
	return (int)syscall(SYS_fdatasync, fd);
}

/* Who was removed, or whose password is another, must not be back after the lamp went out. */
static void what_is_said_of_a_user_is_on_the_disk(void **state)
{
	unsigned before = syncs;

	(void)state;
	assert_int_equal(registry_user_add(registry, "sato", "$a", 1), 0);
	assert_true(syncs > before);
	before = syncs;
	assert_int_equal(registry_user_set(registry, "sato", "$b"), 0);
	assert_true(syncs > before);
	before = syncs;
	assert_int_equal(registry_user_remove(registry, "sato"), 0);
	assert_true(syncs > before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_databases_are_not_attached),
		cmocka_unit_test(extensions_are_not_loaded),
		cmocka_unit_test(schema_is_not_written_as_a_table),
		cmocka_unit_test(everyday_statements_work),
		cmocka_unit_test(what_is_said_of_a_user_is_on_the_disk),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
