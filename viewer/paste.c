/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule of paste.h. Pure. Reads untrusted bytes from: the desk's clipboard. */

#include "paste.h"

#include <base/utf8.h>

#include <string.h>

static int is_dropped(uint32_t character)
{
	return (character < 0x20 && character != '\t' && character != '\n') ||
	       (character >= 0x7f && character < 0xa0);
}

void paste_take(struct paste *paste, const char *untrusted_text, uint32_t most)
{
	const uint8_t *bytes = (const uint8_t *)untrusted_text;
	size_t left = strlen(untrusted_text);

	paste->length = 0;
	paste->size = 0;
	most = most < GARASU_RFB_PASTE_MAX ? most : GARASU_RFB_PASTE_MAX;
	while (left > 0) {
		uint32_t character;
		int used = garasu_utf8_decode(bytes, left, &character);

		if (used <= 0) {
			return;
		}
		bytes += used;
		left -= (size_t)used;
		if (character == '\r') {
			if (left > 0 && bytes[0] == '\n') {
				continue;
			}
			character = '\n';
		}
		if (is_dropped(character)) {
			continue;
		}
		if (paste->length++ < most) {
			paste->size +=
				garasu_utf8_encode(character, (uint8_t *)paste->text + paste->size);
		}
	}
}
