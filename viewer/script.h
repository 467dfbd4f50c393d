/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_SCRIPT_H
#define VIEWER_SCRIPT_H

#include "session.h"

/* A line protocol that drives a session: one command a line, one answer a line ("ok ..." or
 * "error ..."), and "state CODE VALUE" and "message TEXT" whenever they come. See garasu-viewer(1).
 */

enum script_wait {
	SCRIPT_READY = 0, /* takes the next command */
	SCRIPT_WAIT_REST,
	SCRIPT_WAIT_PIXEL,
	SCRIPT_WAIT_SHOT,
	SCRIPT_QUIT,
};

struct script {
	struct session *session;
	int fd;
	uint32_t rest_ms;
	bool is_at_end;
	struct garasu_buffer input;
	enum script_wait wait;
	uint64_t deadline_ms;
	uint32_t x, y, colour;
	char path[1024];
};

void script_init(struct script *script, struct session *session, int fd, uint32_t rest_ms);
void script_finish(struct script *script);
/* Reads what the descriptor has: call when it is readable. */
void script_read(struct script *script);
/* Goes on with commands and waits. Returns milliseconds until it must be called again, -1: none. */
int script_work(struct script *script);
/* An event of the session that the reader is told of. */
void script_event(struct script *script, const struct decoder_event *event);

/* True if nothing has changed for rest_ms. */
bool script_rests(const struct session *session, uint32_t rest_ms);

/* Returns how long to wait until the picture rests, 0 when it does or has not for so long that it
 * never will (a blinking caret, a film). Before the first picture: -1. */
int64_t script_rest_left_ms(const struct session *session, uint32_t rest_ms);

#endif
