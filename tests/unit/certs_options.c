/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of garasu-certs, its names, and its words. */

#include "authority.h"

#include "unit/certs_fixture.h"

/* Splits words at spaces. */
static int read_line(struct options *options, char *line, struct problem *problem)
{
	static char *words[FIXTURE_WORDS_MAX];
	int count = 0;

	for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
		words[count++] = word;
	}
	return options_read(options, count, words, problem);
}

static void hosts_reach_to_the_next_option(void **state)
{
	char line[] = "garasu-certs server --dir d --host localhost 127.0.0.1 --days 5 "
		      "--not-before-offset -10";
	struct options options;
	struct problem problem;

	(void)state;
	assert_int_equal(read_line(&options, line, &problem), 0);
	assert_int_equal(options.command, COMMAND_SERVER);
	assert_string_equal(options.dir, "d");
	assert_int_equal(options.host_count, 2);
	assert_string_equal(options.hosts[1], "127.0.0.1");
	assert_int_equal(options.days, 5);
	assert_int_equal(options.offset_days, -10);
}

static void command_lines_that_make_no_sense_are_refused(void **state)
{
	static const char *const lines[] = {
		"garasu-certs",
		"garasu-certs make --dir d",
		"garasu-certs ca --dir d",
		"garasu-certs ca --name n",
		"garasu-certs ca --dir d --name n --host h",
		"garasu-certs ca --dir d --name n extra",
		"garasu-certs server --dir d",
		"garasu-certs server --dir d --host",
		"garasu-certs server --dir d --host --days 5",
		"garasu-certs server --dir d --host h --days 0",
		"garasu-certs server --dir d --host h --days 36501",
		"garasu-certs server --dir d --host h --days 5x",
		"garasu-certs server --dir d --host h --not-before-offset -36501",
		"garasu-certs client --dir d --name u --days",
		"garasu-certs renew --dir d",
		"garasu-certs renew --dir d a b",
		"garasu-certs list --dir d --days 3",
		"garasu-certs list --dir d --lang fr",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char line[128];
		struct options options;
		struct problem problem = {.kind = PROBLEM_NONE};

		snprintf(line, sizeof(line), "%s", lines[i]);
		assert_int_equal(read_line(&options, line, &problem), -EIO);
		assert_int_equal(problem.kind, PROBLEM_USAGE);
	}
}

static void help_needs_nothing_else(void **state)
{
	static const char *const lines[] = {
		"garasu-certs --help", "garasu-certs help", "garasu-certs server --help"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char line[64];
		struct options options;
		struct problem problem;

		snprintf(line, sizeof(line), "%s", lines[i]);
		assert_int_equal(read_line(&options, line, &problem), 0);
		assert_int_equal(options.command, COMMAND_HELP);
	}
}

static void only_hosts_are_hosts(void **state)
{
	static const char *const sound[] = {
		"localhost", "a-b.example.jp", "10.0.0.1", "2001:db8::1", "xn--zckzah.jp", "1a"};
	static const char *const unsound[] = {"", ".", "a.", ".a", "a..b", "-a", "a-", "*.a", "a_b",
		"a b", "256.1.1.1", "1.2.3", "硝子", "a/b",
		"a234567890123456789012345678901234567890123456789012345678901234"};

	(void)state;
	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++) {
		assert_int_equal(certificate_host_is_sound(sound[i]), 1);
	}
	for (size_t i = 0; i < sizeof(unsound) / sizeof(unsound[0]); i++) {
		assert_int_equal(certificate_host_is_sound(unsound[i]), 0);
	}
}

static void only_names_are_names(void **state)
{
	(void)state;
	assert_int_equal(commands_user_is_sound("taro.yamada_1-x"), 1);
	assert_int_equal(commands_user_is_sound(""), 0);
	assert_int_equal(commands_user_is_sound("1a"), 0);
	assert_int_equal(commands_user_is_sound("Taro"), 0);
	assert_int_equal(commands_user_is_sound("a/b"), 0);
	assert_int_equal(commands_user_is_sound("a234567890123456789012345678901234567890"
						"12345678901234567890123"),
		1);
	assert_int_equal(commands_user_is_sound("a234567890123456789012345678901234567890"
						"123456789012345678901234"),
		0);
	assert_int_equal(commands_authority_name_is_sound("硝子 認証局"), 1);
	assert_int_equal(commands_authority_name_is_sound(""), 0);
	assert_int_equal(commands_authority_name_is_sound("a\nb"), 0);
	assert_int_equal(commands_authority_name_is_sound("\xff"), 0);
}

static void bad_names_and_hosts_make_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(fixture_run(&fixture, "client", "--name", "../x", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_BAD_NAME);
	assert_int_equal(
		fixture_run(&fixture, "server", "--host", "ok.example", "*.x", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_BAD_HOST);
	assert_string_equal(fixture.problem.subject, "*.x");
	assert_int_equal(fixture_count(&fixture), 6);
	fixture_finish(&fixture);
}

static void print_to(char *text, size_t size, const struct problem *problem, enum language language)
{
	FILE *out;

	memset(text, 0, size);
	out = fmemopen(text, size - 1, "w");
	assert_non_null(out);
	problem_print(problem, language, out);
	fclose(out);
}

static void every_problem_says_what_why_and_what_to_do_in_both_languages(void **state)
{
	(void)state;
	for (int kind = PROBLEM_USAGE; kind < PROBLEM_COUNT; kind++) {
		struct problem problem;
		char english[2048];
		char japanese[2048];

		problem_set(&problem, (enum problem_kind)kind, "the\nfile", "");
		print_to(english, sizeof(english), &problem, LANGUAGE_EN);
		print_to(japanese, sizeof(japanese), &problem, LANGUAGE_JA);
		assert_memory_equal(english, "garasu-certs: the?file: ", 24);
		assert_non_null(strstr(english, "\n  why: "));
		assert_non_null(strstr(english, "\n  do: "));
		assert_memory_equal(japanese, "garasu-certs: the?file: ", 24);
		assert_non_null(strstr(japanese, "\n  理由: "));
		assert_non_null(strstr(japanese, "\n  対処: "));
		assert_string_not_equal(english, japanese);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_reach_to_the_next_option),
		cmocka_unit_test(command_lines_that_make_no_sense_are_refused),
		cmocka_unit_test(help_needs_nothing_else),
		cmocka_unit_test(only_hosts_are_hosts),
		cmocka_unit_test(only_names_are_names),
		cmocka_unit_test(bad_names_and_hosts_make_nothing),
		cmocka_unit_test(every_problem_says_what_why_and_what_to_do_in_both_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
