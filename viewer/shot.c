/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PNG files: the only place where libpng is met. */

#include "shot.h"

#include <errno.h>
#include <limits.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

int shot_write(const char *path, const uint8_t *rgb, uint32_t width, uint32_t height)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
		.width = width,
		.height = height,
		.format = PNG_FORMAT_RGB,
		.flags = PNG_IMAGE_FLAG_FAST};
	char temporary[PATH_MAX];
	int length = snprintf(temporary, sizeof(temporary), "%s.part", path);

	if (length < 0 || (size_t)length >= sizeof(temporary)) {
		return -ENAMETOOLONG;
	}
	if (png_image_write_to_file(&image, temporary, 0, rgb, 0, NULL) == 0) {
		remove(temporary);
		return -EIO;
	}
	return rename(temporary, path) == 0 ? 0 : -errno;
}
