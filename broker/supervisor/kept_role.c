/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roles of which one lives as long as the host: started again when they die, ever more slowly.
 * Reads untrusted bytes from: nobody; records go to the role's own file. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"

#include <string.h>

#define WAIT_MAX_MS 5000u

static void close_link(struct kept_role *kept)
{
	link_close(&kept->link);
	if (kept->on_stopped != NULL) {
		kept->on_stopped(kept->supervisor);
	}
}

static void again(struct kept_role *kept)
{
	uint64_t now_ms = garasu_clock_ms();

	if (now_ms - kept->started_ms > WAIT_MAX_MS) {
		kept->wait_ms = 0;
	}
	kept->wait_ms = kept->wait_ms * 2 + 100;
	if (kept->wait_ms > WAIT_MAX_MS) {
		kept->wait_ms = WAIT_MAX_MS;
	}
	kept->start_at_ms = now_ms + kept->wait_ms;
	close_link(kept);
}

static void on_gone(void *owner, int status)
{
	struct kept_role *kept = owner;

	(void)status;
	kept->role = NULL;
	kept->end_at_ms = 0;
	again(kept);
}

static void on_closed(void *owner, int error)
{
	struct kept_role *kept = owner;

	close_link(kept);
	if (error != 0) {
		kept_role_stop(kept);
	} else { /* its exit follows, or it serves on without anybody to answer to */
		kept->end_at_ms = garasu_clock_ms() + SUPERVISOR_EXIT_MS;
	}
}

static void on_record(void *owner, struct garasu_control *record)
{
	struct kept_role *kept = owner;

	if (kept->on_record(kept->supervisor, record) != 0) {
		const uint64_t values[2] = {kept->kind, 0};

		kept_role_stop(kept);
		event_send(kept->supervisor, GARASU_EVENT_ROLE_DIED, 0, "", "illegal record",
			values, 2);
	}
}

void kept_role_stop(struct kept_role *kept)
{
	kept->end_at_ms = 0;
	if (kept->role != NULL) {
		role_end(kept->supervisor, &kept->role);
		again(kept);
	}
}

static int start(struct kept_role *kept)
{
	int ends[2];
	int result = garasu_control_pair(ends);

	if (result == 0) {
		int fds[4] = {ends[1]};

		memcpy(fds + 1, kept->fds, sizeof(kept->fds));
		result = role_start(kept->supervisor, kept->kind, NULL, fds, 1 + kept->fd_count,
			on_gone, kept, &kept->role);
		garasu_fd_close(&ends[1]);
		if (result != 0) {
			garasu_fd_close(&ends[0]);
		} else {
			result = link_open(&kept->supervisor->loop, ends[0], on_record, on_closed,
				kept, &kept->link);
		}
	}
	return result;
}

void kept_role_start(struct kept_role *kept)
{
	int result = start(kept);

	kept->start_at_ms = 0;
	kept->started_ms = garasu_clock_ms();
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "role_start_failed", "role=%d error=%d", kept->kind,
			result);
		role_end(kept->supervisor, &kept->role);
		again(kept);
		return;
	}
	kept->on_started(kept->supervisor);
}

void kept_role_send(
	struct kept_role *kept, uint16_t type, const void *payload, const int *fds, int fd_count)
{
	if (kept->link != NULL && link_send(kept->link, type, payload, fds, fd_count) != 0) {
		kept_role_stop(kept);
	}
}

uint64_t kept_role_run(struct kept_role *kept, uint64_t now_ms)
{
	if (kept->start_at_ms != 0 && kept->start_at_ms <= now_ms) {
		kept_role_start(kept);
	}
	if (kept->end_at_ms != 0 && kept->end_at_ms <= now_ms) {
		kept_role_stop(kept);
	}
	if (kept->end_at_ms != 0) {
		return kept->end_at_ms;
	}
	return kept->start_at_ms != 0 ? kept->start_at_ms : UINT64_MAX;
}
