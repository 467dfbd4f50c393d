/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builders of the client's messages. */

#include "messages.h"

#include "decoder/decoder.h"

#include <string.h>

static void put_u16(uint8_t *out, uint32_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

static void put_u32(uint8_t *out, uint32_t value)
{
	put_u16(out, value >> 16);
	put_u16(out + 2, value);
}

size_t message_pixel_format(uint8_t *out)
{
	static const uint8_t format[20] = {
		GARASU_RFB_SET_PIXEL_FORMAT, 0, 0, 0, /* type, padding */
		32, 24, 0, 1,                         /* bits, depth, big endian, true colour */
		0, 255, 0, 255, 0, 255,               /* maxima of red, green, blue */
		16, 8, 0, 0, 0, 0,                    /* shifts, padding */
	};

	memcpy(out, format, sizeof(format));
	return sizeof(format);
}

size_t message_encodings(uint8_t *out, uint32_t offers, uint32_t jpeg_level)
{
	const struct {
		int32_t encoding;
		uint32_t offer; /* 0: always */
	} known[] = {
		{GARASU_RFB_ENCODING_ZSTD, DECODER_OFFER_ZSTD},
		{GARASU_RFB_TIGHT, DECODER_OFFER_TIGHT},
		{GARASU_RFB_COPY_RECT, 0},
		{GARASU_RFB_RAW, 0},
		{GARASU_RFB_JPEG_QUALITY_0 + (int32_t)jpeg_level, DECODER_OFFER_JPEG},
		{GARASU_RFB_COMPRESS_0 + 1, DECODER_OFFER_TIGHT},
		{GARASU_RFB_LAST_RECT, DECODER_OFFER_LAST_RECT},
		{GARASU_RFB_EXTENDED_DESKTOP_SIZE, DECODER_OFFER_RESIZE},
		{GARASU_RFB_CURSOR_WITH_ALPHA, DECODER_OFFER_POINTER},
		{GARASU_RFB_LED_STATE, DECODER_OFFER_LED},
		{GARASU_RFB_QEMU_EXTENDED_KEY, DECODER_OFFER_QEMU_KEY},
		{GARASU_RFB_FENCE, DECODER_OFFER_FENCE},
		{GARASU_RFB_CONTINUOUS_UPDATES, DECODER_OFFER_CONTINUOUS},
		{GARASU_RFB_ENCODING_GARASU, DECODER_OFFER_GARASU},
		{GARASU_RFB_ENCODING_CARET, DECODER_OFFER_GARASU},
	};
	uint32_t count = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if ((known[i].offer & offers) == known[i].offer) {
			put_u32(out + 4 + count++ * 4, (uint32_t)known[i].encoding);
		}
	}
	out[0] = GARASU_RFB_SET_ENCODINGS;
	out[1] = 0;
	put_u16(out + 2, count);
	return 4 + count * 4;
}

size_t message_update_request(uint8_t *out, int is_incremental, uint32_t width, uint32_t height)
{
	memset(out, 0, 10);
	out[0] = GARASU_RFB_UPDATE_REQUEST;
	out[1] = is_incremental ? 1 : 0;
	put_u16(out + 6, width);
	put_u16(out + 8, height);
	return 10;
}

size_t message_key(uint8_t *out, uint32_t keysym, int is_down)
{
	memset(out, 0, 4);
	out[0] = GARASU_RFB_KEY_EVENT;
	out[1] = is_down ? 1 : 0;
	put_u32(out + 4, keysym);
	return 8;
}

size_t message_extended_key(uint8_t *out, uint32_t keysym, uint32_t xt_code, int is_down)
{
	out[0] = GARASU_RFB_QEMU;
	out[1] = 0;
	put_u16(out + 2, is_down ? 1 : 0);
	put_u32(out + 4, keysym);
	put_u32(out + 8, xt_code);
	return 12;
}

size_t message_pointer(uint8_t *out, uint32_t x, uint32_t y, uint32_t buttons)
{
	out[0] = GARASU_RFB_POINTER_EVENT;
	out[1] = (uint8_t)buttons;
	put_u16(out + 2, x);
	put_u16(out + 4, y);
	return 6;
}

size_t message_desktop_size(uint8_t *out, uint32_t width, uint32_t height)
{
	memset(out, 0, 24);
	out[0] = GARASU_RFB_SET_DESKTOP_SIZE;
	put_u16(out + 2, width);
	put_u16(out + 4, height);
	out[6] = 1; /* one screen, id 0, at the origin */
	put_u16(out + 16, width);
	put_u16(out + 18, height);
	return 24;
}

size_t message_fence(uint8_t *out, uint32_t flags, const uint8_t *payload, size_t size)
{
	memset(out, 0, 4);
	out[0] = GARASU_RFB_CLIENT_FENCE;
	put_u32(out + 4, flags);
	out[8] = (uint8_t)size;
	if (size > 0) {
		memcpy(out + 9, payload, size);
	}
	return 9 + size;
}

size_t message_continuous(uint8_t *out, int is_on, uint32_t width, uint32_t height)
{
	memset(out, 0, 10);
	out[0] = GARASU_RFB_ENABLE_CONTINUOUS;
	out[1] = is_on ? 1 : 0;
	put_u16(out + 6, width);
	put_u16(out + 8, height);
	return 10;
}

/* ---- ours ---- */

static uint8_t *put_ours(uint8_t *out, enum garasu_rfb_client_sub sub, size_t size)
{
	out[0] = GARASU_RFB_CLIENT_GARASU;
	out[1] = (uint8_t)sub;
	put_u16(out + 2, (uint32_t)size);
	return out + 4;
}

size_t message_text(uint8_t *out, const char *text, size_t size)
{
	memcpy(put_ours(out, GARASU_RFB_SUB_TEXT, size), text, size);
	return 4 + size;
}

size_t message_paste(uint8_t *out, const char *text, size_t size)
{
	memcpy(put_ours(out, GARASU_RFB_SUB_PASTE, size), text, size);
	return 4 + size;
}

size_t message_preedit(uint8_t *out, const char *text, size_t size)
{
	memcpy(put_ours(out, GARASU_RFB_SUB_PREEDIT, size), text, size);
	return 4 + size;
}

size_t message_address(uint8_t *out, const char *address, size_t size)
{
	memcpy(put_ours(out, GARASU_RFB_SUB_ADDRESS, size), address, size);
	return 4 + size;
}

size_t message_wheel(uint8_t *out, uint32_t x, uint32_t y, int32_t dx, int32_t dy)
{
	uint8_t *payload = put_ours(out, GARASU_RFB_SUB_WHEEL, 8);

	put_u16(payload, x);
	put_u16(payload + 2, y);
	put_u16(payload + 4, (uint32_t)dx);
	put_u16(payload + 6, (uint32_t)dy);
	return 12;
}

size_t message_geometry(uint8_t *out, uint32_t width, uint32_t height, uint32_t scale)
{
	uint8_t *payload = put_ours(out, GARASU_RFB_SUB_GEOMETRY, 6);

	put_u16(payload, width);
	put_u16(payload + 2, height);
	put_u16(payload + 4, scale);
	return 10;
}

size_t message_focus(uint8_t *out, int has_focus)
{
	put_ours(out, GARASU_RFB_SUB_FOCUS, 1)[0] = has_focus ? 1 : 0;
	return 5;
}
