/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer pictures. Reads untrusted bytes from: the frame memory (pixel values). */

#include "cursor.h"

#include "pseudo.h"

#include <errno.h>
#include <string.h>

#define VMWARE_TYPE_ALPHA 1u

static uint8_t lesser(uint8_t left, uint8_t right)
{
	return left < right ? left : right;
}

void cursor_take(struct cursor *cursor, const struct frame *frame, const uint8_t *pointer)
{
	cursor->width = frame->pointer_width;
	cursor->height = frame->pointer_height;
	cursor->hot_x = frame->pointer_hot_x;
	cursor->hot_y = frame->pointer_hot_y;
	for (uint32_t y = 0; y < cursor->height; y++) {
		memcpy(cursor->pixels + 4u * (size_t)y * cursor->width,
			pointer + 4u * (size_t)y * GARASU_FRAME_POINTER_MAX,
			4u * (size_t)cursor->width);
	}
	for (size_t i = 0; i < (size_t)cursor->width * cursor->height; i++) {
		uint8_t *pixel = cursor->pixels + 4 * i;

		pixel[0] = lesser(pixel[0], pixel[3]);
		pixel[1] = lesser(pixel[1], pixel[3]);
		pixel[2] = lesser(pixel[2], pixel[3]);
	}
}

static uint8_t unpremultiply(uint8_t value, uint8_t alpha)
{
	return (uint8_t)(alpha == 0 ? 0 : (value * 255u + alpha / 2u) / alpha);
}

/* Reserves header, prefix and body; fills the first two and returns where the body goes. */
static uint8_t *begin(const struct garasu_rect *area, int32_t encoding, const uint8_t *prefix,
	size_t prefix_size, size_t body_size, struct garasu_buffer *out)
{
	size_t size = RECT_HEADER_BYTES + prefix_size + body_size;
	uint8_t *bytes = garasu_buffer_reserve(out, size);

	if (bytes == NULL) {
		return NULL;
	}
	rect_header(bytes, area, encoding);
	if (prefix_size > 0) {
		memcpy(bytes + RECT_HEADER_BYTES, prefix, prefix_size);
	}
	garasu_buffer_commit(out, size);
	return bytes + RECT_HEADER_BYTES + prefix_size;
}

static struct garasu_rect area_of(const struct cursor *cursor)
{
	return (struct garasu_rect){.x = cursor->hot_x,
		.y = cursor->hot_y,
		.width = cursor->width,
		.height = cursor->height};
}

int cursor_append_alpha(const struct cursor *cursor, struct garasu_buffer *out)
{
	static const uint8_t raw[4] = {0, 0, 0, GARASU_RFB_RAW};
	const struct garasu_rect area = area_of(cursor);
	size_t count = (size_t)cursor->width * cursor->height;
	uint8_t *body =
		begin(&area, GARASU_RFB_CURSOR_WITH_ALPHA, raw, sizeof(raw), 4 * count, out);

	if (body == NULL) {
		return -ENOBUFS;
	}
	for (size_t i = 0; i < count; i++) {
		const uint8_t *pixel = cursor->pixels + 4 * i;

		body[4 * i] = pixel[2];
		body[4 * i + 1] = pixel[1];
		body[4 * i + 2] = pixel[0];
		body[4 * i + 3] = pixel[3];
	}
	return 0;
}

int cursor_append_vmware(const struct cursor *cursor, struct garasu_buffer *out)
{
	static const uint8_t type[2] = {VMWARE_TYPE_ALPHA, 0};
	const struct garasu_rect area = area_of(cursor);
	size_t count = (size_t)cursor->width * cursor->height;
	uint8_t *body = begin(&area, GARASU_RFB_VMWARE_CURSOR, type, sizeof(type), 4 * count, out);

	if (body == NULL) {
		return -ENOBUFS;
	}
	for (size_t i = 0; i < count; i++) {
		const uint8_t *pixel = cursor->pixels + 4 * i;

		body[4 * i] = unpremultiply(pixel[2], pixel[3]);
		body[4 * i + 1] = unpremultiply(pixel[1], pixel[3]);
		body[4 * i + 2] = unpremultiply(pixel[0], pixel[3]);
		body[4 * i + 3] = pixel[3];
	}
	return 0;
}

/* The mean of the source pixels that one pixel of a picture of width x height stands for. */
static void scaled_pixel(const struct cursor *cursor, uint32_t width, uint32_t height, uint32_t x,
	uint32_t y, uint8_t pixel[4])
{
	uint32_t left = x * cursor->width / width, right = (x + 1) * cursor->width / width;
	uint32_t top = y * cursor->height / height, bottom = (y + 1) * cursor->height / height;
	uint32_t sums[4] = {0}, count = (right - left) * (bottom - top);

	for (uint32_t row = top; row < bottom; row++) {
		for (uint32_t column = left; column < right; column++) {
			const uint8_t *source =
				cursor->pixels + 4u * ((size_t)row * cursor->width + column);

			for (unsigned channel = 0; channel < 4; channel++) {
				sums[channel] += source[channel];
			}
		}
	}
	for (unsigned channel = 0; channel < 4; channel++) {
		pixel[channel] = (uint8_t)(sums[channel] / count);
	}
}

/* Where the picture ends up once it fits the square; a side never becomes 0. */
static struct garasu_rect rich_area(const struct cursor *cursor)
{
	struct garasu_rect area = area_of(cursor);
	uint32_t longer = area.width > area.height ? area.width : area.height;

	if (longer > CURSOR_RICH_SIDE) {
		area.width = (area.width * CURSOR_RICH_SIDE + longer - 1) / longer;
		area.height = (area.height * CURSOR_RICH_SIDE + longer - 1) / longer;
		area.x = area.x * CURSOR_RICH_SIDE / longer;
		area.y = area.y * CURSOR_RICH_SIDE / longer;
	}
	return area;
}

int cursor_append_rich(
	const struct cursor *cursor, const struct pixel_format *format, struct garasu_buffer *out)
{
	const struct garasu_rect area = rich_area(cursor);
	size_t pixel_size = format->bits_per_pixel / 8u;
	size_t pixels_size = (size_t)area.width * area.height * pixel_size;
	size_t mask_stride = (area.width + 7u) / 8u;
	uint8_t *body = begin(&area, GARASU_RFB_RICH_CURSOR, NULL, 0,
		pixels_size + mask_stride * area.height, out);

	if (body == NULL) {
		return -ENOBUFS;
	}
	memset(body, 0, pixels_size + mask_stride * area.height);
	for (uint32_t y = 0; y < area.height; y++) {
		for (uint32_t x = 0; x < area.width; x++) {
			uint8_t pixel[4];

			scaled_pixel(cursor, area.width, area.height, x, y, pixel);
			if (pixel[3] < 128) {
				continue;
			}
			pixel_put(format, unpremultiply(pixel[2], pixel[3]),
				unpremultiply(pixel[1], pixel[3]),
				unpremultiply(pixel[0], pixel[3]),
				body + ((size_t)y * area.width + x) * pixel_size);
			body[pixels_size + y * mask_stride + x / 8u] |= (uint8_t)(0x80u >> x % 8u);
		}
	}
	return 0;
}
