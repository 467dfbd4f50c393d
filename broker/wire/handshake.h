/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_WIRE_HANDSHAKE_H
#define GARASU_WIRE_HANDSHAKE_H

#include "garasu/rfb.h"
#include "garasu/state.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * From the first byte to the log-in: RFC 6143 §7.1 and VeNCrypt 0.2 (rfbproto.rst), docs/wire.md
 * §1. Pure: the viewer's bytes in, our answer out.
 */

enum wire_handshake_step {
	WIRE_HANDSHAKE_VERSION,
	WIRE_HANDSHAKE_TYPE,
	WIRE_HANDSHAKE_VENCRYPT,
	WIRE_HANDSHAKE_SUBTYPE,
	WIRE_HANDSHAKE_TLS,   /* start TLS now; what follows is inside it */
	WIRE_HANDSHAKE_PLAIN, /* the caller sets this when TLS stands */
	WIRE_HANDSHAKE_DONE,  /* user and password are filled */
};

#define WIRE_HANDSHAKE_ANSWER_MAX 16u

struct wire_handshake {
	enum wire_handshake_step step;
	char user[GARASU_RFB_USER_MAX + 1];         /* terminated; no zero byte within */
	char password[GARASU_RFB_PASSWORD_MAX + 1]; /* secret: the caller wipes it */
};

/* What the server says first: "RFB 003.008\n". Fills 12 bytes. */
void wire_handshake_begin(struct wire_handshake *handshake, uint8_t greeting[12]);

/* Parses one step from bytes; fills answer (at most WIRE_HANDSHAKE_ANSWER_MAX bytes) and
 * *answer_size. Returns the bytes it took, 0 if the step is not whole yet, or -EPROTO; before TLS a
 * step takes exactly its bytes and more behind it is left (the caller refuses what came before
 * SUBTYPE's answer: nothing may be pipelined in front of TLS). */
ssize_t wire_handshake_next(struct wire_handshake *handshake, const uint8_t *untrusted_bytes,
	size_t size, uint8_t *answer, size_t *answer_size) __attribute__((warn_unused_result));

/* SecurityResult (§7.1.3): fills out with OK (code 0), or with the failure and the reason "Garasu
 * NN: fixed English words" made from the code alone. Returns its size, at most WIRE_RESULT_MAX. */
#define WIRE_RESULT_MAX 256u
size_t wire_security_result(uint8_t out[WIRE_RESULT_MAX], uint32_t code, uint32_t value);

/* Our own messages to the viewer: type 252. Return their size. Of text, at most 200 characters are
 * taken, and none behind a malformed one; 0 means that nothing is left to say. */
#define WIRE_STATE_BYTES 10u
#define WIRE_MESSAGE_MAX (4u + GARASU_RFB_MESSAGE_BYTES_MAX)
#define WIRE_POLICY_BYTES 7u
size_t wire_state(uint8_t out[WIRE_STATE_BYTES], uint32_t code, uint32_t value);
size_t wire_policy(uint8_t out[WIRE_POLICY_BYTES], uint32_t paste_max, uint32_t bits);
size_t wire_message(uint8_t out[WIRE_MESSAGE_MAX], const char *text);

#endif
