/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line. Reads untrusted bytes from: nobody; whoever calls owns the directory. */

#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Which options a command takes, and which it needs. */
enum {
	TAKES_NAME = 1,
	TAKES_HOST = 2,
	TAKES_DAYS = 4,
	TAKES_OFFSET = 8,
	TAKES_FILE = 16,
	FILE_MAY_MISS = 32,
};

static const struct {
	const char *word;
	unsigned takes;
} commands[COMMAND_COUNT] = {
	[COMMAND_HELP] = {"help", 0},
	[COMMAND_CA] = {"ca", TAKES_NAME | TAKES_DAYS | TAKES_OFFSET},
	[COMMAND_SERVER] = {"server", TAKES_HOST | TAKES_DAYS | TAKES_OFFSET},
	[COMMAND_CLIENT] = {"client", TAKES_NAME | TAKES_DAYS | TAKES_OFFSET},
	[COMMAND_RENEW] = {"renew", TAKES_FILE | TAKES_DAYS},
	[COMMAND_LIST] = {"list", 0},
	[COMMAND_REVOKE] = {"revoke", TAKES_FILE | FILE_MAY_MISS | TAKES_DAYS},
};

void options_help(FILE *out)
{
	fputs("usage: garasu-certs ca --dir DIR --name NAME [--days N]\n"
	      "       garasu-certs server --dir DIR --host HOST... [--days N]\n"
	      "       garasu-certs client --dir DIR --name USER [--days N]\n"
	      "       garasu-certs renew --dir DIR server.crt|client-USER.crt [--days N]\n"
	      "       garasu-certs revoke --dir DIR [FILE] [--days N]\n"
	      "       garasu-certs list --dir DIR\n"
	      "options: --not-before-offset DAYS (ca, server, client), --lang en|ja, --help\n"
	      "exit: 0 done; 1 refused or failed; 2 usage; 3 list: something ends within 30 days\n",
		out);
}

static int misuse(struct problem *problem, const char *word, const char *detail)
{
	return problem_set(problem, PROBLEM_USAGE, word, detail);
}

static int read_number(const char *text, long least, long most, int *number)
{
	char *end = NULL;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || value < least || value > most) {
		return -EINVAL;
	}
	*number = (int)value;
	return 0;
}

static int read_language(const char *text, enum language *language)
{
	if (strcmp(text, "ja") == 0) {
		*language = LANGUAGE_JA;
	} else if (strcmp(text, "en") == 0) {
		*language = LANGUAGE_EN;
	} else {
		return -EINVAL;
	}
	return 0;
}

/* --lang holds for every problem of the line, wherever it stands. */
static void find_language(struct options *options, int argc, char **argv)
{
	options->language = problem_language_of_locale();
	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], "--lang") == 0) {
			(void)read_language(argv[i + 1], &options->language);
		}
	}
}

static int read_hosts(
	struct options *options, int argc, char **argv, int *at, struct problem *problem)
{
	size_t before = options->host_count;

	while (*at + 1 < argc && strncmp(argv[*at + 1], "--", 2) != 0) {
		if (options->host_count == OPTIONS_HOSTS_MAX) {
			return misuse(problem, "--host", "at most 64");
		}
		options->hosts[options->host_count++] = argv[++*at];
	}
	return options->host_count > before ? 0 : misuse(problem, "--host", "needs a value");
}

static int read_value(
	struct options *options, const char *option, char *value, struct problem *problem)
{
	unsigned takes = commands[options->command].takes;
	int result = -EINVAL;

	if (strcmp(option, "--dir") == 0) {
		options->dir = value;
		result = value[0] != '\0' ? 0 : -EINVAL;
	} else if (strcmp(option, "--lang") == 0) {
		result = read_language(value, &options->language);
	} else if (strcmp(option, "--name") == 0 && (takes & TAKES_NAME) != 0) {
		options->name = value;
		result = 0;
	} else if (strcmp(option, "--days") == 0 && (takes & TAKES_DAYS) != 0) {
		result = read_number(value, 1, OPTIONS_DAYS_MAX, &options->days);
	} else if (strcmp(option, "--not-before-offset") == 0 && (takes & TAKES_OFFSET) != 0) {
		result = read_number(
			value, -OPTIONS_OFFSET_MAX, OPTIONS_OFFSET_MAX, &options->offset_days);
	}
	return result == 0 ? 0 : misuse(problem, option, value);
}

static int read_words(struct options *options, int argc, char **argv, struct problem *problem)
{
	unsigned takes = commands[options->command].takes;

	for (int at = 2; at < argc; at++) {
		int result;

		if (strcmp(argv[at], "--help") == 0) {
			options->command = COMMAND_HELP;
			return 0;
		}
		if (strcmp(argv[at], "--host") == 0 && (takes & TAKES_HOST) != 0) {
			result = read_hosts(options, argc, argv, &at, problem);
		} else if (argv[at][0] == '-') {
			result = at + 1 < argc
					 ? read_value(options, argv[at], argv[at + 1], problem)
					 : misuse(problem, argv[at], "unknown, or needs a value");
			at++;
		} else if ((takes & TAKES_FILE) != 0 && options->file == NULL) {
			options->file = argv[at];
			result = 0;
		} else {
			result = misuse(problem, argv[at], "unexpected word");
		}
		if (result != 0) {
			return result;
		}
	}
	return 0;
}

static int find_command(enum command *command, const char *word)
{
	for (int i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(word, commands[i].word) == 0) {
			*command = (enum command)i;
			return 0;
		}
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		*command = COMMAND_HELP;
		return 0;
	}
	return -EINVAL;
}

int options_read(struct options *options, int argc, char **argv, struct problem *problem)
{
	unsigned takes;

	*options = (struct options){.command = COMMAND_HELP};
	find_language(options, argc, argv);
	if (argc < 2) {
		return misuse(problem, "garasu-certs", "a command is missing");
	}
	if (find_command(&options->command, argv[1]) != 0) {
		return misuse(problem, argv[1], "not a command");
	}
	if (read_words(options, argc, argv, problem) != 0) {
		return -EIO;
	}
	takes = commands[options->command].takes;
	if (options->command == COMMAND_HELP) {
		return 0;
	}
	if (options->dir == NULL) {
		return misuse(problem, "--dir", "missing");
	}
	if ((takes & TAKES_NAME) != 0 && options->name == NULL) {
		return misuse(problem, "--name", "missing");
	}
	if ((takes & TAKES_HOST) != 0 && options->host_count == 0) {
		return misuse(problem, "--host", "missing");
	}
	if ((takes & TAKES_FILE) != 0 && (takes & FILE_MAY_MISS) == 0 && options->file == NULL) {
		return misuse(problem, "FILE", "missing");
	}
	return 0;
}
