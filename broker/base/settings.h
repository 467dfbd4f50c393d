/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_SETTINGS_H
#define GARASU_BASE_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

/* Reads a settings memfd (garasu/settings.h): copies the fixed struct to head and points *rest at
 * the variable parts, in memory that the caller frees through *memory. Returns how many bytes rest
 * has, or negative errno; -EPROTO when the memory is smaller than head_size. Closes fd. */
int64_t garasu_settings_read(int fd, void *head, size_t head_size, char **memory, const char **rest)
	__attribute__((warn_unused_result));

#endif
