/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rectangles of an update: headers, copies, and those without pixels.
 * Reads untrusted bytes from: the encoder. */

#include "bytes.h"
#include "format.h"
#include "server_parts.h"

#include <errno.h>

#define REASON_MAX 2u /* ExtendedDesktopSize: server, this client, another client */
#define REASON_CLIENT 1u
#define STATUS_MAX 4u
#define LED_MAX 7u
#define CARET_BITS_MAX 3u
#define VMWARE_ALPHA 1u

static int encoding_index(int32_t untrusted_encoding, enum wire_server_encoding *index)
{
	static const int32_t encodings[WIRE_ENCODING_COUNT] = {
		[WIRE_ENCODING_RAW] = GARASU_RFB_RAW,
		[WIRE_ENCODING_COPY_RECT] = GARASU_RFB_COPY_RECT,
		[WIRE_ENCODING_TIGHT] = GARASU_RFB_TIGHT,
		[WIRE_ENCODING_ZRLE] = GARASU_RFB_ZRLE,
		[WIRE_ENCODING_RICH_CURSOR] = GARASU_RFB_RICH_CURSOR,
		[WIRE_ENCODING_CURSOR_WITH_ALPHA] = GARASU_RFB_CURSOR_WITH_ALPHA,
		[WIRE_ENCODING_VMWARE_CURSOR] = GARASU_RFB_VMWARE_CURSOR,
		[WIRE_ENCODING_DESKTOP_SIZE] = GARASU_RFB_DESKTOP_SIZE,
		[WIRE_ENCODING_EXTENDED_DESKTOP_SIZE] = GARASU_RFB_EXTENDED_DESKTOP_SIZE,
		[WIRE_ENCODING_LED_STATE] = GARASU_RFB_LED_STATE,
		[WIRE_ENCODING_QEMU_EXTENDED_KEY] = GARASU_RFB_QEMU_EXTENDED_KEY,
		[WIRE_ENCODING_LAST_RECT] = GARASU_RFB_LAST_RECT,
		[WIRE_ENCODING_GARASU] = GARASU_RFB_ENCODING_GARASU,
		[WIRE_ENCODING_CARET] = GARASU_RFB_ENCODING_CARET,
		[WIRE_ENCODING_ZSTD] = GARASU_RFB_ENCODING_ZSTD,
	};

	for (unsigned i = 0; i < WIRE_ENCODING_COUNT; i++) {
		if (encodings[i] == untrusted_encoding) {
			*index = (enum wire_server_encoding)i;
			return 0;
		}
	}
	return -EPROTO;
}

static int is_within(const struct wire_server *server, uint32_t x, uint32_t y)
{
	return x + server->rect_width <= server->width && y + server->rect_height <= server->height;
}

static int has_pixels_within(const struct wire_server *server)
{
	return server->rect_width > 0 && server->rect_height > 0 &&
	       is_within(server, server->rect_x, server->rect_y);
}

static int is_empty(const struct wire_server *server)
{
	return server->rect_x == 0 && server->rect_y == 0 && server->rect_width == 0 &&
	       server->rect_height == 0;
}

static uint64_t area(const struct wire_server *server)
{
	return (uint64_t)server->rect_width * server->rect_height;
}

/* ---- ends ---- */

static void count(struct wire_server *server)
{
	switch (server->encoding) {
	case WIRE_ENCODING_RAW:
	case WIRE_ENCODING_TIGHT:
	case WIRE_ENCODING_ZRLE:
	case WIRE_ENCODING_ZSTD:
		server->crossed[GARASU_CROSS_RECT_PIXELS]++;
		break;
	case WIRE_ENCODING_COPY_RECT:
		server->crossed[GARASU_CROSS_RECT_COPY]++;
		break;
	case WIRE_ENCODING_RICH_CURSOR:
	case WIRE_ENCODING_CURSOR_WITH_ALPHA:
	case WIRE_ENCODING_VMWARE_CURSOR:
		server->crossed[GARASU_CROSS_RECT_POINTER]++;
		break;
	case WIRE_ENCODING_DESKTOP_SIZE:
	case WIRE_ENCODING_EXTENDED_DESKTOP_SIZE:
		server->crossed[GARASU_CROSS_RECT_SIZE]++;
		break;
	case WIRE_ENCODING_LED_STATE:
		server->crossed[GARASU_CROSS_RECT_LED]++;
		break;
	case WIRE_ENCODING_CARET:
		server->crossed[GARASU_CROSS_RECT_CARET]++;
		break;
	case WIRE_ENCODING_QEMU_EXTENDED_KEY:
		server->crossed[GARASU_CROSS_RECT_KEY_CODES]++;
		break;
	case WIRE_ENCODING_LAST_RECT:
		server->crossed[GARASU_CROSS_RECT_LAST]++;
		break;
	case WIRE_ENCODING_GARASU:
		server->crossed[GARASU_CROSS_RECT_GARASU]++;
		break;
	case WIRE_ENCODING_COUNT:
		break;
	}
}

