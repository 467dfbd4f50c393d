/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer has words for everything, in both languages. */

#include "words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_state_and_fault_has_three_lines_in_both_languages(void **state)
{
	char words[WORDS_BYTES_MAX];

	(void)state;
	for (int language = 0; language < LANGUAGE_COUNT; language++) {
		for (int code = 0; code <= GARASU_STATE_COUNT; code++) {
			words_of_state(
				words, sizeof(words), (enum language)language, (uint32_t)code, 7);
			assert_non_null(strchr(strchr(words, '\n') + 1, '\n'));
			assert_null(strchr(words, '%'));
		}
		for (int fault = 0; fault < FAULT_COUNT; fault++) {
			struct outcome outcome = {.fault = (enum fault)fault};

			words_of_outcome(words, sizeof(words), (enum language)language, &outcome);
			assert_null(strstr(words, "(null)"));
			assert_non_null(strchr(strchr(words, '\n') + 1, '\n'));
		}
	}
}

static void values_stand_in_the_words(void **state)
{
	char words[WORDS_BYTES_MAX];

	(void)state;
	words_of_state(words, sizeof(words), LANGUAGE_ENGLISH, GARASU_STATE_IDLE_WARNING, 90);
	assert_non_null(strstr(words, "in 90 seconds."));
}

static void foreign_words_are_escaped(void **state)
{
	char words[64];

	(void)state;
	words_escape(words, sizeof(words), "a\033[\"\xe3", 5);
	assert_string_equal(words, "a\\x1b[\\x22\\xe3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_and_fault_has_three_lines_in_both_languages),
		cmocka_unit_test(values_stand_in_the_words),
		cmocka_unit_test(foreign_words_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
