/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scrolling: rounds of asking strips how far they moved and taking the movement that explains most.
 * Reads untrusted bytes from: nobody; the pixels are private copies, chosen by a page. */

#include "scroll.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STEP 4u             /* one of so many columns is asked in a round */
#define EXPLAINED_MIN 4096u /* pixels, by estimate; fewer are chance */
#define COLUMN_CELL_PIXELS (STRIP_COLUMN_WIDTH * STEP) /* a cell stands for its neighbours too */
#define BAND_CELL_PIXELS (2 * PICTURE_TILE_SIDE)

struct movement {
	int32_t dx, dy;
	uint64_t pixels; /* that it explains, by estimate */
};

int scroll_init(struct scroll *scroll, uint32_t max_width, uint32_t max_height)
{
	size_t columns = (max_width + SHIFT_COLUMN_WIDTH - 1) / SHIFT_COLUMN_WIDTH;
	size_t across = (max_width + PICTURE_TILE_SIDE - 1) / PICTURE_TILE_SIDE;
	size_t down = (max_height + PICTURE_TILE_SIDE - 1) / PICTURE_TILE_SIDE;
	int result = strips_init(&scroll->strips, max_width, max_height);

	if (result != 0) {
		return result;
	}
	scroll->cells_stride = max_height;
	scroll->cells = calloc(columns, max_height);
	scroll->ranges = calloc(across, sizeof(*scroll->ranges));
	scroll->tiles = calloc(across * down, sizeof(*scroll->tiles));
	if (scroll->cells == NULL || scroll->ranges == NULL || scroll->tiles == NULL) {
		scroll_finish(scroll);
		return -ENOMEM;
	}
	return 0;
}

void scroll_finish(struct scroll *scroll)
{
	strips_finish(&scroll->strips);
	free(scroll->cells);
	free(scroll->ranges);
	free(scroll->tiles);
	*scroll = (struct scroll){0};
}

/* ---- where something changed ---- */

static uint32_t lesser(uint32_t left, uint32_t right)
{
	return left < right ? left : right;
}

/* True if a row of the tile changed where no copy goes. */
static int is_open(const struct scroll *scroll, const struct picture *picture, uint32_t tile)
{
	const struct garasu_rect place = picture_tile_rect(picture, tile);
	uint32_t end = place.x + place.width;

	for (uint32_t x = place.x; x < end; x += SHIFT_COLUMN_WIDTH) {
		size_t size = 4u * (size_t)lesser(SHIFT_COLUMN_WIDTH, end - x);
		const uint8_t *cells =
			scroll->cells + x / SHIFT_COLUMN_WIDTH * scroll->cells_stride;

		for (uint32_t y = place.y; y < place.y + place.height; y++) {
			if ((cells[y] & SHIFT_CELL_TAKEN) == 0 &&
				memcmp(picture_at(picture, x, y), picture_shown_at(picture, x, y),
					size) != 0) {
				return 1;
			}
		}
	}
	return 0;
}

/* Returns how many tiles are open. */
static uint32_t find_open(struct scroll *scroll, const struct picture *picture, int is_first)
{
	uint32_t count = 0;

	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		uint8_t *open = &scroll->tiles[tile].is_open;

		if (is_first) {
			*open = (picture->tiles[tile] & PICTURE_TILE_DIRTY) != 0;
		} else if (*open) {
			*open = is_open(scroll, picture, tile) != 0;
			scroll->work += 2 * PICTURE_TILE_SIDE;
		}
		count += *open;
	}
	return count;
}

static void find_ranges(struct scroll *scroll, const struct picture *picture)
{
	for (uint32_t column = 0; column < picture->columns; column++) {
		struct shift_range *range = &scroll->ranges[column];

		*range = (struct shift_range){0};
		for (uint32_t row = 0; row < picture->rows; row++) {
			uint32_t top = row * PICTURE_TILE_SIDE;

			if (scroll->tiles[row * picture->columns + column].is_open) {
				range->start = range->end == 0 ? top : range->start;
				range->end = lesser(top + PICTURE_TILE_SIDE, picture->height);
			}
		}
	}
}

/* The open part of a row of tiles, in pixels. */
static struct shift_range range_across(
	const struct scroll *scroll, const struct picture *picture, uint32_t row)
{
	struct shift_range range = {0};

	for (uint32_t column = 0; column < picture->columns; column++) {
		uint32_t left = column * PICTURE_TILE_SIDE;

		if (scroll->tiles[row * picture->columns + column].is_open) {
			range.start = range.end == 0 ? left : range.start;
			range.end = lesser(left + PICTURE_TILE_SIDE, picture->width);
		}
	}
	return range;
}

