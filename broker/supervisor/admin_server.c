/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The administrators' socket. Reads untrusted bytes from: local processes of allowed uids. */

#include "admin.h"
#include "supervisor.h"
#include "words.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ADMINS_MAX 8u
#define MEASURE_MS 1000u

int admin_uid_is_allowed(const struct garasu_config *config, uint32_t own_uid, uint32_t uid)
{
	uint64_t end = (uint64_t)config->uid_base + 16 + config->sessions_max;

	if (uid >= config->uid_base && uid < end) {
		return 0;
	}
	for (uint32_t i = 0; i < config->admin_uid_count; i++) {
		if (config->admin_uids[i] == uid) {
			return 1;
		}
	}
	return uid == 0 || (uid == own_uid && (own_uid < config->uid_base || own_uid >= end));
}

static void on_closed(uv_handle_t *handle)
{
	struct admin *admin = handle->data;

	free(admin->waiting);
	free(admin);
}

static void close_admin(struct admin *admin)
{
	struct admin **at = &admin->supervisor->admins;

	while (*at != admin) {
		at = &(*at)->next;
	}
	*at = admin->next;
	auth_forget(admin->supervisor, admin);
	garasu_secret_wipe(&admin->request, sizeof(admin->request));
	uv_poll_stop(&admin->poll);
	garasu_fd_close(&admin->fd);
	uv_close((uv_handle_t *)&admin->poll, on_closed);
}

static uint32_t result_of(int error, uint32_t missing)
{
	return error == 0 ? GARASU_ADMIN_DONE : (error == -ENOENT ? missing : GARASU_ADMIN_FAILED);
}

static void on_hashed(void *owner, int is_right, const char *phc)
{
	struct admin *admin = owner;
	struct registry *registry = admin->supervisor->registry;
	const char *user = admin->request.user;
	int result;

	admin->is_hashing = 0;
	if (is_right != 1) {
		admin_finish(admin, GARASU_ADMIN_FAILED);
	} else if (admin->request.command == GARASU_ADMIN_USER_ADD) {
		result = registry_user_add(registry, user, phc, garasu_clock_unix_ms());
		if (result == 0) {
			last_login_forget(admin->supervisor, user);
		}
		admin_finish(admin, result == -EEXIST ? GARASU_ADMIN_USER_EXISTS
						      : result_of(result, GARASU_ADMIN_FAILED));
	} else {
		result = registry_user_set(registry, user, phc);
		if (result == 0) {
			login_let_go(admin->supervisor, user);
		}
		admin_finish(admin, result_of(result, GARASU_ADMIN_NO_USER));
	}
}

static void hash(struct admin *admin)
{
	struct garasu_admin_request *request = &admin->request;

	if (!words_name_is_sound(request->user)) {
		admin_finish(admin, GARASU_ADMIN_BAD_NAME);
	} else if (request->password[0] == '\0') {
		admin_finish(admin, GARASU_ADMIN_BAD_PASSWORD);
	} else if (auth_hash(admin->supervisor, request->password, on_hashed, admin) != 0) {
		admin_finish(admin, GARASU_ADMIN_BUSY);
	} else {
		admin->is_hashing = 1;
	}
	garasu_secret_wipe(request->password, sizeof(request->password));
}

static void on_user(void *owner, const char *user, uint64_t added)
{
	struct garasu_admin_answer row = {.kind = GARASU_ADMIN_IS_USER, .since_unix_ms = added};

	snprintf(row.user, sizeof(row.user), "%s", user);
	admin_answer(owner, &row);
}

static void on_latch(void *owner, uint32_t scope, const char *user, uint64_t since)
{
	struct garasu_admin_answer row = {
		.kind = GARASU_ADMIN_IS_CUT_OFF, .state = scope, .since_unix_ms = since};

	snprintf(row.user, sizeof(row.user), "%s", user);
	admin_answer(owner, &row);
}

static uint32_t state_of(const struct session *session)
{
	switch (session->state) {
	case SESSION_STARTING:
		return GARASU_ADMIN_STARTING;
	case SESSION_ATTACHED:
		return GARASU_ADMIN_ATTACHED;
	case SESSION_DETACHED:
		return session->is_parked ? GARASU_ADMIN_PARKED : GARASU_ADMIN_DETACHED;
	case SESSION_ENDING:
		return GARASU_ADMIN_ENDING;
	case SESSION_POOLED:
		return GARASU_ADMIN_POOLED;
	}
	return GARASU_ADMIN_ENDING;
}

