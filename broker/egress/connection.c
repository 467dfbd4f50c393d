/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection's life: from accept to its one report.
 * Reads untrusted bytes from: browsers, servers (sorted by state, read elsewhere). */

#include "egress.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINGER_MS 2000         /* for a page of ours to arrive before the socket closes */
#define OVER_LIMIT_MAX 32      /* told so with a page; more are only closed */
#define ANSWER_MAX (64u << 10) /* bytes of a page */

static void report(const struct connection *connection)
{
	struct garasu_egress_connection record;
	uint64_t now = uv_now(&connection->session->egress->loop);
	const char *host = connection->target.host;

	memset(&record, 0, sizeof(record));
	record.session = connection->session->number;
	record.verdict = connection->verdict;
	record.bytes_up =
		connection->server != NULL ? connection->server->sent : connection->bytes_up;
	record.bytes_down = connection->browser != NULL ? connection->browser->sent : 0;
	record.duration_ms = (uint32_t)(now - connection->started_ms);
	record.port = connection->target.port;
	snprintf(record.host, sizeof(record.host), "%s", host[0] != '\0' ? host : "?");
	reports_send(connection->session->egress->reports, &record);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct connection *connection = handle->data;
	struct session *session = connection->session;

	session->egress->connections--;
	garasu_buffer_finish(&connection->request);
	garasu_buffer_finish(&connection->response);
	head_body_destroy(&connection->body);
	free(connection);
	session_release(session);
}

void connection_close(struct connection *connection, int is_reset)
{
	struct session *session = connection->session;

	if (connection->has_asked) {
		report(connection);
	}
	if (connection->previous != NULL) {
		connection->previous->next = connection->next;
	} else {
		session->connections = connection->next;
	}
	if (connection->next != NULL) {
		connection->next->previous = connection->previous;
	}
	session->connection_count--;
	lookup_abandon(&connection->lookup);
	peer_destroy(&connection->browser, is_reset);
	peer_destroy(&connection->server, is_reset);
	uv_close((uv_handle_t *)&connection->timer, on_timer_closed);
}

