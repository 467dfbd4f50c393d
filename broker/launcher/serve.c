/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does what the supervisor's records say, reaps what ends, and ends everything when the supervisor
 * does: fail closed. */

#include "launcher.h"

#include "base/clock.h"
#include "base/control.h"
#include "base/descriptor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define END_MS 8000 /* the supervisor's time to end its sessions */
#define REMOVE_TICK_MS 5

/* Once it is reaped its number is -1, and kill(-1) reaches every process of the host. */
static void kill_supervisor(const struct launcher *launcher, int signal_number)
{
	if (launcher->supervisor > 0) {
		kill(launcher->supervisor, signal_number);
	}
}

/* A record that cannot be delivered means that the supervisor is gone or stuck: the broker ends.
 * One that has closed its socket while it ends has heard enough. */
void launcher_tell(struct launcher *launcher, uint16_t type, const void *payload)
{
	int result = 0;

	if (!launcher->is_deaf) {
		result = garasu_control_send(launcher->control, type, payload, NULL, 0);
	}
	if (result == -EAGAIN) {
		struct pollfd room = {.fd = launcher->control, .events = POLLOUT};

		poll(&room, 1, 1000);
		result = garasu_control_send(launcher->control, type, payload, NULL, 0);
	}
	if (result != 0) {
		kill_supervisor(launcher, SIGKILL);
	}
}

/* ---- children ---- */

static struct child *free_child(struct launcher *launcher)
{
	for (size_t i = 0; i < launcher->child_count; i++) {
		if (launcher->children[i].pid == 0) {
			return &launcher->children[i];
		}
	}
	if (launcher->child_count == CHILDREN_MAX) {
		return NULL;
	}
	return &launcher->children[launcher->child_count++];
}

static void start(struct launcher *launcher, struct garasu_control *record)
{
	const struct garasu_launch_start *order =
		(const struct garasu_launch_start *)record->payload;
	struct garasu_launch_failed failed = {.request = order->request};
	struct garasu_launch_started started = {.request = order->request};
	struct child *child = free_child(launcher);

	int result = order->role == GARASU_ROLE_SESSION
			     ? slot_take(launcher, order->session, order->uid_slot)
			     : 0;

	if (order->role >= GARASU_ROLE_RECORDER && order->role < GARASU_ROLE_COUNT &&
		child != NULL && result == 0) {
		pid_t pid = child_start(launcher, order->role, order->session, order->uid_slot,
			record->fds, record->fd_count);

		if (pid > 0) {
			*child = (struct child){.pid = pid,
				.request = order->request,
				.session = order->session,
				.role = order->role};
			started.pid = pid;
			launcher_tell(launcher, GARASU_LAUNCH_STARTED, &started);
			return;
		}
		result = (int)pid;
		if (order->role == GARASU_ROLE_SESSION) {
			launcher->slots[order->uid_slot] = 0;
		}
	}
	failed.error = result != 0 ? result : -EINVAL;
	launcher_tell(launcher, GARASU_LAUNCH_FAILED, &failed);
}

static void signal_child(struct launcher *launcher, const struct garasu_launch_kill *order)
{
	for (size_t i = 0; i < launcher->child_count; i++) {
		struct child *child = &launcher->children[i];

		if (child->pid > 0 && child->request == order->request &&
			(order->signal == SIGTERM || order->signal == SIGKILL)) {
			kill(child->pid, order->signal);
		}
	}
}

static void reap(struct launcher *launcher)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == launcher->supervisor) {
			launcher->supervisor = -1;
			launcher->exit_code =
				launcher->is_ending && WIFEXITED(status) && WEXITSTATUS(status) == 0
					? 0
					: 1;
			continue;
		}
		for (size_t i = 0; i < launcher->child_count; i++) {
			struct child *child = &launcher->children[i];
			struct garasu_launch_exited exited = {
				.request = child->request, .status = status};

			if (child->pid == pid) {
				child->pid = 0;
				launcher_tell(launcher, GARASU_LAUNCH_EXITED, &exited);
				break;
			}
		}
	}
}

/* ---- records ---- */

