/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_CURSOR_H
#define ENCODER_CURSOR_H

#include "base/buffer.h"
#include "frame.h"
#include "pixel.h"

/* A pointer picture in private memory: bytes B G R A, premultiplied, rows of width pixels. */
struct cursor {
	uint32_t width, height; /* both 0: hidden */
	uint32_t hot_x, hot_y;
	uint8_t pixels[GARASU_FRAME_POINTER_MAX * GARASU_FRAME_POINTER_MAX * 4u];
};

/* RichCursor pictures are scaled into this square. */
#define CURSOR_RICH_SIDE 64u

/* Copies the picture that frame names out of pointer (rows of GARASU_FRAME_POINTER_MAX pixels); no
 * colour is left above its alpha. */
void cursor_take(struct cursor *cursor, const struct frame *frame, const uint8_t *pointer);

/* Append a pointer rectangle: CursorWithAlpha (premultiplied RGBA), the alpha form of VMware's
 * cursor (plain RGBA), RichCursor (pixels of the viewer's format and a mask). Return 0 or -ENOBUFS.
 */
int cursor_append_alpha(const struct cursor *cursor, struct garasu_buffer *out)
	__attribute__((warn_unused_result));
int cursor_append_vmware(const struct cursor *cursor, struct garasu_buffer *out)
	__attribute__((warn_unused_result));
int cursor_append_rich(const struct cursor *cursor, const struct pixel_format *format,
	struct garasu_buffer *out) __attribute__((warn_unused_result));

#endif
