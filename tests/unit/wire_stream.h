/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_WIRE_STREAM_H
#define TESTS_WIRE_STREAM_H

/* What the tests of the server's filter share: building a stream, and feeding it at once and byte
 * by byte, which must come to the same verdict. */

#include "wire/server.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 640u
#define HEIGHT 480u
#define MAX_WIDTH 4096u
#define MAX_HEIGHT 2160u
#define STREAM_MAX (6u << 20)

static const int32_t every_encoding[] = {GARASU_RFB_COPY_RECT, GARASU_RFB_TIGHT, GARASU_RFB_ZRLE,
	GARASU_RFB_RICH_CURSOR, GARASU_RFB_CURSOR_WITH_ALPHA, GARASU_RFB_VMWARE_CURSOR,
	GARASU_RFB_DESKTOP_SIZE, GARASU_RFB_EXTENDED_DESKTOP_SIZE, GARASU_RFB_LED_STATE,
	GARASU_RFB_QEMU_EXTENDED_KEY, GARASU_RFB_LAST_RECT, GARASU_RFB_ENCODING_GARASU,
	GARASU_RFB_ENCODING_CARET, GARASU_RFB_ENCODING_ZSTD, GARASU_RFB_FENCE,
	GARASU_RFB_CONTINUOUS_UPDATES, GARASU_RFB_JPEG_QUALITY_0 + 8};

#define ENCODINGS (sizeof(every_encoding) / sizeof(every_encoding[0]))

static const uint8_t init[30] = {WIDTH >> 8, WIDTH & 0xff, HEIGHT >> 8, HEIGHT & 0xff, 32, 24, 0, 1,
	0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 6, 'G', 'a', 'r', 'a', 's', 'u'};

static struct wire_server server; /* what begin() made and each stream is tried on */
static uint8_t *stream;
static size_t stream_size;

/* ---- feeding ---- */

static inline int feed_to(struct wire_server *to, const uint8_t *bytes, size_t size, size_t chunk)
{
	for (size_t at = 0; at < size;) {
		int pass = -1;
		ssize_t used = wire_server_follow(
			to, bytes + at, size - at < chunk ? size - at : chunk, &pass);

		if (used < 0) {
			assert_int_equal(used, -EPROTO);
			assert_int_equal(pass, 0);
			return -EPROTO;
		}
		assert_in_range(used, 1, size - at);
		assert_in_range(pass, 0, 1);
		at += (size_t)used;
	}
	return 0;
}

/* Feeds both ways; keeps what became of the filter. Returns the verdict. */
static inline int feed(const uint8_t *bytes, size_t size)
{
	struct wire_server pieces = server;
	int whole = feed_to(&server, bytes, size, size);

	assert_int_equal(feed_to(&pieces, bytes, size, 1), whole);
	assert_int_equal(wire_server_fault(&pieces), wire_server_fault(&server));
	assert_int_equal(wire_server_is_between(&pieces), wire_server_is_between(&server));
	if (whole == 0) {
		assert_int_equal(pieces.width, server.width);
		assert_int_equal(pieces.height, server.height);
		assert_memory_equal(pieces.crossed, server.crossed, sizeof(server.crossed));
	}
	return whole;
}

static inline void begin_bare(void)
{
	wire_server_init(&server, MAX_WIDTH, MAX_HEIGHT);
	assert_int_equal(wire_server_is_between(&server), 0);
	assert_int_equal(feed(init, sizeof(init)), 0);
	assert_int_equal(wire_server_is_between(&server), 1);
}

static inline void begin(void)
{
	begin_bare();
	wire_server_ask_encodings(&server, every_encoding, ENCODINGS);
}

/* ---- building ---- */

/* Bytes that the filter must not look at: read as a message, they would be refused. */
static inline void put_body(size_t size)
{
	assert_in_range(stream_size + size, 0, STREAM_MAX);
	memset(stream + stream_size, 0xee, size);
	stream_size += size;
}

static inline void put(const void *bytes, size_t size)
{
	put_body(size);
	if (size > 0) {
		memcpy(stream + stream_size - size, bytes, size);
	}
}

static inline void put_u16(unsigned value)
{
	const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	put(bytes, 2);
}

static inline void put_u32(uint32_t value)
{
	put_u16(value >> 16);
	put_u16(value & 0xffff);
}

static inline void put_update(unsigned count)
{
	stream_size = 0;
	put_u16(GARASU_RFB_UPDATE);
	put_u16(count);
}

static inline void put_rect(
	int32_t encoding, unsigned x, unsigned y, unsigned width, unsigned height)
{
	put_u16(x);
	put_u16(y);
	put_u16(width);
	put_u16(height);
	put_u32((uint32_t)encoding);
}

static inline void put_screens(unsigned reason, unsigned status, unsigned width, unsigned height)
{
	put_rect(GARASU_RFB_EXTENDED_DESKTOP_SIZE, reason, status, width, height);
	put_u32(1u << 24);
	put_u32(7);
	put_u32(0);
	put_u16(width);
	put_u16(height);
	put_u32(0);
}

/* ---- asserting ---- */

/* What was put is whole: it ends exactly between two messages, and no sooner. */
static inline void assert_passes(void)
{
	struct wire_server before = server;

	assert_int_equal(feed_to(&before, stream, stream_size - 1, stream_size), 0);
	assert_int_equal(wire_server_is_between(&before), 0);
	assert_int_equal(feed(stream, stream_size), 0);
	assert_int_equal(wire_server_is_between(&server), 1);
}

static inline void assert_refused(uint32_t fault)
{
	struct wire_server before = server;
	int pass;

	assert_int_equal(feed(stream, stream_size), -EPROTO);
	assert_int_equal(wire_server_fault(&server), fault);
	assert_memory_equal(server.crossed, before.crossed, sizeof(before.crossed));
	assert_int_equal(wire_server_follow(&server, stream, 1, &pass), -EPROTO);
}

static inline void assert_rect_passes(int32_t encoding, unsigned x, unsigned y, unsigned width,
	unsigned height, const void *head, size_t head_size, size_t body_size)
{
	begin();
	put_update(1);
	put_rect(encoding, x, y, width, height);
	put(head, head_size);
	put_body(body_size);
	assert_passes();
}

static inline void assert_rect_refused(enum wire_server_encoding index, int32_t encoding,
	unsigned x, unsigned y, unsigned width, unsigned height, const void *head, size_t head_size)
{
	begin();
	put_update(1);
	put_rect(encoding, x, y, width, height);
	put(head, head_size);
	assert_refused(WIRE_FAULT_RECTANGLE + index);
}

static inline void set_format(uint8_t bits, uint8_t is_tpixel)
{
	const struct wire_pixel_format format = {bits, is_tpixel};
	static const uint8_t obeyed[] = {252, 3, 0, 0};

	assert_int_equal(wire_server_ask_format(&server, &format), 0);
	assert_int_equal(feed(obeyed, sizeof(obeyed)), 0);
}

static inline int set_up(void **state)
{
	(void)state;
	stream = malloc(STREAM_MAX);
	return stream == NULL;
}

static inline int tear_down(void **state)
{
	(void)state;
	free(stream);
	return 0;
}

#endif
