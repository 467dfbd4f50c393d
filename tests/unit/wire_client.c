/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the viewer's messages: what is taken, waited for and refused. */

#include "wire/client.h"

#include "garasu/frame.h"
#include "garasu/input.h"

#include <errno.h>
#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct wire_client greeted = {.is_greeted = 1, .speaks_garasu = 1};

#define SAMPLE(kind, ...)                                                                          \
	{                                                                                          \
		kind, sizeof((const uint8_t[]){__VA_ARGS__}), (const uint8_t[])                    \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const struct sample {
	enum wire_client_kind kind;
	size_t size;
	const uint8_t *bytes;
} samples[] = {
	SAMPLE(WIRE_CLIENT_PIXEL_FORMAT, 0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0,
		0, 0, 0),
	SAMPLE(WIRE_CLIENT_ENCODINGS, 2, 0, 0, 0),
	SAMPLE(WIRE_CLIENT_ENCODINGS, 2, 0, 0, 2, 0, 0, 0, 7, 0x47, 0x41, 0x52, 0),
	SAMPLE(WIRE_CLIENT_REQUEST, 3, 1, 0, 0, 0, 0, 4, 0, 3, 0),
	SAMPLE(WIRE_CLIENT_KEY, 4, 1, 0, 0, 0, 0, 0xff, 0x0d),
	SAMPLE(WIRE_CLIENT_POINTER, 5, 9, 1, 2, 3, 4),
	SAMPLE(WIRE_CLIENT_CUT_TEXT, 6, 0, 0, 0, 0, 4, 0, 0),
	SAMPLE(WIRE_CLIENT_CONTINUOUS, 150, 1, 0, 0, 0, 0, 4, 0, 3, 0),
	SAMPLE(WIRE_CLIENT_FENCE, 248, 0, 0, 0, 0x80, 0, 0, 1, 0),
	SAMPLE(WIRE_CLIENT_FENCE, 248, 0, 0, 0, 0x80, 0, 0, 1, 3, 1, 2, 3),
	SAMPLE(WIRE_CLIENT_SIZE, 251, 0, 4, 0, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 3, 0, 0, 0,
		0, 0),
	SAMPLE(WIRE_CLIENT_KEY_CODE, 255, 0, 0, 1, 0, 0, 0xff, 0x0d, 0, 0, 0, 0x1c),
	SAMPLE(WIRE_CLIENT_KEY, 255, 0, 0, 0, 0, 0, 0xff, 0x0d, 0, 0, 0, 0),
	SAMPLE(WIRE_CLIENT_TEXT, 252, 1, 0, 6, 0xe7, 0xa1, 0x9d, 'a', '\t', '\n'),
	SAMPLE(WIRE_CLIENT_WHEEL, 252, 2, 0, 8, 0, 5, 0, 6, 0xff, 0x88, 0, 120),
	SAMPLE(WIRE_CLIENT_GEOMETRY, 252, 3, 0, 6, 5, 0, 4, 0, 0, 180),
	SAMPLE(WIRE_CLIENT_FOCUS, 252, 4, 0, 1, 1),
	SAMPLE(WIRE_CLIENT_ADDRESS, 252, 5, 0, 8, 'h', 't', 't', 'p', ':', '/', '/', 'a'),
	SAMPLE(WIRE_CLIENT_PASTE, 252, 6, 0, 6, 0xe7, 0xa1, 0x9d, 'a', '\t', '\n'),
	SAMPLE(WIRE_CLIENT_PREEDIT, 252, 7, 0, 3, 0xe7, 0xa1, 0x9d),
	SAMPLE(WIRE_CLIENT_PREEDIT, 252, 7, 0, 0),
	SAMPLE(WIRE_CLIENT_ADDRESS, 252, 5, 0, 9, 'h', 't', 't', 'p', 's', ':', '/', '/', 'a'),
};

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

/* Parses from memory of exactly this size, so that a sanitizer sees a byte too much being read. */
static ssize_t parse(struct wire_client *client, const uint8_t *bytes, size_t size,
	struct wire_client_message *message)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	ssize_t taken;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	taken = wire_client_next(client, copy, size, message);
	free(copy);
	return taken;
}

