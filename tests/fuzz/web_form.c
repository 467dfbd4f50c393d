/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the log-in form and its cookie: what is taken, written by the plainest rule, is taken
 * again as the same words; a cookie that is taken is there once, and beside itself it is not taken.
 * The first line is the cookies, the rest the form.
 * Covers: broker/web/form.c
 * Dictionary: http */

#include "form.h"

#include "base/hex.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static void check_words(const char *words, size_t room)
{
	size_t length = strnlen(words, room);

	demand(length < room && garasu_utf8_length((const uint8_t *)words, length) >= 0);
	for (size_t i = 0; i < length; i++) {
		demand((uint8_t)words[i] >= ' ' && words[i] != 0x7f);
	}
}

/* Every byte as %XX. */
static char *put_words(char *out, const char *words)
{
	for (; *words != '\0'; words++) {
		out += sprintf(out, "%%%02X", (uint8_t)*words);
	}
	return out;
}

static void check_login(const struct form_login *login)
{
	static char body[3 * (GARASU_USER_SIZE + GARASU_PASSWORD_SIZE) + 32];
	static struct form_login again;
	char *end = stpcpy(body, "password=");

	check_words(login->user, sizeof(login->user));
	check_words(login->password, sizeof(login->password));
	end = put_words(end, login->password);
	end = put_words(stpcpy(end, "&user="), login->user);
	demand(form_read_login((struct request_text){body, (size_t)(end - body)}, &again) == 0);
	demand(memcmp(&again, login, sizeof(again)) == 0);
}

static void check_cookie(const char *cookies, size_t size, const uint8_t token[FORM_TOKEN_BYTES])
{
	char own[sizeof(FORM_COOKIE) + FORM_TOKEN_TEXT] = FORM_COOKIE "=";
	uint8_t again[FORM_TOKEN_BYTES];
	char *twice;

	garasu_hex_write(own + strlen(own), token, FORM_TOKEN_BYTES);
	demand(form_read_cookie((struct request_text){own, strlen(own)}, again));
	demand(memcmp(again, token, FORM_TOKEN_BYTES) == 0);
	twice = malloc(size + 1 + strlen(own));
	demand(twice != NULL);
	memcpy(twice, cookies, size);
	twice[size] = ';';
	memcpy(twice + size + 1, own, strlen(own));
	demand(!form_read_cookie((struct request_text){twice, size + 1 + strlen(own)}, again));
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct form_login login;
	const uint8_t *line = memchr(data, '\n', size);
	size_t first = line != NULL ? (size_t)(line - data) : size;
	size_t rest = line != NULL ? size - first - 1 : 0;
	char *cookies = malloc(first + 1), *body = malloc(rest + 1);
	uint8_t token[FORM_TOKEN_BYTES];

	demand(cookies != NULL && body != NULL);
	memcpy(cookies, data, first);
	memcpy(body, data + size - rest, rest);
	if (form_read_cookie((struct request_text){cookies, first}, token)) {
		check_cookie(cookies, first, token);
	}
	if (form_read_login((struct request_text){body, rest}, &login) == 0) {
		check_login(&login);
	}
	free(cookies);
	free(body);
	return 0;
}
