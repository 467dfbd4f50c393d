/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encoder's messages: ServerInit, updates, formats, and what is in no table. */

#include "unit/wire_stream.h"

/* ---- ServerInit ---- */

static void server_init_is_the_one_we_know(void **state)
{
	static const struct {
		size_t place;
		uint8_t value;
	} bad[] = {{0, 0x11}, {2, 0x09}, {4, 16}, {5, 33}, {7, 0}, {9, 254}, {14, 25}, {20, 1},
		{23, 5}, {23, 7}, {24, 'g'}, {29, 'x'}};

	(void)state;
	begin_bare();
	assert_int_equal(server.width, WIDTH);
	assert_int_equal(server.height, HEIGHT);
	assert_int_equal(server.format.bits_per_pixel, 32);
	assert_int_equal(server.format.is_tpixel, 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		wire_server_init(&server, MAX_WIDTH, MAX_HEIGHT);
		stream_size = 0;
		put(init, sizeof(init));
		stream[bad[i].place] = bad[i].value;
		assert_refused(WIRE_FAULT_INIT);
	}
	wire_server_init(&server, MAX_WIDTH, MAX_HEIGHT);
	stream_size = 0;
	put(init, sizeof(init));
	memset(stream, 0, 2);
	assert_refused(WIRE_FAULT_INIT);
}

static void server_init_keeps_to_policy(void **state)
{
	(void)state;
	stream_size = 0;
	put(init, sizeof(init));
	wire_server_init(&server, WIDTH - 1, HEIGHT);
	assert_refused(WIRE_FAULT_INIT);
	wire_server_init(&server, WIDTH, HEIGHT - 1);
	assert_refused(WIRE_FAULT_INIT);
	wire_server_init(&server, WIDTH, HEIGHT);
	assert_passes();
	stream[0] = stream[2] = 0;
	stream[1] = stream[3] = 1;
	wire_server_init(&server, WIDTH, HEIGHT);
	assert_passes();
}

/* ---- messages ---- */

static void unlisted_message_types_are_refused(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		begin();
		stream[0] = (uint8_t)type;
		stream_size = 1;
		if (type == GARASU_RFB_UPDATE || type == GARASU_RFB_SERVER_FENCE ||
			type == GARASU_RFB_SERVER_GARASU || type == GARASU_RFB_END_CONTINUOUS) {
			assert_int_equal(feed(stream, 1), 0);
		} else {
			assert_refused(type); /* also colour maps, bell and cut text */
		}
	}
}

static void what_was_not_asked_for_is_refused(void **state)
{
	(void)state;
	begin_bare();
	stream[0] = GARASU_RFB_SERVER_FENCE;
	stream_size = 1;
	assert_refused(GARASU_RFB_SERVER_FENCE);
	begin_bare();
	stream[0] = GARASU_RFB_END_CONTINUOUS;
	stream_size = 1;
	assert_refused(GARASU_RFB_END_CONTINUOUS);
	begin_bare();
	put_update(0xffff);
	assert_refused(GARASU_RFB_UPDATE);
	for (size_t i = 0; i < ENCODINGS; i++) {
		begin_bare();
		wire_server_ask_encodings(&server, every_encoding, i);
		wire_server_ask_encodings(&server, every_encoding + i + 1, ENCODINGS - i - 1);
		put_update(1);
		put_rect(every_encoding[i], 0, 0, 1, 1);
		if (every_encoding[i] == GARASU_RFB_ENCODING_CARET) {
			continue; /* GARASU asks for carets too */
		}
		assert_int_equal(feed(stream, stream_size), -EPROTO);
	}
}

static void asking_again_takes_nothing_back(void **state)
{
	(void)state;
	begin();
	wire_server_ask_encodings(&server, NULL, 0);
	put_update(1);
	put_rect(GARASU_RFB_LED_STATE, 0, 0, 0, 0);
	put("\7", 1);
	assert_passes();
}

static void a_fence_is_bounded(void **state)
{
	uint8_t fence[9 + 65] = {248, 0, 0, 0, 0x80, 0, 0, 7, 64};

	(void)state;
	begin();
	stream_size = 0;
	put(fence, 9 + 64);
	assert_passes();
	assert_int_equal(server.crossed[GARASU_CROSS_SERVER_FENCE], 1);
	stream[8] = 0;
	stream_size = 9;
	assert_passes();
	assert_int_equal(server.crossed[GARASU_CROSS_SERVER_FENCE], 2);
	for (size_t place = 1; place < 8; place++) {
		begin();
		stream_size = 0;
		put(fence, 9);
		stream[place] = 0x48;
		assert_refused(248);
	}
	begin();
	stream_size = 0;
	fence[8] = 65;
	put(fence, 9);
	assert_refused(248);
}

