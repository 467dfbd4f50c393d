/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the film should look like. Reads untrusted bytes from: the server, as a decoded picture. */

#include "film.h"

#include "compare.h"
#include "pages.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define WIDTH 640u
#define STILL_WIDTH (WIDTH * 2)
#define HEIGHT 360u
#define STEP 3u /* pixels a frame */
#define WAVES 9u

/* Bands of rows without the square and without the text. */
static const struct {
	uint32_t y, height;
} bands[] = {{0, 120}, {180, 116}};

/* rnd() of the page. */
static uint32_t chance_below(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (uint32_t)(*seed / 4294967296.0 * below);
}

static uint8_t clamp(double value)
{
	double rounded = nearbyint(value); /* half to even, as a Uint8ClampedArray does */

	return rounded < 0 ? 0 : rounded > 255 ? 255 : (uint8_t)rounded;
}

/* photo() of the page: its grain is one number for all three channels. */
static void paint_pixel(uint8_t *pixel, const double *waves, uint32_t x, uint32_t y, int32_t grain)
{
	for (uint32_t channel = 0; channel < 3; channel++) {
		const double *wave = waves + channel * 3;

		pixel[2 - channel] =
			clamp(128 + grain + 60 * sin(x * wave[0] + y * wave[1] + wave[2]) +
				50 * sin((x + y * channel) * wave[1] + channel));
	}
}

int film_make(struct film *film, uint32_t seed, uint32_t token)
{
	uint32_t state = seed * 131 + token;
	double waves[WAVES * 3];

	film_finish(film);
	film->pixels = malloc((size_t)STILL_WIDTH * HEIGHT * 4);
	if (film->pixels == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < WAVES * 3; i += 3) {
		waves[i] = (chance_below(&state, 100) + 10) / 2500.0;
		waves[i + 1] = (chance_below(&state, 100) + 10) / 2500.0;
		waves[i + 2] = chance_below(&state, 628) / 100.0;
	}
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < STILL_WIDTH; x++) {
			int32_t grain = (int32_t)chance_below(&state, 17) - 8;

			paint_pixel(film->pixels + ((size_t)y * STILL_WIDTH + x) * 4, waves, x, y,
				grain);
		}
	}
	return 0;
}

void film_finish(struct film *film)
{
	free(film->pixels);
	*film = (struct film){0};
}

int film_error(const struct film *film, const struct code_picture *picture,
	const struct code_place *place, uint16_t frame, double *error)
{
	uint32_t left = place->x + PAGES_FILM_X, top = place->y + PAGES_FILM_Y;
	size_t still_stride = (size_t)STILL_WIDTH * 4;
	double sum = 0;
	uint32_t rows = 0;

	if (film->pixels == NULL || picture->scale != CODE_SCALE_ONE ||
		left + WIDTH > picture->width || top + HEIGHT > picture->height) {
		return -ENOENT;
	}
	for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
		const struct compare_picture truth = {film->pixels + bands[i].y * still_stride +
							      (size_t)(frame * STEP % WIDTH) * 4,
			still_stride};
		const struct compare_picture shown = {
			picture->pixels + (top + bands[i].y) * picture->stride + (size_t)left * 4,
			picture->stride};

		sum += compare_error(&truth, &shown, WIDTH, bands[i].height) * bands[i].height;
		rows += bands[i].height;
	}
	*error = sum / rows;
	return 0;
}
