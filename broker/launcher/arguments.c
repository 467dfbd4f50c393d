/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of garasu-broker. */

#include "launcher.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char usage[] = "usage: garasu-broker --config FILE [--check]\n"
			    "       garasu-broker --config FILE --print-firewall lgwan|internet\n"
			    "       garasu-broker --version\n";

int arguments_parse(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"check", no_argument, NULL, 'k'},
		{"print-firewall", required_argument, NULL, 'f'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{NULL, 0, NULL, 0},
	};
	int option;

	*arguments = (struct arguments){0};
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			arguments->configuration = optarg;
			break;
		case 'k':
			arguments->only_check = 1;
			break;
		case 'f':
			arguments->firewall = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 1;
		case 'v':
			puts("garasu-broker " GARASU_VERSION);
			return 1;
		default:
			fputs(usage, stderr);
			return -EINVAL;
		}
	}
	if (arguments->configuration == NULL || optind != argc ||
		(arguments->firewall != NULL && strcmp(arguments->firewall, "lgwan") != 0 &&
			strcmp(arguments->firewall, "internet") != 0)) {
		fputs(usage, stderr);
		return -EINVAL;
	}
	return 0;
}
