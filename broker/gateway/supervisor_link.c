/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control records. The supervisor is trusted; a record that does not fit ends this role. */

#include "gateway.h"

#include "base/control.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define NEEDED_MS 1000
#define RECORDS_AT_ONCE 16

static void fail(struct gateway *gateway, int error)
{
	if (gateway->failure == 0) {
		gateway->failure = error;
	}
	gateway_leave(gateway);
}

int supervisor_say(struct gateway *gateway, uint16_t type, const void *payload, int is_needed)
{
	int result = garasu_control_send(gateway->control.fd, type, payload, NULL, 0);

	if (result == -EAGAIN) {
		struct pollfd ready = {.fd = gateway->control.fd, .events = POLLOUT};

		if (!is_needed) {
			return 0;
		}
		if (poll(&ready, 1, NEEDED_MS) == 1) {
			result = garasu_control_send(gateway->control.fd, type, payload, NULL, 0);
		}
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "supervisor", "type=%u error=%d", type, result);
		fail(gateway, result);
	}
	return result;
}

void supervisor_report(struct gateway *gateway, int is_last)
{
	struct garasu_gateway_counters record = gateway->counters;

	if (!gateway->has_relayed) {
		return;
	}
	for (size_t i = 0; i < GARASU_CROSS_COUNT; i++) {
		record.crossed[i] += gateway->server.crossed[i];
	}
	record.is_final = is_last != 0;
	(void)supervisor_say(gateway, GARASU_GATEWAY_COUNTERS, &record, is_last);
}

static void on_verdict(struct gateway *gateway, struct garasu_control *record)
{
	struct garasu_gateway_verdict verdict;

	memcpy(&verdict, record->payload, sizeof(verdict));
	login_judge(gateway, &verdict, record->fds, record->fd_count);
}

static void on_state(struct gateway *gateway, struct garasu_control *record)
{
	struct garasu_gateway_verdict state;

	memcpy(&state, record->payload, sizeof(state));
	if (state.is_final || gateway->phase < GATEWAY_RELAY) {
		gateway_end_with(gateway, state.code, state.value);
	} else if (gateway->phase == GATEWAY_RELAY) {
		outgoing_tell_state(gateway, state.code, state.value);
	}
}

static void on_last(struct gateway *gateway, struct garasu_control *record)
{
	memcpy(&gateway->last, record->payload, sizeof(gateway->last));
}

static void on_address_verdict(struct gateway *gateway, struct garasu_control *record)
{
	struct garasu_gateway_address_verdict verdict;

	memcpy(&verdict, record->payload, sizeof(verdict));
	relay_address_judged(gateway, verdict.wait_s);
}

static void on_message(struct gateway *gateway, struct garasu_control *record)
{
	if (gateway->phase == GATEWAY_RELAY) {
		outgoing_tell_message(gateway,
			((const struct garasu_gateway_message *)(const void *)record->payload)
				->text);
	}
}

#define IN(phase) (1u << (phase))
#define IN_ANY (~0u)
/* The supervisor does not know yet that we are ending. */
#define IN_RELAY_OR_LATER (IN_ANY & ~(IN(GATEWAY_RELAY) - 1u))

static const struct {
	uint16_t type;
	unsigned phases; /* in which it is legal */
	int fds;         /* that may come beside it */
	void (*handle)(struct gateway *gateway, struct garasu_control *record);
} rules[] = {
	{GARASU_GATEWAY_VERDICT, IN_ANY & ~(IN(GATEWAY_VERDICT) - 1u) & ~IN(GATEWAY_RELAY), 2,
		on_verdict},
	{GARASU_GATEWAY_LAST, IN_ANY & ~(IN(GATEWAY_VERDICT) - 1u) & ~IN(GATEWAY_RELAY), 0,
		on_last},
	{GARASU_GATEWAY_STATE, IN_ANY, 0, on_state},
	{GARASU_GATEWAY_MESSAGE, IN_RELAY_OR_LATER, 0, on_message},
	{GARASU_GATEWAY_ADDRESS_VERDICT, IN_RELAY_OR_LATER, 0, on_address_verdict},
};

static int obey(struct gateway *gateway, struct garasu_control *record)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].type != record->header.type ||
			(rules[i].phases & IN(gateway->phase)) == 0 ||
			record->fd_count > rules[i].fds) {
			continue;
		}
		rules[i].handle(gateway, record);
		return 0;
	}
	return -EPROTO;
}

void supervisor_on_control(uv_poll_t *poll, int status, int events)
{
	struct gateway *gateway = poll->data;
	struct garasu_control record;
	/* stopped by libuv at an error of the socket: what was said before it is still read */
	int result = status == 0 ? 0 : uv_poll_start(poll, UV_READABLE, supervisor_on_control);

	(void)events;
	for (int i = 0; result == 0 && i < RECORDS_AT_ONCE; i++) {
		result = garasu_control_receive(gateway->control.fd, &record, 2);
		if (result == -EAGAIN) {
			result = 0;
			break;
		}
		if (result == 0) {
			gateway->has_relayed = 0; /* there is nobody to report to */
			gateway_leave(gateway);
			return;
		}
		if (result == 1) {
			result = obey(gateway, &record);
			garasu_control_close_fds(&record);
		}
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "supervisor", "error=%d", result);
		fail(gateway, result);
		return;
	}
	gateway_settle(gateway);
}
