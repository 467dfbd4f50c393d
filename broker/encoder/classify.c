/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells photographs from text and flat colour. */

#include "classify.h"

#include <string.h>

#define COLOURS_OF_PHOTO                                                                           \
	96u                  /* text in one colour on another stays below, blurred edges included  \
			      */
#define COLOUR_SLOTS 1024u   /* power of two */
#define FLAT_PERCENT 45u     /* a tile with more pixels like a neighbour is no photograph */
#define PIXELS_OF_PHOTO 256u /* smaller cuts at the edges are not worth a JPEG */

static uint32_t colour_at(const uint8_t *row, uint32_t x)
{
	uint32_t pixel;

	memcpy(&pixel, row + 4u * (size_t)x, 4);
	return pixel & 0xffffffu;
}

/* How many pixels equal their left or upper neighbour; the first row and column have none. */
static uint32_t count_flat(const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height)
{
	uint32_t flat = 0;

	for (uint32_t y = 1; y < height; y++) {
		const uint8_t *row = pixels + y * stride;
		const uint8_t *above = row - stride;

		for (uint32_t x = 1; x < width; x++) {
			uint32_t colour = colour_at(row, x);

			flat += (uint32_t)(colour == colour_at(row, x - 1)) |
				(uint32_t)(colour == colour_at(above, x));
		}
	}
	return flat;
}

/* Counts different colours in every second pixel, up to enough. */
static uint32_t count_colours(
	const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height, uint32_t enough)
{
	uint32_t slots[COLOUR_SLOTS];
	uint32_t count = 0;

	memset(slots, 0xff, sizeof(slots)); /* no colour has 32 bits */
	for (uint32_t y = 0; y < height && count < enough; y++) {
		const uint8_t *row = pixels + y * stride;

		for (uint32_t x = y & 1u; x < width && count < enough; x += 2) {
			uint32_t colour = colour_at(row, x);
			uint32_t slot = colour * 2654435761u >> 22;

			while (slots[slot] != colour && slots[slot] != UINT32_MAX) {
				slot = (slot + 1) % COLOUR_SLOTS;
			}
			count += slots[slot] != colour;
			slots[slot] = colour;
		}
	}
	return count;
}

enum tile_class classify_tile(const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height)
{
	uint32_t total = (width - 1) * (height - 1);

	if (width < 2 || height < 2 || width * height < PIXELS_OF_PHOTO) {
		return TILE_CLASS_LOSSLESS;
	}
	if (count_flat(pixels, stride, width, height) * 100u > total * FLAT_PERCENT) {
		return TILE_CLASS_LOSSLESS;
	}
	if (count_colours(pixels, stride, width, height, COLOURS_OF_PHOTO) < COLOURS_OF_PHOTO) {
		return TILE_CLASS_LOSSLESS;
	}
	return TILE_CLASS_PHOTO;
}
