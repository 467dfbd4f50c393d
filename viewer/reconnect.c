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

uint32_t reconnect_delay_ms(const struct outcome *outcome, uint32_t tries)
{
	uint32_t delay_ms = FIRST_DELAY_MS;

	for (uint32_t i = 1; i < tries && delay_ms < LARGEST_DELAY_MS; i++) {
		delay_ms *= 2;
	}
	if (delay_ms > LARGEST_DELAY_MS) {
		delay_ms = LARGEST_DELAY_MS;
	}
	if (outcome->fault == FAULT_STATE && outcome->state == GARASU_STATE_BUSY) {
		uint32_t seconds =
			outcome->value < ASKED_SECONDS_MAX ? outcome->value : ASKED_SECONDS_MAX;

		delay_ms = seconds * 1000 > delay_ms ? seconds * 1000 : delay_ms;
	}
	return delay_ms;
}
