/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_PROCESS_H
#define GARASU_BASE_PROCESS_H

/* What every role does first: no core files, PR_SET_DUMPABLE 0 (not under a sanitizer),
 * no_new_privs, SIGPIPE ignored, umask 077, and every descriptor from first_free on closed. Checks
 * that each of the needed descriptors (ended by -1) is open. Returns 0 or negative errno; -EBADF
 * when the heritage is incomplete, which means the role was not started by the launcher. */
int garasu_process_begin(int first_free, const int *needed) __attribute__((warn_unused_result));

#endif
