/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer's input as it arrives at the client: the real compositor with the painter in the
 * browser's place; this test is encoder and gateway. */

#include "base/clock.h"
#include "base/utf8.h"
#include "stage.h"
#include "stage_pattern.h"

#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#include <cmocka.h>

#define HELD 0xffu
#define SHIFT (1u << 8)
#define CAPS (2u << 8)
#define CONTROL (4u << 8)
#define BUTTONS 0xff0000u

static struct stage stage;
static const struct stage_program programs[] = {
	{COMPOSITOR, "garasu-compositor"}, {PAINTER, "garasu-browser"}, {NULL, NULL}};

static void start(const char *page, uint32_t width, uint32_t height, uint32_t scale)
{
	struct garasu_session_settings settings = stage_settings(page, width, height, scale);

	stage_start(&stage, programs, &settings, 0);
	stage_wait_word(&stage, PATTERN_WORD_STATE, PATTERN_KEYBOARD_FOCUS | PATTERN_TEXT_INSIDE,
		PATTERN_KEYBOARD_FOCUS | PATTERN_TEXT_INSIDE);
}

static int stop(void **state)
{
	(void)state;
	if (stage_stop(&stage) != 0) { /* a sanitizer's complaint, for one */
		print_error("it said: %s\n", stage.said);
		return -1;
	}
	return 0;
}

static void expect_count(uint32_t count)
{
	stage_wait_word(&stage, PATTERN_WORD_COUNT, ~0u, count);
}

/* Everything that arrived so far, from the nth on, is this text and no more. */
static void expect_text(uint32_t from, const char *utf8)
{
	const uint8_t *at = (const uint8_t *)utf8;
	size_t left = strlen(utf8);
	uint32_t count = (uint32_t)garasu_utf8_length(at, left);

	expect_count(from + count);
	for (uint32_t i = 0; left > 0; i++) {
		uint32_t character;
		int size = garasu_utf8_decode(at, left, &character);

		if (count - i <= PATTERN_CELLS) {
			stage_expect_cell(&stage, from + i, character);
		}
		at += size;
		left -= (size_t)size;
	}
}

static void press(uint32_t code)
{
	stage_key(&stage, code, 1);
	stage_key(&stage, code, 0);
}

/* ---- keys ---- */

static void keys_arrive_in_order_and_once(void **state)
{
	static const uint32_t codes[] = {KEY_G, KEY_A, KEY_R, KEY_A, KEY_S, KEY_U};

	(void)state;
	start("http://painter/keys", 640, 480, 120);
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
			press(codes[i]);
		}
	}
	expect_count(120);
	for (uint32_t i = 120 - PATTERN_CELLS; i < 120; i++) {
		stage_expect_cell(&stage, i, (uint32_t) "garasu"[i % 6]);
	}
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD, 0);
}

/* The credit of the frame that shows it stands behind all of it in the same pipe. */
static void encoder_types_nothing(void **state)
{
	static const struct garasu_input forged[] = {
		{.type = GARASU_INPUT_KEY_CODE, .flag = 1, .key_code = {.code = KEY_Z}},
		{.type = GARASU_INPUT_KEY_SYM, .flag = 1, .key_sym = {.keysym = 'y'}},
		{.type = GARASU_INPUT_TEXT, .flag = 1, .count = 1, .bytes = "x"},
		{.type = GARASU_INPUT_PREEDIT, .flag = 1, .count = 1, .bytes = "w"},
		{.type = GARASU_INPUT_ADDRESS, .flag = 1, .count = 8, .bytes = "http://v"},
		{.type = GARASU_INPUT_POINTER, .pointer = {9, 9, 1}},
		{.type = GARASU_INPUT_GEOMETRY, .geometry = {700, 500, 120, 9}},
	};

	(void)state;
	start("http://painter/text", 640, 480, 120);
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		stage_play_as_encoder(&stage, forged[i]);
	}
	press(KEY_A);
	expect_text(0, "a");
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | BUTTONS, 0);
	assert_int_equal(stage.header->width, 640);
}