static void list_sessions(struct admin *admin)
{
	uint64_t now = garasu_clock_ms();

	admin->list_at_ms = 0;
	for (const struct session *s = admin->supervisor->sessions; s != NULL; s = s->next) {
		struct garasu_admin_answer row = {.kind = GARASU_ADMIN_IS_SESSION,
			.session = s->number,
			.state = state_of(s),
			.since_unix_ms = s->started_unix_ms,
			.width = s->statistics.width,
			.height = s->statistics.height,
			.frames = s->frames + s->statistics.frames,
			.bytes = s->bytes + s->statistics.bytes,
			.cpu_percent = s->cpu_percent,
			.idle_s = (uint32_t)((now - s->active_ms) / 1000),
			.memory_bytes = s->memory_bytes};

		snprintf(row.user, sizeof(row.user), "%s", s->user);
		snprintf(row.client, sizeof(row.client), "%s", s->client);
		admin_answer(admin, &row);
	}
	admin_finish(admin, GARASU_ADMIN_DONE);
}

static void measure(struct admin *admin)
{
	struct supervisor *supervisor = admin->supervisor;

	admin->list_at_ms = garasu_clock_ms() + MEASURE_MS;
	for (struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		const struct garasu_launch_session record = {
			.session = s->number, .uid_slot = s->slot};

		if (s->state != SESSION_ENDING &&
			link_send(supervisor->launcher, GARASU_LAUNCH_USAGE, &record, NULL, 0) ==
				0) {
			s->is_measuring = 1;
		}
	}
	admin_on_used(supervisor, &(struct garasu_launch_used){0});
}

void admin_on_used(struct supervisor *supervisor, const struct garasu_launch_used *used)
{
	struct session *session = session_by_number(supervisor, used->session);
	uint64_t now = garasu_clock_ms();

	if (session != NULL) {
		if (now > session->cpu_at_ms && used->cpu_us >= session->cpu_us) {
			session->cpu_percent = (uint32_t)((used->cpu_us - session->cpu_us) / 10 /
							  (now - session->cpu_at_ms));
		}
		session->cpu_us = used->cpu_us;
		session->cpu_at_ms = now;
		session->memory_bytes = used->memory_bytes;
		session->is_measuring = 0;
	}
	for (const struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (s->is_measuring && s->state != SESSION_ENDING) {
			return;
		}
	}
	for (struct admin *a = supervisor->admins; a != NULL; a = a->next) {
		if (a->list_at_ms != 0) {
			list_sessions(a);
		}
	}
}

uint64_t admin_deadline(struct supervisor *supervisor, uint64_t now_ms)
{
	uint64_t next = UINT64_MAX;

	for (struct admin *a = supervisor->admins; a != NULL; a = a->next) {
		if (a->list_at_ms != 0 && a->list_at_ms <= now_ms) {
			list_sessions(a);
		} else if (a->list_at_ms != 0 && a->list_at_ms < next) {
			next = a->list_at_ms;
		}
	}
	return next;
}

static uint32_t act_on_session(struct admin *admin)
{
	const struct garasu_admin_request *request = &admin->request;
	struct session *session = session_by_number(admin->supervisor, request->session);
	struct garasu_gateway_message message = {.text = ""};
	int64_t length;

	if (session == NULL) {
		return GARASU_ADMIN_NO_SESSION;
	}
	if (request->command == GARASU_ADMIN_SESSION_END) {
		session_end(session, GARASU_STATE_ENDED_BY_ADMIN);
		return GARASU_ADMIN_DONE;
	}
	length = garasu_utf8_length((const uint8_t *)request->text, strlen(request->text));
	if (length < 1 || length > GARASU_ADMIN_TEXT_MAX) {
		return GARASU_ADMIN_BAD_TEXT;
	}
	if (session->state != SESSION_ATTACHED) {
		return GARASU_ADMIN_NOT_ATTACHED;
	}
	memcpy(message.text, request->text, sizeof(message.text));
	return link_send(session->connection->link, GARASU_GATEWAY_MESSAGE, &message, NULL, 0) == 0
		       ? GARASU_ADMIN_DONE
		       : GARASU_ADMIN_FAILED;
}

