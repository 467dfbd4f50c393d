/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed events to the recorder. Each is kept until it is on the disk, and so given to the next
 * recorder when one dies; when there is no room left, the trail will say how many are missing. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX 16384u
#define STUCK_MS 5000u

struct waiting_event {
	struct waiting_event *next;
	struct garasu_record_event record;
};

static struct waiting_event *append(struct event_queue *queue)
{
	struct waiting_event *waiting =
		queue->count < WAITING_MAX ? calloc(1, sizeof(*waiting)) : NULL;

	if (waiting == NULL) {
		return NULL;
	}
	if (queue->last != NULL) {
		queue->last->next = waiting;
	} else {
		queue->first = waiting;
		queue->heard_ms = garasu_clock_ms();
	}
	queue->last = waiting;
	queue->next = queue->next == NULL ? waiting : queue->next;
	queue->count++;
	waiting->record.sent = ++queue->sent;
	return waiting;
}

/* Those up to this one. */
static void forget(struct event_queue *queue, uint64_t sent)
{
	while (queue->first != NULL && queue->first->record.sent <= sent) {
		struct waiting_event *written = queue->first;

		queue->first = written->next;
		if (queue->next == written) {
			queue->next = written->next;
		}
		queue->count--;
		free(written);
	}
	if (queue->first == NULL) {
		queue->last = NULL;
	}
}

/* What the recorder does not take now follows when it has written some. */
static void give(struct supervisor *supervisor)
{
	struct event_queue *queue = &supervisor->events;

	while (supervisor->is_recording && queue->next != NULL &&
		link_send(supervisor->recorder.link, GARASU_RECORD_EVENT, &queue->next->record,
			NULL, 0) == 0) {
		queue->next = queue->next->next;
	}
}

/* There is room again. */
static void tell_lost(struct supervisor *supervisor)
{
	const uint64_t values[1] = {supervisor->events.lost};

	if (supervisor->events.lost > 0 && supervisor->events.count < WAITING_MAX / 2) {
		supervisor->events.lost = 0;
		event_send(supervisor, GARASU_EVENT_LOST, 0, "", "", values, 1);
	}
}

void event_on_ready(struct supervisor *supervisor, const struct garasu_record_ready *ready)
{
	struct event_queue *queue = &supervisor->events;

	if (!queue->knows_number) {
		queue->knows_number = 1;
		queue->earlier_number = ready->number;
	} else if (ready->number > queue->earlier_number) { /* the last event is one of ours */
		forget(queue, ready->sent);
	}
	queue->next = queue->first;
	queue->heard_ms = garasu_clock_ms();
	give(supervisor);
	tell_lost(supervisor);
}

void event_on_written(struct supervisor *supervisor, const struct garasu_record_written *written)
{
	forget(&supervisor->events, written->sent);
	supervisor->events.heard_ms = garasu_clock_ms();
	give(supervisor);
	tell_lost(supervisor);
}

int event_is_stuck(const struct supervisor *supervisor, uint64_t now_ms)
{
	const struct event_queue *queue = &supervisor->events;

	return queue->first != NULL && now_ms > queue->heard_ms + STUCK_MS;
}

void event_send(struct supervisor *supervisor, enum garasu_event event, uint32_t session,
	const char *user, const char *text, const uint64_t *values, unsigned value_count)
{
	struct waiting_event *waiting = append(&supervisor->events);
	struct garasu_record_event *record;

	GARASU_INVARIANT(value_count <= GARASU_EVENT_VALUES_MAX);
	if (waiting == NULL) {
		supervisor->events.lost++;
		garasu_log(GARASU_LOG_ERROR, "event_lost", "type=%d session=%u", event, session);
		return;
	}
	record = &waiting->record;
	record->event = event;
	record->session = session;
	record->unix_ms = garasu_clock_unix_ms();
	snprintf(record->user, sizeof(record->user), "%s", user);
	snprintf(record->text, sizeof(record->text), "%s", text);
	record->value_count = value_count;
	if (value_count > 0) {
		memcpy(record->values, values, value_count * sizeof(*values));
	}
	give(supervisor);
}
