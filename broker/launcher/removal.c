/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends sessions, and keeps whose each slot's uid is: only a session's own processes are killed.
 * Reads untrusted bytes from: the supervisor (session and slot numbers). */

#include "launcher.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define REMOVE_MS 5000 /* until a session must be empty */

int slot_take(struct launcher *launcher, uint32_t session, uint32_t uid_slot)
{
	if (session == 0 || uid_slot >= launcher->config->sessions_max || uid_slot >= SLOTS_MAX) {
		return -EINVAL;
	}
	if (launcher->slots[uid_slot] != 0 && launcher->slots[uid_slot] != session) {
		return -EBUSY; /* processes of that session may still have the uid */
	}
	launcher->slots[uid_slot] = session;
	return 0;
}

/* Everything of the slot's uid, wherever it has hidden: only its session can be meant. */
static void kill_slot(struct launcher *launcher, uint32_t uid_slot)
{
	uid_t uid = role_uid(launcher->config, GARASU_ROLE_SESSION, uid_slot);
	pid_t pid;

	launcher->slots[uid_slot] = 0;
	if (!launcher->has_privilege) {
		return;
	}
	pid = fork();
	if (pid == 0) {
		if (setresuid(uid, uid, uid) == 0) {
			kill(-1, SIGKILL);
		}
		_exit(0);
	}
	if (pid > 0) {
		waitpid(pid, NULL, 0);
	}
}

void slots_kill(struct launcher *launcher)
{
	for (uint32_t slot = 0; slot < SLOTS_MAX; slot++) {
		if (launcher->slots[slot] != 0) {
			kill_slot(launcher, slot);
		}
	}
}

static uint32_t kill_session(struct launcher *launcher, uint32_t session)
{
	uint32_t living = cgroups_kill(&launcher->cgroups, session);
	uint32_t children = 0;

	for (size_t i = 0; i < launcher->child_count; i++) {
		struct child *child = &launcher->children[i];

		if (child->pid > 0 && child->session == session) {
			kill(child->pid, SIGKILL);
			children++;
		}
	}
	return living > children ? living : children;
}

static void finish(struct launcher *launcher, const struct removal *removal, uint32_t living)
{
	const struct garasu_launch_used used = {.session = removal->session,
		.processes = living,
		.cpu_us = removal->cpu_us,
		.memory_bytes = removal->memory_bytes};

	if (removal->uid_slot < SLOTS_MAX &&
		launcher->slots[removal->uid_slot] == removal->session) {
		kill_slot(launcher, removal->uid_slot);
	}
	cgroups_remove(&launcher->cgroups, removal->session);
	launcher_tell(launcher, GARASU_LAUNCH_REMOVED, &used);
}

int removal_begin(struct launcher *launcher, const struct garasu_launch_session *order)
{
	struct removal removal = {.session = order->session,
		.uid_slot = order->uid_slot,
		.deadline_ms = garasu_clock_ms() + REMOVE_MS};

	if (order->session == 0) {
		return -EPROTO; /* those that belong to no session are not ended so */
	}
	for (size_t i = 0; i < launcher->removal_count; i++) {
		if (launcher->removals[i].session == order->session) {
			return 0; /* one removal, one answer */
		}
	}
	cgroups_usage(&launcher->cgroups, order->session, &removal.cpu_us, &removal.memory_bytes);
	if (launcher->removal_count == REMOVALS_MAX) { /* then without patience, but answered */
		finish(launcher, &removal, kill_session(launcher, order->session));
		return 0;
	}
	launcher->removals[launcher->removal_count++] = removal;
	return 0;
}

size_t removals_advance(struct launcher *launcher)
{
	size_t left = 0;

	for (size_t i = 0; i < launcher->removal_count; i++) {
		struct removal removal = launcher->removals[i];
		uint32_t living = kill_session(launcher, removal.session);

		if (living > 0 && garasu_clock_ms() < removal.deadline_ms) {
			launcher->removals[left++] = removal;
			continue;
		}
		finish(launcher, &removal, living);
	}
	launcher->removal_count = left;
	return left;
}
