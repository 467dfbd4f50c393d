/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-load: see garasu-load(1). */

#include "latency.h"
#include "options.h"
#include "pages.h"
#include "run.h"
#include "watch.h"

#include <base/descriptor.h>
#include <base/secret.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void help(FILE *file)
{
	fputs("garasu-load latency [options] HOST:PORT   keys and notches of one session\n"
	      "garasu-load run [options] HOST:PORT       many sessions, step by step\n"
	      "garasu-load host [--tree PID] [--seconds N]  what its processes spend\n"
	      "garasu-load plan [--mix ...] [--most N]   which page each user is at\n"
	      "garasu-load pages [--page-port N]         serve the pages alone\n"
	      "See garasu-load(1) for the options and for what is measured.\n",
		file);
}

/* Which page each user of the last step is at, for browsers that cannot be told. */
static int plan(const struct options *options)
{
	for (uint32_t user = 1; user <= options->steps[options->step_count - 1]; user++) {
		printf("/p?m=%s&s=%u&t=1\n", work_page_mode(mix_profile(&options->mix, user)),
			user);
	}
	return EXIT_CLASS_OK;
}

static int serve(const struct options *options)
{
	uint16_t port = options->page_port;
	int listener = pages_listen(&port);

	if (listener < 0) {
		fprintf(stderr, "garasu-load: port %u: %s\n", options->page_port,
			strerror(-listener));
		return EXIT_CLASS_LOCAL;
	}
	printf("READY port=%u\n", port);
	fflush(stdout);
	(void)pages_serve(listener);
	return EXIT_CLASS_LOCAL;
}

/* The first line of the password file. Returns what the caller wipes and frees, or NULL. */
static char *read_password(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;

	if (fd >= 0 && garasu_fd_read_all(fd, &text, 4096) >= 0) {
		text[strcspn(text, "\r\n")] = '\0';
	}
	garasu_fd_close(&fd);
	return text;
}

static int measure(struct options *options)
{
	struct pages pages = {0};
	int code = EXIT_CLASS_LOCAL, result = 0;

	if (options->pages != NULL) {
		snprintf(options->work.pages, sizeof(options->work.pages), "%s", options->pages);
	} else {
		result = pages_start(&pages, options->page_port);
		snprintf(options->work.pages, sizeof(options->work.pages), "http://127.0.0.1:%u",
			pages.port);
	}
	if (result != 0) {
		fprintf(stderr, "garasu-load: pages on port %u: %s\n", options->page_port,
			strerror(-result));
	} else if (options->command == COMMAND_LATENCY) {
		code = latency_run(options);
	} else {
		code = run_run(options);
	}
	pages_stop(&pages);
	return code;
}

static int prepare_and_measure(struct options *options)
{
	char *password = NULL;
	int code;

	if (options_resolve(options) != 0) {
		fprintf(stderr, "garasu-load: no address for %s\n", options->host);
		return EXIT_CLASS_NETWORK;
	}
	if (options->password_file != NULL) {
		password = read_password(options->password_file);
		if (password == NULL) {
			fprintf(stderr, "garasu-load: cannot read %s\n", options->password_file);
			return EXIT_CLASS_LOCAL;
		}
		options->work.password = password;
	}
	code = measure(options);
	if (password != NULL) {
		garasu_secret_wipe(password, strlen(password));
		free(password);
	}
	return code;
}

int main(int argc, char **argv)
{
	struct options options;
	const char *fault = "";

	signal(SIGPIPE, SIG_IGN);
	if (options_read(&options, argc, argv, &fault) != 0) {
		fprintf(stderr, "garasu-load: what is wrong stands at \"%s\"\n", fault);
		help(stderr);
		return EXIT_CLASS_USAGE;
	}
	if (options.wants_help) {
		help(stdout);
		return EXIT_CLASS_OK;
	}
	if (options.command == COMMAND_PAGES) {
		return serve(&options);
	}
	if (options.command == COMMAND_HOST) {
		return watch_run(&options);
	}
	if (options.command == COMMAND_PLAN) {
		return plan(&options);
	}
	return prepare_and_measure(&options);
}