static void keys_of_a_japanese_keyboard_arrive(void **state)
{
	(void)state;
	start("http://painter/keys", 640, 480, 120);
	press(KEY_ZENKAKUHANKAKU);
	press(KEY_HENKAN);
	press(KEY_MUHENKAN);
	press(KEY_YEN);
	press(KEY_RO);
	expect_count(5);
	stage_expect_cell(&stage, 0, PATTERN_KEY + KEY_ZENKAKUHANKAKU);
	stage_expect_cell(&stage, 1, PATTERN_KEY + KEY_HENKAN);
	stage_expect_cell(&stage, 2, PATTERN_KEY + KEY_MUHENKAN);
	stage_expect_cell(&stage, 3, '\\');
	stage_expect_cell(&stage, 4, '\\');
}

static void shift_is_held_for_as_long_as_the_viewer_holds_it(void **state)
{
	(void)state;
	start("http://painter/keys", 640, 480, 120);
	stage_key(&stage, KEY_LEFTSHIFT, 1);
	press(KEY_A);
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | SHIFT, 1 | SHIFT);
	stage_key(&stage, KEY_LEFTSHIFT, 0);
	press(KEY_A);
	expect_count(3);
	stage_expect_cell(&stage, 1, 'A');
	stage_expect_cell(&stage, 2, 'a');
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | SHIFT, 0);
}

static void lost_focus_releases_every_key_and_button(void **state)
{
	(void)state;
	start("http://painter/keys", 640, 480, 120);
	stage_key(&stage, KEY_LEFTCTRL, 1);
	stage_key(&stage, KEY_RIGHTSHIFT, 1);
	stage_key(&stage, KEY_F5, 1);
	stage_pointer(&stage, 300, 300, 5);
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | SHIFT | CONTROL | BUTTONS,
		3 | SHIFT | CONTROL | 3u << 16);
	stage_play(&stage, (struct garasu_input){.type = GARASU_INPUT_FOCUS, .flag = 0});
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | SHIFT | CONTROL | BUTTONS, 0);
	stage_key(&stage, KEY_F5, 0); /* the viewer's own release comes late */
	press(KEY_B);
	expect_count(4);
	stage_expect_cell(&stage, 3, 'b');
}

/* A viewer that was cut off in the middle of a text, and the next one. */
static void half_a_text_is_not_the_next_ones(void **state)
{
	(void)state;
	start("http://painter/text", 640, 480, 120);
	stage_play(&stage,
		(struct garasu_input){.type = GARASU_INPUT_TEXT, .count = 2, .bytes = "ab"});
	stage_play(&stage, (struct garasu_input){.type = GARASU_INPUT_FOCUS, .flag = 0});
	stage_play(&stage, (struct garasu_input){.type = GARASU_INPUT_FOCUS, .flag = 1});
	stage_text(&stage, "cd");
	expect_text(0, "cd");
}

static void keysyms_find_their_key(void **state)
{
	static const struct {
		uint32_t keysym, arrives;
	} keys[] = {{XKB_KEY_a, 'a'}, {XKB_KEY_A, 'A'}, {XKB_KEY_at, '@'}, {XKB_KEY_exclam, '!'},
		{XKB_KEY_Return, '\r'}, {XKB_KEY_Left, PATTERN_KEY + KEY_LEFT},
		{0x01003042, 0}}; /* hiragana has no key: text, which this page does not take */

	(void)state;
	start("http://painter/keys", 640, 480, 120);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		stage_keysym(&stage, keys[i].keysym, 1);
		stage_keysym(&stage, keys[i].keysym, 0);
	}
	/* A and ! borrow Shift, whose presses are counted as well */
	expect_count(8);
	stage_expect_cell(&stage, 0, 'a');
	stage_expect_cell(&stage, 1, PATTERN_KEY + KEY_LEFTSHIFT);
	stage_expect_cell(&stage, 2, 'A');
	stage_expect_cell(&stage, 3, '@');
	stage_expect_cell(&stage, 4, PATTERN_KEY + KEY_LEFTSHIFT);
	stage_expect_cell(&stage, 5, '!');
	stage_expect_cell(&stage, 6, '\r');
	stage_expect_cell(&stage, 7, PATTERN_KEY + KEY_LEFT);
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | SHIFT, 0);
}

