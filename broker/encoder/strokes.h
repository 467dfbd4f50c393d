/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_STROKES_H
#define ENCODER_STROKES_H

#include <stddef.h>
#include <stdint.h>

#define STROKES_SIDE_MAX 64u

/* Looks for strokes of letters and lines, on whatever ground: pixels that are lighter, or darker,
 * by more than 40 of 255 than both the one two to the left and the one two to the right, or above
 * and below; or by more than 64 at a distance of four. Of width x height pixels (XRGB8888, rows of
 * stride bytes), sides 1 to STROKES_SIDE_MAX. Returns true if there are as many as text has. */
int strokes_are_there(const uint8_t *pixels, size_t stride, uint32_t width, uint32_t height);

#endif
