/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log-in form and the log-in cookie. Reads untrusted bytes from: the viewer. */

#include "form.h"

#include "base/utf8.h"

#include <errno.h>
#include <string.h>

static int hex_digit(char character)
{
	if (character >= '0' && character <= '9') {
		return character - '0';
	}
	if (character >= 'a' && character <= 'f') {
		return character - 'a' + 10;
	}
	return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

/* Returns the byte at the start of the text and moves past it, or -1. */
static int next_byte(struct request_text *text)
{
	int byte = (unsigned char)text->bytes[0];
	size_t used = 1;

	if (byte == '+') {
		byte = ' ';
	} else if (byte == '%') {
		int high = text->size >= 3 ? hex_digit(text->bytes[1]) : -1;
		int low = text->size >= 3 ? hex_digit(text->bytes[2]) : -1;

		if (high < 0 || low < 0) {
			return -1;
		}
		byte = high * 16 + low;
		used = 3;
	}
	text->bytes += used;
	text->size -= used;
	return byte;
}

/* Fills a zeroed room, with its terminator. Returns 0 or -EPROTO. */
static int decode(struct request_text text, char *room, size_t size)
{
	size_t used = 0;

	while (text.size > 0) {
		int byte = next_byte(&text);

		if (byte < ' ' || byte == 0x7f || used + 1 == size) {
			return -EPROTO;
		}
		room[used++] = (char)byte;
	}
	return garasu_utf8_length((const uint8_t *)room, used) < 0 ? -EPROTO : 0;
}

/* Cuts off what stands before the next separator. */
static struct request_text cut(struct request_text *rest, char separator)
{
	const char *end = memchr(rest->bytes, separator, rest->size);
	struct request_text part = {
		rest->bytes, end != NULL ? (size_t)(end - rest->bytes) : rest->size};
	size_t used = part.size + (end != NULL);

	rest->bytes += used;
	rest->size -= used;
	return part;
}

static int is_named(struct request_text name, const char *wanted)
{
	return name.size == strlen(wanted) && memcmp(name.bytes, wanted, name.size) == 0;
}

int form_read_login(struct request_text untrusted_body, struct form_login *login)
{
	struct request_text rest = untrusted_body;
	int has_user = 0;
	int has_password = 0;
	int result = 0;

	memset(login, 0, sizeof(*login));
	while (rest.size > 0 && result == 0) {
		struct request_text value = cut(&rest, '&');
		struct request_text name = cut(&value, '=');

		if (is_named(name, "user") && !has_user) {
			has_user = 1;
			result = decode(value, login->user, sizeof(login->user));
		} else if (is_named(name, "password") && !has_password) {
			has_password = 1;
			result = decode(value, login->password, sizeof(login->password));
		} else {
			result = -EPROTO;
		}
	}
	return result == 0 && has_user && has_password ? 0 : -EPROTO;
}

int form_read_cookie(struct request_text untrusted_cookies, uint8_t token[FORM_TOKEN_BYTES])
{
	struct request_text rest = untrusted_cookies;
	unsigned found = 0;

	while (rest.bytes != NULL && rest.size > 0) {
		struct request_text value = cut(&rest, ';');
		struct request_text name;

		while (value.size > 0 && *value.bytes == ' ') {
			value.bytes++;
			value.size--;
		}
		name = cut(&value, '=');
		if (!is_named(name, FORM_COOKIE)) {
			continue;
		}
		if (++found > 1 || value.size != 2 * FORM_TOKEN_BYTES) {
			return 0;
		}
		for (size_t i = 0; i < FORM_TOKEN_BYTES; i++) {
			int high = hex_digit(value.bytes[2 * i]);
			int low = hex_digit(value.bytes[2 * i + 1]);

			if (high < 0 || low < 0) {
				return 0;
			}
			token[i] = (uint8_t)(high * 16 + low);
		}
	}
	return found == 1;
}
