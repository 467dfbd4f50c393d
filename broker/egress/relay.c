/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries the bytes, in both directions, at the slower side's pace.
 * Reads untrusted bytes from: browsers, web servers. */

#include "egress.h"

#include <errno.h>

/* Sends on; while that waits, the other side is not read. */
static int pass_on(struct peer *from, struct peer *to, const void *data, size_t size)
{
	int result = peer_write(to, data, size, 1);

	if (result == 0 && peer_is_behind(to)) {
		peer_pause(from);
	}
	return result;
}

void relay_begin(struct connection *connection)
{
	static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";
	struct garasu_buffer *first = &connection->request;
	struct egress *egress = connection->session->egress;
	int result;

	if (!session_carry(connection->session, 1, garasu_buffer_size(first))) {
		connection_answer(connection, PAGE_VOLUME);
		return;
	}
	connection->state = CONNECTION_RELAYING;
	connection->verdict = GARASU_EGRESS_ALLOWED;
	connection->active_ms = uv_now(&egress->loop);
	connection_arm(connection, egress->idle_ms);
	uv_tcp_nodelay(&connection->server->tcp, 1);
	result = connection->is_connect
			 ? peer_write(connection->browser, established, sizeof(established) - 1, 0)
			 : 0;
	if (result == 0) {
		result = peer_read(connection->browser);
	}
	if (result == 0) {
		result = peer_read(connection->server);
	}
	if (result == 0) {
		result = pass_on(connection->browser, connection->server,
			garasu_buffer_bytes(first), garasu_buffer_size(first));
	}
	if (result != 0) {
		connection_close(connection, 1);
		return;
	}
	garasu_buffer_finish(first);
}

void relay_up(struct connection *connection, const char *untrusted_bytes, size_t size)
{
	ssize_t own = (ssize_t)size;

	if (connection->is_up_over) {
		return;
	}
	if (connection->body != NULL) { /* after its end nothing more is this request's */
		own = head_body_follow(connection->body, untrusted_bytes, size);
	}
	if (own < 0) {
		connection_close(connection, 1);
	} else if (pass_on(connection->browser, connection->server, untrusted_bytes, (size_t)own) !=
		   0) {
		connection_on_unwritable(connection->server);
	}
}

/* Rewrites each head that is whole. Returns 0, -EPROTO when the server does not speak HTTP/1, or
 * -EACCES when it is the upstream proxy and wants other credentials. */
static int pass_response_heads(struct connection *connection)
{
	struct garasu_buffer *response = &connection->response;

	while (!connection->is_response_begun) {
		const char *bytes = (const char *)garasu_buffer_bytes(response);
		struct garasu_buffer out;
		struct head head;
		enum head_verdict verdict =
			head_parse_response(bytes, garasu_buffer_size(response), &head);
		int result;

		if (verdict == HEAD_INCOMPLETE) {
			return 0;
		}
		if (verdict != HEAD_WHOLE || head.status == 101 ||
			(head.status < 200 && ++connection->interim_count > INTERIM_MAX)) {
			return -EPROTO;
		}
		if (head.status == 407 && connection->is_via_upstream) {
			return -EACCES;
		}
		garasu_buffer_init(&out, 2u * HEAD_RESPONSE_MAX);
		result = head_write_response(&head, &out);
		if (result == 0) {
			result = pass_on(connection->server, connection->browser,
				garasu_buffer_bytes(&out), garasu_buffer_size(&out));
		}
		garasu_buffer_finish(&out);
		if (result != 0) {
			return -EPROTO;
		}
		garasu_buffer_consume(response, head.size);
		connection->is_response_begun = head.status >= 200;
	}
	return 0;
}

/* Nothing of the response can be shown. */
static void fail_response(struct connection *connection, int error)
{
	if (connection->browser->sent > 0) {
		connection_close(connection, 1);
	} else if (!connection->is_via_upstream) {
		connection_answer(connection, PAGE_BAD_RESPONSE);
	} else if (error == -EACCES) {
		ask_fail(connection, PAGE_UPSTREAM_CREDENTIALS, 407);
	} else {
		ask_fail(connection, PAGE_UPSTREAM_BROKEN, 0);
	}
}

static void take_response(struct connection *connection, const char *bytes, size_t size)
{
	struct garasu_buffer *response = &connection->response;
	int result = garasu_buffer_append(response, bytes, size);

	if (result == 0) {
		result = pass_response_heads(connection);
	}
	if (result != 0) {
		fail_response(connection, result);
		return;
	}
	if (connection->is_response_begun) {
		if (pass_on(connection->server, connection->browser, garasu_buffer_bytes(response),
			    garasu_buffer_size(response)) != 0) {
			connection_close(connection, 1);
			return;
		}
		garasu_buffer_finish(response);
	}
}

void relay_down(struct connection *connection, const char *untrusted_bytes, size_t size)
{
	if (!connection->is_connect && !connection->is_response_begun) {
		take_response(connection, untrusted_bytes, size);
	} else if (pass_on(connection->server, connection->browser, untrusted_bytes, size) != 0) {
		connection_close(connection, 1);
	}
}

void relay_on_end(struct connection *connection, struct peer *peer)
{
	struct peer *other = peer == connection->browser ? connection->server : connection->browser;

	if (peer == connection->server && !connection->is_connect &&
		connection->browser->sent == 0) {
		fail_response(connection, -EPROTO); /* it hung up without a word */
		return;
	}
	peer_shut(other);
	relay_on_drained(connection, other);
}

/* A plain response ends with the server; a tunnel when both directions have ended. */
static int is_over(const struct connection *connection)
{
	const struct peer *browser = connection->browser, *server = connection->server;

	if (!server->is_ended || !browser->is_told) {
		return 0;
	}
	return !connection->is_connect || (browser->is_ended && server->is_told);
}

void relay_on_drained(struct connection *connection, struct peer *peer)
{
	struct peer *other = peer == connection->browser ? connection->server : connection->browser;

	if (is_over(connection)) {
		if (connection->is_connect || connection->browser->is_ended) {
			connection_close(connection, 0);
		} else {
			connection_linger(connection);
		}
	} else if (!peer->is_shut && peer_read(other) != 0) {
		connection_close(connection, 1);
	}
}
