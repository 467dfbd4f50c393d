/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request asks for, and whether it may.
 * Reads untrusted bytes from: browsers (requests), name servers (addresses). */

#include "egress.h"

#include <string.h>

static void dial_found(struct connection *connection)
{
	connection->state = CONNECTION_DIALLING;
	dial_next(connection);
}

/* Keeps the allowed ones of these addresses and dials, or answers why there is none. */
static void judge(struct connection *connection, const struct address *untrusted, size_t count)
{
	const struct rules *rules = &connection->session->egress->rules;
	enum garasu_egress_verdict verdict = GARASU_EGRESS_UNRESOLVED;

	for (size_t i = 0; i < count && connection->address_count < EGRESS_ADDRESSES_MAX; i++) {
		enum garasu_egress_verdict one =
			rules_judge(rules, &untrusted[i], connection->target.port);

		if (one == GARASU_EGRESS_ALLOWED) {
			connection->addresses[connection->address_count++] = untrusted[i];
		} else if (verdict != GARASU_EGRESS_DENIED_ADDRESS) {
			verdict = one;
		}
	}
	if (connection->address_count > 0) {
		dial_found(connection);
	} else if (verdict == GARASU_EGRESS_DENIED_PORT) {
		connection_answer(connection, PAGE_DENIED_PORT);
	} else if (verdict == GARASU_EGRESS_DENIED_ADDRESS) {
		connection_answer(connection, PAGE_DENIED_ADDRESS);
	} else {
		connection_answer(connection, PAGE_UNRESOLVED);
	}
}

/* The upstream proxy may stand anywhere: who configured it has judged it. */
static void take_upstream(
	struct connection *connection, const struct address *addresses, size_t count)
{
	if (count == 0) {
		ask_fail(connection, PAGE_UPSTREAM_UNREACHABLE, 0);
		return;
	}
	memcpy(connection->addresses, addresses, count * sizeof(*addresses));
	connection->address_count = count;
	dial_found(connection);
}

void request_on_name_timeout(struct connection *connection)
{
	if (connection->is_via_upstream) {
		connection->is_late = 1;
		ask_fail(connection, PAGE_UPSTREAM_UNREACHABLE, 0);
	} else {
		connection_answer(connection, PAGE_NAME_TIMEOUT);
	}
}

static void on_found(
	struct connection *connection, int status, const struct address *addresses, size_t count)
{
	if (status == UV_ETIMEDOUT) {
		request_on_name_timeout(connection);
	} else if (connection->is_via_upstream) {
		take_upstream(connection, addresses, status == 0 ? count : 0);
	} else {
		judge(connection, addresses, status == 0 ? count : 0);
	}
}

void request_resolve(struct connection *connection)
{
	const struct egress *egress = connection->session->egress;

	connection->state = CONNECTION_RESOLVING;
	names_look_up(egress->names, connection,
		connection->is_via_upstream ? egress->rules.upstream.host : connection->target.host,
		on_found);
}

static void resolve_in_turn(struct connection *connection)
{
	if (connection->session->lookup_count >= EGRESS_LOOKUPS_MAX) {
		connection->state = CONNECTION_WAITING;
	} else {
		request_resolve(connection);
	}
}

/* What the session and the two lists of domains say. Returns 0, or -1 when it has been answered. */
static int check_lists(struct connection *connection)
{
	const struct rules *rules = &connection->session->egress->rules;
	const struct target *target = &connection->target;

	if (connection->is_over_limit) {
		connection_answer(connection, PAGE_LIMIT);
	} else if (connection->session->is_spent) {
		connection_answer(connection, PAGE_VOLUME);
	} else if (target->address.family == 0
			   ? rules_judge_name(rules, target->host) != GARASU_EGRESS_ALLOWED
			   : rules_want_names(rules) &&
				     !rules_open(rules, &target->address, target->port)) {
		connection_answer(connection, PAGE_DENIED_LIST);
	} else {
		return 0;
	}
	return -1;
}

/* Where the upstream proxy is asked, the target can only be judged as it is written. */
static void find_upstream(struct connection *connection)
{
	const struct rules *rules = &connection->session->egress->rules;
	const struct upstream *upstream = &rules->upstream;
	const struct target *target = &connection->target;
	struct address listed[EGRESS_ADDRESSES_MAX];
	size_t count;

	if (target->address.family != 0 &&
		rules_judge(rules, &target->address, target->port) != GARASU_EGRESS_ALLOWED) {
		judge(connection, &target->address, 1);
	} else if (target->address.family == 0 &&
		   (target_is_localhost(target->host) || target_is_local(target->host))) {
		connection_answer(connection, PAGE_DENIED_NAME);
	} else if (!rules_port_is_listed(rules, target->port)) {
		connection_answer(connection, PAGE_DENIED_PORT);
	} else if (upstream->address.family != 0) {
		take_upstream(connection, &upstream->address, 1);
	} else {
		count = rules_find_name(rules, upstream->host, listed, EGRESS_ADDRESSES_MAX);
		if (count > 0) {
			take_upstream(connection, listed, count);
		} else {
			resolve_in_turn(connection);
		}
	}
}

