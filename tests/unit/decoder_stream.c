/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hand-made streams: what the decoder paints, waits for, and refuses. */

#include "decoder/decoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#define SIDE 64u

static uint8_t pixels[SIDE * SIDE * 4];
static uint8_t pointer[GARASU_FRAME_POINTER_MAX * GARASU_FRAME_POINTER_MAX * 4];
static struct decoder *decoder;
static struct decoder_event last;
static unsigned seen[DECODER_EVENT_END];
static uint64_t taken_at_update;

static const uint8_t init[30] = {0, 32, 0, 16, [23] = 6, 'G', 'a', 'r', 'a', 's', 'u'};

static void on_event(void *context, const struct decoder_event *event)
{
	(void)context;
	last = *event;
	if (event->type == DECODER_EVENT_UPDATE) {
		taken_at_update = decoder_taken_bytes(decoder);
	}
	seen[event->type]++;
}

static void begin(uint32_t offers)
{
	struct decoder_picture picture = {pixels, pointer, SIDE, SIDE};

	decoder_destroy(&decoder);
	memset(pixels, 0, sizeof(pixels));
	memset(seen, 0, sizeof(seen));
	decoder = decoder_create(&picture, offers, on_event, NULL);
	assert_non_null(decoder);
	assert_int_equal(decoder_feed(decoder, init, sizeof(init)), DECODER_OK);
	assert_int_equal(seen[DECODER_EVENT_SIZE], 1);
}

static int end(void **state)
{
	(void)state;
	decoder_destroy(&decoder);
	return 0;
}

/* One update of one rectangle at 2,3. */
static size_t put_rectangle(uint8_t *out, uint8_t width, uint8_t height, int32_t encoding,
	const void *body, size_t size)
{
	const uint8_t head[16] = {0, 0, 0, 1, 0, 2, 0, 3, 0, width, 0, height,
		(uint8_t)((uint32_t)encoding >> 24), (uint8_t)((uint32_t)encoding >> 16),
		(uint8_t)((uint32_t)encoding >> 8), (uint8_t)encoding};

	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), body, size);
	return sizeof(head) + size;
}

static enum decoder_error feed_rectangle(
	uint8_t width, uint8_t height, int32_t encoding, const void *body, size_t size)
{
	uint8_t stream[4096];

	return decoder_feed(
		decoder, stream, put_rectangle(stream, width, height, encoding, body, size));
}

static void assert_pixel(uint32_t x, uint32_t y, uint8_t red, uint8_t green, uint8_t blue)
{
	const uint8_t expected[3] = {blue, green, red};

	assert_memory_equal(pixels + (y * SIDE + x) * 4, expected, 3);
}

/* A basic Tight body of 4 x 4 pixels whose data inflates to `bytes`. */
static size_t put_basic(
	uint8_t *out, const uint8_t *head, size_t head_size, const uint8_t *bytes, size_t size)
{
	z_stream stream = {0};
	uint8_t *data = out + head_size + 1;

	memcpy(out, head, head_size);
	assert_int_equal(deflateInit(&stream, 6), Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)bytes;
	stream.avail_in = (uInt)size;
	stream.next_out = data;
	stream.avail_out = 127;
	assert_int_equal(deflate(&stream, Z_SYNC_FLUSH), Z_OK);
	out[head_size] = (uint8_t)(127 - stream.avail_out);
	size = 127 - stream.avail_out;
	deflateEnd(&stream);
	return head_size + 1 + size;
}

static void raw_fill_and_copy_are_painted(void **state)
{
	static const uint8_t raw[8] = {1, 2, 3, 0, 4, 5, 6, 0}, fill[4] = {0x80, 9, 8, 7};
	static const uint8_t copy[4] = {0, 2, 0, 3};
	uint8_t stream[64];
	size_t size;

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(feed_rectangle(2, 1, GARASU_RFB_RAW, raw, sizeof(raw)), DECODER_OK);
	assert_pixel(2, 3, 3, 2, 1);
	assert_pixel(3, 3, 6, 5, 4);
	size = put_rectangle(stream, 2, 1, GARASU_RFB_COPY_RECT, copy, sizeof(copy));
	stream[5] = 10;
	assert_int_equal(decoder_feed(decoder, stream, size), DECODER_OK);
	assert_pixel(11, 3, 6, 5, 4);
	assert_int_equal(feed_rectangle(4, 4, GARASU_RFB_TIGHT, fill, sizeof(fill)), DECODER_OK);
	assert_pixel(5, 6, 9, 8, 7);
	assert_int_equal(seen[DECODER_EVENT_UPDATE], 3);
	assert_int_equal(last.width, 4);
}

