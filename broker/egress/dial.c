/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connects to the allowed addresses of a target, one after the other. */

#include "egress.h"

#include <sys/socket.h>

#define ATTEMPT_LEAST_MS 250

/* True when the connection came back to this host: its own address is no internet, unless the allow
 * list itself names it. */
static int is_this_host(const struct peer *server, const struct rules *rules, uint16_t port)
{
	struct sockaddr_storage here = {0}, there = {0};
	struct address own, peer;
	int size = sizeof(here);

	if (uv_tcp_getsockname(&server->tcp, (struct sockaddr *)&here, &size) != 0) {
		return 1;
	}
	size = sizeof(there);
	if (uv_tcp_getpeername(&server->tcp, (struct sockaddr *)&there, &size) != 0) {
		return 1;
	}
	address_from_socket((struct sockaddr *)&here, &own);
	address_from_socket((struct sockaddr *)&there, &peer);
	return address_is_within(&own, &peer, address_bits(&peer)) &&
	       !rules_open(rules, &peer, port);
}

static void on_connected(uv_connect_t *request, int status)
{
	struct peer *server = request->data;
	struct connection *connection = server->connection;

	if (connection == NULL) {
		return; /* given up meanwhile */
	}
	if (status != 0) {
		connection->is_late |= status == UV_ETIMEDOUT;
		peer_destroy(&connection->server, 0);
		dial_next(connection);
		return;
	}
	if (connection->is_via_upstream && connection->is_connect) {
		ask_begin(connection);
	} else if (!connection->is_via_upstream &&
		   is_this_host(
			   server, &connection->session->egress->rules, connection->target.port)) {
		connection_answer(connection, PAGE_DENIED_ADDRESS);
	} else {
		relay_begin(connection);
	}
}

static int dial(struct connection *connection, const struct address *address)
{
	const struct upstream *upstream = &connection->session->egress->rules.upstream;
	struct sockaddr_storage to;
	struct peer *server = peer_create(connection);
	int result;

	if (server == NULL) {
		return UV_ENOMEM;
	}
	connection->server = server;
	server->connecting.data = server;
	address_to_socket(address,
		connection->is_via_upstream ? upstream->port : connection->target.port, &to);
	result = uv_tcp_connect(
		&server->connecting, &server->tcp, (struct sockaddr *)&to, on_connected);
	if (result != 0) {
		peer_destroy(&connection->server, 0);
	}
	return result;
}

void dial_next(struct connection *connection)
{
	uint64_t now = uv_now(&connection->session->egress->loop);

	while (connection->address_next < connection->address_count &&
		now < connection->deadline_ms) {
		size_t left = connection->address_count - connection->address_next;
		uint64_t share = (connection->deadline_ms - now) / left;

		if (dial(connection, &connection->addresses[connection->address_next++]) == 0) {
			connection_arm(
				connection, share > ATTEMPT_LEAST_MS ? share : ATTEMPT_LEAST_MS);
			return;
		}
	}
	if (now >= connection->deadline_ms) {
		connection->is_late = 1;
	}
	if (connection->is_via_upstream) {
		ask_fail(connection, PAGE_UPSTREAM_UNREACHABLE, 0);
	} else {
		connection_answer(
			connection, connection->is_late ? PAGE_TIMEOUT : PAGE_UNREACHABLE);
	}
}

void dial_give_up(struct connection *connection)
{
	connection->is_late = 1;
	peer_destroy(&connection->server, 0);
	dial_next(connection);
}
