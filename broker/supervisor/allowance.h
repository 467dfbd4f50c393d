/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_ALLOWANCE_H
#define SUPERVISOR_ALLOWANCE_H

#include <stdint.h>

/* A minute's worth of something may come at once; then one by one, evenly over the minute.
 * Takes one of per_minute (1 to 60000). *spent_until_ms is what is spent already: 0 at first, and
 * not ahead of now_ms where nothing is. Returns 0, or the milliseconds until there is one again:
 * asking in vain costs nothing. */
uint64_t allowance_take(uint64_t *spent_until_ms, uint32_t per_minute, uint64_t now_ms)
	__attribute__((warn_unused_result));

/* The same for what comes so many a second, with that many at once before: says whether this one
 * was still allowed. For what somebody else has limited already, who may be captured. */
int allowance_keeps(uint64_t *spent_until_us, uint32_t per_second, uint32_t at_once,
	uint64_t now_us) __attribute__((warn_unused_result));

#endif
