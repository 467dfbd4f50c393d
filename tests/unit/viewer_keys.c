/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of keys agree with SDL's numbers and with the QEMU extension's. */

#include "keys.h"

#include <SDL_scancode.h>
#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void japanese_keys_have_their_codes(void **state)
{
	static const struct {
		uint32_t scancode, evdev, xt;
	} keys[] = {
		{SDL_SCANCODE_INTERNATIONAL1, KEY_RO, 0x73},
		{SDL_SCANCODE_INTERNATIONAL2, KEY_KATAKANAHIRAGANA, 0x70},
		{SDL_SCANCODE_INTERNATIONAL3, KEY_YEN, 0x7d},
		{SDL_SCANCODE_INTERNATIONAL4, KEY_HENKAN, 0x79},
		{SDL_SCANCODE_INTERNATIONAL5, KEY_MUHENKAN, 0x7b},
		{SDL_SCANCODE_LANG5, KEY_ZENKAKUHANKAKU, 0x76},
		{SDL_SCANCODE_GRAVE, KEY_GRAVE, 0x29},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_int_equal(keys_evdev_of_usage(keys[i].scancode), keys[i].evdev);
		assert_int_equal(keys_xt_of_evdev(keys[i].evdev), keys[i].xt);
	}
}

static void the_main_block_has_its_codes(void **state)
{
	static const struct {
		uint32_t scancode, evdev, xt;
	} keys[] = {
		{SDL_SCANCODE_A, KEY_A, 0x1e},
		{SDL_SCANCODE_Z, KEY_Z, 0x2c},
		{SDL_SCANCODE_1, KEY_1, 0x02},
		{SDL_SCANCODE_0, KEY_0, 0x0b},
		{SDL_SCANCODE_RETURN, KEY_ENTER, 0x1c},
		{SDL_SCANCODE_BACKSLASH, KEY_BACKSLASH, 0x2b},
		{SDL_SCANCODE_NONUSHASH, KEY_BACKSLASH, 0x2b},
		{SDL_SCANCODE_NONUSBACKSLASH, KEY_102ND, 0x56},
		{SDL_SCANCODE_SLASH, KEY_SLASH, 0x35},
		{SDL_SCANCODE_CAPSLOCK, KEY_CAPSLOCK, 0x3a},
		{SDL_SCANCODE_F1, KEY_F1, 0x3b},
		{SDL_SCANCODE_F12, KEY_F12, 0x58},
		{SDL_SCANCODE_UP, KEY_UP, 0xc8},
		{SDL_SCANCODE_DELETE, KEY_DELETE, 0xd3},
		{SDL_SCANCODE_NUMLOCKCLEAR, KEY_NUMLOCK, 0x45},
		{SDL_SCANCODE_KP_ENTER, KEY_KPENTER, 0x9c},
		{SDL_SCANCODE_KP_PERIOD, KEY_KPDOT, 0x53},
		{SDL_SCANCODE_APPLICATION, KEY_COMPOSE, 0xdd},
		{SDL_SCANCODE_LCTRL, KEY_LEFTCTRL, 0x1d},
		{SDL_SCANCODE_RALT, KEY_RIGHTALT, 0xb8},
		{SDL_SCANCODE_RGUI, KEY_RIGHTMETA, 0xdc},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_int_equal(keys_evdev_of_usage(keys[i].scancode), keys[i].evdev);
		assert_int_equal(keys_xt_of_evdev(keys[i].evdev), keys[i].xt);
	}
	assert_int_equal(keys_evdev_of_usage(SDL_SCANCODE_UNKNOWN), 0);
	assert_int_equal(keys_evdev_of_usage(SDL_NUM_SCANCODES), 0);
}

static void every_key_of_the_keyboard_can_be_sent(void **state)
{
	(void)state;
	for (uint32_t usage = 0; usage < 256; usage++) {
		uint32_t evdev = keys_evdev_of_usage(usage);

		if (evdev != 0) {
			assert_int_not_equal(keys_xt_of_evdev(evdev), 0);
		}
	}
}

static void the_keypad_follows_the_desks_num_lock(void **state)
{
	(void)state;
	assert_int_equal(keys_of_keypad(KEY_KP4, true), KEY_4);
	assert_int_equal(keys_of_keypad(KEY_KP4, false), KEY_LEFT);
	assert_int_equal(keys_of_keypad(KEY_KP0, true), KEY_0);
	assert_int_equal(keys_of_keypad(KEY_KPDOT, false), KEY_DELETE);
	assert_int_equal(keys_of_keypad(KEY_KPPLUS, false), KEY_KPPLUS);
	assert_int_equal(keys_of_keypad(KEY_KPMINUS, true), KEY_KPMINUS);
	assert_int_equal(keys_of_keypad(KEY_A, true), KEY_A);
}

static void keys_that_write_are_told_from_keys_that_do_not(void **state)
{
	(void)state;
	assert_true(keys_writes(KEY_A));
	assert_true(keys_writes(KEY_SPACE));
	assert_true(keys_writes(KEY_RO));
	assert_true(keys_writes(KEY_YEN));
	assert_true(keys_writes(KEY_KPPLUS));
	assert_false(keys_writes(KEY_ENTER));
	assert_false(keys_writes(KEY_KPENTER));
	assert_false(keys_writes(KEY_LEFT));
	assert_false(keys_writes(KEY_F1));
	assert_false(keys_writes(KEY_F12));
	assert_false(keys_writes(KEY_HENKAN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(japanese_keys_have_their_codes),
		cmocka_unit_test(the_main_block_has_its_codes),
		cmocka_unit_test(every_key_of_the_keyboard_can_be_sent),
		cmocka_unit_test(the_keypad_follows_the_desks_num_lock),
		cmocka_unit_test(keys_that_write_are_told_from_keys_that_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
