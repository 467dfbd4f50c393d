/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compressed rectangles: Tight, ZRLE (rfbproto, "Tight Encoding"; RFC 6143 §7.7.6) and our zstd
 * stream. Only what says how long they are is looked at. Reads untrusted bytes from: the encoder.
 */

#include "bytes.h"
#include "format.h"
#include "server_parts.h"

#include <errno.h>

/* The control byte: bits 0 to 3 reset streams, the rest says the kind. */
#define KIND_FILL 0x8u
#define KIND_JPEG 0x9u
#define KIND_BASIC_MAX 0x7u
#define BASIC_HAS_FILTER 0x4u

#define FILTER_COPY 0u
#define FILTER_PALETTE 1u
#define FILTER_GRADIENT 2u

#define UNCOMPRESSED_LIMIT 12u /* fewer bytes than this travel as they are */
#define LENGTH_BYTES_MAX 3u
#define ZRLE_TILE 64u
#define ZRLE_TILE_OVERHEAD (1u + 127u * 4u) /* sub-encoding and palette */

static uint64_t area(const struct wire_server *server)
{
	return (uint64_t)server->rect_width * server->rect_height;
}

/* What zlib can make of size bytes at worst, with its flushes (deflateBound is below this). */
static uint64_t zlib_limit(uint64_t size)
{
	return size + size / 8 + size / 64 + 256;
}

int wire_server_zrle(struct wire_server *server, const uint8_t *untrusted_head)
{
	uint32_t length = read_u32(untrusted_head);
	uint64_t tiles = (server->rect_width + ZRLE_TILE - 1) / ZRLE_TILE *
			 (uint64_t)((server->rect_height + ZRLE_TILE - 1) / ZRLE_TILE);
	uint64_t size =
		area(server) * wire_pixel_bytes(&server->format) + tiles * ZRLE_TILE_OVERHEAD;

	if (length == 0 || length > zlib_limit(size)) {
		return -EPROTO;
	}
	wire_server_pass_body(server, length, WIRE_SERVER_RECTANGLE);
	return 0;
}

int wire_server_zstd(struct wire_server *server, const uint8_t *untrusted_head)
{
	uint32_t length = read_u32(untrusted_head);

	if (length == 0 || length > garasu_rfb_zstd_max(server->rect_width, server->rect_height)) {
		return -EPROTO;
	}
	wire_server_pass_body(server, length, WIRE_SERVER_RECTANGLE);
	return 0;
}

static void begin_length(struct wire_server *server, uint64_t limit)
{
	server->length = 0;
	server->length_bytes = 0;
	server->length_limit = limit;
}

static int expect_jpeg(struct wire_server *server)
{
	if (!wire_server_is_asked(server, WIRE_ASKED_JPEG) || server->format.bits_per_pixel == 8) {
		return -EPROTO;
	}
	begin_length(server, area(server) * 4 + 65536);
	server->step = WIRE_SERVER_LENGTH;
	return 0;
}

/* Filtered data of size bytes, behind palette_size bytes that need no look. */
static void expect_data(struct wire_server *server, uint64_t palette_size, uint64_t size)
{
	if (size < UNCOMPRESSED_LIMIT) {
		wire_server_pass_body(server, palette_size + size, WIRE_SERVER_RECTANGLE);
		return;
	}
	begin_length(server, zlib_limit(size));
	wire_server_pass_body(server, palette_size, WIRE_SERVER_LENGTH);
}

int wire_server_control(struct wire_server *server, const uint8_t *untrusted_head)
{
	uint32_t pixel = wire_tpixel_bytes(&server->format);
	unsigned kind = untrusted_head[0] >> 4;

	if (kind == KIND_FILL) {
		wire_server_pass_body(server, pixel, WIRE_SERVER_RECTANGLE);
		return 0;
	}
	if (kind == KIND_JPEG) {
		return expect_jpeg(server);
	}
	if (kind > KIND_BASIC_MAX) {
		return -EPROTO;
	}
	if ((kind & BASIC_HAS_FILTER) != 0) {
		server->step = WIRE_SERVER_FILTER;
	} else {
		expect_data(server, 0, area(server) * pixel);
	}
	return 0;
}

int wire_server_filter(struct wire_server *server, const uint8_t *untrusted_head)
{
	uint64_t size = area(server) * wire_tpixel_bytes(&server->format);

	switch (untrusted_head[0]) {
	case FILTER_COPY:
		expect_data(server, 0, size);
		return 0;
	case FILTER_PALETTE:
		server->step = WIRE_SERVER_PALETTE;
		return 0;
	case FILTER_GRADIENT:
		if (server->format.bits_per_pixel == 8) {
			return -EPROTO;
		}
		expect_data(server, 0, size);
		return 0;
	default:
		return -EPROTO;
	}
}

int wire_server_palette(struct wire_server *server, const uint8_t *untrusted_head)
{
	uint32_t colours = untrusted_head[0] + 1u;
	uint64_t size = area(server);

	if (colours < 2) {
		return -EPROTO;
	}
	if (colours == 2) {
		size = (server->rect_width + 7u) / 8u * (uint64_t)server->rect_height;
	}
	expect_data(server, (uint64_t)colours * wire_tpixel_bytes(&server->format), size);
	return 0;
}

/* A compact length: seven bits in each of two bytes while bit 7 says more, eight in the third. */
int wire_server_length(struct wire_server *server, const uint8_t *untrusted_head)
{
	uint8_t byte = untrusted_head[0];
	int is_last = ++server->length_bytes == LENGTH_BYTES_MAX || (byte & 0x80u) == 0;
	uint32_t bits = server->length_bytes == LENGTH_BYTES_MAX ? byte : byte & 0x7fu;

	server->length |= bits << (7u * (server->length_bytes - 1u));
	if (!is_last) {
		return 0;
	}
	if (server->length == 0 || server->length > server->length_limit) {
		return -EPROTO;
	}
	wire_server_pass_body(server, server->length, WIRE_SERVER_RECTANGLE);
	return 0;
}