static void measure(struct launcher *launcher, uint32_t session)
{
	struct garasu_launch_used used = {.session = session};

	used.processes =
		cgroups_usage(&launcher->cgroups, session, &used.cpu_us, &used.memory_bytes);
	launcher_tell(launcher, GARASU_LAUNCH_USED, &used);
}

static void on_ready(struct launcher *launcher)
{
	if (!launcher->is_ready) {
		launcher->is_ready = 1;
		host_remove_copies(launcher); /* the supervisor has read them */
		printf("READY port=%u", launcher->port);
		if (launcher->config->web_address != NULL) {
			printf(" web=%u", launcher->web_port);
		}
		putchar('\n');
		fflush(stdout);
	}
}

static int on_record(struct launcher *launcher, struct garasu_control *record)
{
	const void *payload = record->payload;
	const struct garasu_launch_freeze *freeze = payload;
	const struct garasu_launch_favour *favour = payload;
	const struct garasu_launch_session *session = payload;

	switch (record->header.type) {
	case GARASU_LAUNCH_START:
		start(launcher, record);
		return 0;
	case GARASU_LAUNCH_KILL:
		signal_child(launcher, payload);
		return 0;
	case GARASU_LAUNCH_FREEZE:
		cgroups_freeze(&launcher->cgroups, freeze->session, freeze->is_frozen != 0);
		return 0;
	case GARASU_LAUNCH_FAVOUR:
		cgroups_favour(&launcher->cgroups, favour->session, favour->is_favoured != 0);
		return 0;
	case GARASU_LAUNCH_USAGE:
		measure(launcher, session->session);
		return 0;
	case GARASU_LAUNCH_REMOVE:
		return removal_begin(launcher, session);
	case GARASU_LAUNCH_READY:
		on_ready(launcher);
		return 0;
	default:
		return -EPROTO;
	}
}

static void on_control(struct launcher *launcher)
{
	static struct garasu_control record;
	int result;

	while ((result = garasu_control_receive(
			launcher->control, &record, GARASU_CONTROL_FDS_MAX)) == 1) {
		int verdict = on_record(launcher, &record);

		garasu_control_close_fds(&record);
		if (verdict != 0) {
			result = verdict;
			break;
		}
	}
	if (result != -EAGAIN) {
		launcher->is_deaf = 1;
		if (!launcher->is_ending) {
			kill_supervisor(launcher, SIGKILL);
		}
	}
}

static void begin_end(struct launcher *launcher)
{
	if (!launcher->is_ending && launcher->supervisor > 0) {
		launcher->is_ending = 1;
		launcher->end_deadline_ms = garasu_clock_ms() + END_MS;
		kill_supervisor(launcher, SIGTERM);
	}
}

static void on_signals(struct launcher *launcher)
{
	struct signalfd_siginfo info;

	while (read(launcher->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo != SIGCHLD) {
			begin_end(launcher);
		}
	}
	reap(launcher);
}

static void end_everything(struct launcher *launcher)
{
	for (size_t i = 0; i < launcher->child_count; i++) {
		if (launcher->children[i].pid > 0) {
			cgroups_kill(&launcher->cgroups, launcher->children[i].session);
			kill(launcher->children[i].pid, SIGKILL);
		}
	}
	while (waitpid(-1, NULL, 0) > 0) {
	}
	slots_kill(launcher);
	unlink(launcher->config->admin_socket);
}

int serve(struct launcher *launcher)
{
	while (launcher->supervisor > 0) {
		struct pollfd ready[] = {
			{.fd = launcher->signals, .events = POLLIN},
			{.fd = launcher->is_deaf ? -1 : launcher->control, .events = POLLIN},
		};
		int wait_ms = removals_advance(launcher) > 0 ? REMOVE_TICK_MS
			      : launcher->is_ending          ? 100
							     : -1;

		poll(ready, 2, wait_ms);
		on_signals(launcher);
		if (!launcher->is_deaf) {
			on_control(launcher);
		}
		if (launcher->is_ending && garasu_clock_ms() > launcher->end_deadline_ms) {
			kill_supervisor(launcher, SIGKILL);
		}
	}
	end_everything(launcher);
	return launcher->exit_code;
}
