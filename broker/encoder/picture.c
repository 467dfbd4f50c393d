/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private copy of the newest frame. Reads untrusted bytes from: the frame memory (pixel
 * values). */

#include "picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ROW_ALIGNMENT 64u /* bytes */

static uint32_t tiles_of(uint32_t pixels)
{
	return (pixels + PICTURE_TILE_SIDE - 1) / PICTURE_TILE_SIDE;
}

static uint32_t lesser(uint32_t left, uint32_t right)
{
	return left < right ? left : right;
}

size_t picture_tiles(uint32_t width, uint32_t height)
{
	return (size_t)tiles_of(width) * tiles_of(height);
}

static size_t row_bytes(uint32_t width)
{
	return (4u * (size_t)width + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
}

/* Of pages of its own; untouched ones cost nothing. Returns NULL without memory. */
static uint8_t *plane_map(size_t size)
{
	void *plane = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return plane == MAP_FAILED ? NULL : plane;
}

static void plane_unmap(uint8_t *plane, size_t size)
{
	if (plane != NULL) {
		(void)munmap(plane, size);
	}
}

int picture_init(struct picture *picture, uint32_t max_width, uint32_t max_height)
{
	size_t tiles = picture_tiles(max_width, max_height);
	size_t row = row_bytes(max_width);

	*picture = (struct picture){.source_stride = 4u * (size_t)max_width,
		.max_width = max_width,
		.max_height = max_height};
	picture->plane_bytes = max_height * row;
	picture->pixels = plane_map(picture->plane_bytes);
	picture->shown = plane_map(picture->plane_bytes);
	picture->tiles = calloc(tiles, sizeof(*picture->tiles));
	picture->changed_ms = calloc(tiles, sizeof(*picture->changed_ms));
	if (picture->pixels == NULL || picture->shown == NULL || picture->tiles == NULL ||
		picture->changed_ms == NULL) {
		picture_finish(picture);
		return -ENOMEM;
	}
	return 0;
}

void picture_finish(struct picture *picture)
{
	plane_unmap(picture->pixels, picture->plane_bytes);
	plane_unmap(picture->shown, picture->plane_bytes);
	free(picture->tiles);
	free(picture->changed_ms);
	*picture = (struct picture){0};
}

void picture_resize(struct picture *picture, uint32_t width, uint32_t height)
{
	picture->width = lesser(width, picture->max_width);
	picture->height = lesser(height, picture->max_height);
	picture->columns = tiles_of(picture->width);
	picture->rows = tiles_of(picture->height);
	picture->stride = row_bytes(picture->width); /* close together: rows of the largest would
						      * touch more memory */
	memset(picture->pixels, 0, picture->stride * picture->height);
	memset(picture->tiles, PICTURE_TILE_DIRTY | PICTURE_TILE_UNKNOWN,
		(size_t)picture->columns * picture->rows);
	picture->dirty_count = picture->columns * picture->rows;
	picture->unknown_count = picture->dirty_count;
	picture->shown_lag_count = picture->pixels_lag_count = 0;
	picture->is_resting = 0;
	picture->lossy_count = 0;
}

struct garasu_rect picture_tile_rect(const struct picture *picture, uint32_t tile)
{
	uint32_t x = tile % picture->columns * PICTURE_TILE_SIDE;
	uint32_t y = tile / picture->columns * PICTURE_TILE_SIDE;

	return (struct garasu_rect){.x = x,
		.y = y,
		.width = lesser(PICTURE_TILE_SIDE, picture->width - x),
		.height = lesser(PICTURE_TILE_SIDE, picture->height - y)};
}

static void mark_tile(struct picture *picture, uint32_t tile)
{
	if (!picture_is_dirty(picture, tile)) {
		picture->tiles[tile] |= PICTURE_TILE_DIRTY;
		picture->dirty_count++;
	}
}

static void mark_unknown(struct picture *picture, uint32_t tile)
{
	if ((picture->tiles[tile] & PICTURE_TILE_UNKNOWN) == 0) {
		picture->tiles[tile] |= PICTURE_TILE_UNKNOWN;
		picture->unknown_count++;
	}
}

static void mark_known(struct picture *picture, uint32_t tile)
{
	if ((picture->tiles[tile] & PICTURE_TILE_UNKNOWN) != 0) {
		picture->tiles[tile] &= (uint8_t)~PICTURE_TILE_UNKNOWN;
		picture->unknown_count--;
	}
}

static void copy_tile(
	const struct picture *picture, uint32_t tile, uint8_t *to, const uint8_t *from)
{
	const struct garasu_rect place = picture_tile_rect(picture, tile);
	size_t offset = place.y * picture->stride + 4u * (size_t)place.x;

	for (uint32_t row = 0; row < place.height; row++) {
		memcpy(to + offset, from + offset, 4u * (size_t)place.width);
		offset += picture->stride;
	}
}

static void catch_up_shown(struct picture *picture, uint32_t tile)
{
	if ((picture->tiles[tile] & PICTURE_TILE_SHOWN_LAGS) != 0) {
		picture->tiles[tile] &= (uint8_t)~PICTURE_TILE_SHOWN_LAGS;
		picture->shown_lag_count--;
		copy_tile(picture, tile, picture->shown, picture->pixels);
	}
}

static void catch_up_pixels(struct picture *picture, uint32_t tile)
{
	if ((picture->tiles[tile] & PICTURE_TILE_PIXELS_LAG) != 0) {
		picture->tiles[tile] &= (uint8_t)~PICTURE_TILE_PIXELS_LAG;
		picture->pixels_lag_count--;
		copy_tile(picture, tile, picture->pixels, picture->shown);
	}
}

/* What was sent is in pixels and not yet in shown: the planes change places, and now pixels lag. */
static void swap_planes(struct picture *picture)
{
	uint8_t *pixels = picture->pixels;

	picture->pixels = picture->shown;
	picture->shown = pixels;
	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		if ((picture->tiles[tile] & PICTURE_TILE_SHOWN_LAGS) != 0) {
			picture->tiles[tile] ^= PICTURE_TILE_SHOWN_LAGS | PICTURE_TILE_PIXELS_LAG;
		}
	}
	picture->pixels_lag_count = picture->shown_lag_count;
	picture->shown_lag_count = 0;
}

