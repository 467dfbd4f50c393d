/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of keys. */

#include "keys.h"

#include <linux/input-event-codes.h>
#include <stddef.h>

/* Keys above the 83 of the first keyboard, whose XT code is their evdev code. */
static const uint8_t later_keys[KEY_MAX] = {
	[KEY_ZENKAKUHANKAKU] = 0x76,
	[KEY_102ND] = 0x56,
	[KEY_F11] = 0x57,
	[KEY_F12] = 0x58,
	[KEY_RO] = 0x73,
	[KEY_KATAKANA] = 0x78,
	[KEY_HIRAGANA] = 0x77,
	[KEY_HENKAN] = 0x79,
	[KEY_KATAKANAHIRAGANA] = 0x70,
	[KEY_MUHENKAN] = 0x7b,
	[KEY_KPJPCOMMA] = 0x5c,
	[KEY_KPENTER] = 0x9c,
	[KEY_RIGHTCTRL] = 0x9d,
	[KEY_KPSLASH] = 0xb5,
	[KEY_SYSRQ] = 0x54,
	[KEY_RIGHTALT] = 0xb8,
	[KEY_HOME] = 0xc7,
	[KEY_UP] = 0xc8,
	[KEY_PAGEUP] = 0xc9,
	[KEY_LEFT] = 0xcb,
	[KEY_RIGHT] = 0xcd,
	[KEY_END] = 0xcf,
	[KEY_DOWN] = 0xd0,
	[KEY_PAGEDOWN] = 0xd1,
	[KEY_INSERT] = 0xd2,
	[KEY_DELETE] = 0xd3,
	[KEY_KPEQUAL] = 0x59,
	[KEY_PAUSE] = 0xc6,
	[KEY_KPCOMMA] = 0x7e,
	[KEY_YEN] = 0x7d,
	[KEY_LEFTMETA] = 0xdb,
	[KEY_RIGHTMETA] = 0xdc,
	[KEY_COMPOSE] = 0xdd,
	[KEY_BACK] = 0xea,
	[KEY_FORWARD] = 0xe9,
};

uint32_t keys_xt_of_evdev(uint32_t evdev)
{
	if (evdev <= KEY_KPDOT + 0u) {
		return evdev;
	}
	return evdev < KEY_MAX ? later_keys[evdev] : 0;
}
