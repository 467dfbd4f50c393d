/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a session may be handed an address to open. One that any page can hand over must not
 * become a way to press open a browser, nor to fill the audit trail. */

#include "allowance.h"
#include "supervisor.h"

#include "base/clock.h"

#define MINUTE_MS 60000u

uint32_t address_limit_judge(struct address_limit *limit, uint32_t per_minute, uint64_t now_ms)
{
	return (uint32_t)((allowance_take(&limit->spent_until_ms, per_minute, now_ms) + 999) /
			  1000);
}

void address_limit_tell(struct session *session)
{
	struct refusal *refused = &session->addresses.refused;
	const uint64_t values[3] = {GARASU_REFUSAL_ADDRESS, refused->detail, refused->times};

	if (refused->times == 0) {
		return;
	}
	event_send(session->supervisor, GARASU_EVENT_REFUSED, session->number, session->user,
		session->client, values, 3);
	refused->times = 0;
	refused->next_ms = garasu_clock_ms() + MINUTE_MS;
}

uint32_t address_limit_take(struct session *session)
{
	uint32_t per_minute = session->supervisor->config->addresses_per_min;
	uint64_t now = garasu_clock_ms();
	uint32_t wait_s = address_limit_judge(&session->addresses, per_minute, now);

	if (wait_s > 0) {
		session->addresses.refused.times++;
		session->addresses.refused.detail = per_minute;
		if (session->addresses.refused.next_ms <= now) {
			address_limit_tell(session);
		}
	}
	return wait_s;
}
