/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CERTS_LIST_H
#define GARASU_CERTS_LIST_H

#include "folder.h"

/* Prints one line for each *.crt of the directory and its revocation list: name, subject, end
 * (UTC), days left; tab-separated, sorted by name. Fills *is_soon when something that is not
 * revoked ends within soon_days. A file that cannot be read is said in its line, and the rest is
 * listed. Returns 0, or -EIO with the (last) problem filled. */
int list_print(const struct folder *folder, int soon_days, FILE *out, int *is_soon,
	struct problem *problem) __attribute__((warn_unused_result));

#endif
