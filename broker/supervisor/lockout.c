/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failed log-ins, counted by user and address. */

#include "lockout.h"

#include "peer.h"

#include <stdio.h>
#include <string.h>

#define ANY_USER "" /* the pair that counts all names tried from one address */

static int find(const struct lockout *lockout, const char *user, const char *network)
{
	for (int i = 0; i < LOCKOUT_PAIRS; i++) {
		const struct lockout_pair *pair = &lockout->pairs[i];

		if (pair->failures > 0 && strcmp(pair->user, user) == 0 &&
			strcmp(pair->network, network) == 0) {
			return i;
		}
	}
	return -1;
}

static uint64_t wait_of(const struct lockout *lockout, const char *user, const char *network,
	uint32_t failures_max, uint32_t lockout_ms, uint64_t now_ms)
{
	int i = find(lockout, user, network);
	uint64_t until;

	if (i < 0 || failures_max == 0 || lockout->pairs[i].failures < failures_max) {
		return 0;
	}
	until = lockout->pairs[i].last_ms + lockout_ms;
	return until > now_ms ? until - now_ms : 0;
}

uint64_t lockout_wait_ms(const struct lockout *lockout, const struct lockout_rules *rules,
	const char *user, const char *address, uint64_t now_ms)
{
	char network[GARASU_ADDRESS_SIZE];
	uint64_t pair;
	uint64_t all;

	peer_network(network, address);
	pair = wait_of(lockout, user, network, rules->failures_max, rules->lockout_ms, now_ms);
	all = wait_of(
		lockout, ANY_USER, network, rules->failures_address_max, rules->lockout_ms, now_ms);
	return pair > all ? pair : all;
}

/* Fewer failures go first, then older ones: many names from one desk push no locked pair out. */
static int weakest(const struct lockout *lockout)
{
	int found = 0;

	for (int i = 1; i < LOCKOUT_PAIRS; i++) {
		const struct lockout_pair *pair = &lockout->pairs[i];
		const struct lockout_pair *least = &lockout->pairs[found];

		if (pair->failures < least->failures ||
			(pair->failures == least->failures && pair->last_ms < least->last_ms)) {
			found = i;
		}
	}
	return found;
}

static void fail(struct lockout *lockout, const char *user, const char *network,
	uint32_t lockout_ms, uint64_t now_ms)
{
	int i = find(lockout, user, network);
	struct lockout_pair *pair;

	if (i < 0) {
		i = weakest(lockout);
		memset(&lockout->pairs[i], 0, sizeof(lockout->pairs[i]));
	}
	pair = &lockout->pairs[i];
	if (pair->last_ms + lockout_ms <= now_ms) {
		pair->failures = 0;
	}
	snprintf(pair->user, sizeof(pair->user), "%s", user);
	snprintf(pair->network, sizeof(pair->network), "%s", network);
	pair->failures++;
	pair->last_ms = now_ms;
}

void lockout_fail(struct lockout *lockout, const char *user, const char *address,
	uint32_t lockout_ms, uint64_t now_ms)
{
	char network[GARASU_ADDRESS_SIZE];

	peer_network(network, address);
	fail(lockout, user, network, lockout_ms, now_ms);
	fail(lockout, ANY_USER, network, lockout_ms, now_ms);
}

static void take_back(
	struct lockout *lockout, const char *user, const char *network, uint32_t count)
{
	int i = find(lockout, user, network);

	if (i >= 0) {
		struct lockout_pair *pair = &lockout->pairs[i];

		pair->failures -= count < pair->failures ? count : pair->failures;
	}
}

void lockout_take_back(struct lockout *lockout, const char *user, const char *address)
{
	char network[GARASU_ADDRESS_SIZE];

	peer_network(network, address);
	take_back(lockout, user, network, 1);
	take_back(lockout, ANY_USER, network, 1);
}

/* What this user mistyped no longer counts against the desk either; other names still do. */
void lockout_succeed(struct lockout *lockout, const char *user, const char *address)
{
	char network[GARASU_ADDRESS_SIZE];
	int i;

	peer_network(network, address);
	i = find(lockout, user, network);
	if (i >= 0) {
		take_back(lockout, ANY_USER, network, lockout->pairs[i].failures);
		memset(&lockout->pairs[i], 0, sizeof(lockout->pairs[i]));
	}
}
