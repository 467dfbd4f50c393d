/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load tool on a broker with real Chromium: its counts agree with each other and with the web
 * server's, and its report is whole. No time is asserted. */

#include "harness.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct flow_broker broker;
static struct flow_child pages;
static unsigned port;
static char json[65536];

/* Words for the tool: what is common to every call, then the rest, ended by NULL. */
static int run_tool(const char *command, char *const *more)
{
	static char texts[6][128];
	static char ca[] = "--ca", password[] = "--password-file", url[] = "--pages",
		    json_flag[] = "--json";
	char name[32];
	char *words[32] = {texts[0], name, ca, texts[1], password, texts[2], url, texts[3],
		json_flag, texts[4]};
	struct flow_child child;
	size_t count = 10;

	snprintf(name, sizeof(name), "%s", command);
	snprintf(texts[0], sizeof(texts[0]), "%s/bin/garasu-load", broker.directory);
	snprintf(texts[1], sizeof(texts[1]), "%s/certs/ca.crt", broker.directory);
	snprintf(texts[2], sizeof(texts[2]), "%s/load.password", broker.directory);
	snprintf(texts[3], sizeof(texts[3]), "http://127.0.0.1:%u", port);
	snprintf(texts[4], sizeof(texts[4]), "%s/load.json", broker.directory);
	snprintf(texts[5], sizeof(texts[5]), "localhost:%u", broker.port);
	for (; *more != NULL; more++) {
		words[count++] = *more;
	}
	words[count++] = texts[5];
	flow_child_start(&child, words, "/dev/stderr");
	return flow_child_wait(&child);
}

/* By a reader of JSON that nobody here wrote. */
static void assert_is_json(const char *path)
{
	char reader[] = "/usr/bin/jq", quietly[] = "-e", filter[] = "type == \"object\"";
	char file[128], output[64];
	char *words[] = {reader, quietly, filter, file, NULL};

	snprintf(file, sizeof(file), "%s", path);
	flow_run(output, sizeof(output), NULL, words);
	assert_string_equal(output, "true\n");
}

static void read_json(void)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/load.json", broker.directory);
	file = fopen(path, "r");
	assert_non_null(file);
	json[fread(json, 1, sizeof(json) - 1, file)] = '\0';
	fclose(file);
	assert_is_json(path);
}

/* The number behind the keys, each looked for behind the last. */
static double number_at(const char *first, const char *second, const char *third)
{
	const char *keys[] = {first, second, third};
	const char *at = json;

	for (size_t i = 0; i < 3; i++) {
		char key[64];

		if (keys[i] == NULL) {
			continue;
		}
		snprintf(key, sizeof(key), "\"%s\": ", keys[i]);
		at = strstr(at, key);
		assert_non_null(at);
		at += strlen(key);
	}
	return strtod(at, NULL);
}

