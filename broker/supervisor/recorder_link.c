/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder: restarted when it dies; nothing new starts while there is none.
 * Reads untrusted bytes from: nobody; any record from the recorder is a breach. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"

static void again(struct supervisor *supervisor)
{
	link_close(&supervisor->recorder_link);
	supervisor->recorder_wait_ms = supervisor->recorder_wait_ms * 2 + 100;
	if (supervisor->recorder_wait_ms > 5000) {
		supervisor->recorder_wait_ms = 5000;
	}
	supervisor->recorder_at_ms = garasu_clock_ms() + supervisor->recorder_wait_ms;
}

static void on_gone(void *owner, int status)
{
	struct supervisor *supervisor = owner;

	(void)status;
	supervisor->recorder = NULL;
	supervisor->recorder_end_ms = 0;
	again(supervisor);
}

void recorder_stop(struct supervisor *supervisor)
{
	supervisor->recorder_end_ms = 0;
	if (supervisor->recorder != NULL) {
		role_end(supervisor, &supervisor->recorder);
		again(supervisor);
	}
}

static void on_record(void *owner, struct garasu_control *record)
{
	(void)record;
	recorder_stop(owner);
}

static void on_closed(void *owner, int error)
{
	struct supervisor *supervisor = owner;

	link_close(&supervisor->recorder_link);
	if (error != 0) {
		recorder_stop(supervisor);
	} else {
		supervisor->recorder_end_ms = garasu_clock_ms() + SUPERVISOR_EXIT_MS;
	}
}

void recorder_start(struct supervisor *supervisor)
{
	int ends[2];
	int result = garasu_control_pair(ends);

	supervisor->recorder_at_ms = 0;
	if (result == 0) {
		const int fds[2] = {ends[1], supervisor->log_directory_fd};

		result = role_start(supervisor, GARASU_ROLE_RECORDER, NULL, fds, 2, on_gone,
			supervisor, &supervisor->recorder);
		garasu_fd_close(&ends[1]);
		if (result != 0) {
			garasu_fd_close(&ends[0]);
		} else {
			result = link_open(&supervisor->loop, ends[0], on_record, on_closed,
				supervisor, &supervisor->recorder_link);
		}
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "recorder_start_failed", "error=%d", result);
		role_end(supervisor, &supervisor->recorder);
		again(supervisor);
		return;
	}
	role_send_pipes(supervisor);
	event_send_waiting(supervisor);
}
