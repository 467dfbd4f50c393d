/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixel formats: which are sound, and how long their pixels are.
 * Reads untrusted bytes from: the viewer, the encoder. */

#include "format.h"

#include "bytes.h"

#include <errno.h>

static int channel_fits(uint16_t max, uint8_t shift, uint8_t bits_per_pixel)
{
	if (max == 0 || (max & (max + 1u)) != 0 || shift >= bits_per_pixel) {
		return 0;
	}
	return (uint64_t)max << shift < UINT64_C(1) << bits_per_pixel;
}

int wire_format_decode(
	const uint8_t untrusted_bytes[WIRE_FORMAT_BYTES], struct wire_pixel_format *format)
{
	uint8_t bits = untrusted_bytes[0], depth = untrusted_bytes[1];
	int is_true_colour = untrusted_bytes[3] != 0;
	int has_bytes = 1;

	if ((bits != 8 && bits != 16 && bits != 32) || depth < 1 || depth > bits ||
		!is_true_colour) {
		return -EPROTO;
	}
	for (unsigned channel = 0; channel < 3; channel++) {
		uint16_t max = read_u16(untrusted_bytes + 4 + 2 * channel);

		if (!channel_fits(max, untrusted_bytes[10 + channel], bits)) {
			return -EPROTO;
		}
		has_bytes = has_bytes && max == 255;
	}
	*format = (struct wire_pixel_format){
		.bits_per_pixel = bits, .is_tpixel = bits == 32 && depth == 24 && has_bytes};
	return 0;
}
