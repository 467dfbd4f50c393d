/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_EGRESS_HEAD_H
#define GARASU_EGRESS_HEAD_H

#include "base/buffer.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* HTTP/1 heads (RFC 9112) by libhttp-parser, and our own strictness on top. */

#define HEAD_REQUEST_MAX 16384u  /* bytes of a request's head */
#define HEAD_RESPONSE_MAX 65536u /* of a response's */
#define HEAD_FIELDS_MAX 128

enum head_verdict {
	HEAD_WHOLE,
	HEAD_INCOMPLETE,
	HEAD_TOO_LARGE, /* in bytes or in fields */
	HEAD_MALFORMED,
};

struct head_text { /* lends from the parsed bytes */
	const char *bytes;
	size_t size;
};

struct head_field {
	struct head_text name, value;
};

struct head {
	size_t size; /* bytes of the head, its empty line included */
	int is_connect;
	unsigned minor; /* HTTP/1.minor */
	unsigned status;
	struct head_text method, target; /* requests */
	struct head_text reason;         /* responses */
	size_t field_count;
	struct head_field fields[HEAD_FIELDS_MAX];
};

/* Reads a request's head: CR LF lines only, no folding, exactly one Host (HTTP/1.0: at most one),
 * at most one Content-Length or one Transfer-Encoding, which must be "chunked". Fills head when
 * WHOLE. Does not look into the target. */
enum head_verdict head_parse_request(const char *untrusted_bytes, size_t size, struct head *head);

/* Reads a response's head, leniently as browsers do. */
enum head_verdict head_parse_response(const char *untrusted_bytes, size_t size, struct head *head);

/* Appends the request for the server itself: origin-form, Host of the target, no hop-by-hop fields,
 * "Connection: close". path "" or "?..." gets its "/". For a proxy: in absolute-form, with these
 * further field lines ("" for none; NULL: it is for the server). Returns 0 or -ENOBUFS. */
int head_write_request(const struct head *head, struct head_text authority, struct head_text path,
	const char *proxy_fields, struct garasu_buffer *out) __attribute__((warn_unused_result));

/* Appends the response for the browser: no hop-by-hop fields, "Connection: close" unless it is
 * interim (1xx). Returns 0 or -ENOBUFS. */
int head_write_response(const struct head *head, struct garasu_buffer *out)
	__attribute__((warn_unused_result));

/* Follows a request's body to its end. */
struct head_body;

/* Begins after the head that head_parse_request found whole. Returns NULL when memory is short. */
struct head_body *head_body_create(const char *bytes, size_t head_size);

void head_body_destroy(struct head_body **body);

/* Returns how many of the bytes are still of this request, or -EPROTO. */
ssize_t head_body_follow(struct head_body *body, const char *untrusted_bytes, size_t size)
	__attribute__((warn_unused_result));

int head_body_is_whole(const struct head_body *body);

#endif
