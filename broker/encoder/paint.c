/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pixels of an update: which tiles go, how each goes, and what the viewer then has of it. Reads
 * untrusted bytes from: nobody; the pixels are private copies, chosen by a page. */

#include "update.h"

#include "classify.h"
#include "pseudo.h"
#include "rectangles.h"

#include <errno.h>

#define FINE_QUALITY 90    /* from here on colour has full resolution */
#define SLOW_BYTES 65536u  /* an update with less room is made of small rectangles, */
#define SLOW_COLUMNS 8u    /* tiles of one row */
#define SMALL_PIXELS 1024u /* of a photograph: so little goes exactly, as a caret that blinks */

/* How a tile goes out. */
enum way {
	WAY_NONE = 0,
	WAY_EXACT, /* bit for bit, as far as it differs from what the viewer has */
	WAY_WHOLE, /* bit for bit, all of it: what the viewer has is lossy */
	WAY_JPEG,
	WAY_FINE, /* JPEG of the fine quality */
};

/* ---- which tiles, and how ---- */

static enum tile_class class_of(const struct encoder *encoder, uint32_t tile, int is_film)
{
	const struct garasu_rect place = picture_tile_rect(&encoder->picture, tile);

	if (!viewer_takes_jpeg(&encoder->viewer)) {
		return TILE_CLASS_LOSSLESS;
	}
	return classify_tile(picture_at(&encoder->picture, place.x, place.y),
		encoder->picture.stride, place.width, place.height, is_film);
}

/* Text on a photograph is exact at first sight; in a film nobody reads it. */
static enum way changed_way(const struct encoder *encoder, uint32_t tile, uint64_t now_ms)
{
	int is_film = refine_tile_is_film(&encoder->refine, tile, now_ms);

	if (class_of(encoder, tile, is_film) == TILE_CLASS_PHOTO) {
		return WAY_JPEG;
	}
	return picture_fidelity(&encoder->picture, tile) != PICTURE_EXACT ? WAY_WHOLE : WAY_EXACT;
}

/* Changed tiles by what they show. Returns how many go. */
static uint32_t choose_changed(struct encoder *encoder, uint64_t now_ms)
{
	const struct picture *picture = &encoder->picture;
	uint32_t chosen = 0;

	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		enum way way = WAY_NONE;

		if (picture_is_dirty(picture, tile)) {
			way = changed_way(encoder, tile, now_ms);
			chosen++;
		}
		encoder->ways[tile] = (uint8_t)way;
	}
	return chosen;
}

/* The part of a lossy tile that is text was exact from the start: it never goes as JPEG. */
static enum way better_way(const struct encoder *encoder, uint32_t tile)
{
	return picture_fidelity(&encoder->picture, tile) == PICTURE_LOSSY &&
			       class_of(encoder, tile, 0) == TILE_CLASS_PHOTO
		       ? WAY_FINE
		       : WAY_WHOLE;
}

/* Of the tiles with this fidelity that have rested, as many as the budget allows. */
static uint32_t choose_rested(
	struct encoder *encoder, enum picture_fidelity fidelity, uint32_t budget, uint64_t now_ms)
{
	const struct picture *picture = &encoder->picture;
	uint32_t chosen = 0, cost = 0;

	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		encoder->ways[tile] = WAY_NONE;
		if (cost < budget && picture_fidelity(picture, tile) == fidelity &&
			refine_tile_is_due(&encoder->refine, picture, tile, now_ms)) {
			enum way way = better_way(encoder, tile);

			encoder->ways[tile] = (uint8_t)way;
			cost += refine_cost(
				&encoder->refine, way == WAY_FINE ? REFINE_FINE : REFINE_EXACT);
			chosen++;
		}
	}
	return chosen;
}

/* How much refinement may go: what the window says, where there is one. */
static uint32_t budget_now(struct update *update, uint64_t now_ms)
{
	struct encoder *encoder = update->encoder;

	if (!encoder->viewer.is_continuous) {
		return refine_budget(&encoder->refine, now_ms);
	}
	return update->limit < REFINE_BYTES_MAX ? (uint32_t)update->limit : REFINE_BYTES_MAX;
}

/* Says of every tile how it goes out now: changed tiles, and once there are none, lossy ones that
 * have rested, the worst first. Returns how many go. */
static uint32_t choose_tiles(struct update *update, uint64_t now_ms)
{
	struct encoder *encoder = update->encoder;
	uint32_t chosen = choose_changed(encoder, now_ms), budget;

	if (chosen > 0 || encoder_refine_due_ms(encoder) > now_ms) {
		return chosen;
	}
	update->is_refinement = 1;
	budget = budget_now(update, now_ms);
	chosen = choose_rested(encoder, PICTURE_LOSSY, budget, now_ms);
	return chosen > 0 ? chosen : choose_rested(encoder, PICTURE_FINE, budget, now_ms);
}

/* ---- painting them ---- */

