/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rectangles of our zstd stream: the one place where libzstd is met. Its form was chosen by
 * measuring (docs/performance.md): planes of green and of what blue and red differ from it, because
 * most of a page is grey, and then two planes of three are zeroes. */

#include "zstd_coder.h"

#include "clones.h"
#include "garasu/rfb.h"
#include "pseudo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define LEVEL 3
#define STRIP_BYTES 65536u
#define OUT_BYTES 16384u /* room that the stream gets at once */
#define LENGTH_BYTES 4u
#define BLOCK 16u /* pixels */

_Static_assert(STRIP_BYTES >= GARASU_FRAME_WIDTH_LIMIT, "a strip holds a row");

/* The first byte makes the library take its memory; starting anew with the same parameters keeps
 * it. */
static int warm_up(ZSTD_CCtx *context)
{
	uint8_t byte = 0, bytes[64];
	ZSTD_inBuffer in = {&byte, 1, 0};
	ZSTD_outBuffer out = {bytes, sizeof(bytes), 0};

	if (ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(
			context, ZSTD_c_windowLog, GARASU_RFB_ZSTD_WINDOW_LOG)) ||
		ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush) != 0) {
		return -ENOMEM;
	}
	return ZSTD_isError(ZSTD_CCtx_reset(context, ZSTD_reset_session_only)) ? -ENOMEM : 0;
}

int zstd_coder_init(struct zstd_coder *coder)
{
	int result = -ENOMEM;

	*coder = (struct zstd_coder){.context = ZSTD_createCCtx(), .strip = malloc(STRIP_BYTES)};
	if (coder->context != NULL && coder->strip != NULL) {
		result = warm_up(coder->context);
	}
	if (result != 0) {
		zstd_coder_finish(coder);
	}
	return result;
}

void zstd_coder_finish(struct zstd_coder *coder)
{
	ZSTD_freeCCtx(coder->context);
	free(coder->strip);
	*coder = (struct zstd_coder){0};
}

/* ---- planes ---- */

static uint8_t green_of(uint32_t pixel)
{
	return (uint8_t)(pixel >> 8);
}

static uint8_t blue_of(uint32_t pixel)
{
	return (uint8_t)(pixel - (pixel >> 8));
}

static uint8_t red_of(uint32_t pixel)
{
	return (uint8_t)((pixel >> 16) - (pixel >> 8));
}

/* Blocks of a fixed size in memory of their own: this is what becomes vectors. */
#define PUT_ROW(name, of)                                                                          \
	ENCODER_CLONES                                                                             \
	static void name(uint8_t *bytes, const uint8_t *row, size_t width)                         \
	{                                                                                          \
		for (size_t x = 0; x < width; x += BLOCK) {                                        \
			size_t count = width - x < BLOCK ? width - x : BLOCK;                      \
			uint32_t pixels[BLOCK];                                                    \
			uint8_t block[BLOCK];                                                      \
                                                                                                   \
			if (count == BLOCK) {                                                      \
				memcpy(pixels, row + x * 4, sizeof(pixels));                       \
			} else {                                                                   \
				memset(pixels, 0, sizeof(pixels));                                 \
				memcpy(pixels, row + x * 4, count * 4);                            \
			}                                                                          \
			for (size_t i = 0; i < BLOCK; i++) {                                       \
				block[i] = of(pixels[i]);                                          \
			}                                                                          \
			if (count == BLOCK) {                                                      \
				memcpy(bytes + x, block, BLOCK);                                   \
			} else {                                                                   \
				memcpy(bytes + x, block, count);                                   \
			}                                                                          \
		}                                                                                  \
	}

PUT_ROW(put_green, green_of)
PUT_ROW(put_blue, blue_of)
PUT_ROW(put_red, red_of)

/* ---- the stream ---- */

/* Continues the stream with size bytes of the strip; flushes it at the end of a rectangle. */
static int compress(
	struct zstd_coder *coder, size_t size, ZSTD_EndDirective how, struct garasu_buffer *out)
{
	ZSTD_inBuffer in = {coder->strip, size, 0};
	size_t left;

	do {
		ZSTD_outBuffer room = {garasu_buffer_reserve(out, OUT_BYTES), OUT_BYTES, 0};

		if (room.dst == NULL) {
			return -ENOBUFS;
		}
		left = ZSTD_compressStream2(coder->context, &room, &in, how);
		if (ZSTD_isError(left)) {
			return -EIO;
		}
		garasu_buffer_commit(out, room.pos);
	} while (in.pos < in.size || (how == ZSTD_e_flush && left > 0));
	return 0;
}

static int append_plane(struct zstd_coder *coder, const struct picture *picture,
	const struct garasu_rect *area, unsigned plane, struct garasu_buffer *out)
{
	static void (*const put[3])(uint8_t * bytes, const uint8_t *row, size_t width) = {
		put_green, put_blue, put_red};
	uint32_t rows_max = STRIP_BYTES / area->width;
	int result = 0;

	for (uint32_t y = 0; y < area->height && result == 0; y += rows_max) {
		uint32_t rows = area->height - y < rows_max ? area->height - y : rows_max;
		int is_last = plane == 2 && y + rows == area->height;

		for (uint32_t i = 0; i < rows; i++) {
			put[plane](coder->strip + (size_t)i * area->width,
				picture_at(picture, area->x, area->y + y + i), area->width);
		}
		result = compress(coder, (size_t)rows * area->width,
			is_last ? ZSTD_e_flush : ZSTD_e_continue, out);
	}
	return result;
}

int zstd_coder_append(struct zstd_coder *coder, const struct picture *picture,
	const struct garasu_rect *area, struct garasu_buffer *out)
{
	uint8_t head[RECT_HEADER_BYTES + LENGTH_BYTES] = {0}, *length;
	size_t start = garasu_buffer_size(out) + sizeof(head), size;
	int result;

	rect_header(head, area, GARASU_RFB_ENCODING_ZSTD);
	result = garasu_buffer_append(out, head, sizeof(head));
	for (unsigned plane = 0; plane < 3 && result == 0; plane++) {
		result = append_plane(coder, picture, area, plane, out);
	}
	if (result != 0) {
		return result;
	}
	size = garasu_buffer_size(out) - start;
	length = out->data + out->start + start - LENGTH_BYTES;
	length[0] = (uint8_t)(size >> 24);
	length[1] = (uint8_t)(size >> 16);
	length[2] = (uint8_t)(size >> 8);
	length[3] = (uint8_t)size;
	return 0;
}