static void assert_refused(const uint8_t *bytes, size_t size)
{
	struct wire_client client = greeted;
	struct wire_client_message message;

	assert_int_equal(parse(&client, bytes, size, &message), -EPROTO);
	assert_memory_equal(&client, &greeted, sizeof(client));
}

static struct wire_client_message take(const uint8_t *bytes, size_t size)
{
	struct wire_client client = greeted;
	struct wire_client_message message;

	assert_int_equal(wire_client_next(&client, bytes, size, &message), size);
	return message;
}

static void every_listed_message_is_taken_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		assert_int_equal(take(samples[i].bytes, samples[i].size).kind, samples[i].kind);
	}
}

static void a_message_is_awaited_at_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		for (size_t size = 0; size < samples[i].size; size++) {
			struct wire_client client = greeted;
			struct wire_client_message message;

			assert_int_equal(parse(&client, samples[i].bytes, size, &message), 0);
			assert_memory_equal(&client, &greeted, sizeof(client));
		}
	}
}

static void a_message_leaves_what_is_behind_it(void **state)
{
	uint8_t stream[256];

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct wire_client client = greeted;
		struct wire_client_message message;

		memset(stream, 0xee, sizeof(stream));
		memcpy(stream, samples[i].bytes, samples[i].size);
		memcpy(stream + samples[i].size, samples[i].bytes, samples[i].size);
		assert_int_equal(wire_client_next(&client, stream, sizeof(stream), &message),
			samples[i].size);
		assert_int_equal(wire_client_next(&client, stream + samples[i].size,
					 sizeof(stream) - samples[i].size, &message),
			samples[i].size);
	}
}

static void every_other_type_is_refused(void **state)
{
	uint8_t bytes[300] = {0};

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		int is_listed = 0;

		for (size_t i = 0; i < SAMPLES; i++) {
			is_listed |= samples[i].bytes[0] == type;
		}
		bytes[0] = (uint8_t)type;
		if (!is_listed) {
			assert_refused(bytes, 1);
			assert_refused(bytes, sizeof(bytes));
		}
	}
}

static void client_init_comes_first_and_once(void **state)
{
	struct wire_client client = {0};
	struct wire_client_message message;
	static const uint8_t other = 2, shared = 1;

	(void)state;
	assert_int_equal(wire_client_next(&client, &other, 0, &message), 0);
	assert_int_equal(wire_client_next(&client, &other, 1, &message), -EPROTO);
	assert_int_equal(client.is_greeted, 0);
	assert_int_equal(wire_client_next(&client, &shared, 1, &message), 1);
	assert_int_equal(message.kind, WIRE_CLIENT_INIT);
	assert_int_equal(client.is_greeted, 1);
	assert_int_equal(wire_client_next(&client, &shared, 1, &message), -EPROTO);
}

static void ours_are_refused_before_they_were_asked_for(void **state)
{
	struct wire_client client = {.is_greeted = 1};
	struct wire_client_message message;
	static const uint8_t focus[] = {252, 4, 0, 1, 1}, first = 252;
	static const uint8_t other[] = {2, 0, 0, 1, 0, 0, 0, 7};
	static const uint8_t ours[] = {2, 0, 0, 2, 0, 0, 0, 7, 0x47, 0x41, 0x52, 0};

	(void)state;
	assert_int_equal(wire_client_next(&client, &first, 1, &message), -EPROTO);
	assert_int_equal(wire_client_next(&client, other, sizeof(other), &message), sizeof(other));
	assert_int_equal(wire_client_next(&client, focus, sizeof(focus), &message), -EPROTO);
	assert_int_equal(wire_client_next(&client, ours, sizeof(ours), &message), sizeof(ours));
	assert_int_equal(wire_client_next(&client, other, sizeof(other), &message), sizeof(other));
	assert_int_equal(wire_client_next(&client, focus, sizeof(focus), &message), sizeof(focus));
}

