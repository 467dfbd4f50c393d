/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rectangles of our zstd stream (garasu/rfb.h, GARASU_RFB_ENCODING_ZSTD). The only place where
 * libzstd is met. Reads untrusted bytes from: the server. */

#include "decoder/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define PIECE 65536u /* bytes of the payload that are taken in at once */
#define HEAD_BYTES 6u
#define BLOCK 16u /* pixels */

/* A stream's first bytes: magic number, descriptor, window. Only the last may be another one. */
static const uint8_t head[HEAD_BYTES] = {
	0x28, 0xb5, 0x2f, 0xfd, 0, (GARASU_RFB_ZSTD_WINDOW_LOG - 10) << 3};

/* Decodes an empty frame with the largest window: the library has all its memory from then on. */
static int warm_up(ZSTD_DCtx *context)
{
	static const uint8_t empty_block[3] = {1, 0, 0};
	uint8_t frame[HEAD_BYTES + sizeof(empty_block)], nothing;
	ZSTD_inBuffer in = {frame, sizeof(frame), 0};
	ZSTD_outBuffer out = {&nothing, 0, 0};

	memcpy(frame, head, HEAD_BYTES);
	memcpy(frame + HEAD_BYTES, empty_block, sizeof(empty_block));
	if (ZSTD_isError(ZSTD_DCtx_setParameter(
		    context, ZSTD_d_windowLogMax, GARASU_RFB_ZSTD_WINDOW_LOG)) ||
		ZSTD_decompressStream(context, &out, &in) != 0) {
		return -ENOMEM;
	}
	return ZSTD_isError(ZSTD_DCtx_reset(context, ZSTD_reset_session_only)) ? -ENOMEM : 0;
}

int zstd_init(struct zstd *zstd, uint32_t max_width)
{
	zstd->strip_max = max_width > PIECE ? max_width : PIECE;
	zstd->strip = malloc(zstd->strip_max);
	zstd->context = ZSTD_createDCtx();
	if (zstd->strip == NULL || zstd->context == NULL) {
		return -ENOMEM;
	}
	return warm_up(zstd->context);
}

void zstd_finish(struct zstd *zstd)
{
	ZSTD_freeDCtx(zstd->context);
	free(zstd->strip);
	*zstd = (struct zstd){0};
}

/* ---- pixels ---- */

static uint32_t put_green(uint32_t pixel, uint8_t value)
{
	(void)pixel;
	return (uint32_t)value << 8;
}

static uint32_t add_blue(uint32_t pixel, uint8_t value)
{
	return pixel | (((pixel >> 8) + value) & 0xffu);
}

static uint32_t add_red(uint32_t pixel, uint8_t value)
{
	return pixel | (((pixel >> 8) + value) & 0xffu) << 16;
}

/* Blocks of a fixed size in memory of their own: this is what becomes vectors. */
#define PUT_ROW(name, put)                                                                         \
	static void name(uint8_t *out, const uint8_t *plane, size_t width)                         \
	{                                                                                          \
		for (size_t x = 0; x < width; x += BLOCK) {                                        \
			size_t count = width - x < BLOCK ? width - x : BLOCK;                      \
			uint32_t pixels[BLOCK] = {0};                                              \
			uint8_t values[BLOCK] = {0};                                               \
                                                                                                   \
			if (count == BLOCK) {                                                      \
				memcpy(pixels, out + x * 4, sizeof(pixels));                       \
				memcpy(values, plane + x, BLOCK);                                  \
			} else {                                                                   \
				memcpy(pixels, out + x * 4, count * 4);                            \
				memcpy(values, plane + x, count);                                  \
			}                                                                          \
			for (size_t i = 0; i < BLOCK; i++) {                                       \
				pixels[i] = put(pixels[i], values[i]);                             \
			}                                                                          \
			if (count == BLOCK) {                                                      \
				memcpy(out + x * 4, pixels, sizeof(pixels));                       \
			} else {                                                                   \
				memcpy(out + x * 4, pixels, count * 4);                            \
			}                                                                          \
		}                                                                                  \
	}

PUT_ROW(put_green_row, put_green)
PUT_ROW(add_blue_row, add_blue)
PUT_ROW(add_red_row, add_red)

/* Paints the rows that are whole in the strip. */
static void put_strip(struct decoder *decoder)
{
	static void (*const put[ZSTD_PLANES])(uint8_t * out, const uint8_t *plane, size_t width) = {
		put_green_row, add_blue_row, add_red_row};
	struct zstd *zstd = &decoder->zstd;
	uint32_t width = decoder->rect.width;

	for (size_t at = 0; at < zstd->strip_size; at += width, decoder->row++) {
		put[zstd->plane](decoder_row(decoder, decoder->row), zstd->strip + at, width);
	}
	if (decoder->row == decoder->rect.height) {
		decoder->row = 0;
		zstd->plane++;
	}
}

