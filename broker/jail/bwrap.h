/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_JAIL_BWRAP_H
#define GARASU_JAIL_BWRAP_H

#include "garasu/settings.h"

#include <stddef.h>

#define BWRAP_WORDS_MAX 192
#define BWRAP_TEXT_SIZE 16384

/* The command line of bubblewrap. */
struct bwrap {
	char *words[BWRAP_WORDS_MAX + 1]; /* ended by NULL */
	size_t count;
	char text[BWRAP_TEXT_SIZE]; /* what words point into */
	size_t used;
	int is_full;
};

/* Fills the whole command line: namespaces, mounts, environment, filter, program. directory holds
 * our binaries; the numbers are descriptors that bubblewrap reads and closes. */
void bwrap_build(struct bwrap *bwrap, const struct garasu_session_settings *settings,
	const char *directory, int filter, int passwd, int group, int policy);

#endif
