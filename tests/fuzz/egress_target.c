/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of targets: a host that is taken is printable and canonical (it splits to itself again), and
 * a literal never passes as a name.
 * Covers: broker/egress/target.c
 * Dictionary: http */

#include "target.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct target *target)
{
	static const char bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEF0123456789.:_-";
	char again[GARASU_HOST_SIZE + 16];
	struct target second;
	struct in_addr number;
	int is_name = target->address.family == 0;

	if (target->port == 0 || strlen(target->host) != strspn(target->host, bytes)) {
		abort();
	}
	if (is_name && inet_aton(target->host, &number) != 0) {
		abort();
	}
	snprintf(again, sizeof(again), target->address.family == AF_INET6 ? "[%s]:%u" : "%s:%u",
		target->host, target->port);
	if (target_split_connect(again, strlen(again), &second) != 0 ||
		strcmp(second.host, target->host) != 0 || second.port != target->port ||
		memcmp(&second.address, &target->address, sizeof(second.address)) != 0) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1); /* exactly as long as it says */
	struct target target;

	memcpy(text, data, size);
	text[size] = '\0';
	if (target_split_connect(text, size, &target) == 0) {
		check(&target);
	}
	if (target_split_url(text, size, &target) == 0) {
		check(&target);
		if (target.path_size > 0 && (target.path < text || target.path[0] <= ' ')) {
			abort();
		}
	}
	free(text);
	return 0;
}
