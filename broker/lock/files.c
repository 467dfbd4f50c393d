/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Landlock without a single rule: no file can be opened, made, removed or executed any more. */

#include "lock/lock.h"

#include "base/log.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The file system rights of the first version; later ones only add to them. */
#define EVERY_FILE_RIGHT ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

int garasu_lock_files(void)
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
