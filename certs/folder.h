/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CERTS_FOLDER_H
#define GARASU_CERTS_FOLDER_H

#include "problem.h"

#include <stddef.h>
#include <sys/types.h>

#define FOLDER_FILE_MAX 1048576u /* bytes of any file read */
#define FOLDER_NAME_SIZE 256

/* The directory of one CA, locked against a second garasu-certs while it is open. */
struct folder {
	int fd;
	const char *path; /* borrowed */
};

/* One file to write. */
struct folder_file {
	const char *name; /* in the directory */
	mode_t mode;
	const char *data;
	size_t size;
};

/* Opens and locks; is_made: makes it and its parents (0755) where missing. Returns 0 or -EIO with
 * the problem filled, and then fd is -1. */
int folder_open(struct folder *folder, const char *path, int is_made, struct problem *problem)
	__attribute__((warn_unused_result));

/* Accepts an fd of -1. */
void folder_close(struct folder *folder);

/* Reads a file; the text is zero-terminated and the caller's. Returns 0 or -EIO. */
int folder_read(const struct folder *folder, const char *name, char **text, size_t *size,
	struct problem *problem) __attribute__((warn_unused_result));

/* Writes new files, all or none, each complete before its name appears; refuses if one of the names
 * is taken. Returns 0 or -EIO. */
int folder_add(const struct folder *folder, const struct folder_file *files, size_t count,
	struct problem *problem) __attribute__((warn_unused_result));

/* Puts files in the place of others, each by one rename. Where suffix is not NULL, a file that is
 * replaced stays under its name with the suffix. An interrupted call can be made again with the
 * same suffix. Returns 0 or -EIO. */
int folder_replace(const struct folder *folder, const struct folder_file *files, size_t count,
	const char *suffix, struct problem *problem) __attribute__((warn_unused_result));

#endif
