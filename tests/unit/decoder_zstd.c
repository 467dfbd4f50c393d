/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our zstd stream in the strict decoder: hand-made streams, good ones and every kind of bad one. */

#include "decoder/decoder.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

#define WIDTH 300u
#define HEIGHT 256u
#define STREAM_MAX (1u << 20)

static const uint8_t init[30] = {WIDTH >> 8, WIDTH & 0xff, HEIGHT >> 8, HEIGHT & 0xff, [23] = 6,
	'G', 'a', 'r', 'a', 's', 'u'};

static uint8_t pixels[WIDTH * HEIGHT * 4], expected[WIDTH * HEIGHT * 4];
static uint8_t pointer[GARASU_FRAME_POINTER_MAX * GARASU_FRAME_POINTER_MAX * 4];
static uint8_t stream[STREAM_MAX];
static struct decoder *decoder;
static ZSTD_CCtx *coder;
static unsigned updates;

static void on_event(void *context, const struct decoder_event *event)
{
	(void)context;
	updates += event->type == DECODER_EVENT_UPDATE;
}

static void begin(uint32_t offers)
{
	const struct decoder_picture picture = {pixels, pointer, WIDTH, HEIGHT};

	decoder_destroy(&decoder);
	ZSTD_freeCCtx(coder);
	coder = ZSTD_createCCtx();
	assert_non_null(coder);
	assert_int_equal(ZSTD_isError(ZSTD_CCtx_setParameter(
				 coder, ZSTD_c_windowLog, GARASU_RFB_ZSTD_WINDOW_LOG)),
		0);
	memset(pixels, 0, sizeof(pixels));
	memset(expected, 0, sizeof(expected));
	updates = 0;
	decoder = decoder_create(&picture, offers, on_event, NULL);
	assert_non_null(decoder);
	assert_int_equal(decoder_feed(decoder, init, sizeof(init)), DECODER_OK);
}

static int end(void **state)
{
	(void)state;
	decoder_destroy(&decoder);
	ZSTD_freeCCtx(coder);
	coder = NULL;
	return 0;
}

/* ---- making streams ---- */

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

#define HEAD 20u /* update, rectangle, length */

/* Puts the heads before size bytes of payload that are in the stream. Returns the whole size. */
static size_t put_heads(const struct garasu_rect *rect, size_t size)
{
	memset(stream, 0, 4);
	stream[3] = 1;
	put_u16(stream + 4, rect->x);
	put_u16(stream + 6, rect->y);
	put_u16(stream + 8, rect->width);
	put_u16(stream + 10, rect->height);
	put_u32(stream + 12, GARASU_RFB_ENCODING_ZSTD);
	put_u32(stream + 16, (uint32_t)size);
	return HEAD + size;
}

/* Continues the one frame with these bytes, as payload. Returns the payload's size. */
static size_t compress(const uint8_t *bytes, size_t size, ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = {bytes, size, 0};
	ZSTD_outBuffer out = {stream + HEAD, STREAM_MAX - HEAD, 0};

	assert_int_equal(ZSTD_compressStream2(coder, &out, &in, how), 0);
	assert_int_equal(in.pos, size);
	return out.pos;
}

static uint32_t colour(uint32_t x, uint32_t y, uint32_t seed)
{
	return (x * 7919u ^ y * 104729u ^ seed * 15485863u) & 0xffffffu;
}

/* Fills the three planes of a rectangle and what the picture will be. Returns their size. */
static size_t fill_planes(const struct garasu_rect *rect, uint32_t seed, uint8_t *planes)
{
	size_t area = (size_t)rect->width * rect->height, at = 0;

	for (uint32_t y = rect->y; y < rect->y + rect->height; y++) {
		for (uint32_t x = rect->x; x < rect->x + rect->width; x++, at++) {
			uint32_t pixel = colour(x, y, seed), green = pixel >> 8;

			planes[at] = (uint8_t)green;
			planes[area + at] = (uint8_t)(pixel - green);
			planes[2 * area + at] = (uint8_t)((pixel >> 16) - green);
			memcpy(expected + ((size_t)y * WIDTH + x) * 4, &pixel, 4);
		}
	}
	return 3 * area;
}

