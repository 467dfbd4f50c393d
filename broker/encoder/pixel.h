/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_PIXEL_H
#define ENCODER_PIXEL_H

#include <stddef.h>
#include <stdint.h>

/* A pixel format, RFC 6143 §7.4. */
struct pixel_format {
	uint8_t bits_per_pixel; /* 8, 16 or 32 */
	uint8_t depth;
	uint8_t is_big_endian;
	uint8_t is_true_colour;
	uint16_t red_max, green_max, blue_max; /* 2^n - 1 */
	uint8_t red_shift, green_shift, blue_shift;
};

#define PIXEL_FORMAT_BYTES 16u

/* Ours and the frame memory's: 32 bits, little endian, bytes B G R X. */
struct pixel_format pixel_format_native(void);

/* Reads the 16 bytes of the wire. */
struct pixel_format pixel_format_decode(const uint8_t untrusted_bytes[PIXEL_FORMAT_BYTES]);

/* Writes the 16 bytes of the wire. */
void pixel_format_encode(const struct pixel_format *format, uint8_t bytes[PIXEL_FORMAT_BYTES]);

/* True for a true-colour format in which every channel fits; a colour map is none. */
int pixel_format_is_valid(const struct pixel_format *untrusted_format);

/* True for pixels of the same bytes as ours, whatever depth they name. */
int pixel_format_is_native(const struct pixel_format *format);

/* True for 32 bits with 8 bits a channel, where a JPEG picture keeps what it has. */
int pixel_format_takes_jpeg(const struct pixel_format *format);

/* Converts count XRGB8888 pixels, count * bits_per_pixel / 8 bytes. The X byte never crosses. */
void pixel_convert(
	const struct pixel_format *format, const uint8_t *xrgb, size_t count, uint8_t *bytes);

/* Converts one colour of 8 bits a channel. */
void pixel_put(const struct pixel_format *format, uint8_t red, uint8_t green, uint8_t blue,
	uint8_t *bytes);

#endif
