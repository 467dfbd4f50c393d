/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_STRIPS_H
#define ENCODER_STRIPS_H

#include "picture.h"

/* Strips of a picture that may have moved along themselves: columns of cells one row high, and
 * bands of cells one column wide. Cells are known by keyed 64-bit hashes, of what the viewer has
 * and of what it shall have; a page cannot know the key, and what is found is only a proposal. */

#define STRIP_COLUMN_WIDTH 32u /* pixels */
#define STRIP_BAND_HEIGHT 16u
#define STRIPS_MAX 68u /* every fourth column or band of the largest picture, both rounded up */
#define STRIP_PROPOSALS 8u

struct strip {
	uint32_t x;             /* of a column */
	const uint8_t *marks;   /* of its rows, or NULL */
	uint64_t *before, *now; /* hashes of the cells start .. end - 1 */
	uint32_t start, end;
};

struct strip_proposal {
	int32_t distance; /* cells, positive: downwards, or to the right */
	uint32_t votes;
};

struct strip_slot;

struct strips {
	struct strip list[STRIPS_MAX];
	uint32_t count;
	uint64_t *hashes; /* room for all of them */
	size_t hashes_max, hashes_used;
	struct strip_slot *slots; /* where a hash was last seen, for one strip at a time */
	uint32_t slot_mask, stamp;
	uint32_t *votes; /* by distance, from -length_max to length_max */
	uint32_t length_max;
	uint8_t *key;
	uint64_t work; /* cells hashed, slots looked at, cells compared: grows for ever */
};

/* Makes room for pictures up to this size and draws a key. Returns 0 or negative errno. */
int strips_init(struct strips *strips, uint32_t max_width, uint32_t max_height)
	__attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void strips_finish(struct strips *strips);

/* Forgets the strips. */
void strips_clear(struct strips *strips);

/* Adds the column at x, within the picture, rows top .. bottom - 1; marks has a byte for each row
 * of the picture (borrowed). */
void strips_add_column(
	struct strips *strips, uint32_t x, uint32_t top, uint32_t bottom, const uint8_t *marks);

/* Hashes all columns that were added. Cells whose mark has the bit still count as unchanged. */
void strips_hash_columns(struct strips *strips, const struct picture *picture, uint8_t still);

/* Adds the band at y, columns left .. right - 1. */
void strips_add_band(struct strips *strips, const struct picture *picture, uint32_t y,
	uint32_t left, uint32_t right);

/* Lets every cell that changed, and differs from its neighbour, vote for the nearest place on each
 * side where it was before. Fills proposals, most votes first. Returns how many. */
uint32_t strips_vote(struct strips *strips, struct strip_proposal proposals[STRIP_PROPOSALS]);

/* Returns how many changed cells moving everything by distance would explain. */
uint32_t strips_explained(struct strips *strips, int32_t distance);

#endif
