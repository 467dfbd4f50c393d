/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder: nothing new starts while the audit trail cannot be written.
 * Reads untrusted bytes from: the recorder. */

#include "supervisor.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>

static int on_record(struct supervisor *supervisor, const struct garasu_control *record)
{
	union {
		struct garasu_record_ready ready;
		struct garasu_record_written written;
	} payload;

	memcpy(&payload, record->payload, sizeof(payload));
	if (record->header.type == GARASU_RECORD_READY && !supervisor->is_recording) {
		supervisor->is_recording = 1;
		event_on_ready(supervisor, &payload.ready);
		supervisor_ready_if(supervisor);
		return 0;
	}
	if (record->header.type == GARASU_RECORD_WRITTEN && supervisor->is_recording) {
		event_on_written(supervisor, &payload.written);
		return 0;
	}
	return -EPROTO;
}

static void on_started(struct supervisor *supervisor)
{
	role_send_pipes(supervisor);
}

static void on_stopped(struct supervisor *supervisor)
{
	supervisor->is_recording = 0;
	supervisor_ready_if(supervisor);
}

void recorder_start(struct supervisor *supervisor)
{
	supervisor->recorder = (struct kept_role){.supervisor = supervisor,
		.kind = GARASU_ROLE_RECORDER,
		.fds = {supervisor->log_directory_fd, supervisor->recorder_key_fd,
			supervisor->recorder_settings_fd},
		.fd_count = 3,
		.on_record = on_record,
		.on_started = on_started,
		.on_stopped = on_stopped};
	kept_role_start(&supervisor->recorder);
}

int recorder_writes(const struct supervisor *supervisor)
{
	return supervisor->is_recording && !event_is_stuck(supervisor, garasu_clock_ms());
}

int recorder_allows(const struct supervisor *supervisor)
{
	int has_failed = supervisor->recorder.wait_ms > 0 || supervisor->is_recording;

	return (recorder_writes(supervisor) && supervisor->events.lost == 0) ||
	       (supervisor->config->audit_when_full == GARASU_AUDIT_GO_ON && has_failed);
}
