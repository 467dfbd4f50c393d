/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keymaps, and where they have a keysym. */

#include "keys.h"

#include <errno.h>
#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct place {
	xkb_keysym_t keysym;
	uint32_t code;
};

static void expect_places(const char *layout, const struct place *places, size_t count)
{
	struct xkb_keymap *keymap = keys_keymap(layout);

	assert_non_null(keymap);
	for (size_t i = 0; i < count; i++) {
		uint32_t code = 0;

		assert_int_equal(keys_find(keymap, places[i].keysym, &code), 0);
		assert_int_equal(code, places[i].code);
	}
	xkb_keymap_unref(keymap);
}

static void japanese_keys_are_where_jis_has_them(void **state)
{
	static const struct place places[] = {
		{XKB_KEY_a, KEY_A},
		{XKB_KEY_A, KEY_A},
		{XKB_KEY_at, KEY_LEFTBRACE},
		{XKB_KEY_quotedbl, KEY_2},
		{XKB_KEY_asciitilde, KEY_0},
		{XKB_KEY_Henkan_Mode, KEY_HENKAN},
		{XKB_KEY_Muhenkan, KEY_MUHENKAN},
		{XKB_KEY_Zenkaku_Hankaku, KEY_GRAVE},
		{XKB_KEY_underscore, KEY_RO},
	};

	(void)state;
	expect_places("jp", places, sizeof(places) / sizeof(places[0]));
}

static void american_keys_are_where_ansi_has_them(void **state)
{
	static const struct place places[] = {
		{XKB_KEY_at, KEY_2},
		{XKB_KEY_quotedbl, KEY_APOSTROPHE},
		{XKB_KEY_Return, KEY_ENTER},
		{XKB_KEY_F12, KEY_F12},
		{XKB_KEY_Delete, KEY_DELETE},
	};

	(void)state;
	expect_places("us", places, sizeof(places) / sizeof(places[0]));
}

static void keysym_without_a_key_is_not_found(void **state)
{
	struct xkb_keymap *keymap = keys_keymap("jp");
	uint32_t code = 4711;

	(void)state;
	assert_int_equal(keys_find(keymap, 0x01003042, &code), -ENOENT); /* hiragana a */
	assert_int_equal(code, 4711);
	xkb_keymap_unref(keymap);
}

static void unknown_layout_has_no_keymap(void **state)
{
	(void)state;
	assert_null(keys_keymap("nolayout"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(japanese_keys_are_where_jis_has_them),
		cmocka_unit_test(american_keys_are_where_ansi_has_them),
		cmocka_unit_test(keysym_without_a_key_is_not_found),
		cmocka_unit_test(unknown_layout_has_no_keymap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
