/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes updates out of the private picture: sizes as updates of their own, then what has no pixels,
 * then pixels. Whatever moves pixels that the viewer already has must stand before what paints. */

#include "encoder.h"

#include "classify.h"
#include "pseudo.h"
#include "rectangles.h"

#include <errno.h>

#define FINE_QUALITY 90 /* from here on colour has full resolution */

struct update {
	struct encoder *encoder;
	size_t start;      /* of its header in the out buffer */
	uint32_t count;    /* rectangles */
	int has_last_rect; /* it ends with LastRect, the count does not matter */
	int is_trimmed;    /* only what differs from what is shown is painted */
};

static int line_is_idle(const struct viewer *viewer)
{
	return viewer->is_continuous ? viewer->fences_sent == viewer->fences_answered
				     : viewer->is_requested;
}

uint64_t encoder_refine_due_ms(const struct encoder *encoder)
{
	if (encoder->settings.refine_ms == 0 || !encoder->has_frame ||
		encoder->picture.dirty_count > 0 || !line_is_idle(&encoder->viewer)) {
		return UINT64_MAX;
	}
	return picture_settle_ms(&encoder->picture, encoder->settings.refine_ms);
}

static int owes_size(const struct viewer *viewer)
{
	return viewer->has_extended_size && !viewer->said_extended_size;
}

static int owes_pseudo(const struct viewer *viewer)
{
	return (viewer->has_garasu && (!viewer->said_garasu || !viewer->knows_caret)) ||
	       (viewer->has_qemu_key && !viewer->said_qemu_key) ||
	       (viewer->has_led && !viewer->knows_led) ||
	       (viewer->pointer != VIEWER_POINTER_NONE && !viewer->knows_pointer);
}

int encoder_update_is_due(const struct encoder *encoder, uint64_t now_ms)
{
	const struct viewer *viewer = &encoder->viewer;

	if (!encoder->has_frame || encoder->torn_count > 0) {
		return 0;
	}
	return owes_size(viewer) || owes_pseudo(viewer) || encoder->picture.dirty_count > 0 ||
	       encoder_refine_due_ms(encoder) <= now_ms;
}

/* ---- rectangles without pixels ---- */

static int add_empty(struct update *update, int32_t encoding)
{
	update->count++;
	return append_empty_rect(&update->encoder->out, encoding);
}

static int add_led(struct update *update)
{
	update->count++;
	update->encoder->viewer.knows_led = 1;
	return append_led(&update->encoder->out, update->encoder->frame.bits);
}

/* The frame may be larger than the picture of a viewer that cannot be told of another size. */
static int add_caret(struct update *update)
{
	struct viewer *viewer = &update->encoder->viewer;
	struct frame frame = update->encoder->frame;

	frame.caret = frame_clamp_rect(&frame.caret, viewer->width, viewer->height);
	update->count++;
	viewer->knows_caret = 1;
	return append_caret(&update->encoder->out, &frame);
}

static int add_pointer(struct update *update)
{
	struct encoder *encoder = update->encoder;

	update->count++;
	encoder->viewer.knows_pointer = 1;
	switch (encoder->viewer.pointer) {
	case VIEWER_POINTER_ALPHA:
		return cursor_append_alpha(&encoder->cursor, &encoder->out);
	case VIEWER_POINTER_VMWARE:
		return cursor_append_vmware(&encoder->cursor, &encoder->out);
	case VIEWER_POINTER_RICH:
		return cursor_append_rich(&encoder->cursor, &encoder->viewer.format, &encoder->out);
	case VIEWER_POINTER_NONE:
		break;
	}
	return -EINVAL;
}

static int add_pseudo(struct update *update)
{
	struct viewer *viewer = &update->encoder->viewer;
	int result = 0;

	if (viewer->has_garasu && !viewer->said_garasu) {
		viewer->said_garasu = 1;
		result = add_empty(update, GARASU_RFB_ENCODING_GARASU);
	}
	if (result == 0 && viewer->has_qemu_key && !viewer->said_qemu_key) {
		viewer->said_qemu_key = 1;
		result = add_empty(update, GARASU_RFB_QEMU_EXTENDED_KEY);
	}
	if (result == 0 && viewer->has_led && !viewer->knows_led) {
		result = add_led(update);
	}
	if (result == 0 && viewer->has_garasu && !viewer->knows_caret) {
		result = add_caret(update);
	}
	if (result == 0 && viewer->pointer != VIEWER_POINTER_NONE && !viewer->knows_pointer) {
		result = add_pointer(update);
	}
	return result;
}