static size_t put_rect(const struct garasu_rect *rect, uint32_t seed)
{
	static uint8_t planes[WIDTH * HEIGHT * 3];
	size_t size = fill_planes(rect, seed, planes);

	return put_heads(rect, compress(planes, size, ZSTD_e_flush));
}

/* ---- good streams ---- */

static void rectangles_of_one_stream_are_painted_exactly(void **state)
{
	static const struct garasu_rect rects[] = {{0, 0, WIDTH, HEIGHT}, {17, 5, 1, 1},
		{3, 0, 1, HEIGHT}, {0, 9, WIDTH, 1}, {40, 30, 128, 200}, {0, 0, WIDTH, HEIGHT}};

	(void)state;
	begin(DECODER_OFFER_ALL);
	for (unsigned i = 0; i < sizeof(rects) / sizeof(rects[0]); i++) {
		size_t size = put_rect(&rects[i], i);

		assert_int_equal(decoder_feed(decoder, stream, size), DECODER_OK);
		assert_int_equal(updates, i + 1);
		assert_memory_equal(pixels, expected, sizeof(pixels));
	}
}

static void repeated_pixels_cost_next_to_nothing(void **state)
{
	static const struct garasu_rect all = {0, 0, WIDTH, HEIGHT};
	size_t size;

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, stream, put_rect(&all, 1)), DECODER_OK);
	size = put_rect(&all, 1);
	assert_in_range(size, HEAD + 1, HEAD + 200);
	assert_int_equal(decoder_feed(decoder, stream, size), DECODER_OK);
	assert_memory_equal(pixels, expected, sizeof(pixels));
}

static void every_truncation_waits(void **state)
{
	static const struct garasu_rect rect = {2, 3, 20, 5};
	size_t size;

	(void)state;
	begin(DECODER_OFFER_ALL);
	size = put_rect(&rect, 1);
	for (size_t cut = 0; cut < size; cut++) {
		begin(DECODER_OFFER_ALL);
		assert_int_equal(put_rect(&rect, 1), size);
		assert_int_equal(decoder_feed(decoder, stream, cut), DECODER_OK);
		assert_int_equal(updates, 0);
		assert_int_equal(decoder_feed(decoder, stream + cut, size - cut), DECODER_OK);
		assert_int_equal(updates, 1);
		assert_memory_equal(pixels, expected, sizeof(pixels));
	}
}

static size_t memory_held(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void stream_takes_no_memory_while_it_runs(void **state)
{
	static const struct garasu_rect all = {0, 0, WIDTH, HEIGHT};
	size_t before;

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, stream, put_rect(&all, 0)), DECODER_OK);
	before = memory_held();
	for (unsigned i = 1; i < 60; i++) { /* 14 MB: more than the window */
		size_t size = put_rect(&all, i);

		assert_int_equal(decoder_feed(decoder, stream, size), DECODER_OK);
		assert_memory_equal(pixels, expected, sizeof(pixels));
	}
	assert_in_range(memory_held(), 0, before);
}

/* ---- bad streams ---- */

static const struct garasu_rect spot = {40, 30, 64, 50};

/* One rectangle of `size` bytes of pixels where `spot` needs 64 * 50 * 3. */
static enum decoder_error feed_pixels(size_t size)
{
	static uint8_t planes[64 * 50 * 3 + 100000];

	memset(planes, 0x41, sizeof(planes));
	begin(DECODER_OFFER_ALL);
	return decoder_feed(
		decoder, stream, put_heads(&spot, compress(planes, size, ZSTD_e_flush)));
}

static void other_numbers_of_pixels_are_refused(void **state)
{
	(void)state;
	assert_int_equal(feed_pixels(64 * 50 * 3), DECODER_OK);
	assert_int_equal(feed_pixels(64 * 50 * 3 - 1), DECODER_ERROR_ZSTD_SHORT);
	assert_int_equal(feed_pixels(1), DECODER_ERROR_ZSTD_SHORT);
	assert_int_equal(feed_pixels(64 * 50 * 3 + 1), DECODER_ERROR_ZSTD_LONG);
	assert_int_equal(feed_pixels(64 * 50 * 3 + 100000), DECODER_ERROR_ZSTD_LONG);
}

