/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CERTS_COMMANDS_H
#define GARASU_CERTS_COMMANDS_H

#include "options.h"

#define COMMANDS_SOON_DAYS 30

/* Carries out what the options say, with its lists on out. Fills *is_soon for a list in which
 * something ends within COMMANDS_SOON_DAYS. Returns 0, or -EIO with the problem filled and the
 * directory as it was. */
int commands_run(const struct options *options, FILE *out, int *is_soon, struct problem *problem)
	__attribute__((warn_unused_result));

/* True for a user name as the broker takes it: [a-z][a-z0-9._-]*, at most 63 bytes. */
int commands_user_is_sound(const char *name);

/* True for 1 to 64 characters of UTF-8 without controls. */
int commands_authority_name_is_sound(const char *name);

#endif
