/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_CROWD_H
#define LOAD_CROWD_H

#include "work.h"

/*
 * All users of a run in one thread: whoever has news or is due gets its turn.
 *
 * What the others' decoding takes stands between a picture's arrival and the moment it is noted, so
 * it is measured too: turn_us holds how long each round took.
 */

struct crowd {
	struct work *works; /* count of capacity are used */
	struct pollfd *fds;
	bool *has_more;
	size_t count, capacity;
	struct samples turn_us;
};

/* Makes room for this many users. Returns 0 or -ENOMEM. */
int crowd_init(struct crowd *crowd, size_t capacity) __attribute__((warn_unused_result));
void crowd_finish(struct crowd *crowd);

/* Lends the next unused user, or NULL. */
struct work *crowd_next(struct crowd *crowd);

/* Waits for news or until the time, whichever is sooner, and does one round. */
void crowd_turn(struct crowd *crowd, uint64_t until_us);

#endif