static uint32_t act_on_latch(struct admin *admin)
{
	struct garasu_admin_request *request = &admin->request;

	if (request->scope == GARASU_ADMIN_SCOPE_NONE ||
		(request->scope == GARASU_ADMIN_SCOPE_USER &&
			!words_name_is_sound(request->user))) {
		return GARASU_ADMIN_BAD_NAME;
	}
	if (request->scope != GARASU_ADMIN_SCOPE_USER) {
		request->user[0] = '\0';
	}
	return request->command == GARASU_ADMIN_CUT_OFF_SET
		       ? result_of(cutoff_set(admin->supervisor, request->scope, request->user),
				 GARASU_ADMIN_FAILED)
		       : result_of(cutoff_release(admin->supervisor, request->scope, request->user),
				 GARASU_ADMIN_NO_USER);
}

static uint32_t remove_user(struct admin *admin)
{
	struct supervisor *supervisor = admin->supervisor;
	struct session *session = session_of_user(supervisor, admin->request.user);
	int result = registry_user_remove(supervisor->registry, admin->request.user);

	if (result == 0 && session != NULL) {
		session_end(session, GARASU_STATE_ENDED_BY_ADMIN);
	}
	if (result == 0) {
		web_login_forget(supervisor, admin->request.user, "user_removed");
		last_login_forget(supervisor, admin->request.user);
	}
	return result_of(result, GARASU_ADMIN_NO_USER);
}

static void send_status(struct admin *admin)
{
	const struct supervisor *supervisor = admin->supervisor;
	const struct garasu_admin_answer row = {.kind = GARASU_ADMIN_IS_STATUS,
		.sessions = session_count(supervisor),
		.sessions_max = supervisor->config->sessions_max,
		.connections = connection_count(supervisor),
		.connections_max = supervisor->config->connections_max,
		.pooled = pool_count(supervisor),
		.pool = supervisor->config->pool,
		.is_recording = recorder_writes(supervisor) != 0,
		.has_egress = supervisor->egress.link != NULL};

	admin_answer(admin, &row);
	admin_finish(admin, GARASU_ADMIN_DONE);
}

/* Who ran a self-test says what came of it. */
static uint32_t selftest_record(struct supervisor *supervisor, uid_t uid, const char *text)
{
	uint64_t values[WORDS_SELF_TEST_VALUES];
	char sha256[WORDS_SHA256_SIZE];
	char who[32];

	if (words_read_self_test(text, values, sha256) != 0) {
		return GARASU_ADMIN_BAD_TEXT;
	}
	snprintf(who, sizeof(who), "uid:%u", uid);
	event_send(
		supervisor, GARASU_EVENT_SELF_TEST, 0, who, sha256, values, WORDS_SELF_TEST_VALUES);
	return GARASU_ADMIN_DONE;
}

static void obey(struct admin *admin)
{
	struct registry *registry = admin->supervisor->registry;

	admin_record(admin);
	switch ((enum garasu_admin_command)admin->request.command) {
	case GARASU_ADMIN_USER_ADD:
	case GARASU_ADMIN_USER_PASSWORD:
		hash(admin);
		break;
	case GARASU_ADMIN_USER_REMOVE:
		admin_finish(admin, remove_user(admin));
		break;
	case GARASU_ADMIN_USER_LIST:
		admin_finish(admin, result_of(registry_user_list(registry, on_user, admin),
					    GARASU_ADMIN_FAILED));
		break;
	case GARASU_ADMIN_SESSION_LIST:
		measure(admin);
		break;
	case GARASU_ADMIN_SESSION_END:
	case GARASU_ADMIN_SESSION_MESSAGE:
		admin_finish(admin, act_on_session(admin));
		break;
	case GARASU_ADMIN_CUT_OFF_SET:
	case GARASU_ADMIN_CUT_OFF_RELEASE:
		admin_finish(admin, act_on_latch(admin));
		break;
	case GARASU_ADMIN_CUT_OFF_LIST:
		admin_finish(admin, result_of(registry_latch_list(registry, on_latch, admin),
					    GARASU_ADMIN_FAILED));
		break;
	case GARASU_ADMIN_STATUS:
		send_status(admin);
		break;
	case GARASU_ADMIN_SELF_TEST:
		admin_finish(
			admin, selftest_record(admin->supervisor, admin->uid, admin->request.text));
		break;
	case GARASU_ADMIN_COMMAND_COUNT:
		break;
	}
}

