/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accepts viewers without reading a byte of theirs. */

#include "peer.h"
#include "supervisor.h"

#include "base/clock.h"
#include "base/descriptor.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>

#define PAUSE_MS 200u

/* Returns what a connection of this network is refused for, or 0. */
static int judge(struct supervisor *supervisor, const char *network, uint32_t *detail)
{
	const struct garasu_config *config = supervisor->config;

	*detail = connection_count(supervisor);
	if (!supervisor->is_ready || supervisor->is_stopping ||
		*detail >= config->connections_max) {
		return GARASU_REFUSAL_CONNECTIONS;
	}
	if (config->strangers_max > 0 &&
		connection_strangers(supervisor, network) >= config->strangers_max) {
		*detail = config->strangers_max;
		return GARASU_REFUSAL_STRANGERS;
	}
	if (config->arrivals_per_min > 0 &&
		arrivals_take(&supervisor->arrivals, network, config->arrivals_per_min,
			garasu_clock_ms()) > 0) {
		*detail = config->arrivals_per_min;
		return GARASU_REFUSAL_ARRIVALS;
	}
	return 0;
}

/* What is refused is closed without a process, a byte or a line of its own. */
static void take(struct supervisor *supervisor, enum garasu_role front, int *tcp,
	const struct sockaddr_storage *peer, socklen_t size)
{
	char address[GARASU_ADDRESS_SIZE] = "?";
	char network[GARASU_ADDRESS_SIZE];
	uint32_t detail = 0;
	int refusal = GARASU_REFUSAL_CONNECTIONS;

	if (getnameinfo((const struct sockaddr *)peer, size, address, sizeof(address), NULL, 0,
		    NI_NUMERICHOST) == 0) {
		peer_network(network, address);
		refusal = judge(supervisor, network, &detail);
	}
	if (refusal == 0 && connection_open(supervisor, front, tcp, address) != 0) {
		refusal = GARASU_REFUSAL_CONNECTIONS;
	}
	if (refusal != 0) {
		refusal_note(supervisor, refusal, detail, address);
	}
}

static void on_listener(uv_poll_t *poll, int status, int events)
{
	struct supervisor *supervisor = poll->data;
	int is_web = poll == &supervisor->web;

	(void)events;
	for (int i = 0; status == 0 && i < 16; i++) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof(peer);
		int tcp = accept4(is_web ? supervisor->web_fd : supervisor->listener_fd,
			(struct sockaddr *)&peer, &size, SOCK_CLOEXEC);

		if (tcp < 0 && (errno == EMFILE || errno == ENFILE)) {
			uv_poll_stop(poll); /* it would be readable for ever */
			supervisor->accept_at_ms = garasu_clock_ms() + PAUSE_MS;
			return;
		}
		if (tcp < 0) {
			return;
		}
		take(supervisor, is_web ? GARASU_ROLE_WEB : GARASU_ROLE_GATEWAY, &tcp, &peer, size);
		garasu_fd_close(&tcp);
	}
}

void accept_again(struct supervisor *supervisor)
{
	supervisor->accept_at_ms = 0;
	if (uv_poll_start(&supervisor->listener, UV_READABLE, on_listener) != 0 ||
		(supervisor->web_fd >= 0 &&
			uv_poll_start(&supervisor->web, UV_READABLE, on_listener) != 0)) {
		supervisor_stop(supervisor, 1);
	}
}

static int start(struct supervisor *supervisor, uv_poll_t *poll, int listener)
{
	int result = garasu_fd_set_nonblocking(listener, 1);

	if (result == 0) {
		poll->data = supervisor;
		result = uv_poll_init(&supervisor->loop, poll, listener);
	}
	return result == 0 ? uv_poll_start(poll, UV_READABLE, on_listener) : result;
}

int accept_start(struct supervisor *supervisor)
{
	int result = start(supervisor, &supervisor->listener, supervisor->listener_fd);

	return result == 0 && supervisor->web_fd >= 0
		       ? start(supervisor, &supervisor->web, supervisor->web_fd)
		       : result;
}
