/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_VIEWER_H
#define ENCODER_VIEWER_H

#include "garasu/rfb.h"
#include "pixel.h"
#include "window.h"

#include <stddef.h>
#include <stdint.h>

enum viewer_pointer {
	VIEWER_POINTER_NONE,
	VIEWER_POINTER_ALPHA,  /* CursorWithAlpha */
	VIEWER_POINTER_VMWARE, /* VMware's cursor, alpha form */
	VIEWER_POINTER_RICH,   /* RichCursor */
};

/* The one viewer: what it can take, what it was told, and whether it is ready. */
struct viewer {
	uint32_t width, height; /* its picture, pixels */
	int is_initialised;     /* its ClientInit came and our ServerInit went */

	struct pixel_format format;
	int coding;     /* GARASU_RFB_RAW, GARASU_RFB_TIGHT or GARASU_RFB_ZRLE */
	int jpeg_level; /* 0..9, -1: no JPEG */
	enum viewer_pointer pointer;
	int has_copy_rect, has_last_rect, has_desktop_size, has_extended_size, has_fence,
		has_continuous;
	int has_led, has_qemu_key, has_garasu, has_zstd;

	/* said once in the life of a connection */
	int said_extended_size, said_fence, said_continuous, said_qemu_key, said_garasu;

	/* what it knows */
	int knows_pointer, knows_caret, knows_led;

	int is_requested;     /* a FramebufferUpdateRequest waits for its update */
	int is_continuous;    /* updates are pushed */
	struct window window; /* of continuous updates */
};

void viewer_init(struct viewer *viewer);

/* Takes over a SetEncodings list: the first of Tight, ZRLE and Raw wins; the rest says what it can.
 */
void viewer_set_encodings(struct viewer *viewer, const int32_t *untrusted_list, size_t count);

/* How many more updates the viewer can take now; 2 stands for more than one. */
uint32_t viewer_room(const struct viewer *viewer, uint64_t now_us);

/* True if lossy rectangles are allowed. */
int viewer_takes_jpeg(const struct viewer *viewer);

/* True if bit-exact pixels go as our zstd stream. */
int viewer_takes_zstd(const struct viewer *viewer);

/* True if it can be told of another size. */
int viewer_can_resize(const struct viewer *viewer);

/* Notes a fence's answer; one that was never sent, or came before, changes nothing. */
void viewer_fence_answered(
	struct viewer *viewer, const uint8_t *untrusted_payload, size_t size, uint64_t now_us);

/* A fence's payload of ours. */
#define VIEWER_FENCE_BYTES 4u
void viewer_fence_payload(uint32_t number, uint8_t payload[VIEWER_FENCE_BYTES]);

#endif
