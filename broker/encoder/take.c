/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes frames: from the frame memory into private memory, only what changed. Reads untrusted bytes
 * from: the frame memory. */

#include "encoder.h"

#include <errno.h>

#define ODD_RETRY_MS 100u /* the writer's news comes before that, unless it is broken */
#define TORN_RETRY_MS 4u
#define TORN_MAX 8u /* a writer that never pauses gets the picture it made */

static int is_drawn_upon(const struct encoder *encoder, const struct frame *frame)
{
	return frame_memory_sequence(&encoder->memory) != frame->sequence;
}

/* The viewer's picture follows the frame's size where it can; else the frame is cut or framed. */
static int follow_size(struct encoder *encoder, const struct frame *frame, uint64_t now_ms)
{
	const struct viewer *viewer = &encoder->viewer;

	if (viewer_can_resize(viewer) &&
		(viewer->width != frame->width || viewer->height != frame->height)) {
		return encoder_resized(encoder, frame->width, frame->height, now_ms);
	}
	if (encoder->frame.width != frame->width || encoder->frame.height != frame->height) {
		picture_resize(&encoder->picture, viewer->width, viewer->height);
		encoder->needs_whole = 1;
	}
	return 0;
}

static void take_pixels(struct encoder *encoder, const struct frame *frame, uint64_t now_ms)
{
	const uint8_t *pixels = frame_memory_pixels(&encoder->memory);
	const struct garasu_rect all = {.width = frame->width, .height = frame->height};

	if (encoder->needs_whole || frame->damage_count == 0 ||
		frame->sequence != encoder->frame.sequence + 2) {
		(void)picture_take(
			&encoder->picture, pixels, frame->width, frame->height, &all, now_ms);
		return;
	}
	for (uint32_t i = 0; i < frame->damage_count; i++) {
		(void)picture_take(&encoder->picture, pixels, frame->width, frame->height,
			&frame->damage[i], now_ms);
	}
}

/* Tiles that changed and went out as parts of a photograph before: moved by copies or not. */
static uint32_t count_photo_tiles(const struct picture *picture)
{
	uint32_t count = 0;

	if (picture->dirty_count == 0) {
		return 0;
	}
	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		count += picture_is_dirty(picture, tile) &&
			 picture_fidelity(picture, tile) != PICTURE_EXACT;
	}
	return count;
}

static void take_side_facts(struct encoder *encoder, const struct frame *frame)
{
	struct viewer *viewer = &encoder->viewer;
	const struct frame *before = &encoder->frame;
	const uint32_t leds =
		GARASU_FRAME_LED_CAPS | GARASU_FRAME_LED_NUM | GARASU_FRAME_LED_SCROLL;
	const uint32_t text = GARASU_FRAME_TEXT_FOCUS | GARASU_FRAME_TEXT_HIDDEN;

	if (!encoder->has_frame || frame->pointer_sequence != before->pointer_sequence) {
		cursor_take(&encoder->cursor, frame, frame_memory_pointer(&encoder->memory));
		viewer->knows_pointer = 0;
	}
	if ((frame->bits & leds) != (before->bits & leds)) {
		viewer->knows_led = 0;
	}
	if ((frame->bits & text) != (before->bits & text) || frame->caret.x != before->caret.x ||
		frame->caret.y != before->caret.y || frame->caret.width != before->caret.width ||
		frame->caret.height != before->caret.height) {
		viewer->knows_caret = 0;
	}
}

/* The writer drew while we copied: what we have is a mixture, and everything is compared again. */
static int take_again(struct encoder *encoder, uint64_t now_ms)
{
	encoder->needs_whole = 1;
	encoder->retry_ms = now_ms + TORN_RETRY_MS;
	encoder->torn_count++;
	return encoder->torn_count < TORN_MAX;
}

int encoder_take(struct encoder *encoder, uint64_t now_us)
{
	uint64_t now_ms = now_us / 1000;
	struct frame frame;
	int result = frame_memory_read(&encoder->memory, &frame);

	if (result == -EAGAIN) {
		encoder->retry_ms = now_ms + ODD_RETRY_MS;
		return 0;
	}
	if (result == 0 || (frame.sequence == encoder->frame.sequence && !encoder->needs_whole)) {
		encoder->has_news = 0;
		return 0;
	}
	result = follow_size(encoder, &frame, now_ms);
	if (result != 0) {
		return result;
	}
	take_pixels(encoder, &frame, now_ms);
	take_side_facts(encoder, &frame);
	if (is_drawn_upon(encoder, &frame)) {
		if (take_again(encoder, now_ms)) {
			return 0;
		}
	} else {
		encoder->needs_whole = 0;
		encoder->has_news = 0;
	}
	encoder->torn_count = 0;
	encoder->frame = frame;
	encoder->has_frame = 1;
	encoder->is_fresh = 1;
	credit_frame_taken(&encoder->credit, count_photo_tiles(&encoder->picture), now_us);
	return 0;
}
