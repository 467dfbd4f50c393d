/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_LOCKOUT_H
#define SUPERVISOR_LOCKOUT_H

#include "garasu/control.h"

#include <stdint.h>

#define LOCKOUT_PAIRS 1024

/* Failed log-ins by user and address. A full table forgets the oldest pair. */
struct lockout {
	struct lockout_pair {
		char user[GARASU_USER_SIZE], address[GARASU_ADDRESS_SIZE];
		uint32_t failures;
		uint64_t last_ms;
	} pairs[LOCKOUT_PAIRS];
};

/* Returns milliseconds until this pair may try again, 0: now. */
uint64_t lockout_wait_ms(const struct lockout *lockout, const char *user, const char *address,
	uint32_t failures_max, uint32_t lockout_ms, uint64_t now_ms);
void lockout_fail(struct lockout *lockout, const char *user, const char *address,
	uint32_t lockout_ms, uint64_t now_ms);
void lockout_succeed(struct lockout *lockout, const char *user, const char *address);

#endif
