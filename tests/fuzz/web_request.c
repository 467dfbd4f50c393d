/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of requests: one that is whole is the same whatever comes behind it, and less of it is not
 * whole; what was read of it lies within it; a form's words are whole UTF-8.
 * Covers: broker/web/request.c broker/web/route.c broker/wire/http_head.c
 * Dictionary: http */

#include "form.h"
#include "route.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(struct request_text text, const char *bytes, size_t size)
{
	if (text.bytes != NULL && (text.bytes < bytes || text.bytes + text.size > bytes + size)) {
		abort();
	}
}

static void check_words(const char *words, size_t room)
{
	size_t length = strnlen(words, room);

	if (length == room || garasu_utf8_length((const uint8_t *)words, length) < 0) {
		abort();
	}
}

static void check_form(const struct request *request)
{
	struct form_login login;
	uint8_t token[FORM_TOKEN_BYTES];

	if (form_read_login(request->body, &login) == 0) {
		check_words(login.user, sizeof(login.user));
		check_words(login.password, sizeof(login.password));
	}
	if (form_read_cookie(request->cookie, token) && request->cookie.bytes == NULL) {
		abort();
	}
}

static void check_whole(const char *bytes, size_t size, const struct request *request)
{
	struct request again;
	const struct page *page = NULL;

	if (request->size > size || request->size > REQUEST_HEAD_MAX + REQUEST_BODY_MAX ||
		request_read(bytes, request->size, &again) != REQUEST_WHOLE ||
		memcmp(&again, request, sizeof(again)) != 0 ||
		request_read(bytes, request->size - 1, &again) != REQUEST_INCOMPLETE) {
		abort();
	}
	check_within(request->target, bytes, request->size);
	check_within(request->host, bytes, request->size);
	check_within(request->origin, bytes, request->size);
	check_within(request->cookie, bytes, request->size);
	check_within(request->body, bytes, request->size);
	if (route_find(request, &page) == ROUTE_PAGE && page == NULL) {
		abort();
	}
	check_form(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);
	struct request request;

	memcpy(bytes, data, size);
	if (request_read(bytes, size, &request) == REQUEST_WHOLE) {
		check_whole(bytes, size, &request);
	}
	free(bytes);
	return 0;
}
