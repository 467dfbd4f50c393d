/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the first byte to the verdict: version, TLS, name and password.
 * Reads untrusted bytes from: the viewer. */

#include "gateway.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int greet(struct gateway *gateway)
{
	uint8_t greeting[12];

	wire_handshake_begin(&gateway->handshake, greeting);
	return outgoing_put(gateway, greeting, sizeof(greeting));
}

static void refuse_step(struct gateway *gateway)
{
	gateway_refuse(gateway, GARASU_REFUSAL_HANDSHAKE, gateway->handshake.step);
	gateway_end_with(gateway, GARASU_STATE_PROTOCOL, 0);
}

/* Takes one step of what has come. Returns 1 for a step, 0 when it is not whole, or -EPROTO; bytes
 * behind a step were sent before its answer could be read, and are a breach. */
static int take_step(struct gateway *gateway)
{
	uint8_t answer[WIRE_HANDSHAKE_ANSWER_MAX];
	size_t answer_size = 0;
	ssize_t taken = wire_handshake_next(&gateway->handshake, gateway->untrusted_login,
		gateway->login_size, answer, &answer_size);

	if (taken == 0) {
		return gateway->login_size < sizeof(gateway->untrusted_login) ? 0 : -EPROTO;
	}
	if (taken < 0 || (size_t)taken != gateway->login_size ||
		outgoing_put(gateway, answer, answer_size) != 0) {
		return -EPROTO;
	}
	gateway->login_size = 0;
	return 1;
}

static void read_clear(struct gateway *gateway)
{
	size_t room = sizeof(gateway->untrusted_login) - gateway->login_size;
	ssize_t got =
		read(gateway->viewer.fd, gateway->untrusted_login + gateway->login_size, room);

	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (got <= 0) {
		gateway_leave(gateway);
		return;
	}
	gateway->login_size += (size_t)got;
	if (take_step(gateway) < 0) {
		refuse_step(gateway);
	} else if (gateway->handshake.step == WIRE_HANDSHAKE_TLS) {
		gateway->phase = GATEWAY_TLS;
	}
}

static void shake_hands(struct gateway *gateway)
{
	enum tls_fault fault = TLS_FAULT_NONE;
	int result;

	if (garasu_buffer_size(&gateway->to_viewer) > 0) {
		return; /* the last clear answer goes first */
	}
	result = tls_handshake(gateway->tls, &fault);
	if (result == 1) {
		gateway->is_secure = 1;
		gateway->phase = GATEWAY_LOGIN;
		gateway->handshake.step = WIRE_HANDSHAKE_PLAIN;
		return;
	}
	if (result == -EAGAIN) {
		return;
	}
	switch (fault) {
	case TLS_FAULT_NONE:
	case TLS_FAULT_GONE:
		gateway_leave(gateway);
		break;
	case TLS_FAULT_PROTOCOL:
		gateway_refuse(gateway, GARASU_REFUSAL_TLS, 0);
		gateway_finish(gateway);
		break;
	case TLS_FAULT_CERTIFICATE:
		gateway_refuse(gateway, GARASU_REFUSAL_CERTIFICATE, 0);
		gateway_finish(gateway);
		break;
	}
}

static void ask_supervisor(struct gateway *gateway)
{
	struct garasu_gateway_login login;
	int result;

	memset(&login, 0, sizeof(login));
	if (tls_client_name(gateway->tls, login.certificate_name, sizeof(login.certificate_name)) !=
		0) {
		gateway_refuse(gateway, GARASU_REFUSAL_CERTIFICATE, 0);
		gateway_end_with(gateway, GARASU_STATE_CERTIFICATE, 0);
		garasu_secret_wipe(&gateway->handshake, sizeof(gateway->handshake));
		return;
	}
	memcpy(login.user, gateway->handshake.user, sizeof(gateway->handshake.user));
	memcpy(login.password, gateway->handshake.password, sizeof(gateway->handshake.password));
	gateway->awaits_session = 1;
	result = supervisor_say(gateway, GARASU_GATEWAY_LOGIN, &login, 1);
	garasu_secret_wipe(&login, sizeof(login));
	garasu_secret_wipe(&gateway->handshake, sizeof(gateway->handshake));
	gateway->handshake.step = WIRE_HANDSHAKE_DONE;
	if (result == 0) {
		gateway->phase = GATEWAY_VERDICT;
		gateway_set_deadline(gateway, gateway->settings.login_ms);
	}
}

