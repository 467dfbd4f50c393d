/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strips of hashed cells, and how far they say they moved. The one place where xxHash is met. Reads
 * untrusted bytes from: nobody; the pixels are private copies, chosen by a page. */

#include "strips.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define KEY_BYTES 192u
#define PROBES_MAX 8u /* slots looked at for one cell, whatever a page does */
#define ROWS_AHEAD 2u /* what is hashed next comes from memory meanwhile */
#define VOTES_MIN 3u  /* fewer are chance */

struct strip_slot {
	uint64_t hash;
	uint32_t stamp; /* another one: the slot is empty */
	uint32_t place;
};

static uint32_t greater(uint32_t left, uint32_t right)
{
	return left > right ? left : right;
}

static size_t strips_across(uint32_t pixels)
{
	return (pixels + 4 * STRIP_COLUMN_WIDTH - 1) / (4 * STRIP_COLUMN_WIDTH);
}

static size_t bands_across(uint32_t pixels)
{
	return (pixels + PICTURE_TILE_SIDE - 1) / PICTURE_TILE_SIDE;
}

int strips_init(struct strips *strips, uint32_t max_width, uint32_t max_height)
{
	size_t columns = strips_across(max_width) * max_height;
	size_t bands = bands_across(max_height) * max_width;
	uint32_t slots = 2;

	*strips = (struct strips){.length_max = greater(max_width, max_height)};
	while (slots < 2 * strips->length_max) {
		slots *= 2;
	}
	strips->slot_mask = slots - 1;
	strips->hashes_max = 2 * (columns > bands ? columns : bands);
	strips->hashes = calloc(strips->hashes_max, sizeof(*strips->hashes));
	strips->slots = calloc(slots, sizeof(*strips->slots));
	strips->votes = calloc(2 * (size_t)strips->length_max + 1, sizeof(*strips->votes));
	strips->key = malloc(KEY_BYTES);
	if (strips->hashes == NULL || strips->slots == NULL || strips->votes == NULL ||
		strips->key == NULL) {
		strips_finish(strips);
		return -ENOMEM;
	}
	if (getrandom(strips->key, KEY_BYTES, 0) != KEY_BYTES) {
		strips_finish(strips);
		return -EIO;
	}
	return 0;
}

void strips_finish(struct strips *strips)
{
	free(strips->hashes);
	free(strips->slots);
	free(strips->votes);
	free(strips->key);
	*strips = (struct strips){0};
}

void strips_clear(struct strips *strips)
{
	strips->count = 0;
	strips->hashes_used = 0;
}

/* ---- hashes ---- */

/* Returns NULL when there is no room for another strip. */
static struct strip *begin_strip(struct strips *strips, uint32_t start, uint32_t end)
{
	size_t length = end > start ? end - start : 0;
	struct strip *strip = &strips->list[strips->count];

	if (length == 0 || strips->count == STRIPS_MAX ||
		strips->hashes_used + 2 * length > strips->hashes_max) {
		return NULL;
	}
	*strip = (struct strip){.before = strips->hashes + strips->hashes_used,
		.now = strips->hashes + strips->hashes_used + length,
		.start = start,
		.end = end};
	strips->hashes_used += 2 * length;
	strips->count++;
	strips->work += 2 * length;
	return strip;
}

static uint64_t hash_of(const struct strips *strips, const void *bytes, size_t size)
{
	return XXH3_64bits_withSecret(bytes, size, strips->key, KEY_BYTES);
}

void strips_add_column(
	struct strips *strips, uint32_t x, uint32_t top, uint32_t bottom, const uint8_t *marks)
{
	struct strip *strip = begin_strip(strips, top, bottom);

	if (strip != NULL) {
		strip->x = x;
		strip->marks = marks;
	}
}

static void hash_cell(struct strips *strips, const struct picture *picture,
	const struct strip *strip, uint32_t y, uint8_t still)
{
	const size_t size = 4u * STRIP_COLUMN_WIDTH;
	uint32_t i = y - strip->start;
	uint32_t ahead = y + ROWS_AHEAD < strip->end ? y + ROWS_AHEAD : y;

	for (uint32_t x = strip->x; x < strip->x + STRIP_COLUMN_WIDTH; x += 16) {
		__builtin_prefetch(picture_shown_at(picture, x, ahead));
		__builtin_prefetch(picture_at(picture, x, ahead));
	}

	strip->before[i] = hash_of(strips, picture_shown_at(picture, strip->x, y), size);
	strip->now[i] = (strip->marks[y] & still) != 0
				? strip->before[i]
				: hash_of(strips, picture_at(picture, strip->x, y), size);
}

/* Row by row through all columns: down a column every cell would lie on another page. */
void strips_hash_columns(struct strips *strips, const struct picture *picture, uint8_t still)
{
	for (uint32_t y = 0; y < picture->height; y++) {
		for (uint32_t i = 0; i < strips->count; i++) {
			const struct strip *strip = &strips->list[i];

			if (y >= strip->start && y < strip->end) {
				hash_cell(strips, picture, strip, y, still);
			}
		}
	}
}

/* Up to 16 columns of one plane, upright in the picture, become level rows. */
static void hash_upright(const struct strips *strips, const uint8_t *pixels, size_t stride,
	uint32_t columns, uint64_t *hashes)
{
	uint32_t turned[16][STRIP_BAND_HEIGHT];

	for (uint32_t row = 0; row < STRIP_BAND_HEIGHT; row++) {
		for (uint32_t column = 0; column < columns; column++) {
			memcpy(&turned[column][row], pixels + row * stride + 4u * (size_t)column,
				4);
		}
	}
	for (uint32_t column = 0; column < columns; column++) {
		hashes[column] = hash_of(strips, turned[column], sizeof(turned[column]));
	}
}