void picture_rest(struct picture *picture)
{
	uint32_t tiles = picture->columns * picture->rows;

	picture->calm += picture->calm < PICTURE_CALM;
	if (picture->calm < PICTURE_CALM || !picture->keeps_shown || picture->dirty_count > 0 ||
		picture->unknown_count > 0 || picture->pixels_lag_count > 0 ||
		madvise(picture->shown, picture->plane_bytes, MADV_DONTNEED) != 0) {
		return;
	}
	picture->shown_lag_count = tiles;
	for (uint32_t tile = 0; tile < tiles; tile++) {
		picture->tiles[tile] |= PICTURE_TILE_SHOWN_LAGS;
	}
	picture->is_resting = 1;
}

void picture_wake(struct picture *picture)
{
	picture->is_resting = 0;
	picture->calm = 0;
	for (uint32_t tile = 0; picture->shown_lag_count > 0; tile++) {
		catch_up_shown(picture, tile);
	}
}

void picture_sync(struct picture *picture)
{
	for (uint32_t tile = 0; picture->pixels_lag_count > 0; tile++) {
		catch_up_pixels(picture, tile);
	}
}

/* Before a new frame that covers most of the picture: swapping needs planes that are equal but for
 * what was just sent. */
static void begin_take(struct picture *picture, uint64_t covered)
{
	if (!picture->is_resting && picture->pixels_lag_count == 0 && picture->unknown_count == 0 &&
		picture->dirty_count == 0 &&
		picture->shown_lag_count * 2 >= picture->columns * picture->rows &&
		covered * 2 >= (uint64_t)picture->width * picture->height) {
		swap_planes(picture);
	}
}

/* The writer's picture, as far as it lies within ours. */
struct source {
	const uint8_t *pixels;
	uint32_t width, height;
};

static size_t bytes_across(const struct source *source, uint32_t column)
{
	return 4u * (size_t)lesser(PICTURE_TILE_SIDE, source->width - column * PICTURE_TILE_SIDE);
}

static int is_row_equal(const struct picture *picture, const struct source *source, uint32_t tile,
	uint32_t column, uint32_t y)
{
	int lags = (picture->tiles[tile] & PICTURE_TILE_PIXELS_LAG) != 0;
	const uint8_t *plane = lags ? picture->shown : picture->pixels;
	size_t x = 4u * (size_t)column * PICTURE_TILE_SIDE;

	return memcmp(plane + y * picture->stride + x,
		       source->pixels + y * picture->source_stride + x,
		       bytes_across(source, column)) == 0;
}

/* Before rows from y on are copied into a tile: those above are equal to the new frame's, and what
 * follows is overwritten if the frame covers the tile. */
