/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoder's machine and its messages. Reads untrusted bytes from: the server. */

#include "decoder/machine.h"

#include <base/utf8.h>

#include <stdlib.h>
#include <string.h>

#define CHUNK 65536u
#define NAME_MAX_BYTES 255u
#define FOREIGN_BELL 2u
#define FOREIGN_CUT_TEXT 3u

static enum decoder_error read_message(struct decoder *decoder, const uint8_t *untrusted_bytes);

void decoder_expect(struct decoder *decoder, size_t need, decoder_step step)
{
	decoder->need = need;
	decoder->step = step;
}

void decoder_emit(struct decoder *decoder, struct decoder_event event)
{
	decoder->on_event(decoder->context, &event);
}

uint8_t *decoder_row(struct decoder *decoder, uint32_t row)
{
	size_t stride = (size_t)decoder->picture.max_width * 4;

	return decoder->picture.pixels + (decoder->rect.y + row) * stride +
	       (size_t)decoder->rect.x * 4;
}

/* Pixels that a larger picture shows for the first time are black. */
static void clear_new_area(struct decoder *decoder, uint32_t width, uint32_t height)
{
	size_t stride = (size_t)decoder->picture.max_width * 4;

	for (uint32_t y = 0; y < height; y++) {
		uint32_t kept = y < decoder->height ? decoder->width : 0;

		if (kept < width) {
			memset(decoder->picture.pixels + y * stride + (size_t)kept * 4, 0,
				(size_t)(width - kept) * 4);
		}
	}
}

enum decoder_error decoder_set_size(struct decoder *decoder, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0 || width > decoder->picture.max_width ||
		height > decoder->picture.max_height) {
		return DECODER_ERROR_SIZE;
	}
	clear_new_area(decoder, width, height);
	decoder->width = width;
	decoder->height = height;
	return DECODER_OK;
}

/* ---- ServerInit, RFC 6143 §7.3.2 ---- */

static enum decoder_error skip_name(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	(void)untrusted_bytes; /* no string of a server is ever shown */
	decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_SIZE,
				      .width = decoder->width,
				      .height = decoder->height,
				      .value = DECODER_RESIZE_INIT});
	decoder_expect(decoder, 1, read_message);
	return DECODER_OK;
}

static enum decoder_error read_init(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint32_t name_size = read_u32(untrusted_bytes + 20);

	if (name_size > NAME_MAX_BYTES) {
		return DECODER_ERROR_NAME;
	}
	decoder_expect(decoder, name_size, skip_name);
	return decoder_set_size(decoder, read_u16(untrusted_bytes), read_u16(untrusted_bytes + 2));
}

/* ---- FramebufferUpdate ---- */

static enum decoder_error read_rectangle(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	decoder->rect =
		(struct garasu_rect){read_u16(untrusted_bytes), read_u16(untrusted_bytes + 2),
			read_u16(untrusted_bytes + 4), read_u16(untrusted_bytes + 6)};
	return rectangle_begin(decoder, (int32_t)read_u32(untrusted_bytes + 8));
}

static enum decoder_error end_update(struct decoder *decoder)
{
	decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_UPDATE,
				      .x = decoder->damage.x,
				      .y = decoder->damage.y,
				      .width = decoder->damage.width,
				      .height = decoder->damage.height});
	decoder_expect(decoder, 1, read_message);
	return DECODER_OK;
}

enum decoder_error decoder_end_rectangle(struct decoder *decoder)
{
	if (!decoder->is_until_last) {
		decoder->rectangles_left--;
	}
	if (decoder->rectangles_left == 0) {
		return end_update(decoder);
	}
	decoder_expect(decoder, 12, read_rectangle);
	return DECODER_OK;
}

static uint32_t smaller(uint32_t left, uint32_t right)
{
	return left < right ? left : right;
}

static uint32_t larger(uint32_t left, uint32_t right)
{
	return left > right ? left : right;
}

enum decoder_error decoder_end_pixels(struct decoder *decoder)
{
	struct garasu_rect *all = &decoder->damage;
	const struct garasu_rect *rect = &decoder->rect;

