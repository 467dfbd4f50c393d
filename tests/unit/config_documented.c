/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual page: every key of the schema stands in its section of garasu.conf(5), and every
 * number's bounds and default with it. */

#include "schema.h"

#include "base/descriptor.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGE "/docs/garasu.conf.5.scd"
#define PAGE_MAX 1000000u

static char *page; /* the manual's text */

static int read_page(void **state)
{
	static const char own[] = "/tests/unit/config_documented.c";
	char path[4096];
	size_t length = strlen(__FILE__) - strlen(own);
	int fd;
	ssize_t size;

	(void)state;
	assert_true(length + sizeof(PAGE) < sizeof(path));
	memcpy(path, __FILE__, length);
	strcpy(path + length, PAGE);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	size = garasu_fd_read_all(fd, &page, PAGE_MAX);
	garasu_fd_close(&fd);
	assert_true(size > 0);
	return 0;
}

static int free_page(void **state)
{
	(void)state;
	free(page);
	return 0;
}

/* A copy of what stands from start to the next end, or NULL. */
static char *cut(const char *text, const char *start, const char *end)
{
	const char *from = strstr(text, start);
	const char *to;

	if (from == NULL) {
		return NULL;
	}
	to = strstr(from + strlen(start), end);
	return to != NULL ? strndup(from, (size_t)(to - from)) : strdup(from);
}

static char *find_section(const char *section)
{
	char heading[64];
	size_t used = (size_t)snprintf(heading, sizeof(heading), "\n# %s\n", section);

	for (size_t i = 3; i < used; i++) {
		heading[i] = (char)toupper((unsigned char)heading[i]);
	}
	return cut(page, heading, "\n# ");
}

/* The paragraph whose first line is or has *key*, with its indented text. */
static char *find_key(const char *section_text, const char *key)
{
	char word[64];
	const char *line = section_text;

	snprintf(word, sizeof(word), "*%s*", key);
	while ((line = strstr(line, "\n*")) != NULL) {
		char *heading = cut(++line, "", "\n");
		int is_it = strstr(heading, word) != NULL;

		free(heading);
		if (is_it) {
			return cut(line, "", "\n\n");
		}
	}
	return NULL;
}

/* True if the number stands there alone, not as a part of another. */
static int has_number(const char *text, uint64_t number)
{
	char digits[32];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (const char *at = text; (at = strstr(at, digits)) != NULL; at++) {
		if ((at == text || !isdigit((unsigned char)at[-1])) &&
			!isdigit((unsigned char)at[length])) {
			return 1;
		}
	}
	return 0;
}

static void every_key_stands_in_its_section(void **state)
{
	const cyaml_schema_field_t *section = config_schema.mapping.fields;
	size_t count = 0;

	(void)state;
	for (; section->key != NULL; section++) {
		char *text = find_section(section->key);

		if (text == NULL) {
			fail_msg("garasu.conf(5) has no section for %s", section->key);
		}
		for (const cyaml_schema_field_t *field = section->value.mapping.fields;
			field->key != NULL; field++) {
			char *entry = find_key(text, field->key);

			if (entry == NULL) {
				fail_msg(
					"%s.%s is not in garasu.conf(5)", section->key, field->key);
			}
			free(entry);
			count++;
		}
		free(text);
	}
	assert_in_range(count, 40, 1000);
}

static void every_number_is_documented_with_bounds_and_default(void **state)
{
	(void)state;
	for (size_t i = 0; i < config_number_count; i++) {
		const struct config_number *number = &config_numbers[i];
		char *text = find_section(number->section);
		char *entry = text != NULL ? find_key(text, number->key) : NULL;

		if (entry == NULL || !has_number(entry, number->least) ||
			!has_number(entry, number->most) || !has_number(entry, number->usual)) {
			fail_msg("%s.%s: garasu.conf(5) does not say %" PRIu64 " to %" PRIu64
				 ", default %" PRIu64,
				number->section, number->key, number->least, number->most,
				number->usual);
		}
		free(entry);
		free(text);
	}
}

static void every_choice_is_documented(void **state)
{
	const cyaml_schema_field_t *section = config_schema.mapping.fields;

	(void)state;
	for (; section->key != NULL; section++) {
		char *text = find_section(section->key);

		for (const cyaml_schema_field_t *field = section->value.mapping.fields;
			field->key != NULL; field++) {
			char *entry;

			if (field->value.type != CYAML_ENUM) {
				continue;
			}
			entry = find_key(text, field->key);
			for (uint32_t i = 0; i < field->value.enumeration.count; i++) {
				assert_non_null(
					strstr(entry, field->value.enumeration.strings[i].str));
			}
			free(entry);
		}
		free(text);
	}
}

static void search_finds_nothing_that_is_not_there(void **state)
{
	char *text = find_section("sessions");

	(void)state;
	assert_null(find_section("session"));
	assert_null(find_key(text, "ma"));
	assert_null(find_key(text, "width"));
	assert_int_equal(has_number("1 to 4000", 400), 0);
	assert_int_equal(has_number("1 to 4000", 4000), 1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_stands_in_its_section),
		cmocka_unit_test(every_number_is_documented_with_bounds_and_default),
		cmocka_unit_test(every_choice_is_documented),
		cmocka_unit_test(search_finds_nothing_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, read_page, free_page);
}
