/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input records of the viewer's messages, in bounds whatever the message says.
 * Reads untrusted bytes from: the viewer (values; their structure is checked). */

#include "wire/input.h"

#include "base/utf8.h"
#include "garasu/frame.h"

#include <linux/input-event-codes.h>
#include <string.h>

#define WHEEL_NOTCH 120
#define BUTTONS_HELD 0x07u /* left, middle, right; the rest are wheel steps */
#define KEYSYM_LIMIT 0x20000000u

static uint16_t clamp(uint16_t position, uint16_t side)
{
	return position < side ? position : side > 0 ? (uint16_t)(side - 1) : 0;
}

static size_t add_keysym(uint32_t keysym, uint8_t is_down, struct garasu_input *record)
{
	if (keysym == 0 || keysym >= KEYSYM_LIMIT) {
		return 0;
	}
	*record = (struct garasu_input){.type = GARASU_INPUT_KEY_SYM, .flag = is_down != 0};
	record->key_sym.keysym = keysym;
	return 1;
}

static size_t add_key_code(uint32_t code, uint8_t is_down, struct garasu_input *record)
{
	*record = (struct garasu_input){.type = GARASU_INPUT_KEY_CODE, .flag = is_down != 0};
	record->key_code.code = code;
	return 1;
}

static size_t add_wheel(uint16_t x, uint16_t y, int16_t dx, int16_t dy, struct garasu_input *record)
{
	if (dx == 0 && dy == 0) {
		return 0;
	}
	*record = (struct garasu_input){.type = GARASU_INPUT_WHEEL};
	record->wheel.x = x;
	record->wheel.y = y;
	record->wheel.dx = dx;
	record->wheel.dy = dy;
	return 1;
}

static size_t add_pointer(struct wire_input *input, uint8_t buttons, uint16_t x, uint16_t y,
	struct garasu_input *records)
{
	static const struct {
		uint8_t button;
		int16_t dx, dy;
	} wheels[] = {
		{1u << 3, 0, -WHEEL_NOTCH},
		{1u << 4, 0, WHEEL_NOTCH},
		{1u << 5, -WHEEL_NOTCH, 0},
		{1u << 6, WHEEL_NOTCH, 0},
	};
	uint8_t pressed = (uint8_t)(buttons & ~input->rfb_buttons);
	size_t count = 1;

	input->rfb_buttons = buttons;
	records[0] = (struct garasu_input){.type = GARASU_INPUT_POINTER};
	records[0].pointer.x = x;
	records[0].pointer.y = y;
	records[0].pointer.buttons = buttons & BUTTONS_HELD;
	for (size_t i = 0; i < sizeof(wheels) / sizeof(wheels[0]); i++) {
		if ((pressed & wheels[i].button) != 0) {
			count += add_wheel(x, y, wheels[i].dx, wheels[i].dy, records + count);
		}
	}
	return count;
}

/* How much of text goes into one record: no character is split. */
static size_t piece_size(const uint8_t *text, size_t size)
{
	size_t piece = 0;

	while (piece < size) {
		uint32_t character;
		int used = garasu_utf8_decode(text + piece, size - piece, &character);

		if (used <= 0 || piece + (size_t)used > GARASU_INPUT_TEXT_BYTES) {
			break;
		}
		piece += (size_t)used;
	}
	return piece;
}

/* Room for a record of each 9 bytes: a piece is 9 at least, but for the last. */
static size_t add_pieces(
	enum garasu_input_type type, const uint8_t *text, size_t size, struct garasu_input *records)
{
	size_t count = 0;

	while (size > 0) {
		size_t piece = piece_size(text, size);

		if (piece == 0) {
			return 0; /* not the text that client.c has checked */
		}
		records[count] = (struct garasu_input){
			.type = (uint8_t)type, .flag = piece == size, .count = (uint16_t)piece};
		memcpy(records[count].bytes, text, piece);
		text += piece;
		size -= piece;
		count++;
	}
	return count;
}

/* How much of a paste goes into one text: up to its line's end, and whole characters. */
static size_t stretch_size(const uint8_t *text, size_t size, int ends_at_lines)
{
	const uint8_t *end = ends_at_lines ? memchr(text, '\n', size) : NULL;
	size_t stretch = end != NULL ? (size_t)(end - text) : size;

	if (stretch > GARASU_INPUT_TEXT_MAX) {
		stretch = GARASU_INPUT_TEXT_MAX;
		while ((text[stretch] & 0xc0u) == 0x80u) {
			stretch--;
		}
	}
	return stretch;
}