/* A standard viewer sends Caps Lock, and then letters as its own lock makes them. */
static void keysyms_agree_with_caps_lock(void **state)
{
	(void)state;
	start("http://painter/keys", 640, 480, 120);
	stage_keysym(&stage, XKB_KEY_Caps_Lock, 1);
	stage_keysym(&stage, XKB_KEY_Caps_Lock, 0);
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | CAPS, CAPS);
	assert_int_equal(stage.header->bits & GARASU_FRAME_LED_CAPS, GARASU_FRAME_LED_CAPS);
	stage_keysym(&stage, XKB_KEY_A, 1);
	stage_keysym(&stage, XKB_KEY_A, 0);
	stage_keysym(&stage, XKB_KEY_b, 1);
	stage_keysym(&stage, XKB_KEY_b, 0);
	expect_count(5); /* jp106 has Caps Lock with Shift: borrowed twice */
	stage_expect_cell(&stage, 1, PATTERN_KEY + KEY_CAPSLOCK);
	stage_expect_cell(&stage, 2, 'A');
	stage_expect_cell(&stage, 4, 'b');
	stage_keysym(&stage, XKB_KEY_Caps_Lock, 1);
	stage_keysym(&stage, XKB_KEY_Caps_Lock, 0);
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | CAPS | SHIFT, 0);
}

static void shift_and_tab_stay_together(void **state)
{
	(void)state;
	start("http://painter/keys", 640, 480, 120);
	stage_keysym(&stage, XKB_KEY_Shift_L, 1);
	stage_keysym(&stage, XKB_KEY_Tab, 1);
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | SHIFT, 2 | SHIFT);
	stage_keysym(&stage, XKB_KEY_Tab, 0);
	stage_keysym(&stage, XKB_KEY_Shift_L, 0);
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | SHIFT, 0);
	expect_count(2);
}

/* With both Shift keys down, a keysym without Shift lifts both for its press. */
static void keysym_lifts_every_shift(void **state)
{
	(void)state;
	start("http://painter/keys", 640, 480, 120);
	stage_key(&stage, KEY_LEFTSHIFT, 1);
	stage_key(&stage, KEY_RIGHTSHIFT, 1);
	stage_keysym(&stage, XKB_KEY_a, 1);
	stage_keysym(&stage, XKB_KEY_a, 0);
	expect_count(5);
	stage_expect_cell(&stage, 2, 'a');
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | SHIFT, 2 | SHIFT);
}

static void garbage_is_dropped(void **state)
{
	struct garasu_input garbage[] = {
		{.type = 0},
		{.type = 11},
		{.type = 255, .flag = 1},
		{.type = GARASU_INPUT_KEY_CODE, .flag = 1, .key_code.code = 0},
		{.type = GARASU_INPUT_KEY_CODE, .flag = 1, .key_code.code = 768},
		{.type = GARASU_INPUT_KEY_CODE, .flag = 2, .key_code.code = KEY_A},
		{.type = GARASU_INPUT_KEY_SYM, .flag = 1, .key_sym.keysym = 0},
		{.type = GARASU_INPUT_TEXT, .flag = 1, .count = 13},
		{.type = GARASU_INPUT_ADDRESS, .flag = 1, .count = 9, .bytes = "file:///e"},
		{.type = GARASU_INPUT_GEOMETRY, .geometry = {0, 0, 0, 3}},
	};

	(void)state;
	start("http://painter/keys", 640, 480, 120);
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		stage_play(&stage, garbage[i]);
	}
	press(KEY_Z);
	expect_count(1);
	stage_expect_cell(&stage, 0, 'z');
	assert_int_equal(stage.header->geometry_serial, 0);
}

/* ---- text ---- */

static void text_arrives_whole(void **state)
{
	static const char text[] = "硝子越しに、🍣𠮷野家を見る。abc";

	(void)state;
	start("http://painter/text", 640, 480, 120);
	stage_text(&stage, text);
	expect_text(0, text);
}

