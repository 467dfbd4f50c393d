/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of UTF-8 and hexadecimal: a character that is taken is written again as the same bytes, one
 * that is cut short or malformed is neither longer nor shorter than the standard says; digits that
 * are taken are written again the same.
 * Covers: broker/base/utf8.c broker/base/hex.c */

#include "base/hex.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define HEX_BYTES 16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

/* RFC 3629 §4, its table of byte ranges: bytes of the character at the start, 0 when the text ends
 * within one, -1. */
static int length_by_table(const uint8_t *text, size_t size)
{
	static const struct {
		uint8_t first, last, second, second_last, bytes;
	} rows[] = {{0x00, 0x7f, 0, 0, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (text[0] < rows[i].first || text[0] > rows[i].last) {
			continue;
		}
		for (size_t at = 1; at < rows[i].bytes; at++) {
			uint8_t least = at == 1 ? rows[i].second : 0x80;
			uint8_t most = at == 1 ? rows[i].second_last : 0xbf;

			if (at == size) {
				return 0;
			}
			if (text[at] < least || text[at] > most) {
				return -1;
			}
		}
		return rows[i].bytes;
	}
	return -1;
}

/* Of a text that ends within a character, and is malformed before, both may be said. */
static void check_length(const uint8_t *text, size_t size, int used)
{
	int expected = length_by_table(text, size);

	demand(used == expected || (used == 0 && expected == -1 && size < 4 && text[0] >= 0xe0));
}

static void check_characters(const uint8_t *text, size_t size)
{
	int64_t characters = 0;
	int used = 1;

	for (size_t at = 0; at < size && used > 0; at += (size_t)used) {
		uint32_t character = 0;
		uint8_t again[4];

		used = garasu_utf8_decode(text + at, size - at, &character);
		check_length(text + at, size - at, used);
		if (used > 0) {
			demand(garasu_utf8_encode(character, again) == (size_t)used);
			demand(memcmp(again, text + at, (size_t)used) == 0);
			characters++;
		}
	}
	demand(garasu_utf8_length(text, size) == (used > 0 ? characters : -1));
}

static void check_digits(const uint8_t *text, size_t size)
{
	char digits[2 * HEX_BYTES + 1] = {0};
	char again[2 * HEX_BYTES + 1];
	uint8_t bytes[HEX_BYTES];
	size_t digit_count = size < 2 * HEX_BYTES ? size : 2 * HEX_BYTES;
	int result;

	memcpy(digits, text, digit_count);
	result = garasu_hex_read(bytes, HEX_BYTES, digits);
	demand((result == 0) == (strspn(digits, "0123456789abcdef") == 2 * HEX_BYTES));
	if (result == 0) {
		garasu_hex_write(again, bytes, HEX_BYTES);
		demand(strcmp(again, digits) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_characters(data, size);
	check_digits(data, size);
	return 0;
}
