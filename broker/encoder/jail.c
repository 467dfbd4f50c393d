/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encoder's jail: Landlock without a single rule, then a system-call filter. */

#include "jail.h"

#include "lock/lock.h"

#include <fcntl.h>

static const struct garasu_lock_row rows[] = {
	{.call = "read", .why = "stream and news"},
	{.call = "write", .why = "stream, credit, log, the rectangle coder's memfd"},
	{.call = "ppoll", .why = "waiting"},
	{.call = "sendmsg", .why = "control records"},
	{.call = "recvmsg", .why = "control records"},
	{.call = "lseek", .why = "the rectangle coder's memfd"},
	{.call = "pread64", .why = "the rectangle coder's memfd"},
	{.call = "close", .why = "libvncserver, when it gives a client up"},
	{.call = "shutdown", .why = "libvncserver, when it gives a client up"},
	GARASU_LOCK_IF("fcntl", 1, F_GETFL, "libvncserver, non-blocking"),
	GARASU_LOCK_IF("fcntl", 1, F_SETFL, "libvncserver, non-blocking"),
	{.call = "select", .why = "libvncserver"},
	{.call = "pselect6", .why = "libvncserver, as libc spells select"},
	{.call = "getpeername", .why = "libvncserver", .rule = GARASU_LOCK_DENY},
	{.call = "setsockopt", .why = "libvncserver", .rule = GARASU_LOCK_DENY},
	{.call = "open", .why = "libvncserver", .rule = GARASU_LOCK_DENY},
	{.call = "openat", .why = "libc", .rule = GARASU_LOCK_DENY},
};

int jail_close(void)
{
	int result = garasu_lock_files();

	if (result != 0) {
		return result;
	}
	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_KILL);
}
