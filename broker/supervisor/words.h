/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_WORDS_H
#define SUPERVISOR_WORDS_H

#include <stdint.h>

/* Words of others: what a desk calls itself, what an administrator's tool reports. */

/* True for a name that a user can have (GARASU_USER_SIZE), known or not. */
int words_name_is_sound(const char *untrusted_name);

#define WORDS_SELF_TEST_VALUES 3 /* passed, failed, not checked */
#define WORDS_SHA256_SIZE 65     /* hexadecimal, with terminator */

/* Reads "PASSED FAILED NOT_CHECKED SHA256", of one spelling only. Fills values and sha256. Returns
 * 0 or -EINVAL; then both are undefined. */
int words_read_self_test(const char *untrusted_text, uint64_t values[WORDS_SELF_TEST_VALUES],
	char sha256[WORDS_SHA256_SIZE]) __attribute__((warn_unused_result));

#endif
