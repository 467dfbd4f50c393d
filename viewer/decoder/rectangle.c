/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rectangles: Raw, CopyRect, and the pseudo encodings that say something about the desktop.
 * Reads untrusted bytes from: the server. */

#include "decoder/machine.h"

#include <string.h>

#define POINTER_STRIDE (GARASU_FRAME_POINTER_MAX * 4u)

static bool is_within_picture(const struct decoder *decoder, const struct garasu_rect *rect)
{
	return rect->x <= decoder->width && rect->width <= decoder->width - rect->x &&
	       rect->y <= decoder->height && rect->height <= decoder->height - rect->y;
}

static bool is_paintable(const struct decoder *decoder)
{
	return decoder->rect.width > 0 && decoder->rect.height > 0 &&
	       is_within_picture(decoder, &decoder->rect);
}

static enum decoder_error read_raw_row(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	memcpy(decoder_row(decoder, decoder->row), untrusted_bytes, decoder->need);
	decoder->row++;
	return decoder->row == decoder->rect.height ? decoder_end_pixels(decoder) : DECODER_OK;
}

static enum decoder_error read_copy(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	struct garasu_rect source = decoder->rect;
	size_t stride = (size_t)decoder->picture.max_width * 4;
	const uint8_t *from;

	source.x = read_u16(untrusted_bytes);
	source.y = read_u16(untrusted_bytes + 2);
	if (!is_within_picture(decoder, &source)) {
		return DECODER_ERROR_COPY;
	}
	from = decoder->picture.pixels + source.y * stride + (size_t)source.x * 4;
	for (uint32_t i = 0; i < source.height; i++) {
		uint32_t row = source.y < decoder->rect.y ? source.height - 1 - i : i;

		memmove(decoder_row(decoder, row), from + row * stride, (size_t)source.width * 4);
	}
	return decoder_end_pixels(decoder);
}

/* ---- ExtendedDesktopSize ---- */

static enum decoder_error skip_screens(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint32_t reason = decoder->rect.x, status = decoder->rect.y;
	enum decoder_error error = DECODER_OK;

	(void)untrusted_bytes; /* one window, one screen: their layout means nothing to us */
	if (reason != DECODER_RESIZE_CLIENT || status == 0) {
		error = decoder_set_size(decoder, decoder->rect.width, decoder->rect.height);
		decoder->damage = (struct garasu_rect){0}; /* SIZE itself says: paint all anew */
	}
	if (error != DECODER_OK) {
		return error;
	}
	decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_SIZE,
				      .width = decoder->width,
				      .height = decoder->height,
				      .value = reason,
				      .extra = status});
	return decoder_end_rectangle(decoder);
}

static enum decoder_error read_screen_count(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint32_t count = untrusted_bytes[0];

	if (count > GARASU_RFB_SCREENS_MAX || decoder->rect.x > DECODER_RESIZE_OTHER ||
		decoder->rect.y > UINT8_MAX) {
		return DECODER_ERROR_RESIZE;
	}
	decoder_expect(decoder, (size_t)count * 16, skip_screens);
	return DECODER_OK;
}

/* ---- CursorWithAlpha ---- */

static enum decoder_error end_pointer(struct decoder *decoder)
{
	decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_POINTER,
				      .x = decoder->rect.x,
				      .y = decoder->rect.y,
				      .width = decoder->rect.width,
				      .height = decoder->rect.height});
	return decoder_end_rectangle(decoder);
}

static enum decoder_error read_pointer_row(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint8_t *out = decoder->picture.pointer + (size_t)decoder->row * POINTER_STRIDE;

	for (uint32_t x = 0; x < decoder->rect.width; x++, out += 4, untrusted_bytes += 4) {
		uint8_t alpha = untrusted_bytes[3];

		for (unsigned i = 0; i < 3; i++) { /* R G B to B G R; no more colour than alpha */
			out[2 - i] = untrusted_bytes[i] < alpha ? untrusted_bytes[i] : alpha;
		}
		out[3] = alpha;
	}
	decoder->row++;
	return decoder->row == decoder->rect.height ? end_pointer(decoder) : DECODER_OK;
}

static enum decoder_error read_pointer_encoding(
	struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	const struct garasu_rect *rect = &decoder->rect;
	bool is_hidden = rect->width == 0 || rect->height == 0;

	if (read_u32(untrusted_bytes) != GARASU_RFB_RAW || rect->width > GARASU_FRAME_POINTER_MAX ||
		rect->height > GARASU_FRAME_POINTER_MAX) {
		return DECODER_ERROR_POINTER;
	}
	if (is_hidden) {
		decoder->rect = (struct garasu_rect){0};
		return end_pointer(decoder);
	}
	if (rect->x >= rect->width || rect->y >= rect->height) {
		return DECODER_ERROR_POINTER;
	}
	decoder->row = 0;
	decoder_expect(decoder, (size_t)rect->width * 4, read_pointer_row);
	return DECODER_OK;
}

