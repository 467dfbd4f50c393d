/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failed log-ins, counted by user and address. */

#include "lockout.h"

#include <stdio.h>
#include <string.h>

static int find(const struct lockout *lockout, const char *user, const char *address)
{
	for (int i = 0; i < LOCKOUT_PAIRS; i++) {
		const struct lockout_pair *pair = &lockout->pairs[i];

		if (pair->failures > 0 && strcmp(pair->user, user) == 0 &&
			strcmp(pair->address, address) == 0) {
			return i;
		}
	}
	return -1;
}

uint64_t lockout_wait_ms(const struct lockout *lockout, const char *user, const char *address,
	uint32_t failures_max, uint32_t lockout_ms, uint64_t now_ms)
{
	int i = find(lockout, user, address);
	uint64_t until;

	if (i < 0 || failures_max == 0 || lockout->pairs[i].failures < failures_max) {
		return 0;
	}
	until = lockout->pairs[i].last_ms + lockout_ms;
	return until > now_ms ? until - now_ms : 0;
}

void lockout_fail(struct lockout *lockout, const char *user, const char *address,
	uint32_t lockout_ms, uint64_t now_ms)
{
	int i = find(lockout, user, address);
	struct lockout_pair *pair;

	if (i < 0) {
		i = 0;
		for (int j = 0; j < LOCKOUT_PAIRS; j++) {
			if (lockout->pairs[j].last_ms < lockout->pairs[i].last_ms) {
				i = j;
			}
		}
		memset(&lockout->pairs[i], 0, sizeof(lockout->pairs[i]));
	}
	pair = &lockout->pairs[i];
	if (pair->last_ms + lockout_ms <= now_ms) {
		pair->failures = 0;
	}
	snprintf(pair->user, sizeof(pair->user), "%s", user);
	snprintf(pair->address, sizeof(pair->address), "%s", address);
	pair->failures++;
	pair->last_ms = now_ms;
}

void lockout_take_back(struct lockout *lockout, const char *user, const char *address)
{
	int i = find(lockout, user, address);

	if (i >= 0) {
		lockout->pairs[i].failures--;
	}
}

void lockout_succeed(struct lockout *lockout, const char *user, const char *address)
{
	int i = find(lockout, user, address);

	if (i >= 0) {
		memset(&lockout->pairs[i], 0, sizeof(lockout->pairs[i]));
	}
}
