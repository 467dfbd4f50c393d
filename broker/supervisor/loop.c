/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor's loop, and its launcher. Reads untrusted bytes from: nobody. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/log.h"

#include <signal.h>
#include <string.h>

#define STOP_MS 1000u

void supervisor_stop(struct supervisor *supervisor, int exit_code)
{
	supervisor->exit_code = exit_code;
	uv_stop(&supervisor->loop);
}

void supervisor_ready_if(struct supervisor *supervisor)
{
	if (supervisor->is_ready || !recorder_allows(supervisor) ||
		supervisor->egress.role == NULL || supervisor->egress.role->pid == 0 ||
		supervisor->dummy_phc[0] == '\0') {
		return;
	}
	supervisor->is_ready = 1;
	event_send(supervisor, GARASU_EVENT_BROKER_STARTED, 0, "", GARASU_VERSION, NULL, 0);
	if (accept_start(supervisor) != 0 || admin_start(supervisor) != 0 ||
		link_send(supervisor->launcher, GARASU_LAUNCH_READY, NULL, NULL, 0) != 0) {
		supervisor_stop(supervisor, 1);
	}
}

static void on_record(void *owner, struct garasu_control *record)
{
	struct supervisor *supervisor = owner;
	union {
		struct garasu_launch_started started;
		struct garasu_launch_failed failed;
		struct garasu_launch_exited exited;
		struct garasu_launch_used used;
	} payload;

	memcpy(&payload, record->payload, sizeof(payload));
	if (record->header.type == GARASU_LAUNCH_STARTED) {
		role_on_started(supervisor, payload.started.request, payload.started.pid);
	} else if (record->header.type == GARASU_LAUNCH_FAILED) {
		role_on_ended(supervisor, payload.failed.request, payload.failed.error);
	} else if (record->header.type == GARASU_LAUNCH_EXITED) {
		role_on_ended(supervisor, payload.exited.request, payload.exited.status);
	} else if (record->header.type == GARASU_LAUNCH_USED) {
		admin_on_used(supervisor, &payload.used);
	} else if (record->header.type == GARASU_LAUNCH_REMOVED) {
		session_removed(supervisor, &payload.used);
	} else {
		supervisor_stop(supervisor, 1);
	}
}

static void on_launcher_closed(void *owner, int error)
{
	struct supervisor *supervisor = owner;

	(void)error;
	link_close(&supervisor->launcher);
	uv_stop(&supervisor->loop);
}

static void on_timer(uv_timer_t *timer)
{
	struct supervisor *supervisor = timer->data;

	if (supervisor->is_stopping && garasu_clock_ms() >= supervisor->stop_at_ms) {
		uv_stop(&supervisor->loop);
	}
}

/* Before each wait: what is due is done, and the next due time set. */
static void on_prepare(uv_prepare_t *prepare)
{
	struct supervisor *supervisor = prepare->data;
	uint64_t now = garasu_clock_ms();
	uint64_t next;

	if (supervisor->launcher == NULL) {
		return;
	}
	next = timers_run(supervisor, now);
	uv_update_time(&supervisor->loop);
	uv_timer_start(&supervisor->timer, on_timer, next > now ? next - now : 1, 0);
}

static void on_terminate(uv_signal_t *signal, int number)
{
	struct supervisor *supervisor = signal->data;

	(void)number;
	if (supervisor->is_stopping) {
		return;
	}
	supervisor->is_stopping = 1;
	supervisor->stop_at_ms = garasu_clock_ms() + STOP_MS;
	for (struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		session_end(s, GARASU_STATE_SHUTDOWN);
	}
	event_send(supervisor, GARASU_EVENT_BROKER_STOPPED, 0, "", "", NULL, 0);
}

static int start(struct supervisor *supervisor, int launcher)
{
	int result = uv_loop_init(&supervisor->loop);

	if (result != 0) {
		return result;
	}
	uv_prepare_init(&supervisor->loop, &supervisor->prepare);
	uv_timer_init(&supervisor->loop, &supervisor->timer);
	supervisor->prepare.data = supervisor->timer.data = supervisor->terminate.data = supervisor;
	result = uv_signal_init(&supervisor->loop, &supervisor->terminate);
	if (result == 0) {
		result = uv_signal_start(&supervisor->terminate, on_terminate, SIGTERM);
	}
	if (result == 0) {
		result = link_open(&supervisor->loop, launcher, on_record, on_launcher_closed,
			supervisor, &supervisor->launcher);
	}
	return result != 0 ? result : uv_prepare_start(&supervisor->prepare, on_prepare);
}

/* What ended with an earlier supervisor was never recorded by it. */
static void on_left(void *owner, uint32_t session, const char *user)
{
	struct supervisor *supervisor = owner;
	const uint64_t ended[6] = {GARASU_STATE_SHUTDOWN};
	const uint64_t destroyed[2] = {0};

	event_send(supervisor, GARASU_EVENT_SESSION_ENDED, session, user, "", ended, 6);
	event_send(supervisor, GARASU_EVENT_SESSION_DESTROYED, session, user, "", destroyed, 2);
}

int supervisor_run(struct supervisor *supervisor, const struct garasu_config *config,
	struct registry *registry, const struct supervisor_heritage *heritage)
{
	supervisor->config = config;
	supervisor->registry = registry;
	supervisor->listener_fd = heritage->listener;
	supervisor->web_fd = heritage->web;
	supervisor->admin_fd = heritage->admin;
	supervisor->log_directory_fd = heritage->log_directory;
	supervisor->gateway_settings_fd = heritage->certificate_settings;
	supervisor->encoder_settings_fd = settings_encoder(config);
	supervisor->egress_settings_fd = heritage->egress_settings;
	supervisor->recorder_key_fd = heritage->recorder_key;
	supervisor->recorder_settings_fd = settings_recorder(config);
	supervisor->upstream_ca = heritage->upstream_ca;
	supervisor->upstream_ca_size = heritage->upstream_ca_size;
	if (supervisor->encoder_settings_fd < 0 || supervisor->recorder_settings_fd < 0 ||
		registry_session_left(registry, on_left, supervisor) != 0 ||
		registry_clean(registry) < 0 || start(supervisor, heritage->launcher) != 0) {
		return 1;
	}
	configuration_record(supervisor, heritage->configuration_sha256);
	recorder_start(supervisor);
	egress_start(supervisor);
	auth_make_dummy(supervisor);
	uv_run(&supervisor->loop, UV_RUN_DEFAULT);
	return supervisor->exit_code;
}