static void tight_filters_are_undone(void **state)
{
	static const uint8_t copy[1] = {0x01}, gradient[2] = {0x41, 2};
	static const uint8_t palette[11] = {0x41, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31};
	uint8_t body[256], three[13] = {0}, bytes[48] = {5, 6, 7};

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(feed_rectangle(4, 4, GARASU_RFB_TIGHT, body,
				 put_basic(body, copy, sizeof(copy), bytes, 48)),
		DECODER_OK);
	assert_pixel(2, 3, 5, 6, 7);
	assert_int_equal(feed_rectangle(4, 4, GARASU_RFB_TIGHT, body,
				 put_basic(body, gradient, sizeof(gradient), bytes, 48)),
		DECODER_OK);
	assert_pixel(5, 6, 5, 6, 7); /* differences of zero repeat the first colour */
	memcpy(three, palette, sizeof(palette));
	three[11] = 32;
	memset(bytes, 2, 16);
	assert_int_equal(
		feed_rectangle(4, 4, GARASU_RFB_TIGHT, body, put_basic(body, three, 12, bytes, 16)),
		DECODER_OK);
	assert_pixel(4, 4, 30, 31, 32);
	bytes[3] = 3;
	assert_int_equal(
		feed_rectangle(4, 4, GARASU_RFB_TIGHT, body, put_basic(body, three, 12, bytes, 16)),
		DECODER_ERROR_PALETTE);
}

static void zlib_data_of_another_size_is_refused(void **state)
{
	static const uint8_t copy[1] = {0x01};
	uint8_t body[256], bytes[49] = {0};

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(
		feed_rectangle(4, 4, GARASU_RFB_TIGHT, body, put_basic(body, copy, 1, bytes, 49)),
		DECODER_ERROR_ZLIB_LONG);
	begin(DECODER_OFFER_ALL);
	assert_int_equal(
		feed_rectangle(4, 4, GARASU_RFB_TIGHT, body, put_basic(body, copy, 1, bytes, 47)),
		DECODER_ERROR_ZLIB_SHORT);
}

static void what_was_not_offered_is_refused(void **state)
{
	static const uint8_t cut_text = 3, fence = GARASU_RFB_SERVER_FENCE, fill[4] = {0x80};

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, &cut_text, 1), DECODER_ERROR_MESSAGE);
	assert_int_equal(decoder_feed(decoder, fill, 4), DECODER_ERROR_MESSAGE); /* for good */
	begin(0);
	assert_int_equal(decoder_feed(decoder, &fence, 1), DECODER_ERROR_MESSAGE);
	begin(0);
	assert_int_equal(feed_rectangle(4, 4, GARASU_RFB_TIGHT, fill, 4), DECODER_ERROR_ENCODING);
}

/* As the gateway has it: an update that says how many rectangles it has ends with them. */
static void last_rectangle_of_a_counted_update_is_refused(void **state)
{
	static const uint8_t open[16] = {0, 0, 0xff, 0xff, [12] = 0xff, 0xff, 0xff, 0x20};

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, open, sizeof(open)), DECODER_OK);
	assert_int_equal(seen[DECODER_EVENT_UPDATE], 1);
	assert_int_equal(feed_rectangle(0, 0, GARASU_RFB_LAST_RECT, "", 0), DECODER_ERROR_COUNT);
	assert_int_equal(seen[DECODER_EVENT_UPDATE], 1);
}

/* An event's bytes are counted when it is told, whatever follows in the same call. */
static void taken_bytes_are_those_of_what_became_whole(void **state)
{
	static const uint8_t raw[8] = {1, 2, 3, 0, 4, 5, 6, 0};
	uint8_t stream[64];
	size_t one = put_rectangle(stream, 2, 1, GARASU_RFB_RAW, raw, sizeof(raw));
	size_t both = one + put_rectangle(stream + one, 2, 1, GARASU_RFB_RAW, raw, sizeof(raw));

	(void)state;
	begin(DECODER_OFFER_ALL);
	taken_at_update = 0;
	assert_int_equal(decoder_feed(decoder, stream, both - 1), DECODER_OK);
	assert_int_equal(taken_at_update, sizeof(init) + one);
	assert_int_equal(decoder_feed(decoder, stream + both - 1, 1), DECODER_OK);
	assert_int_equal(taken_at_update, sizeof(init) + both);
}

static void rectangles_outside_the_picture_are_refused(void **state)
{
	static const uint8_t far[4] = {0, 31, 0, 0};

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(feed_rectangle(31, 1, GARASU_RFB_RAW, "", 0), DECODER_ERROR_RECTANGLE);
	begin(DECODER_OFFER_ALL);
	assert_int_equal(feed_rectangle(0, 1, GARASU_RFB_RAW, "", 0), DECODER_ERROR_RECTANGLE);
	begin(DECODER_OFFER_ALL);
	assert_int_equal(feed_rectangle(2, 1, GARASU_RFB_COPY_RECT, far, 4), DECODER_ERROR_COPY);
}