/* ---- copies ---- */

/* Whatever scrolled is moved; what is dirty after that is painted. */
static int add_copies(struct update *update)
{
	struct encoder *encoder = update->encoder;
	struct scroll *scroll = &encoder->scroll;
	int result = 0;

	if (!encoder->picture.keeps_shown || encoder->picture.unknown_count > 0 ||
		encoder->picture.dirty_count == 0) {
		return 0;
	}
	(void)scroll_find(scroll, &encoder->picture);
	scroll_move(scroll, &encoder->picture);
	update->is_trimmed = 1;
	for (uint32_t i = 0; i < scroll->copies.count && result == 0; i++) {
		const struct copy *copy = &scroll->copies.list[i];

		result = append_copy(&encoder->out, &copy->to, copy->from_x, copy->from_y);
		update->count++;
	}
	return result;
}

/* ---- pixels ---- */

static enum tile_class class_of(const struct encoder *encoder, uint32_t tile, int takes_jpeg)
{
	const struct garasu_rect place = picture_tile_rect(&encoder->picture, tile);

	if (!takes_jpeg) {
		return TILE_CLASS_LOSSLESS;
	}
	return classify_tile(picture_at(&encoder->picture, place.x, place.y),
		encoder->picture.stride, place.width, place.height);
}

/* Says of every tile how it goes out now: changed tiles by what they show; once there are none,
 * lossy tiles that have rested. Returns how many go. */
static uint32_t choose_tiles(struct encoder *encoder, uint64_t now_ms)
{
	const struct picture *picture = &encoder->picture;
	uint32_t tiles = picture->columns * picture->rows, chosen = 0;
	int takes_jpeg = viewer_takes_jpeg(&encoder->viewer);
	uint32_t budget = encoder_refine_due_ms(encoder) <= now_ms
				  ? refine_budget(&encoder->refine, now_ms)
				  : 0;

	for (uint32_t tile = 0; tile < tiles; tile++) {
		enum tile_class chosen_class = TILE_CLASS_NONE;

		if ((picture->tiles[tile] & PICTURE_TILE_DIRTY) != 0) {
			chosen_class = class_of(encoder, tile, takes_jpeg);
		} else if (chosen < budget && picture_tile_is_lossy(picture, tile) &&
			   picture->changed_ms[tile] + encoder->settings.refine_ms <= now_ms) {
			chosen_class = TILE_CLASS_LOSSLESS;
		}
		encoder->classes[tile] = (uint8_t)chosen_class;
		chosen += chosen_class != TILE_CLASS_NONE;
	}
	return chosen;
}

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

/* Returns how many rectangles it became, or negative errno. */
static int append_pixels(
	struct update *update, const struct garasu_rect *area, enum tile_class tile_class)
{
	struct encoder *encoder = update->encoder;
	const struct viewer *viewer = &encoder->viewer;
	int result;