static void text_and_keys_keep_their_order(void **state)
{
	(void)state;
	start("http://painter/text", 640, 480, 120);
	for (int i = 0; i < 100; i++) {
		stage_text(&stage, "日本");
		press(KEY_N);
	}
	expect_count(300);
	for (uint32_t i = 300 - PATTERN_CELLS; i < 300; i++) {
		stage_expect_cell(&stage, i, i % 3 == 0 ? 0x65e5 : (i % 3 == 1 ? 0x672c : 'n'));
	}
}

static void text_of_a_kibibyte_arrives_and_longer_is_dropped_whole(void **state)
{
	char text[GARASU_INPUT_TEXT_MAX + 2];

	(void)state;
	start("http://painter/text", 640, 480, 120);
	memset(text, 'k', sizeof(text));
	text[GARASU_INPUT_TEXT_MAX + 1] = '\0';
	stage_text(&stage, text);
	text[GARASU_INPUT_TEXT_MAX] = '\0';
	stage_text(&stage, text);
	expect_text(0, text);
}

static void malformed_text_is_dropped(void **state)
{
	struct garasu_input record = {
		.type = GARASU_INPUT_TEXT, .flag = 1, .count = 3, .bytes = {'a', 0xff, 'b'}};

	(void)state;
	start("http://painter/text", 640, 480, 120);
	stage_play(&stage, record);
	record.bytes[1] = 0;
	stage_play(&stage, record);
	stage_text(&stage, "c");
	expect_text(0, "c");
}

static void text_waits_for_its_field(void **state)
{
	(void)state;
	start("http://painter/text?late=1", 640, 480, 120);
	stage_text(&stage, "待");
	stage_text(&stage, "つ");
	stage_geometry(&stage, 800, 600, 120, 1); /* enables the field */
	expect_text(0, "待つ");
}

/* A click too: it may go to another field, and the text belongs to the one before. */
static void input_waits_behind_text_that_waits(void **state)
{
	(void)state;
	start("http://painter/text?late=1", 640, 480, 120);
	stage_pointer(&stage, 300, 300, 0);
	for (int i = 0; i < 5; i++) {
		stage_text(&stage, "日本");
		press(KEY_N);
		stage_keysym(&stage, XKB_KEY_o, 1);
		stage_keysym(&stage, XKB_KEY_o, 0);
	}
	stage_key(&stage, KEY_A, 1);
	stage_pointer(&stage, 300, 300, 1);
	stage_play(&stage, (struct garasu_input){.type = GARASU_INPUT_FOCUS, .flag = 0});
	press(KEY_Z);
	stage_geometry(&stage, 800, 600, 120, 1);
	expect_text(0, "日本no日本no日本no日本no日本noaz");
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD | BUTTONS, 0);
}

static void input_behind_dropped_text_is_played(void **state)
{
	(void)state;
	start("http://painter/keys", 640, 480, 120);
	stage_text(&stage, "消える");
	press(KEY_A);
	stage_text(&stage, "これも");
	press(KEY_B);
	expect_text(0, "ab");
	stage_wait_word(&stage, PATTERN_WORD_STATE, HELD, 0);
}

static void more_input_than_can_wait_is_played_once_and_in_order(void **state)
{
	const uint32_t rounds = 3000; /* of a press and a release */

	(void)state;
	start("http://painter/keys", 640, 480, 120);
	stage_text(&stage, "消える");
	for (uint32_t i = 0; i < rounds; i++) {
		press(i % 2 == 0 ? KEY_A : KEY_B);
	}
	stage_wait_said(&stage, "text_dropped bytes=9");
	expect_count(rounds);
	for (uint32_t i = rounds - PATTERN_CELLS; i < rounds; i++) {
		stage_expect_cell(&stage, i, i % 2 == 0 ? 'a' : 'b');
	}
}

static void text_without_a_field_is_dropped_and_said(void **state)
{
	(void)state;
	start("http://painter/keys", 640, 480, 120);
	stage_text(&stage, "消える");
	stage_wait_said(&stage, "text_dropped bytes=9");
	stage_address(&stage, "http://painter/text");
	stage_credit(&stage);
	stage_text(&stage, "残る");
	expect_text(0, "残る");
}

