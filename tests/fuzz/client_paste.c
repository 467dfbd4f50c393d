/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of a paste: at most what policy lets, whole characters, no control but tab and newline; what
 * was taken is taken again as it is. The first two bytes are how many characters may cross.
 * Covers: viewer/paste.c broker/base/utf8.c */

#include "paste.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static void check_characters(const struct paste *paste)
{
	size_t at = 0;

	while (at < paste->size) {
		uint32_t character = 0;
		int used = garasu_utf8_decode(
			(const uint8_t *)paste->text + at, paste->size - at, &character);

		demand(used > 0);
		demand(character == '\t' || character == '\n' ||
			(character >= 0x20 && (character < 0x7f || character >= 0xa0)));
		at += (size_t)used;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct paste paste, again;
	uint32_t most;
	char *text;
	uint32_t expected;

	if (size < 2) {
		return 0;
	}
	most = (uint32_t)(data[0] << 8 | data[1]);
	text = malloc(size - 1);
	demand(text != NULL);
	memcpy(text, data + 2, size - 2);
	text[size - 2] = '\0';
	paste_take(&paste, text, most);
	most = most < GARASU_RFB_PASTE_MAX ? most : GARASU_RFB_PASTE_MAX;
	expected = paste.length < most ? paste.length : most;
	demand(paste.size <= sizeof(paste.text) && paste.length <= size - 2);
	demand(garasu_utf8_length((const uint8_t *)paste.text, paste.size) == expected);
	check_characters(&paste);
	free(text);

	text = malloc(paste.size + 1);
	demand(text != NULL);
	memcpy(text, paste.text, paste.size);
	text[paste.size] = '\0';
	paste_take(&again, text, most);
	demand(again.length == expected && again.size == paste.size &&
		memcmp(again.text, paste.text, paste.size) == 0);
	free(text);
	return 0;
}
