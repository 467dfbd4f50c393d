/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_REFINE_H
#define ENCODER_REFINE_H

#include "garasu/settings.h"
#include "picture.h"

/*
 * Refinement: what went out as JPEG and rests is sent again, better.
 *
 * A lossy tile that has rested goes out as JPEG of the fine quality, and when it rests on, bit for
 * bit; how far is a policy. It goes in portions that suit the line, and only while the line is
 * idle. A tile that changes soon after it was refined must rest twice as long the next time: a
 * film, a slide show or a clock is soon refined no more, whatever its rate.
 */

#define REFINE_QUALITY 95       /* of the fine JPEG, with colour at full resolution */
#define REFINE_EXACT_RESTS 3u   /* how many more rests after the first until bit for bit */
#define REFINE_CALM_MS 1500u    /* what stood so long was not refined in vain; no longer rest */
#define REFINE_FILM_GAP_MS 250u /* no longer between the pictures of a film */
#define REFINE_FILM_STREAK 4u   /* from so many on it is one */
#define REFINE_BYTES_MIN 16384u /* of a portion: whatever changes next waits behind it */
#define REFINE_BYTES_FIRST 32768u
#define REFINE_BYTES_MAX 393216u /* about 7 ms of encoding, by the least of refine_cost */

enum refine_step { REFINE_FINE, REFINE_EXACT, REFINE_STEPS };

struct refine_tile {
	uint64_t refined_ms; /* when what it shows was refined first; 0: it was not */
	uint8_t in_vain;     /* refinements that were soon painted over, one after the other */
	uint8_t streak;      /* how often it was painted over with few pauses */
	uint64_t painted_ms;
};

struct refine {
	enum garasu_refine policy;
	uint32_t rest_ms; /* 0: never */
	struct refine_tile *tiles;
	uint32_t bytes;                    /* of the last portion */
	uint64_t sent_ms;                  /* 0: never */
	uint32_t tile_bytes[REFINE_STEPS]; /* what a tile took lately */
};

/* Makes room for pictures up to this size. Returns 0 or -ENOMEM. */
int refine_init(struct refine *refine, enum garasu_refine policy, uint32_t rest_ms,
	uint32_t max_width, uint32_t max_height) __attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void refine_finish(struct refine *refine);

/* When the first clean tile will have rested for its next step; UINT64_MAX if there is none. */
uint64_t refine_due_ms(const struct refine *refine, const struct picture *picture);

/* True if the tile has rested for its next step. */
int refine_tile_is_due(
	const struct refine *refine, const struct picture *picture, uint32_t tile, uint64_t now_ms);

/* How many bytes the portion may take that goes now, to a viewer without a window. Call it once for
 * each portion: it doubles while the last ones were worked through quickly, and halves when they
 * took long. */
uint32_t refine_budget(struct refine *refine, uint64_t now_ms);

/* What a tile is expected to take of it, from what tiles took lately. */
uint32_t refine_cost(const struct refine *refine, enum refine_step step);

/* Notes that a tile of the portion went out. */
void refine_tile_sent(struct refine *refine, uint32_t tile, uint64_t now_ms);

/* Notes what the tiles of the portion that took this step took. */
void refine_sent(struct refine *refine, enum refine_step step, uint32_t tiles, size_t bytes);

/* Notes that most of a tile was painted with something else, or, if has_moved, perhaps moved on:
 * then its refinement was not in vain, and it is no film. */
void refine_painted(struct refine *refine, uint32_t tile, int has_moved, uint64_t now_ms);

/* True if the tile has been painted over and over, so that what is drawn there now is film,
 * whatever it shows. */
int refine_tile_is_film(const struct refine *refine, uint32_t tile, uint64_t now_ms);

#endif
