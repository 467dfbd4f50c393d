/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_DIGEST_H
#define WEB_DIGEST_H

#include "form.h"

/* The one place of this role where OpenSSL's digests are met. */

#define DIGEST_ACCEPT_SIZE 29 /* base64 of SHA-1, with terminator */

/* Looks the digests up while files can still be opened. Returns 0 or -ENOSYS. */
int digest_open(void) __attribute__((warn_unused_result));

/* Fills token with random bytes. Returns 0 or -EIO. */
int digest_random(uint8_t token[FORM_TOKEN_BYTES]) __attribute__((warn_unused_result));

/* Fills hash with the token's SHA-256: all that anyone but the browser keeps. Returns 0 or -EIO. */
int digest_hash(const uint8_t token[FORM_TOKEN_BYTES], uint8_t hash[GARASU_TOKEN_HASH_BYTES])
	__attribute__((warn_unused_result));

/* Fills accept for a Sec-WebSocket-Key (RFC 6455 §4.2.2). Returns 0 or -EIO. */
int digest_accept(struct request_text key, char accept[DIGEST_ACCEPT_SIZE])
	__attribute__((warn_unused_result));

#endif
