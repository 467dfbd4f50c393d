/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_ESCAPE_REACH_H
#define GARASU_ESCAPE_REACH_H

#include <sys/types.h>

/* What a uid alone reaches, without any jail around it: from a fresh process in the host's own
 * namespaces. */

/* The uid that a process runs with. */
uid_t reach_uid_of(pid_t pid);

/* Neither memory nor descriptors, nor tracing; nor a signal, unless the uid is the victim's. */
void reach_expect_nothing(uid_t uid, pid_t victim);

/* Returns 0, or the errno of opening the file. */
int reach_open_as(uid_t uid, const char *path, int flags);

#endif
