/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_ANSWER_H
#define WEB_ANSWER_H

#include "base/buffer.h"
#include "garasu/control.h"
#include "page.h"

#include <stdint.h>

/* HTTP answers. Every one carries the same fields of protection. All return 0 or -ENOBUFS. */

enum answer_status {
	ANSWER_BAD_REQUEST = 400,
	ANSWER_FORBIDDEN = 403,
	ANSWER_NOT_FOUND = 404,
	ANSWER_WRONG_METHOD = 405,
	ANSWER_BODY_TOO_LARGE = 413,
	ANSWER_HEAD_TOO_LARGE = 431,
};

/* A compiled-in file; the connection stays. */
int answer_page(struct garasu_buffer *out, const struct page *page, int has_body)
	__attribute__((warn_unused_result));

/* No more than its status; the connection ends. */
int answer_status(struct garasu_buffer *out, enum answer_status status)
	__attribute__((warn_unused_result));

/* {"code":...,"value":...} of a log-in or log-out; the connection ends. cookie is the Set-Cookie
 * field's value, or NULL; last is what to tell of the log-in before, or NULL. */
int answer_state(struct garasu_buffer *out, uint32_t code, uint32_t value, const char *cookie,
	const struct garasu_gateway_last *last) __attribute__((warn_unused_result));

/* The connection is a WebSocket from here on. */
int answer_upgrade(struct garasu_buffer *out, const char *accept)
	__attribute__((warn_unused_result));

#endif
