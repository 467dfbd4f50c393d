/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of heads: what is written of a request that was taken is itself taken, the same a second
 * time, with the same framing; a body's end is the same in any chunking.
 * Covers: broker/egress/head.c broker/wire/http_head.c
 * Dictionary: http */

#include "head.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct head_text authority = {"a.test", 6}, path = {"/", 1};

static size_t end_of_body(const char *bytes, size_t size, size_t head_size, size_t piece)
{
	struct head_body *body = head_body_create(bytes, head_size);
	size_t at = head_size;

	while (at < size && !head_body_is_whole(body)) {
		ssize_t got =
			head_body_follow(body, bytes + at, piece < size - at ? piece : size - at);

		if (got < 0 || (size_t)got > size - at) {
			at = got < 0 ? SIZE_MAX : (abort(), 0);
			break;
		}
		at += (size_t)got;
	}
	head_body_destroy(&body);
	return at;
}

static void check_request(const char *bytes, size_t size)
{
	static struct head first, second;
	struct garasu_buffer out, again;

	if (head_parse_request(bytes, size, &first) != HEAD_WHOLE) {
		return;
	}
	if (first.size > size || first.size > HEAD_REQUEST_MAX) {
		abort();
	}
	if (first.is_connect) {
		return;
	}
	if (end_of_body(bytes, size, first.size, 1) != end_of_body(bytes, size, first.size, 7)) {
		abort();
	}
	garasu_buffer_init(&out, 4u * HEAD_REQUEST_MAX);
	garasu_buffer_init(&again, 4u * HEAD_REQUEST_MAX);
	if (head_write_request(&first, authority, path, NULL, &out) != 0) {
		abort();
	}
	if (garasu_buffer_size(&out) < HEAD_REQUEST_MAX &&
		first.field_count < HEAD_FIELDS_MAX - 2) {
		if (head_parse_request((const char *)garasu_buffer_bytes(&out),
			    garasu_buffer_size(&out), &second) != HEAD_WHOLE ||
			second.size != garasu_buffer_size(&out) ||
			head_write_request(&second, authority, path, NULL, &again) != 0 ||
			garasu_buffer_size(&again) != garasu_buffer_size(&out) ||
			memcmp(garasu_buffer_bytes(&again), garasu_buffer_bytes(&out),
				garasu_buffer_size(&out)) != 0) {
			abort();
		}
	}
	garasu_buffer_finish(&out);
	garasu_buffer_finish(&again);
}

static void check_response(const char *bytes, size_t size)
{
	static struct head head;
	struct garasu_buffer out;

	if (head_parse_response(bytes, size, &head) != HEAD_WHOLE) {
		return;
	}
	if (head.size > size || head.size > HEAD_RESPONSE_MAX) {
		abort();
	}
	garasu_buffer_init(&out, 4u * HEAD_RESPONSE_MAX);
	if (head_write_response(&head, &out) != 0 ||
		head_parse_response((const char *)garasu_buffer_bytes(&out),
			garasu_buffer_size(&out), &head) == HEAD_INCOMPLETE) {
		abort();
	}
	garasu_buffer_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);

	memcpy(bytes, data, size);
	check_request(bytes, size);
	check_response(bytes, size);
	free(bytes);
	return 0;
}
