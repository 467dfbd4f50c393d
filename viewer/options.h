/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_OPTIONS_H
#define VIEWER_OPTIONS_H

#include "session.h"

struct options {
	struct session_settings session;
	enum language language;
	const char *shot, *script;    /* NULL: none */
	uint32_t rest_ms, timeout_ms; /* timeout 0: none */
	bool is_password_on_stdin, is_headless, wants_help;
	char host[256], user[GARASU_RFB_USER_MAX + 1]; /* where session's point, if not argv */
};

/* Reads the command line; strings stay argv's. Returns 0 or -EINVAL. */
int options_read(struct options *options, int argc, char **argv)
	__attribute__((warn_unused_result));

/* The password's page: locked in memory, kept out of core files; never on the command line. */
struct password {
	char *text; /* terminated */
};

/* Makes the page, with an empty password. Returns 0 or negative errno. */
int password_open(struct password *password) __attribute__((warn_unused_result));
/* Reads it from standard input's first line, the descriptor GARASU_PASSWORD_FD, or the terminal
 * without echo. Returns 0, -ENOENT when there is nowhere to ask, or another negative errno. */
int password_read(struct password *password, bool is_on_stdin, const char *prompt)
	__attribute__((warn_unused_result));
/* Wipes it; the page stays. */
void password_clear(struct password *password);
/* Wipes it and gives the page back; accepts one that was never opened. */
void password_wipe(struct password *password);

#endif
