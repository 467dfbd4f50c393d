/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed events to the recorder; what happens while there is none waits for the next. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX 4096u

struct waiting_event {
	struct waiting_event *next;
	struct garasu_record_event record;
};

static int wait_for_recorder(
	struct supervisor *supervisor, const struct garasu_record_event *record)
{
	struct waiting_event *waiting =
		supervisor->events_waiting < WAITING_MAX ? calloc(1, sizeof(*waiting)) : NULL;

	if (waiting == NULL) {
		return -ENOBUFS;
	}
	waiting->record = *record;
	*supervisor->last_event = waiting;
	supervisor->last_event = &waiting->next;
	supervisor->events_waiting++;
	return 0;
}

static int pass_on(struct supervisor *supervisor, const struct garasu_record_event *record)
{
	if (supervisor->recorder.link == NULL) {
		return wait_for_recorder(supervisor, record);
	}
	return link_send(supervisor->recorder.link, GARASU_RECORD_EVENT, record, NULL, 0);
}

static void say_unrecorded(const struct garasu_record_event *record)
{
	garasu_log(GARASU_LOG_ERROR, "event_unrecorded", "type=%u session=%u", record->event,
		record->session);
}

void event_send_waiting(struct supervisor *supervisor)
{
	while (supervisor->first_event != NULL) {
		struct waiting_event *waiting = supervisor->first_event;

		supervisor->first_event = waiting->next;
		if (link_send(supervisor->recorder.link, GARASU_RECORD_EVENT, &waiting->record,
			    NULL, 0) != 0) {
			say_unrecorded(&waiting->record);
		}
		free(waiting);
	}
	supervisor->last_event = &supervisor->first_event;
	supervisor->events_waiting = 0;
}

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
	if (pass_on(supervisor, &record) != 0) {
		say_unrecorded(&record);
	}
}