static void the_end_of_continuous_updates_is_one_byte(void **state)
{
	(void)state;
	begin();
	stream[0] = GARASU_RFB_END_CONTINUOUS;
	stream[1] = GARASU_RFB_END_CONTINUOUS;
	stream_size = 2;
	assert_int_equal(feed(stream, stream_size), 0);
	assert_int_equal(server.crossed[GARASU_CROSS_END_CONTINUOUS], 2);
}

static void an_encoder_cannot_speak_for_the_gateway(void **state)
{
	static const uint8_t forged[][4] = {
		{252, 1, 0, 6}, {252, 2, 0, 1}, {252, 0, 0, 0}, {252, 4, 0, 0}, {252, 3, 0, 1}};
	const struct wire_pixel_format format = {32, 1};

	(void)state;
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		begin();
		assert_int_equal(wire_server_ask_format(&server, &format), 0);
		stream_size = 0;
		put(forged[i], 4);
		assert_refused(252);
	}
}

/* ---- formats ---- */

static void obeyed_is_for_the_filter_alone(void **state)
{
	static const uint8_t obeyed[] = {252, 3, 0, 0};
	const struct wire_pixel_format format = {8, 0};
	int pass = 1;

	(void)state;
	begin();
	assert_int_equal(wire_server_ask_format(&server, &format), 0);
	assert_int_equal(server.format.bits_per_pixel, 32);
	for (size_t i = 0; i < sizeof(obeyed); i++) {
		assert_int_equal(wire_server_follow(&server, obeyed + i, 1, &pass), 1);
		assert_int_equal(pass, 0);
	}
	assert_int_equal(server.format.bits_per_pixel, 8);
	assert_int_equal(server.waiting_count, 0);
	stream_size = 0;
	put(obeyed, sizeof(obeyed));
	assert_refused(252); /* nothing waits any more */
}

static void follow_stops_behind_each_message(void **state)
{
	static const uint8_t two[] = {252, 3, 0, 0, 150, 252, 3, 0, 0};
	const struct wire_pixel_format format = {16, 0};
	int pass;

	(void)state;
	begin();
	assert_int_equal(wire_server_ask_format(&server, &format), 0);
	assert_int_equal(wire_server_follow(&server, two, sizeof(two), &pass), 4);
	assert_int_equal(pass, 0);
	assert_int_equal(wire_server_follow(&server, two + 4, sizeof(two) - 4, &pass), 1);
	assert_int_equal(pass, 1);
	assert_int_equal(wire_server_follow(&server, two + 5, 0, &pass), 0);
}

static void formats_are_obeyed_in_their_order(void **state)
{
	static const uint8_t obeyed[] = {252, 3, 0, 0};

	(void)state;
	begin();
	for (unsigned i = 0; i < WIRE_FORMATS_WAITING_MAX; i++) {
		const struct wire_pixel_format format = {(uint8_t)(i % 3 == 0 ? 8 : 16), 0};

		assert_int_equal(wire_server_ask_format(&server, &format), 0);
	}
	assert_int_equal(wire_server_ask_format(&server, &server.format), -EPROTO);
	for (unsigned i = 0; i < WIRE_FORMATS_WAITING_MAX; i++) {
		assert_int_equal(feed(obeyed, sizeof(obeyed)), 0);
		assert_int_equal(server.format.bits_per_pixel, i % 3 == 0 ? 8 : 16);
	}
}

static void raw_pixels_have_the_size_that_was_obeyed(void **state)
{
	static const uint8_t sizes[] = {8, 16, 32};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes); i++) {
		begin();
		set_format(sizes[i], 0);
		put_update(1);
		put_rect(GARASU_RFB_RAW, WIDTH - 7, HEIGHT - 5, 7, 5);
		put_body(35u * sizes[i] / 8u);
		assert_passes();
		assert_int_equal(server.crossed[GARASU_CROSS_RECT_PIXELS], 1);
		assert_int_equal(server.crossed[GARASU_CROSS_UPDATE], 1);
	}
}

/* ---- updates ---- */

