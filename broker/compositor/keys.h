/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_COMPOSITOR_KEYS_H
#define GARASU_COMPOSITOR_KEYS_H

#include <xkbcommon/xkbcommon.h>

/* Where a keymap has a keysym. */
struct key_place {
	uint32_t code; /* evdev */
	int needs_shift;
};

/* Finds the plainest place of a keysym in the keymap's first layout: on a key alone, or with Shift.
 * Fills place. Returns 0, or -ENOENT when the keymap lacks it. */
int keys_find(struct xkb_keymap *keymap, xkb_keysym_t keysym, struct key_place *place);

/* Makes the keymap of a layout, "jp" (jp106) or "us". Returns NULL when there is none. */
struct xkb_keymap *keys_keymap(const char *layout);

#endif
