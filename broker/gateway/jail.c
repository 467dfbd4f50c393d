/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's jail: Landlock without a single rule, then a system-call filter. */

#include "jail.h"

#include "lock/lock.h"

#include <sys/ioctl.h>

static const struct garasu_lock_row rows[] = {
	{.call = "read", .why = "viewer, encoder"},
	{.call = "write", .why = "viewer, encoder, input pipe, log"},
	{.call = "sendmsg", .why = "control records"},
	{.call = "recvmsg", .why = "control records"},
	{.call = "poll", .why = "the last record to a slow supervisor"},
	{.call = "epoll_ctl", .why = "libuv"},
	{.call = "epoll_wait", .why = "libuv"},
	{.call = "epoll_pwait", .why = "libuv"},
	GARASU_LOCK_IF("ioctl", 1, FIONBIO, "libuv, for a descriptor it is given"),
	{.call = "shutdown", .why = "the end of the viewer's connection"},
	{.call = "close", .why = "descriptors of a session that ended"},
	{.call = "getrandom", .why = "TLS"},
};

int jail_close(void)
{
	int result = garasu_lock_files();

	if (result != 0) {
		return result;
	}
	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_REFUSE);
}
