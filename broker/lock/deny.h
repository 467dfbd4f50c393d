/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_LOCK_DENY_H
#define GARASU_LOCK_DENY_H

#include <stddef.h>

/* A filter of refusals for a process that must stay otherwise free, exported for bubblewrap. */

enum garasu_deny_test {
	GARASU_DENY_ALWAYS = 0,
	GARASU_DENY_ARGUMENT_ABOVE,     /* the first argument is above value */
	GARASU_DENY_ARGUMENT_BETWEEN,   /* the first argument is value .. end */
	GARASU_DENY_SECOND_ARGUMENT_IS, /* the second argument, as 32 bits, equals value */
	GARASU_DENY_NETLINK_OTHER,      /* family NETLINK and a protocol other than value */
};

struct garasu_deny_row {
	const char *call; /* system call name */
	int refuse;       /* the errno it fails with */
	enum garasu_deny_test test;
	unsigned value, end;
	const char *why;
};

/* Compiles the rows for this architecture; a call of another architecture's numbers kills. Returns
 * a descriptor with the BPF program, positioned at its start, or negative errno. */
int garasu_deny_export(const struct garasu_deny_row *rows, size_t count)
	__attribute__((warn_unused_result));

#endif
