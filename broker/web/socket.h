/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_SOCKET_H
#define WEB_SOCKET_H

#include "base/buffer.h"

/* WebSocket frames (RFC 6455), the server's side: the one place where wslay is met. Binary messages
 * are the stream, wherever they begin and end; texts are refused. */

struct web_socket;

/* Fills *socket. Returns 0 or -ENOMEM. */
int web_socket_create(struct web_socket **socket) __attribute__((warn_unused_result));
void web_socket_destroy(struct web_socket **socket);

/* Takes bytes in any pieces and appends what they carry to the stream, never more than came.
 * Returns 0, 1 at the peer's goodbye, or -EPROTO. */
int web_socket_take(struct web_socket *socket, const uint8_t *untrusted_bytes, size_t size,
	struct garasu_buffer *stream) __attribute__((warn_unused_result));

/* Appends the answers that are due to pings and to a goodbye. Returns 0 or -ENOBUFS. */
int web_socket_answer(struct web_socket *socket, struct garasu_buffer *out)
	__attribute__((warn_unused_result));

/* Appends these bytes as one binary message. Returns 0 or -ENOBUFS. */
int web_socket_put(struct web_socket *socket, const uint8_t *bytes, size_t size,
	struct garasu_buffer *out) __attribute__((warn_unused_result));

/* Says goodbye, once: what follows is the end. */
void web_socket_end(struct web_socket *socket);

#endif
