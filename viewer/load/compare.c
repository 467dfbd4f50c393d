/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoded pictures beside each other. Reads untrusted bytes from: the server, as pixels. */

#include "compare.h"

#include <math.h>
#include <string.h>

#define COLOUR_MASK UINT32_C(0x00ffffff)

static uint32_t colour_at(const struct compare_picture *picture, uint32_t x, uint32_t y)
{
	uint32_t pixel;

	memcpy(&pixel, picture->pixels + y * picture->stride + (size_t)x * 4, sizeof(pixel));
	return pixel & COLOUR_MASK;
}

double compare_error(const struct compare_picture *left, const struct compare_picture *right,
	uint32_t width, uint32_t height)
{
	uint64_t sum = 0;

	for (uint32_t y = 0; y < height; y++) {
		const uint8_t *a = left->pixels + y * left->stride;
		const uint8_t *b = right->pixels + y * right->stride;

		for (size_t x = 0; x < (size_t)width * 4; x += 4) {
			int blue = a[x] - b[x], green = a[x + 1] - b[x + 1];
			int red = a[x + 2] - b[x + 2];

			sum += (uint64_t)(blue * blue + green * green + red * red);
		}
	}
	return (double)sum / (3.0 * width * height);
}

double compare_psnr(double error)
{
	double psnr = error > 0 ? 10 * log10(255.0 * 255.0 / error) : COMPARE_PSNR_EQUAL;

	return psnr < COMPARE_PSNR_EQUAL ? psnr : COMPARE_PSNR_EQUAL;
}

uint64_t compare_differing(const struct compare_picture *left, const struct compare_picture *right,
	uint32_t width, uint32_t height)
{
	uint64_t count = 0;

	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++) {
			count += colour_at(left, x, y) != colour_at(right, x, y);
		}
	}
	return count;
}

/* Four lanes, so that a multiplication need not wait for the last. */
uint64_t compare_hash(const struct compare_picture *picture, uint32_t width, uint32_t height)
{
	uint64_t lanes[4] = {1, 2, 3, 4}, hash = 0;

	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++) {
			uint64_t *lane = &lanes[x % 4];

			*lane = (*lane ^ colour_at(picture, x, y)) * UINT64_C(0x9e3779b97f4a7c15);
			*lane ^= *lane >> 32;
		}
	}
	for (unsigned i = 0; i < 4; i++) {
		hash = (hash ^ lanes[i]) * UINT64_C(0xbf58476d1ce4e5b9);
		hash ^= hash >> 29;
	}
	return hash;
}