static void put_spaces(struct garasu_input *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < records[i].count; j++) {
			if (records[i].bytes[j] == '\n' || records[i].bytes[j] == '\t') {
				records[i].bytes[j] = ' ';
			}
		}
	}
}

/* A tab is a space: it must not move the focus to another field. */
static size_t add_paste(const uint8_t *text, size_t size, int has_returns,
	struct garasu_input records[WIRE_RECORDS_MAX])
{
	size_t count = 0;

	while (size > 0) {
		size_t stretch = stretch_size(text, size, has_returns);
		size_t added = add_pieces(GARASU_INPUT_TEXT, text, stretch, records + count);

		put_spaces(records + count, added);
		count += added;
		text += stretch;
		size -= stretch;
		if (size > 0 && has_returns && text[0] == '\n') {
			count += add_key_code(KEY_ENTER, 1, records + count);
			count += add_key_code(KEY_ENTER, 0, records + count);
			text++;
			size--;
		}
	}
	return count;
}

static size_t add_preedit(const uint8_t *text, size_t size, struct garasu_input *records)
{
	if (size == 0) {
		records[0] = (struct garasu_input){.type = GARASU_INPUT_PREEDIT, .flag = 1};
		return 1;
	}
	return add_pieces(GARASU_INPUT_PREEDIT, text, size, records);
}

/* A size out of bounds is the encoder's to answer; no record tells the session of it. */
static size_t add_geometry(struct wire_input *input, uint16_t width, uint16_t height,
	uint16_t scale, struct garasu_input *record)
{
	if (scale == 0) {
		scale = input->scale;
	}
	if (width < GARASU_FRAME_SIDE_MIN || width > GARASU_FRAME_WIDTH_LIMIT ||
		height < GARASU_FRAME_SIDE_MIN || height > GARASU_FRAME_HEIGHT_LIMIT ||
		scale < GARASU_SCALE_ONE || scale > GARASU_SCALE_MAX) {
		return 0;
	}
	input->scale = scale;
	input->geometry_serial++;
	*record = (struct garasu_input){.type = GARASU_INPUT_GEOMETRY};
	record->geometry.width = width;
	record->geometry.height = height;
	record->geometry.scale = scale;
	record->geometry.serial = input->geometry_serial;
	return 1;
}

static size_t add_focus(uint8_t has_focus, struct garasu_input *record)
{
	*record = (struct garasu_input){.type = GARASU_INPUT_FOCUS, .flag = has_focus != 0};
	return 1;
}

size_t wire_input_records(struct wire_input *input, const struct wire_client_message *message,
	uint16_t width, uint16_t height, struct garasu_input records[WIRE_RECORDS_MAX])
{
	switch (message->kind) {
	case WIRE_CLIENT_KEY:
		return add_keysym(message->key.keysym, message->key.is_down, records);
	case WIRE_CLIENT_KEY_CODE:
		return add_key_code(message->key_code.code, message->key_code.is_down, records);
	case WIRE_CLIENT_POINTER:
		return add_pointer(input, message->pointer.buttons,
			clamp(message->pointer.x, width), clamp(message->pointer.y, height),
			records);
	case WIRE_CLIENT_WHEEL:
		return add_wheel(clamp(message->wheel.x, width), clamp(message->wheel.y, height),
			message->wheel.dx, message->wheel.dy, records);
	case WIRE_CLIENT_TEXT:
		return add_pieces(
			GARASU_INPUT_TEXT, message->text.bytes, message->text.size, records);
	case WIRE_CLIENT_ADDRESS:
		return add_pieces(
			GARASU_INPUT_ADDRESS, message->text.bytes, message->text.size, records);
	case WIRE_CLIENT_PASTE:
		return add_paste(
			message->text.bytes, message->text.size, input->paste_returns, records);
	case WIRE_CLIENT_PREEDIT:
		return add_preedit(message->text.bytes, message->text.size, records);
	case WIRE_CLIENT_SIZE:
	case WIRE_CLIENT_GEOMETRY:
		return add_geometry(input, message->geometry.width, message->geometry.height,
			message->geometry.scale, records);
	case WIRE_CLIENT_FOCUS:
		return add_focus(message->has_focus, records);
	case WIRE_CLIENT_INIT:
	case WIRE_CLIENT_PIXEL_FORMAT:
	case WIRE_CLIENT_ENCODINGS:
	case WIRE_CLIENT_REQUEST:
	case WIRE_CLIENT_CONTINUOUS:
	case WIRE_CLIENT_FENCE:
	case WIRE_CLIENT_CUT_TEXT:
		return 0;
	}
	return 0;
}
