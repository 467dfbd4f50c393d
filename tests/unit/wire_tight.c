/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rectangles of pixels: Raw, CopyRect, Tight, ZRLE, our zstd stream. */

#include "unit/wire_stream.h"

static void pixels_lie_within_the_picture(void **state)
{
	static const struct {
		enum wire_server_encoding index;
		int32_t encoding;
	} kinds[] = {{WIRE_ENCODING_RAW, GARASU_RFB_RAW},
		{WIRE_ENCODING_COPY_RECT, GARASU_RFB_COPY_RECT},
		{WIRE_ENCODING_TIGHT, GARASU_RFB_TIGHT}, {WIRE_ENCODING_ZRLE, GARASU_RFB_ZRLE},
		{WIRE_ENCODING_ZSTD, GARASU_RFB_ENCODING_ZSTD}};
	static const unsigned bad[][4] = {{0, 0, WIDTH + 1, 1}, {0, 0, 1, HEIGHT + 1},
		{WIDTH, 0, 1, 1}, {0, HEIGHT, 1, 1}, {0xffff, 0, 1, 1}, {1, 0, 0xffff, 1},
		{1, 1, 0, 1}, {1, 1, 1, 0}, {0, 1, 1, 0xffff}};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
			assert_rect_refused(kinds[i].index, kinds[i].encoding, bad[j][0], bad[j][1],
				bad[j][2], bad[j][3], NULL, 0);
		}
	}
}

static void a_copy_comes_from_within_the_picture(void **state)
{
	static const uint8_t corner[] = {
		(WIDTH - 10) >> 8, (WIDTH - 10) & 0xff, (HEIGHT - 10) >> 8, (HEIGHT - 10) & 0xff};
	static const uint8_t right[] = {(WIDTH - 9) >> 8, (WIDTH - 9) & 0xff, 0, 0};
	static const uint8_t below[] = {0, 0, (HEIGHT - 9) >> 8, (HEIGHT - 9) & 0xff};

	(void)state;
	assert_rect_passes(GARASU_RFB_COPY_RECT, 0, 0, 10, 10, corner, 4, 0);
	assert_rect_refused(WIRE_ENCODING_COPY_RECT, GARASU_RFB_COPY_RECT, 0, 0, 10, 10, right, 4);
	assert_rect_refused(WIRE_ENCODING_COPY_RECT, GARASU_RFB_COPY_RECT, 0, 0, 10, 10, below, 4);
}

/* ---- Tight and ZRLE ---- */

static void assert_tight_passes(
	unsigned width, unsigned height, const void *head, size_t head_size, size_t body_size)
{
	assert_rect_passes(GARASU_RFB_TIGHT, 0, 0, width, height, head, head_size, body_size);
	assert_int_equal(server.crossed[GARASU_CROSS_RECT_PIXELS], 1);
}

static void assert_tight_refused(
	unsigned width, unsigned height, const void *head, size_t head_size)
{
	assert_rect_refused(
		WIRE_ENCODING_TIGHT, GARASU_RFB_TIGHT, 0, 0, width, height, head, head_size);
}

static void tight_is_followed_through_its_kinds(void **state)
{
	(void)state;
	assert_tight_passes(9, 9, "\x8f", 1, 3);           /* fill, all streams reset */
	assert_tight_passes(9, 9, "\x90\x05", 2, 5);       /* JPEG */
	assert_tight_passes(9, 9, "\x00\x80\x01", 3, 128); /* basic, two bytes of length */
	assert_tight_passes(9, 9, "\x31\x7f", 2, 127);     /* stream 3 */
	assert_tight_passes(9, 9, "\x40\x00\x01", 3, 1);   /* copy filter */
	assert_tight_passes(9, 9, "\x50\x02\x01", 3, 1);   /* gradient filter */
	assert_tight_passes(9, 9, "\x70\x02\x01", 3, 1);   /* the last kind */
	assert_tight_passes(3, 1, "\x00", 1, 9);           /* below 12 bytes: as they are */
	assert_tight_passes(4, 1, "\x00\x01", 2, 1);       /* 12 bytes */
}

static void tight_palettes_are_counted(void **state)
{
	uint8_t head[4 + 256 * 3] = {0x40, 1, 1};

	(void)state;
	/* two colours: a bit a pixel, 8 x 3 in 3 bytes, 9 x 8 in 16 */
	assert_tight_passes(8, 3, head, 3, 6 + 3);
	head[9] = 1;
	assert_tight_passes(9, 8, head, 10, 1);
	/* three colours: a byte a pixel */
	head[2] = 2;
	head[9] = 0;
	assert_tight_passes(11, 1, head, 3, 9 + 11);
	head[12] = 2;
	assert_tight_passes(12, 1, head, 13, 2);
	/* 256 colours */
	head[2] = 255;
	head[12] = 0;
	head[3 + 768] = 3;
	assert_tight_passes(64, 64, head, 3 + 768 + 1, 3);
	head[2] = 0; /* one colour is a fill */
	assert_tight_refused(64, 64, head, 3);
}

