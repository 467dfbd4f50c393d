/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON, HTML text and plots: what is written is what was meant, whatever the text. */

#include "json.h"
#include "markup.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *written;
static size_t written_size;
static FILE *file;

static int open_memory(void **state)
{
	(void)state;
	file = open_memstream(&written, &written_size);
	assert_non_null(file);
	return 0;
}

static int free_memory(void **state)
{
	(void)state;
	free(written);
	written = NULL;
	return 0;
}

static void json_of_every_kind_is_written(void **state)
{
	struct json json = {.file = file};

	(void)state;
	json_begin(&json, NULL, '{');
	json_string(&json, "s", "a");
	json_integer(&json, "i", UINT64_MAX);
	json_number(&json, "n", 1.5);
	json_bool(&json, "b", true);
	json_null(&json, "z");
	json_begin(&json, "l", '[');
	json_integer(&json, NULL, 1);
	json_integer(&json, NULL, 2);
	json_end(&json, ']');
	json_begin(&json, "e", '{');
	json_end(&json, '}');
	json_end(&json, '}');
	fclose(file);
	assert_string_equal(written, "{\n\t\"s\": \"a\",\n\t\"i\": 18446744073709551615,\n"
				     "\t\"n\": 1.500,\n\t\"b\": true,\n\t\"z\": null,\n"
				     "\t\"l\": [\n\t\t1,\n\t\t2\n\t],\n\t\"e\": {}\n}\n");
}

static void json_escapes_quotes_and_controls(void **state)
{
	struct json json = {.file = file};

	(void)state;
	json_begin(&json, NULL, '[');
	json_string(&json, NULL, "a\"b\\c\n\x01硝");
	json_end(&json, ']');
	fclose(file);
	assert_string_equal(written, "[\n\t\"a\\\"b\\\\c\\u000a\\u0001硝\"\n]\n");
}

static void json_has_no_infinite_number(void **state)
{
	struct json json = {.file = file};

	(void)state;
	json_begin(&json, NULL, '[');
	json_number(&json, NULL, NAN);
	json_number(&json, NULL, INFINITY);
	json_end(&json, ']');
	fclose(file);
	assert_string_equal(written, "[\n\tnull,\n\tnull\n]\n");
}

static void markup_in_text_stays_text(void **state)
{
	(void)state;
	markup_text(file, "<script>a && 'b' \"c\"</script>市");
	fclose(file);
	assert_string_equal(written, "&lt;script&gt;a &amp;&amp; &#39;b&#39; &quot;c&quot;"
				     "&lt;/script&gt;市");
}

static unsigned count(const char *needle)
{
	unsigned found = 0;

	for (const char *at = strstr(written, needle); at != NULL; at = strstr(at + 1, needle)) {
		found++;
	}
	return found;
}

static void plot_draws_no_line_over_what_was_not_measured(void **state)
{
	static const double x[] = {1, 2, 3, 4}, y[] = {10, 20, NAN, 30};
	const struct plot_series line = {"<line>", "#123456", y};
	const struct plot plot = {.title = "t",
		.x_name = "x",
		.y_name = "y",
		.x = x,
		.count = 4,
		.lines = &line,
		.line_count = 1,
		.limit = 25,
		.limit_name = "limit"};

	(void)state;
	plot_write(file, &plot);
	fclose(file);
	assert_int_equal(count("<circle"), 3);
	assert_null(strstr(written, "nan"));
	assert_null(strstr(written, "inf"));
	assert_null(strstr(written, "<line>"));
	assert_non_null(strstr(written, "&lt;line&gt;"));
	assert_int_equal(count("class='limit'"), 1);
	assert_non_null(strchr(strchr(strstr(written, " d='"), 'M') + 1, 'M')); /* begun twice */
}

static void plot_stacks_what_is_above_zero(void **state)
{
	static const double x[] = {1, 2}, low[] = {1, 2}, high[] = {3, 0};
	const struct plot_series stack[] = {{"low", "#111111", low}, {"high", "#222222", high}};
	const struct plot plot = {.title = "t",
		.x_name = "x",
		.y_name = "y",
		.x = x,
		.count = 2,
		.stack = stack,
		.stack_count = 2,
		.limit = NAN};

	(void)state;
	plot_write(file, &plot);
	fclose(file);
	assert_int_equal(count("fill='#111111'"), 3); /* two bars and the legend */
	assert_int_equal(count("fill='#222222'"), 2);
	assert_int_equal(count("class='limit'"), 0);
}

static void plot_of_nothing_is_an_empty_frame(void **state)
{
	const struct plot plot = {.title = "t", .x_name = "x", .y_name = "y", .limit = NAN};

	(void)state;
	plot_write(file, &plot);
	fclose(file);
	assert_non_null(strstr(written, "</svg>"));
	assert_null(strstr(written, "nan"));
}

static void ticks_are_round_and_few(void **state)
{
	(void)state;
	fclose(file);
	assert_float_equal(plot_tick(100), 20, 1e-9);
	assert_float_equal(plot_tick(1), 0.2, 1e-9);
	assert_float_equal(plot_tick(3), 1, 1e-9);
	assert_float_equal(plot_tick(35), 10, 1e-9);
	assert_float_equal(plot_tick(4000), 1000, 1e-9);
	for (double most = 0.013; most < 1e6; most *= 1.37) {
		assert_in_range((int)(most / plot_tick(most)), 3, 8);
	}
}

#define WRITER(name) cmocka_unit_test_setup_teardown(name, open_memory, free_memory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WRITER(json_of_every_kind_is_written),
		WRITER(json_escapes_quotes_and_controls),
		WRITER(json_has_no_infinite_number),
		WRITER(markup_in_text_stays_text),
		WRITER(plot_draws_no_line_over_what_was_not_measured),
		WRITER(plot_stacks_what_is_above_zero),
		WRITER(plot_of_nothing_is_an_empty_frame),
		WRITER(ticks_are_round_and_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
