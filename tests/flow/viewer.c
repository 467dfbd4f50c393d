/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives real viewers by their script protocol. */

#include "harness_parts.h"
#include "line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static size_t viewer_words(char **words, char texts[][256], struct flow_broker *broker,
	const char *user, const char *ca)
{
	static char headless[] = "--headless";
	static char stdin_password[] = "--password-stdin";
	static char user_flag[] = "--user";
	static char ca_flag[] = "--ca";
	static char language_flag[] = "--lang";
	static char language[] = "en";

	snprintf(texts[0], 256, "%s/bin/garasu-viewer", broker->directory);
	snprintf(texts[1], 256, "%s:%u", broker->address, broker->port);
	snprintf(texts[2], 256, "%s", user);
	if (ca != NULL) {
		snprintf(texts[3], 256, "%s", ca);
	} else {
		snprintf(texts[3], 256, "%s/certs/ca.crt", broker->directory);
	}
	char *fixed[] = {texts[0], texts[1], user_flag, texts[2], ca_flag, texts[3], headless,
		stdin_password, language_flag, language};

	size_t count = flow_line_words(words, broker->line != NULL ? broker->line->desk : NULL);

	memcpy(words + count, fixed, sizeof(fixed));
	return count + sizeof(fixed) / sizeof(fixed[0]);
}

/* Reads lines until one that is no state. Returns 0, or -1 at the deadline or end. */
static int viewer_answer(struct flow_viewer *viewer, const char *until_state)
{
	uint64_t deadline = flow_now_ms() + FLOW_DEADLINE_MS;
	char line[65536];

	for (;;) {
		if (until_state != NULL && strstr(viewer->states, until_state) != NULL) {
			return 0;
		}
		if (flow_child_line_by(&viewer->child, line, sizeof(line), deadline) != 0) {
			return -1;
		}
		if (strncmp(line, "state ", 6) == 0) {
			size_t used = strlen(viewer->states);

			snprintf(
				viewer->states + used, sizeof(viewer->states) - used, "%s\n", line);
			continue;
		}
		snprintf(viewer->answer, sizeof(viewer->answer), "%s", line);
		return 0;
	}
}

static void start_script(
	struct flow_viewer *viewer, struct flow_broker *broker, const char *user, va_list more)
{
	char texts[4][256];
	char errors[128];
	char *words[FLOW_WORDS_MAX];
	size_t count = viewer_words(words, texts, broker, user, NULL);

	words[count++] = "--script";
	words[count++] = "-";
	while ((words[count] = va_arg(more, char *)) != NULL) {
		count++;
		assert_true(count < FLOW_WORDS_MAX);
	}
	snprintf(errors, sizeof(errors), "%s/viewer.err", broker->directory);
	viewer->states[0] = '\0';
	flow_child_start(&viewer->child, words, errors);
	assert_int_equal(write(viewer->child.in, FLOW_PASSWORD "\n", strlen(FLOW_PASSWORD) + 1),
		strlen(FLOW_PASSWORD) + 1);
}

void flow_viewer_begin(
	struct flow_viewer *viewer, struct flow_broker *broker, const char *user, ...)
{
	va_list more;

	va_start(more, user);
	start_script(viewer, broker, user, more);
	va_end(more);
}

void flow_viewer_start(
	struct flow_viewer *viewer, struct flow_broker *broker, const char *user, ...)
{
	va_list more;

	va_start(more, user);
	start_script(viewer, broker, user, more);
	va_end(more);
	flow_viewer_wait_state(viewer, 0);
}

int flow_viewer_fails(struct flow_broker *broker, const char *user, const char *password,
	const char *ca, char *message, size_t size)
{
	char texts[4][256];
	char errors[128];
	char *words[FLOW_WORDS_MAX];
	size_t count = viewer_words(words, texts, broker, user, ca);
	struct flow_child child;
	FILE *file;
	int code;

	words[count++] = "--script";
	words[count++] = "-";
	words[count] = NULL;
	snprintf(errors, sizeof(errors), "%s/refused.err", broker->directory);
	unlink(errors);
	flow_child_start(&child, words, errors);
	dprintf(child.in, "%s\n", password);
	code = flow_child_wait(&child);
	file = fopen(errors, "r");
	message[0] = '\0';
	if (file != NULL) {
		message[fread(message, 1, size - 1, file)] = '\0';
		fclose(file);
	}
	return code;
}

void flow_viewer_say(struct flow_viewer *viewer, const char *format, ...)
{
	char command[16384];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(command, sizeof(command) - 1, format, arguments);
	va_end(arguments);
	assert_true(size > 0 && size < (int)sizeof(command) - 1);
	command[size++] = '\n';
	assert_int_equal(write(viewer->child.in, command, (size_t)size), size);
	if (viewer_answer(viewer, NULL) != 0) {
		fail_msg("no answer to: %.*s", size, command);
	}
	if (strncmp(viewer->answer, "ok", 2) != 0) {
		fail_msg("\"%s\" to: %.*s", viewer->answer, size, command);
	}
	memmove(viewer->answer, viewer->answer + (viewer->answer[2] == ' ' ? 3 : 2),
		strlen(viewer->answer) - (viewer->answer[2] == ' ' ? 2 : 1));
}

void flow_viewer_wait_state(struct flow_viewer *viewer, int code)
{
	char state[32];

	snprintf(state, sizeof(state), "state %d ", code);
	if (viewer_answer(viewer, state) != 0) {
		fail_msg("state %d never came; seen: %s", code, viewer->states);
	}
}

int flow_viewer_wait_end(struct flow_viewer *viewer)
{
	return flow_child_wait(&viewer->child);
}

void flow_viewer_stop(struct flow_viewer *viewer)
{
	flow_viewer_say(viewer, "quit");
	assert_int_equal(flow_child_wait(&viewer->child), 0);
}
