/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_RFB_H
#define GARASU_RFB_H

#include <stdint.h>

/*
 * The RFB messages, encodings and bounds that Garasu speaks: RFC 6143, and for the rest the
 * community registry (rfbproto.rst). This is the complete list: what is not here has no code.
 * docs/wire.md lists each field that crosses, its bounds and its origin.
 */

#define GARASU_RFB_PORT 5900
#define GARASU_RFB_NAME "Garasu" /* ServerInit's desktop name: always exactly this */

/* Security, RFC 6143 §7.1.2 and VeNCrypt */
#define GARASU_RFB_SECURITY_NONE 1
#define GARASU_RFB_SECURITY_VENCRYPT 19
#define GARASU_RFB_VENCRYPT_X509PLAIN 262
#define GARASU_RFB_USER_MAX 63      /* bytes */
#define GARASU_RFB_PASSWORD_MAX 255 /* bytes */

enum garasu_rfb_client_message {
	GARASU_RFB_SET_PIXEL_FORMAT = 0,
	GARASU_RFB_SET_ENCODINGS = 2,
	GARASU_RFB_UPDATE_REQUEST = 3,
	GARASU_RFB_KEY_EVENT = 4,
	GARASU_RFB_POINTER_EVENT = 5,
	GARASU_RFB_CLIENT_CUT_TEXT = 6, /* read to its end, discarded, counted */
	GARASU_RFB_ENABLE_CONTINUOUS = 150,
	GARASU_RFB_CLIENT_FENCE = 248,
	GARASU_RFB_SET_DESKTOP_SIZE = 251,
	GARASU_RFB_CLIENT_GARASU = 252, /* ours, below; only after GARASU_RFB_ENCODING_GARASU */
	GARASU_RFB_QEMU = 255,          /* sub-type 0: extended key event; no other */
};

enum garasu_rfb_server_message {
	GARASU_RFB_UPDATE = 0,
	GARASU_RFB_END_CONTINUOUS = 150,
	GARASU_RFB_SERVER_FENCE = 248,
	GARASU_RFB_SERVER_GARASU = 252, /* ours, made by the gateway only, never by the encoder */
};

/* Ours, client to server: type 252, sub-type u8, length u16 of what follows, payload (big endian).
 */
enum garasu_rfb_client_sub {
	GARASU_RFB_SUB_TEXT = 1,     /* UTF-8, 1..1024 bytes, no controls but tab and newline */
	GARASU_RFB_SUB_WHEEL = 2,    /* u16 x, u16 y, s16 dx, s16 dy in 1/120 notch: 8 bytes */
	GARASU_RFB_SUB_GEOMETRY = 3, /* u16 width, u16 height, u16 scale in 1/120: 6 bytes */
	GARASU_RFB_SUB_FOCUS = 4,    /* u8: 1 gained, 0 lost: 1 byte */
	GARASU_RFB_SUB_ADDRESS = 5,  /* ASCII http:// or https:// address, 8..2048 bytes */
	GARASU_RFB_SUB_PASTE =
		6, /* as TEXT, at most 500 characters, and no more than policy allows */
	GARASU_RFB_SUB_PREEDIT = 7, /* what an input method composes: UTF-8, no control, 0..512
				     * bytes; where policy allows it */
};

/* Ours, server to client: type 252, sub-type u8, length u16, payload (big endian). */
enum garasu_rfb_server_sub {
	GARASU_RFB_SUB_STATE = 1,   /* u16 code (state.h), u32 value: 6 bytes */
	GARASU_RFB_SUB_MESSAGE = 2, /* administrator's words, UTF-8, GARASU_RFB_WORDS_MAX */
	/* From the encoder to the gateway's filter alone, never to a viewer, empty: the oldest
	 * SetPixelFormat not yet obeyed holds for every pixel from here on. */
	GARASU_RFB_SUB_OBEYED = 3,
	/* u16: characters that one PASTE may have, 0 none; u8: bit 0 PREEDIT is allowed. Said once,
	 * where a policy is not what a viewer takes for granted: neither. */
	GARASU_RFB_SUB_POLICY = 4,
};

