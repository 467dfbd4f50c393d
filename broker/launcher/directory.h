/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_LAUNCHER_DIRECTORY_H
#define GARASU_LAUNCHER_DIRECTORY_H

#include <sys/types.h>

/*
 * What is done to places that the configuration names. Each says on stderr what is wrong, returns 0
 * or negative errno, and leaves alone what is not the broker's.
 */

/* Makes a directory with its owner and mode. One that is there is taken when it belongs to owner or
 * is empty; else, and for a symbolic link or a file, it is refused as it is. */
int directory_make(const char *path, uid_t owner, gid_t group, mode_t mode)
	__attribute__((warn_unused_result));

/* Removes what an earlier broker left there, if it is a socket; anything else is -EEXIST. */
int directory_clear_socket(const char *path) __attribute__((warn_unused_result));

/* Copies a file under its own name into the directory state, 0400, for owner. A copy that is there
 * already is replaced; another file, or the original itself, is -EEXIST and stays. */
int directory_copy_file(int state, const char *path, uid_t owner)
	__attribute__((warn_unused_result));

/* Removes that copy again, if it is one. */
void directory_remove_copy(int state, const char *path, uid_t owner);

#endif
