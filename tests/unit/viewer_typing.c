/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed reaches the session once and whole. */

#include "typing.h"

#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A session that writes down what it is told: "+30 -30" keys, "'a'" characters, "[text]". */
struct desk {
	struct typing typing;
	char log[512];
};

static void note(struct desk *desk, const char *text)
{
	size_t used = strlen(desk->log);

	snprintf(desk->log + used, sizeof(desk->log) - used, "%s%s", used > 0 ? " " : "", text);
}

static void on_key(void *context, uint32_t code, bool is_down)
{
	char text[16];

	snprintf(text, sizeof(text), "%c%u", is_down ? '+' : '-', code);
	note(context, text);
}

static void on_character(void *context, char character)
{
	const char text[4] = {'\'', character, '\'', '\0'};

	note(context, text);
}

static void on_text(void *context, const char *text, size_t size)
{
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "[%.*s]", (int)size, text);
	note(context, quoted);
}

static void begin(struct desk *desk, enum typing_mode mode)
{
	static const struct typing_port port = {on_key, on_character, on_text};

	memset(desk, 0, sizeof(*desk));
	typing_init(&desk->typing, &port, desk);
	typing_set_mode(&desk->typing, mode);
}

static void press(struct desk *desk, uint32_t code, bool can_write)
{
	const struct typing_key key = {.code = code, .can_write = can_write};

	typing_press(&desk->typing, &key);
}

static void press_shortcut(struct desk *desk, uint32_t code)
{
	const struct typing_key key = {.code = code, .can_write = true, .is_shortcut = true};

	typing_press(&desk->typing, &key);
}

static void press_alt_gr(struct desk *desk, uint32_t code, char plain)
{
	const struct typing_key key = {.code = code,
		.can_write = true,
		.has_alt_gr = true,
		.plain = (uint32_t)(unsigned char)plain};

	typing_press(&desk->typing, &key);
}

static void type(struct desk *desk, uint32_t code, const char *text)
{
	press(desk, code, true);
	typing_input(&desk->typing, text);
	typing_settle(&desk->typing);
	typing_release(&desk->typing, code);
}

static void a_plain_character_goes_once_as_its_key(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	type(&desk, KEY_A, "a");
	type(&desk, KEY_2, "@");
	type(&desk, KEY_SPACE, " ");
	assert_string_equal(desk.log, "'a' '@' ' '");
}

static void fast_typing_in_one_batch_keeps_order_and_count(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	press(&desk, KEY_A, true);
	typing_input(&desk.typing, "a");
	press(&desk, KEY_B, true);
	typing_input(&desk.typing, "b");
	press(&desk, KEY_BACKSPACE, false);
	press(&desk, KEY_A, true);
	typing_input(&desk.typing, "a");
	typing_release(&desk.typing, KEY_B);
	typing_settle(&desk.typing);
	assert_string_equal(desk.log, "'a' 'b' +14 -14 'a'");
}

static void text_of_an_input_method_goes_as_text(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	typing_input(&desk.typing, "日本語");
	typing_input(&desk.typing, "a");
	assert_string_equal(desk.log, "[日本語] [a]");
}

static void a_commit_behind_enter_is_not_dropped(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	press(&desk, KEY_ENTER, false);
	typing_input(&desk.typing, "a");
	typing_settle(&desk.typing);
	assert_string_equal(desk.log, "+28 -28 [a]");
}

static void a_dead_key_is_forgotten_and_its_letter_goes_as_text(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	press(&desk, KEY_APOSTROPHE, true);
	typing_settle(&desk.typing);
	type(&desk, KEY_E, "é");
	assert_string_equal(desk.log, "[é]");
}

static void a_repeat_of_the_desk_is_a_tap_each(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	press(&desk, KEY_A, true);
	typing_input(&desk.typing, "a");
	typing_settle(&desk.typing);
	press(&desk, KEY_A, true);
	typing_input(&desk.typing, "a");
	typing_settle(&desk.typing);
	press(&desk, KEY_BACKSPACE, false);
	press(&desk, KEY_BACKSPACE, false);
	assert_string_equal(desk.log, "'a' 'a' +14 -14 +14 -14");
}

static void a_shortcut_is_a_key_even_if_the_desk_writes_a_character(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	press(&desk, KEY_LEFTALT, false);
	press_shortcut(&desk, KEY_D);
	typing_input(&desk.typing, "d");
	typing_settle(&desk.typing);
	typing_release(&desk.typing, KEY_D);
	typing_release(&desk.typing, KEY_LEFTALT);
	assert_string_equal(desk.log, "+56 +32 -32 -56");
}

static void alt_gr_is_let_go_before_what_it_wrote(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	press(&desk, KEY_RIGHTALT, false);
	press_alt_gr(&desk, KEY_Q, 'q');
	typing_input(&desk.typing, "@");
	typing_settle(&desk.typing);
	typing_release(&desk.typing, KEY_RIGHTALT);
	assert_string_equal(desk.log, "+100 -100 '@'");
}