enum garasu_rfb_encoding {
	GARASU_RFB_RAW = 0,
	GARASU_RFB_COPY_RECT = 1,
	GARASU_RFB_TIGHT = 7,
	GARASU_RFB_ZRLE = 16,
	GARASU_RFB_RICH_CURSOR = -239,
	GARASU_RFB_DESKTOP_SIZE = -223,
	GARASU_RFB_LAST_RECT = -224,
	GARASU_RFB_LED_STATE = -261,
	GARASU_RFB_QEMU_EXTENDED_KEY = -258,
	GARASU_RFB_EXTENDED_DESKTOP_SIZE = -308,
	GARASU_RFB_FENCE = -312,
	GARASU_RFB_CONTINUOUS_UPDATES = -313,
	GARASU_RFB_CURSOR_WITH_ALPHA = -314,
	GARASU_RFB_VMWARE_CURSOR = 0x574d5664,
	GARASU_RFB_JPEG_QUALITY_0 = -32, /* ..-23: JPEG allowed, quality 0..9 */
	GARASU_RFB_JPEG_QUALITY_9 = -23,
	GARASU_RFB_COMPRESS_0 = -256, /* ..-247 */
	GARASU_RFB_COMPRESS_9 = -247,
	/* Ours. GARASU asks for our messages and for caret rectangles; the server answers its first
	 * update with one empty GARASU rectangle, and the messages are legal from then on. */
	GARASU_RFB_ENCODING_GARASU = 0x47415200,
	/* A caret: the rectangle's own x, y, width, height are the caret; payload u8: bit 0 a text
	 * field has the focus, bit 1 it hides what is typed. */
	GARASU_RFB_ENCODING_CARET = 0x47415201,
	/* Pixels, bit-exact, for viewers of the pixel format that ServerInit says (32 bits, bytes
	 * B G R X). u32 length, 1 to garasu_rfb_zstd_max(width, height); then so many bytes, the
	 * next ones of the connection's single zstd frame (RFC 8878), which is flushed at the end
	 * of each such rectangle and never ends. They decompress to exactly 3 * width * height
	 * bytes: three planes of width * height, each from the top row down and from left to right:
	 * green, blue minus green, red minus green (modulo 256). The frame's header is the magic
	 * number, a descriptor of 0 (no size, checksum, dictionary) and a window of at most
	 * 2^GARASU_RFB_ZSTD_WINDOW_LOG bytes. */
	GARASU_RFB_ENCODING_ZSTD = 0x47415202,
};

/* Both ends hold this much of what went before: menus and dialogues that come and go. */
#define GARASU_RFB_ZSTD_WINDOW_LOG 22

/* The longest payload of a rectangle: stored blocks, their headers, the frame's header, a flush. */
static inline uint64_t garasu_rfb_zstd_max(uint32_t width, uint32_t height)
{
	uint64_t size = 3 * (uint64_t)width * height;

	return size + size / 256 + 64;
}

/* Bounds the gateway's filter holds in both directions. */
#define GARASU_RFB_ENCODINGS_MAX 64      /* in one SetEncodings */
#define GARASU_RFB_CUT_TEXT_MAX 262144   /* bytes discarded; longer closes the viewer */
#define GARASU_RFB_FENCE_MAX 64          /* payload bytes */
#define GARASU_RFB_SCREENS_MAX 16        /* in one SetDesktopSize; we answer with one */
#define GARASU_RFB_RECTANGLES_MAX 65534  /* 65535 means "until LastRect" */
#define GARASU_RFB_WORDS_MAX 200         /* characters of an administrator's message */
#define GARASU_RFB_MESSAGE_BYTES_MAX 800 /* the same in UTF-8 */
#define GARASU_RFB_PASTE_MAX 500         /* characters, whatever the policy says */
#define GARASU_RFB_PREEDIT_MAX 512       /* bytes */
#define GARASU_RFB_POLICY_PREEDIT (1u << 0)
#define GARASU_RFB_CURSOR_MAX 256 /* pixels, each side */

/* Fence flags (rfbproto.rst, "Fence") */
#define GARASU_RFB_FENCE_BLOCK_BEFORE (1u << 0)
#define GARASU_RFB_FENCE_BLOCK_AFTER (1u << 1)
#define GARASU_RFB_FENCE_SYNC_NEXT (1u << 2)
#define GARASU_RFB_FENCE_REQUEST (1u << 31)

#endif
