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

/* By USB usage (HID Usage Tables, page 7), which is how SDL numbers its scancodes. */
static const uint8_t usages[256] = {
	[0x04] = KEY_A,
	KEY_B,
	KEY_C,
	KEY_D,
	KEY_E,
	KEY_F,
	KEY_G,
	KEY_H,
	KEY_I,
	KEY_J,
	KEY_K,
	KEY_L,
	KEY_M,
	KEY_N,
	KEY_O,
	KEY_P,
	KEY_Q,
	KEY_R,
	KEY_S,
	KEY_T,
	KEY_U,
	KEY_V,
	KEY_W,
	KEY_X,
	KEY_Y,
	KEY_Z,
	KEY_1,
	KEY_2,
	KEY_3,
	KEY_4,
	KEY_5,
	KEY_6,
	KEY_7,
	KEY_8,
	KEY_9,
	KEY_0,
	[0x28] = KEY_ENTER,
	KEY_ESC,
	KEY_BACKSPACE,
	KEY_TAB,
	KEY_SPACE,
	KEY_MINUS,
	KEY_EQUAL,
	KEY_LEFTBRACE,
	KEY_RIGHTBRACE,
	KEY_BACKSLASH,
	KEY_BACKSLASH,
	KEY_SEMICOLON,
	KEY_APOSTROPHE,
	KEY_GRAVE,
	KEY_COMMA,
	KEY_DOT,
	KEY_SLASH,
	KEY_CAPSLOCK,
	[0x3a] = KEY_F1,
	KEY_F2,
	KEY_F3,
	KEY_F4,
	KEY_F5,
	KEY_F6,
	KEY_F7,
	KEY_F8,
	KEY_F9,
	KEY_F10,
	KEY_F11,
	KEY_F12,
	KEY_SYSRQ,
	KEY_SCROLLLOCK,
	KEY_PAUSE,
	KEY_INSERT,
	KEY_HOME,
	KEY_PAGEUP,
	KEY_DELETE,
	KEY_END,
	KEY_PAGEDOWN,
	KEY_RIGHT,
	KEY_LEFT,
	KEY_DOWN,
	KEY_UP,
	[0x53] = KEY_NUMLOCK,
	KEY_KPSLASH,
	KEY_KPASTERISK,
	KEY_KPMINUS,
	KEY_KPPLUS,
	KEY_KPENTER,
	KEY_KP1,
	KEY_KP2,
	KEY_KP3,
	KEY_KP4,
	KEY_KP5,
	KEY_KP6,
	KEY_KP7,
	KEY_KP8,
	KEY_KP9,
	KEY_KP0,
	KEY_KPDOT,
	KEY_102ND,
	KEY_COMPOSE,
	[0x67] = KEY_KPEQUAL,
	[0x85] = KEY_KPCOMMA,
	[0x87] = KEY_RO,
	KEY_KATAKANAHIRAGANA,
	KEY_YEN,
	KEY_HENKAN,
	KEY_MUHENKAN,
	KEY_KPJPCOMMA,
	[0x92] = KEY_KATAKANA,
	KEY_HIRAGANA,
	KEY_ZENKAKUHANKAKU,
	[0xe0] = KEY_LEFTCTRL,
	KEY_LEFTSHIFT,
	KEY_LEFTALT,
	KEY_LEFTMETA,
	KEY_RIGHTCTRL,
	KEY_RIGHTSHIFT,
	KEY_RIGHTALT,
	KEY_RIGHTMETA,
};

