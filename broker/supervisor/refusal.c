/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is refused and has no name, counted and told at most once a second. */

#include "supervisor.h"

#include "base/clock.h"

#include <stdio.h>

#define REFUSAL_MS 1000u

static void tell(struct supervisor *supervisor, enum garasu_refusal kind, struct refusal *refusal,
	uint64_t now_ms)
{
	const uint64_t values[3] = {kind, refusal->detail, refusal->times};

	event_send(supervisor, GARASU_EVENT_REFUSED, 0, "", refusal->text, values, 3);
	refusal->times = 0;
	refusal->next_ms = now_ms + REFUSAL_MS;
}

void refusal_note(struct supervisor *supervisor, enum garasu_refusal refusal, uint32_t detail,
	const char *text)
{
	struct refusal *noted = &supervisor->refusals[refusal - GARASU_REFUSAL_CONNECTIONS];
	uint64_t now = garasu_clock_ms();

	noted->times++;
	noted->detail = detail;
	snprintf(noted->text, sizeof(noted->text), "%s", text);
	if (noted->next_ms <= now) {
		tell(supervisor, refusal, noted, now);
	}
}

uint64_t refusal_run(struct supervisor *supervisor, uint64_t now_ms)
{
	uint64_t next = UINT64_MAX;

	for (unsigned i = 0; i < sizeof(supervisor->refusals) / sizeof(supervisor->refusals[0]);
		i++) {
		struct refusal *noted = &supervisor->refusals[i];

		if (noted->times > 0 && noted->next_ms <= now_ms) {
			tell(supervisor, GARASU_REFUSAL_CONNECTIONS + i, noted, now_ms);
		}
		if (noted->times > 0 && noted->next_ms < next) {
			next = noted->next_ms;
		}
	}
	return next;
}