void wire_server_end_update(struct wire_server *server)
{
	server->crossed[GARASU_CROSS_UPDATE]++;
	server->step = WIRE_SERVER_TYPE;
}

void wire_server_end_rectangle(struct wire_server *server)
{
	count(server);
	server->fault = GARASU_RFB_UPDATE;
	server->rectangles_left--;
	if (server->rectangles_left == 0) {
		wire_server_end_update(server);
	} else {
		server->step = WIRE_SERVER_RECTANGLE;
	}
}

/* ---- headers ---- */

static int pass_raw(struct wire_server *server)
{
	if (!has_pixels_within(server)) {
		return -EPROTO;
	}
	wire_server_pass_body(
		server, area(server) * wire_pixel_bytes(&server->format), WIRE_SERVER_RECTANGLE);
	return 0;
}

static int expect_pixels(struct wire_server *server, enum wire_server_step next)
{
	server->step = next;
	return has_pixels_within(server) ? 0 : -EPROTO;
}

static int expect_tight(struct wire_server *server)
{
	return server->rect_width <= WIRE_TIGHT_WIDTH_MAX
		       ? expect_pixels(server, WIRE_SERVER_CONTROL)
		       : -EPROTO;
}

/* Its pixels have the one form that it names. */
static int expect_zstd(struct wire_server *server)
{
	return server->format.is_tpixel ? expect_pixels(server, WIRE_SERVER_ZSTD) : -EPROTO;
}

/* A pointer picture: x, y are its hot spot; 0 x 0 hides it. */
static int pointer_is_sound(const struct wire_server *server)
{
	if (server->rect_width == 0 || server->rect_height == 0) {
		return is_empty(server);
	}
	return server->rect_width <= GARASU_RFB_CURSOR_MAX &&
	       server->rect_height <= GARASU_RFB_CURSOR_MAX &&
	       server->rect_x < server->rect_width && server->rect_y < server->rect_height;
}

static int expect_pointer(struct wire_server *server, enum wire_server_step next)
{
	server->step = next;
	return pointer_is_sound(server) ? 0 : -EPROTO;
}

static int pass_rich_cursor(struct wire_server *server)
{
	uint64_t mask = (server->rect_width + 7u) / 8u * (uint64_t)server->rect_height;

	if (!pointer_is_sound(server)) {
		return -EPROTO;
	}
	wire_server_pass_body(server, area(server) * wire_pixel_bytes(&server->format) + mask,
		WIRE_SERVER_RECTANGLE);
	return 0;
}

static int size_is_legal(const struct wire_server *server)
{
	return server->rect_width >= 1 && server->rect_width <= server->max_width &&
	       server->rect_height >= 1 && server->rect_height <= server->max_height;
}

static void set_size(struct wire_server *server)
{
	server->width = server->rect_width;
	server->height = server->rect_height;
}

static int pass_desktop_size(struct wire_server *server)
{
	if (server->rect_x != 0 || server->rect_y != 0 || !size_is_legal(server)) {
		return -EPROTO;
	}
	set_size(server);
	wire_server_end_rectangle(server);
	return 0;
}

/* x is the reason, y the status. Viewers take the size unless their own wish was refused, and then
 * it must be the size they have. */
static int expect_screens(struct wire_server *server)
{
	int is_refused = server->rect_y != 0;

	server->step = WIRE_SERVER_SCREENS;
	if (server->rect_x > REASON_MAX || server->rect_y > STATUS_MAX || !size_is_legal(server)) {
		return -EPROTO;
	}
	if (is_refused && (server->rect_x != REASON_CLIENT || server->rect_width != server->width ||
				  server->rect_height != server->height)) {
		return -EPROTO;
	}
	return 0;
}

static int expect_byte(struct wire_server *server)
{
	server->step = WIRE_SERVER_LED;
	return is_empty(server) ? 0 : -EPROTO;
}

static int pass_empty(struct wire_server *server)
{
	if (!is_empty(server)) {
		return -EPROTO;
	}
	wire_server_end_rectangle(server);
	return 0;
}

static int pass_last(struct wire_server *server)
{
	if (!is_empty(server) || !server->is_until_last) {
		return -EPROTO;
	}
	server->rectangles_left = 1;
	wire_server_end_rectangle(server);
	return 0;
}

static int expect_caret(struct wire_server *server)
{
	server->step = WIRE_SERVER_CARET;
	return is_within(server, server->rect_x, server->rect_y) ? 0 : -EPROTO;
}

