/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of words from outside: an administrator's request that is sound has an end to every text; a
 * name that is sound is plain; a self-test's report that is taken is the only spelling of itself.
 * The input is a request of garasu/admin.h.
 * Covers: broker/supervisor/words.c */

#include "words.h"

#include "garasu/admin.h"
#include "garasu/control.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static void check_name(const char *name)
{
	size_t length = strlen(name);

	if (!words_name_is_sound(name)) {
		return;
	}
	demand(length >= 1 && length < GARASU_USER_SIZE);
	for (size_t i = 0; i < length; i++) {
		int is_letter = name[i] >= 'a' && name[i] <= 'z';
		int is_other = (name[i] >= '0' && name[i] <= '9') || name[i] == '.' ||
			       name[i] == '_' || name[i] == '-';

		demand(is_letter || (i > 0 && is_other));
	}
}

static void check_report(const char *text)
{
	uint64_t values[WORDS_SELF_TEST_VALUES];
	char sha256[WORDS_SHA256_SIZE];
	char again[128];

	if (words_read_self_test(text, values, sha256) != 0) {
		return;
	}
	demand(strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64);
	demand(values[0] <= 99999 && values[1] <= 99999 && values[2] <= 99999);
	snprintf(again, sizeof(again), "%" PRIu64 " %" PRIu64 " %" PRIu64 " %s", values[0],
		values[1], values[2], sha256);
	demand(strcmp(again, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct garasu_admin_request *request = malloc(sizeof(*request)); /* its end is the end */

	demand(request != NULL);
	memset(request, 0, sizeof(*request));
	memcpy(request, data, size < sizeof(*request) ? size : sizeof(*request));
	if (garasu_admin_request_is_sound(request)) {
		demand(strlen(request->user) < sizeof(request->user));
		demand(strlen(request->password) < sizeof(request->password));
		demand(strlen(request->text) < sizeof(request->text));
		check_name(request->user);
		check_report(request->text);
	}
	free(request);
	return 0;
}
