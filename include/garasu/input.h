/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_INPUT_H
#define GARASU_INPUT_H

#include <stdint.h>

/*
 * Input pipe and credit pipe: the edges from gateway and encoder to compositor.
 *
 * Records of exactly 16 bytes, little endian, far below PIPE_BUF, so that several writers never
 * mix. A pipe is one-way because its writers hold only its write end. In the credit pipe CREDIT and
 * REFRESH are taken and nothing else, in the input pipe all others: an encoder types nothing. A
 * record the compositor does not know, or with a field out of bounds, is dropped and counted.
 */

#define GARASU_INPUT_BYTES 16u
#define GARASU_INPUT_TEXT_BYTES 12u    /* UTF-8 in one record; never splits a character */
#define GARASU_INPUT_TEXT_MAX 1024u    /* UTF-8 of one joined text */
#define GARASU_INPUT_ADDRESS_MAX 2048u /* ASCII of one joined address */

enum garasu_input_type {
	GARASU_INPUT_KEY_CODE = 1, /* code: evdev KEY_*, flag: 1 down, 0 up */
	GARASU_INPUT_KEY_SYM = 2,  /* keysym: X11, flag: 1 down, 0 up */
	GARASU_INPUT_POINTER =
		3, /* x, y, buttons (bit 0 left, 1 middle, 2 right, 3 back, 4 forward) */
	GARASU_INPUT_WHEEL = 4,    /* x, y, dx, dy in 1/120 notch; positive dy scrolls down */
	GARASU_INPUT_TEXT = 5,     /* bytes, count = how many (0..12), flag: 1 last piece */
	GARASU_INPUT_GEOMETRY = 6, /* width, height, scale, serial */
	GARASU_INPUT_FOCUS = 7, /* flag: 1 the viewer has focus; 0: release every key and button */
	GARASU_INPUT_ADDRESS = 8, /* bytes, count, flag: 1 last piece; http or https only */
	GARASU_INPUT_CREDIT = 9,  /* written by the encoder: it can take one more frame; flag: 1
				   * what moved of late is a film */
	GARASU_INPUT_REFRESH =
		10, /* written by the encoder: publish a frame even if nothing changed */
	GARASU_INPUT_PREEDIT =
		11, /* as TEXT, at most GARASU_RFB_PREEDIT_MAX bytes; empty ends it */
};

struct garasu_input {
	uint8_t type;
	uint8_t flag;
	uint16_t count;
	union {
		struct {
			uint32_t code;
		} key_code;
		struct {
			uint32_t keysym;
		} key_sym;
		struct {
			uint16_t x, y;
			uint16_t buttons;
		} pointer;
		struct {
			uint16_t x, y;
			int16_t dx, dy;
		} wheel;
		struct {
			uint16_t width, height, scale;
			uint16_t serial;
		} geometry;
		uint8_t bytes[GARASU_INPUT_TEXT_BYTES];
	};
};

_Static_assert(sizeof(struct garasu_input) == GARASU_INPUT_BYTES, "a record is 16 bytes");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are little endian");

#endif