/* Small data that swells to a gigabyte: refused at the first byte beyond the rectangle. */
static void bomb_paints_its_rectangle_and_no_more(void **state)
{
	static uint8_t zeroes[1u << 20];
	size_t size = 0;

	(void)state;
	begin(DECODER_OFFER_ALL);
	memset(pixels, 0x77, sizeof(pixels));
	for (unsigned i = 0; i < 100; i++) { /* 100 MB in about 5 kB */
		ZSTD_inBuffer in = {zeroes, sizeof(zeroes), 0};
		ZSTD_outBuffer out = {stream + HEAD + size, STREAM_MAX - HEAD - size, 0};

		assert_int_equal(ZSTD_compressStream2(coder, &out, &in, ZSTD_e_flush), 0);
		size += out.pos;
	}
	assert_in_range(size, 1, garasu_rfb_zstd_max(spot.width, spot.height));
	assert_int_equal(
		decoder_feed(decoder, stream, put_heads(&spot, size)), DECODER_ERROR_ZSTD_LONG);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			int is_inside = x >= spot.x && x < spot.x + spot.width && y >= spot.y &&
					y < spot.y + spot.height;

			assert_int_equal(pixels[((size_t)y * WIDTH + x) * 4], is_inside ? 0 : 0x77);
		}
	}
}

static void lengths_are_bounded_by_the_pixels(void **state)
{
	const uint64_t longest = garasu_rfb_zstd_max(spot.width, spot.height);
	size_t size;

	(void)state;
	for (uint64_t length = longest; length <= longest + 1; length++) {
		begin(DECODER_OFFER_ALL);
		put_heads(&spot, length);
		assert_int_equal(decoder_feed(decoder, stream, HEAD),
			length == longest ? DECODER_OK : DECODER_ERROR_LENGTH);
	}
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, stream, put_rect(&spot, 1)), DECODER_OK);
	assert_int_equal(decoder_feed(decoder, stream, put_heads(&spot, 0)), DECODER_ERROR_LENGTH);
	begin(DECODER_OFFER_ALL);
	size = put_heads(&spot, 6); /* a frame's header alone */
	assert_int_equal(decoder_feed(decoder, stream, size), DECODER_ERROR_LENGTH);
}

static enum decoder_error feed_with(ZSTD_cParameter parameter, int value)
{
	static uint8_t planes[64 * 50 * 3];

	begin(DECODER_OFFER_ALL);
	assert_int_equal(ZSTD_isError(ZSTD_CCtx_setParameter(coder, parameter, value)), 0);
	return decoder_feed(
		decoder, stream, put_heads(&spot, compress(planes, sizeof(planes), ZSTD_e_flush)));
}

static void larger_windows_are_refused(void **state)
{
	(void)state;
	assert_int_equal(feed_with(ZSTD_c_windowLog, 10), DECODER_OK);
	assert_int_equal(feed_with(ZSTD_c_windowLog, GARASU_RFB_ZSTD_WINDOW_LOG), DECODER_OK);
	assert_int_equal(
		feed_with(ZSTD_c_windowLog, GARASU_RFB_ZSTD_WINDOW_LOG + 1), DECODER_ERROR_ZSTD);
	assert_int_equal(feed_with(ZSTD_c_windowLog, 27), DECODER_ERROR_ZSTD);
	/* an eighth above the largest */
	begin(DECODER_OFFER_ALL);
	(void)put_rect(&spot, 1);
	stream[HEAD + 5]++;
	assert_int_equal(decoder_feed(decoder, stream, HEAD + 6), DECODER_ERROR_ZSTD);
}

static void other_kinds_of_frames_are_refused(void **state)
{
	static const uint8_t others[][4] = {{0x50, 0x2a, 0x4d, 0x18}, /* skippable */
		{0x25, 0xb5, 0x2f, 0xfd}, {0x27, 0xb5, 0x2f, 0xfd},   /* of zstd 0.5 and 0.7 */
		{0x37, 0xa4, 0x30, 0xec},                             /* a dictionary */
		{0x1f, 0x8b, 0x08, 0x00}, {0x78, 0x9c, 0x00, 0x00}, {0}};

	(void)state;
	assert_int_equal(feed_with(ZSTD_c_checksumFlag, 1), DECODER_ERROR_ZSTD);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t size;

		begin(DECODER_OFFER_ALL);
		size = put_rect(&spot, 1);
		memcpy(stream + HEAD, others[i], 4);
		assert_int_equal(decoder_feed(decoder, stream, size), DECODER_ERROR_ZSTD);
	}
	for (unsigned descriptor = 1; descriptor < 256; descriptor++) {
		size_t size;

		begin(DECODER_OFFER_ALL);
		size = put_rect(&spot, 1);
		stream[HEAD + 4] = (uint8_t)descriptor;
		assert_int_equal(decoder_feed(decoder, stream, size), DECODER_ERROR_ZSTD);
	}
}

