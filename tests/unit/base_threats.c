/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/threats.md names only tests and files that are there. */

#include "base/descriptor.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_MAX 1000000u
#define ROOT_SIZE 2048
#define NAME_SIZE 256

static char root[ROOT_SIZE]; /* of the source tree */
static char *page;

static void make_path(char path[ROOT_SIZE + NAME_SIZE], const char *name)
{
	snprintf(path, ROOT_SIZE + NAME_SIZE, "%s/%.200s", root, name);
}

static int read_file(const char *name, char **text)
{
	char path[ROOT_SIZE + NAME_SIZE];
	int fd;
	ssize_t size;

	make_path(path, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return -1;
	}
	size = garasu_fd_read_all(fd, text, FILE_MAX);
	garasu_fd_close(&fd);
	return size < 0 ? -1 : 0;
}

static int read_page(void **state)
{
	static const char own[] = "/tests/unit/base_threats.c";
	size_t length = strlen(__FILE__) - strlen(own);

	(void)state;
	assert_true(length < sizeof(root));
	memcpy(root, __FILE__, length);
	return read_file("docs/threats.md", &page);
}

static int free_page(void **state)
{
	(void)state;
	free(page);
	return 0;
}

static int begins_with(const char *word, const char *start)
{
	return strncmp(word, start, strlen(start)) == 0;
}

/* unit/FILE:FACT, flow/FILE:FACT, escape/FILE:FACT or fuzz/FILE. */
static int test_is_there(const char *word)
{
	const char *colon = strchr(word, ':');
	size_t length = colon != NULL ? (size_t)(colon - word) : strlen(word);
	char name[NAME_SIZE];
	char fact[NAME_SIZE];
	char *text = NULL;
	int is_there;

	snprintf(name, sizeof(name), "tests/%.*s.c", (int)length, word);
	if (read_file(name, &text) != 0) {
		return 0;
	}
	if (colon == NULL) {
		is_there = begins_with(word, "fuzz/");
	} else {
		snprintf(fact, sizeof(fact), "void %.200s(void **state)", colon + 1);
		is_there = strstr(text, fact) != NULL;
	}
	free(text);
	return is_there;
}

static int file_is_there(const char *word)
{
	char path[ROOT_SIZE + NAME_SIZE];

	make_path(path, word);
	return access(path, F_OK) == 0;
}

static int begins_with_one_of(const char *word, const char *const *starts)
{
	for (; *starts != NULL; starts++) {
		if (begins_with(word, *starts)) {
			return 1;
		}
	}
	return 0;
}

/* Counts tests that are named. Returns 1 when the word names something that is not there. */
static int is_missing(const char *word, size_t *tests)
{
	static const char *const test_folders[] = {"unit/", "flow/", "escape/", "fuzz/", NULL};
	static const char *const folders[] = {
		"broker/", "viewer/", "include/", "certs/", "tests/", "docs/", NULL};

	if (strcmp(word, "folder/file:fact") == 0 || strstr(word, "folder/file") != NULL ||
		strstr(word, "...") != NULL) {
		return 0; /* how a test is written */
	}
	if (begins_with_one_of(word, test_folders)) {
		(*tests)++;
		return !test_is_there(word);
	}
	return begins_with_one_of(word, folders) && !file_is_there(word);
}

static void every_test_and_file_named_is_there(void **state)
{
	const char *rest = page;
	const char *start;
	size_t tests = 0;
	size_t missing = 0;

	(void)state;
	while ((start = strchr(rest, '`')) != NULL) {
		const char *end = strchr(start + 1, '`');
		char word[NAME_SIZE];

		assert_non_null(end);
		snprintf(word, sizeof(word), "%.*s", (int)(end - start - 1), start + 1);
		rest = end + 1;
		if (is_missing(word, &tests)) {
			print_error("docs/threats.md names %s, which is not there\n", word);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
	assert_in_range(tests, 50, 100000);
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(test_is_there("unit/base_threats:what_is_not_there_is_not_found"), 1);
	assert_int_equal(test_is_there("unit/base_threats:what_is_not_there"), 0);
	assert_int_equal(test_is_there("unit/base_threats"), 0);
	assert_int_equal(test_is_there("unit/no_such_file:fact"), 0);
	assert_int_equal(file_is_there("broker/no_such_file.c"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_test_and_file_named_is_there),
		cmocka_unit_test(what_is_not_there_is_not_found),
	};

	return cmocka_run_group_tests(tests, read_page, free_page);
}