	if (all->width == 0) {
		*all = *rect;
	} else {
		uint32_t right = larger(all->x + all->width, rect->x + rect->width);
		uint32_t bottom = larger(all->y + all->height, rect->y + rect->height);

		all->x = smaller(all->x, rect->x);
		all->y = smaller(all->y, rect->y);
		all->width = right - all->x;
		all->height = bottom - all->y;
	}
	return decoder_end_rectangle(decoder);
}

static enum decoder_error read_update(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint32_t count = read_u16(untrusted_bytes + 1);

	decoder->is_until_last = count > GARASU_RFB_RECTANGLES_MAX;
	if (decoder->is_until_last && !(decoder->offers & DECODER_OFFER_LAST_RECT)) {
		return DECODER_ERROR_COUNT;
	}
	decoder->rectangles_left = count;
	decoder->damage = (struct garasu_rect){0};
	decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_BEGIN});
	if (count == 0) {
		return end_update(decoder);
	}
	decoder_expect(decoder, 12, read_rectangle);
	return DECODER_OK;
}

/* ---- Fence ---- */

static enum decoder_error read_fence_payload(
	struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_FENCE,
				      .value = decoder->fence_flags,
				      .bytes = untrusted_bytes,
				      .size = decoder->need});
	decoder_expect(decoder, 1, read_message);
	return DECODER_OK;
}

static enum decoder_error read_fence(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint32_t size = untrusted_bytes[7];

	if (size > GARASU_RFB_FENCE_MAX) {
		return DECODER_ERROR_FENCE;
	}
	decoder->fence_flags = read_u32(untrusted_bytes + 3);
	decoder_expect(decoder, size, read_fence_payload);
	return DECODER_OK;
}

/* ---- ours ---- */

static bool is_plain_text(const uint8_t *untrusted_text, size_t size)
{
	int64_t characters = garasu_utf8_length(untrusted_text, size);

	if (characters < 1 || characters > GARASU_RFB_WORDS_MAX) {
		return false;
	}
	for (size_t at = 0; at < size;) {
		uint32_t character = 0;

		at += (size_t)garasu_utf8_decode(untrusted_text + at, size - at, &character);
		if (character < 0x20 || (character >= 0x7f && character < 0xa0)) {
			return false;
		}
	}
	return true;
}

static enum decoder_error read_garasu_payload(
	struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	size_t size = decoder->need;

	if (decoder->garasu_sub == GARASU_RFB_SUB_STATE) {
		decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_STATE,
					      .value = read_u16(untrusted_bytes),
					      .extra = read_u32(untrusted_bytes + 2)});
	} else if (decoder->garasu_sub == GARASU_RFB_SUB_POLICY) {
		decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_POLICY,
					      .value = read_u16(untrusted_bytes),
					      .extra = untrusted_bytes[2]});
	} else if (is_plain_text(untrusted_bytes, size)) {
		decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_MESSAGE,
					      .bytes = untrusted_bytes,
					      .size = size});
	} else {
		return DECODER_ERROR_TEXT;
	}
	decoder_expect(decoder, 1, read_message);
	return DECODER_OK;
}

static enum decoder_error read_garasu(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint32_t size = read_u16(untrusted_bytes + 1);

	decoder->garasu_sub = untrusted_bytes[0];
	if (decoder->garasu_sub == GARASU_RFB_SUB_MESSAGE) {
		if (size == 0 || size > GARASU_RFB_MESSAGE_BYTES_MAX) {
			return DECODER_ERROR_TEXT;
		}
	} else if (!(decoder->garasu_sub == GARASU_RFB_SUB_STATE && size == 6) &&
		   !(decoder->garasu_sub == GARASU_RFB_SUB_POLICY && size == 3)) {
		return DECODER_ERROR_STATE;
	}
	decoder_expect(decoder, size, read_garasu_payload);
	return DECODER_OK;
}

/* ---- what other makers' servers say besides, RFC 6143 §7.6.3 and §7.6.4 ---- */

