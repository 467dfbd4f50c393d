/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes updates out of the private picture: sizes as updates of their own, then what has no pixels,
 * then pixels. Whatever moves pixels that the viewer already has must stand before what paints. */

#include "update.h"

#include "base/clock.h"
#include "pseudo.h"

#include <errno.h>

static int line_is_idle(const struct viewer *viewer)
{
	return viewer->is_continuous ? window_is_calm(&viewer->window) : viewer->is_requested;
}

uint64_t encoder_refine_due_ms(const struct encoder *encoder)
{
	if (!encoder->has_frame || encoder->picture.dirty_count > 0 ||
		!line_is_idle(&encoder->viewer)) {
		return UINT64_MAX;
	}
	return refine_due_ms(&encoder->refine, &encoder->picture);
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
	update->is_trimmed = 1;
	if (!encoder->is_fresh) {
		return 0; /* the rest of a frame whose movements were sent */
	}
	(void)scroll_find(scroll, &encoder->picture);
	scroll_move(scroll, &encoder->picture);
	update->has_copies = scroll->copies.count > 0;
	for (uint32_t i = 0; i < scroll->copies.count && result == 0; i++) {
		const struct copy *copy = &scroll->copies.list[i];

		result = append_copy(&encoder->out, &copy->to, copy->from_x, copy->from_y);
		update->count++;
	}
	return result;
}

/* ---- the update ---- */

static int begin(struct update *update, struct encoder *encoder)
{
	*update = (struct update){.encoder = encoder,
		.start = garasu_buffer_size(&encoder->out),
		.limit = encoder->viewer.is_continuous ? window_piece(&encoder->viewer.window)
						       : SIZE_MAX,
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

/* Asks when the viewer will have worked through all from start on. */
static int ask_arrival(struct encoder *encoder, size_t start)
{
	size_t bytes = garasu_buffer_size(&encoder->out) - start;
	uint8_t payload[VIEWER_FENCE_BYTES];

	viewer_fence_payload(
		window_sent(&encoder->viewer.window, bytes, garasu_clock_us()), payload);
	return append_fence(&encoder->out, GARASU_RFB_FENCE_REQUEST | GARASU_RFB_FENCE_BLOCK_BEFORE,
		payload, sizeof(payload));
}

int encoder_update(struct encoder *encoder, uint64_t now_ms)
{
	struct viewer *viewer = &encoder->viewer;
	size_t start = garasu_buffer_size(&encoder->out);
	struct update update;
	int result = 0;

	picture_sync(&encoder->picture);
	if (viewer->is_continuous && window_wants_probe(&viewer->window, garasu_clock_us())) {
		result = ask_arrival(encoder, start);
		start = garasu_buffer_size(&encoder->out);
	}
	if (result == 0 && owes_size(viewer)) {
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
		result = update_add_pixels(&update, now_ms);
	}
	if (result == 0) {
		result = end(&update);
	}
	if (result == 0 && viewer->is_continuous) {
		result = ask_arrival(encoder, start);
	}
	viewer->is_requested = 0;
	encoder->is_fresh = 0;
	encoder->has_rest = encoder->picture.dirty_count > 0;
	return result;
}
