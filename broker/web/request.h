/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <stddef.h>

/* HTTP/1.1 requests of browsers, read strictly: one reading, or none. */

#define REQUEST_HEAD_MAX 8192u
#define REQUEST_BODY_MAX 2048u
#define REQUEST_FIELDS_MAX 64

/* A piece of the request's bytes; bytes is NULL for a field that did not come. */
struct request_text {
	const char *bytes;
	size_t size;
};

enum request_method {
	REQUEST_GET,
	REQUEST_HEAD,
	REQUEST_POST,
	REQUEST_OTHER,
};

struct request {
	enum request_method method;
	struct request_text target; /* starts with a slash, printable ASCII */
	struct request_text host, origin, fetch_site, cookie, content_type, content_length;
	struct request_text upgrade, connection, websocket_key, websocket_version;
	struct request_text body;
	size_t size; /* of head and body */
};

enum request_verdict {
	REQUEST_INCOMPLETE,
	REQUEST_WHOLE,
	REQUEST_MALFORMED,
	REQUEST_HEAD_TOO_LARGE,
	REQUEST_BODY_TOO_LARGE,
};

/* Reads what has come so far. Fills *request, which borrows the bytes, when it is whole. */
enum request_verdict request_read(
	const char *untrusted_bytes, size_t size, struct request *request);

/* True if the text is these words, without regard to case. */
int request_text_is(struct request_text text, const char *words);

/* True if a comma-separated list has this token, without regard to case. */
int request_text_lists(struct request_text text, const char *token);

#endif