static void encodings_are_at_most_64(void **state)
{
	uint8_t bytes[4 + 4 * 65] = {2, 0, 0, 64, 0xff, 0xff, 0xff, 0x11};
	struct wire_client_message message = take(bytes, sizeof(bytes) - 4);

	(void)state;
	assert_int_equal(message.encodings.count, 64);
	assert_int_equal(message.encodings.list[0], GARASU_RFB_RICH_CURSOR);
	bytes[3] = 65;
	assert_refused(bytes, 4);
	assert_refused(bytes, sizeof(bytes));
}

static void cut_text_is_skipped_up_to_256_kib(void **state)
{
	uint8_t bytes[8] = {6, 0, 0, 0, 0, 4, 0, 0};

	(void)state;
	assert_int_equal(take(bytes, 8).skip, 262144);
	bytes[7] = 1;
	assert_refused(bytes, 8);
	memset(bytes + 4, 0xff, 4); /* the negative length of an extended clipboard */
	assert_refused(bytes, 8);
	memset(bytes + 4, 0, 4);
	assert_int_equal(take(bytes, 8).skip, 0);
}

static void a_fence_holds_at_most_64_bytes(void **state)
{
	uint8_t bytes[9 + 65] = {248, [8] = 64};

	(void)state;
	assert_int_equal(take(bytes, 9 + 64).kind, WIRE_CLIENT_FENCE);
	bytes[8] = 65;
	assert_refused(bytes, 9);
}

static void a_desktop_has_at_most_16_screens(void **state)
{
	uint8_t bytes[8 + 17 * 16] = {251, 0, 5, 0, 3, 32, 16};
	struct wire_client_message message = take(bytes, 8 + 16 * 16);

	(void)state;
	assert_int_equal(message.geometry.width, 1280);
	assert_int_equal(message.geometry.height, 800);
	assert_int_equal(message.geometry.scale, 0);
	bytes[6] = 17;
	assert_refused(bytes, 8);
}