static void begin_tile(
	struct picture *picture, const struct source *source, uint32_t tile, uint32_t y)
{
	const struct garasu_rect place = picture_tile_rect(picture, tile);

	catch_up_shown(picture, tile);
	if (place.x + place.width > source->width || place.y + place.height > source->height) {
		catch_up_pixels(picture, tile);
	}
	if ((picture->tiles[tile] & PICTURE_TILE_PIXELS_LAG) == 0) {
		return;
	}
	picture->tiles[tile] &= (uint8_t)~PICTURE_TILE_PIXELS_LAG;
	picture->pixels_lag_count--;
	for (uint32_t row = place.y; row < y; row++) {
		memcpy(picture->pixels + row * picture->stride + 4u * (size_t)place.x,
			picture_shown_at(picture, place.x, row), 4u * (size_t)place.width);
	}
}

/* One row of tiles, row by row of pixels through all of them: down one tile, each row would lie on
 * another page of memory. In each tile rows are compared until one differs; from there on they are
 * only copied. Where pixels lag, shown has them. */
static uint32_t take_band(struct picture *picture, const struct source *source, uint32_t band,
	uint32_t first, uint32_t end, uint64_t now_ms)
{
	uint8_t differs[PICTURE_COLUMNS_MAX] = {0};
	uint32_t bottom = lesser((band + 1) * PICTURE_TILE_SIDE, source->height);
	uint32_t changed = 0;

	for (uint32_t y = band * PICTURE_TILE_SIDE; y < bottom; y++) {
		for (uint32_t column = first; column < end; column++) {
			uint32_t tile = band * picture->columns + column;
			size_t x = 4u * (size_t)column * PICTURE_TILE_SIDE;

			if (!differs[column]) {
				if (is_row_equal(picture, source, tile, column, y)) {
					continue;
				}
				begin_tile(picture, source, tile, y);
				mark_tile(picture, tile);
				picture->changed_ms[tile] = now_ms;
				differs[column] = 1;
				changed++;
			}
			memcpy(picture->pixels + y * picture->stride + x,
				source->pixels + y * picture->source_stride + x,
				bytes_across(source, column));
		}
	}
	return changed;
}

uint32_t picture_take(struct picture *picture, const uint8_t *source, uint32_t width,
	uint32_t height, const struct garasu_rect *area, uint64_t now_ms)
{
	const struct source taken = {
		source, lesser(width, picture->width), lesser(height, picture->height)};
	uint32_t right = lesser(area->x + area->width, taken.width);
	uint32_t bottom = lesser(area->y + area->height, taken.height);
	uint32_t changed = 0;

	if (area->x >= right || area->y >= bottom) {
		return 0;
	}
	begin_take(picture, (uint64_t)(right - area->x) * (bottom - area->y));
	for (uint32_t band = area->y / PICTURE_TILE_SIDE; band < tiles_of(bottom); band++) {
		changed += take_band(picture, &taken, band, area->x / PICTURE_TILE_SIDE,
			tiles_of(right), now_ms);
	}
	return changed;
}

void picture_mark(struct picture *picture, const struct garasu_rect *area)
{
	uint32_t right = lesser(area->x + area->width, picture->width);
	uint32_t bottom = lesser(area->y + area->height, picture->height);

	if (area->x >= right || area->y >= bottom) {
		return;
	}
	for (uint32_t row = area->y / PICTURE_TILE_SIDE; row < tiles_of(bottom); row++) {
		for (uint32_t column = area->x / PICTURE_TILE_SIDE; column < tiles_of(right);
			column++) {
			mark_tile(picture, row * picture->columns + column);
			mark_unknown(picture, row * picture->columns + column);
		}
	}
}

static void set_fidelity(struct picture *picture, uint32_t tile, enum picture_fidelity fidelity)
{
	uint8_t *bits = &picture->tiles[tile];

	picture->lossy_count -= (*bits & PICTURE_TILE_LOSSY) != 0;
	picture->lossy_count += fidelity != PICTURE_EXACT;
	*bits &= (uint8_t) ~(PICTURE_TILE_LOSSY | PICTURE_TILE_FINE);
	*bits |= fidelity == PICTURE_EXACT ? 0 : PICTURE_TILE_LOSSY;
	*bits |= fidelity == PICTURE_FINE ? PICTURE_TILE_FINE : 0;
}

