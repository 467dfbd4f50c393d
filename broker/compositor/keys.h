/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_COMPOSITOR_KEYS_H
#define GARASU_COMPOSITOR_KEYS_H

#include <xkbcommon/xkbcommon.h>

/* Finds the plainest key that makes a keysym in the keymap's first layout: alone, or with Shift.
 * Fills code, evdev's. Returns 0, or -ENOENT when the keymap lacks it. */
int keys_find(struct xkb_keymap *keymap, xkb_keysym_t keysym, uint32_t *code);

/* Makes the keymap of a layout, "jp" (jp106) or "us". Returns NULL when there is none. */
struct xkb_keymap *keys_keymap(const char *layout);

#endif
