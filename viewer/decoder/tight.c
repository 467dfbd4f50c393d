/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tight rectangles (rfbproto.rst, "Tight Encoding"): fill, JPEG, and zlib with three filters. The
 * only place where zlib and libjpeg-turbo are met. Reads untrusted bytes from: the server. */

#include "decoder/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONTROL_FILL 8u
#define CONTROL_JPEG 9u
#define CONTROL_EXPLICIT_FILTER 4u /* bit of the upper four */

int tight_init(struct tight *tight, uint32_t max_width)
{
	tight->row = calloc(max_width, 3);
	tight->previous = calloc(max_width, 3);
	tight->jpeg = tjInitDecompress();
	if (tight->row == NULL || tight->previous == NULL || tight->jpeg == NULL) {
		return -ENOMEM;
	}
	for (unsigned i = 0; i < TIGHT_STREAMS; i++) {
		if (inflateInit(&tight->streams[i]) != Z_OK) {
			return -ENOMEM;
		}
		tight->is_open[i] = true;
	}
	return 0;
}

void tight_finish(struct tight *tight)
{
	for (unsigned i = 0; i < TIGHT_STREAMS; i++) {
		if (tight->is_open[i]) {
			inflateEnd(&tight->streams[i]);
		}
	}
	if (tight->jpeg != NULL) {
		tjDestroy(tight->jpeg);
	}
	free(tight->row);
	free(tight->previous);
	*tight = (struct tight){0};
}

/* ---- rows ---- */

static void put_pixel(uint8_t *out, const uint8_t *rgb)
{
	out[0] = rgb[2];
	out[1] = rgb[1];
	out[2] = rgb[0];
	out[3] = 0;
}

static size_t row_bytes(const struct decoder *decoder)
{
	size_t width = decoder->rect.width;

	if (decoder->tight.filter != TIGHT_FILTER_PALETTE) {
		return width * 3;
	}
	return decoder->tight.colours == 2 ? (width + 7) / 8 : width;
}

static void put_copied(uint8_t *out, const uint8_t *row, uint32_t width)
{
	for (uint32_t x = 0; x < width; x++) {
		put_pixel(out + (size_t)x * 4, row + (size_t)x * 3);
	}
}

static enum decoder_error put_indexed(
	const struct tight *tight, uint8_t *out, const uint8_t *untrusted_row, uint32_t width)
{
	for (uint32_t x = 0; x < width; x++) {
		uint32_t index = tight->colours == 2 ? (untrusted_row[x / 8] >> (7 - x % 8)) & 1u
						     : untrusted_row[x];

		if (index >= tight->colours) {
			return DECODER_ERROR_PALETTE;
		}
		put_pixel(out + (size_t)x * 4, tight->palette + (size_t)index * 3);
	}
	return DECODER_OK;
}

/* Turns differences into colours in place: each is predicted from its left, upper and upper left
 * neighbours. previous is the row above, of zeroes for the first. */
static void undo_gradient(uint8_t *row, const uint8_t *previous, uint32_t width)
{
	for (size_t i = 0; i < (size_t)width * 3; i++) {
		int left = i >= 3 ? row[i - 3] : 0;
		int corner = i >= 3 ? previous[i - 3] : 0;
		int guess = left + previous[i] - corner;

		guess = guess < 0 ? 0 : guess > 255 ? 255 : guess;
		row[i] = (uint8_t)(row[i] + guess);
	}
}

/* Paints row number y from tight->row; may change tight->row. */
static enum decoder_error put_row(struct decoder *decoder, uint32_t y)
{
	struct tight *tight = &decoder->tight;
	uint8_t *out = decoder_row(decoder, y), *swapped;
	uint32_t width = decoder->rect.width;

