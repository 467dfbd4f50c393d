/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Server messages and rectangles without pixels. */

#include "pseudo.h"

#include "pixel.h"

#include <string.h>

#define SCREEN_ID 1u /* libvncclient takes no 0 */
#define LED_SCROLL 1u
#define LED_NUM 2u
#define LED_CAPS 4u

static void put_u16(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static void put_u32(uint8_t *bytes, uint32_t value)
{
	put_u16(bytes, value >> 16);
	put_u16(bytes + 2, value);
}

void rect_header(uint8_t bytes[RECT_HEADER_BYTES], const struct garasu_rect *area, int32_t encoding)
{
	put_u16(bytes, area->x);
	put_u16(bytes + 2, area->y);
	put_u16(bytes + 4, area->width);
	put_u16(bytes + 6, area->height);
	put_u32(bytes + 8, (uint32_t)encoding);
}

int append_server_init(struct garasu_buffer *out, uint32_t width, uint32_t height)
{
	const struct pixel_format native = pixel_format_native();
	uint8_t bytes[4 + PIXEL_FORMAT_BYTES + 4 + sizeof(GARASU_RFB_NAME) - 1];

	put_u16(bytes, width);
	put_u16(bytes + 2, height);
	pixel_format_encode(&native, bytes + 4);
	put_u32(bytes + 20, sizeof(GARASU_RFB_NAME) - 1);
	memcpy(bytes + 24, GARASU_RFB_NAME, sizeof(GARASU_RFB_NAME) - 1);
	return garasu_buffer_append(out, bytes, sizeof(bytes));
}

int append_update_header(struct garasu_buffer *out, uint16_t rectangles)
{
	uint8_t bytes[UPDATE_HEADER_BYTES] = {GARASU_RFB_UPDATE};

	put_u16(bytes + 2, rectangles);
	return garasu_buffer_append(out, bytes, sizeof(bytes));
}

int append_desktop_size(struct garasu_buffer *out, uint32_t width, uint32_t height)
{
	const struct garasu_rect area = {.width = width, .height = height};
	uint8_t bytes[UPDATE_HEADER_BYTES + RECT_HEADER_BYTES] = {GARASU_RFB_UPDATE, 0, 0, 1};

	rect_header(bytes + UPDATE_HEADER_BYTES, &area, GARASU_RFB_DESKTOP_SIZE);
	return garasu_buffer_append(out, bytes, sizeof(bytes));
}

int append_extended_size(struct garasu_buffer *out, enum size_reason reason,
	enum size_status status, uint32_t width, uint32_t height)
{
	const struct garasu_rect area = {
		.x = reason, .y = status, .width = width, .height = height};
	uint8_t bytes[UPDATE_HEADER_BYTES + RECT_HEADER_BYTES + 4 + 16] = {
		GARASU_RFB_UPDATE, 0, 0, 1};
	uint8_t *screens = bytes + UPDATE_HEADER_BYTES + RECT_HEADER_BYTES;

	rect_header(bytes + UPDATE_HEADER_BYTES, &area, GARASU_RFB_EXTENDED_DESKTOP_SIZE);
	screens[0] = 1;
	put_u32(screens + 4, SCREEN_ID);
	put_u16(screens + 12, width);
	put_u16(screens + 14, height);
	return garasu_buffer_append(out, bytes, sizeof(bytes));
}

int append_empty_rect(struct garasu_buffer *out, int32_t encoding)
{
	const struct garasu_rect area = {0};
	uint8_t bytes[RECT_HEADER_BYTES];

	rect_header(bytes, &area, encoding);
	return garasu_buffer_append(out, bytes, sizeof(bytes));
}

int append_copy(
	struct garasu_buffer *out, const struct garasu_rect *to, uint32_t from_x, uint32_t from_y)
{
	uint8_t bytes[RECT_HEADER_BYTES + 4];

	rect_header(bytes, to, GARASU_RFB_COPY_RECT);
	put_u16(bytes + RECT_HEADER_BYTES, from_x);
	put_u16(bytes + RECT_HEADER_BYTES + 2, from_y);
	return garasu_buffer_append(out, bytes, sizeof(bytes));
}

int append_caret(struct garasu_buffer *out, const struct frame *frame)
{
	uint8_t bytes[RECT_HEADER_BYTES + 1];

	rect_header(bytes, &frame->caret, GARASU_RFB_ENCODING_CARET);
	bytes[RECT_HEADER_BYTES] =
		(uint8_t)(frame->bits & (GARASU_FRAME_TEXT_FOCUS | GARASU_FRAME_TEXT_HIDDEN));
	return garasu_buffer_append(out, bytes, sizeof(bytes));
}

int append_led(struct garasu_buffer *out, uint32_t bits)
{
	const struct garasu_rect area = {0};
	uint8_t bytes[RECT_HEADER_BYTES + 1];

	rect_header(bytes, &area, GARASU_RFB_LED_STATE);
	bytes[RECT_HEADER_BYTES] =
		(uint8_t)(((bits & GARASU_FRAME_LED_SCROLL) != 0 ? LED_SCROLL : 0) |
			  ((bits & GARASU_FRAME_LED_NUM) != 0 ? LED_NUM : 0) |
			  ((bits & GARASU_FRAME_LED_CAPS) != 0 ? LED_CAPS : 0));
	return garasu_buffer_append(out, bytes, sizeof(bytes));
}

int append_fence(struct garasu_buffer *out, uint32_t flags, const void *payload, uint8_t size)
{
	uint8_t bytes[9 + GARASU_RFB_FENCE_MAX] = {GARASU_RFB_SERVER_FENCE};

	put_u32(bytes + 4, flags);
	bytes[8] = size;
	memcpy(bytes + 9, payload, size);
	return garasu_buffer_append(out, bytes, 9u + size);
}

int append_end_continuous(struct garasu_buffer *out)
{
	const uint8_t type = GARASU_RFB_END_CONTINUOUS;

	return garasu_buffer_append(out, &type, 1);
}
