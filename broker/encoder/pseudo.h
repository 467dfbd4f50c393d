/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_PSEUDO_H
#define ENCODER_PSEUDO_H

#include "base/buffer.h"
#include "frame.h"
#include "garasu/rfb.h"

/* Server messages and rectangles without pixels (RFC 6143 §7.6-7.8, rfbproto.rst). All append and
 * return 0 or -ENOBUFS. */

#define RECT_HEADER_BYTES 12u
#define UPDATE_HEADER_BYTES 4u
#define UPDATE_UNTIL_LAST_RECT 0xffffu

/* ExtendedDesktopSize: why, and how it went. */
enum size_reason {
	SIZE_REASON_SERVER = 0,
	SIZE_REASON_CLIENT = 1,
};
enum size_status {
	SIZE_STATUS_DONE = 0,
	SIZE_STATUS_PROHIBITED = 1,
	SIZE_STATUS_INVALID = 3,
};

/* Fills a rectangle header. */
void rect_header(
	uint8_t bytes[RECT_HEADER_BYTES], const struct garasu_rect *area, int32_t encoding);

int append_server_init(struct garasu_buffer *out, uint32_t width, uint32_t height)
	__attribute__((warn_unused_result));
int append_update_header(struct garasu_buffer *out, uint16_t rectangles)
	__attribute__((warn_unused_result));

/* A whole update with just the size. */
int append_desktop_size(struct garasu_buffer *out, uint32_t width, uint32_t height)
	__attribute__((warn_unused_result));
int append_extended_size(struct garasu_buffer *out, enum size_reason reason,
	enum size_status status, uint32_t width, uint32_t height)
	__attribute__((warn_unused_result));

/* Rectangles within an update. */
int append_empty_rect(struct garasu_buffer *out, int32_t encoding)
	__attribute__((warn_unused_result));
int append_copy(struct garasu_buffer *out, const struct garasu_rect *to, uint32_t from_x,
	uint32_t from_y) __attribute__((warn_unused_result));
int append_caret(struct garasu_buffer *out, const struct frame *frame)
	__attribute__((warn_unused_result));
int append_led(struct garasu_buffer *out, uint32_t bits) __attribute__((warn_unused_result));

int append_fence(struct garasu_buffer *out, uint32_t flags, const void *payload, uint8_t size)
	__attribute__((warn_unused_result));
int append_end_continuous(struct garasu_buffer *out) __attribute__((warn_unused_result));

#endif
