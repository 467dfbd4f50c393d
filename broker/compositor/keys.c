/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keysyms and the keymap. */

#include "keys.h"

#include <errno.h>
#include <string.h>

#define EVDEV_OFFSET 8 /* xkb keycodes are evdev's plus 8 */

static int has_keysym(
	struct xkb_keymap *keymap, xkb_keycode_t code, xkb_level_index_t level, xkb_keysym_t keysym)
{
	const xkb_keysym_t *symbols;
	int count = xkb_keymap_key_get_syms_by_level(keymap, code, 0, level, &symbols);

	return count == 1 && symbols[0] == keysym;
}

int keys_find(struct xkb_keymap *keymap, xkb_keysym_t keysym, uint32_t *found)
{
	xkb_keycode_t least = xkb_keymap_min_keycode(keymap);
	xkb_keycode_t most = xkb_keymap_max_keycode(keymap);

	for (xkb_level_index_t level = 0; level < 2; level++) {
		for (xkb_keycode_t code = least; code <= most; code++) {
			if (code < EVDEV_OFFSET ||
				xkb_keymap_num_levels_for_key(keymap, code, 0) <= level ||
				!has_keysym(keymap, code, level, keysym)) {
				continue;
			}
			*found = code - EVDEV_OFFSET;
			return 0;
		}
	}
	return -ENOENT;
}

struct xkb_keymap *keys_keymap(const char *layout)
{
	struct xkb_context *context = xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES);
	struct xkb_rule_names names = {.rules = "evdev",
		.model = strcmp(layout, "jp") == 0 ? "jp106" : "pc105",
		.layout = layout};
	struct xkb_keymap *keymap = NULL;

	if (context != NULL) {
		keymap = xkb_keymap_new_from_names(context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
		xkb_context_unref(context);
	}
	return keymap;
}
