/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells photographs from text and flat colour. */

#include "classify.h"

#include "clones.h"
#include "strokes.h"

#include <string.h>

/* Text in one colour on another has fewer, blurred edges included. */
#define COLOURS_OF_PHOTO 96u
#define COLOUR_SLOTS 1024u /* power of two */
#define COLOUR_BITS 0xffffffu
#define FLAT_PERCENT 70u     /* a tile with more pixels like a neighbour is no photograph */
#define PIXELS_OF_PHOTO 256u /* smaller cuts at the edges are not worth a JPEG */

#define LANES 8u

typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));

static uint32_t colour_at(const uint8_t *row, uint32_t x)
{
	uint32_t pixel;

	memcpy(&pixel, row + 4u * (size_t)x, 4);
	return pixel & COLOUR_BITS;
}

/* Of a row from its second pixel on. */
ENCODER_CLONES
static uint32_t count_flat_row(const uint8_t *row, const uint8_t *above, uint32_t width)
{
	lanes counts = {0};
	uint32_t flat = 0, x = 1;

	for (; x + LANES <= width; x += LANES) {
		lanes here, left, up;

		memcpy(&here, row + 4u * (size_t)x, sizeof(here));
		memcpy(&left, row + 4u * (size_t)(x - 1), sizeof(left));
		memcpy(&up, above + 4u * (size_t)x, sizeof(up));
		left = (here ^ left) & COLOUR_BITS;
		up = (here ^ up) & COLOUR_BITS;
		counts -= (lanes)(left == 0) | (lanes)(up == 0);
	}
	for (uint32_t i = 0; i < LANES; i++) {
		flat += counts[i];
	}
	for (; x < width; x++) {
		uint32_t colour = colour_at(row, x);

		flat += (uint32_t)(colour == colour_at(row, x - 1)) |
			(uint32_t)(colour == colour_at(above, x));
	}
	return flat;
}

/* Whether more than FLAT_PERCENT of the pixels equal their left or upper neighbour; the first row
 * and column have none. */
static int is_flat(const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height)
{
	uint32_t flat = 0, total = (width - 1) * (height - 1);

	for (uint32_t y = 1; y < height && flat * 100u <= total * FLAT_PERCENT; y++) {
		const uint8_t *row = pixels + y * stride;

		flat += count_flat_row(row, row - stride, width);
	}
	return flat * 100u > total * FLAT_PERCENT;
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

enum tile_class classify_tile(
	const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height, int is_film)
{
	if (width < 2 || height < 2 || width * height < PIXELS_OF_PHOTO) {
		return TILE_CLASS_LOSSLESS;
	}
	if (is_flat(pixels, stride, width, height)) {
		return TILE_CLASS_LOSSLESS;
	}
	if (count_colours(pixels, stride, width, height, COLOURS_OF_PHOTO) < COLOURS_OF_PHOTO) {
		return TILE_CLASS_LOSSLESS;
	}
	return !is_film && strokes_are_there(pixels, stride, width, height) ? TILE_CLASS_MIXED
									    : TILE_CLASS_PHOTO;
}
