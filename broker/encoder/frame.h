/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_FRAME_H
#define ENCODER_FRAME_H

#include "garasu/frame.h"

#include <stddef.h>

/* What the frame memory says, once every field is inside its bounds. */
struct frame {
	uint32_t sequence;
	uint32_t width, height; /* 1 .. the largest geometry */
	uint32_t bits;          /* enum garasu_frame_bits, no others */
	struct garasu_rect caret;
	uint32_t damage_count; /* 0: unknown, compare everything */
	struct garasu_rect damage[GARASU_FRAME_DAMAGE_MAX];
	uint32_t pointer_sequence;
	uint32_t pointer_width, pointer_height; /* both 0: hidden */
	uint32_t pointer_hot_x, pointer_hot_y;
};

/* The frame memory, mapped read-only. */
struct frame_memory {
	const uint8_t *bytes;
	uint64_t size;
	uint32_t max_width, max_height; /* from the settings, never from the memory */
};

/* Clamps a header that lies to max_width x max_height. Fills *frame but its sequence. Returns 1 if
 * there is a picture, 0 if the header names none yet (a side of 0). */
int frame_clamp(const struct garasu_frame_header *untrusted_header, uint32_t max_width,
	uint32_t max_height, struct frame *frame);

/* Clamps one rectangle into width x height; what lies outside shrinks to nothing. */
struct garasu_rect frame_clamp_rect(
	const struct garasu_rect *untrusted_rect, uint32_t width, uint32_t height);

/* Maps the memory behind fd for this largest geometry and closes fd. Returns 0, -EPROTO if it is
 * too small or could shrink (no F_SEAL_SHRINK), or another negative errno. */
int frame_memory_open(struct frame_memory *memory, int fd, uint32_t max_width, uint32_t max_height)
	__attribute__((warn_unused_result));

void frame_memory_close(struct frame_memory *memory);

/* The sequence as it is now; odd while the writer draws. */
uint32_t frame_memory_sequence(const struct frame_memory *memory);

/* Reads the header. Returns 1 and fills *frame, 0 if there is no picture yet, or -EAGAIN while the
 * writer draws. */
int frame_memory_read(const struct frame_memory *memory, struct frame *frame);

/* Where the pixels start; rows are 4 * max_width bytes apart. */
const uint8_t *frame_memory_pixels(const struct frame_memory *memory);

/* Where the pointer picture starts; rows of GARASU_FRAME_POINTER_MAX pixels. */
const uint8_t *frame_memory_pointer(const struct frame_memory *memory);

#endif
