/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_OPTIONS_H
#define LOAD_OPTIONS_H

#include "mix.h"
#include "work.h"

#define OPTIONS_STEPS_MAX 64u
#define OPTIONS_TREES_MAX 16u
#define OPTIONS_SESSIONS_MAX 2000u

enum command { COMMAND_LATENCY, COMMAND_RUN, COMMAND_HOST, COMMAND_PLAN, COMMAND_PAGES };

struct options {
	enum command command;
	bool wants_help;
	struct work_settings work;
	char host[256];
	uint16_t port;
	const char *password_file; /* NULL: security None */
	const char *pages;         /* served elsewhere; NULL: by this process */
	uint16_t page_port;
	uint32_t first_user;

	uint32_t samples; /* latency: keys to measure */

	struct mix mix;
	uint32_t steps[OPTIONS_STEPS_MAX]; /* sessions, rising */
	uint32_t step_count;
	uint32_t seconds, settle_seconds, stagger_ms, limit_ms;
	bool goes_on; /* also above the limit */
	int trees[OPTIONS_TREES_MAX];
	uint32_t tree_count;

	uint32_t desks, concurrency, reserve, spare; /* of the sizing sheet */
	const char *json, *html;                     /* NULL: none; "-": standard output */
	const char *title;
};

/* Reads the command line; strings stay argv's. Returns 0, or -EINVAL with the faulty word in
 * *fault. */
int options_read(struct options *options, int argc, char **argv, const char **fault)
	__attribute__((warn_unused_result));

/* Finds the host's address. Returns 0 or -EHOSTUNREACH. */
int options_resolve(struct options *options) __attribute__((warn_unused_result));

#endif