/* From the target to its addresses. */
static void find_addresses(struct connection *connection)
{
	const struct rules *rules = &connection->session->egress->rules;
	const struct target *target = &connection->target;
	struct address listed[EGRESS_ADDRESSES_MAX];
	size_t count;

	if (target->address.family != 0) {
		judge(connection, &target->address, 1);
		return;
	}
	count = rules_find_name(rules, target->host, listed, EGRESS_ADDRESSES_MAX);
	if (count > 0) {
		judge(connection, listed, count);
	} else if (target_is_localhost(target->host)) {
		connection_answer(connection, PAGE_DENIED_NAME);
	} else if (!rules_port_is_known(rules, target->port)) {
		connection_answer(connection, PAGE_DENIED_PORT); /* and no name server is asked */
	} else {
		resolve_in_turn(connection);
	}
}

/* Names that are listed with an address, and addresses that are opened, are reached directly. */
static int is_for_upstream(const struct rules *rules, const struct target *target)
{
	struct address listed;

	if (rules->upstream.port == 0) {
		return 0;
	}
	return target->address.family == 0 ? rules_find_name(rules, target->host, &listed, 1) == 0
					   : !rules_open(rules, &target->address, target->port);
}

/* What the server gets first: the request in its own form, and what has come of the body. */
static int prepare_plain(struct connection *connection, const struct head *head)
{
	const char *bytes = (const char *)garasu_buffer_bytes(&connection->request);
	size_t more = garasu_buffer_size(&connection->request) - head->size;
	const struct head_text authority = {
		connection->target.authority, connection->target.authority_size};
	const struct head_text path = {connection->target.path, connection->target.path_size};
	const struct upstream *upstream = &connection->session->egress->rules.upstream;
	const char *proxy_fields = upstream->authorization != NULL ? upstream->authorization : "";
	struct garasu_buffer out;
	ssize_t body = -1;

	garasu_buffer_init(&out, connection->request.maximum);
	connection->body = head_body_create(bytes, head->size);
	if (connection->body != NULL) {
		body = head_body_follow(connection->body, bytes + head->size, more);
	}
	if (body < 0 ||
		head_write_request(head, authority, path,
			connection->is_via_upstream ? proxy_fields : NULL, &out) != 0 ||
		garasu_buffer_append(&out, bytes + head->size, (size_t)body) != 0) {
		garasu_buffer_finish(&out);
		return -1;
	}
	garasu_buffer_finish(&connection->request);
	connection->request = out;
	return 0;
}

static int take_request(struct connection *connection, const struct head *head)
{
	struct target *target = &connection->target;
	int result;

	connection->is_connect = head->is_connect;
	result = head->is_connect
			 ? target_split_connect(head->target.bytes, head->target.size, target)
			 : target_split_url(head->target.bytes, head->target.size, target);

	if (result != 0) {
		return result;
	}
	connection->is_via_upstream = is_for_upstream(&connection->session->egress->rules, target);
	if (!head->is_connect) {
		return prepare_plain(connection, head);
	}
	garasu_buffer_consume(&connection->request, head->size);
	return 0;
}

static void on_head(struct connection *connection, const struct head *head)
{
	struct egress *egress = connection->session->egress;
	int result = take_request(connection, head);

	connection->target.authority = connection->target.path = NULL; /* their text is gone */
	if (result != 0) {
		memset(&connection->target, 0, sizeof(connection->target));
		connection_answer(connection, PAGE_BAD_REQUEST);
		return;
	}
	peer_pause(connection->browser);
	connection->verdict = GARASU_EGRESS_UNREACHABLE;
	connection->deadline_ms = uv_now(&egress->loop) + egress->connect_ms;
	connection_arm(connection, egress->connect_ms);
	if (check_lists(connection) != 0) {
		return;
	}
	if (connection->is_via_upstream) {
		find_upstream(connection);
	} else {
		find_addresses(connection);
	}
}

void request_on_bytes(struct connection *connection)
{
	const char *untrusted_bytes = (const char *)garasu_buffer_bytes(&connection->request);
	struct head head;

	switch (head_parse_request(
		untrusted_bytes, garasu_buffer_size(&connection->request), &head)) {
	case HEAD_WHOLE:
		on_head(connection, &head);
		break;
	case HEAD_INCOMPLETE:
		break;
	case HEAD_TOO_LARGE:
		connection_answer(connection, PAGE_TOO_LARGE);
		break;
	case HEAD_MALFORMED:
		connection_answer(connection, PAGE_BAD_REQUEST);
		break;
	}
}
