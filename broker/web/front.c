/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests, until one logs in or becomes a WebSocket. Reads untrusted bytes from: the viewer. */

#include "web.h"

#include "answer.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/secret.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_BYTES_MAX 65535u /* of one binary message: a head of four bytes */

static struct web *web_of(struct gateway *gateway)
{
	return gateway->front_state;
}

static int begin(struct gateway *gateway)
{
	gateway->is_idle = 1; /* browsers open connections that they may need */
	return 0;
}

/* Not to have been understood is told and ends the connection. */
static void end_with_status(struct gateway *gateway, enum answer_status status)
{
	if (answer_status(&gateway->wrapped, status) != 0) {
		garasu_log(GARASU_LOG_WARNING, "not_told", "status=%d", status);
	}
	gateway_finish(gateway);
}

static void refuse(struct gateway *gateway, enum answer_status status)
{
	gateway_refuse(gateway, GARASU_REFUSAL_HANDSHAKE, status);
	end_with_status(gateway, status);
}

/* ---- what the supervisor is asked ---- */

static void ask(
	struct gateway *gateway, enum web_question question, uint16_t type, const void *record)
{
	web_of(gateway)->question = question;
	gateway->awaits_session = question == WEB_SESSION;
	if (supervisor_say(gateway, type, record, 1) == 0) {
		gateway->phase = GATEWAY_VERDICT;
		gateway_set_deadline(gateway, gateway->settings.login_ms);
	}
}

/* Returns 1 and the hash of the log-in that the browser holds, or 0. */
static int has_token(const struct request *request, uint8_t hash[GARASU_TOKEN_HASH_BYTES])
{
	uint8_t token[FORM_TOKEN_BYTES];
	int is_there = form_read_cookie(request->cookie, token) && digest_hash(token, hash) == 0;

	garasu_secret_wipe(token, sizeof(token));
	return is_there;
}

static void log_in(struct gateway *gateway, const struct request *request)
{
	struct web *web = web_of(gateway);
	struct garasu_web_login record;
	struct form_login form;

	memset(&record, 0, sizeof(record));
	if (form_read_login(request->body, &form) != 0) {
		refuse(gateway, ANSWER_BAD_REQUEST);
	} else if (tls_client_name(gateway->tls, record.login.certificate_name,
			   sizeof(record.login.certificate_name)) != 0) {
		web->question = WEB_LOGIN;
		gateway_refuse(gateway, GARASU_REFUSAL_CERTIFICATE, 0);
		gateway_end_with(gateway, GARASU_STATE_CERTIFICATE, 0);
	} else if (digest_random(web->token) != 0 ||
		   digest_hash(web->token, record.token_hash) != 0) {
		gateway_finish(gateway);
	} else {
		memcpy(record.login.user, form.user, sizeof(record.login.user));
		memcpy(record.login.password, form.password, sizeof(record.login.password));
		record.replaces = (uint8_t)has_token(request, record.replaced_hash);
		ask(gateway, WEB_LOGIN, GARASU_WEB_LOGIN, &record);
	}
	garasu_secret_wipe(&form, sizeof(form));
	garasu_secret_wipe(&record, sizeof(record));
}

static void log_out(struct gateway *gateway, const struct request *request)
{
	struct garasu_web_logout record;

	memset(&record, 0, sizeof(record));
	web_of(gateway)->question = WEB_LOGOUT;
	if (has_token(request, record.token_hash)) {
		ask(gateway, WEB_LOGOUT, GARASU_WEB_LOGOUT, &record);
	} else {
		gateway_end_with(gateway, GARASU_STATE_ACCEPTED, 0);
	}
}

static void enter(struct gateway *gateway, const struct request *request, uint8_t is_again)
{
	struct web *web = web_of(gateway);
	struct garasu_web_enter record;

	memset(&record, 0, sizeof(record));
	record.is_again = is_again;
	web->question = WEB_SESSION;
	if (digest_accept(request->websocket_key, web->accept) != 0) {
		refuse(gateway, ANSWER_BAD_REQUEST);
	} else if (tls_client_name(gateway->tls, record.certificate_name,
			   sizeof(record.certificate_name)) != 0) {
		gateway_refuse(gateway, GARASU_REFUSAL_CERTIFICATE, 0);
		gateway_end_with(gateway, GARASU_STATE_CERTIFICATE, 0);
	} else if (!has_token(request, record.token_hash)) {
		gateway_end_with(gateway, GARASU_STATE_REFUSED, 0); /* it has not logged in yet */
	} else {
		ask(gateway, WEB_SESSION, GARASU_WEB_ENTER, &record);
	}
}

/* ---- requests ---- */

static void give_page(
	struct gateway *gateway, const struct request *request, const struct page *page)
{
	if (answer_page(&gateway->wrapped, page, request->method == REQUEST_GET) != 0) {
		gateway_finish(gateway);
	}
}

static void serve(struct gateway *gateway, const struct request *request)
{
	const struct page *page = NULL;
	enum route route = route_find(request, &page);

	switch (route) {
	case ROUTE_PAGE:
		give_page(gateway, request, page);
		break;
	case ROUTE_LOGIN:
		log_in(gateway, request);
		break;
	case ROUTE_LOGOUT:
		log_out(gateway, request);
		break;
	case ROUTE_SESSION:
	case ROUTE_AGAIN:
		enter(gateway, request, route == ROUTE_AGAIN);
		break;
	case ROUTE_NOT_FOUND: /* a browser's own wishes, a favicon for one, are no attack */
		end_with_status(gateway, ANSWER_NOT_FOUND);
		break;
	case ROUTE_WRONG_METHOD:
		end_with_status(gateway, ANSWER_WRONG_METHOD);
		break;
	case ROUTE_FOREIGN:
		refuse(gateway, ANSWER_FORBIDDEN);
		break;
	case ROUTE_MALFORMED:
		refuse(gateway, ANSWER_BAD_REQUEST);
		break;
	}
}

