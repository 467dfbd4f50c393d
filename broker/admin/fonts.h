/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ADMIN_FONTS_H
#define ADMIN_FONTS_H

#include <stdint.h>

/* One character as a page may show it: a code point, and a variation selector or 0. */
struct fonts_character {
	uint32_t code, selector;
};

/* Whether the fonts that a browser on this host falls back to have a glyph of the character.
 * Returns 1 or 0, or -1 where there are no fonts to ask. */
int fonts_have(const struct fonts_character *character);

/* garasuctl fonts: lists by group what this host's fonts lack. Returns the exit code: 0, 1 when a
 * glyph is missing. */
int fonts_command(int is_japanese);

/* Gives back what looking took. */
void fonts_finish(void);

#endif
