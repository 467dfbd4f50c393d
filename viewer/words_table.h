/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_WORDS_TABLE_H
#define VIEWER_WORDS_TABLE_H

#include "words.h"

struct words {
	const char *what;
	const char *
		what_value; /* for a value above 0, which stands in place of its '%'; may be NULL */
	const char *why;
	const char *todo;
};

/* Returns the entry, never NULL. */
const struct words *words_state_entry(enum language language, enum garasu_state state);
const struct words *words_fault_entry(enum language language, enum fault fault);
const struct words *words_unknown_state(enum language language);

#endif
