/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DECODER_H
#define DECODER_H

#include <garasu/frame.h>
#include <garasu/rfb.h>

#include <stddef.h>
#include <stdint.h>

/*
 * The strict RFB decoder: what a server sends after SecurityResult becomes pixels and events.
 *
 * A pure state machine: bytes arrive in any chunking, nothing is read, opened or waited for. Every
 * length, count and coordinate is bounded before it is used, what was not offered is refused, and
 * the first breach ends it for good. Pixels are those of the pixel format that every user of this
 * library asks for with SetPixelFormat: 32 bits, depth 24, little endian, bytes B G R X.
 */

struct decoder;

/* What the client put into its SetEncodings. Raw and CopyRect need no offer. */
enum decoder_offer {
	DECODER_OFFER_TIGHT = 1u << 0,
	DECODER_OFFER_JPEG = 1u << 1, /* a JPEG quality level: JPEG inside Tight */
	DECODER_OFFER_LAST_RECT = 1u << 2,
	DECODER_OFFER_RESIZE = 1u << 3,  /* ExtendedDesktopSize */
	DECODER_OFFER_POINTER = 1u << 4, /* CursorWithAlpha */
	DECODER_OFFER_LED = 1u << 5,
	DECODER_OFFER_QEMU_KEY = 1u << 6,
	DECODER_OFFER_GARASU = 1u << 7, /* our messages, the caret */
	DECODER_OFFER_FENCE = 1u << 8,
	DECODER_OFFER_CONTINUOUS = 1u << 9,
	DECODER_OFFER_ZSTD = 1u << 10, /* our zstd stream */
	DECODER_OFFER_ALL = 0x7ffu,
	/* No offer on the wire: other makers' servers send Bell and ServerCutText unasked. They are
	 * dropped and counted. Only the load tool measures such servers. */
	DECODER_OFFER_FOREIGN = 1u << 11,
};

enum decoder_error {
	DECODER_OK = 0,
	DECODER_ERROR_MEMORY,
	DECODER_ERROR_SIZE,       /* a picture of no pixels, or larger than the memory for it */
	DECODER_ERROR_NAME,       /* ServerInit's name is longer than 255 bytes */
	DECODER_ERROR_MESSAGE,    /* message type unknown or not offered */
	DECODER_ERROR_COUNT,      /* 65535 rectangles without LastRect */
	DECODER_ERROR_ENCODING,   /* encoding unknown or not offered */
	DECODER_ERROR_RECTANGLE,  /* empty or not within the picture */
	DECODER_ERROR_COPY,       /* CopyRect from outside the picture */
	DECODER_ERROR_CONTROL,    /* Tight: compression control byte */
	DECODER_ERROR_FILTER,     /* Tight: filter */
	DECODER_ERROR_PALETTE,    /* Tight: fewer than 2 colours, or an index without a colour */
	DECODER_ERROR_LENGTH,     /* Tight, zstd: no data; zstd: more than the pixels need */
	DECODER_ERROR_ZLIB,       /* not zlib, or its stream ended */
	DECODER_ERROR_ZLIB_SHORT, /* fewer bytes than the rectangle needs */
	DECODER_ERROR_ZLIB_LONG,  /* more bytes than the rectangle needs */
	DECODER_ERROR_ZSTD,       /* not zstd, not our kind of frame, or its frame ended */
	DECODER_ERROR_ZSTD_SHORT, /* as with zlib */
	DECODER_ERROR_ZSTD_LONG,
	DECODER_ERROR_JPEG,
	DECODER_ERROR_JPEG_SIZE, /* the JPEG is of another size than its rectangle */
	DECODER_ERROR_RESIZE,    /* reason, status or number of screens */
	DECODER_ERROR_POINTER,   /* size, hot spot or encoding of the pointer picture */
	DECODER_ERROR_CARET,
	DECODER_ERROR_LED,
	DECODER_ERROR_FENCE,
	DECODER_ERROR_STATE, /* length of a state, or an unknown sub-type */
	DECODER_ERROR_TEXT, /* the administrator's message: length, UTF-8 or a control; a cut text's
			       length */
	DECODER_ERROR_END,  /* not an error: how many there are */
};

enum decoder_event_type {
	DECODER_EVENT_SIZE = 1, /* width, height; value: enum decoder_resize; extra: status */
	DECODER_EVENT_BEGIN,    /* an update begins: the picture is not whole until UPDATE */
	DECODER_EVENT_UPDATE,   /* it ended; x, y, width, height: what changed, 0 x 0 if nothing */
	DECODER_EVENT_POINTER,  /* width, height (0 x 0: hidden), x, y: hot spot */
	DECODER_EVENT_CARET,    /* x, y, width, height; value: bits as GARASU_RFB_ENCODING_CARET */
	DECODER_EVENT_LED,      /* value: bit 0 scroll, 1 num, 2 caps */
	DECODER_EVENT_QEMU_KEY, /* extended key events are understood */
	DECODER_EVENT_GARASU,   /* our messages are understood */
	DECODER_EVENT_FENCE,    /* value: flags; bytes, size: payload */
	DECODER_EVENT_CONTINUOUS, /* EndOfContinuousUpdates */
	DECODER_EVENT_STATE,      /* value: code, may be unknown to us; extra: its value */
	DECODER_EVENT_MESSAGE,    /* bytes, size: UTF-8 without controls */
	DECODER_EVENT_POLICY,     /* value: characters of one paste, at most; extra: bits */
	DECODER_EVENT_ERROR, /* never from the library; for records, value: enum decoder_error */
	DECODER_EVENT_END,
};

enum decoder_resize {
	DECODER_RESIZE_SERVER = 0,
	DECODER_RESIZE_CLIENT = 1, /* the answer to our own request; extra 0: granted */
	DECODER_RESIZE_OTHER = 2,
	DECODER_RESIZE_INIT = 3, /* ServerInit */
};

struct decoder_event {
	enum decoder_event_type type;
	uint32_t x, y, width, height;
	uint32_t value, extra;
	const uint8_t *bytes; /* lent for the call */
	size_t size;
};

typedef void (*decoder_on_event)(void *context, const struct decoder_event *event);

/* Where pixels go: the memory belongs to the caller and outlives the decoder. */
struct decoder_picture {
	uint8_t *pixels;  /* max_width * max_height * 4 bytes, rows of max_width * 4 */
	uint8_t *pointer; /* GARASU_FRAME_POINTER_MAX^2 * 4 bytes: B G R A premultiplied, rows of
			     GARASU_FRAME_POINTER_MAX * 4 */
	uint32_t max_width, max_height;
};

/* Makes a decoder that expects ServerInit; borrows picture's memory. Returns NULL when memory is
 * short. */
struct decoder *decoder_create(const struct decoder_picture *picture, uint32_t offers,
	decoder_on_event on_event, void *context);

void decoder_destroy(struct decoder **decoder);

/* Takes in size bytes and calls on_event for what became whole. Returns the first error, and the
 * same one for ever after; then nothing is written any more. */
enum decoder_error decoder_feed(struct decoder *decoder, const uint8_t *bytes, size_t size);

/* Returns how many bytes it worked through, in an event those of what became whole included. */
uint64_t decoder_taken_bytes(const struct decoder *decoder);

/* Returns how many messages DECODER_OFFER_FOREIGN made it drop. */
uint64_t decoder_foreign_messages(const struct decoder *decoder);

/* Returns a short fixed English name of the error, never NULL. */
const char *decoder_error_name(enum decoder_error error);

#endif
