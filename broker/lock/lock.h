/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_LOCK_H
#define GARASU_LOCK_H

#include <stddef.h>

/*
 * System-call filters: the one place where libseccomp is met.
 *
 * A role's table is an allow list of names; what is not listed fails with the row's or the table's
 * errno, or kills. Sanitizer builds add the rows that the sanitizers' run time needs.
 */

enum garasu_lock_rule {
	GARASU_LOCK_ALLOW = 0,
	GARASU_LOCK_DENY = 1,          /* fails with EPERM, also under a killing default */
	GARASU_LOCK_ALLOW_IF = 2,      /* allowed only while argument `argument` equals `value` */
	GARASU_LOCK_ALLOW_WITHOUT = 3, /* allowed only while it has none of the bits of `value` */
};

struct garasu_lock_row {
	const char *call; /* system call name */
	const char *why;  /* one phrase: what needs it */
	enum garasu_lock_rule rule;
	unsigned argument;
	unsigned long long value;
};

/* A call that is allowed only while argument number `which` is `wanted`, or has none of `bits`. */
#define GARASU_LOCK_IF(name, which, wanted, reason)                                                \
	{                                                                                          \
		.call = (name), .why = (reason), .rule = GARASU_LOCK_ALLOW_IF,                     \
		.argument = (which), .value = (wanted)                                             \
	}
#define GARASU_LOCK_WITHOUT(name, which, bits, reason)                                             \
	{                                                                                          \
		.call = (name), .why = (reason), .rule = GARASU_LOCK_ALLOW_WITHOUT,                \
		.argument = (which), .value = (bits)                                               \
	}

enum garasu_lock_default {
	GARASU_LOCK_REFUSE, /* unlisted calls fail with EPERM */
	GARASU_LOCK_KILL,   /* unlisted calls kill the process */
};

/* Puts the calling thread, and all its later children, under the table. An architecture other than
 * the native one kills. Returns 0 or negative errno: the caller must end, never go on unlocked. */
int garasu_lock_calls(const struct garasu_lock_row *rows, size_t count,
	enum garasu_lock_default otherwise) __attribute__((warn_unused_result));

/* Takes every right to files from the calling thread by Landlock. Needs no_new_privs. A kernel
 * without Landlock is no reason to end, since the tables deny every open as well: 0, with a warning
 * in the log. Otherwise returns 0 or negative errno. */
int garasu_lock_files(void) __attribute__((warn_unused_result));

#endif