/* ---- one byte of news ---- */

static enum decoder_error read_led(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	if (untrusted_bytes[0] > 7) {
		return DECODER_ERROR_LED;
	}
	decoder_emit(decoder,
		(struct decoder_event){.type = DECODER_EVENT_LED, .value = untrusted_bytes[0]});
	return decoder_end_rectangle(decoder);
}

static enum decoder_error read_caret(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	if (untrusted_bytes[0] > 3 || !is_within_picture(decoder, &decoder->rect)) {
		return DECODER_ERROR_CARET;
	}
	decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_CARET,
				      .x = decoder->rect.x,
				      .y = decoder->rect.y,
				      .width = decoder->rect.width,
				      .height = decoder->rect.height,
				      .value = untrusted_bytes[0]});
	return decoder_end_rectangle(decoder);
}

static enum decoder_error say(struct decoder *decoder, enum decoder_event_type type)
{
	decoder_emit(decoder, (struct decoder_event){.type = type});
	return decoder_end_rectangle(decoder);
}

/* ---- which one ---- */

static uint32_t offer_of(int32_t untrusted_encoding)
{
	switch (untrusted_encoding) {
	case GARASU_RFB_TIGHT:
		return DECODER_OFFER_TIGHT;
	case GARASU_RFB_ENCODING_ZSTD:
		return DECODER_OFFER_ZSTD;
	case GARASU_RFB_LAST_RECT:
		return DECODER_OFFER_LAST_RECT;
	case GARASU_RFB_EXTENDED_DESKTOP_SIZE:
		return DECODER_OFFER_RESIZE;
	case GARASU_RFB_CURSOR_WITH_ALPHA:
		return DECODER_OFFER_POINTER;
	case GARASU_RFB_LED_STATE:
		return DECODER_OFFER_LED;
	case GARASU_RFB_QEMU_EXTENDED_KEY:
		return DECODER_OFFER_QEMU_KEY;
	case GARASU_RFB_ENCODING_GARASU:
	case GARASU_RFB_ENCODING_CARET:
		return DECODER_OFFER_GARASU;
	default:
		return 0;
	}
}

static enum decoder_error begin_pixels(struct decoder *decoder, int32_t encoding)
{
	if (!is_paintable(decoder)) {
		return DECODER_ERROR_RECTANGLE;
	}
	if (encoding == GARASU_RFB_TIGHT) {
		return tight_begin(decoder);
	}
	if (encoding == GARASU_RFB_ENCODING_ZSTD) {
		return zstd_begin(decoder);
	}
	decoder->row = 0;
	if (encoding == GARASU_RFB_RAW) {
		decoder_expect(decoder, (size_t)decoder->rect.width * 4, read_raw_row);
	} else {
		decoder_expect(decoder, 4, read_copy);
	}
	return DECODER_OK;
}

enum decoder_error rectangle_begin(struct decoder *decoder, int32_t untrusted_encoding)
{
	if (untrusted_encoding == GARASU_RFB_RAW || untrusted_encoding == GARASU_RFB_COPY_RECT) {
		return begin_pixels(decoder, untrusted_encoding);
	}
	if (!(decoder->offers & offer_of(untrusted_encoding))) {
		return DECODER_ERROR_ENCODING;
	}
	switch (untrusted_encoding) {
	case GARASU_RFB_TIGHT:
	case GARASU_RFB_ENCODING_ZSTD:
		return begin_pixels(decoder, untrusted_encoding);
	case GARASU_RFB_LAST_RECT:
		if (!decoder->is_until_last) {
			return DECODER_ERROR_COUNT; /* the update says itself where it ends */
		}
		decoder->is_until_last = false;
		decoder->rectangles_left = 1;
		return decoder_end_rectangle(decoder);
	case GARASU_RFB_EXTENDED_DESKTOP_SIZE:
		decoder_expect(decoder, 4, read_screen_count);
		return DECODER_OK;
	case GARASU_RFB_CURSOR_WITH_ALPHA:
		decoder_expect(decoder, 4, read_pointer_encoding);
		return DECODER_OK;
	case GARASU_RFB_LED_STATE:
		decoder_expect(decoder, 1, read_led);
		return DECODER_OK;
	case GARASU_RFB_QEMU_EXTENDED_KEY:
		return say(decoder, DECODER_EVENT_QEMU_KEY);
	case GARASU_RFB_ENCODING_GARASU:
		return say(decoder, DECODER_EVENT_GARASU);
	case GARASU_RFB_ENCODING_CARET:
		decoder_expect(decoder, 1, read_caret);
		return DECODER_OK;
	default:
		return DECODER_ERROR_ENCODING;
	}
}
