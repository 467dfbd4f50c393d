/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP answers, and what every one of them tells the browser to refuse. */

#include "answer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define HEAD_MAX 2048

/* Nothing but our own files, in no frame, with no device, for nobody else to read. data: is noVNC's
 * way to show a JPEG and a pointer. */
static const char protection[] =
	"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
	"img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
	"form-action 'none'; frame-ancestors 'none'\r\n"
	"Cross-Origin-Embedder-Policy: require-corp\r\n"
	"Cross-Origin-Opener-Policy: same-origin\r\n"
	"Cross-Origin-Resource-Policy: same-origin\r\n"
	"Permissions-Policy: camera=(), display-capture=(), geolocation=(), microphone=(), "
	"midi=(), payment=(), serial=(), usb=()\r\n"
	"Referrer-Policy: no-referrer\r\n"
	"Strict-Transport-Security: max-age=31536000\r\n" /* this host alone, in no list */
	"X-Content-Type-Options: nosniff\r\n"
	"X-Frame-Options: DENY\r\n";

static int put(
	struct garasu_buffer *out, const char *head, int length, const void *body, size_t size)
{
	if (length < 0 || length >= HEAD_MAX) {
		return -ENOBUFS;
	}
	if (garasu_buffer_append(out, head, (size_t)length) != 0) {
		return -ENOBUFS;
	}
	return size > 0 ? garasu_buffer_append(out, body, size) : 0;
}

int answer_page(struct garasu_buffer *out, const struct page *page, int has_body)
{
	char head[HEAD_MAX];
	int length = snprintf(head, sizeof(head),
		"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		"%s\r\n%s\r\n",
		page->type, page->size,
		page->is_lasting ? "Content-Encoding: gzip\r\n"
				   "Cache-Control: public, max-age=31536000, immutable"
				 : "Cache-Control: no-store",
		protection);

	return put(out, head, length, page->bytes, has_body ? page->size : 0);
}

static const char *reason_of(enum answer_status status)
{
	switch (status) {
	case ANSWER_BAD_REQUEST:
		return "Bad Request";
	case ANSWER_FORBIDDEN:
		return "Forbidden";
	case ANSWER_NOT_FOUND:
		return "Not Found";
	case ANSWER_WRONG_METHOD:
		return "Method Not Allowed";
	case ANSWER_BODY_TOO_LARGE:
		return "Content Too Large";
	case ANSWER_HEAD_TOO_LARGE:
		return "Request Header Fields Too Large";
	}
	return "Error";
}

int answer_status(struct garasu_buffer *out, enum answer_status status)
{
	char head[HEAD_MAX];
	const char *reason = reason_of(status);
	int length = snprintf(head, sizeof(head),
		"HTTP/1.1 %d %s\r\nContent-Length: 0\r\nCache-Control: no-store\r\n"
		"Connection: close\r\n%s\r\n",
		status, reason, protection);

	return put(out, head, length, NULL, 0);
}

int answer_state(struct garasu_buffer *out, uint32_t code, uint32_t value, const char *cookie,
	const struct garasu_gateway_last *last)
{
	char told[64] = "";
	char body[128];
	char head[HEAD_MAX];
	int size;
	int length;

	if (last != NULL) {
		snprintf(told, sizeof(told), ",\"last\":%" PRIu64 ",\"failures\":%" PRIu32,
			last->unix_ms, last->failures);
	}
	size = snprintf(body, sizeof(body), "{\"code\":%u,\"value\":%u%s}", code, value, told);
	length = snprintf(head, sizeof(head),
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
		"Cache-Control: no-store\r\nConnection: close\r\n%s%s%s%s\r\n",
		size, cookie != NULL ? "Set-Cookie: " : "", cookie != NULL ? cookie : "",
		cookie != NULL ? "\r\n" : "", protection);
	return put(out, head, length, body, (size_t)size);
}

int answer_upgrade(struct garasu_buffer *out, const char *accept)
{
	char head[HEAD_MAX];
	int length = snprintf(head, sizeof(head),
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Accept: %s\r\n%s\r\n",
		accept, protection);

	return put(out, head, length, NULL, 0);
}
