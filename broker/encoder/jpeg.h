/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_JPEG_H
#define ENCODER_JPEG_H

#include "base/buffer.h"
#include "picture.h"

/* JPEG rectangles of Tight, straight from libjpeg-turbo. */
struct jpeg {
	void *compressor; /* tjhandle */
	uint8_t *bytes;   /* the largest rectangle's picture */
	size_t size;
};

/* A rectangle's largest sides: TigerVNC's decoder takes no wider one, and any picture of this size
 * stays below the 22 bits of a compact length. */
#define JPEG_WIDTH_MAX 2048u
#define JPEG_HEIGHT_MAX 256u

/* Returns 0 or -ENOMEM. */
int jpeg_init(struct jpeg *jpeg) __attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void jpeg_finish(struct jpeg *jpeg);

/* Appends area of picture as one rectangle: header, control byte, compact length, JPEG of this
 * quality (1..100), with colour at half resolution unless is_fine. Returns 0 or negative errno. */
int jpeg_append(struct jpeg *jpeg, const struct picture *picture, const struct garasu_rect *area,
	int quality, int is_fine, struct garasu_buffer *out) __attribute__((warn_unused_result));

/* Writes a compact length (rfbproto.rst, "Tight") below 2^22. Returns its 1..3 bytes. */
size_t jpeg_compact_length(uint32_t length, uint8_t bytes[3]);

/* Quality 1..100 for a viewer's JPEG level 0..9, never above most. */
int jpeg_quality(int level, uint32_t most);

#endif
