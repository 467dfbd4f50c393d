/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-viewer: see garasu-viewer(1). */

#include "headless.h"
#include "window.h"

#include <base/process.h>

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int keep_to_ourselves(void)
{
	static const int needed[] = {2, -1};
	const char *fd = getenv("GARASU_PASSWORD_FD");
	int last = fd != NULL ? atoi(fd) : 2;

	return garasu_process_begin(last > 2 ? last + 1 : 3, needed);
}

static int tell(enum language language, const struct outcome *outcome)
{
	char words[WORDS_BYTES_MAX];

	if (outcome->fault != FAULT_NONE) {
		words_of_outcome(words, sizeof(words), language, outcome);
		for (char *at = strchr(words, '\n'); at != NULL; at = strchr(at, '\n')) {
			*at = ' ';
		}
		fprintf(stderr, "garasu-viewer: %s\n", words);
	}
	return (int)words_exit_class(outcome);
}

static void help(void)
{
	puts("garasu-viewer [--user NAME] [--ca FILE] [--cert FILE --key FILE] [--password-stdin]\n"
	     "  [--size WxH] [--scale PERCENT] [--open URL] [--lang ja|en] HOST[:PORT]\n"
	     "garasu-viewer --user NAME [...] [--rest-ms N] [--timeout-ms N]\n"
	     "  --headless (--shot FILE.png | --script FILE|-) HOST[:PORT]");
}

/* A window can ask for itself. */
static bool get_password(const struct options *options, struct password *password)
{
	int result = password_read(password, options->is_password_on_stdin,
		words_of_phrase(options->language, PHRASE_PASSWORD));

	return result == 0 || (result == -ENOENT && !options->is_headless);
}

static void run(const struct options *options, struct password *password, struct outcome *outcome)
{
	if (options->is_headless) {
		headless_run(options, outcome);
	} else {
		window_run(options, password, outcome);
	}
}

int main(int argc, char **argv)
{
	struct outcome outcome = {0};
	struct password password = {0};
	struct options options = {.language = words_language_of_locale()};

	if (keep_to_ourselves() != 0) {
		outcome.fault = FAULT_LOCAL;
	} else if (options_read(&options, argc, argv) != 0) {
		outcome.fault = FAULT_USAGE;
	} else if (options.wants_help) {
		help();
	} else if (password_open(&password) != 0) {
		outcome.fault = FAULT_LOCAL;
	} else if (!get_password(&options, &password)) {
		outcome.fault = FAULT_PASSWORD;
	} else {
		options.session.password = password.text;
		run(&options, &password, &outcome);
	}
	password_wipe(&password);
	return tell(options.language, &outcome);
}
