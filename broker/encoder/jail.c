/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encoder's jail: Landlock without a single rule, then a system-call filter. */

#include "jail.h"

#include "base/log.h"
#include "lock/lock.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

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
	{.call = "fcntl", .why = "libvncserver"},
	{.call = "select", .why = "libvncserver"},
	{.call = "pselect6", .why = "libvncserver, as libc spells select"},
	{.call = "getpeername", .why = "libvncserver", .rule = GARASU_LOCK_DENY},
	{.call = "setsockopt", .why = "libvncserver", .rule = GARASU_LOCK_DENY},
	{.call = "open", .why = "libvncserver", .rule = GARASU_LOCK_DENY},
	{.call = "openat", .why = "libc", .rule = GARASU_LOCK_DENY},
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
	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_KILL);
}
