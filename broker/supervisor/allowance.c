/* SPDX-License-Identifier: GPL-3.0-or-later */
/* So many a time, counted in one number. */

#include "allowance.h"

#define MINUTE_MS 60000u
#define SECOND_US UINT64_C(1000000)

uint64_t allowance_take(uint64_t *spent_until_ms, uint32_t per_minute, uint64_t now_ms)
{
	uint64_t each_ms = MINUTE_MS / per_minute;
	uint64_t full_ms = now_ms + MINUTE_MS; /* a minute's worth is spent */
	uint64_t spent_ms = *spent_until_ms < now_ms ? now_ms : *spent_until_ms;

	if (spent_ms + each_ms > full_ms) {
		return spent_ms + each_ms - full_ms;
	}
	*spent_until_ms = spent_ms + each_ms;
	return 0;
}

int allowance_keeps(
	uint64_t *spent_until_us, uint32_t per_second, uint32_t at_once, uint64_t now_us)
{
	uint64_t each_us = SECOND_US / per_second;
	uint64_t spent_us = *spent_until_us < now_us ? now_us : *spent_until_us;

	if (spent_us - now_us > at_once * each_us) {
		return 0;
	}
	*spent_until_us = spent_us + each_us;
	return 1;
}