/* As many whole rows of the plane as the strip holds; 0 once all planes are painted. */
static void begin_strip(struct decoder *decoder)
{
	struct zstd *zstd = &decoder->zstd;
	size_t rows = zstd->strip_max / decoder->rect.width;
	size_t left = decoder->rect.height - decoder->row;

	zstd->strip_size =
		zstd->plane == ZSTD_PLANES ? 0 : (rows < left ? rows : left) * decoder->rect.width;
	zstd->strip_used = 0;
}

/* ---- the stream ---- */

/* Room for one byte too many, so that it shows. */
static enum decoder_error decompress(struct zstd *zstd, ZSTD_inBuffer *in)
{
	uint8_t extra;
	int is_painted = zstd->strip_size == 0;
	ZSTD_outBuffer out = {zstd->strip, zstd->strip_size, zstd->strip_used};
	ZSTD_outBuffer beyond = {&extra, 1, 0};
	size_t result = ZSTD_decompressStream(zstd->context, is_painted ? &beyond : &out, in);

	if (ZSTD_isError(result) || result == 0) { /* 0: the frame ends */
		return DECODER_ERROR_ZSTD;
	}
	if (beyond.pos > 0) {
		return DECODER_ERROR_ZSTD_LONG;
	}
	zstd->strip_used = is_painted ? 0 : out.pos;
	return DECODER_OK;
}

/* Goes on while there is input, or output that the library still holds. */
static enum decoder_error take_in(struct decoder *decoder, const uint8_t *bytes, size_t size)
{
	struct zstd *zstd = &decoder->zstd;
	ZSTD_inBuffer in = {bytes, size, 0};
	enum decoder_error error = DECODER_OK;
	size_t before;
	int is_full;

	do {
		before = in.pos;
		error = decompress(zstd, &in);
		is_full = zstd->strip_size > 0 && zstd->strip_used == zstd->strip_size;
		if (error == DECODER_OK && is_full) {
			put_strip(decoder);
			begin_strip(decoder);
		}
	} while (error == DECODER_OK && (is_full || (in.pos < in.size && in.pos > before)));
	if (error == DECODER_OK && in.pos < in.size) {
		return DECODER_ERROR_ZSTD_LONG;
	}
	return error;
}

static enum decoder_error read_piece(struct decoder *decoder, const uint8_t *untrusted_bytes);

static void expect_piece(struct decoder *decoder)
{
	uint32_t left = decoder->zstd.left;

	decoder_expect(decoder, left < PIECE ? left : PIECE, read_piece);
}

static enum decoder_error read_piece(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	struct zstd *zstd = &decoder->zstd;
	enum decoder_error error = take_in(decoder, untrusted_bytes, decoder->need);

	if (error != DECODER_OK) {
		return error;
	}
	zstd->left -= (uint32_t)decoder->need;
	if (zstd->left > 0) {
		expect_piece(decoder);
		return DECODER_OK;
	}
	return zstd->plane == ZSTD_PLANES ? decoder_end_pixels(decoder) : DECODER_ERROR_ZSTD_SHORT;
}

/* The frame is of one kind alone: other descriptors, skippable frames and the formats of older
 * versions never reach the library. Its window is the library's to refuse. */
static enum decoder_error read_head(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	struct zstd *zstd = &decoder->zstd;
	enum decoder_error error;

	if (memcmp(untrusted_bytes, head, HEAD_BYTES - 1) != 0) {
		return DECODER_ERROR_ZSTD;
	}
	zstd->is_begun = true;
	error = take_in(decoder, untrusted_bytes, HEAD_BYTES);
	zstd->left -= HEAD_BYTES;
	expect_piece(decoder);
	return error;
}

static enum decoder_error read_length(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	struct zstd *zstd = &decoder->zstd;
	uint32_t length = read_u32(untrusted_bytes);

	if (length > garasu_rfb_zstd_max(decoder->rect.width, decoder->rect.height) ||
		length <= (zstd->is_begun ? 0 : HEAD_BYTES)) {
		return DECODER_ERROR_LENGTH;
	}
	zstd->left = length;
	zstd->plane = 0;
	decoder->row = 0;
	begin_strip(decoder);
	if (zstd->is_begun) {
		expect_piece(decoder);
	} else {
		decoder_expect(decoder, HEAD_BYTES, read_head);
	}
	return DECODER_OK;
}

enum decoder_error zstd_begin(struct decoder *decoder)
{
	decoder_expect(decoder, 4, read_length);
	return DECODER_OK;
}