static void wait_bits(uint32_t mask, uint32_t bits)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;

	while ((stage.header->bits & mask) != bits) {
		assert_true(garasu_clock_ms() < deadline);
		stage_frame(&stage);
	}
}

static void caret_is_told_in_physical_pixels(void **state)
{
	(void)state;
	start("http://painter/text", 960, 720, 180);
	wait_bits(GARASU_FRAME_TEXT_FOCUS | GARASU_FRAME_TEXT_HIDDEN, GARASU_FRAME_TEXT_FOCUS);
	assert_int_equal(stage.header->caret.x, 168);
	assert_in_range(stage.header->caret.y, 38, 40);
	assert_int_equal(stage.header->caret.width, 3);
	stage_address(&stage, "http://painter/text?hidden=1");
	wait_bits(GARASU_FRAME_TEXT_FOCUS | GARASU_FRAME_TEXT_HIDDEN,
		GARASU_FRAME_TEXT_FOCUS | GARASU_FRAME_TEXT_HIDDEN);
	stage_address(&stage, "http://painter/keys");
	wait_bits(GARASU_FRAME_TEXT_FOCUS | GARASU_FRAME_TEXT_HIDDEN, 0);
}

/* The field tells its caret before it draws. A busy machine may let the caret's time pass by, but
 * not twenty times. */
static void caret_comes_with_the_picture_that_shows_it(void **state)
{
	unsigned together = 0;

	(void)state;
	start("http://painter/text", 640, 480, 120);
	wait_bits(GARASU_FRAME_TEXT_FOCUS, GARASU_FRAME_TEXT_FOCUS);
	for (unsigned text = 0; text < 20; text++) {
		uint32_t drawn = stage.header->frames_drawn;
		uint32_t row = stage.header->caret.y;

		stage_credit(&stage);
		stage_text(&stage, "あ");
		expect_count(text + 1);
		together += stage.header->frames_drawn == drawn + 1 && stage.header->caret.y != row;
	}
	assert_in_range(together, 1, 20);
}

/* ---- pointer ---- */

static void pointer_is_where_the_viewer_has_it(void **state)
{
	(void)state;
	start("http://painter/pointer", 640, 480, 120);
	stage_pointer(&stage, 321, 123, 0);
	stage_wait_word(&stage, PATTERN_WORD_POSITION, ~0u, 321u << 16 | 123);
	stage_pointer(&stage, 400, 200, 1);
	stage_wait_word(&stage, PATTERN_WORD_STATE, BUTTONS, 1u << 16);
	stage_pointer(&stage, 500, 300, 1);
	stage_wait_word(&stage, PATTERN_WORD_POSITION, ~0u, 500u << 16 | 300);
	stage_pointer(&stage, 500, 300, 4);
	stage_wait_word(&stage, PATTERN_WORD_STATE, BUTTONS, 2u << 16); /* right is BTN_LEFT + 1 */
	stage_pointer(&stage, 500, 300, 0x1f);
	stage_wait_word(&stage, PATTERN_WORD_STATE, BUTTONS, 0x1fu << 16);
	stage_pointer(&stage, 500, 300, 0);
	stage_wait_word(&stage, PATTERN_WORD_STATE, BUTTONS, 0);
}

static void pointer_is_exact_at_150_percent(void **state)
{
	(void)state;
	start("http://painter/pointer", 960, 720, 180);
	stage_pointer(&stage, 600, 450, 0);
	stage_wait_word(&stage, PATTERN_WORD_POSITION, ~0u, 600u << 16 | 450);
	stage_pointer(&stage, 959, 719, 0);
	stage_wait_word(&stage, PATTERN_WORD_POSITION, 0xffff0000u,
		958u << 16); /* 639.33 logical, as 1/256 */
}

static void wheel_turns_both_ways(void **state)
{
	(void)state;
	start("http://painter/pointer", 640, 480, 120);
	stage_wheel(&stage, 300, 300, 0, 120);
	stage_wait_word(&stage, PATTERN_WORD_WHEEL, ~0u, 120);
	stage_wheel(&stage, 300, 300, -240, -360);
	stage_wait_word(&stage, PATTERN_WORD_WHEEL, ~0u, (0x10000u - 240) << 16 | (0x10000u - 240));
	stage_wheel(&stage, 300, 300, 0, 40); /* a third of a notch */
	stage_wait_word(&stage, PATTERN_WORD_WHEEL, 0xffffu, 0x10000u - 200);
}