static void pixel_formats_are_those_the_encoder_takes(void **state)
{
	static const uint8_t sound[][16] = {
		{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
		{32, 32, 1, 9, 0, 255, 0, 255, 0, 255, 24, 16, 8},
		{32, 30, 0, 1, 3, 255, 3, 255, 3, 255, 20, 10, 0},
		{16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0},
		{8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6},
		{8, 6, 0, 1, 0, 3, 0, 3, 0, 3, 4, 2, 0},
	};
	static const uint8_t bad[][16] = {
		{24, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0}, /* bits */
		{0, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
		{32, 0, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0}, /* depth */
		{16, 17, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0},
		{32, 24, 0, 0, 0, 255, 0, 255, 0, 255, 16, 8, 0}, /* colour map */
		{32, 24, 0, 1, 0, 254, 0, 255, 0, 255, 16, 8, 0}, /* maxima */
		{32, 24, 0, 1, 0, 255, 0, 0, 0, 255, 16, 8, 0},
		{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 25, 8, 0}, /* shifts */
		{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 255, 0},
		{8, 8, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
		{16, 16, 0, 1, 0, 63, 0, 63, 0, 31, 11, 5, 0},
	};
	uint8_t bytes[20] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++) {
		struct wire_client_message message;

		memcpy(bytes + 4, sound[i], 16);
		message = take(bytes, 20);
		assert_int_equal(message.pixel_format.bits_per_pixel, sound[i][0]);
		assert_int_equal(message.pixel_format.is_tpixel, i == 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memcpy(bytes + 4, bad[i], 16);
		assert_refused(bytes, 20);
	}
}

static void a_pointer_and_a_key_keep_their_numbers(void **state)
{
	static const uint8_t pointer[] = {5, 0x81, 1, 2, 3, 4};
	static const uint8_t key[] = {4, 0, 9, 9, 1, 2, 3, 4};
	struct wire_client_message message = take(pointer, sizeof(pointer));

	(void)state;
	assert_int_equal(message.pointer.buttons, 0x81);
	assert_int_equal(message.pointer.x, 0x102);
	assert_int_equal(message.pointer.y, 0x304);
	message = take(key, sizeof(key));
	assert_int_equal(message.key.keysym, 0x1020304);
	assert_int_equal(message.key.is_down, 0);
}

static void extended_keys_become_evdev_codes(void **state)
{
	static const struct {
		uint8_t xt;
		uint32_t code;
	} keys[] = {{0x01, KEY_ESC}, {0x0e, KEY_BACKSPACE}, {0x1e, KEY_A}, {0x29, KEY_GRAVE},
		{0x2a, KEY_LEFTSHIFT}, {0x39, KEY_SPACE}, {0x3a, KEY_CAPSLOCK}, {0x45, KEY_NUMLOCK},
		{0x46, KEY_SCROLLLOCK}, {0x53, KEY_KPDOT}, {0x54, KEY_SYSRQ}, {0x56, KEY_102ND},
		{0x57, KEY_F11}, {0x58, KEY_F12}, {0x5d, KEY_F13}, {0x70, KEY_KATAKANAHIRAGANA},
		{0x73, KEY_RO}, {0x76, KEY_ZENKAKUHANKAKU}, {0x77, KEY_HIRAGANA},
		{0x78, KEY_KATAKANA}, {0x79, KEY_HENKAN}, {0x7b, KEY_MUHENKAN}, {0x7d, KEY_YEN},
		{0x9c, KEY_KPENTER}, {0x9d, KEY_RIGHTCTRL}, {0xb5, KEY_KPSLASH}, {0xb7, KEY_SYSRQ},
		{0xb8, KEY_RIGHTALT}, {0xc6, KEY_PAUSE}, {0xc7, KEY_HOME}, {0xc8, KEY_UP},
		{0xc9, KEY_PAGEUP}, {0xcb, KEY_LEFT}, {0xcd, KEY_RIGHT}, {0xcf, KEY_END},
		{0xd0, KEY_DOWN}, {0xd1, KEY_PAGEDOWN}, {0xd2, KEY_INSERT}, {0xd3, KEY_DELETE},
		{0xdb, KEY_LEFTMETA}, {0xdc, KEY_RIGHTMETA}, {0xdd, KEY_COMPOSE},
		{0xe9, KEY_FORWARD}, {0xea, KEY_BACK}};
	uint8_t bytes[12] = {255, 0, 0, 1, 0, 0, 0, 'x'};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct wire_client_message message;

		bytes[11] = keys[i].xt;
		message = take(bytes, sizeof(bytes));
		assert_int_equal(message.kind, WIRE_CLIENT_KEY_CODE);
		assert_int_equal(message.key_code.code, keys[i].code);
		assert_int_equal(message.key_code.keysym, 'x');
		assert_int_equal(message.key_code.is_down, 1);
	}
	bytes[3] = 0;
	assert_int_equal(take(bytes, sizeof(bytes)).key_code.is_down, 0);
}

/* Its place is another key on a Japanese keyboard, without Shift. */
static void caps_lock_is_its_keysym(void **state)
{
	const uint8_t bytes[12] = {255, 0, 0, 1, 0, 0, 0xff, 0xe5, 0, 0, 0, 0x3a};
	struct wire_client_message message = take(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(message.kind, WIRE_CLIENT_KEY);
	assert_int_equal(message.key.keysym, 0xffe5);
	assert_int_equal(message.key.is_down, 1);
}

static void no_two_plain_keycodes_share_a_key(void **state)
{
	unsigned seen[KEY_MAX] = {0};
	uint8_t bytes[12] = {255};

	(void)state;
	for (unsigned xt = 1; xt < 256; xt++) {
		struct wire_client_message message;

		bytes[11] = (uint8_t)xt;
		message = take(bytes, sizeof(bytes));
		if (message.kind == WIRE_CLIENT_KEY_CODE) {
			assert_in_range(message.key_code.code, 1, KEY_MAX - 1);
			seen[message.key_code.code]++;
		}
	}
	for (unsigned code = 1; code < KEY_MAX; code++) {
		/* Print has two: with Alt and without */
		assert_in_range(seen[code], 0, code == KEY_SYSRQ ? 2 : 1);
	}
}

static void an_unknown_keycode_leaves_the_keysym(void **state)
{
	static const uint8_t codes[][4] = {
		{0, 0, 0, 0}, {0, 0, 0, 0xff}, {0, 0, 1, 0x1e}, {0xff, 0xff, 0xff, 0xff}};
	uint8_t bytes[12] = {255, 0, 1, 0, 0, 0, 0, 'x'};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct wire_client_message message;

		memcpy(bytes + 8, codes[i], 4);
		message = take(bytes, sizeof(bytes));
		assert_int_equal(message.kind, WIRE_CLIENT_KEY);
		assert_int_equal(message.key.keysym, 'x');
		assert_int_equal(message.key.is_down, 1);
	}
}

static void no_other_qemu_message_is_taken(void **state)
{
	uint8_t bytes[12] = {255};

	(void)state;
	for (unsigned sub = 1; sub < 256; sub++) {
		bytes[1] = (uint8_t)sub;
		assert_refused(bytes, 2);
	}
}

static size_t put_ours(uint8_t *out, uint8_t sub, const void *payload, size_t size)
{
	out[0] = 252;
	out[1] = sub;
	out[2] = (uint8_t)(size >> 8);
	out[3] = (uint8_t)size;
	memcpy(out + 4, payload, size);
	return 4 + size;
}

static void ours_have_exactly_their_sizes(void **state)
{
	static const struct {
		uint8_t sub;
		uint16_t least, most;
	} bounds[] = {{1, 1, 1024}, {2, 8, 8}, {3, 6, 6}, {4, 1, 1}, {5, 8, 2048}, {6, 1, 2000},
		{7, 0, 512}};
	uint8_t bytes[4];

	(void)state;
	for (unsigned sub = 0; sub < 256; sub++) {
		for (unsigned size = 0; size <= 0xffff; size += size < 2100 ? 1 : 977) {
			struct wire_client client = greeted;
			struct wire_client_message message;
			int is_legal = sub >= 1 && sub <= 7 && size >= bounds[sub - 1].least &&
				       size <= bounds[sub - 1].most;

			bytes[0] = 252;
			bytes[1] = (uint8_t)sub;
			bytes[2] = (uint8_t)(size >> 8);
			bytes[3] = (uint8_t)size;
			assert_int_equal(
				wire_client_next(&client, bytes, 4, &message), !is_legal  ? -EPROTO
									       : size > 0 ? 0
											  : 4);
		}
	}
}

static void text_is_utf8_without_controls(void **state)
{
	static const char *const bad[] = {"a\r", "\x1b[", "\x7f", "\xc2\x80", "\xc2\x9f", "\xff",
		"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe7\xa1"};
	uint8_t bytes[4 + 1024];
	struct wire_client_message message;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(bytes, put_ours(bytes, 1, bad[i], strlen(bad[i])));
	}
	assert_refused(bytes, put_ours(bytes, 1, "a\0b", 3));
	take(bytes, put_ours(bytes, 1, " ~\xc2\xa0", 4)); /* next to the controls */
	memset(bytes, 'a', sizeof(bytes));
	message = take(bytes, put_ours(bytes, 1, bytes + 4, 1024));
	assert_int_equal(message.text.size, 1024);
	assert_ptr_equal(message.text.bytes, bytes + 4);
}

static void an_address_is_printable_http(void **state)
{
	static const char *const bad[] = {"ftp://a.example", "javascript:1", "HTTP://a.example",
		"http:/a.example", "http://a b", "http://\xe7\xa1\x9d", "http://a\x7f",
		"file:///etc", " http://a", "httpx://a", "https:/a.example"};
	uint8_t bytes[4 + 2048];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(bytes, put_ours(bytes, 5, bad[i], strlen(bad[i])));
	}
	memset(bytes, 'a', sizeof(bytes));
	memcpy(bytes + 4, "https://", 8);
	assert_int_equal(take(bytes, put_ours(bytes, 5, bytes + 4, 2048)).text.size, 2048);
	assert_int_equal(sizeof(bytes), WIRE_CLIENT_BYTES_MAX);
}