static void on_request(struct admin *admin)
{
	struct garasu_admin_request untrusted_request;
	ssize_t got = recv(
		admin->fd, &untrusted_request, sizeof(untrusted_request), MSG_DONTWAIT | MSG_TRUNC);

	if (got != (ssize_t)sizeof(untrusted_request) ||
		!garasu_admin_request_is_sound(&untrusted_request) || admin->is_hashing ||
		admin->list_at_ms != 0 || admin->waiting_count > 0) {
		garasu_secret_wipe(&untrusted_request, sizeof(untrusted_request));
		close_admin(admin);
		return;
	}
	admin->request = untrusted_request;
	garasu_secret_wipe(&untrusted_request, sizeof(untrusted_request));
	obey(admin);
}

void admin_on_event(uv_poll_t *poll, int status, int events)
{
	struct admin *admin = poll->data;

	if (status == 0 && (events & UV_WRITABLE) != 0) {
		admin_send_waiting(admin);
	}
	if (status != 0 || admin->is_lost) {
		close_admin(admin);
	} else if ((events & UV_READABLE) != 0) {
		on_request(admin);
	}
}

static void open_admin(struct supervisor *supervisor, int fd, uid_t uid)
{
	struct admin *admin = calloc(1, sizeof(*admin));

	if (admin == NULL || uv_poll_init(&supervisor->loop, &admin->poll, fd) != 0) {
		free(admin);
		garasu_fd_close(&fd);
		return;
	}
	admin->supervisor = supervisor;
	admin->fd = fd;
	admin->uid = uid;
	admin->poll.data = admin;
	admin->next = supervisor->admins;
	supervisor->admins = admin;
	if (uv_poll_start(&admin->poll, UV_READABLE, admin_on_event) != 0) {
		close_admin(admin);
	}
}

/* Silent clients give way, the oldest first: they must not keep a cut-off out. Returns 0, or -EBUSY
 * when all are being answered. */
static int make_room(struct supervisor *supervisor)
{
	struct admin *silent = NULL;
	unsigned count = 0;

	for (struct admin *a = supervisor->admins; a != NULL; a = a->next) {
		count++;
		if (!a->is_hashing && a->list_at_ms == 0 && a->waiting_count == 0) {
			silent = a;
		}
	}
	if (count < ADMINS_MAX) {
		return 0;
	}
	if (silent == NULL) {
		return -EBUSY;
	}
	close_admin(silent);
	return 0;
}

static void on_listener(uv_poll_t *poll, int status, int events)
{
	struct supervisor *supervisor = poll->data;
	int fd = status == 0 ? accept4(supervisor->admin_fd, NULL, NULL, SOCK_CLOEXEC) : -1;
	struct ucred peer = {.uid = UINT32_MAX};
	socklen_t size = sizeof(peer);

	(void)events;
	if (fd < 0) {
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
		!admin_uid_is_allowed(supervisor->config, getuid(), peer.uid)) {
		refusal_note(supervisor, GARASU_REFUSAL_ADMIN, peer.uid, "admin socket");
		garasu_fd_close(&fd);
		return;
	}
	if (make_room(supervisor) != 0) {
		garasu_log(GARASU_LOG_WARNING, "admins_busy", "count=%u", ADMINS_MAX);
		garasu_fd_close(&fd);
		return;
	}
	open_admin(supervisor, fd, peer.uid);
}

int admin_start(struct supervisor *supervisor)
{
	int result = garasu_fd_set_nonblocking(supervisor->admin_fd, 1);

	supervisor->admin.data = supervisor;
	if (result == 0) {
		result = uv_poll_init(&supervisor->loop, &supervisor->admin, supervisor->admin_fd);
	}
	return result != 0 ? result : uv_poll_start(&supervisor->admin, UV_READABLE, on_listener);
}