static void tight_pixels_follow_the_format(void **state)
{
	static const struct {
		uint8_t bits, is_tpixel, size;
	} formats[] = {{8, 0, 1}, {16, 0, 2}, {32, 0, 4}, {32, 1, 3}};

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		begin();
		set_format(formats[i].bits, formats[i].is_tpixel);
		put_update(2);
		put_rect(GARASU_RFB_TIGHT, 0, 0, 9, 9);
		put("\x80", 1);
		put_body(formats[i].size);
		put_rect(GARASU_RFB_TIGHT, 0, 0, 8, 1);
		put("\x40\x01\x01", 3);
		put_body(2u * formats[i].size + 1);
		assert_passes();
	}
}

static void tight_refuses_what_it_does_not_know(void **state)
{
	(void)state;
	for (unsigned control = 0xa0; control < 0x100; control++) {
		uint8_t byte = (uint8_t)control;

		assert_tight_refused(9, 9, &byte, 1);
	}
	for (unsigned filter = 3; filter < 256; filter++) {
		uint8_t head[2] = {0x40, (uint8_t)filter};

		assert_tight_refused(9, 9, head, 2);
	}
	assert_tight_refused(9, 9, "\x00\x00", 2); /* no data */
	assert_tight_refused(9, 9, "\x90\x00", 2);
}

static void tight_with_8_bits_has_neither_jpeg_nor_gradient(void **state)
{
	static const char *const heads[] = {"\x90", "\x40\x02"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin();
		set_format(8, 0);
		put_update(1);
		put_rect(GARASU_RFB_TIGHT, 0, 0, 9, 9);
		put(heads[i], i + 1);
		assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_TIGHT);
	}
}

static void jpeg_needs_a_quality_level(void **state)
{
	static const int32_t levels[] = {-33, -32, -23, -22};
	static const int32_t tight = GARASU_RFB_TIGHT;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		begin_bare();
		wire_server_ask_encodings(&server, &tight, 1);
		wire_server_ask_encodings(&server, levels + i, 1);
		put_update(1);
		put_rect(GARASU_RFB_TIGHT, 0, 0, 9, 9);
		put("\x90\x01\xff", 3);
		assert_int_equal(feed(stream, stream_size), i == 1 || i == 2 ? 0 : -EPROTO);
	}
}

/* The longest length that passes for this head, found by asking. */
static uint32_t longest(unsigned width, unsigned height, const void *head, size_t head_size)
{
	uint32_t least = 1, most = (1u << 22) - 1;

	while (least < most) {
		uint32_t length = (least + most + 1) / 2;
		const uint8_t compact[3] = {(uint8_t)(length | 0x80), (uint8_t)(length >> 7 | 0x80),
			(uint8_t)(length >> 14)};

		begin();
		put_update(1);
		put_rect(GARASU_RFB_TIGHT, 0, 0, width, height);
		put(head, head_size);
		put(compact, 3);
		if (feed(stream, stream_size) == 0) {
			least = length;
		} else {
			most = length - 1;
		}
	}
	return least;
}

static void tight_lengths_are_bounded_by_their_pixels(void **state)
{
	static const uint8_t palette[9] = {0x40, 1, 1};

	(void)state;
	/* room for stored blocks and flushes, and little more */
	assert_in_range(longest(64, 64, "\x00", 1), 64 * 64 * 3 + 64, 64 * 64 * 3 * 5 / 4 + 256);
	assert_in_range(longest(640, 480, "\x00", 1), 640 * 480 * 3 + 512, 640 * 480 * 3 * 5 / 4);
	assert_in_range(longest(64, 64, palette, 9), 64 * 8 + 64, 64 * 8 * 5 / 4 + 256);
	assert_in_range(longest(4, 1, "\x00", 1), 12 + 64, 12 + 320);
	assert_int_equal(longest(64, 64, "\x90", 1), 64 * 64 * 4 + 65536);
}

static void tight_rectangles_are_at_most_2048_wide(void **state)
{
	static const uint8_t fill[4] = {0x80};

	(void)state;
	for (unsigned width = 2048; width <= 2049; width++) {
		begin();
		put_update(2);
		put_rect(GARASU_RFB_DESKTOP_SIZE, 0, 0, MAX_WIDTH, HEIGHT);
		put_rect(GARASU_RFB_TIGHT, 0, 0, width, 1);
		put(fill, sizeof(fill));
		if (width == 2048) {
			assert_passes();
		} else {
			assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_TIGHT);
		}
	}
}

