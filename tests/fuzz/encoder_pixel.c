/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of pixel formats: what is taken holds every channel, converts within its bytes, carries no
 * byte of the frame memory that is no colour, and one colour is the same alone and in a row. The
 * input is a format of the wire, then pixels.
 * Covers: broker/encoder/pixel.c */

#include "pixel.h"

#include <stdlib.h>
#include <string.h>

#define PIXELS_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static uint32_t value_of(const struct pixel_format *format, const uint8_t *bytes)
{
	unsigned count = format->bits_per_pixel / 8u;
	uint32_t value = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned at = format->is_big_endian ? i : count - 1 - i;

		value = value << 8 | bytes[at];
	}
	return value;
}

static uint32_t field(uint16_t max, uint8_t shift)
{
	return (uint32_t)max << shift;
}

static void check_pixel(const struct pixel_format *format, const uint8_t *xrgb, const uint8_t *out)
{
	uint32_t red = field(format->red_max, format->red_shift);
	uint32_t green = field(format->green_max, format->green_shift);
	uint32_t blue = field(format->blue_max, format->blue_shift);
	uint8_t alone[4] = {0};

	demand((value_of(format, out) & ~(red | green | blue)) == 0);
	pixel_put(format, xrgb[2], xrgb[1], xrgb[0], alone);
	demand(memcmp(alone, out, format->bits_per_pixel / 8u) == 0);
}

static void check(const struct pixel_format *format, const uint8_t *pixels, size_t count)
{
	size_t bytes = format->bits_per_pixel / 8u;
	uint8_t *xrgb = malloc(4 * count + 1);
	uint8_t *out = malloc(count * bytes + 1);

	demand(format->bits_per_pixel == 8 || format->bits_per_pixel == 16 ||
		format->bits_per_pixel == 32);
	demand(xrgb != NULL && out != NULL);
	xrgb = realloc(xrgb, 4 * count);
	out = realloc(out, count * bytes);
	demand(xrgb != NULL && out != NULL);
	memcpy(xrgb, pixels, 4 * count);
	pixel_convert(format, xrgb, count, out);
	for (size_t i = 0; i < count; i++) {
		check_pixel(format, xrgb + 4 * i, out + bytes * i);
		if (pixel_format_is_native(format)) {
			demand(memcmp(out + 4 * i, xrgb + 4 * i, 3) == 0);
		}
	}
	free(xrgb);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pixel_format format;
	size_t count;

	if (size < PIXEL_FORMAT_BYTES + 4) {
		return 0;
	}
	count = (size - PIXEL_FORMAT_BYTES) / 4;
	format = pixel_format_decode(data);
	if (pixel_format_is_valid(&format)) {
		check(&format, data + PIXEL_FORMAT_BYTES, count < PIXELS_MAX ? count : PIXELS_MAX);
	}
	return 0;
}
