/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_LAUNCHER_UIDS_H
#define GARASU_LAUNCHER_UIDS_H

#include <stdint.h>

/*
 * The range of uids and gids of the roles and sessions: nobody else's, and of one broker at a time.
 */

/* Returns whose a part of the range is by convention of Linux hosts, or NULL. Pure. */
const char *uids_reserved(uint32_t first, uint32_t count);

/* Returns true if a line of /etc/subuid gives a part of the range to a user. Pure. */
int uids_are_subordinate(const char *text, uint32_t first, uint32_t count);

/* Looks for an account, group or subordinate range within. Returns 0, or says on stderr what is
 * there and returns -EADDRINUSE. */
int uids_check(uint32_t first, uint32_t count) __attribute__((warn_unused_result));

/* Locks the range in the file (made if missing) against other brokers, for as long as the returned
 * descriptor is open. Returns it, or says why not and returns -EADDRINUSE or another negative
 * errno. */
int uids_claim(const char *path, uint32_t first, uint32_t count)
	__attribute__((warn_unused_result));

#endif