static void on_relay_timer(struct connection *connection)
{
	uint64_t rested = uv_now(&connection->session->egress->loop) - connection->active_ms;
	uint32_t idle_ms = connection->session->egress->idle_ms;

	if (rested >= idle_ms) {
		connection_close(connection, 1);
	} else {
		connection_arm(connection, idle_ms - rested);
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct connection *connection = timer->data;

	switch (connection->state) {
	case CONNECTION_HEAD:
		if (connection->has_asked) {
			connection_answer(connection, PAGE_SLOW_REQUEST);
		} else {
			connection_close(connection, 0);
		}
		break;
	case CONNECTION_WAITING:
	case CONNECTION_RESOLVING:
		lookup_abandon(&connection->lookup);
		request_on_name_timeout(connection);
		break;
	case CONNECTION_DIALLING:
		dial_give_up(connection);
		break;
	case CONNECTION_ASKING:
		connection->is_late = 1;
		ask_fail(connection, PAGE_UPSTREAM_UNREACHABLE, 0);
		break;
	case CONNECTION_RELAYING:
		on_relay_timer(connection);
		break;
	case CONNECTION_ANSWERED:
		connection_close(connection, 0);
		break;
	}
}

void connection_arm(struct connection *connection, uint64_t ms)
{
	uv_timer_start(&connection->timer, on_timer, ms, 0);
}

static void drop_server(struct connection *connection)
{
	if (connection->server != NULL) {
		connection->bytes_up = connection->server->sent;
		peer_destroy(&connection->server, 0);
	}
}

void connection_answer(struct connection *connection, enum page page)
{
	struct garasu_buffer out;

	connection->verdict = page_verdict(page);
	connection->state = CONNECTION_ANSWERED;
	connection->has_asked = 1;
	drop_server(connection);
	garasu_buffer_init(&out, ANSWER_MAX);
	if (page_write(page, connection->is_connect, connection->target.host,
		    connection->target.port, &out) != 0 ||
		peer_write(connection->browser, garasu_buffer_bytes(&out), garasu_buffer_size(&out),
			0) != 0 ||
		peer_read(connection->browser) != 0) {
		garasu_buffer_finish(&out);
		connection_close(connection, 1);
		return;
	}
	garasu_buffer_finish(&out);
	peer_shut(connection->browser);
	connection_arm(connection, LINGER_MS);
}

void connection_linger(struct connection *connection)
{
	if (peer_read(connection->browser) != 0) {
		connection_close(connection, 0);
		return;
	}
	drop_server(connection);
	connection->state = CONNECTION_ANSWERED;
	connection_arm(connection, LINGER_MS);
}

static struct connection *make(struct session *session)
{
	struct egress *egress = session->egress;
	struct connection *made = calloc(1, sizeof(*made));

	if (made == NULL) {
		return NULL;
	}
	made->session = session;
	made->browser = peer_create(made);
	if (made->browser == NULL) {
		free(made);
		return NULL;
	}
	uv_timer_init(&egress->loop, &made->timer);
	made->timer.data = made;
	made->started_ms = uv_now(&egress->loop);
	garasu_buffer_init(&made->request, 2u * HEAD_REQUEST_MAX + EGRESS_CHUNK);
	garasu_buffer_init(&made->response, HEAD_RESPONSE_MAX + EGRESS_CHUNK);
	made->next = session->connections;
	if (made->next != NULL) {
		made->next->previous = made;
	}
	session->connections = made;
	session->connection_count++;
	session->references++;
	egress->connections++;
	return made;
}

void connection_accept(struct session *session)
{
	struct egress *egress = session->egress;
	struct connection *made = make(session);
	int is_far_over;

	GARASU_INVARIANT(made != NULL); /* out of memory: start afresh with the same listeners */
	if (uv_accept((uv_stream_t *)&session->listener, (uv_stream_t *)&made->browser->tcp) != 0) {
		connection_close(made, 0);
		return;
	}
	made->is_over_limit = session->connection_count > egress->connections_max;
	is_far_over = egress->connections > egress->connections_possible ||
		      session->connection_count > egress->connections_max + OVER_LIMIT_MAX;
	if (is_far_over) {
		made->verdict = GARASU_EGRESS_LIMIT;
		made->has_asked = 1;
		connection_close(made, 1);
		return;
	}
	uv_tcp_nodelay(&made->browser->tcp, 1);
	if (peer_read(made->browser) != 0) {
		connection_close(made, 1);
		return;
	}
	connection_arm(made, egress->idle_ms);
}

static void take_head_bytes(struct connection *connection, const char *bytes, size_t size)
{
	if (!connection->has_asked) {
		connection->has_asked = 1;
		connection->verdict = GARASU_EGRESS_BAD_REQUEST;
		connection_arm(connection, connection->session->egress->connect_ms);
	}
	if (garasu_buffer_append(&connection->request, bytes, size) != 0) {
		connection_answer(connection, PAGE_TOO_LARGE);
		return;
	}
	request_on_bytes(connection);
}

static void carry(
	struct connection *connection, struct peer *peer, const char *untrusted_bytes, size_t size)
{
	int is_up = peer == connection->browser;

	/* A response's head that comes byte by byte keeps no connection open. */
	if (is_up || connection->is_connect || connection->is_response_begun) {
		connection->active_ms = uv_now(&connection->session->egress->loop);
	}
	if (!session_carry(connection->session, is_up, size)) {
		connection->verdict = GARASU_EGRESS_LIMIT;
		connection_close(connection, 1);
	} else if (is_up) {
		relay_up(connection, untrusted_bytes, size);
	} else {
		relay_down(connection, untrusted_bytes, size);
	}
}

void connection_on_bytes(struct peer *peer, const char *untrusted_bytes, size_t size)
{
	struct connection *connection = peer->connection;

	switch (connection->state) {
	case CONNECTION_HEAD:
		take_head_bytes(connection, untrusted_bytes, size);
		break;
	case CONNECTION_ASKING:
		if (peer == connection->server) { /* the browser is not read, and answers nothing */
			ask_on_bytes(connection, untrusted_bytes, size);
		}
		break;
	case CONNECTION_RELAYING:
		carry(connection, peer, untrusted_bytes, size);
		break;
	case CONNECTION_WAITING:
	case CONNECTION_RESOLVING:
	case CONNECTION_DIALLING:
	case CONNECTION_ANSWERED:
		break; /* what is still sent after a refusal is not read */
	}
}

void connection_on_end(struct peer *peer)
{
	struct connection *connection = peer->connection;

	if (connection->state == CONNECTION_RELAYING) {
		relay_on_end(connection, peer);
	} else if (connection->state == CONNECTION_ASKING && peer == connection->server) {
		ask_fail(connection, PAGE_UPSTREAM_BROKEN, 0);
	} else if (connection->state != CONNECTION_ANSWERED || peer->is_told) {
		connection_close(connection, 0);
	}
}

void connection_on_failure(struct peer *peer)
{
	struct connection *connection = peer->connection;

	/* A server that refuses a long body answers, and then resets what it does not read. One
	 * that only resets has no answer, and the user gets ours. */
	if (connection->state == CONNECTION_RELAYING && peer == connection->server &&
		!connection->is_connect &&
		(connection->is_response_begun ? !head_body_is_whole(connection->body)
					       : connection->browser->sent == 0)) {
		peer->is_ended = 1;
		relay_on_end(connection, peer);
	} else if (connection->state == CONNECTION_ASKING && peer == connection->server) {
		ask_fail(connection, PAGE_UPSTREAM_BROKEN, 0);
	} else {
		connection_close(connection, 1);
	}
}

void connection_on_unwritable(struct peer *peer)
{
	struct connection *connection = peer->connection;

	/* A server may answer a request without reading it to its end. */
	if (connection->state == CONNECTION_RELAYING && peer == connection->server &&
		!connection->is_connect && peer_read(connection->browser) == 0) {
		connection->is_up_over = 1;
	} else if (connection->state == CONNECTION_ASKING && peer == connection->server) {
		ask_fail(connection, PAGE_UPSTREAM_BROKEN, 0);
	} else {
		connection_close(connection, 1);
	}
}

void connection_on_drained(struct peer *peer)
{
	struct connection *connection = peer->connection;

	connection->active_ms = uv_now(&connection->session->egress->loop);
	if (connection->state == CONNECTION_RELAYING) {
		relay_on_drained(connection, peer);
	} else if (connection->state == CONNECTION_ANSWERED && peer == connection->browser &&
		   peer->is_ended && peer->is_told) {
		connection_close(connection, 0);
	}
}
