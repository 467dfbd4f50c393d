/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_ARGUMENT_H
#define VIEWER_ARGUMENT_H

#include <stdint.h>

/* Words of a command line, as the viewer and the load tool read them. */

/* Reads decimal digits alone. Returns 0, or -EINVAL with number as it was. */
int argument_number(const char *text, uint32_t least, uint32_t most, uint32_t *number)
	__attribute__((warn_unused_result));

struct argument_size {
	uint32_t width, height;
};

/* Reads WxH within the two sizes. Returns 0, or -EINVAL with size as it was. */
int argument_size(const char *text, struct argument_size least, struct argument_size most,
	struct argument_size *size) __attribute__((warn_unused_result));

#endif
