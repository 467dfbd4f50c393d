/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions without a window. */

#include "headless.h"

#include "script.h"
#include "shot.h"

#include <base/clock.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct headless {
	const struct options *options;
	struct session session;
	struct script script;
	uint64_t deadline_ms; /* 0: none */
	bool is_done;
};

static void on_event(void *context, const struct decoder_event *event)
{
	struct headless *headless = context;

	if (headless->options->script != NULL) {
		script_event(&headless->script, event);
	}
}

/* Takes the shot once the picture rests. Returns how long to wait until then, -1: for news. */
static int work_shot(struct headless *headless)
{
	struct session *session = &headless->session;
	int64_t left_ms = script_rest_left_ms(session, headless->options->rest_ms);
	uint8_t *rgb = NULL;

	if (left_ms != 0) {
		return (int)left_ms;
	}
	if (picture_copy_rgb(&session->picture, &rgb) != 0) {
		return 5;
	}
	if (!script_rests(session, headless->options->rest_ms)) {
		fprintf(stderr, "garasu-viewer: %s\n",
			words_of_phrase(headless->options->language, PHRASE_RESTLESS));
	}
	if (shot_write(headless->options->shot, rgb, session->picture.width,
		    session->picture.height) != 0) {
		session_fail(session, FAULT_LOCAL);
	}
	free(rgb);
	headless->is_done = true;
	return 0;
}

static int work_front(struct headless *headless)
{
	int wait_ms;

	if (headless->options->script == NULL) {
		return work_shot(headless);
	}
	wait_ms = script_work(&headless->script);
	headless->is_done = headless->script.wait == SCRIPT_QUIT;
	return wait_ms;
}

static int sooner(int left_ms, int right_ms)
{
	if (left_ms < 0 || right_ms < 0) {
		return left_ms < 0 ? right_ms : left_ms;
	}
	return left_ms < right_ms ? left_ms : right_ms;
}

static int until_deadline_ms(const struct headless *headless)
{
	uint64_t now_ms = garasu_clock_ms();

	if (headless->deadline_ms == 0) {
		return -1;
	}
	return headless->deadline_ms > now_ms ? (int)(headless->deadline_ms - now_ms) : 0;
}

static void wait_for_news(struct headless *headless, int wait_ms)
{
	struct pollfd fds[4];
	nfds_t count = session_fds(&headless->session, fds);
	bool has_script = headless->options->script != NULL && !headless->script.is_at_end;

	if (has_script) {
		fds[count] = (struct pollfd){.fd = headless->script.fd, .events = POLLIN};
	}
	wait_ms = sooner(wait_ms, session_timeout_ms(&headless->session));
	wait_ms = sooner(wait_ms, until_deadline_ms(headless));
	if (poll(fds, count + has_script, wait_ms) > 0 && has_script && fds[count].revents != 0) {
		script_read(&headless->script);
	}
}

static int open_script(const char *path)
{
	return strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
}

void headless_run(const struct options *options, struct outcome *outcome)
{
	struct headless headless = {.options = options};
	struct session *session = &headless.session;
	int fd = options->script != NULL ? open_script(options->script) : -1;

	if (options->script != NULL && fd < 0) {
		*outcome = (struct outcome){.fault = FAULT_USAGE};
		return;
	}
	if (options->timeout_ms > 0) {
		headless.deadline_ms = garasu_clock_ms() + options->timeout_ms;
	}
	session_init(session, &options->session, on_event, &headless);
	script_init(&headless.script, session, fd, options->rest_ms);
	while (!headless.is_done && session->phase != SESSION_ENDED) {
		int wait_ms = work_front(&headless);

		if (until_deadline_ms(&headless) == 0 && !headless.is_done) {
			session_fail(session, FAULT_TIMEOUT);
		}
		if (!headless.is_done && session->phase != SESSION_ENDED) {
			wait_for_news(&headless, wait_ms);
		}
		session_work(session);
	}
	*outcome = session->outcome;
	if (headless.is_done && outcome->fault != FAULT_LOCAL) {
		*outcome = (struct outcome){0}; /* all was done before anything else happened */
	}
	script_finish(&headless.script);
	session_finish(session);
}
