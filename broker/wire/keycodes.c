/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XT scan codes and evdev's. Reads untrusted bytes from: the viewer. */

#include "keycodes.h"

#include <linux/input-event-codes.h>

/* evdev kept the numbers of the first 83 keys: Escape to the keypad's point. */
#define XT_SAME_MAX 0x53u

/* No key that ends or suspends a machine is here: a session has no use for one. */
static const uint8_t evdev_codes[256] = {
	[0x54] = KEY_SYSRQ,
	[0x55] = KEY_F16,
	[0x56] = KEY_102ND,
	[0x57] = KEY_F11,
	[0x58] = KEY_F12,
	[0x59] = KEY_KPEQUAL,
	[0x5a] = KEY_F20,
	[0x5b] = KEY_LINEFEED,
	[0x5c] = KEY_KPJPCOMMA,
	[0x5d] = KEY_F13,
	[0x5e] = KEY_F14,
	[0x5f] = KEY_F15,
	[0x6d] = KEY_F23,
	[0x6f] = KEY_F24,
	[0x70] = KEY_KATAKANAHIRAGANA,
	[0x71] = KEY_HANJA,
	[0x72] = KEY_HANGEUL,
	[0x73] = KEY_RO,
	[0x74] = KEY_F21,
	[0x76] = KEY_ZENKAKUHANKAKU,
	[0x77] = KEY_HIRAGANA,
	[0x78] = KEY_KATAKANA,
	[0x79] = KEY_HENKAN,
	[0x7b] = KEY_MUHENKAN,
	[0x7d] = KEY_YEN,
	[0x7e] = KEY_KPCOMMA,
	/* with the prefix 0xe0 */
	[0x83] = KEY_F17,
	[0x84] = KEY_F19,
	[0x85] = KEY_AGAIN,
	[0x86] = KEY_PROPS,
	[0x87] = KEY_UNDO,
	[0x8c] = KEY_FRONT,
	[0x9c] = KEY_KPENTER,
	[0x9d] = KEY_RIGHTCTRL,
	[0x9e] = KEY_MENU,
	[0xb5] = KEY_KPSLASH,
	[0xb7] = KEY_SYSRQ,
	[0xb8] = KEY_RIGHTALT,
	[0xbc] = KEY_CUT,
	[0xc1] = KEY_FIND,
	[0xc6] = KEY_PAUSE,
	[0xc7] = KEY_HOME,
	[0xc8] = KEY_UP,
	[0xc9] = KEY_PAGEUP,
	[0xcb] = KEY_LEFT,
	[0xcd] = KEY_RIGHT,
	[0xce] = KEY_KPPLUSMINUS,
	[0xcf] = KEY_END,
	[0xd0] = KEY_DOWN,
	[0xd1] = KEY_PAGEDOWN,
	[0xd2] = KEY_INSERT,
	[0xd3] = KEY_DELETE,
	[0xdb] = KEY_LEFTMETA,
	[0xdc] = KEY_RIGHTMETA,
	[0xdd] = KEY_COMPOSE,
	[0xe5] = KEY_SEARCH,
	[0xe6] = KEY_BOOKMARKS,
	[0xe7] = KEY_REFRESH,
	[0xe8] = KEY_STOP,
	[0xe9] = KEY_FORWARD,
	[0xea] = KEY_BACK,
	[0xb2] = KEY_HOMEPAGE,
	[0xf5] = KEY_HELP,
	[0xf7] = KEY_F18,
	[0xf8] = KEY_COPY,
	[0xf9] = KEY_F22,
};

uint32_t wire_evdev_of_xt(uint32_t untrusted_xt)
{
	if (untrusted_xt <= XT_SAME_MAX) {
		return untrusted_xt;
	}
	return untrusted_xt < sizeof(evdev_codes) ? evdev_codes[untrusted_xt] : 0;
}
