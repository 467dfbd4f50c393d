/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks the upstream proxy for a tunnel.
 * Reads untrusted bytes from: the upstream proxy. */

#include "egress.h"

#include "base/log.h"

void ask_fail(struct connection *connection, enum page page, unsigned status)
{
	garasu_log(GARASU_LOG_WARNING, "upstream", "session=%u status=%u timeout=%d",
		connection->session->number, status, connection->is_late);
	connection_answer(connection, page);
}

void ask_begin(struct connection *connection)
{
	struct egress *egress = connection->session->egress;
	uint64_t now = uv_now(&egress->loop);
	struct garasu_buffer out;
	int result;

	connection->state = CONNECTION_ASKING;
	connection_arm(
		connection, connection->deadline_ms > now ? connection->deadline_ms - now : 0);
	garasu_buffer_init(&out, HEAD_REQUEST_MAX);
	result = upstream_write_connect(&egress->rules.upstream, &connection->target, &out);
	if (result == 0) {
		result = peer_write(
			connection->server, garasu_buffer_bytes(&out), garasu_buffer_size(&out), 0);
	}
	garasu_buffer_finish(&out);
	if (result != 0 || peer_read(connection->server) != 0) {
		ask_fail(connection, PAGE_UPSTREAM_BROKEN, 0);
	}
}

/* What follows the head of a granted tunnel is the tunnel's. */
static void begin_tunnel(struct connection *connection)
{
	struct garasu_buffer first = connection->response;

	garasu_buffer_init(&connection->response, HEAD_RESPONSE_MAX + EGRESS_CHUNK);
	relay_begin(connection);
	if (connection->server != NULL && garasu_buffer_size(&first) > 0) {
		connection_on_bytes(connection->server, (const char *)garasu_buffer_bytes(&first),
			garasu_buffer_size(&first));
	}
	garasu_buffer_finish(&first);
}

void ask_on_bytes(struct connection *connection, const char *untrusted_bytes, size_t size)
{
	struct garasu_buffer *response = &connection->response;
	enum head_verdict verdict = HEAD_TOO_LARGE;
	struct head head = {.status = 0};

	if (garasu_buffer_append(response, untrusted_bytes, size) == 0) {
		verdict = head_parse_response((const char *)garasu_buffer_bytes(response),
			garasu_buffer_size(response), &head);
	}
	while (verdict == HEAD_WHOLE && head.status < 200 && head.status != 101 &&
		++connection->interim_count <= INTERIM_MAX) {
		garasu_buffer_consume(response, head.size);
		verdict = head_parse_response((const char *)garasu_buffer_bytes(response),
			garasu_buffer_size(response), &head);
	}
	if (verdict == HEAD_INCOMPLETE) {
		return;
	}
	if (verdict != HEAD_WHOLE || head.status < 200) {
		ask_fail(connection, PAGE_UPSTREAM_BROKEN, 0);
	} else if (head.status < 300) {
		garasu_buffer_consume(response, head.size);
		begin_tunnel(connection);
	} else if (head.status == 407) {
		ask_fail(connection, PAGE_UPSTREAM_CREDENTIALS, head.status);
	} else {
		connection_answer(connection, PAGE_UPSTREAM_REFUSED);
	}
}
