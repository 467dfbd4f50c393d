/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer's messages after log-in: the complete table. Reads untrusted bytes from: the viewer.
 */

#include "wire/client.h"

#include "bytes.h"
#include "client_garasu.h"
#include "format.h"
#include "keycodes.h"

#include <errno.h>
#include <string.h>

#define KEYSYM_CAPS_LOCK 0xffe5u /* X11 */

/* Each parser below returns the bytes it took, 0 for more, or -EPROTO. */

static ssize_t read_init(const uint8_t *untrusted, struct wire_client_message *message)
{
	if (untrusted[0] > 1) {
		return -EPROTO;
	}
	message->kind = WIRE_CLIENT_INIT;
	return 1;
}

static ssize_t read_pixel_format(
	const uint8_t *untrusted, size_t size, struct wire_client_message *message)
{
	struct wire_pixel_format format;

	if (size < 20) {
		return 0;
	}
	if (wire_format_decode(untrusted + 4, &format) != 0) {
		return -EPROTO;
	}
	message->kind = WIRE_CLIENT_PIXEL_FORMAT;
	message->pixel_format.bits_per_pixel = format.bits_per_pixel;
	message->pixel_format.is_tpixel = format.is_tpixel;
	return 20;
}

static ssize_t read_encodings(
	const uint8_t *untrusted, size_t size, struct wire_client_message *message)
{
	uint16_t count;

	if (size < 4) {
		return 0;
	}
	count = read_u16(untrusted + 2);
	if (count > GARASU_RFB_ENCODINGS_MAX) {
		return -EPROTO;
	}
	if (size < 4u + 4u * count) {
		return 0;
	}
	message->kind = WIRE_CLIENT_ENCODINGS;
	message->encodings.count = count;
	for (size_t i = 0; i < count; i++) {
		message->encodings.list[i] = (int32_t)read_u32(untrusted + 4 + 4 * i);
	}
	return 4 + 4 * (ssize_t)count;
}

/* FramebufferUpdateRequest and EnableContinuousUpdates: the encoder looks at their areas. */
static ssize_t read_area(
	size_t size, enum wire_client_kind kind, struct wire_client_message *message)
{
	message->kind = kind;
	return size < 10 ? 0 : 10;
}

static ssize_t read_key(const uint8_t *untrusted, size_t size, struct wire_client_message *message)
{
	if (size < 8) {
		return 0;
	}
	message->kind = WIRE_CLIENT_KEY;
	message->key.is_down = untrusted[1] != 0;
	message->key.keysym = read_u32(untrusted + 4);
	return 8;
}

static ssize_t read_pointer(
	const uint8_t *untrusted, size_t size, struct wire_client_message *message)
{
	if (size < 6) {
		return 0;
	}
	message->kind = WIRE_CLIENT_POINTER;
	message->pointer.buttons = untrusted[1];
	message->pointer.x = read_u16(untrusted + 2);
	message->pointer.y = read_u16(untrusted + 4);
	return 6;
}

static ssize_t read_cut_text(
	const uint8_t *untrusted, size_t size, struct wire_client_message *message)
{
	uint32_t untrusted_length;

	if (size < 8) {
		return 0;
	}
	untrusted_length = read_u32(untrusted + 4);
	if (untrusted_length > GARASU_RFB_CUT_TEXT_MAX) {
		return -EPROTO;
	}
	message->kind = WIRE_CLIENT_CUT_TEXT;
	message->skip = untrusted_length;
	return 8;
}

static ssize_t read_fence(
	const uint8_t *untrusted, size_t size, struct wire_client_message *message)
{
	if (size < 9) {
		return 0;
	}
	if (untrusted[8] > GARASU_RFB_FENCE_MAX) {
		return -EPROTO;
	}
	message->kind = WIRE_CLIENT_FENCE;
	return size < 9u + untrusted[8] ? 0 : 9 + (ssize_t)untrusted[8];
}

