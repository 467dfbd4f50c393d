/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder's loop: pipes and events in, the log and the audit trail out.
 * Reads untrusted bytes from: the supervisor's events. */

#include "recorder.h"

#include "base/clock.h"
#include "base/control.h"
#include "base/log.h"

#include <errno.h>
#include <string.h>

#define DRAIN_MS 2000
#define RECORDS_AT_ONCE 256 /* then the pipes have their turn */

struct recorder {
	uv_loop_t loop;
	uv_poll_t control;
	uv_timer_t drain, seal;
	int control_fd;
	struct pipes pipes;
	struct writer writer;
	int is_ending;
	int exit_code;
};

/* An audit trail that cannot be written is no audit trail: what was not acknowledged is sent to the
 * next recorder. */
static void fail(struct recorder *recorder, const char *what, int error)
{
	garasu_log(GARASU_LOG_ERROR, "trail_failed", "at=%s error=\"%s\"", what, strerror(-error));
	recorder->exit_code = 1;
	uv_stop(&recorder->loop);
}

static void end_if_drained(void *owner)
{
	struct recorder *recorder = owner;

	if (recorder->is_ending && recorder->pipes.count == 0) {
		uv_stop(&recorder->loop);
	}
}

static void on_drained(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

static void begin_end(struct recorder *recorder)
{
	recorder->is_ending = 1;
	uv_poll_stop(&recorder->control);
	if (recorder->pipes.count > 0) {
		uv_timer_start(&recorder->drain, on_drained, DRAIN_MS, 0);
	}
	end_if_drained(recorder);
}

static void seal(struct recorder *recorder)
{
	int result = writer_seal(&recorder->writer, garasu_clock_unix_ms());

	result = result == 0 ? writer_sync(&recorder->writer) : result;
	if (result != 0) {
		fail(recorder, "seal", result);
	}
}

static void on_seal(uv_timer_t *timer)
{
	seal(timer->data);
}

/* By the time of the first record that is not sealed: one that had to wait for a recorder is sealed
 * at once. */
static void seal_in_time(struct recorder *recorder)
{
	const struct writer *writer = &recorder->writer;
	uint64_t now = garasu_clock_unix_ms();
	uint64_t age = now > writer->unsealed_unix_ms ? now - writer->unsealed_unix_ms : 0;

	if (writer->unsealed == 0) {
		uv_timer_stop(&recorder->seal);
	} else if (age >= writer->limits.seal_ms) {
		uv_timer_start(&recorder->seal, on_seal, 0, 0);
	} else if (!uv_is_active((uv_handle_t *)&recorder->seal)) {
		uv_timer_start(&recorder->seal, on_seal, writer->limits.seal_ms - age, 0);
	}
}

/* What was written is on the disk, will be sealed, and may be forgotten by its sender. */
static void acknowledge(struct recorder *recorder)
{
	struct garasu_record_written written = {.sent = recorder->writer.event_sent};
	int result = writer_sync(&recorder->writer);

	if (result != 0) {
		fail(recorder, "sync", result);
		return;
	}
	seal_in_time(recorder);
	result =
		garasu_control_send(recorder->control_fd, GARASU_RECORD_WRITTEN, &written, NULL, 0);
	if (result != 0 && result != -EPIPE) { /* a full queue: the next one says it too */
		garasu_log(GARASU_LOG_WARNING, "unacknowledged", "error=%d", result);
	}
}

static void on_control(uv_poll_t *handle, int status, int events)
{
	static struct garasu_control record;
	struct recorder *recorder = handle->data;
	int wrote = 0;
	int result = 1;

	(void)events;
	if (status != 0) { /* stopped by libuv: what was said before the error is still read */
		uv_poll_start(handle, UV_READABLE, on_control);
	}
	for (int i = 0; i < RECORDS_AT_ONCE && recorder->exit_code == 0; i++) {
		result = garasu_control_receive(recorder->control_fd, &record, 1);
		if (result != 1) {
			break;
		}
		if (record.header.type == GARASU_RECORD_PIPE && record.fd_count == 1) {
			pipes_add(&recorder->pipes,
				(const struct garasu_record_pipe *)(const void *)record.payload,
				record.fds[0]);
			record.fd_count = 0;
		} else if (record.header.type == GARASU_RECORD_EVENT) {
			int error = writer_event(&recorder->writer,
				(const struct garasu_record_event *)(const void *)record.payload);

			if (error != 0) {
				fail(recorder, "event", error);
			}
			wrote |= error == 0;
		}
		garasu_control_close_fds(&record);
	}
	if (wrote) {
		acknowledge(recorder);
	}
	if (result != -EAGAIN && result != 1) {
		begin_end(recorder);
	}
}

static int open_trail(struct recorder *recorder, int directory, const struct trail_key *key,
	const struct garasu_recorder_settings *settings)
{
	const struct writer_limits limits = {.segment_bytes = settings->segment_bytes,
		.segment_ms = settings->segment_ms,
		.seal_ms = settings->seal_ms};
	struct garasu_record_ready ready = {0};
	int result = writer_open(&recorder->writer, directory, key, &limits);

	result = result == 0 ? writer_seal(&recorder->writer, garasu_clock_unix_ms()) : result;
	result = result == 0 ? writer_sync(&recorder->writer) : result;
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "trail_failed", "at=start error=\"%s\"",
			strerror(-result));
		return result;
	}
	ready.number = recorder->writer.event_number;
	ready.sent = recorder->writer.event_sent;
	return garasu_control_send(recorder->control_fd, GARASU_RECORD_READY, &ready, NULL, 0);
}

int recorder_run(int control, int directory, const struct trail_key *key,
	const struct garasu_recorder_settings *settings)
{
	static struct recorder recorder;

	recorder.control_fd = control;
	recorder.pipes.owner = &recorder;
	recorder.pipes.on_none = end_if_drained;
	if (uv_loop_init(&recorder.loop) != 0 ||
		uv_poll_init(&recorder.loop, &recorder.control, control) != 0 ||
		uv_timer_init(&recorder.loop, &recorder.drain) != 0 ||
		uv_timer_init(&recorder.loop, &recorder.seal) != 0 ||
		pipes_open(&recorder.pipes, &recorder.loop, directory) != 0) {
		return 1;
	}
	recorder.control.data = recorder.seal.data = &recorder;
	if (open_trail(&recorder, directory, key, settings) != 0) {
		return 1;
	}
	uv_poll_start(&recorder.control, UV_READABLE, on_control);
	uv_run(&recorder.loop, UV_RUN_DEFAULT);
	if (recorder.exit_code == 0) {
		seal(&recorder);
	}
	return recorder.exit_code;
}
