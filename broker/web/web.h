/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_H
#define WEB_H

#include "digest.h"
#include "gateway/gateway.h"
#include "request.h"
#include "route.h"
#include "socket.h"

/*
 * The web front: one connection of a browser, from its first byte to its last. It is the gateway
 * (TLS, filter, relay, jail) with another way in:
 *
 *   front.c    requests, one after the other, until one logs in or becomes a WebSocket
 *   request.c  HTTP heads              route.c   what they ask for
 *   form.c     log-in form, cookie     digest.c  tokens and their hashes
 *   answer.c   HTTP answers            page.h    the compiled-in files
 *   socket.c   WebSocket messages around the RFB stream
 *
 * The stream in a WebSocket begins with SecurityResult, where the native viewer's stands after
 * TLS and log-in.
 */

/* What the supervisor was asked. */
enum web_question {
	WEB_NOTHING,
	WEB_LOGIN,
	WEB_LOGOUT,
	WEB_SESSION,
};

struct web {
	enum web_question question;
	char untrusted_request[REQUEST_HEAD_MAX + REQUEST_BODY_MAX]; /* secret: it may log in */
	size_t size;
	uint8_t token[FORM_TOKEN_BYTES]; /* secret: given to the browser when it is accepted */
	char accept[DIGEST_ACCEPT_SIZE];
	struct web_socket *socket;
};

/* front.c: gateway->front_state is a struct web. */
extern const struct gateway_front web_front;

#endif
