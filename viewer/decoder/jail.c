/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoder child's lock. */

#include "decoder/jail.h"

#include "record.h"

#include <lock/lock.h>

int jail_lock(void)
{
	static const struct garasu_lock_row rows[] = {
		{.call = "read",
			.why = "the server's bytes",
			.rule = GARASU_LOCK_ALLOW_IF,
			.argument = 0,
			.value = VIEWER_CHILD_STREAM},
		{.call = "write",
			.why = "records",
			.rule = GARASU_LOCK_ALLOW_IF,
			.argument = 0,
			.value = VIEWER_CHILD_RECORDS},
		{.call = "write",
			.why = "log",
			.rule = GARASU_LOCK_ALLOW_IF,
			.argument = 0,
			.value = 2},
	};

	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_KILL);
}
