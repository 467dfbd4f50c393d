/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_DESCRIPTOR_H
#define GARASU_BASE_DESCRIPTOR_H

#include <stddef.h>
#include <sys/types.h>

/* Closes *fd if it is open and sets it to -1. */
void garasu_fd_close(int *fd);

/* Sets or clears O_NONBLOCK (shared with every holder of the same open description). Returns 0 or
 * negative errno. */
int garasu_fd_set_nonblocking(int fd, int on) __attribute__((warn_unused_result));

/* Makes a CLOEXEC memfd with these bytes, sealed against every change, at offset 0. Returns the
 * descriptor or negative errno. */
int garasu_fd_sealed(const char *name, const void *data, size_t size)
	__attribute__((warn_unused_result));

/* Writes all of it to a blocking descriptor. Returns 0 or negative errno. */
int garasu_fd_write_all(int fd, const void *data, size_t size) __attribute__((warn_unused_result));

/* Reads a whole file of at most maximum bytes from its start into memory that the caller frees,
 * with a terminating zero that is not counted. Returns its size, -EFBIG, or another negative errno.
 */
ssize_t garasu_fd_read_all(int fd, char **text, size_t maximum) __attribute__((warn_unused_result));

/* True if fd is a descriptor of this process. */
int garasu_fd_is_open(int fd);

#endif
