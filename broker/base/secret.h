/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_SECRET_H
#define GARASU_BASE_SECRET_H

#include <stddef.h>

/* Overwrites with zeroes that no optimiser removes. */
void garasu_secret_wipe(void *data, size_t size);

/* Compares in time that depends on size alone. Returns 1 when equal. */
int garasu_secret_equal(const void *left, const void *right, size_t size);

#endif