static int begin_rectangle(struct wire_server *server)
{
	switch (server->encoding) {
	case WIRE_ENCODING_RAW:
		return pass_raw(server);
	case WIRE_ENCODING_COPY_RECT:
		return expect_pixels(server, WIRE_SERVER_COPY);
	case WIRE_ENCODING_TIGHT:
		return expect_tight(server);
	case WIRE_ENCODING_ZRLE:
		return expect_pixels(server, WIRE_SERVER_ZRLE);
	case WIRE_ENCODING_ZSTD:
		return expect_zstd(server);
	case WIRE_ENCODING_RICH_CURSOR:
		return pass_rich_cursor(server);
	case WIRE_ENCODING_CURSOR_WITH_ALPHA:
		return expect_pointer(server, WIRE_SERVER_ALPHA);
	case WIRE_ENCODING_VMWARE_CURSOR:
		return expect_pointer(server, WIRE_SERVER_VMWARE);
	case WIRE_ENCODING_DESKTOP_SIZE:
		return pass_desktop_size(server);
	case WIRE_ENCODING_EXTENDED_DESKTOP_SIZE:
		return expect_screens(server);
	case WIRE_ENCODING_LED_STATE:
		return expect_byte(server);
	case WIRE_ENCODING_QEMU_EXTENDED_KEY:
	case WIRE_ENCODING_GARASU:
		return pass_empty(server);
	case WIRE_ENCODING_LAST_RECT:
		return pass_last(server);
	case WIRE_ENCODING_CARET:
		return expect_caret(server);
	case WIRE_ENCODING_COUNT:
		break;
	}
	return -EPROTO;
}

int wire_server_rectangle(struct wire_server *server, const uint8_t *untrusted_head)
{
	server->fault = WIRE_FAULT_UNLISTED;
	if (encoding_index((int32_t)read_u32(untrusted_head + 8), &server->encoding) != 0) {
		return -EPROTO;
	}
	server->fault = WIRE_FAULT_RECTANGLE + server->encoding;
	server->rect_x = read_u16(untrusted_head);
	server->rect_y = read_u16(untrusted_head + 2);
	server->rect_width = read_u16(untrusted_head + 4);
	server->rect_height = read_u16(untrusted_head + 6);
	if (!wire_server_is_asked(server, 1u << server->encoding)) {
		return -EPROTO;
	}
	/* only LastRect itself may be the last that such an update could number */
	if (server->is_until_last && server->rectangles_left == 1 &&
		server->encoding != WIRE_ENCODING_LAST_RECT) {
		return -EPROTO;
	}
	return begin_rectangle(server);
}

/* ---- what follows a header ---- */

int wire_server_copy(struct wire_server *server, const uint8_t *untrusted_head)
{
	if (!is_within(server, read_u16(untrusted_head), read_u16(untrusted_head + 2))) {
		return -EPROTO;
	}
	wire_server_end_rectangle(server);
	return 0;
}

int wire_server_alpha(struct wire_server *server, const uint8_t *untrusted_head)
{
	if (read_u32(untrusted_head) != GARASU_RFB_RAW) {
		return -EPROTO;
	}
	wire_server_pass_body(server, 4 * area(server), WIRE_SERVER_RECTANGLE);
	return 0;
}

int wire_server_vmware(struct wire_server *server, const uint8_t *untrusted_head)
{
	if (untrusted_head[0] != VMWARE_ALPHA || untrusted_head[1] != 0) {
		return -EPROTO;
	}
	wire_server_pass_body(server, 4 * area(server), WIRE_SERVER_RECTANGLE);
	return 0;
}

/* One screen, the whole picture; its number is the server's to choose. */
int wire_server_screens(struct wire_server *server, const uint8_t *untrusted_head)
{
	const uint8_t *screen = untrusted_head + 4;

	if (read_u32(untrusted_head) != 1u << 24 || read_u32(screen + 4) != 0 ||
		read_u16(screen + 8) != server->rect_width ||
		read_u16(screen + 10) != server->rect_height || read_u32(screen + 12) != 0) {
		return -EPROTO;
	}
	set_size(server); /* a refused wish repeats the size that is */
	wire_server_end_rectangle(server);
	return 0;
}

int wire_server_led(struct wire_server *server, const uint8_t *untrusted_head)
{
	if (untrusted_head[0] > LED_MAX) {
		return -EPROTO;
	}
	wire_server_end_rectangle(server);
	return 0;
}

int wire_server_caret(struct wire_server *server, const uint8_t *untrusted_head)
{
	if (untrusted_head[0] > CARET_BITS_MAX) {
		return -EPROTO;
	}
	wire_server_end_rectangle(server);
	return 0;
}
