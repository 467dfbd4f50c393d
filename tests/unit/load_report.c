/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet and the numbers behind it, of a run that never was. */

#include "report.h"
#include "run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct options options;
static struct run *run;
static char *written;
static size_t written_size;

static int make(void **state)
{
	(void)state;
	run = calloc(1, sizeof(*run));
	assert_non_null(run);
	options = (struct options){.desks = 1000,
		.concurrency = 30,
		.reserve = 20,
		.limit_ms = 100,
		.work.action_timeout_ms = 7500,
		.work.connection = {.width = 1280, .height = 800, .scale = 120}};
	run->options = &options;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	free(run);
	free(written);
	written = NULL;
	return 0;
}

static void write_sheet(enum language language)
{
	FILE *file;

	free(written);
	file = open_memstream(&written, &written_size);
	assert_non_null(file);
	report_sheet(file, run, language);
	assert_int_equal(fclose(file), 0);
}

/* Every profile alone: a name that is missing shows. */
static void sheet_has_a_name_for_every_profile(void **state)
{
	static const enum language languages[] = {LANGUAGE_JAPANESE, LANGUAGE_ENGLISH};
	static const char *const before[] = {"利用者の割合: ", "Users at work, by weight: "};

	(void)state;
	for (unsigned profile = 0; profile < WORK_PROFILES; profile++) {
		options.mix = (struct mix){0};
		options.mix.weights[profile] = 7;
		for (unsigned i = 0; i < 2; i++) {
			const char *name;

			write_sheet(languages[i]);
			assert_null(strstr(written, "(null)"));
			name = strstr(written, before[i]);
			assert_non_null(name);
			assert_int_not_equal(name[strlen(before[i])], ' ');
			assert_non_null(strstr(name, " 7"));
		}
	}
}

/* Two steps of a machine on which each session costs so much, the tool's part included. */
static void fill_steps(double session_mib, double tool_mib, double pss_mib)
{
	run->has_host = true;
	run->step_count = 2;
	run->memory_before.used_mib = 1000 + tool_mib;
	run->memory_before.pss_mib[HOST_INSTRUMENT] = tool_mib;
	for (unsigned i = 0; i < 2; i++) {
		uint32_t sessions = 2 + i * 2;
		struct step *step = &run->steps[i];

		step->sessions = sessions;
		step->seconds = 60;
		step->memory.pss_mib[HOST_BROWSER] = pss_mib * sessions;
		step->memory.pss_mib[HOST_INSTRUMENT] = tool_mib * (sessions + 1);
		step->memory.used_mib = 1000 + session_mib * sessions + tool_mib * (sessions + 1);
	}
	run->knee = (struct knee){.end = KNEE_OPEN, .step = 1, .sessions = 4};
}

static void tool_is_not_charged_to_the_sessions(void **state)
{
	struct sizing_input input;

	(void)state;
	fill_steps(290, 16, 280);
	assert_true(run_sizing(run, &input));
	assert_int_equal(lround(input.session_mib), 290);
	assert_int_equal(lround(input.host_mib), 1000);
}

static void memory_is_the_larger_of_both_slopes(void **state)
{
	struct sizing_input input;

	(void)state;
	fill_steps(270, 16, 280);
	assert_true(run_sizing(run, &input));
	assert_int_equal(lround(input.session_mib), 280);
}

static void want_of_memory_is_called_so(void **state)
{
	(void)state;
	fill_steps(280, 16, 280);
	run->is_short_of_memory = true;
	write_sheet(LANGUAGE_ENGLISH);
	assert_non_null(strstr(written, "The tool ran out of memory"));
	assert_null(strstr(written, "interrupted"));
}

static void report_says_the_time_out_that_was_set(void **state)
{
	char path[] = "/tmp/garasu-report.XXXXXX", text[1 << 17];
	int fd = mkstemp(path);
	FILE *file;

	(void)state;
	assert_true(fd >= 0);
	fill_steps(280, 16, 280);
	assert_int_equal(report_write(run, path), 0);
	file = fdopen(fd, "r");
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	unlink(path);
	assert_non_null(strstr(text, "Not seen within 7.5 s"));
	assert_non_null(strstr(text, "</html>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sheet_has_a_name_for_every_profile, make, drop),
		cmocka_unit_test_setup_teardown(tool_is_not_charged_to_the_sessions, make, drop),
		cmocka_unit_test_setup_teardown(memory_is_the_larger_of_both_slopes, make, drop),
		cmocka_unit_test_setup_teardown(want_of_memory_is_called_so, make, drop),
		cmocka_unit_test_setup_teardown(report_says_the_time_out_that_was_set, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