/* X11 keysyms (keysymdef.h) of keys that write nothing. */
static const uint16_t keysyms[KEY_MAX] = {
	[KEY_ESC] = 0xff1b,
	[KEY_BACKSPACE] = 0xff08,
	[KEY_TAB] = 0xff09,
	[KEY_ENTER] = 0xff0d,
	[KEY_KPENTER] = 0xff8d,
	[KEY_KPASTERISK] = 0xffaa,
	[KEY_KPPLUS] = 0xffab,
	[KEY_KPMINUS] = 0xffad,
	[KEY_KPSLASH] = 0xffaf,
	[KEY_KPEQUAL] = 0xffbd,
	[KEY_LEFTSHIFT] = 0xffe1,
	[KEY_RIGHTSHIFT] = 0xffe2,
	[KEY_LEFTCTRL] = 0xffe3,
	[KEY_RIGHTCTRL] = 0xffe4,
	[KEY_CAPSLOCK] = 0xffe5,
	[KEY_LEFTALT] = 0xffe9,
	[KEY_RIGHTALT] = 0xffea,
	[KEY_LEFTMETA] = 0xffeb,
	[KEY_RIGHTMETA] = 0xffec,
	[KEY_COMPOSE] = 0xff67,
	[KEY_SYSRQ] = 0xff61,
	[KEY_SCROLLLOCK] = 0xff14,
	[KEY_PAUSE] = 0xff13,
	[KEY_INSERT] = 0xff63,
	[KEY_DELETE] = 0xffff,
	[KEY_HOME] = 0xff50,
	[KEY_LEFT] = 0xff51,
	[KEY_UP] = 0xff52,
	[KEY_RIGHT] = 0xff53,
	[KEY_DOWN] = 0xff54,
	[KEY_PAGEUP] = 0xff55,
	[KEY_PAGEDOWN] = 0xff56,
	[KEY_END] = 0xff57,
	[KEY_F1] = 0xffbe,
	0xffbf,
	0xffc0,
	0xffc1,
	0xffc2,
	0xffc3,
	0xffc4,
	0xffc5,
	0xffc6,
	0xffc7,
	[KEY_F11] = 0xffc8,
	[KEY_F12] = 0xffc9,
	[KEY_ZENKAKUHANKAKU] = 0xff2a,
	[KEY_KATAKANA] = 0xff26,
	[KEY_HIRAGANA] = 0xff25,
	[KEY_KATAKANAHIRAGANA] = 0xff27,
	[KEY_HENKAN] = 0xff23,
	[KEY_MUHENKAN] = 0xff22,
};

/* What the keypad is with NumLock, and without. */
static const struct {
	uint8_t digit, step;
} keypad[] = {
	[KEY_KP7 - KEY_KP7] = {KEY_7, KEY_HOME},
	[KEY_KP8 - KEY_KP7] = {KEY_8, KEY_UP},
	[KEY_KP9 - KEY_KP7] = {KEY_9, KEY_PAGEUP},
	[KEY_KP4 - KEY_KP7] = {KEY_4, KEY_LEFT},
	[KEY_KP5 - KEY_KP7] = {KEY_5, KEY_KP5},
	[KEY_KP6 - KEY_KP7] = {KEY_6, KEY_RIGHT},
	[KEY_KP1 - KEY_KP7] = {KEY_1, KEY_END},
	[KEY_KP2 - KEY_KP7] = {KEY_2, KEY_DOWN},
	[KEY_KP3 - KEY_KP7] = {KEY_3, KEY_PAGEDOWN},
	[KEY_KP0 - KEY_KP7] = {KEY_0, KEY_INSERT},
	[KEY_KPDOT - KEY_KP7] = {KEY_DOT, KEY_DELETE},
};

uint32_t keys_evdev_of_usage(uint32_t usage)
{
	return usage < sizeof(usages) ? usages[usage] : 0;
}

bool keys_is_modifier(uint32_t evdev)
{
	return evdev == KEY_LEFTSHIFT || evdev == KEY_RIGHTSHIFT || evdev == KEY_LEFTCTRL ||
	       evdev == KEY_RIGHTCTRL || evdev == KEY_LEFTALT || evdev == KEY_RIGHTALT ||
	       evdev == KEY_LEFTMETA || evdev == KEY_RIGHTMETA;
}

bool keys_is_momentary(uint32_t evdev)
{
	return evdev == KEY_CAPSLOCK || evdev == KEY_SCROLLLOCK || evdev == KEY_ZENKAKUHANKAKU ||
	       evdev == KEY_KATAKANA || evdev == KEY_HIRAGANA || evdev == KEY_KATAKANAHIRAGANA;
}

uint32_t keys_of_keypad(uint32_t evdev, bool has_num_lock)
{
	if (evdev < KEY_KP7 || evdev > KEY_KPDOT || keypad[evdev - KEY_KP7].digit == 0) {
		return evdev;
	}
	return has_num_lock ? keypad[evdev - KEY_KP7].digit : keypad[evdev - KEY_KP7].step;
}

uint32_t keys_keysym_of_evdev(uint32_t evdev)
{
	return evdev < KEY_MAX ? keysyms[evdev] : 0;
}

bool keys_writes(uint32_t evdev)
{
	uint32_t keysym = keys_keysym_of_evdev(evdev);

	return keysym == 0 || (keysym >= 0xffaa && keysym <= 0xffbd); /* the keypad's signs */
}

uint32_t keys_xt_of_evdev(uint32_t evdev)
{
	if (evdev <= KEY_KPDOT + 0u) {
		return evdev;
	}
	return evdev < KEY_MAX ? later_keys[evdev] : 0;
}