static void wheel_geometry_and_focus_keep_their_numbers(void **state)
{
	static const uint8_t wheel[] = {1, 0, 2, 0, 0xff, 0x88, 0x7f, 0xff};
	uint8_t geometry[] = {7, 0x80, 4, 0x38, 1, 0x2c}, focus = 2, bytes[32];
	struct wire_client_message message = take(bytes, put_ours(bytes, 2, wheel, 8));

	(void)state;
	assert_int_equal(message.wheel.x, 256);
	assert_int_equal(message.wheel.y, 512);
	assert_int_equal(message.wheel.dx, -120);
	assert_int_equal(message.wheel.dy, 32767);
	message = take(bytes, put_ours(bytes, 3, geometry, 6));
	assert_int_equal(message.geometry.width, 1920);
	assert_int_equal(message.geometry.height, 1080);
	assert_int_equal(message.geometry.scale, GARASU_SCALE_MAX);
	geometry[5]++;
	assert_refused(bytes, put_ours(bytes, 3, geometry, 6));
	geometry[4] = 0;
	geometry[5] = GARASU_SCALE_ONE;
	assert_int_equal(
		take(bytes, put_ours(bytes, 3, geometry, 6)).geometry.scale, GARASU_SCALE_ONE);
	geometry[5]--;
	assert_refused(bytes, put_ours(bytes, 3, geometry, 6));
	assert_refused(bytes, put_ours(bytes, 4, &focus, 1));
	focus = 0;
	assert_int_equal(take(bytes, put_ours(bytes, 4, &focus, 1)).has_focus, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_listed_message_is_taken_whole),
		cmocka_unit_test(a_message_is_awaited_at_every_length),
		cmocka_unit_test(a_message_leaves_what_is_behind_it),
		cmocka_unit_test(every_other_type_is_refused),
		cmocka_unit_test(client_init_comes_first_and_once),
		cmocka_unit_test(ours_are_refused_before_they_were_asked_for),
		cmocka_unit_test(encodings_are_at_most_64),
		cmocka_unit_test(cut_text_is_skipped_up_to_256_kib),
		cmocka_unit_test(a_fence_holds_at_most_64_bytes),
		cmocka_unit_test(a_desktop_has_at_most_16_screens),
		cmocka_unit_test(pixel_formats_are_those_the_encoder_takes),
		cmocka_unit_test(a_pointer_and_a_key_keep_their_numbers),
		cmocka_unit_test(extended_keys_become_evdev_codes),
		cmocka_unit_test(caps_lock_is_its_keysym),
		cmocka_unit_test(no_two_plain_keycodes_share_a_key),
		cmocka_unit_test(an_unknown_keycode_leaves_the_keysym),
		cmocka_unit_test(no_other_qemu_message_is_taken),
		cmocka_unit_test(ours_have_exactly_their_sizes),
		cmocka_unit_test(text_is_utf8_without_controls),
		cmocka_unit_test(an_address_is_printable_http),
		cmocka_unit_test(wheel_geometry_and_focus_keep_their_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
