/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed events to the recorder. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

void event_send(struct supervisor *supervisor, enum garasu_event event, uint32_t session,
	const char *user, const char *text, const uint64_t *values, unsigned value_count)
{
	struct garasu_record_event record;

	memset(&record, 0, sizeof(record));
	GARASU_INVARIANT(value_count <= GARASU_EVENT_VALUES_MAX);
	record.event = event;
	record.session = session;
	record.unix_ms = garasu_clock_unix_ms();
	snprintf(record.user, sizeof(record.user), "%s", user);
	snprintf(record.text, sizeof(record.text), "%s", text);
	record.value_count = value_count;
	if (value_count > 0) {
		memcpy(record.values, values, value_count * sizeof(*values));
	}
	if (supervisor->recorder_link == NULL ||
		link_send(supervisor->recorder_link, GARASU_RECORD_EVENT, &record, NULL, 0) != 0) {
		garasu_log(
			GARASU_LOG_ERROR, "event_unrecorded", "type=%d session=%u", event, session);
	}
}
