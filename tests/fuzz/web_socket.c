/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of WebSocket frames: in any pieces they carry the same stream, never longer than they are,
 * and get the same answers.
 * Covers: broker/web/socket.c */

#include "socket.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Returns the last result; out is what was answered. */
static int take(const uint8_t *data, size_t size, size_t piece, struct garasu_buffer *stream,
	struct garasu_buffer *out)
{
	struct web_socket *socket;
	int result = 0;

	if (web_socket_create(&socket) != 0) {
		abort();
	}
	for (size_t at = 0; at < size && result == 0; at += piece) {
		result = web_socket_take(
			socket, data + at, piece < size - at ? piece : size - at, stream);
	}
	if (web_socket_answer(socket, out) != 0) {
		abort();
	}
	web_socket_destroy(&socket);
	return result;
}

/* The shorter is the start of the longer. */
static int agree(const struct garasu_buffer *one, const struct garasu_buffer *other)
{
	size_t size = garasu_buffer_size(one);

	size = size < garasu_buffer_size(other) ? size : garasu_buffer_size(other);
	return size == 0 || memcmp(garasu_buffer_bytes(one), garasu_buffer_bytes(other), size) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct garasu_buffer streams[2];
	struct garasu_buffer answers[2];
	int whole;
	int pieces;

	for (int i = 0; i < 2; i++) {
		garasu_buffer_init(&streams[i], size + 1);
		garasu_buffer_init(&answers[i], 4096);
	}
	whole = take(data, size, size + 1, &streams[0], &answers[0]);
	pieces = take(data, size, 3, &streams[1], &answers[1]);
	if (garasu_buffer_size(&streams[0]) > size || !agree(&streams[0], &streams[1])) {
		abort();
	}
	/* wslay looks at a goodbye's words earlier or later, as they come: only then one may end.
	 */
	if (whole == 0 && pieces == 0 &&
		(garasu_buffer_size(&streams[0]) != garasu_buffer_size(&streams[1]) ||
			garasu_buffer_size(&answers[0]) != garasu_buffer_size(&answers[1]) ||
			!agree(&answers[0], &answers[1]))) {
		abort();
	}
	for (int i = 0; i < 2; i++) {
		garasu_buffer_finish(&streams[i]);
		garasu_buffer_finish(&answers[i]);
	}
	return 0;
}