	switch (tight->filter) {
	case TIGHT_FILTER_COPY:
		put_copied(out, tight->row, width);
		return DECODER_OK;
	case TIGHT_FILTER_PALETTE:
		return put_indexed(tight, out, tight->row, width);
	case TIGHT_FILTER_GRADIENT:
		undo_gradient(tight->row, tight->previous, width);
		put_copied(out, tight->row, width);
		swapped = tight->row;
		tight->row = tight->previous;
		tight->previous = swapped;
		return DECODER_OK;
	}
	return DECODER_ERROR_FILTER;
}

/* ---- zlib ---- */

static enum decoder_error inflate_row(z_stream *stream, uint8_t *row, size_t size)
{
	stream->next_out = row;
	stream->avail_out = (uInt)size;
	while (stream->avail_out > 0) {
		int result = inflate(stream, Z_SYNC_FLUSH);

		if (result == Z_BUF_ERROR ||
			(result == Z_OK && stream->avail_in == 0 && stream->avail_out > 0)) {
			return DECODER_ERROR_ZLIB_SHORT;
		}
		if (result != Z_OK) {
			return DECODER_ERROR_ZLIB;
		}
	}
	return DECODER_OK;
}

/* What is left may be the marker of a flush, never another byte of pixels. */
static enum decoder_error inflate_rest(z_stream *stream)
{
	uint8_t extra;
	int result;

	if (stream->avail_in == 0) {
		return DECODER_OK;
	}
	stream->next_out = &extra;
	stream->avail_out = 1;
	result = inflate(stream, Z_SYNC_FLUSH);
	if (result != Z_OK && result != Z_BUF_ERROR) {
		return DECODER_ERROR_ZLIB;
	}
	return stream->avail_out == 0 || stream->avail_in > 0 ? DECODER_ERROR_ZLIB_LONG
							      : DECODER_OK;
}

static enum decoder_error read_compressed(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	struct tight *tight = &decoder->tight;
	z_stream *stream = &tight->streams[tight->stream];
	enum decoder_error error = DECODER_OK;

	stream->next_in = (Bytef *)(uintptr_t)untrusted_bytes; /* zlib only reads there */
	stream->avail_in = (uInt)decoder->need;
	for (uint32_t y = 0; error == DECODER_OK && y < decoder->rect.height; y++) {
		error = inflate_row(stream, tight->row, row_bytes(decoder));
		if (error == DECODER_OK) {
			error = put_row(decoder, y);
		}
	}
	if (error == DECODER_OK) {
		error = inflate_rest(stream);
	}
	stream->next_in = NULL;
	stream->avail_in = 0;
	return error == DECODER_OK ? decoder_end_pixels(decoder) : error;
}

static enum decoder_error read_plain(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	size_t size = row_bytes(decoder);
	enum decoder_error error = DECODER_OK;

	for (uint32_t y = 0; error == DECODER_OK && y < decoder->rect.height; y++) {
		memcpy(decoder->tight.row, untrusted_bytes + y * size, size);
		error = put_row(decoder, y);
	}
	return error == DECODER_OK ? decoder_end_pixels(decoder) : error;
}

/* ---- JPEG ---- */

static enum decoder_error read_jpeg(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	int width = 0, height = 0, sampling = 0, colours = 0;

	if (tjDecompressHeader3(decoder->tight.jpeg, untrusted_bytes, decoder->need, &width,
		    &height, &sampling, &colours) != 0) {
		return DECODER_ERROR_JPEG;
	}
	if (width < 0 || (uint32_t)width != decoder->rect.width || height < 0 ||
		(uint32_t)height != decoder->rect.height) {
		return DECODER_ERROR_JPEG_SIZE;
	}
	if (tjDecompress2(decoder->tight.jpeg, untrusted_bytes, decoder->need,
		    decoder_row(decoder, 0), width, (int)decoder->picture.max_width * 4, height,
		    TJPF_BGRX, TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) != 0) {
		return DECODER_ERROR_JPEG;
	}
	return decoder_end_pixels(decoder);
}

/* ---- lengths, filters, control ---- */