static enum decoder_error drop_cut_text(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	(void)untrusted_bytes; /* no string of a server is ever shown */
	decoder_expect(decoder, 1, read_message);
	return DECODER_OK;
}

static enum decoder_error read_cut_text(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint32_t size = read_u32(untrusted_bytes + 3);

	if (size > GARASU_RFB_CUT_TEXT_MAX) {
		return DECODER_ERROR_TEXT;
	}
	decoder_expect(decoder, size, drop_cut_text);
	return DECODER_OK;
}

static enum decoder_error read_foreign(struct decoder *decoder, uint8_t type)
{
	if (type == FOREIGN_CUT_TEXT) {
		decoder_expect(decoder, 7, read_cut_text);
	} else if (type != FOREIGN_BELL) {
		return DECODER_ERROR_MESSAGE;
	}
	decoder->foreign++;
	return DECODER_OK;
}

uint64_t decoder_taken_bytes(const struct decoder *decoder)
{
	return decoder->taken;
}

uint64_t decoder_foreign_messages(const struct decoder *decoder)
{
	return decoder->foreign;
}

/* ---- messages ---- */

static enum decoder_error read_message(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	uint8_t type = untrusted_bytes[0];

	if (type == GARASU_RFB_UPDATE) {
		decoder_expect(decoder, 3, read_update);
	} else if (type == GARASU_RFB_SERVER_FENCE && (decoder->offers & DECODER_OFFER_FENCE)) {
		decoder_expect(decoder, 8, read_fence);
	} else if (type == GARASU_RFB_SERVER_GARASU && (decoder->offers & DECODER_OFFER_GARASU)) {
		decoder_expect(decoder, 3, read_garasu);
	} else if (type == GARASU_RFB_END_CONTINUOUS &&
		   (decoder->offers & DECODER_OFFER_CONTINUOUS)) {
		decoder_emit(decoder, (struct decoder_event){.type = DECODER_EVENT_CONTINUOUS});
	} else if (decoder->offers & DECODER_OFFER_FOREIGN) {
		return read_foreign(decoder, type);
	} else {
		return DECODER_ERROR_MESSAGE;
	}
	return DECODER_OK;
}

/* ---- the machine ---- */

struct decoder *decoder_create(const struct decoder_picture *picture, uint32_t offers,
	decoder_on_event on_event, void *context)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));

	if (decoder == NULL) {
		return NULL;
	}
	decoder->picture = *picture;
	decoder->offers = offers;
	decoder->on_event = on_event;
	decoder->context = context;
	garasu_buffer_init(&decoder->input, TIGHT_LENGTH_MAX + CHUNK);
	decoder_expect(decoder, 24, read_init);
	if (tight_init(&decoder->tight, picture->max_width) != 0 ||
		zstd_init(&decoder->zstd, picture->max_width) != 0) {
		decoder_destroy(&decoder);
	}
	return decoder;
}

void decoder_destroy(struct decoder **decoder)
{
	if (*decoder != NULL) {
		tight_finish(&(*decoder)->tight);
		zstd_finish(&(*decoder)->zstd);
		garasu_buffer_finish(&(*decoder)->input);
		free(*decoder);
		*decoder = NULL;
	}
}

static enum decoder_error run(struct decoder *decoder)
{
	static const uint8_t nothing[1];
	struct garasu_buffer *input = &decoder->input;

	while (decoder->error == DECODER_OK && garasu_buffer_size(input) >= decoder->need) {
		size_t used = decoder->need;

		decoder->taken += used;
		decoder->error =
			decoder->step(decoder, used > 0 ? garasu_buffer_bytes(input) : nothing);
		garasu_buffer_consume(input, used);
	}
	return decoder->error;
}

enum decoder_error decoder_feed(struct decoder *decoder, const uint8_t *bytes, size_t size)
{
	while (size > 0 && decoder->error == DECODER_OK) {
		size_t part = size < CHUNK ? size : CHUNK;

		if (garasu_buffer_append(&decoder->input, bytes, part) != 0) {
			decoder->error = DECODER_ERROR_MEMORY;
			break;
		}
		bytes += part;
		size -= part;
		run(decoder);
	}
	return decoder->error;
}