static void an_update_has_as_many_rectangles_as_it_says(void **state)
{
	(void)state;
	begin();
	put_update(0);
	assert_passes();
	put_update(3);
	for (unsigned i = 0; i < 3; i++) {
		put_rect(GARASU_RFB_COPY_RECT, 1, 1, 9, 9);
		put_u32(0);
	}
	assert_passes();
	assert_int_equal(server.crossed[GARASU_CROSS_UPDATE], 2);
	assert_int_equal(server.crossed[GARASU_CROSS_RECT_COPY], 3);
	put_update(2);
	put_rect(GARASU_RFB_ENCODING_GARASU, 0, 0, 0, 0);
	put_rect(GARASU_RFB_LAST_RECT, 0, 0, 0, 0); /* was not announced */
	assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_LAST_RECT);
	begin();
	put_update(1);
	stream[1] = 1; /* padding */
	assert_refused(GARASU_RFB_UPDATE);
}

static void last_rect_ends_an_open_update(void **state)
{
	(void)state;
	begin();
	put_update(0xffff);
	put_rect(GARASU_RFB_ENCODING_GARASU, 0, 0, 0, 0);
	put_rect(GARASU_RFB_QEMU_EXTENDED_KEY, 0, 0, 0, 0);
	put_rect(GARASU_RFB_LAST_RECT, 0, 0, 0, 0);
	assert_passes();
	assert_int_equal(server.crossed[GARASU_CROSS_UPDATE], 1);
	put_update(65534); /* the most that can be announced */
	for (unsigned i = 0; i < 65534; i++) {
		put_rect(GARASU_RFB_ENCODING_GARASU, 0, 0, 0, 0);
	}
	assert_passes();
	put_update(0xffff);
	for (unsigned i = 0; i < 65534; i++) {
		put_rect(GARASU_RFB_ENCODING_GARASU, 0, 0, 0, 0);
	}
	put_rect(GARASU_RFB_LAST_RECT, 0, 0, 0, 0);
	assert_passes();
	stream_size -= 12;
	put_rect(GARASU_RFB_ENCODING_GARASU, 0, 0, 0, 0);
	assert_refused(WIRE_FAULT_RECTANGLE + WIRE_ENCODING_GARASU);
}

static void unlisted_encodings_are_refused(void **state)
{
	static const int32_t unlisted[] = {2, 4, 5, 6, 8, 9, 15, 17, 21, 50, -260, -257, -259, -307,
		-309, -310, -311, -312, -313, -316, -23, -256, -1, GARASU_RFB_ENCODING_ZSTD + 1,
		0x574d5665, 0x574d5669, (int32_t)0xc0a1e5ce};

	(void)state;
	for (size_t i = 0; i < sizeof(unlisted) / sizeof(unlisted[0]); i++) {
		begin();
		wire_server_ask_encodings(&server, unlisted + i, 1);
		put_update(1);
		put_rect(unlisted[i], 0, 0, 1, 1);
		assert_refused(WIRE_FAULT_UNLISTED);
	}
}

static void a_long_stream_is_counted_whole(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 100; i++) {
		put_update(2);
		put_rect(GARASU_RFB_RAW, 0, 0, 10, 10);
		put_body(400);
		put_rect(GARASU_RFB_ENCODING_CARET, 1, 1, 1, 1);
		put("\1", 1);
		assert_passes();
	}
	assert_int_equal(server.crossed[GARASU_CROSS_UPDATE], 100);
	assert_int_equal(server.crossed[GARASU_CROSS_RECT_PIXELS], 100);
	assert_int_equal(server.crossed[GARASU_CROSS_RECT_CARET], 100);
	assert_int_equal(server.crossed[GARASU_CROSS_KEY], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_init_is_the_one_we_know),
		cmocka_unit_test(server_init_keeps_to_policy),
		cmocka_unit_test(unlisted_message_types_are_refused),
		cmocka_unit_test(what_was_not_asked_for_is_refused),
		cmocka_unit_test(asking_again_takes_nothing_back),
		cmocka_unit_test(a_fence_is_bounded),
		cmocka_unit_test(the_end_of_continuous_updates_is_one_byte),
		cmocka_unit_test(an_encoder_cannot_speak_for_the_gateway),
		cmocka_unit_test(obeyed_is_for_the_filter_alone),
		cmocka_unit_test(follow_stops_behind_each_message),
		cmocka_unit_test(formats_are_obeyed_in_their_order),
		cmocka_unit_test(raw_pixels_have_the_size_that_was_obeyed),
		cmocka_unit_test(an_update_has_as_many_rectangles_as_it_says),
		cmocka_unit_test(last_rect_ends_an_open_update),
		cmocka_unit_test(unlisted_encodings_are_refused),
		cmocka_unit_test(a_long_stream_is_counted_whole),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
