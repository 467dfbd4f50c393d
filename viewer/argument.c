/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and sizes on a command line. */

#include "argument.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

int argument_number(const char *text, uint32_t least, uint32_t most, uint32_t *number)
{
	char *end = NULL;
	unsigned long value = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || value < least || value > most) {
		return -EINVAL;
	}
	*number = (uint32_t)value;
	return 0;
}

int argument_size(const char *text, struct argument_size least, struct argument_size most,
	struct argument_size *size)
{
	char width[8] = {0}, height[8] = {0}, extra;
	struct argument_size read;

	if (sscanf(text, "%7[0-9]x%7[0-9]%c", width, height, &extra) != 2 ||
		argument_number(width, least.width, most.width, &read.width) != 0 ||
		argument_number(height, least.height, most.height, &read.height) != 0) {
		return -EINVAL;
	}
	*size = read;
	return 0;
}