static enum decoder_error read_length(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	struct tight *tight = &decoder->tight;
	bool is_third = tight->shift == 14;

	tight->length |= (untrusted_bytes[0] & (is_third ? 0xffu : 0x7fu)) << tight->shift;
	tight->shift += 7;
	if (!is_third && (untrusted_bytes[0] & 0x80u)) {
		return DECODER_OK;
	}
	if (tight->length == 0) {
		return DECODER_ERROR_LENGTH;
	}
	decoder_expect(decoder, tight->length, tight->is_jpeg ? read_jpeg : read_compressed);
	return DECODER_OK;
}

static void expect_length(struct decoder *decoder)
{
	decoder->tight.length = 0;
	decoder->tight.shift = 0;
	decoder_expect(decoder, 1, read_length);
}

static void expect_data(struct decoder *decoder)
{
	size_t expected = row_bytes(decoder) * decoder->rect.height;

	memset(decoder->tight.previous, 0, (size_t)decoder->picture.max_width * 3);
	if (expected < TIGHT_PLAIN_BELOW) {
		decoder_expect(decoder, expected, read_plain);
	} else {
		expect_length(decoder);
	}
}

static enum decoder_error read_palette(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	memcpy(decoder->tight.palette, untrusted_bytes, decoder->need);
	expect_data(decoder);
	return DECODER_OK;
}

static enum decoder_error read_palette_size(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	decoder->tight.colours = (uint32_t)untrusted_bytes[0] + 1;
	if (decoder->tight.colours < 2) {
		return DECODER_ERROR_PALETTE;
	}
	decoder_expect(decoder, (size_t)decoder->tight.colours * 3, read_palette);
	return DECODER_OK;
}

static enum decoder_error read_filter(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	if (untrusted_bytes[0] > TIGHT_FILTER_GRADIENT) {
		return DECODER_ERROR_FILTER;
	}
	decoder->tight.filter = (enum tight_filter)untrusted_bytes[0];
	if (decoder->tight.filter == TIGHT_FILTER_PALETTE) {
		decoder_expect(decoder, 1, read_palette_size);
	} else {
		expect_data(decoder);
	}
	return DECODER_OK;
}

static enum decoder_error read_fill(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	for (uint32_t y = 0; y < decoder->rect.height; y++) {
		uint8_t *out = decoder_row(decoder, y);

		for (uint32_t x = 0; x < decoder->rect.width; x++) {
			put_pixel(out + (size_t)x * 4, untrusted_bytes);
		}
	}
	return decoder_end_pixels(decoder);
}

static enum decoder_error read_control(struct decoder *decoder, const uint8_t *untrusted_bytes)
{
	struct tight *tight = &decoder->tight;
	uint32_t control = untrusted_bytes[0] >> 4;

	for (unsigned i = 0; i < TIGHT_STREAMS; i++) {
		if ((untrusted_bytes[0] >> i & 1) != 0 &&
			inflateReset(&tight->streams[i]) != Z_OK) {
			return DECODER_ERROR_ZLIB;
		}
	}
	tight->is_jpeg = control == CONTROL_JPEG;
	tight->filter = TIGHT_FILTER_COPY;
	if (control == CONTROL_FILL) {
		decoder_expect(decoder, 3, read_fill);
	} else if (tight->is_jpeg && (decoder->offers & DECODER_OFFER_JPEG)) {
		expect_length(decoder);
	} else if (control >= CONTROL_FILL) {
		return DECODER_ERROR_CONTROL;
	} else {
		tight->stream = control & 3u;
		if (control & CONTROL_EXPLICIT_FILTER) {
			decoder_expect(decoder, 1, read_filter);
		} else {
			expect_data(decoder);
		}
	}
	return DECODER_OK;
}

enum decoder_error tight_begin(struct decoder *decoder)
{
	decoder_expect(decoder, 1, read_control);
	return DECODER_OK;
}