static void every_truncation_waits(void **state)
{
	static const uint8_t gradient[2] = {0x41, 2};
	uint8_t body[256], stream[512], bytes[48] = {1};
	size_t size = put_basic(body, gradient, sizeof(gradient), bytes, 48);

	(void)state;
	size = put_rectangle(stream, 4, 4, GARASU_RFB_TIGHT, body, size);
	for (size_t cut = 0; cut < size; cut++) {
		begin(DECODER_OFFER_ALL);
		assert_int_equal(decoder_feed(decoder, stream, cut), DECODER_OK);
		assert_int_equal(seen[DECODER_EVENT_UPDATE], 0);
		assert_int_equal(decoder_feed(decoder, stream + cut, size - cut), DECODER_OK);
		assert_int_equal(seen[DECODER_EVENT_UPDATE], 1);
	}
}

static void states_and_messages_are_told(void **state)
{
	static const uint8_t idle[10] = {252, 1, 0, 6, 0, 8, 0, 0, 0, 60};
	static const uint8_t words[7] = {252, 2, 0, 3, 0xe3, 0x81, 0x82};
	static const uint8_t policy[7] = {252, 4, 0, 3, 1, 2, 1};
	static const uint8_t escape[5] = {252, 2, 0, 1, 0x1b};

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, idle, sizeof(idle)), DECODER_OK);
	assert_int_equal(last.value, 8);
	assert_int_equal(last.extra, 60);
	assert_int_equal(decoder_feed(decoder, words, sizeof(words)), DECODER_OK);
	assert_int_equal(last.size, 3);
	assert_int_equal(decoder_feed(decoder, policy, sizeof(policy)), DECODER_OK);
	assert_int_equal(last.type, DECODER_EVENT_POLICY);
	assert_int_equal(last.value, 258);
	assert_int_equal(last.extra, 1);
	assert_int_equal(decoder_feed(decoder, escape, sizeof(escape)), DECODER_ERROR_TEXT);
}

/* Bell and ServerCutText, RFC 6143 §7.6.3 and §7.6.4, in front of a state. */
static void bell_and_cut_text_are_dropped_only_where_foreign_servers_are(void **state)
{
	static const uint8_t bell[1] = {2}, empty[8] = {3};
	static const uint8_t words[11] = {3, [7] = 3, 'a', 'b', 'c'};
	static const uint8_t endless[8] = {3, [4] = 0, 4, 0, 1};
	static const uint8_t idle[10] = {252, 1, 0, 6, 0, 8, 0, 0, 0, 60};

	(void)state;
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, bell, sizeof(bell)), DECODER_ERROR_MESSAGE);
	begin(DECODER_OFFER_ALL);
	assert_int_equal(decoder_feed(decoder, words, sizeof(words)), DECODER_ERROR_MESSAGE);
	begin(DECODER_OFFER_ALL | DECODER_OFFER_FOREIGN);
	assert_int_equal(decoder_feed(decoder, bell, sizeof(bell)), DECODER_OK);
	assert_int_equal(decoder_feed(decoder, words, sizeof(words)), DECODER_OK);
	assert_int_equal(decoder_feed(decoder, empty, sizeof(empty)), DECODER_OK);
	assert_int_equal(decoder_feed(decoder, idle, sizeof(idle)), DECODER_OK);
	assert_int_equal(last.extra, 60);
	assert_int_equal(decoder_foreign_messages(decoder), 3);
	assert_int_equal(decoder_feed(decoder, endless, sizeof(endless)), DECODER_ERROR_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(raw_fill_and_copy_are_painted, end),
		cmocka_unit_test_teardown(tight_filters_are_undone, end),
		cmocka_unit_test_teardown(zlib_data_of_another_size_is_refused, end),
		cmocka_unit_test_teardown(what_was_not_offered_is_refused, end),
		cmocka_unit_test_teardown(last_rectangle_of_a_counted_update_is_refused, end),
		cmocka_unit_test_teardown(taken_bytes_are_those_of_what_became_whole, end),
		cmocka_unit_test_teardown(rectangles_outside_the_picture_are_refused, end),
		cmocka_unit_test_teardown(every_truncation_waits, end),
		cmocka_unit_test_teardown(states_and_messages_are_told, end),
		cmocka_unit_test_teardown(
			bell_and_cut_text_are_dropped_only_where_foreign_servers_are, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
