/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CERTS_OPTIONS_H
#define GARASU_CERTS_OPTIONS_H

#include "problem.h"

#include <stddef.h>

#define OPTIONS_HOSTS_MAX 64
#define OPTIONS_DAYS_MAX 36500
#define OPTIONS_OFFSET_MAX 36500

enum command {
	COMMAND_HELP,
	COMMAND_CA,
	COMMAND_SERVER,
	COMMAND_CLIENT,
	COMMAND_RENEW,
	COMMAND_LIST,
	COMMAND_REVOKE,
	COMMAND_COUNT,
};

struct options {
	enum command command;
	enum language language;
	const char *dir;
	const char *name;
	const char *file;
	char *hosts[OPTIONS_HOSTS_MAX];
	size_t host_count;
	int days; /* 0: the command's usual */
	int offset_days;
};

/* Reads the command line. Fills *options, which borrows argv. Returns 0, or -EIO with the problem
 * filled (options->language is set in any case). */
int options_read(struct options *options, int argc, char **argv, struct problem *problem)
	__attribute__((warn_unused_result));

/* Prints how to call. */
void options_help(FILE *out);

#endif
