/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strokes of letters on photographs and gradients. The numbers were chosen by measuring
 * (docs/performance.md): photographs have edges as hard as text, but few that turn back so soon. */

#include "strokes.h"

#include "clones.h"

#include <string.h>

#define PER_MILLE 8u /* pixels of a text's tile that lie on a stroke */
#define BLOCK 16u    /* pixels, in memory of their own: this is what becomes vectors */

typedef uint8_t light_row[STROKES_SIDE_MAX];

/* Thin strokes, and those of headlines. */
static const struct {
	uint32_t reach;
	int contrast; /* of 255 */
} kinds[] = {{2, 40}, {4, 64}};

static void put_light_block(uint8_t *light, const uint8_t *pixels)
{
	uint32_t block[BLOCK];
	uint8_t result[BLOCK];

	memcpy(block, pixels, sizeof(block));
	for (uint32_t i = 0; i < BLOCK; i++) {
		uint32_t red = block[i] >> 16 & 255u, green = block[i] >> 8 & 255u;

		result[i] = (uint8_t)((2 * red + 5 * green + (block[i] & 255u)) / 8);
	}
	memcpy(light, result, sizeof(result));
}

static inline uint8_t ridge(uint8_t here, uint8_t before, uint8_t after, int contrast)
{
	int left = here - before, right = here - after;

	return (uint8_t)(((left > contrast) & (right > contrast)) |
			 ((left < -contrast) & (right < -contrast)));
}

/* Of count pixels whose neighbours lie apart to both sides. */
static inline uint32_t count_ridges(
	const uint8_t *light, size_t apart, uint32_t count, int contrast)
{
	uint32_t ridges = 0, x = 0;

	for (; x + BLOCK <= count; x += BLOCK) {
		uint8_t here[BLOCK], before[BLOCK], after[BLOCK], found = 0;

		memcpy(here, light + x, BLOCK);
		memcpy(before, light + x - apart, BLOCK);
		memcpy(after, light + x + apart, BLOCK);
		for (uint32_t i = 0; i < BLOCK; i++) {
			found = (uint8_t)(found + ridge(here[i], before[i], after[i], contrast));
		}
		ridges += found;
	}
	for (; x < count; x++) {
		ridges += ridge(light[x], light[x - apart], light[x + apart], contrast);
	}
	return ridges;
}

static inline void put_light(
	light_row *light, const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height)
{
	for (uint32_t y = 0; y < height; y++) {
		const uint8_t *row = pixels + y * stride;
		uint32_t x = 0;

		for (; x + BLOCK <= width; x += BLOCK) {
			put_light_block(light[y] + x, row + 4u * (size_t)x);
		}
		if (x < width) {
			uint8_t rest[4 * BLOCK] = {0}, lights[BLOCK];

			memcpy(rest, row + 4u * (size_t)x, 4u * (size_t)(width - x));
			put_light_block(lights, rest);
			memcpy(light[y] + x, lights, width - x);
		}
	}
}

ENCODER_CLONES
int strokes_are_there(const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height)
{
	light_row light[STROKES_SIDE_MAX];
	int are_there = 0;

	put_light(light, pixels, stride, width, height);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !are_there; i++) {
		uint32_t reach = kinds[i].reach, ridges = 0;
		int contrast = kinds[i].contrast;

		for (uint32_t y = 0; y < height && width > 2 * reach; y++) {
			ridges +=
				count_ridges(light[y] + reach, reach, width - 2 * reach, contrast);
		}
		for (uint32_t y = reach; y + reach < height; y++) {
			ridges +=
				count_ridges(light[y], reach * sizeof(light_row), width, contrast);
		}
		are_there = ridges * 1000u >= width * height * PER_MILLE;
	}
	return are_there;
}