void strips_add_band(struct strips *strips, const struct picture *picture, uint32_t y,
	uint32_t left, uint32_t right)
{
	struct strip *strip =
		y + STRIP_BAND_HEIGHT <= picture->height ? begin_strip(strips, left, right) : NULL;

	if (strip == NULL) {
		return;
	}
	for (uint32_t x = left; x < right; x += 16) {
		uint32_t columns = right - x < 16 ? right - x : 16;

		hash_upright(strips, picture_shown_at(picture, x, y), picture->stride, columns,
			strip->before + (x - left));
		hash_upright(strips, picture_at(picture, x, y), picture->stride, columns,
			strip->now + (x - left));
	}
}

/* ---- votes ---- */

/* A cell is told by itself and the one before it: the edge of something, not its inside. */
static uint64_t edge_at(const uint64_t *hashes, uint32_t i)
{
	return hashes[i] ^ (hashes[i - 1] << 31 | hashes[i - 1] >> 33);
}

static int is_edge(const uint64_t *hashes, uint32_t i)
{
	return hashes[i] != hashes[i - 1];
}

/* Notes the place of a hash; one that finds no room within the probes is not noted. */
static void note_place(struct strips *strips, uint64_t hash, uint32_t place)
{
	for (uint32_t probe = 0; probe < PROBES_MAX; probe++) {
		struct strip_slot *slot =
			&strips->slots[(uint32_t)(hash + probe) & strips->slot_mask];

		strips->work++;
		if (slot->stamp != strips->stamp || slot->hash == hash) {
			*slot = (struct strip_slot){
				.hash = hash, .stamp = strips->stamp, .place = place};
			return;
		}
	}
}

/* Returns 1 and fills *place if the hash was noted. */
static int find_place(struct strips *strips, uint64_t hash, uint32_t *place)
{
	for (uint32_t probe = 0; probe < PROBES_MAX; probe++) {
		const struct strip_slot *slot =
			&strips->slots[(uint32_t)(hash + probe) & strips->slot_mask];

		strips->work++;
		if (slot->stamp != strips->stamp) {
			return 0;
		}
		if (slot->hash == hash) {
			*place = slot->place;
			return 1;
		}
	}
	return 0;
}

static void next_stamp(struct strips *strips)
{
	strips->stamp++;
	if (strips->stamp == 0) {
		memset(strips->slots, 0, ((size_t)strips->slot_mask + 1) * sizeof(*strips->slots));
		strips->stamp = 1;
	}
}

/* One cell on the way along a strip: what was before up to here is noted, what is now looks back at
 * it. */
static void vote_at(struct strips *strips, const struct strip *strip, uint32_t i)
{
	uint32_t place;

	if (is_edge(strip->before, i)) {
		note_place(strips, edge_at(strip->before, i), i);
	}
	if (is_edge(strip->now, i) && strip->now[i] != strip->before[i] &&
		find_place(strips, edge_at(strip->now, i), &place)) {
		strips->votes[strips->length_max + i - place]++;
	}
}

static void vote_strip(struct strips *strips, const struct strip *strip)
{
	uint32_t length = strip->end - strip->start;

	next_stamp(strips);
	for (uint32_t i = 1; i < length; i++) {
		vote_at(strips, strip, i);
	}
	next_stamp(strips);
	for (uint32_t i = length - 1; i >= 1; i--) {
		vote_at(strips, strip, i);
	}
}

static uint32_t propose(struct strip_proposal proposals[STRIP_PROPOSALS], uint32_t count,
	int32_t distance, uint32_t votes)
{
	uint32_t at = count;

	while (at > 0 && proposals[at - 1].votes < votes) {
		at--;
	}
	if (at == STRIP_PROPOSALS) {
		return count;
	}
	count += count < STRIP_PROPOSALS;
	memmove(proposals + at + 1, proposals + at, (count - 1 - at) * sizeof(*proposals));
	proposals[at] = (struct strip_proposal){.distance = distance, .votes = votes};
	return count;
}

uint32_t strips_vote(struct strips *strips, struct strip_proposal proposals[STRIP_PROPOSALS])
{
	int32_t length = (int32_t)strips->length_max;
	uint32_t count = 0;

	memset(strips->votes, 0, (2 * (size_t)length + 1) * sizeof(*strips->votes));
	for (uint32_t i = 0; i < strips->count; i++) {
		vote_strip(strips, &strips->list[i]);
	}
	/* near distances first: of two with the same votes the nearer uncovers less */
	for (int32_t distance = 1; distance < length; distance++) {
		uint32_t down = strips->votes[length + distance];
		uint32_t up = strips->votes[length - distance];

		count = up >= VOTES_MIN ? propose(proposals, count, -distance, up) : count;
		count = down >= VOTES_MIN ? propose(proposals, count, distance, down) : count;
	}
	return count;
}

uint32_t strips_explained(struct strips *strips, int32_t distance)
{
	uint32_t explained = 0;

	for (uint32_t i = 0; i < strips->count; i++) {
		const struct strip *strip = &strips->list[i];
		int32_t length = (int32_t)(strip->end - strip->start);
		int32_t first = distance > 0 ? distance : 0;
		int32_t last = distance < 0 ? length + distance : length;

		for (int32_t cell = first; cell < last; cell++) {
			explained += strip->now[cell] == strip->before[cell - distance] &&
				     strip->now[cell] != strip->before[cell];
		}
		strips->work += (uint32_t)length;
	}
	return explained;
}
