/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_PICTURE_H
#define VIEWER_PICTURE_H

#include "record.h"

#include <stdbool.h>

/* The picture that the decoder child paints and the viewer shows, in shared memory of fixed size.
 */
struct picture {
	int fd; /* -1 once the child has it */
	const uint8_t *memory;
	uint32_t width, height; /* bounded; 0: none yet */
};

/* Makes the memory, sealed in size, all black. Returns 0 or negative errno. */
int picture_init(struct picture *picture) __attribute__((warn_unused_result));
void picture_finish(struct picture *picture);

/* Sets the size that a record told. Returns 0 or -EPROTO with everything as it was. */
int picture_set_size(struct picture *picture, uint32_t untrusted_width, uint32_t untrusted_height)
	__attribute__((warn_unused_result));

/* Lends a row: B G R X bytes. */
static inline const uint8_t *picture_row(const struct picture *picture, uint32_t y)
{
	return picture->memory + VIEWER_PIXELS_OFFSET + y * VIEWER_STRIDE;
}

static inline const uint8_t *picture_pointer(const struct picture *picture)
{
	return picture->memory + VIEWER_POINTER_OFFSET;
}

/* Returns the child's sequence number: odd in the middle of an update. */
uint32_t picture_sequence(const struct picture *picture);

/* Copies the picture as rows of R G B into memory that the caller frees. Returns 0, -EAGAIN in the
 * middle of an update, or another negative errno. */
int picture_copy_rgb(const struct picture *picture, uint8_t **rgb)
	__attribute__((warn_unused_result));

#endif
