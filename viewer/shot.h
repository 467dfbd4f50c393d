/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_SHOT_H
#define VIEWER_SHOT_H

#include <stdint.h>

/* Writes rows of R G B as a PNG file, replacing an older one only when it is whole. Returns 0 or
 * negative errno. */
int shot_write(const char *path, const uint8_t *rgb, uint32_t width, uint32_t height)
	__attribute__((warn_unused_result));

#endif
