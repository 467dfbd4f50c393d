/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Client messages (RFC 6143 §7.5, rfbproto.rst). Reads untrusted bytes from: the viewer. */

#include "message.h"

#include <errno.h>
#include <string.h>

static uint16_t read_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t read_u32(const uint8_t *bytes)
{
	return (uint32_t)read_u16(bytes) << 16 | read_u16(bytes + 2);
}

static struct garasu_rect read_rect(const uint8_t *bytes)
{
	return (struct garasu_rect){.x = read_u16(bytes),
		.y = read_u16(bytes + 2),
		.width = read_u16(bytes + 4),
		.height = read_u16(bytes + 6)};
}

static ssize_t parse_pixel_format(const uint8_t *untrusted, size_t size, struct message *message)
{
	if (size < 20) {
		return 0;
	}
	message->pixel_format = pixel_format_decode(untrusted + 4);
	return pixel_format_is_valid(&message->pixel_format) ? 20 : -EPROTO;
}

static ssize_t parse_encodings(const uint8_t *untrusted, size_t size, struct message *message)
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
	message->encodings.count = count;
	for (unsigned i = 0; i < count; i++) {
		message->encodings.list[i] = (int32_t)read_u32(untrusted + 4 + 4 * i);
	}
	return 4 + 4 * (ssize_t)count;
}

static ssize_t parse_rect(const uint8_t *untrusted, size_t size, struct message *message)
{
	if (size < 10) {
		return 0;
	}
	if (message->type == GARASU_RFB_UPDATE_REQUEST) {
		message->request.is_incremental = untrusted[1] != 0;
		message->request.area = read_rect(untrusted + 2);
	} else {
		message->continuous.is_enabled = untrusted[1] != 0;
		message->continuous.area = read_rect(untrusted + 2);
	}
	return 10;
}

static ssize_t parse_fence(const uint8_t *untrusted, size_t size, struct message *message)
{
	if (size < 9) {
		return 0;
	}
	if (untrusted[8] > GARASU_RFB_FENCE_MAX) {
		return -EPROTO;
	}
	if (size < 9u + untrusted[8]) {
		return 0;
	}
	message->fence.flags = read_u32(untrusted + 4);
	message->fence.size = untrusted[8];
	memcpy(message->fence.payload, untrusted + 9, untrusted[8]);
	return 9 + untrusted[8];
}

static ssize_t parse_desktop_size(const uint8_t *untrusted, size_t size, struct message *message)
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
	message->size.width = read_u16(untrusted + 2);
	message->size.height = read_u16(untrusted + 4);
	return (ssize_t)whole;
}

/* Of our own messages only GEOMETRY is passed on by the gateway. */
static ssize_t parse_garasu(const uint8_t *untrusted, size_t size, struct message *message)
{
	if (size < 4) {
		return 0;
	}
	if (untrusted[1] != GARASU_RFB_SUB_GEOMETRY || read_u16(untrusted + 2) != 6) {
		return -EPROTO;
	}
	if (size < 10) {
		return 0;
	}
	message->type = GARASU_RFB_SET_DESKTOP_SIZE;
	message->size.width = read_u16(untrusted + 4);
	message->size.height = read_u16(untrusted + 6);
	return 10;
}

ssize_t message_parse(const uint8_t *untrusted_bytes, size_t size, struct message *message)
{
	if (size == 0) {
		return 0;
	}
	memset(message, 0, sizeof(*message));
	message->type = (enum garasu_rfb_client_message)untrusted_bytes[0];
	switch (message->type) {
	case GARASU_RFB_SET_PIXEL_FORMAT:
		return parse_pixel_format(untrusted_bytes, size, message);
	case GARASU_RFB_SET_ENCODINGS:
		return parse_encodings(untrusted_bytes, size, message);
	case GARASU_RFB_UPDATE_REQUEST:
	case GARASU_RFB_ENABLE_CONTINUOUS:
		return parse_rect(untrusted_bytes, size, message);
	case GARASU_RFB_CLIENT_FENCE:
		return parse_fence(untrusted_bytes, size, message);
	case GARASU_RFB_SET_DESKTOP_SIZE:
		return parse_desktop_size(untrusted_bytes, size, message);
	case GARASU_RFB_CLIENT_GARASU:
		return parse_garasu(untrusted_bytes, size, message);
	case GARASU_RFB_KEY_EVENT:
	case GARASU_RFB_POINTER_EVENT:
	case GARASU_RFB_CLIENT_CUT_TEXT:
	case GARASU_RFB_QEMU:
		return -EPROTO; /* input never comes this way */
	}
	return -EPROTO;
}