static int append_raw(struct encoder *encoder, const struct garasu_rect *area)
{
	const struct pixel_format *format = &encoder->viewer.format;
	size_t row_size = (size_t)area->width * (format->bits_per_pixel / 8u);
	size_t size = RECT_HEADER_BYTES + row_size * area->height;
	uint8_t *bytes = garasu_buffer_reserve(&encoder->out, size);

	if (bytes == NULL) {
		return -ENOBUFS;
	}
	rect_header(bytes, area, GARASU_RFB_RAW);
	bytes += RECT_HEADER_BYTES;
	for (uint32_t y = 0; y < area->height; y++) {
		pixel_convert(format, picture_at(&encoder->picture, area->x, area->y + y),
			area->width, bytes + y * row_size);
	}
	garasu_buffer_commit(&encoder->out, size);
	return 1;
}

static int append_exact(struct update *update, const struct garasu_rect *area)
{
	struct encoder *encoder = update->encoder;
	const struct viewer *viewer = &encoder->viewer;

	if (viewer_takes_zstd(viewer)) {
		int result =
			zstd_coder_append(&encoder->zstd, &encoder->picture, area, &encoder->out);

		return result < 0 ? result : 1;
	}
	if (viewer->coding == GARASU_RFB_RAW) {
		return append_raw(encoder, area);
	}
	return coder_append(
		encoder->coder, viewer->coding, area, update->has_last_rect, &encoder->out);
}

static int append_jpeg(struct encoder *encoder, const struct garasu_rect *area, int quality)
{
	int result = jpeg_append(&encoder->jpeg, &encoder->picture, area, quality,
		quality >= FINE_QUALITY, &encoder->out);

	return result < 0 ? result : 1;
}

/* Fills *fidelity with how area went out. Returns how many rectangles it became, or negative errno.
 */
static int append_pixels(struct update *update, const struct garasu_rect *area, enum way way,
	enum picture_fidelity *fidelity)
{
	struct encoder *encoder = update->encoder;
	int quality = REFINE_QUALITY;

	*fidelity = PICTURE_EXACT;
	if (way == WAY_EXACT || way == WAY_WHOLE ||
		(way == WAY_JPEG && area->width * area->height <= SMALL_PIXELS)) {
		return append_exact(update, area);
	}
	if (way == WAY_JPEG) {
		quality = jpeg_quality(encoder->viewer.jpeg_level, encoder->settings.jpeg_quality);
	}
	*fidelity = quality >= REFINE_QUALITY ? PICTURE_FINE : PICTURE_LOSSY;
	return append_jpeg(encoder, area, quality);
}

/* From tiles to pixels, cut at the picture's edges. */
static struct garasu_rect area_of(const struct picture *picture, const struct garasu_rect *tiles)
{
	struct garasu_rect area = {.x = tiles->x * PICTURE_TILE_SIDE,
		.y = tiles->y * PICTURE_TILE_SIDE,
		.width = tiles->width * PICTURE_TILE_SIDE,
		.height = tiles->height * PICTURE_TILE_SIDE};

	return frame_clamp_rect(&area, picture->width, picture->height);
}

static int covers(const struct garasu_rect *area, const struct garasu_rect *place)
{
	return area->x <= place->x && area->y <= place->y &&
	       area->x + area->width >= place->x + place->width &&
	       area->y + area->height >= place->y + place->height;
}

static uint32_t shared(uint32_t start, uint32_t size, uint32_t other_start, uint32_t other_size)
{
	uint32_t first = start > other_start ? start : other_start;
	uint32_t end =
		start + size < other_start + other_size ? start + size : other_start + other_size;

	return end > first ? end - first : 0;
}

static int covers_most(const struct garasu_rect *area, const struct garasu_rect *place)
{
	return shared(area->x, area->width, place->x, place->width) *
		       shared(area->y, area->height, place->y, place->height) * 2 >=
	       place->width * place->height;
}

/* A tile of which only a part was painted is as good as its worst part. */
static void note_tile(struct update *update, uint32_t tile, const struct garasu_rect *area,
	enum picture_fidelity fidelity, uint64_t now_ms)
{
	struct encoder *encoder = update->encoder;
	struct picture *picture = &encoder->picture;
	const struct garasu_rect place = picture_tile_rect(picture, tile);

	if (!covers(area, &place)) {
		fidelity = picture_worse(fidelity, picture_fidelity(picture, tile));
	}
	picture_sent(picture, tile, fidelity);
	if (update->is_refinement) {
		refine_tile_sent(&encoder->refine, tile, now_ms);
	} else if (covers_most(area, &place)) {
		refine_painted(&encoder->refine, tile, update->has_copies, now_ms);
	}
}

static void note_painted(struct update *update, const struct garasu_rect *tiles,
	const struct garasu_rect *area, enum picture_fidelity fidelity, uint64_t now_ms)
{
	uint32_t columns = update->encoder->picture.columns;

	for (uint32_t row = tiles->y; row < tiles->y + tiles->height; row++) {
		for (uint32_t column = tiles->x; column < tiles->x + tiles->width; column++) {
			note_tile(update, row * columns + column, area, fidelity, now_ms);
		}
	}
}

