/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request asks for, and whether our own page asked. Pure.
 * Reads untrusted bytes from: the viewer. */

#include "route.h"

#include <string.h>

#define KEY_SIZE 24u /* base64 of 16 bytes */

static const char scheme[] = "https://";

/* A browser names the page that asks; ours has the address that was asked for. */
static int is_own_origin(const struct request *request)
{
	size_t length = sizeof(scheme) - 1;

	if (request->origin.bytes == NULL || request->origin.size != length + request->host.size ||
		memcmp(request->origin.bytes, scheme, length) != 0 ||
		memcmp(request->origin.bytes + length, request->host.bytes, request->host.size) !=
			0) {
		return 0;
	}
	return request->fetch_site.bytes == NULL ||
	       request_text_is(request->fetch_site, "same-origin");
}

static int asks_for_websocket(const struct request *request)
{
	return request_text_lists(request->upgrade, "websocket") &&
	       request_text_lists(request->connection, "upgrade") &&
	       request_text_is(request->websocket_version, "13") &&
	       request->websocket_key.bytes != NULL && request->websocket_key.size == KEY_SIZE;
}

static int is_target(struct request_text target, const char *path)
{
	return target.size == strlen(path) && memcmp(target.bytes, path, target.size) == 0;
}

/* "/open?url=..." is the first page; its own script reads what to open. */
static struct request_text without_question(struct request_text target)
{
	static const char open[] = "/open?";

	if (target.size >= sizeof(open) - 1 && memcmp(target.bytes, open, sizeof(open) - 1) == 0) {
		target.size = 1;
	}
	return target;
}

static const struct page *find_page(struct request_text target)
{
	target = without_question(target);
	for (size_t i = 0; i < page_count; i++) {
		if (is_target(target, pages[i].path)) {
			return &pages[i];
		}
	}
	return NULL;
}

static enum route find_post(const struct request *request, enum route route)
{
	if (request->method != REQUEST_POST) {
		return ROUTE_WRONG_METHOD;
	}
	if (!is_own_origin(request)) {
		return ROUTE_FOREIGN;
	}
	if (route == ROUTE_LOGIN && !request_text_is(request->content_type,
					    "application/x-www-form-urlencoded;charset=UTF-8")) {
		return ROUTE_MALFORMED;
	}
	return route;
}

static enum route find_session(const struct request *request, enum route route)
{
	if (request->method != REQUEST_GET) {
		return ROUTE_WRONG_METHOD;
	}
	if (!is_own_origin(request)) {
		return ROUTE_FOREIGN;
	}
	return asks_for_websocket(request) ? route : ROUTE_MALFORMED;
}

enum route route_find(const struct request *request, const struct page **page)
{
	if (is_target(request->target, "/login")) {
		return find_post(request, ROUTE_LOGIN);
	}
	if (is_target(request->target, "/logout")) {
		return find_post(request, ROUTE_LOGOUT);
	}
	if (is_target(request->target, "/session")) {
		return find_session(request, ROUTE_SESSION);
	}
	if (is_target(request->target, "/session/again")) {
		return find_session(request, ROUTE_AGAIN);
	}
	*page = find_page(request->target);
	if (*page == NULL) {
		return ROUTE_NOT_FOUND;
	}
	return request->method == REQUEST_GET || request->method == REQUEST_HEAD
		       ? ROUTE_PAGE
		       : ROUTE_WRONG_METHOD;
}
