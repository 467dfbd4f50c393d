/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_TRAIL_ANCHOR_H
#define GARASU_TRAIL_ANCHOR_H

#include "trail/record.h"

/* A seal that was copied out of a trail. */
struct trail_anchor {
	struct trail_record record;
	uint8_t hash[TRAIL_HASH_SIZE]; /* of its line */
	char line[TRAIL_OWN_MAX];      /* terminated */
};

/* Takes the last seal of a file: an anchor, or a whole segment. Returns 0, -ENOENT when there is
 * none, or another negative errno. */
int trail_anchor_read(struct trail_anchor *anchor, int fd) __attribute__((warn_unused_result));

/* Takes the last seal of a directory's trail. Returns as above. */
int trail_anchor_last(struct trail_anchor *anchor, int directory)
	__attribute__((warn_unused_result));

#endif