static void right_alt_without_alt_gr_is_a_shortcut(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	press(&desk, KEY_RIGHTALT, false);
	press_alt_gr(&desk, KEY_D, 'd');
	typing_input(&desk.typing, "d");
	press_alt_gr(&desk, KEY_E, 'e');
	typing_settle(&desk.typing);
	typing_release(&desk.typing, KEY_RIGHTALT);
	assert_string_equal(desk.log, "+100 +32 -32 +18 -18 -100");
}

static void without_a_field_keys_are_held_and_repeats_are_the_sessions(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_KEYS);
	press(&desk, KEY_DOWN, false);
	press(&desk, KEY_DOWN, false);
	typing_input(&desk.typing, "x");
	typing_release(&desk.typing, KEY_DOWN);
	assert_string_equal(desk.log, "+108 -108");
}

static void a_hidden_field_gets_taps_and_no_text(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TAPS);
	press(&desk, KEY_A, true);
	typing_input(&desk.typing, "あ");
	typing_release(&desk.typing, KEY_A);
	assert_string_equal(desk.log, "+30 -30");
}

static void a_key_held_when_a_field_gets_the_focus_writes_nothing_twice(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_KEYS);
	press(&desk, KEY_A, true);
	typing_set_mode(&desk.typing, TYPING_TEXT);
	press(&desk, KEY_A, true);
	typing_input(&desk.typing, "a");
	typing_settle(&desk.typing);
	typing_release(&desk.typing, KEY_A);
	type(&desk, KEY_A, "a");
	assert_string_equal(desk.log, "+30 -30 'a'");
}

/* X servers tell their releases late, or never. */
static void keys_that_switch_never_stay_down(void **state)
{
	static const uint32_t codes[] = {KEY_ZENKAKUHANKAKU, KEY_KATAKANA, KEY_HIRAGANA,
		KEY_KATAKANAHIRAGANA, KEY_CAPSLOCK, KEY_SCROLLLOCK};
	static const enum typing_mode modes[] = {TYPING_KEYS, TYPING_TAPS, TYPING_TEXT};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		for (size_t j = 0; j < sizeof(modes) / sizeof(modes[0]); j++) {
			struct desk desk;
			char expected[32];

			begin(&desk, modes[j]);
			press(&desk, codes[i], true);
			snprintf(expected, sizeof(expected), "+%u -%u", codes[i], codes[i]);
			assert_string_equal(desk.log, expected);
		}
	}
}

static void henkan_and_muhenkan_are_let_go_with_the_focus(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_KEYS);
	press(&desk, KEY_HENKAN, false);
	press(&desk, KEY_MUHENKAN, false);
	typing_release_all(&desk.typing);
	assert_string_equal(desk.log, "+92 +94 -92 -94");
}

/* On a Japanese keyboard both keys write a backslash, and with Shift | and _. */
static void yen_and_ro_go_as_what_they_write(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_TEXT);
	type(&desk, KEY_YEN, "\\");
	type(&desk, KEY_YEN, "|");
	type(&desk, KEY_RO, "_");
	type(&desk, KEY_YEN, "¥");
	assert_string_equal(desk.log, "'\\' '|' '_' [¥]");
}

static void losing_the_focus_releases_all_once(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_KEYS);
	press(&desk, KEY_LEFTCTRL, false);
	press(&desk, KEY_A, true);
	typing_release_all(&desk.typing);
	typing_release(&desk.typing, KEY_A);
	typing_release(&desk.typing, KEY_LEFTCTRL);
	assert_string_equal(desk.log, "+29 +30 -29 -30");
}

static void a_code_beyond_the_table_is_no_key(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, TYPING_KEYS);
	press(&desk, TYPING_CODES, true);
	typing_release(&desk.typing, TYPING_CODES);
	press(&desk, 0, true);
	assert_string_equal(desk.log, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_character_goes_once_as_its_key),
		cmocka_unit_test(fast_typing_in_one_batch_keeps_order_and_count),
		cmocka_unit_test(text_of_an_input_method_goes_as_text),
		cmocka_unit_test(a_commit_behind_enter_is_not_dropped),
		cmocka_unit_test(a_dead_key_is_forgotten_and_its_letter_goes_as_text),
		cmocka_unit_test(a_repeat_of_the_desk_is_a_tap_each),
		cmocka_unit_test(a_shortcut_is_a_key_even_if_the_desk_writes_a_character),
		cmocka_unit_test(alt_gr_is_let_go_before_what_it_wrote),
		cmocka_unit_test(right_alt_without_alt_gr_is_a_shortcut),
		cmocka_unit_test(without_a_field_keys_are_held_and_repeats_are_the_sessions),
		cmocka_unit_test(a_hidden_field_gets_taps_and_no_text),
		cmocka_unit_test(a_key_held_when_a_field_gets_the_focus_writes_nothing_twice),
		cmocka_unit_test(keys_that_switch_never_stay_down),
		cmocka_unit_test(henkan_and_muhenkan_are_let_go_with_the_focus),
		cmocka_unit_test(yen_and_ro_go_as_what_they_write),
		cmocka_unit_test(losing_the_focus_releases_all_once),
		cmocka_unit_test(a_code_beyond_the_table_is_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