/* The viewer has what pixels holds; shown follows when it must. */
static void leave_shown(struct picture *picture, uint32_t tile)
{
	if ((picture->tiles[tile] & PICTURE_TILE_SHOWN_LAGS) == 0) {
		picture->tiles[tile] |= PICTURE_TILE_SHOWN_LAGS;
		picture->shown_lag_count++;
	}
}

/* A viewer may turn it on and off hundreds of times in one read: nothing is copied before it is
 * looked at. */
void picture_keep_shown(struct picture *picture, int keeps_shown)
{
	if (!keeps_shown == !picture->keeps_shown) {
		return;
	}
	picture_sync(picture);
	picture->keeps_shown = keeps_shown;
	picture->is_resting = 0;
	picture->calm = 0;
	picture->shown_lag_count = 0;
	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		picture->tiles[tile] &= (uint8_t)~PICTURE_TILE_SHOWN_LAGS;
		if (keeps_shown && picture_is_dirty(picture, tile)) {
			mark_unknown(picture, tile);
		} else if (keeps_shown && (picture->tiles[tile] & PICTURE_TILE_UNKNOWN) == 0) {
			leave_shown(picture, tile);
		}
	}
}

void picture_forget_shown(struct picture *picture)
{
	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		mark_tile(picture, tile);
		mark_unknown(picture, tile);
	}
}

void picture_sent(struct picture *picture, uint32_t tile, enum picture_fidelity fidelity)
{
	uint8_t before = picture->tiles[tile];

	picture->dirty_count -= (before & PICTURE_TILE_DIRTY) != 0;
	if (picture->keeps_shown && (before & (PICTURE_TILE_DIRTY | PICTURE_TILE_UNKNOWN)) != 0) {
		leave_shown(picture, tile);
	}
	mark_known(picture, tile);
	picture->tiles[tile] &= (uint8_t)~PICTURE_TILE_DIRTY;
	set_fidelity(picture, tile, fidelity);
}

static void set_clean(struct picture *picture, uint32_t tile)
{
	if (picture_is_dirty(picture, tile)) {
		picture->tiles[tile] &= (uint8_t)~PICTURE_TILE_DIRTY;
		picture->dirty_count--;
	}
}

void picture_moved(
	struct picture *picture, uint32_t tile, enum picture_fidelity fidelity, int is_whole)
{
	enum picture_fidelity before = is_whole ? PICTURE_EXACT : picture_fidelity(picture, tile);

	set_fidelity(picture, tile, picture_worse(before, fidelity));
	if (is_whole && picture_is_dirty(picture, tile)) {
		leave_shown(picture, tile);
		set_clean(picture, tile);
	}
}

static int row_differs(const struct picture *picture, const struct garasu_rect *area, uint32_t y)
{
	return memcmp(picture_at(picture, area->x, y), picture_shown_at(picture, area->x, y),
		       4u * (size_t)area->width) != 0;
}

void picture_compare(struct picture *picture, uint32_t tile)
{
	const struct garasu_rect place = picture_tile_rect(picture, tile);

	if ((picture->tiles[tile] & (PICTURE_TILE_DIRTY | PICTURE_TILE_UNKNOWN)) !=
		PICTURE_TILE_DIRTY) {
		return;
	}
	for (uint32_t y = place.y; y < place.y + place.height; y++) {
		if (row_differs(picture, &place, y)) {
			return;
		}
	}
	set_clean(picture, tile);
}

static int column_differs(const struct picture *picture, uint32_t x, uint32_t y)
{
	return memcmp(picture_at(picture, x, y), picture_shown_at(picture, x, y), 4) != 0;
}

static void trim_sides(const struct picture *picture, struct garasu_rect *area)
{
	uint32_t left = area->x + area->width, right = area->x;

	for (uint32_t y = area->y; y < area->y + area->height; y++) {
		uint32_t x = area->x, end = area->x + area->width;

		while (x < left && !column_differs(picture, x, y)) {
			x++;
		}
		while (end > right && !column_differs(picture, end - 1, y)) {
			end--;
		}
		left = x < left ? x : left;
		right = end > right ? end : right;
	}
	area->x = left;
	area->width = right - left;
}

void picture_trim(const struct picture *picture, struct garasu_rect *area)
{
	while (area->height > 0 && !row_differs(picture, area, area->y)) {
		area->y++;
		area->height--;
	}
	while (area->height > 0 && !row_differs(picture, area, area->y + area->height - 1)) {
		area->height--;
	}
	if (area->height == 0) {
		area->width = 0;
		return;
	}
	trim_sides(picture, area);
}
