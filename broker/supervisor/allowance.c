/* SPDX-License-Identifier: GPL-3.0-or-later */
/* So many a minute, counted in one number. */

#include "allowance.h"

#define MINUTE_MS 60000u

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
