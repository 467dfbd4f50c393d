/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes that the launcher starts for us, and their log pipes. */

#include "supervisor.h"

#include "base/descriptor.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void send_pipe(struct supervisor *supervisor, const struct role *role)
{
	struct garasu_record_pipe record = {
		.request = role->request, .role = (uint16_t)role->kind, .session = role->session};

	if (supervisor->recorder.link != NULL &&
		link_send(supervisor->recorder.link, GARASU_RECORD_PIPE, &record, &role->log, 1) !=
			0) {
		garasu_log(GARASU_LOG_WARNING, "pipe_unrecorded", "request=%u", role->request);
	}
}

void role_send_pipes(struct supervisor *supervisor)
{
	for (const struct role *role = supervisor->roles; role != NULL; role = role->next) {
		send_pipe(supervisor, role);
	}
}

static void free_role(struct role *role)
{
	garasu_fd_close(&role->log);
	free(role);
}

int role_start(struct supervisor *supervisor, enum garasu_role kind, const struct session *session,
	const int *fds, int fd_count, role_on_gone on_gone, void *owner, struct role **role)
{
	struct garasu_launch_start start = {.role = (uint16_t)kind};
	int passed[GARASU_CONTROL_FDS_MAX];
	int log[2];
	struct role *made = calloc(1, sizeof(*made));
	int result;

	GARASU_INVARIANT(fd_count < GARASU_CONTROL_FDS_MAX);
	/* An order to end something must always find room behind the orders to start. */
	if (link_waiting(supervisor->launcher) >= LINK_QUEUE_MAX / 2) {
		free(made);
		return -EBUSY;
	}
	/* Non-blocking: a recorder that is stuck must stop no role in a write. */
	if (made == NULL || pipe2(log, O_CLOEXEC | O_NONBLOCK) != 0) {
		free(made);
		return -ENOMEM;
	}
	made->request = ++supervisor->last_request;
	made->session = session != NULL ? session->number : 0;
	made->kind = kind;
	made->log = log[0];
	made->on_gone = on_gone;
	made->owner = owner;
	start.request = made->request;
	start.session = made->session;
	start.uid_slot = session != NULL ? session->slot : 0;
	passed[0] = log[1];
	memcpy(passed + 1, fds, sizeof(int) * (size_t)fd_count);
	result = link_send(supervisor->launcher, GARASU_LAUNCH_START, &start, passed, fd_count + 1);
	garasu_fd_close(&log[1]);
	if (result != 0) {
		free_role(made);
		return result;
	}
	made->next = supervisor->roles;
	supervisor->roles = made;
	if (kind != GARASU_ROLE_RECORDER) { /* recorder_start sends them all */
		send_pipe(supervisor, made);
	}
	*role = made;
	return 0;
}

void role_end(struct supervisor *supervisor, struct role **role)
{
	struct garasu_launch_kill record;

	if (*role == NULL) {
		return;
	}
	record = (struct garasu_launch_kill){.request = (*role)->request, .signal = SIGKILL};
	(*role)->is_ending = 1;
	(*role)->on_gone = NULL;
	*role = NULL;
	if (link_send(supervisor->launcher, GARASU_LAUNCH_KILL, &record, NULL, 0) != 0) {
		supervisor_stop(supervisor, 1);
	}
}

void role_on_started(struct supervisor *supervisor, uint32_t request, int32_t pid)
{
	for (struct role *role = supervisor->roles; role != NULL; role = role->next) {
		if (role->request == request) {
			role->pid = pid;
		}
	}
	supervisor_ready_if(supervisor);
}

void role_on_ended(struct supervisor *supervisor, uint32_t request, int32_t status)
{
	for (struct role **at = &supervisor->roles; *at != NULL; at = &(*at)->next) {
		struct role *role = *at;

		if (role->request != request) {
			continue;
		}
		*at = role->next;
		if (!role->is_ending && status != 0) {
			const uint64_t values[2] = {role->kind, (uint32_t)status};

			garasu_log(GARASU_LOG_WARNING, "role_died",
				"role=%d request=%u session=%u status=%d", role->kind, request,
				role->session, status);
			event_send(supervisor, GARASU_EVENT_ROLE_DIED, role->session, "", "",
				values, 2);
		}
		if (role->on_gone != NULL) {
			role->on_gone(role->owner, status);
		}
		free_role(role);
		return;
	}
}