	if (tile_class == TILE_CLASS_PHOTO) {
		int quality = jpeg_quality(viewer->jpeg_level, encoder->settings.jpeg_quality);

		result = jpeg_append(&encoder->jpeg, &encoder->picture, area, quality,
			quality >= FINE_QUALITY, &encoder->out);
		return result < 0 ? result : 1;
	}
	if (viewer_takes_zstd(viewer)) {
		result = zstd_coder_append(&encoder->zstd, &encoder->picture, area, &encoder->out);
		return result < 0 ? result : 1;
	}
	if (viewer->coding == GARASU_RFB_RAW) {
		return append_raw(encoder, area);
	}
	return coder_append(
		encoder->coder, viewer->coding, area, update->has_last_rect, &encoder->out);
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

/* A lossy tile of which only a part was painted exactly stays lossy. */
static void note_painted(struct picture *picture, const struct garasu_rect *tiles,
	const struct garasu_rect *area, int is_lossy)
{
	for (uint32_t row = tiles->y; row < tiles->y + tiles->height; row++) {
		for (uint32_t column = tiles->x; column < tiles->x + tiles->width; column++) {
			uint32_t tile = row * picture->columns + column;
			const struct garasu_rect place = picture_tile_rect(picture, tile);
			int was_lossy = (picture->tiles[tile] & PICTURE_TILE_LOSSY) != 0;

			picture_sent(
				picture, tile, is_lossy || (was_lossy && !covers(area, &place)));
		}
	}
}

static int add_class(struct update *update, enum tile_class tile_class, uint32_t max_rows)
{
	struct encoder *encoder = update->encoder;
	struct picture *picture = &encoder->picture;
	uint32_t max_columns =
		tile_class == TILE_CLASS_LOSSLESS && viewer_takes_zstd(&encoder->viewer)
			? picture->columns
			: JPEG_WIDTH_MAX / PICTURE_TILE_SIDE;
	size_t count = rectangles_merge(encoder->classes, (uint8_t)tile_class, picture->columns,
		picture->rows, max_columns, max_rows, encoder->rectangles);

	for (size_t i = 0; i < count; i++) {
		struct garasu_rect area = area_of(picture, &encoder->rectangles[i]);
		int result;

		if (update->is_trimmed) {
			picture_trim(picture, &area);
		}
		result = area.width == 0 ? 0 : append_pixels(update, &area, tile_class);
		if (result < 0) {
			return result;
		}
		note_painted(
			picture, &encoder->rectangles[i], &area, tile_class == TILE_CLASS_PHOTO);
		update->count += (uint32_t)result;
	}
	return 0;
}

static void note_sent(struct encoder *encoder)
{
	encoder->statistics.frames++;
	encoder->pixels_wait = 1;
}

static int add_pixels(struct update *update, uint64_t now_ms)
{
	struct encoder *encoder = update->encoder;
	int result;

	if (choose_tiles(encoder, now_ms) == 0) {
		if (update->is_trimmed) {
			note_sent(encoder); /* copies were all it took */
		}
		return 0;
	}
	result = add_class(update, TILE_CLASS_LOSSLESS, encoder->picture.rows);
	if (result == 0) {
		result = add_class(update, TILE_CLASS_PHOTO, JPEG_HEIGHT_MAX / PICTURE_TILE_SIDE);
	}
	if (result == 0) {
		note_sent(encoder);
	}
	return result;
}

/* ---- the update ---- */

static int begin(struct update *update, struct encoder *encoder)
{
	*update = (struct update){.encoder = encoder,
		.start = garasu_buffer_size(&encoder->out),
		.has_last_rect = encoder->viewer.has_last_rect &&
				 encoder->viewer.coding == GARASU_RFB_TIGHT &&
				 !viewer_takes_zstd(&encoder->viewer)};
	return append_update_header(&encoder->out, UPDATE_UNTIL_LAST_RECT);
}

static int end(struct update *update)
{
	struct garasu_buffer *out = &update->encoder->out;
	uint8_t *count = out->data + out->start + update->start + 2;

	if (update->has_last_rect) {
		return append_empty_rect(out, GARASU_RFB_LAST_RECT);
	}
	if (update->count > GARASU_RFB_RECTANGLES_MAX) {
		return -EOVERFLOW;
	}
	count[0] = (uint8_t)(update->count >> 8);
	count[1] = (uint8_t)update->count;
	return 0;
}

/* Asks when the viewer will have worked through all of it. */
static int ask_arrival(struct encoder *encoder)
{
	uint8_t payload[VIEWER_FENCE_BYTES];

	viewer_fence_payload(++encoder->viewer.fences_sent, payload);
	return append_fence(&encoder->out, GARASU_RFB_FENCE_REQUEST | GARASU_RFB_FENCE_BLOCK_BEFORE,
		payload, sizeof(payload));
}

int encoder_update(struct encoder *encoder, uint64_t now_ms)
{
	struct viewer *viewer = &encoder->viewer;
	struct update update;
	int result = 0;

	picture_sync(&encoder->picture);
	if (owes_size(viewer)) {
		viewer->said_extended_size = 1;
		result = append_extended_size(&encoder->out, SIZE_REASON_SERVER, SIZE_STATUS_DONE,
			viewer->width, viewer->height);
	}
	if (result == 0) {
		result = begin(&update, encoder);
	}
	if (result == 0) {
		result = add_pseudo(&update);
	}
	if (result == 0) {
		result = add_copies(&update);
	}
	if (result == 0) {
		result = add_pixels(&update, now_ms);
	}
	if (result == 0) {
		result = end(&update);
	}
	if (result == 0 && viewer->is_continuous) {
		result = ask_arrival(encoder);
	}
	viewer->is_requested = 0;
	return result;
}
