/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_BROWSER_H
#define GARASU_FLOW_BROWSER_H

#include "raw.h"

/*
 * What a browser says to the web front, well-formed or not. Every wait ends the test at
 * FLOW_DEADLINE_MS.
 */

struct browser_answer {
	int status;
	char head[4096];
	char body[4096]; /* the start of it, terminated */
	size_t size;     /* of the whole body */
};

/* Connects to the broker's web listener, in TLS. */
void browser_open(struct raw *raw, const struct flow_broker *broker);

/* Says a request of this head (its first line and more lines, without Host) and body, and reads the
 * answer. */
void browser_ask(struct raw *raw, const struct flow_broker *broker, struct browser_answer *answer,
	const char *lines, const char *body);

/* Asks on a connection of its own. */
void browser_ask_once(const struct flow_broker *broker, struct browser_answer *answer,
	const char *lines, const char *body);

/* Logs in from our own page. Returns the state code; fills the cookie's "name=value". */
int browser_log_in(
	const struct flow_broker *broker, const char *user, const char *password, char cookie[128]);

/* Upgrades with this cookie (NULL: none). Returns the code of the SecurityResult: 0 is accepted. */
int browser_enter(struct raw *raw, const struct flow_broker *broker, const char *cookie);
/* The same, as a page does by itself after a loss. */
int browser_enter_again(struct raw *raw, const struct flow_broker *broker, const char *cookie);

/* Enters with this cookie, which must be good, and reads as far as ServerInit. */
void browser_reach(struct raw *raw, const struct flow_broker *broker, const char *cookie);

/* Says one frame: bytes of at most 125, masked unless is_bare. */
void browser_say(struct raw *raw, int opcode, const void *bytes, size_t size, int is_bare);

/* Reads so many bytes of the stream within binary messages. */
void browser_hear(struct raw *raw, void *bytes, size_t size);

/* Reads to the goodbye, or to the end of the connection. Returns the bytes of the stream that came;
 * fills tail with the last ten. */
size_t browser_hear_end(struct raw *raw, uint8_t tail[10]);

#endif
