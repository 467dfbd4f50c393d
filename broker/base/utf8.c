/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8, RFC 3629. Pure. */

#include "base/utf8.h"

int garasu_utf8_decode(const uint8_t *text, size_t size, uint32_t *character)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t value;
	int count;

	if (size == 0) {
		return 0;
	}
	if (text[0] < 0x80) {
		*character = text[0];
		return 1;
	}
	if (text[0] < 0xc2 || text[0] > 0xf4) {
		return -1;
	}
	count = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	value = text[0] & (0x7fu >> count);
	for (int i = 1; i < count; i++) {
		if ((size_t)i >= size) {
			return 0;
		}
		if ((text[i] & 0xc0) != 0x80) {
			return -1;
		}
		value = value << 6 | (text[i] & 0x3fu);
	}
	if (value < least[count] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
		return -1;
	}
	*character = value;
	return count;
}

size_t garasu_utf8_encode(uint32_t character, uint8_t bytes[4])
{
	if (character < 0x80) {
		bytes[0] = (uint8_t)character;
		return 1;
	}
	if (character < 0x800) {
		bytes[0] = (uint8_t)(0xc0 | character >> 6);
		bytes[1] = (uint8_t)(0x80 | (character & 0x3f));
		return 2;
	}
	if (character >= 0xd800 && character <= 0xdfff) {
		return 0;
	}
	if (character < 0x10000) {
		bytes[0] = (uint8_t)(0xe0 | character >> 12);
		bytes[1] = (uint8_t)(0x80 | (character >> 6 & 0x3f));
		bytes[2] = (uint8_t)(0x80 | (character & 0x3f));
		return 3;
	}
	if (character <= 0x10ffff) {
		bytes[0] = (uint8_t)(0xf0 | character >> 18);
		bytes[1] = (uint8_t)(0x80 | (character >> 12 & 0x3f));
		bytes[2] = (uint8_t)(0x80 | (character >> 6 & 0x3f));
		bytes[3] = (uint8_t)(0x80 | (character & 0x3f));
		return 4;
	}
	return 0;
}

int64_t garasu_utf8_length(const uint8_t *text, size_t size)
{
	int64_t count = 0;

	while (size > 0) {
		uint32_t character;
		int used = garasu_utf8_decode(text, size, &character);

		if (used <= 0) {
			return -1;
		}
		text += used;
		size -= (size_t)used;
		count++;
	}
	return count;
}
