/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the frame memory's header: whatever it says, every field that comes out is in its bounds,
 * and what it names can be copied. The input is a header, then pixels.
 * Covers: broker/encoder/frame.c broker/encoder/picture.c broker/encoder/cursor.c */

#include "cursor.h"
#include "frame.h"
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#define MAX_WIDTH 200u
#define MAX_HEIGHT 130u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static void check_rect(const struct garasu_rect *rect, const struct frame *frame)
{
	demand(rect->x <= frame->width && rect->width <= frame->width - rect->x);
	demand(rect->y <= frame->height && rect->height <= frame->height - rect->y);
}

static void check(const struct frame *frame)
{
	demand(frame->width >= 1 && frame->width <= MAX_WIDTH);
	demand(frame->height >= 1 && frame->height <= MAX_HEIGHT);
	demand((frame->bits & ~(uint32_t)GARASU_FRAME_BITS_ALL) == 0);
	demand(frame->damage_count <= GARASU_FRAME_DAMAGE_MAX);
	check_rect(&frame->caret, frame);
	for (uint32_t i = 0; i < frame->damage_count; i++) {
		check_rect(&frame->damage[i], frame);
	}
	demand(frame->pointer_width <= GARASU_FRAME_POINTER_MAX);
	demand(frame->pointer_height <= GARASU_FRAME_POINTER_MAX);
	demand((frame->pointer_width == 0) == (frame->pointer_height == 0));
	demand(frame->pointer_hot_x == 0 || frame->pointer_hot_x < frame->pointer_width);
	demand(frame->pointer_hot_y == 0 || frame->pointer_hot_y < frame->pointer_height);
}

static void copy(const struct frame *frame, const uint8_t *pixels, const uint8_t *pointer)
{
	const struct garasu_rect all = {0, 0, frame->width, frame->height};
	static struct cursor cursor;
	struct picture picture;

	demand(picture_init(&picture, MAX_WIDTH, MAX_HEIGHT) == 0);
	picture_resize(&picture, frame->width, frame->height);
	for (uint32_t i = 0; i < frame->damage_count; i++) {
		(void)picture_take(
			&picture, pixels, frame->width, frame->height, &frame->damage[i], i);
	}
	(void)picture_take(&picture, pixels, frame->width, frame->height, &all, 99);
	for (uint32_t y = 0; y < frame->height; y++) {
		demand(memcmp(picture_at(&picture, 0, y), pixels + y * picture.source_stride,
			       4u * (size_t)frame->width) == 0);
	}
	cursor_take(&cursor, frame, pointer);
	for (size_t i = 0; i < 4u * (size_t)cursor.width * cursor.height; i++) {
		demand(cursor.pixels[i] <= cursor.pixels[i | 3]);
	}
	picture_finish(&picture);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t pixels[4u * MAX_WIDTH * MAX_HEIGHT];
	static uint8_t pointer[4u * GARASU_FRAME_POINTER_MAX * GARASU_FRAME_POINTER_MAX];
	struct garasu_frame_header untrusted_header;
	size_t head = size < sizeof(untrusted_header) ? size : sizeof(untrusted_header);
	struct frame frame;

	memset((void *)&untrusted_header, 0, sizeof(untrusted_header));
	memcpy((void *)&untrusted_header, data, head);
	for (size_t i = 0; i < sizeof(pixels); i++) {
		pixels[i] = size > head ? data[head + i % (size - head)] : 0;
	}
	memcpy(pointer, pixels, sizeof(pixels));
	if (frame_clamp(&untrusted_header, MAX_WIDTH, MAX_HEIGHT, &frame) == 1) {
		check(&frame);
		copy(&frame, pixels, pointer);
	}
	return 0;
}
