/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_FORMAT_H
#define WIRE_FORMAT_H

#include "wire/server.h"

#define WIRE_FORMAT_BYTES 16u

/* Reads a PIXEL_FORMAT (RFC 6143 §7.4): true colour of 8, 16 or 32 bits whose channels fit, as the
 * encoder takes it. Fills *format. Returns 0 or -EPROTO. */
int wire_format_decode(const uint8_t untrusted_bytes[WIRE_FORMAT_BYTES],
	struct wire_pixel_format *format) __attribute__((warn_unused_result));

/* Bytes of a pixel, and of a Tight pixel (TPIXEL). */
static inline uint32_t wire_pixel_bytes(const struct wire_pixel_format *format)
{
	return format->bits_per_pixel / 8u;
}

static inline uint32_t wire_tpixel_bytes(const struct wire_pixel_format *format)
{
	return format->is_tpixel ? 3u : wire_pixel_bytes(format);
}

#endif
