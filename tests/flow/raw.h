/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_RAW_H
#define GARASU_FLOW_RAW_H

#include "harness.h"

#include <openssl/ssl.h>

/*
 * A viewer that says what it is told to, well-formed or not. It believes any server certificate:
 * it is the attacker. Every wait ends the test at FLOW_DEADLINE_MS.
 */

struct raw {
	int fd;
	SSL_CTX *context;
	SSL *tls;
	char reason[256]; /* of a SecurityResult that refused */
	uint8_t tail[10]; /* the last bytes before the end: a STATE message, where there was one */
};

/* Connects, and says nothing. */
void raw_open(struct raw *raw, const struct flow_broker *broker);

/* The same from another address of loopback. */
void raw_open_from(struct raw *raw, const struct flow_broker *broker, const char *address);

/* Returns 1 when the server's version is heard, 0 when it closed before. */
int raw_is_greeted(struct raw *raw);

/* Closes at once; accepts one that is closed. */
void raw_close(struct raw *raw);

/* Writes, in TLS once it stands. A peer that is gone is no failure: what follows shows it. */
void raw_say(struct raw *raw, const void *bytes, size_t size);

/* Reads exactly so many bytes, or fails the test. */
void raw_hear(struct raw *raw, void *bytes, size_t size);

/* Reads and drops to the connection's end, or fails the test. Returns the bytes dropped. */
size_t raw_hear_end(struct raw *raw);

/* Version, type and sub-type as they should be: TLS is what the server awaits next. */
void raw_greet(struct raw *raw);

/* Shakes hands. Returns 1, or 0 when the server refused. certificate and key may be NULL. */
int raw_secure(struct raw *raw, int version, const char *certificate, const char *key);

/* Says name and password. Returns the state code of the SecurityResult: 0 is accepted. */
int raw_log_in(struct raw *raw, const char *user, const char *password);

/* From the first byte to ServerInit, as any viewer. */
void raw_start(struct raw *raw, const struct flow_broker *broker, const char *user);

/* Reads to the first byte of an answer to a request for the whole picture: everything before it
 * was taken. */
void raw_wait_taken(struct raw *raw);

/* Asks with a fence, which the viewer must have asked for, and drops what is heard before its
 * answer: all that was said before was taken. */
void raw_fence(struct raw *raw);

/* Says the block so many times, and drops what is heard. Returns 1, or 0 if the server closed. */
int raw_flood(struct raw *raw, const void *block, size_t size, unsigned times);

/* Asks for encodings. */
void raw_encodings(struct raw *raw, const int32_t *list, unsigned count);

#endif
