/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixel formats: what a viewer may ask for, and conversion into it. Reads untrusted bytes from: the
 * viewer (the format). */

#include "pixel.h"

#include <string.h>

struct pixel_format pixel_format_native(void)
{
	return (struct pixel_format){.bits_per_pixel = 32,
		.depth = 24,
		.is_true_colour = 1,
		.red_max = 255,
		.green_max = 255,
		.blue_max = 255,
		.red_shift = 16,
		.green_shift = 8,
		.blue_shift = 0};
}

static uint16_t read_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void write_u16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

struct pixel_format pixel_format_decode(const uint8_t untrusted_bytes[PIXEL_FORMAT_BYTES])
{
	return (struct pixel_format){.bits_per_pixel = untrusted_bytes[0],
		.depth = untrusted_bytes[1],
		.is_big_endian = untrusted_bytes[2] != 0,
		.is_true_colour = untrusted_bytes[3] != 0,
		.red_max = read_u16(untrusted_bytes + 4),
		.green_max = read_u16(untrusted_bytes + 6),
		.blue_max = read_u16(untrusted_bytes + 8),
		.red_shift = untrusted_bytes[10],
		.green_shift = untrusted_bytes[11],
		.blue_shift = untrusted_bytes[12]};
}

void pixel_format_encode(const struct pixel_format *format, uint8_t bytes[PIXEL_FORMAT_BYTES])
{
	memset(bytes, 0, PIXEL_FORMAT_BYTES);
	bytes[0] = format->bits_per_pixel;
	bytes[1] = format->depth;
	bytes[2] = format->is_big_endian;
	bytes[3] = format->is_true_colour;
	write_u16(bytes + 4, format->red_max);
	write_u16(bytes + 6, format->green_max);
	write_u16(bytes + 8, format->blue_max);
	bytes[10] = format->red_shift;
	bytes[11] = format->green_shift;
	bytes[12] = format->blue_shift;
}

static int channel_fits(uint16_t max, uint8_t shift, uint8_t bits_per_pixel)
{
	if (max == 0 || (max & (max + 1u)) != 0 || shift >= bits_per_pixel) {
		return 0;
	}
	return bits_per_pixel == 32 ? ((uint64_t)max << shift) <= UINT32_MAX
				    : ((uint64_t)max << shift) < (1u << bits_per_pixel);
}

int pixel_format_is_valid(const struct pixel_format *untrusted_format)
{
	uint8_t bits = untrusted_format->bits_per_pixel;

	return (bits == 8 || bits == 16 || bits == 32) && untrusted_format->depth >= 1 &&
	       untrusted_format->depth <= bits && untrusted_format->is_true_colour &&
	       channel_fits(untrusted_format->red_max, untrusted_format->red_shift, bits) &&
	       channel_fits(untrusted_format->green_max, untrusted_format->green_shift, bits) &&
	       channel_fits(untrusted_format->blue_max, untrusted_format->blue_shift, bits);
}

int pixel_format_takes_jpeg(const struct pixel_format *format)
{
	return format->bits_per_pixel == 32 && format->red_max == 255 && format->green_max == 255 &&
	       format->blue_max == 255;
}

static uint32_t scale_channel(uint8_t value, uint16_t max)
{
	return ((uint32_t)value * max + 127u) / 255u;
}

void pixel_put(
	const struct pixel_format *format, uint8_t red, uint8_t green, uint8_t blue, uint8_t *bytes)
{
	uint32_t pixel = scale_channel(red, format->red_max) << format->red_shift |
			 scale_channel(green, format->green_max) << format->green_shift |
			 scale_channel(blue, format->blue_max) << format->blue_shift;
	unsigned size = format->bits_per_pixel / 8u;

	for (unsigned i = 0; i < size; i++) {
		unsigned place = format->is_big_endian ? size - 1 - i : i;

		bytes[i] = (uint8_t)(pixel >> (8u * place));
	}
}

int pixel_format_is_native(const struct pixel_format *format)
{
	return format->bits_per_pixel == 32 && !format->is_big_endian && format->red_shift == 16 &&
	       format->green_shift == 8 && format->blue_shift == 0 &&
	       pixel_format_takes_jpeg(format);
}

void pixel_convert(
	const struct pixel_format *format, const uint8_t *xrgb, size_t count, uint8_t *bytes)
{
	size_t size = format->bits_per_pixel / 8u;

	if (pixel_format_is_native(format)) {
		for (size_t i = 0; i < count; i++) {
			uint32_t pixel;

			memcpy(&pixel, xrgb + 4 * i, 4);
			pixel &= 0xffffffu;
			memcpy(bytes + 4 * i, &pixel, 4);
		}
		return;
	}
	for (size_t i = 0; i < count; i++) {
		pixel_put(format, xrgb[4 * i + 2], xrgb[4 * i + 1], xrgb[4 * i], bytes + size * i);
	}
}
