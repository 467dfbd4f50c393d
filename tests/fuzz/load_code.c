/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the tester's bar codes: what is found lies within the picture and is read again, and no
 * pixel outside is looked at. The input: width, height and scale, a byte each, then two pixels a
 * byte; every eight rows are alike.
 * Covers: viewer/load/code.c */

#include "code.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_ALIKE 8u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

/* A bit a channel makes the colours of codes likely; the fourth makes a channel neither. */
static void paint(
	uint8_t *pixels, const struct code_picture *picture, const uint8_t *data, size_t size)
{
	for (uint32_t y = 0; y < picture->height; y++) {
		for (uint32_t x = 0; x < picture->width; x++) {
			size_t at = (size_t)(y / ROWS_ALIKE) * picture->width + x;
			uint8_t *pixel = pixels + y * picture->stride + 4 * (size_t)x;
			unsigned bits = size > 0 ? data[at / 2 % size] >> (at % 2 * 4) & 15u : 0;

			for (unsigned channel = 0; channel < 3; channel++) {
				pixel[channel] = (bits & 1u << channel) != 0 ? 255 : 0;
			}
			pixel[0] = (bits & 8u) != 0 ? 100 : pixel[0];
			pixel[3] = 0;
		}
	}
}

static void look(const struct code_picture *picture, enum code_side side)
{
	struct code_place place;
	struct code_strip strip;
	int32_t position = 0;

	if (code_find(picture, side, &place) != 0) {
		return;
	}
	demand(place.x < picture->width && place.y < picture->height);
	demand(code_read(picture, &place, &strip) == 0);
	demand(code_ruler(picture, &place, &position) <= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t scales[4] = {120, 150, 180, 240};
	struct code_picture picture;
	uint8_t *pixels;

	if (size < 3) {
		return 0;
	}
	picture = (struct code_picture){.width = 400u + data[0],
		.height = 1u + data[1] % 128u,
		.scale = scales[data[2] % 4]};
	picture.stride = 4 * (size_t)picture.width;
	pixels = malloc(picture.stride * picture.height);
	demand(pixels != NULL);
	paint(pixels, &picture, data + 3, size - 3);
	picture.pixels = pixels;
	look(&picture, CODE_TOP);
	look(&picture, CODE_BOTTOM);
	free(pixels);
	return 0;
}
