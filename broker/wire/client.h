/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_WIRE_CLIENT_H
#define GARASU_WIRE_CLIENT_H

#include "garasu/rfb.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The viewer's messages after log-in (RFC 6143 §7.3.1 and §7.5, rfbproto.rst, garasu/rfb.h): the
 * complete table of docs/wire.md §2. Pure: bytes in, one message out.
 */

/* The longest message that must be held whole (ADDRESS); a ClientCutText is skipped piece by piece.
 */
#define WIRE_CLIENT_BYTES_MAX (4u + 2048u)

enum wire_client_kind {
	WIRE_CLIENT_INIT,         /* to the encoder */
	WIRE_CLIENT_PIXEL_FORMAT, /* to the encoder; noted for the server's filter */
	WIRE_CLIENT_ENCODINGS,    /* to the encoder; noted for the server's filter */
	WIRE_CLIENT_REQUEST,      /* to the encoder */
	WIRE_CLIENT_CONTINUOUS,   /* to the encoder */
	WIRE_CLIENT_FENCE,        /* to the encoder */
	WIRE_CLIENT_KEY,          /* KeyEvent, and QEMU's with a keycode of no table */
	WIRE_CLIENT_KEY_CODE,     /* QEMU extended key with a known keycode: an evdev code */
	WIRE_CLIENT_POINTER,
	WIRE_CLIENT_CUT_TEXT, /* nothing goes anywhere; skip `skip` bytes behind it, uncounted */
	WIRE_CLIENT_SIZE,     /* SetDesktopSize: to the encoder and the input pipe */
	WIRE_CLIENT_TEXT,
	WIRE_CLIENT_WHEEL,
	WIRE_CLIENT_GEOMETRY, /* to the encoder and the input pipe */
	WIRE_CLIENT_FOCUS,
	WIRE_CLIENT_ADDRESS,
	WIRE_CLIENT_PASTE,
	WIRE_CLIENT_PREEDIT,
};

struct wire_client_message {
	enum wire_client_kind kind;
	uint32_t skip; /* CUT_TEXT */
	union {
		struct {
			uint8_t bits_per_pixel; /* 8, 16 or 32 */
			uint8_t is_tpixel; /* 1: a Tight pixel takes 3 bytes (32 bits, depth 24,
					      8-bit maxima) */
		} pixel_format;
		struct {
			uint16_t count;
			int32_t list[GARASU_RFB_ENCODINGS_MAX];
		} encodings;
		struct {
			uint32_t keysym;
			uint8_t is_down;
		} key;
		struct {
			uint32_t code; /* evdev KEY_* */
			uint32_t keysym;
			uint8_t is_down;
		} key_code;
		struct {
			uint8_t buttons; /* RFB: bit 0 left, 1 middle, 2 right, 3 up, 4 down, 5
					    left, 6 right */
			uint16_t x, y;
		} pointer;
		struct {
			uint16_t width, height, scale; /* SIZE has scale 0: as it is */
		} geometry;
		struct {
			const uint8_t
				*bytes; /* borrowed from the input; valid UTF-8 or ASCII, checked */
			uint16_t size;
		} text; /* TEXT, ADDRESS, PASTE, PREEDIT */
		struct {
			uint16_t x, y;
			int16_t dx, dy;
		} wheel;
		uint8_t has_focus;
	};
};

/* What is legal depends on what was said before. */
struct wire_client {
	uint8_t is_greeted;    /* ClientInit came */
	uint8_t speaks_garasu; /* GARASU_RFB_ENCODING_GARASU was asked for: type 252 is legal */
};

/* Parses the message at the start of bytes. Fills *message and notes what it changes in *client.
 * Returns the bytes it took (with CUT_TEXT: its head of 8), 0 if it is not whole yet, or -EPROTO,
 * with *client as it was. */
ssize_t wire_client_next(struct wire_client *client, const uint8_t *untrusted_bytes, size_t size,
	struct wire_client_message *message) __attribute__((warn_unused_result));

#endif
