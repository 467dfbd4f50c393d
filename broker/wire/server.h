/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_WIRE_SERVER_H
#define GARASU_WIRE_SERVER_H

#include "garasu/control.h"
#include "garasu/rfb.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The encoder's stream, as it may reach a viewer: the complete table of docs/wire.md §3, from
 * ServerInit on. The filter follows the structure byte by byte and holds no pixels: what it has
 * passed may go out at once, however long the message is.
 *
 * Pixels have the size that the viewer asked for. A SetPixelFormat overtakes updates on their way,
 * so the encoder says when it obeys one: GARASU_RFB_SUB_OBEYED (252.3, length 0), which is for this
 * filter alone and never reaches the viewer.
 */

#define WIRE_FORMATS_WAITING_MAX 16u /* SetPixelFormats not yet obeyed */

struct wire_pixel_format {
	uint8_t bits_per_pixel;
	uint8_t is_tpixel;
};

/* What the next bytes are: the parser's own (server_parts.h). */
enum wire_server_step {
	WIRE_SERVER_INIT,
	WIRE_SERVER_NAME,
	WIRE_SERVER_TYPE,
	WIRE_SERVER_UPDATE,
	WIRE_SERVER_FENCE,
	WIRE_SERVER_OBEYED,
	WIRE_SERVER_RECTANGLE,
	WIRE_SERVER_COPY,
	WIRE_SERVER_ALPHA,
	WIRE_SERVER_VMWARE,
	WIRE_SERVER_SCREENS,
	WIRE_SERVER_LED,
	WIRE_SERVER_CARET,
	WIRE_SERVER_ZRLE,
	WIRE_SERVER_ZSTD,
	WIRE_SERVER_CONTROL,
	WIRE_SERVER_FILTER,
	WIRE_SERVER_PALETTE,
	WIRE_SERVER_LENGTH,
	WIRE_SERVER_BODY, /* bytes that mean nothing to the filter */
	WIRE_SERVER_STEP_COUNT,
};

/* Table of encodings that carry a rectangle: the index that wire_server_fault gives. */
enum wire_server_encoding {
	WIRE_ENCODING_RAW,
	WIRE_ENCODING_COPY_RECT,
	WIRE_ENCODING_TIGHT,
	WIRE_ENCODING_ZRLE,
	WIRE_ENCODING_RICH_CURSOR,
	WIRE_ENCODING_CURSOR_WITH_ALPHA,
	WIRE_ENCODING_VMWARE_CURSOR,
	WIRE_ENCODING_DESKTOP_SIZE,
	WIRE_ENCODING_EXTENDED_DESKTOP_SIZE,
	WIRE_ENCODING_LED_STATE,
	WIRE_ENCODING_QEMU_EXTENDED_KEY,
	WIRE_ENCODING_LAST_RECT,
	WIRE_ENCODING_GARASU,
	WIRE_ENCODING_CARET,
	WIRE_ENCODING_ZSTD,
	WIRE_ENCODING_COUNT,
};

#define WIRE_FAULT_RECTANGLE 256u /* plus enum wire_server_encoding */
#define WIRE_FAULT_UNLISTED 510u  /* a rectangle of no listed encoding */
#define WIRE_FAULT_INIT 511u      /* ServerInit */

#define WIRE_SERVER_HEAD_MAX 24u

struct wire_server {
	uint16_t max_width, max_height; /* policy */
	uint16_t width, height;         /* of the viewer's picture now */
	struct wire_pixel_format format;
	struct wire_pixel_format waiting[WIRE_FORMATS_WAITING_MAX];
	unsigned waiting_count;
	uint32_t asked; /* bits: enum wire_server_encoding, and those of server_parts.h */
	enum wire_server_step step;
	enum wire_server_step after_body;
	uint64_t body_left;
	uint8_t head[WIRE_SERVER_HEAD_MAX]; /* of the step, until it is whole */
	uint8_t head_size;
	uint8_t is_until_last; /* LastRect ends this update */
	uint8_t is_broken;
	uint16_t rectangles_left;
	enum wire_server_encoding encoding; /* of this rectangle */
	uint16_t rect_x, rect_y, rect_width, rect_height;
	uint64_t length_limit; /* Tight */
	uint32_t length;       /* Tight, as far as it is read */
	uint8_t length_bytes;
	uint32_t fault;                       /* of what is being followed, should it break */
	uint64_t crossed[GARASU_CROSS_COUNT]; /* whole messages and rectangles that passed */
};

void wire_server_init(struct wire_server *server, uint16_t max_width, uint16_t max_height);

/* The viewer said so. Returns 0, or -EPROTO when too many formats wait. */
int wire_server_ask_format(struct wire_server *server, const struct wire_pixel_format *format)
	__attribute__((warn_unused_result));
void wire_server_ask_encodings(struct wire_server *server, const int32_t *list, size_t count);

/* Follows the stream up to the end of the next message, or of the bytes. *pass says whether the
 * bytes consumed go to the viewer (0: they were for the filter alone). Returns how many it consumed
 * (> 0 for size > 0), or -EPROTO: then none of these bytes may go out or is counted, the viewer is
 * closed, and every later call fails too. */
ssize_t wire_server_follow(struct wire_server *server, const uint8_t *untrusted_bytes, size_t size,
	int *pass) __attribute__((warn_unused_result));

/* True between two messages, and once ServerInit has passed: the gateway's own messages fit here.
 */
int wire_server_is_between(const struct wire_server *server);

/* After -EPROTO: what is wrong, as garasu_gateway_refused.detail says it. */
uint32_t wire_server_fault(const struct wire_server *server);

#endif
