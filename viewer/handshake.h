/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_HANDSHAKE_H
#define VIEWER_HANDSHAKE_H

#include "words.h"

#include <base/buffer.h>

#include <stdbool.h>

/*
 * From the server's first byte to its SecurityResult (RFC 6143 §7.1, VeNCrypt in rfbproto.rst).
 *
 * Pure: bytes in, bytes out. It is never talked down: nothing but VeNCrypt with X509Plain is taken,
 * and not one byte may wait in front of the TLS handshake. Where takes_none was set, nothing but
 * security type None is: the load tool's way to other makers' servers.
 */

enum handshake_step {
	HANDSHAKE_VERSION = 0,
	HANDSHAKE_TYPES,
	HANDSHAKE_VENCRYPT_VERSION,
	HANDSHAKE_VENCRYPT_ANSWER,
	HANDSHAKE_SUBTYPES,
	HANDSHAKE_SUBTYPE_ANSWER,
	HANDSHAKE_SECURE, /* waits for TLS */
	HANDSHAKE_RESULT,
	HANDSHAKE_REASON,
	HANDSHAKE_DONE,
	HANDSHAKE_FAILED,
};

struct handshake {
	bool takes_none;
	enum handshake_step step;
	struct outcome outcome; /* when FAILED */
};

/* Takes what input has and appends answers to output, until the step waits for more bytes, for TLS
 * (SECURE), or is DONE or FAILED. */
void handshake_run(
	struct handshake *handshake, struct garasu_buffer *input, struct garasu_buffer *output);

/* TLS stands: appends user and password, of bounded size, to output. */
void handshake_log_in(struct handshake *handshake, struct garasu_buffer *output, const char *user,
	const char *password);

#endif