static void pointer_picture_is_the_clients(void **state)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;
	const uint32_t *picture;

	(void)state;
	start("http://painter/pointer?side=1", 640, 480, 120);
	picture = (const uint32_t *)(const void *)(stage.memory + GARASU_FRAME_POINTER_OFFSET);
	stage_pointer(&stage, 300, 300, 0);
	while (stage.header->pointer_width != PATTERN_POINTER_SIDE) {
		assert_true(garasu_clock_ms() < deadline);
		stage_frame(&stage);
	}
	assert_int_equal(stage.header->pointer_height, PATTERN_POINTER_SIDE);
	assert_int_equal(stage.header->pointer_hot_x, PATTERN_POINTER_HOT);
	assert_int_equal(stage.header->pointer_hot_y, PATTERN_POINTER_HOT);
	for (uint32_t y = 0; y < PATTERN_POINTER_SIDE; y++) {
		for (uint32_t x = 0; x < PATTERN_POINTER_SIDE; x++) {
			assert_int_equal(picture[y * GARASU_FRAME_POINTER_MAX + x],
				pattern_pointer_pixel(x, y));
		}
	}
}

static void pointer_picture_is_in_physical_pixels(void **state)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;

	(void)state;
	start("http://painter/pointer?side=1", 1280, 960, 240);
	stage_pointer(&stage, 900, 900, 0);
	while (stage.header->pointer_width != 2 * PATTERN_POINTER_SIDE) {
		assert_true(garasu_clock_ms() < deadline);
		stage_frame(&stage);
	}
	assert_int_equal(stage.header->pointer_height, 2 * PATTERN_POINTER_SIDE);
	assert_int_equal(stage.header->pointer_hot_x, 2 * PATTERN_POINTER_HOT);
}

/* The arrow's size follows the scale. */
static void default_pointer_grows_with_the_scale(void **state)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;
	uint32_t small;

	(void)state;
	start("http://painter/keys", 640, 480, 120);
	small = stage.header->pointer_width;
	assert_in_range(small, 8, 64);
	stage_geometry(&stage, 1280, 960, 240, 1);
	while (stage.header->pointer_width <= small) {
		assert_true(garasu_clock_ms() < deadline);
		stage_frame(&stage);
	}
}

#define CASE(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(keys_arrive_in_order_and_once),
		CASE(encoder_types_nothing),
		CASE(keys_of_a_japanese_keyboard_arrive),
		CASE(shift_is_held_for_as_long_as_the_viewer_holds_it),
		CASE(lost_focus_releases_every_key_and_button),
		CASE(half_a_text_is_not_the_next_ones),
		CASE(keysyms_find_their_key),
		CASE(keysyms_agree_with_caps_lock),
		CASE(shift_and_tab_stay_together),
		CASE(keysym_lifts_every_shift),
		CASE(garbage_is_dropped),
		CASE(text_arrives_whole),
		CASE(text_and_keys_keep_their_order),
		CASE(text_of_a_kibibyte_arrives_and_longer_is_dropped_whole),
		CASE(malformed_text_is_dropped),
		CASE(text_waits_for_its_field),
		CASE(input_waits_behind_text_that_waits),
		CASE(input_behind_dropped_text_is_played),
		CASE(more_input_than_can_wait_is_played_once_and_in_order),
		CASE(text_without_a_field_is_dropped_and_said),
		CASE(caret_is_told_in_physical_pixels),
		CASE(caret_comes_with_the_picture_that_shows_it),
		CASE(pointer_is_where_the_viewer_has_it),
		CASE(pointer_is_exact_at_150_percent),
		CASE(wheel_turns_both_ways),
		CASE(pointer_picture_is_the_clients),
		CASE(pointer_picture_is_in_physical_pixels),
		CASE(default_pointer_grows_with_the_scale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
