/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's jail: Landlock without a single rule, then a system-call filter. */

#include "jail.h"

#include "base/log.h"
#include "lock/lock.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct garasu_lock_row rows[] = {
	{.call = "read", .why = "viewer, encoder"},
	{.call = "write", .why = "viewer, encoder, input pipe, log"},
	{.call = "sendmsg", .why = "control records"},
	{.call = "recvmsg", .why = "control records"},
	{.call = "poll", .why = "the last record to a slow supervisor"},
	{.call = "epoll_ctl", .why = "libuv"},
	{.call = "epoll_wait", .why = "libuv"},
	{.call = "epoll_pwait", .why = "libuv"},
	{.call = "ioctl",
		.why = "libuv, for a descriptor it is given",
		.rule = GARASU_LOCK_ALLOW_IF,
		.argument = 1,
		.value = FIONBIO},
	{.call = "shutdown", .why = "the end of the viewer's connection"},
	{.call = "close", .why = "descriptors of a session that ended"},
	{.call = "getrandom", .why = "TLS"},
};

/* The file system rights of the first version; later ones only add to them. */
#define EVERY_FILE_RIGHT ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/* A kernel without Landlock is no reason to end: the filter below denies every open as well. */
static int close_files(void)
{
	const struct landlock_ruleset_attr nothing = {.handled_access_fs = EVERY_FILE_RIGHT};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &nothing, sizeof(nothing), 0);
	int result = 0;

	if (rules < 0) {
		result = errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -errno;
		garasu_log(GARASU_LOG_WARNING, "landlock_absent", "error=%d", errno);
		return result;
	}
	if (syscall(SYS_landlock_restrict_self, rules, 0) != 0) {
		result = -errno;
	}
	close(rules);
	return result;
}

int jail_close(void)
{
	int result = close_files();

	if (result != 0) {
		return result;
	}
	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_REFUSE);
}
