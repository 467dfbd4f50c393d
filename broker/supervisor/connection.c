/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Viewers' connections: one gateway each. Reads untrusted bytes from: gateways. */

#include "peer.h"
#include "supervisor.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REFUSALS_MAX 2u /* of one connection: one from each side */

static void on_login(struct connection *connection, uint8_t *payload)
{
	struct garasu_gateway_login *login = (struct garasu_gateway_login *)(void *)payload;

	login_begin(connection, login);
}

static void on_web_login(struct connection *connection, uint8_t *payload)
{
	web_login_begin(connection, (struct garasu_web_login *)(void *)payload);
}

static void on_web_enter(struct connection *connection, uint8_t *payload)
{
	web_login_enter(connection, (const struct garasu_web_enter *)(void *)payload);
}

static void on_web_logout(struct connection *connection, uint8_t *payload)
{
	web_login_leave(connection, (const struct garasu_web_logout *)(void *)payload);
}

static void on_activity(struct connection *connection, uint8_t *payload)
{
	const struct garasu_gateway_activity *activity = (const void *)payload;

	if (connection->session == NULL) {
		return;
	}
	connection->session->active_ms = garasu_clock_ms();
	connection->session->is_warned = 0;
	if (activity->is_typing) {
		session_favour(connection->session);
	}
}

static void on_address(struct connection *connection, uint8_t *payload)
{
	const struct garasu_gateway_address *address = (void *)payload;
	struct garasu_gateway_address_verdict verdict = {.wait_s = 1};
	struct session *session = connection->session;

	if (session != NULL) {
		verdict.wait_s = address_limit_take(session);
	}
	if (verdict.wait_s == 0) {
		event_send(session->supervisor, GARASU_EVENT_ADDRESS_OPENED, session->number,
			session->user, address->site, NULL, 0);
	}
	if (link_send(connection->link, GARASU_GATEWAY_ADDRESS_VERDICT, &verdict, NULL, 0) != 0) {
		connection_kill(connection);
	}
}

static void on_counters(struct connection *connection, uint8_t *payload)
{
	memcpy(&connection->counters, payload, sizeof(connection->counters));
	connection->has_counters = 1;
}

static void on_refused(struct connection *connection, uint8_t *payload)
{
	struct garasu_gateway_refused untrusted_refused;
	uint64_t values[2];

	memcpy(&untrusted_refused, payload, sizeof(untrusted_refused));
	if (untrusted_refused.refusal < GARASU_REFUSAL_TLS ||
		untrusted_refused.refusal > GARASU_REFUSAL_CERTIFICATE ||
		++connection->refusals > REFUSALS_MAX) {
		connection_kill(connection);
		return;
	}
	values[0] = untrusted_refused.refusal;
	values[1] = untrusted_refused.detail;
	event_send(connection->supervisor, GARASU_EVENT_REFUSED, connection->session_number,
		connection->user, connection->address, values, 2);
}

#define IN(state) (1u << (state))
#define NATIVE 1u /* fronts that may send it */
#define WEB 2u

static const struct record_rule {
	uint16_t type;
	unsigned fronts;
	unsigned states; /* in which it is legal */
	void (*handle)(struct connection *connection, uint8_t *payload);
} rules[] = {
	{GARASU_GATEWAY_LOGIN, NATIVE, IN(CONNECTION_NEW), on_login},
	{GARASU_WEB_LOGIN, WEB, IN(CONNECTION_NEW), on_web_login},
	{GARASU_WEB_ENTER, WEB, IN(CONNECTION_NEW), on_web_enter},
	{GARASU_WEB_LOGOUT, WEB, IN(CONNECTION_NEW), on_web_logout},
	{GARASU_GATEWAY_ACTIVITY, NATIVE | WEB, IN(CONNECTION_ATTACHED) | IN(CONNECTION_ENDING),
		on_activity},
	{GARASU_GATEWAY_ADDRESS, NATIVE | WEB, IN(CONNECTION_ATTACHED) | IN(CONNECTION_ENDING),
		on_address},
	{GARASU_GATEWAY_COUNTERS, NATIVE | WEB, IN(CONNECTION_ATTACHED) | IN(CONNECTION_ENDING),
		on_counters},
	{GARASU_GATEWAY_REFUSED, NATIVE | WEB, IN(CONNECTION_STATE_COUNT) - 1u, on_refused},
};

static void on_record(void *owner, struct garasu_control *record)
{
	struct connection *connection = owner;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].type == record->header.type &&
			(rules[i].fronts & (connection->is_web ? WEB : NATIVE)) != 0 &&
			(rules[i].states & IN(connection->state)) != 0) {
			rules[i].handle(connection, record->payload);
			return;
		}
	}
	garasu_log(GARASU_LOG_WARNING, "illegal_record", "type=%u state=%d", record->header.type,
		connection->state);
	connection_kill(connection);
}

