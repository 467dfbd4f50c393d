/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_LOCKOUT_H
#define SUPERVISOR_LOCKOUT_H

#include "garasu/control.h"

#include <stdint.h>

#define LOCKOUT_PAIRS 1024

/* Failed log-ins by user and address (peer.h says what one address is), and by address alone for
 * those who try many names. A full table forgets the pair with the fewest, then the oldest. */
struct lockout {
	struct lockout_pair {
		char user[GARASU_USER_SIZE], network[GARASU_ADDRESS_SIZE];
		uint32_t failures;
		uint64_t last_ms;
	} pairs[LOCKOUT_PAIRS];
};

/* How many lock, and for how long. */
struct lockout_rules {
	uint32_t failures_max;         /* of one user from one address */
	uint32_t failures_address_max; /* from one address, whatever the names; 0: never */
	uint32_t lockout_ms;
};

/* Returns milliseconds until this pair may try again, 0: now. */
uint64_t lockout_wait_ms(const struct lockout *lockout, const struct lockout_rules *rules,
	const char *user, const char *address, uint64_t now_ms);

/* Counts a try as failed before its answer is known, so that many at once are no more than as many
 * one after the other; lockout_succeed or lockout_take_back follow where it was not. */
void lockout_fail(struct lockout *lockout, const char *user, const char *address,
	uint32_t lockout_ms, uint64_t now_ms);

/* The right password: all failures of the pair are forgotten. */
void lockout_succeed(struct lockout *lockout, const char *user, const char *address);

/* The try had no answer: it does not count. */
void lockout_take_back(struct lockout *lockout, const char *user, const char *address);

#endif
