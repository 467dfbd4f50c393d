/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as hexadecimal. Reads untrusted bytes from: its caller. */

#include "base/hex.h"

#include <errno.h>

void garasu_hex_write(char *text, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * size] = '\0';
}

static int digit(char untrusted)
{
	return untrusted >= '0' && untrusted <= '9'   ? untrusted - '0'
	       : untrusted >= 'a' && untrusted <= 'f' ? untrusted - 'a' + 10
						      : -1;
}

int garasu_hex_read(uint8_t *bytes, size_t size, const char *untrusted_text)
{
	for (size_t i = 0; i < size; i++) {
		int high = digit(untrusted_text[2 * i]);
		int low = high < 0 ? -1 : digit(untrusted_text[2 * i + 1]);

		if (low < 0) {
			return -EBADMSG;
		}
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}