static void free_connection(struct connection *connection)
{
	struct supervisor *supervisor = connection->supervisor;
	struct connection **at = &supervisor->connections;

	while (*at != connection) {
		at = &(*at)->next;
	}
	*at = connection->next;
	if (!auth_forget(supervisor, connection)) {
		login_forget(connection);
	}
	if (connection->has_counters || connection->session_number != 0) {
		uint64_t values[sizeof(connection->counters) / sizeof(uint64_t)];

		memcpy(values, &connection->counters, sizeof(values));
		event_send(supervisor, GARASU_EVENT_CONFORMITY, connection->session_number,
			connection->user, connection->address, values,
			sizeof(values) / sizeof(values[0]));
	}
	if (connection->session != NULL) {
		session_detach(connection->session);
	}
	link_close(&connection->link);
	role_end(supervisor, &connection->gateway);
	garasu_secret_wipe(connection, sizeof(*connection));
	free(connection);
}

static void on_closed(void *owner, int error)
{
	struct connection *connection = owner;

	if (error == -EPROTO) {
		connection_kill(connection);
		return;
	}
	free_connection(connection);
}

static void on_gone(void *owner, int status)
{
	struct connection *connection = owner;

	(void)status;
	connection->gateway = NULL; /* its last records may still wait: the socket's end frees */
}

void connection_kill(struct connection *connection)
{
	const uint64_t values[2] = {connection->is_web ? GARASU_ROLE_WEB : GARASU_ROLE_GATEWAY, 0};

	event_send(connection->supervisor, GARASU_EVENT_ROLE_DIED, 0, connection->user,
		"closed by the supervisor", values, 2);
	free_connection(connection);
}

unsigned connection_count(const struct supervisor *supervisor)
{
	unsigned count = 0;

	for (const struct connection *c = supervisor->connections; c != NULL; c = c->next) {
		count++;
	}
	return count;
}

unsigned connection_strangers(const struct supervisor *supervisor, const char *network)
{
	unsigned count = 0;

	for (const struct connection *c = supervisor->connections; c != NULL; c = c->next) {
		count += c->session == NULL && strcmp(network, c->network) == 0;
	}
	return count;
}

int connection_open(
	struct supervisor *supervisor, enum garasu_role front, int *tcp, const char *address)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	int ends[2];
	int result = garasu_control_pair(ends);

	if (connection == NULL || result != 0) {
		free(connection);
		return -ENOMEM;
	}
	connection->supervisor = supervisor;
	connection->is_web = front == GARASU_ROLE_WEB;
	snprintf(connection->address, sizeof(connection->address), "%s", address);
	peer_network(connection->network, address);
	connection->deadline_ms =
		garasu_clock_ms() + supervisor->config->handshake_ms + SUPERVISOR_FINAL_MS;
	const int fds[3] = {ends[1], *tcp, supervisor->gateway_settings_fd};

	result = role_start(
		supervisor, front, NULL, fds, 3, on_gone, connection, &connection->gateway);
	garasu_fd_close(&ends[1]);
	if (result != 0) {
		garasu_fd_close(&ends[0]);
	} else {
		result = link_open(&supervisor->loop, ends[0], on_record, on_closed, connection,
			&connection->link);
	}
	if (result != 0) {
		role_end(supervisor, &connection->gateway);
		free(connection);
		return result;
	}
	connection->next = supervisor->connections;
	supervisor->connections = connection;
	return 0;
}

static void tell(struct connection *connection, uint16_t type, uint32_t code, uint32_t value,
	uint32_t is_final)
{
	const struct garasu_gateway_verdict record = {
		.code = code, .value = value, .is_final = is_final};

	if (connection->link != NULL && link_send(connection->link, type, &record, NULL, 0) != 0) {
		connection->deadline_ms = 1;
	}
}

void connection_tell(struct connection *connection, uint32_t code, uint32_t value)
{
	if (connection->state == CONNECTION_ATTACHED) {
		tell(connection, GARASU_GATEWAY_STATE, code, value, 0);
	}
}

void connection_finish(struct connection *connection, uint32_t code, uint32_t value)
{
	enum connection_state before = connection->state;

	if (before == CONNECTION_ENDING) {
		return;
	}
	web_login_note(connection);
	connection->session = NULL;
	connection->state = CONNECTION_ENDING;
	connection->deadline_ms = garasu_clock_ms() + SUPERVISOR_FINAL_MS;
	tell(connection,
		before == CONNECTION_CHECKING || before == CONNECTION_WAITING
			? GARASU_GATEWAY_VERDICT
			: GARASU_GATEWAY_STATE,
		code, value, 1);
}
