/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives the line puppet. */

#include "line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NOT_HERE 77
#define WORDS_MAX 8

int flow_line_start(struct flow_line *line, ...)
{
	static char program[] = FLOW_PUPPETS "/line";
	char *words[WORDS_MAX + 1] = {program};
	char greeting[256] = "";
	size_t count = 1;
	va_list arguments;

	va_start(arguments, line);
	while ((words[count] = va_arg(arguments, char *)) != NULL) {
		count++;
		assert_true(count < WORDS_MAX);
	}
	va_end(arguments);
	flow_child_start(&line->child, words, "/dev/stderr");
	flow_child_line(&line->child, greeting, sizeof(greeting));
	if (strncmp(greeting, "NONE ", 5) == 0) {
		assert_int_equal(flow_child_wait(&line->child), NOT_HERE);
		fprintf(stderr, "SKIPPED: no line here (root and /dev/net/tun are needed): %s\n",
			greeting + 5);
		return -1;
	}
	assert_int_equal(sscanf(greeting, "READY desk=%63s host=%63s", line->desk, line->host), 2);
	return 0;
}

void flow_line_stop(struct flow_line *line)
{
	close(line->child.in);
	line->child.in = -1;
	assert_int_equal(flow_child_wait(&line->child), 0);
}

static void say(struct flow_line *line, const char *command, char *answer, size_t size)
{
	assert_true(dprintf(line->child.in, "%s\n", command) > 0);
	flow_child_line(&line->child, answer, size);
	assert_int_equal(strncmp(answer, "ok", 2), 0);
}

static void read_way(const char *answer, const char *name, struct flow_line_way *way)
{
	const char *at = strstr(answer, name);

	assert_non_null(at);
	assert_int_equal(
		sscanf(at + strlen(name),
			" packets %llu bytes %llu dropped %llu peak %lu queued %lu", &way->packets,
			&way->bytes, &way->dropped, &way->peak, &way->queued),
		5);
}

void flow_line_stats(struct flow_line *line, struct flow_line_stats *stats)
{
	char answer[512];

	say(line, "stats", answer, sizeof(answer));
	read_way(answer, " down", &stats->down);
	read_way(answer, " up", &stats->up);
}

void flow_line_set(struct flow_line *line, const char *option)
{
	char command[64], answer[64];

	snprintf(command, sizeof(command), "set %s", option);
	say(line, command, answer, sizeof(answer));
}

size_t flow_line_words(char **words, const char *end)
{
	static char program[] = FLOW_PUPPETS "/line";
	static char enter[] = "enter";

	if (end == NULL) {
		return 0;
	}
	words[0] = program;
	words[1] = enter;
	memcpy(&words[2], &end, sizeof(end)); /* exec takes words that are not const */
	return 3;
}