/* ---- which way ---- */

static struct movement best_of(struct strips *strips, uint32_t cell_pixels, int is_upright)
{
	struct strip_proposal proposals[STRIP_PROPOSALS];
	uint32_t count = strips_vote(strips, proposals);
	struct movement best = {0};

	for (uint32_t i = 0; i < count; i++) {
		int32_t distance = proposals[i].distance;
		uint64_t pixels = (uint64_t)strips_explained(strips, distance) * cell_pixels;

		if (pixels > best.pixels) {
			best = (struct movement){.dx = is_upright ? 0 : distance,
				.dy = is_upright ? distance : 0,
				.pixels = pixels};
		}
	}
	return best;
}

static struct movement best_upright(
	struct scroll *scroll, const struct picture *picture, uint32_t round)
{
	static const uint8_t phases[SCROLL_ROUNDS] = {0, 2, 1, 3};
	uint32_t first = phases[round] * STRIP_COLUMN_WIDTH;

	strips_clear(&scroll->strips);
	for (uint32_t x = first; x + STRIP_COLUMN_WIDTH <= picture->width;
		x += STEP * STRIP_COLUMN_WIDTH) {
		const struct shift_range *range = &scroll->ranges[x / PICTURE_TILE_SIDE];

		strips_add_column(&scroll->strips, x, range->start, range->end,
			scroll->cells + x / SHIFT_COLUMN_WIDTH * scroll->cells_stride);
	}
	strips_hash_columns(&scroll->strips, picture, SHIFT_CELL_TAKEN);
	return best_of(&scroll->strips, COLUMN_CELL_PIXELS, 1);
}

static struct movement best_level(
	struct scroll *scroll, const struct picture *picture, uint32_t round)
{
	strips_clear(&scroll->strips);
	for (uint32_t row = round % 2; row < picture->rows; row += 2) {
		struct shift_range range = range_across(scroll, picture, row);

		strips_add_band(&scroll->strips, picture,
			row * PICTURE_TILE_SIDE + round * STRIP_BAND_HEIGHT, range.start,
			range.end);
	}
	return best_of(&scroll->strips, BAND_CELL_PIXELS, 0);
}

/* Looks sideways only where up and down explain little. */
static struct movement find_movement(
	struct scroll *scroll, const struct picture *picture, uint32_t round, uint32_t open)
{
	struct movement upright = best_upright(scroll, picture, round);
	struct movement level;

	if (upright.pixels * 8 >= (uint64_t)open * PICTURE_TILE_SIDE * PICTURE_TILE_SIDE) {
		return upright;
	}
	level = best_level(scroll, picture, round);
	return level.pixels > upright.pixels ? level : upright;
}

static void search(struct scroll *scroll, const struct picture *picture, struct shift *shift)
{
	uint32_t open = find_open(scroll, picture, 1);

	memset(scroll->cells, 0,
		(size_t)(picture->width + SHIFT_COLUMN_WIDTH - 1) / SHIFT_COLUMN_WIDTH *
			scroll->cells_stride);
	for (uint32_t round = 0; round < SCROLL_ROUNDS && open >= SCROLL_TILES_MIN; round++) {
		struct movement movement;

		find_ranges(scroll, picture);
		movement = find_movement(scroll, picture, round, open);
		shift->dx = movement.dx;
		shift->dy = movement.dy;
		if (movement.pixels < EXPLAINED_MIN || shift_collect(shift, &scroll->copies) == 0) {
			break;
		}
		open = find_open(scroll, picture, 0);
	}
}

uint32_t scroll_find(struct scroll *scroll, struct picture *picture)
{
	struct shift shift = {.picture = picture,
		.ranges = scroll->ranges,
		.cells = scroll->cells,
		.cells_stride = scroll->cells_stride};
	uint64_t before = scroll->strips.work;

	scroll->copies.count = 0;
	scroll->work = 0;
	if (!picture->keeps_shown || picture->unknown_count > 0 ||
		picture->dirty_count < SCROLL_TILES_MIN) {
		return 0;
	}
	if (scroll->misses >= SCROLL_PATIENCE && scroll->misses % 4 != 0) {
		scroll->misses++; /* a film */
		return 0;
	}
	picture_wake(picture);
	search(scroll, picture, &shift);
	copies_order(&scroll->copies);
	scroll->misses = scroll->copies.count > 0 ? 0 : scroll->misses + 1;
	scroll->work += scroll->strips.work - before + shift.work;
	return scroll->copies.count;
}

/* ---- moving ---- */

