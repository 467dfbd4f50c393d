/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens to the soak's users, from going home to kill -9 of a part while everybody types. */

#include "soak.h"

#include "held.h"

#include "garasu/state.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#define PIDS_MAX 64
#define LOST_PACKETS 16

static const char *const names[SOAK_EVENTS] = {
	[SOAK_QUIET] = "nothing",
	[SOAK_LEAVE] = "viewer quits, comes back",
	[SOAK_DROP] = "viewer killed, comes back",
	[SOAK_TAKE_OVER] = "second desk takes over",
	[SOAK_END] = "administrator ends a session",
	[SOAK_KILL_GATEWAY] = "gateway killed",
	[SOAK_KILL_ENCODER] = "encoder killed",
	[SOAK_KILL_COMPOSITOR] = "compositor killed",
	[SOAK_KILL_BROWSER] = "browser killed",
	[SOAK_KILL_EGRESS] = "egress killed",
	[SOAK_KILL_RECORDER] = "recorder killed",
	[SOAK_KILL_AUTHENTICATOR] = "authenticator killed",
	[SOAK_MEMORY_SHORT] = "session out of memory",
	[SOAK_LOG_FULL] = "log's disk full",
	[SOAK_STATE_FULL] = "state's disk full",
	[SOAK_LINE_CUT] = "line cut",
	[SOAK_CLOCK_TURNED] = "wall clock turned, and back",
};

const char *soak_event_name(enum soak_event event)
{
	return names[event];
}

static int is_recording(struct soak *soak)
{
	char output[4096];

	assert_int_equal(
		flow_ctl(&soak->broker, output, sizeof(output), "status", "--json", (char *)NULL),
		0);
	return strstr(output, "\"is_recording\":1") != NULL;
}

/* ---- processes ---- */

/* Signals one process of that name. Returns its number. */
static pid_t signal_any(struct soak *soak, const char *binary, int signal)
{
	pid_t pids[PIDS_MAX];
	int count = flow_pids(&soak->broker, binary, pids, PIDS_MAX);
	pid_t pid;

	assert_in_range(count, 1, PIDS_MAX);
	pid = pids[soak_random(soak, (unsigned)count)];
	assert_int_equal(kill(pid, signal), 0);
	return pid;
}

static pid_t kill_any(struct soak *soak, const char *binary)
{
	return signal_any(soak, binary, SIGKILL);
}

/* Waits until another process of that name stands in the killed one's place. */
static void wait_replaced(struct soak *soak, const char *binary, pid_t killed)
{
	pid_t pid = killed;

	while (pid == killed) {
		flow_wait_pids(&soak->broker, binary, 1);
		if (flow_pids(&soak->broker, binary, &pid, 1) != 1) {
			pid = killed;
		}
	}
}

/* Waits until a connected viewer ends. Returns whose. */
static struct soak_user *wait_one_end(struct soak *soak)
{
	struct pollfd ends[SOAK_USERS];
	struct soak_user *user = NULL;

