/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoder child's lock. It says nothing on fd 2, which is the desk's terminal or log: there it
 * could write what the server chose. */

#include "decoder/jail.h"

#include "record.h"

#include <lock/lock.h>

int jail_lock(void)
{
	static const struct garasu_lock_row rows[] = {
		GARASU_LOCK_IF("read", 0, VIEWER_CHILD_STREAM, "the server's bytes"),
		GARASU_LOCK_IF("write", 0, VIEWER_CHILD_RECORDS, "records"),
	};

	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_KILL);
}
