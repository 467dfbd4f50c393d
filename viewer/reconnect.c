/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When to connect again. */

#include "reconnect.h"

#define FIRST_DELAY_MS 500u
#define LARGEST_DELAY_MS 30000u
#define ASKED_SECONDS_MAX 600u

bool reconnect_is_useful(const struct outcome *outcome)
{
	if (outcome->fault == FAULT_STATE) {
		return outcome->state == GARASU_STATE_CONNECTION_LOST ||
		       outcome->state == GARASU_STATE_BUSY;
	}
	return outcome->fault == FAULT_LOST || outcome->fault == FAULT_CONNECT ||
	       outcome->fault == FAULT_RESOLVE || outcome->fault == FAULT_TIMEOUT;
}

uint32_t reconnect_delay_ms(const struct outcome *outcome, uint32_t tries, uint32_t chance)
{
	uint32_t spread_ms = FIRST_DELAY_MS;
	uint32_t least_ms;

	for (uint32_t i = 1; i < tries && spread_ms < LARGEST_DELAY_MS; i++) {
		spread_ms *= 2;
	}
	if (spread_ms > LARGEST_DELAY_MS) {
		spread_ms = LARGEST_DELAY_MS;
	}
	spread_ms /= 2;
	least_ms = spread_ms;
	if (outcome->fault == FAULT_STATE && outcome->state == GARASU_STATE_BUSY) {
		uint32_t seconds =
			outcome->value < ASKED_SECONDS_MAX ? outcome->value : ASKED_SECONDS_MAX;

		least_ms = seconds * 1000 > least_ms ? seconds * 1000 : least_ms;
	}
	return least_ms + chance % (spread_ms + 1);
}
