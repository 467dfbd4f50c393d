/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_COMPARE_H
#define LOAD_COMPARE_H

#include <stddef.h>
#include <stdint.h>

/* How alike two pictures are. Pixels are B G R X; X is not looked at. */

#define COMPARE_PSNR_EQUAL 100.0 /* dB: said of pictures without a difference */

struct compare_picture {
	const uint8_t *pixels; /* borrowed */
	size_t stride;         /* bytes */
};

/* Returns the mean squared difference over all three channels. Sides are at least 1. */
double compare_error(const struct compare_picture *left, const struct compare_picture *right,
	uint32_t width, uint32_t height);

/* Returns the peak signal-to-noise ratio of such a mean in dB: 10 log10(255^2 / error), at most
 * COMPARE_PSNR_EQUAL. Of many pictures it is that of their errors' mean. */
double compare_psnr(double error);

/* Returns how many pixels differ. */
uint64_t compare_differing(const struct compare_picture *left, const struct compare_picture *right,
	uint32_t width, uint32_t height);

/* Returns a number that equal pictures share and others practically never. */
uint64_t compare_hash(const struct compare_picture *picture, uint32_t width, uint32_t height);

#endif
