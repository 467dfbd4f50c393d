/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_RECORD_H
#define VIEWER_RECORD_H

#include "decoder/decoder.h"

#include <stdatomic.h>

/*
 * What the jailed decoder child and the viewer share: records and the picture.
 *
 * The child inherits 2 (log), 3 (Unix stream: the server's bytes, decrypted), 4 (SOCK_SEQPACKET:
 * its records, of this one size) and 5 (the picture's memfd, its size sealed). The viewer trusts
 * neither records nor picture: what decodes a captured server's bytes may itself be captured.
 */

enum viewer_child_fd {
	VIEWER_CHILD_STREAM = 3,
	VIEWER_CHILD_RECORDS = 4,
	VIEWER_CHILD_PICTURE = 5,
	VIEWER_CHILD_FIRST_FREE = 6,
};

#define VIEWER_MAX_WIDTH 3840u
#define VIEWER_MAX_HEIGHT 2400u
#define VIEWER_STRIDE ((size_t)VIEWER_MAX_WIDTH * 4)
#define VIEWER_RECORD_BYTES 64u

/* One event of the decoder. A message longer than the bytes comes in pieces, `more` in all but the
 * last. */
struct viewer_record {
	uint32_t type; /* enum decoder_event_type */
	uint32_t x, y, width, height;
	uint32_t value, extra;
	uint16_t size, more;
	uint8_t bytes[VIEWER_RECORD_BYTES];
};

_Static_assert(sizeof(struct viewer_record) == 96, "a record is 96 bytes");
_Static_assert(GARASU_RFB_FENCE_MAX <= VIEWER_RECORD_BYTES, "a fence fits one record");

/* The shared picture: a page with this header, the pointer picture, the pixels. */
struct viewer_picture_header {
	_Atomic uint32_t sequence; /* odd from BEGIN to UPDATE: the picture is not whole */
};

#define VIEWER_POINTER_OFFSET 4096u
#define VIEWER_POINTER_STRIDE (GARASU_FRAME_POINTER_MAX * 4u)
#define VIEWER_PIXELS_OFFSET                                                                       \
	(VIEWER_POINTER_OFFSET + GARASU_FRAME_POINTER_MAX * VIEWER_POINTER_STRIDE)
#define VIEWER_PICTURE_BYTES (VIEWER_PIXELS_OFFSET + VIEWER_STRIDE * VIEWER_MAX_HEIGHT)

/* What the viewer's SetEncodings offers. */
#define VIEWER_OFFERS DECODER_OFFER_ALL
#define VIEWER_JPEG_LEVEL 8u

#endif