	for (unsigned i = 0; i < SOAK_USERS; i++) {
		pid_t pid = soak->users[i].viewer.child.pid;

		ends[i] = (struct pollfd){
			.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
		assert_true(ends[i].fd >= 0);
	}
	if (poll(ends, SOAK_USERS, FLOW_DEADLINE_MS) < 1) {
		fail_msg("no viewer noticed");
	}
	for (unsigned i = 0; i < SOAK_USERS; i++) {
		if (ends[i].revents != 0) {
			user = &soak->users[i];
		}
		close(ends[i].fd);
	}
	return user;
}

static struct soak_user *any_user(struct soak *soak)
{
	return &soak->users[soak_random(soak, SOAK_USERS)];
}

/* ---- events ---- */

/* What was typed may not have come so far. */
static void lose_connection(struct soak *soak)
{
	soak_user_was_dropped(wait_one_end(soak));
}

static void kill_session(struct soak *soak, const char *binary)
{
	kill_any(soak, binary);
	soak_user_over(soak, wait_one_end(soak), GARASU_STATE_BROWSER_ENDED);
}

static void take_over(struct soak *soak, struct soak_user *user)
{
	struct flow_viewer first = user->viewer;

	user->viewer = (struct flow_viewer){0};
	soak_user_come(soak, user);
	flow_viewer_wait_state(&first, GARASU_STATE_TAKEN_OVER);
	flow_viewer_wait_end(&first);
}

/* The guest's password waits to be checked when its authenticator dies: refused, and asked again.
 */
static void kill_authenticator(struct soak *soak)
{
	struct soak_user *guest = &soak->users[SOAK_GUEST];
	pid_t pid;

	flow_held_set(&soak->broker, 1);
	flow_viewer_begin(&guest->viewer, &soak->broker, guest->name, (char *)NULL);
	flow_wait_pids(&soak->broker, "garasu-authenticator", 1);
	assert_int_equal(flow_pids(&soak->broker, "garasu-authenticator", &pid, 1), 1);
	flow_held_wait(pid, 'T');
	flow_held_set(&soak->broker, 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_not_equal(flow_viewer_wait_end(&guest->viewer), 0);
	soak_user_come(soak, guest);
	soak_user_end(soak, guest);
}

static void run_out_of_memory(struct soak *soak, struct soak_user *user)
{
	soak_user_judge(soak, user);
	flow_viewer_say(&user->viewer, "open http://painter/hog-memory");
	soak_user_over(soak, user, GARASU_STATE_BROWSER_ENDED);
}

static void expect_refusal(struct soak *soak)
{
	char message[4096];

	assert_int_not_equal(flow_viewer_fails(&soak->broker, soak->users[SOAK_GUEST].name,
				     FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
}

/* Who is there works on; nobody else gets in until there is room. */
static void fill_log(struct soak *soak)
{
	do {
		soak_disk_fill(soak->broker.directory, "log");
		flow_ctl(&soak->broker, NULL, 0, "cutoff", "release", "user", "nobody",
			(char *)NULL); /* an act is a record */
	} while (is_recording(soak));
	expect_refusal(soak);
	soak_user_end(soak, any_user(soak));
	soak_disk_empty(soak->broker.directory, "log");
	while (!is_recording(soak)) {
	}
}

static void fill_state(struct soak *soak)
{
	soak_disk_fill(soak->broker.directory, "state");
	expect_refusal(soak);
	soak_user_end(soak, any_user(soak));
	soak_disk_empty(soak->broker.directory, "state");
}

/* No packet gets through until so many were lost: each connection has tried again and again. */
static void cut_line(struct soak *soak)
{
	struct flow_line_stats before;
	struct flow_line_stats now;

	if (!soak->has_line) {
		return;
	}
	flow_line_stats(&soak->line, &before);
	flow_line_set(&soak->line, "queue_bytes=1"); /* no packet is so small */
	for (unsigned i = 0; i < SOAK_USERS; i++) {
		struct soak_user *user = &soak->users[i];

		if (user->count == 0) {
			soak_user_type(soak, user);
		}
	}
	soak_user_drop(any_user(soak));
	do {
		flow_line_stats(&soak->line, &now);
	} while (now.up.dropped + now.down.dropped <
		 before.up.dropped + before.down.dropped + LOST_PACKETS);
	flow_line_set(&soak->line, "queue_bytes=4000000");
}

/* Under another date people log in, work and go as ever. */
static void turn_clocks(struct soak *soak)
{
	static const int64_t days[] = {-400, -30, -1, 1, 30, 400};
	struct soak_user *guest = &soak->users[SOAK_GUEST];

	soak_clock_turn(soak->broker.directory, days[soak_random(soak, 6)] * 86400);
	for (unsigned i = 0; i < SOAK_USERS; i++) {
		soak_user_judge(soak, &soak->users[i]);
		soak_user_type(soak, &soak->users[i]);
	}
	soak_user_come(soak, guest);
	soak_user_end(soak, guest);
	soak_clock_turn(soak->broker.directory, 0);
}

/* silent: a gateway that was stopped before anybody typed, for its own event. */
static void happen(struct soak *soak, enum soak_event event, pid_t silent)
{
	struct soak_user *user = any_user(soak);

	switch (event) {
	case SOAK_QUIET:
		break;
	case SOAK_LEAVE:
		soak_user_leave(user);
		break;
	case SOAK_DROP:
		soak_user_drop(user);
		break;
	case SOAK_TAKE_OVER:
		take_over(soak, user);
		break;
	case SOAK_END:
		soak_user_end(soak, user);
		break;
	case SOAK_KILL_GATEWAY:
		assert_int_equal(kill(silent, SIGKILL), 0);
		lose_connection(soak);
		break;
	case SOAK_KILL_ENCODER:
		kill_any(soak, "garasu-encoder");
		lose_connection(soak);
		break;
	case SOAK_KILL_COMPOSITOR:
		kill_session(soak, "garasu-compositor");
		break;
	case SOAK_KILL_BROWSER:
		kill_session(soak, "garasu-browser");
		break;
	case SOAK_KILL_EGRESS:
		wait_replaced(soak, "garasu-egress", kill_any(soak, "garasu-egress"));
		break;
	case SOAK_KILL_RECORDER:
		wait_replaced(soak, "garasu-recorder", kill_any(soak, "garasu-recorder"));
		while (!is_recording(soak)) {
		}
		break;
	case SOAK_KILL_AUTHENTICATOR:
		kill_authenticator(soak);
		break;
	case SOAK_MEMORY_SHORT:
		run_out_of_memory(soak, user);
		break;
	case SOAK_LOG_FULL:
		fill_log(soak);
		break;
	case SOAK_STATE_FULL:
		fill_state(soak);
		break;
	case SOAK_LINE_CUT:
		cut_line(soak);
		break;
	case SOAK_CLOCK_TURNED:
		turn_clocks(soak);
		break;
	case SOAK_EVENTS:
		abort();
	}
}

void soak_event_run(struct soak *soak, enum soak_event event)
{
	pid_t silent = event == SOAK_KILL_GATEWAY ? signal_any(soak, "garasu-gateway", SIGSTOP) : 0;

	for (unsigned i = 0; i < SOAK_USERS; i++) {
		soak_user_type(soak, &soak->users[i]);
	}
	happen(soak, event, silent);
	for (unsigned i = 0; i < SOAK_USERS; i++) {
		if (!soak->users[i].is_connected) {
			soak_user_come(soak, &soak->users[i]);
		} else if (soak->users[i].count > 0) {
			soak_user_judge(soak, &soak->users[i]);
		}
	}
}

void soak_kill_broker(struct soak *soak, int is_launcher)
{
	for (unsigned i = 0; i < SOAK_USERS; i++) {
		soak_user_come(soak, &soak->users[i]);
		soak_user_type(soak, &soak->users[i]);
		soak_user_judge(soak, &soak->users[i]);
	}
	if (is_launcher) {
		flow_child_kill(&soak->broker.broker);
	} else {
		kill_any(soak, "garasu-supervisor");
	}
	assert_int_equal(flow_broker_wait_end(&soak->broker), is_launcher ? 1000 + SIGKILL : 1);
	for (unsigned i = 0; i < SOAK_USERS; i++) {
		soak_user_lost(soak, &soak->users[i]);
		soak->tally.orphans++;
	}
	flow_broker_wait_empty(&soak->broker);
	flow_broker_restart(&soak->broker);
}
