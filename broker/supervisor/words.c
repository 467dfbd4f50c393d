/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of others, checked. Pure. Reads untrusted bytes from: the viewer, by its gateway, and local
 * processes of allowed uids. */

#include "words.h"

#include "garasu/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int words_name_is_sound(const char *untrusted_name)
{
	size_t length = strlen(untrusted_name);

	return length > 0 && length < GARASU_USER_SIZE && untrusted_name[0] >= 'a' &&
	       untrusted_name[0] <= 'z' &&
	       strspn(untrusted_name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

int words_read_self_test(const char *untrusted_text, uint64_t values[WORDS_SELF_TEST_VALUES],
	char sha256[WORDS_SHA256_SIZE])
{
	unsigned passed, failed, not_checked;
	char again[128];

	sha256[0] = '\0';
	if (sscanf(untrusted_text, "%5u %5u %5u %64[0-9a-f]", &passed, &failed, &not_checked,
		    sha256) != 4 ||
		strlen(sha256) != WORDS_SHA256_SIZE - 1) {
		return -EINVAL;
	}
	snprintf(again, sizeof(again), "%u %u %u %s", passed, failed, not_checked, sha256);
	if (strcmp(again, untrusted_text) != 0) {
		return -EINVAL;
	}
	values[0] = passed;
	values[1] = failed;
	values[2] = not_checked;
	return 0;
}