static void take_request(struct gateway *gateway)
{
	struct web *web = web_of(gateway);
	struct request request;

	switch (request_read(web->untrusted_request, web->size, &request)) {
	case REQUEST_INCOMPLETE:
		return;
	case REQUEST_WHOLE:
		/* What follows was said before the answer could be read: browsers do not. */
		if (request.size == web->size) {
			serve(gateway, &request);
		} else {
			refuse(gateway, ANSWER_BAD_REQUEST);
		}
		break;
	case REQUEST_MALFORMED:
		refuse(gateway, ANSWER_BAD_REQUEST);
		break;
	case REQUEST_HEAD_TOO_LARGE:
		refuse(gateway, ANSWER_HEAD_TOO_LARGE);
		break;
	case REQUEST_BODY_TOO_LARGE:
		refuse(gateway, ANSWER_BODY_TOO_LARGE);
		break;
	}
	garasu_secret_wipe(web->untrusted_request, web->size);
	web->size = 0;
}

static void take(struct gateway *gateway, const uint8_t *untrusted_bytes, size_t size)
{
	struct web *web = web_of(gateway);

	if (gateway->phase != GATEWAY_LOGIN || !outgoing_is_empty(gateway)) {
		gateway_refuse(gateway, GARASU_REFUSAL_HANDSHAKE, ANSWER_BAD_REQUEST);
		gateway_finish(gateway);
		return;
	}
	if (size > sizeof(web->untrusted_request) - web->size) {
		refuse(gateway, ANSWER_HEAD_TOO_LARGE);
		return;
	}
	memcpy(web->untrusted_request + web->size, untrusted_bytes, size);
	web->size += size;
	take_request(gateway);
	gateway->is_idle = web->size == 0;
}

/* ---- answers ---- */

static int answer_login(struct gateway *gateway, uint32_t code, uint32_t value)
{
	struct web *web = web_of(gateway);
	char cookie[256];
	char text[FORM_TOKEN_TEXT];
	int result;

	if (code != GARASU_STATE_ACCEPTED) {
		return answer_state(&gateway->wrapped, code, value, NULL, NULL);
	}
	garasu_hex_write(text, web->token, sizeof(web->token));
	snprintf(cookie, sizeof(cookie),
		FORM_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", text);
	result = answer_state(&gateway->wrapped, code, value, cookie, &gateway->last);
	garasu_secret_wipe(cookie, sizeof(cookie));
	garasu_secret_wipe(text, sizeof(text));
	return result;
}

static int answer_session(struct gateway *gateway, uint32_t code, uint32_t value)
{
	uint8_t bytes[WIRE_RESULT_MAX];
	int result = web_socket_create(&web_of(gateway)->socket);

	if (result == 0) {
		result = answer_upgrade(&gateway->wrapped, web_of(gateway)->accept);
	}
	return result == 0 ? outgoing_put(gateway, bytes, wire_security_result(bytes, code, value))
			   : result;
}

static void answer(struct gateway *gateway, uint32_t code, uint32_t value)
{
	struct web *web = web_of(gateway);
	int result = 0;

	switch (web->question) {
	case WEB_NOTHING:
		break;
	case WEB_LOGIN:
		result = answer_login(gateway, code, value);
		break;
	case WEB_LOGOUT:
		result = answer_state(&gateway->wrapped, code, value,
			FORM_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
			NULL);
		break;
	case WEB_SESSION:
		result = answer_session(gateway, code, value);
		break;
	}
	garasu_secret_wipe(web->token, sizeof(web->token));
	if (result != 0) {
		garasu_log(GARASU_LOG_WARNING, "not_told", "code=%u error=%d", code, result);
	}
}

/* ---- the stream ---- */

static int unwrap(struct gateway *gateway, const uint8_t *untrusted_bytes, size_t size)
{
	return web_socket_take(
		web_of(gateway)->socket, untrusted_bytes, size, &gateway->from_viewer);
}

static void wrap(struct gateway *gateway)
{
	struct web_socket *socket = web_of(gateway)->socket;
	size_t size = garasu_buffer_size(&gateway->to_viewer);

	if (socket == NULL || garasu_buffer_size(&gateway->wrapped) > 0) {
		return;
	}
	size = size < MESSAGE_BYTES_MAX ? size : MESSAGE_BYTES_MAX;
	if (size > 0) {
		GARASU_INVARIANT(web_socket_put(socket, garasu_buffer_bytes(&gateway->to_viewer),
					 size, &gateway->wrapped) == 0);
		garasu_buffer_consume(&gateway->to_viewer, size);
	} else if (gateway->phase == GATEWAY_FLUSHING) {
		web_socket_end(socket);
	}
	GARASU_INVARIANT(web_socket_answer(socket, &gateway->wrapped) == 0);
}

const struct gateway_front web_front = {.first = GATEWAY_TLS,
	.begin = begin,
	.take = take,
	.answer = answer,
	.unwrap = unwrap,
	.wrap = wrap};