static int start(void **state)
{
	static char egress[128];
	struct flow_options options = {.egress = egress, .users = {"user1", "user2"}};
	char tool[] = FLOW_BINARIES "/garasu-load";
	char pages_word[] = "pages";
	char port_flag[] = "--page-port";
	char any[] = "0";
	char *words[] = {tool, pages_word, port_flag, any, NULL};
	char line[128];
	char path[128];
	FILE *file;

	(void)state;
	flow_child_start(&pages, words, "/dev/stderr");
	flow_child_line(&pages, line, sizeof(line));
	assert_int_equal(sscanf(line, "READY port=%u", &port), 1);
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	flow_broker_start(&broker, &options);
	snprintf(path, sizeof(path), "%s/load.password", broker.directory);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(FLOW_PASSWORD "\n", file);
	assert_int_equal(fclose(file), 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	flow_child_end(&pages);
	return 0;
}

static void every_key_and_notch_of_one_session_is_seen(void **state)
{
	char samples[] = "--samples";
	char number[] = "20";
	char *more[] = {samples, number, NULL};

	(void)state;
	assert_int_equal(run_tool("latency", more), 0);
	read_json();
	assert_int_equal((int)number_at("actions", "key", "done"), 20);
	assert_int_equal((int)number_at("actions", "key", "lost"), 0);
	assert_int_equal((int)number_at("actions", "key", "n"), 20);
	assert_int_equal((int)number_at("actions", "key_scrolling", "lost"), 0);
	assert_in_range((int)number_at("actions", "key_scrolling", "done"), 1, 10);
	assert_int_equal((int)number_at("actions", "wheel", "lost"), 0);
	assert_in_range((int)number_at("actions", "wheel", "done"), 9, 10);
	assert_int_equal((int)number_at("width", NULL, NULL), 1280);
	assert_int_equal((int)number_at("height", NULL, NULL), 800);
}

static void two_sessions_are_measured_and_reported(void **state)
{
	char seconds[] = "--seconds", five[] = "5", sessions[] = "--sessions", two[] = "2";
	char mix[] = "--mix", types_and_moves[] = "type=1,advert=1", settle[] = "--settle-seconds";
	/* What a page still takes for its own, and the wait for it, lie before the window. */
	char long_enough[] = "11", think[] = "--think", quick[] = "50", html[] = "--html",
	     path[128];
	char tree[] = "--tree", pid[16], title[] = "--title", text[] = "<b>\"city\"";
	char *more[] = {seconds, five, sessions, two, mix, types_and_moves, settle, long_enough,
		think, quick, html, path, tree, pid, title, text, NULL};
	int done;

	(void)state;
	snprintf(path, sizeof(path), "%s/load.html", broker.directory);
	snprintf(pid, sizeof(pid), "%d", broker.broker.pid);
	assert_int_equal(run_tool("run", more), 0);
	read_json();
	assert_non_null(strstr(json, "\"title\": \"<b>\\\"city\\\"\""));
	assert_int_equal((int)number_at("steps", "sessions", NULL), 2);
	assert_int_equal((int)number_at("steps", "failed", NULL), 0);
	assert_int_equal((int)number_at("first_page", "n", NULL), 2);
	done = (int)number_at("type", "key", "done") + (int)number_at("type", "text", "done");
	assert_in_range(done, 2, 100);
	assert_int_equal((int)number_at("key_to_pixel", "n", NULL),
		done + (int)number_at("type", "key", "lost") +
			(int)number_at("type", "text", "lost"));
	assert_in_range((int)number_at("advert", "distinct", NULL), 2, 1000);
	assert_in_range((int)(number_at("cpu_seconds", "browser", NULL) * 100), 1, 100000);
	flow_wait_file(&broker, "load.html", "&lt;b&gt;&quot;city&quot;");
	flow_wait_file(&broker, "load.html", "</html>");
}

/* Counts that no machine changes: what rests is what the server drew, bit for bit. */
static void page_of_photographs_rests_without_a_differing_pixel(void **state)
{
	char seconds[] = "--seconds", five[] = "5", sessions[] = "--sessions", one[] = "1";
	char mix[] = "--mix", looks[] = "look=1", settle[] = "--settle-seconds", html[] = "--html";
	char path[128];
	char *more[] = {seconds, five, sessions, one, mix, looks, settle, one, html, path, NULL};
	int pages_compared;

	(void)state;
	snprintf(path, sizeof(path), "%s/load.html", broker.directory);
	assert_int_equal(run_tool("run", more), 0);
	read_json();
	assert_int_equal((int)number_at("steps", "failed", NULL), 0);
	pages_compared = (int)number_at("look", "quality", "pages");
	assert_in_range(pages_compared, 1, 10);
	assert_int_equal((int)number_at("look", "quality", "uncompared"), 0);
	flow_wait_file(&broker, "load.html", "pages with photographs 1");
	assert_int_equal((int)number_at("look", "quality", "differing_pixels"), 0);
	assert_int_equal((int)number_at("look", "lossless", "n"), pages_compared);
	assert_in_range((int)number_at("look", "psnr_db_at_0_ms", "least"), 25, 60);
	flow_wait_file(&broker, "load.html", "differing pixels at rest");
}

/* The tool paints the film of the page's seed once more: without loss it is the very same. */
static void film_without_loss_is_the_film_that_was_painted(void **state)
{
	char seconds[] = "--seconds", five[] = "5", sessions[] = "--sessions", one[] = "1";
	char mix[] = "--mix", films[] = "video=1", settle[] = "--settle-seconds";
	char encodings[] = "--encodings", lossless[] = "lossless";
	char *more[] = {
		seconds, five, sessions, one, mix, films, settle, one, encodings, lossless, NULL};

	(void)state;
	assert_int_equal(run_tool("run", more), 0);
	read_json();
	assert_in_range((int)number_at("video", "film", "frames_compared"), 1, 1000);
	assert_int_equal((int)number_at("video", "film", "most"), 100);
}

/* Nothing is seen within a millisecond. */
static void step_above_the_limit_is_measured_twice(void **state)
{
	char seconds[] = "--seconds", five[] = "5", sessions[] = "--sessions", one[] = "1";
	char mix[] = "--mix", types[] = "type=1", settle[] = "--settle-seconds", eleven[] = "11";
	char latin[] = "--latin", think[] = "--think", quick[] = "10", limit[] = "--limit-ms";
	char *more[] = {seconds, five, sessions, one, mix, types, settle, eleven, latin, think,
		quick, limit, one, NULL};

	(void)state;
	assert_int_equal(run_tool("run", more), 0);
	read_json();
	assert_int_equal((int)number_at("steps", "sessions", NULL), 1);
	assert_int_equal((int)number_at("steps", "windows", NULL), 2);
	assert_int_equal((int)number_at("key_to_pixel", "n", NULL),
		(int)number_at("type", "key", "done") + (int)number_at("type", "key", "lost"));
	assert_non_null(strstr(json, "\"end\": \"below-first-step\""));
	assert_non_null(strstr(json, "\"sessions\": 0"));
}

static void host_is_watched_without_a_connection(void **state)
{
	char tool[160], host[] = "host", tree[] = "--tree", pid[16], seconds[] = "--seconds";
	char one[] = "1", json_flag[] = "--json", path[128];
	char *words[] = {tool, host, tree, pid, seconds, one, json_flag, path, NULL};
	struct flow_child child;

	(void)state;
	snprintf(tool, sizeof(tool), "%s/bin/garasu-load", broker.directory);
	snprintf(pid, sizeof(pid), "%d", broker.broker.pid);
	snprintf(path, sizeof(path), "%s/load.json", broker.directory);
	flow_child_start(&child, words, "/dev/stderr");
	assert_int_equal(flow_child_wait(&child), 0);
	read_json();
	assert_in_range((int)(number_at("memory", "pss_mib", "compositor") * 1000), 1, 1000000);
	assert_in_range((int)(number_at("memory", "frame_mib", NULL) * 1000), 1, 1000000);
	assert_in_range((int)(number_at("memory", "window_mib", NULL) * 1000), 1, 1000000);
	assert_int_equal((int)number_at("pss_mib", "server", NULL), 0);
}

static void wrong_password_is_said_by_the_exit_code(void **state)
{
	char *more[] = {NULL};
	char path[128];
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/load.password", broker.directory);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("wrong\n", file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(run_tool("latency", more), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_and_notch_of_one_session_is_seen),
		cmocka_unit_test(two_sessions_are_measured_and_reported),
		cmocka_unit_test(page_of_photographs_rests_without_a_differing_pixel),
		cmocka_unit_test(film_without_loss_is_the_film_that_was_painted),
		cmocka_unit_test(step_above_the_limit_is_measured_twice),
		cmocka_unit_test(host_is_watched_without_a_connection),
		cmocka_unit_test(wrong_password_is_said_by_the_exit_code),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