static void frame_that_ends_is_refused(void **state)
{
	static uint8_t planes[64 * 50 * 3];
	size_t size;

	(void)state;
	begin(DECODER_OFFER_ALL);
	size = put_heads(&spot, compress(planes, sizeof(planes), ZSTD_e_end));
	assert_int_equal(decoder_feed(decoder, stream, size), DECODER_ERROR_ZSTD);
	begin(DECODER_OFFER_ALL); /* in a later rectangle, with a second frame behind it */
	assert_int_equal(decoder_feed(decoder, stream, put_rect(&spot, 1)), DECODER_OK);
	size = compress(planes, sizeof(planes), ZSTD_e_end);
	memcpy(stream + HEAD + size, "\x28\xb5\x2f\xfd\x00\x68", 6);
	assert_int_equal(
		decoder_feed(decoder, stream, put_heads(&spot, size + 6)), DECODER_ERROR_ZSTD);
}

static void second_frame_instead_of_the_first_ones_rest_is_refused(void **state)
{
	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, stream, put_rect(&spot, 1)), DECODER_OK);
	ZSTD_CCtx_reset(coder, ZSTD_reset_session_only);
	assert_int_equal(decoder_feed(decoder, stream, put_rect(&spot, 2)), DECODER_ERROR_ZSTD);
}

static void garbage_is_refused(void **state)
{
	size_t size;

	(void)state;
	begin(DECODER_OFFER_ALL);
	size = put_rect(&spot, 1);
	memset(stream + HEAD + 6, 0xff, 100); /* a block of the reserved kind */
	assert_int_equal(decoder_feed(decoder, stream, size), DECODER_ERROR_ZSTD);
	assert_int_equal(decoder_feed(decoder, stream, size), DECODER_ERROR_ZSTD); /* for good */
}

static void stream_that_was_not_offered_is_refused(void **state)
{
	(void)state;
	begin(DECODER_OFFER_ALL & ~(uint32_t)DECODER_OFFER_ZSTD);
	assert_int_equal(decoder_feed(decoder, stream, put_rect(&spot, 1)), DECODER_ERROR_ENCODING);
}

static void rectangles_outside_the_picture_are_refused(void **state)
{
	static const struct garasu_rect beyond[] = {{0, 0, WIDTH + 1, 1}, {1, 0, WIDTH, 1},
		{0, 1, 1, HEIGHT}, {0, 0, 0, 1}, {0, 0, 1, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		begin(DECODER_OFFER_ALL);
		assert_int_equal(decoder_feed(decoder, stream, put_heads(&beyond[i], 20)),
			DECODER_ERROR_RECTANGLE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(rectangles_of_one_stream_are_painted_exactly, end),
		cmocka_unit_test_teardown(repeated_pixels_cost_next_to_nothing, end),
		cmocka_unit_test_teardown(every_truncation_waits, end),
		cmocka_unit_test_teardown(stream_takes_no_memory_while_it_runs, end),
		cmocka_unit_test_teardown(other_numbers_of_pixels_are_refused, end),
		cmocka_unit_test_teardown(bomb_paints_its_rectangle_and_no_more, end),
		cmocka_unit_test_teardown(lengths_are_bounded_by_the_pixels, end),
		cmocka_unit_test_teardown(larger_windows_are_refused, end),
		cmocka_unit_test_teardown(other_kinds_of_frames_are_refused, end),
		cmocka_unit_test_teardown(frame_that_ends_is_refused, end),
		cmocka_unit_test_teardown(
			second_frame_instead_of_the_first_ones_rest_is_refused, end),
		cmocka_unit_test_teardown(garbage_is_refused, end),
		cmocka_unit_test_teardown(stream_that_was_not_offered_is_refused, end),
		cmocka_unit_test_teardown(rectangles_outside_the_picture_are_refused, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