/* Returns 0 or negative errno. */
static int add_rectangle(
	struct update *update, const struct garasu_rect *place, enum way way, uint64_t now_ms)
{
	struct picture *picture = &update->encoder->picture;
	struct garasu_rect area = area_of(picture, place);
	enum picture_fidelity fidelity = PICTURE_EXACT;
	int result = 0;

	if (update->is_trimmed && way != WAY_WHOLE) {
		picture_trim(picture, &area);
	}
	if (area.width > 0) {
		result = append_pixels(update, &area, way, &fidelity);
	}
	if (result < 0) {
		return result;
	}
	note_painted(update, place, &area, fidelity, now_ms);
	update->count += (uint32_t)result;
	return 0;
}

static size_t merge(const struct update *update, enum way way, int is_jpeg)
{
	const struct encoder *encoder = update->encoder;
	const struct picture *picture = &encoder->picture;
	uint32_t rows = is_jpeg ? JPEG_HEIGHT_MAX / PICTURE_TILE_SIDE : picture->rows;
	uint32_t columns = !is_jpeg && viewer_takes_zstd(&encoder->viewer)
				   ? picture->columns
				   : JPEG_WIDTH_MAX / PICTURE_TILE_SIDE;

	if (update->limit < SLOW_BYTES) {
		rows = 1;
		columns = SLOW_COLUMNS;
	}
	return rectangles_merge(encoder->ways, (uint8_t)way, picture->columns, picture->rows,
		columns, rows, encoder->rectangles);
}

static uint32_t first_tile(const struct update *update, size_t rectangle)
{
	const struct garasu_rect *place = &update->encoder->rectangles[rectangle];

	return place->y * update->encoder->picture.columns + place->x;
}

/* Until the update has so many bytes; goes on where the one before had to end, so that each tile
 * has its turn however fast they change. Returns how many tiles went this way, or negative errno.
 */
static int add_way(struct update *update, enum way way, size_t limit, uint64_t now_ms)
{
	struct encoder *encoder = update->encoder;
	int is_jpeg = way == WAY_JPEG || way == WAY_FINE, tiles = 0;
	size_t count = merge(update, way, is_jpeg), first = 0;

	while (first < count && first_tile(update, first) < encoder->rest_at[is_jpeg]) {
		first++;
	}
	for (size_t i = 0; i < count; i++) {
		const struct garasu_rect *place = &encoder->rectangles[(first + i) % count];
		int result;

		if (garasu_buffer_size(&encoder->out) - update->start >= limit) {
			encoder->rest_at[is_jpeg] = first_tile(update, (first + i) % count);
			break;
		}
		result = add_rectangle(update, place, way, now_ms);
		if (result != 0) {
			return result;
		}
		tiles += (int)(place->width * place->height);
	}
	return tiles;
}

/* A refinement is no frame: it makes better what was there. */
static void note_sent(struct encoder *encoder)
{
	encoder->statistics.frames++;
	encoder->pixels_wait = 1;
}

static int add_changed(struct update *update, uint64_t now_ms)
{
	struct encoder *encoder = update->encoder;
	size_t limit = encoder->photos_wait ? update->limit / 2 : update->limit;
	int result = add_way(update, WAY_EXACT, limit, now_ms);

	if (result >= 0) {
		result = add_way(update, WAY_WHOLE, limit, now_ms);
	}
	if (result >= 0) {
		result = add_way(update, WAY_JPEG, update->limit, now_ms);
		encoder->photos_wait = result == 0 && encoder->picture.dirty_count > 0;
	}
	return result < 0 ? result : 0;
}

static int add_refined(struct update *update, uint64_t now_ms)
{
	static const enum way ways[REFINE_STEPS] = {
		[REFINE_FINE] = WAY_FINE, [REFINE_EXACT] = WAY_WHOLE};
	struct encoder *encoder = update->encoder;
	int result = 0;

	for (unsigned step = REFINE_FINE; step < REFINE_STEPS && result >= 0; step++) {
		size_t before = garasu_buffer_size(&encoder->out), bytes;

		result = add_way(update, ways[step], update->limit, now_ms);
		bytes = garasu_buffer_size(&encoder->out) - before;
		encoder->statistics.refine_bytes += bytes;
		if (result > 0) {
			refine_sent(
				&encoder->refine, (enum refine_step)step, (uint32_t)result, bytes);
		}
	}
	return result < 0 ? result : 0;
}

int update_add_pixels(struct update *update, uint64_t now_ms)
{
	struct encoder *encoder = update->encoder;
	int result;

	if (choose_tiles(update, now_ms) == 0) {
		if (update->is_trimmed) {
			note_sent(encoder); /* copies were all it took */
		}
		return 0;
	}
	if (update->is_refinement) {
		return add_refined(update, now_ms);
	}
	result = add_changed(update, now_ms);
	if (result == 0) {
		note_sent(encoder);
	}
	return result;
}