static void zrle_is_bounded_by_its_pixels(void **state)
{
	(void)state;
	assert_rect_passes(GARASU_RFB_ZRLE, 0, 0, WIDTH, HEIGHT, "\0\x0c\0\0", 4, 0x0c0000);
	assert_rect_passes(GARASU_RFB_ZRLE, 0, 0, 1, 1, "\0\0\0\1", 4, 1);
	assert_rect_refused(WIRE_ENCODING_ZRLE, GARASU_RFB_ZRLE, 0, 0, 1, 1, "\0\0\0\0", 4);
	assert_rect_refused(WIRE_ENCODING_ZRLE, GARASU_RFB_ZRLE, 0, 0, 1, 1, "\0\0\4\0", 4);
	assert_rect_refused(
		WIRE_ENCODING_ZRLE, GARASU_RFB_ZRLE, 0, 0, WIDTH, HEIGHT, "\0\x20\0\0", 4);
	assert_rect_refused(
		WIRE_ENCODING_ZRLE, GARASU_RFB_ZRLE, 0, 0, WIDTH, HEIGHT, "\xff\xff\xff\xff", 4);
}

/* ---- zstd ---- */

static void zstd_is_bounded_by_its_pixels(void **state)
{
	static const struct {
		unsigned width, height;
		uint32_t longest;
	} sizes[] = {
		{1, 1, 3 + 64}, {64, 64, 12288 + 48 + 64}, {WIDTH, HEIGHT, 921600 + 3600 + 64}};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const uint32_t lengths[] = {
			1, sizes[i].longest, 0, sizes[i].longest + 1, UINT32_MAX};

		for (size_t j = 0; j < 5; j++) {
			const uint8_t head[4] = {(uint8_t)(lengths[j] >> 24),
				(uint8_t)(lengths[j] >> 16), (uint8_t)(lengths[j] >> 8),
				(uint8_t)lengths[j]};

			if (j < 2) {
				assert_rect_passes(GARASU_RFB_ENCODING_ZSTD, 0, 0, sizes[i].width,
					sizes[i].height, head, 4, lengths[j]);
				assert_int_equal(server.crossed[GARASU_CROSS_RECT_PIXELS], 1);
			} else {
				assert_rect_refused(WIRE_ENCODING_ZSTD, GARASU_RFB_ENCODING_ZSTD, 0,
					0, sizes[i].width, sizes[i].height, head, 4);
			}
		}
	}
}

static void zstd_may_be_wider_than_tight(void **state)
{
	(void)state;
	begin();
	put_update(2);
	put_rect(GARASU_RFB_DESKTOP_SIZE, 0, 0, MAX_WIDTH, HEIGHT);
	put_rect(GARASU_RFB_ENCODING_ZSTD, 0, 0, MAX_WIDTH, HEIGHT);
	put_u32(1000);
	put_body(1000);
	assert_passes();
}

static void zstd_needs_pixels_of_32_bits_and_depth_24(void **state)
{
	static const uint8_t formats[][2] = {{8, 0}, {16, 0}, {32, 0}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin();
		set_format(formats[i][0], formats[i][1]);
		put_update(1);
		put_rect(GARASU_RFB_ENCODING_ZSTD, 0, 0, 9, 9);
		assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_ZSTD);
	}
}

static void zstd_is_refused_unless_asked_for(void **state)
{
	static const int32_t others[] = {
		GARASU_RFB_TIGHT, GARASU_RFB_ENCODING_GARASU, GARASU_RFB_ENCODING_CARET};

	(void)state;
	begin_bare();
	wire_server_ask_encodings(&server, others, 3);
	put_update(1);
	put_rect(GARASU_RFB_ENCODING_ZSTD, 0, 0, 9, 9);
	assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_ZSTD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pixels_lie_within_the_picture),
		cmocka_unit_test(a_copy_comes_from_within_the_picture),
		cmocka_unit_test(tight_is_followed_through_its_kinds),
		cmocka_unit_test(tight_palettes_are_counted),
		cmocka_unit_test(tight_pixels_follow_the_format),
		cmocka_unit_test(tight_refuses_what_it_does_not_know),
		cmocka_unit_test(tight_with_8_bits_has_neither_jpeg_nor_gradient),
		cmocka_unit_test(jpeg_needs_a_quality_level),
		cmocka_unit_test(tight_lengths_are_bounded_by_their_pixels),
		cmocka_unit_test(tight_rectangles_are_at_most_2048_wide),
		cmocka_unit_test(zrle_is_bounded_by_its_pixels),
		cmocka_unit_test(zstd_is_bounded_by_its_pixels),
		cmocka_unit_test(zstd_may_be_wider_than_tight),
		cmocka_unit_test(zstd_needs_pixels_of_32_bits_and_depth_24),
		cmocka_unit_test(zstd_is_refused_unless_asked_for),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