static enum picture_fidelity worst_within(
	const struct picture *picture, const struct garasu_rect *area)
{
	enum picture_fidelity worst = PICTURE_EXACT;
	uint32_t right = (area->x + area->width - 1) / PICTURE_TILE_SIDE;
	uint32_t bottom = (area->y + area->height - 1) / PICTURE_TILE_SIDE;

	for (uint32_t row = area->y / PICTURE_TILE_SIDE; row <= bottom; row++) {
		for (uint32_t column = area->x / PICTURE_TILE_SIDE; column <= right; column++) {
			worst = picture_worse(
				worst, picture_fidelity(picture, row * picture->columns + column));
		}
	}
	return worst;
}

/* The part of a tile that a copy covers. */
static struct garasu_rect part_of(
	const struct picture *picture, const struct copy *copy, uint32_t tile)
{
	const struct garasu_rect place = picture_tile_rect(picture, tile);
	uint32_t left = place.x > copy->to.x ? place.x : copy->to.x;
	uint32_t top = place.y > copy->to.y ? place.y : copy->to.y;

	return (struct garasu_rect){.x = left,
		.y = top,
		.width = lesser(place.x + place.width, copy->to.x + copy->to.width) - left,
		.height = lesser(place.y + place.height, copy->to.y + copy->to.height) - top};
}

/* True if copies bring every pixel of a tile. */
static int is_copied(const struct scroll *scroll, const struct picture *picture, uint32_t tile)
{
	const struct garasu_rect place = picture_tile_rect(picture, tile);

	return scroll->tiles[tile].copied == place.width * place.height;
}

/* Notes in a tile which copy puts what there: the tiles' own bits still tell what was before. */
static void note_copy(struct scroll *scroll, const struct picture *picture, const struct copy *copy,
	uint32_t tile)
{
	struct garasu_rect from = part_of(picture, copy, tile);

	from.x = from.x - copy->to.x + copy->from_x;
	from.y = from.y - copy->to.y + copy->from_y;
	scroll->tiles[tile].copied += from.width * from.height;
	scroll->tiles[tile].fidelity = (uint8_t)picture_worse(
		(enum picture_fidelity)scroll->tiles[tile].fidelity, worst_within(picture, &from));
}

static void note_copies(struct scroll *scroll, const struct picture *picture)
{
	memset(scroll->tiles, 0, (size_t)picture->columns * picture->rows * sizeof(*scroll->tiles));
	for (uint32_t i = 0; i < scroll->copies.count; i++) {
		const struct copy *copy = &scroll->copies.list[i];
		uint32_t right = (copy->to.x + copy->to.width - 1) / PICTURE_TILE_SIDE;
		uint32_t bottom = (copy->to.y + copy->to.height - 1) / PICTURE_TILE_SIDE;

		for (uint32_t row = copy->to.y / PICTURE_TILE_SIDE; row <= bottom; row++) {
			for (uint32_t column = copy->to.x / PICTURE_TILE_SIDE; column <= right;
				column++) {
				note_copy(scroll, picture, copy, row * picture->columns + column);
			}
		}
	}
}

/* What a copy brings to tiles that differ and are not all copied. It was compared with pixels, so
 * that it can be had from there, in any order. */
static void move_parts(
	const struct scroll *scroll, struct picture *picture, const struct copy *copy)
{
	uint32_t right = (copy->to.x + copy->to.width - 1) / PICTURE_TILE_SIDE;
	uint32_t bottom = (copy->to.y + copy->to.height - 1) / PICTURE_TILE_SIDE;

	for (uint32_t row = copy->to.y / PICTURE_TILE_SIDE; row <= bottom; row++) {
		for (uint32_t column = copy->to.x / PICTURE_TILE_SIDE; column <= right; column++) {
			uint32_t tile = row * picture->columns + column;
			struct garasu_rect part;

			if (is_copied(scroll, picture, tile) || !picture_is_dirty(picture, tile)) {
				continue;
			}
			part = part_of(picture, copy, tile);
			for (uint32_t y = part.y; y < part.y + part.height; y++) {
				memcpy(picture_shown_at(picture, part.x, y),
					picture_at(picture, part.x, y), 4u * (size_t)part.width);
			}
		}
	}
}

void scroll_move(struct scroll *scroll, struct picture *picture)
{
	note_copies(scroll, picture);
	for (uint32_t i = 0; i < scroll->copies.count; i++) {
		move_parts(scroll, picture, &scroll->copies.list[i]);
	}
	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		const struct scroll_tile *moved = &scroll->tiles[tile];

		if (moved->copied > 0) {
			picture_moved(picture, tile, (enum picture_fidelity)moved->fidelity,
				is_copied(scroll, picture, tile));
		}
		picture_compare(picture, tile);
	}
}
