/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every role does first. */

#include "base/process.h"

#include "base/descriptor.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int garasu_process_begin(int first_free, const int *needed)
{
	const struct rlimit none = {0, 0};

	for (; *needed >= 0; needed++) {
		if (!garasu_fd_is_open(*needed)) {
			return -EBADF;
		}
	}
	if (close_range((unsigned)first_free, ~0u, 0) != 0 ||
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) {
		return -errno;
	}
#ifndef GARASU_SANITIZED
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		return -errno;
	}
#endif
	umask(077);
	return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -errno : 0;
}
