/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_MESSAGE_H
#define ENCODER_MESSAGE_H

#include "garasu/frame.h"
#include "garasu/rfb.h"
#include "pixel.h"

#include <sys/types.h>

/* A client message that may reach the encoder; everything else ends it. */
struct message {
	enum garasu_rfb_client_message type;
	union {
		struct pixel_format pixel_format; /* SET_PIXEL_FORMAT, valid */
		struct {
			uint16_t count;
			int32_t list[GARASU_RFB_ENCODINGS_MAX];
		} encodings; /* SET_ENCODINGS */
		struct {
			int is_incremental;
			struct garasu_rect area; /* not yet within the picture */
		} request;                       /* UPDATE_REQUEST */
		struct {
			int is_enabled;
			struct garasu_rect area;
		} continuous; /* ENABLE_CONTINUOUS */
		struct {
			uint32_t flags;
			uint8_t size;
			uint8_t payload[GARASU_RFB_FENCE_MAX];
		} fence; /* CLIENT_FENCE */
		struct {
			uint16_t width, height;
		} size; /* SET_DESKTOP_SIZE, and our own GEOMETRY, which asks the same */
	};
};

/* Parses the message at the start of bytes. Fills *message. Returns the bytes it took, 0 if it is
 * not whole yet, or -EPROTO for a type, length or format that is not legal here. */
ssize_t message_parse(const uint8_t *untrusted_bytes, size_t size, struct message *message)
	__attribute__((warn_unused_result));

/* The longest message that message_parse takes. */
#define MESSAGE_BYTES_MAX (8u + 16u * GARASU_RFB_SCREENS_MAX)

#endif