_Static_assert(sizeof(((struct wire_handshake *)0)->user) <= GARASU_USER_SIZE, "a user fits");
_Static_assert(
	sizeof(((struct wire_handshake *)0)->password) <= GARASU_PASSWORD_SIZE, "a password fits");

/* Takes the bytes of one TLS record; in VERDICT there is nothing a viewer could say. */
static void take_plain(struct gateway *gateway, const uint8_t *untrusted_bytes, size_t size)
{
	int result = -EPROTO;

	if (gateway->phase == GATEWAY_LOGIN &&
		size <= sizeof(gateway->untrusted_login) - gateway->login_size) {
		memcpy(gateway->untrusted_login + gateway->login_size, untrusted_bytes, size);
		gateway->login_size += size;
		result = take_step(gateway);
	}
	if (result < 0) {
		garasu_secret_wipe(gateway->untrusted_login, sizeof(gateway->untrusted_login));
		refuse_step(gateway);
	} else if (result == 1) {
		garasu_secret_wipe(gateway->untrusted_login, sizeof(gateway->untrusted_login));
		ask_supervisor(gateway);
	}
}

static void answer(struct gateway *gateway, uint32_t code, uint32_t value)
{
	uint8_t result[WIRE_RESULT_MAX];
	size_t size = wire_security_result(result, code, value);

	if (outgoing_put(gateway, result, size) != 0) {
		garasu_log(GARASU_LOG_WARNING, "not_told", "bytes=%zu", size);
	}
}

const struct gateway_front login_front = {
	.first = GATEWAY_CLEAR, .begin = greet, .take = take_plain, .answer = answer};

static void read_plain(struct gateway *gateway)
{
	enum tls_fault fault = TLS_FAULT_NONE;
	ssize_t got;

	do {
		got = tls_read(gateway->tls, gateway->chunk, &fault);
		if (got > 0) {
			gateway->front->take(gateway, gateway->chunk, (size_t)got);
			garasu_secret_wipe(gateway->chunk, (size_t)got);
		}
	} while (got > 0 && gateway->phase <= GATEWAY_VERDICT);
	if (got > 0 || got == -EAGAIN) {
		return;
	}
	if (fault == TLS_FAULT_PROTOCOL) {
		gateway_refuse(gateway, GARASU_REFUSAL_TLS, 0);
	}
	gateway_leave(gateway);
}

void login_read(struct gateway *gateway)
{
	if (gateway->phase == GATEWAY_CLEAR) {
		read_clear(gateway);
		return;
	}
	if (gateway->phase == GATEWAY_TLS) {
		shake_hands(gateway);
	}
	if (gateway->phase == GATEWAY_LOGIN || gateway->phase == GATEWAY_VERDICT) {
		read_plain(gateway);
	}
}

static int begin_relay(struct gateway *gateway, int *fds, int fd_count)
{
	int result = gateway_watch_open(gateway, &gateway->encoder, fds[0]);

	fds[0] = -1;
	if (result == 0 && fd_count > 1) {
		result = gateway_watch_open(gateway, &gateway->input, fds[1]);
		fds[1] = -1;
	}
	return result;
}

void login_judge(struct gateway *gateway, const struct garasu_gateway_verdict *verdict, int *fds,
	int fd_count)
{
	int result;

	if (gateway->phase != GATEWAY_VERDICT) {
		return; /* the viewer is already leaving */
	}
	if (verdict->code != GARASU_STATE_ACCEPTED || !gateway->awaits_session) {
		gateway_end_with(gateway, verdict->code, verdict->value);
		return;
	}
	result = fd_count > 0 ? begin_relay(gateway, fds, fd_count) : -EPROTO;
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "relay", "error=%d", result);
		gateway_end_with(gateway, GARASU_STATE_START_FAILED, 0);
		return;
	}
	gateway->front->answer(gateway, GARASU_STATE_ACCEPTED, 0);
	uv_timer_stop(&gateway->deadline);
	gateway->phase = GATEWAY_RELAY;
	outgoing_tell_state(gateway, GARASU_STATE_ACCEPTED, verdict->value);
	outgoing_tell_policy(gateway);
	gateway->has_relayed = 1;
}