static ssize_t read_desktop_size(
	const uint8_t *untrusted, size_t size, struct wire_client_message *message)
{
	size_t whole;

	if (size < 8) {
		return 0;
	}
	if (untrusted[6] > GARASU_RFB_SCREENS_MAX) {
		return -EPROTO;
	}
	whole = 8u + 16u * untrusted[6];
	if (size < whole) {
		return 0;
	}
	message->kind = WIRE_CLIENT_SIZE;
	message->geometry.width = read_u16(untrusted + 2);
	message->geometry.height = read_u16(untrusted + 4);
	return (ssize_t)whole;
}

/* Caps Lock counts by what it is, not by its place: on a Japanese keyboard that place alone is
 * another key. */
static ssize_t read_extended_key(
	const uint8_t *untrusted, size_t size, struct wire_client_message *message)
{
	uint32_t keysym, code;
	uint8_t is_down;

	if (size < 2) {
		return 0;
	}
	if (untrusted[1] != 0) {
		return -EPROTO;
	}
	if (size < 12) {
		return 0;
	}
	is_down = read_u16(untrusted + 2) != 0;
	keysym = read_u32(untrusted + 4);
	code = wire_evdev_of_xt(read_u32(untrusted + 8));
	if (code == 0 || keysym == KEYSYM_CAPS_LOCK) {
		message->kind = WIRE_CLIENT_KEY;
		message->key.keysym = keysym;
		message->key.is_down = is_down;
	} else {
		message->kind = WIRE_CLIENT_KEY_CODE;
		message->key_code.code = code;
		message->key_code.keysym = keysym;
		message->key_code.is_down = is_down;
	}
	return 12;
}

static ssize_t read_message(const struct wire_client *client, const uint8_t *untrusted, size_t size,
	struct wire_client_message *message)
{
	switch ((enum garasu_rfb_client_message)untrusted[0]) {
	case GARASU_RFB_SET_PIXEL_FORMAT:
		return read_pixel_format(untrusted, size, message);
	case GARASU_RFB_SET_ENCODINGS:
		return read_encodings(untrusted, size, message);
	case GARASU_RFB_UPDATE_REQUEST:
		return read_area(size, WIRE_CLIENT_REQUEST, message);
	case GARASU_RFB_KEY_EVENT:
		return read_key(untrusted, size, message);
	case GARASU_RFB_POINTER_EVENT:
		return read_pointer(untrusted, size, message);
	case GARASU_RFB_CLIENT_CUT_TEXT:
		return read_cut_text(untrusted, size, message);
	case GARASU_RFB_ENABLE_CONTINUOUS:
		return read_area(size, WIRE_CLIENT_CONTINUOUS, message);
	case GARASU_RFB_CLIENT_FENCE:
		return read_fence(untrusted, size, message);
	case GARASU_RFB_SET_DESKTOP_SIZE:
		return read_desktop_size(untrusted, size, message);
	case GARASU_RFB_CLIENT_GARASU:
		return client->speaks_garasu ? wire_client_garasu(untrusted, size, message)
					     : -EPROTO;
	case GARASU_RFB_QEMU:
		return read_extended_key(untrusted, size, message);
	}
	return -EPROTO;
}

static int asks_for_garasu(const struct wire_client_message *message)
{
	for (size_t i = 0; i < message->encodings.count; i++) {
		if (message->encodings.list[i] == GARASU_RFB_ENCODING_GARASU) {
			return 1;
		}
	}
	return 0;
}

ssize_t wire_client_next(struct wire_client *client, const uint8_t *untrusted_bytes, size_t size,
	struct wire_client_message *message)
{
	ssize_t taken;

	memset(message, 0, sizeof(*message));
	if (size == 0) {
		return 0;
	}
	taken = client->is_greeted ? read_message(client, untrusted_bytes, size, message)
				   : read_init(untrusted_bytes, message);
	if (taken <= 0) {
		return taken;
	}
	client->is_greeted = 1;
	if (message->kind == WIRE_CLIENT_ENCODINGS && asks_for_garasu(message)) {
		client->speaks_garasu = 1;
	}
	return taken;
}
