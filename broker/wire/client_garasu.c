/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our own messages of the viewer: text, wheel, geometry, focus, address, paste, preedit.
 * Reads untrusted bytes from: the viewer. */

#include "client_garasu.h"

#include "base/utf8.h"
#include "bytes.h"
#include "garasu/frame.h"
#include "garasu/input.h"

#include <errno.h>
#include <string.h>

#define HEAD_BYTES 4u

static int is_control(uint32_t character)
{
	return (character < 0x20 && character != '\t' && character != '\n') ||
	       (character >= 0x7f && character < 0xa0);
}

static int text_is_sound(const uint8_t *untrusted_text, size_t size)
{
	while (size > 0) {
		uint32_t character;
		int used = garasu_utf8_decode(untrusted_text, size, &character);

		if (used <= 0 || is_control(character)) {
			return 0;
		}
		untrusted_text += used;
		size -= (size_t)used;
	}
	return 1;
}

static int address_is_sound(const uint8_t *untrusted_address, size_t size)
{
	if (size < 8 || (memcmp(untrusted_address, "http://", 7) != 0 &&
				memcmp(untrusted_address, "https://", 8) != 0)) {
		return 0;
	}
	for (size_t i = 0; i < size; i++) {
		if (untrusted_address[i] <= 0x20 || untrusted_address[i] >= 0x7f) {
			return 0;
		}
	}
	return 1;
}

static int size_is_legal(uint8_t untrusted_sub, uint16_t size)
{
	switch ((enum garasu_rfb_client_sub)untrusted_sub) {
	case GARASU_RFB_SUB_TEXT:
		return size >= 1 && size <= GARASU_INPUT_TEXT_MAX;
	case GARASU_RFB_SUB_WHEEL:
		return size == 8;
	case GARASU_RFB_SUB_GEOMETRY:
		return size == 6;
	case GARASU_RFB_SUB_FOCUS:
		return size == 1;
	case GARASU_RFB_SUB_ADDRESS:
		return size >= 8 && size <= GARASU_INPUT_ADDRESS_MAX;
	case GARASU_RFB_SUB_PASTE:
		return size >= 1 && size <= GARASU_RFB_PASTE_MAX * 4u;
	case GARASU_RFB_SUB_PREEDIT:
		return size <= GARASU_RFB_PREEDIT_MAX;
	}
	return 0;
}

static int read_text(enum wire_client_kind kind, const uint8_t *untrusted, uint16_t size,
	struct wire_client_message *message)
{
	if (!text_is_sound(untrusted, size)) {
		return -EPROTO;
	}
	message->kind = kind;
	message->text.bytes = untrusted;
	message->text.size = size;
	return 0;
}

static int read_paste(const uint8_t *untrusted, uint16_t size, struct wire_client_message *message)
{
	int result = read_text(WIRE_CLIENT_PASTE, untrusted, size, message);

	return result == 0 && garasu_utf8_length(untrusted, size) > GARASU_RFB_PASTE_MAX ? -EPROTO
											 : result;
}

static int read_preedit(
	const uint8_t *untrusted, uint16_t size, struct wire_client_message *message)
{
	if (size > 0 &&
		(memchr(untrusted, '\t', size) != NULL || memchr(untrusted, '\n', size) != NULL)) {
		return -EPROTO;
	}
	return read_text(WIRE_CLIENT_PREEDIT, untrusted, size, message);
}

static int read_address(
	const uint8_t *untrusted, uint16_t size, struct wire_client_message *message)
{
	if (!address_is_sound(untrusted, size)) {
		return -EPROTO;
	}
	message->kind = WIRE_CLIENT_ADDRESS;
	message->text.bytes = untrusted;
	message->text.size = size;
	return 0;
}

static int read_wheel(const uint8_t *untrusted, struct wire_client_message *message)
{
	message->kind = WIRE_CLIENT_WHEEL;
	message->wheel.x = read_u16(untrusted);
	message->wheel.y = read_u16(untrusted + 2);
	message->wheel.dx = (int16_t)read_u16(untrusted + 4);
	message->wheel.dy = (int16_t)read_u16(untrusted + 6);
	return 0;
}

/* A size that policy refuses is answered by the encoder; a scale has no answer. */
static int read_geometry(const uint8_t *untrusted, struct wire_client_message *message)
{
	uint16_t scale = read_u16(untrusted + 4);

	if (scale < GARASU_SCALE_ONE || scale > GARASU_SCALE_MAX) {
		return -EPROTO;
	}
	message->kind = WIRE_CLIENT_GEOMETRY;
	message->geometry.width = read_u16(untrusted);
	message->geometry.height = read_u16(untrusted + 2);
	message->geometry.scale = scale;
	return 0;
}

static int read_focus(const uint8_t *untrusted, struct wire_client_message *message)
{
	if (untrusted[0] > 1) {
		return -EPROTO;
	}
	message->kind = WIRE_CLIENT_FOCUS;
	message->has_focus = untrusted[0];
	return 0;
}

static int read_payload(
	uint8_t sub, const uint8_t *untrusted, uint16_t size, struct wire_client_message *message)
{
	switch ((enum garasu_rfb_client_sub)sub) {
	case GARASU_RFB_SUB_TEXT:
		return read_text(WIRE_CLIENT_TEXT, untrusted, size, message);
	case GARASU_RFB_SUB_PASTE:
		return read_paste(untrusted, size, message);
	case GARASU_RFB_SUB_PREEDIT:
		return read_preedit(untrusted, size, message);
	case GARASU_RFB_SUB_WHEEL:
		return read_wheel(untrusted, message);
	case GARASU_RFB_SUB_GEOMETRY:
		return read_geometry(untrusted, message);
	case GARASU_RFB_SUB_FOCUS:
		return read_focus(untrusted, message);
	case GARASU_RFB_SUB_ADDRESS:
		return read_address(untrusted, size, message);
	}
	return -EPROTO;
}

ssize_t wire_client_garasu(
	const uint8_t *untrusted_bytes, size_t size, struct wire_client_message *message)
{
	uint16_t payload_size;
	int result;

	if (size < HEAD_BYTES) {
		return 0;
	}
	payload_size = read_u16(untrusted_bytes + 2);
	if (!size_is_legal(untrusted_bytes[1], payload_size)) {
		return -EPROTO;
	}
	if (size < HEAD_BYTES + payload_size) {
		return 0;
	}
	result = read_payload(
		untrusted_bytes[1], untrusted_bytes + HEAD_BYTES, payload_size, message);
	return result != 0 ? result : (ssize_t)(HEAD_BYTES + payload_size);
}
