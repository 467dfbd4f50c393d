/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One socket's end of a connection: reads into the shared chunk, writes with one copy at most.
 * Reads untrusted bytes from: browsers, servers (passed on unread). */

#include "egress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct write {
	uv_write_t request;
	size_t counted;
	char data[];
};

struct peer *peer_create(struct connection *connection)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL || uv_tcp_init(&connection->session->egress->loop, &peer->tcp) != 0) {
		free(peer);
		return NULL;
	}
	peer->tcp.data = peer;
	peer->connection = connection;
	return peer;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void peer_destroy(struct peer **peer, int is_reset)
{
	struct peer *leaving = *peer;

	*peer = NULL;
	if (leaving == NULL) {
		return;
	}
	leaving->connection = NULL;
	if (!is_reset || uv_tcp_close_reset(&leaving->tcp, on_closed) != 0) {
		uv_close((uv_handle_t *)&leaving->tcp, on_closed);
	}
}

static void lend_chunk(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct peer *peer = handle->data;

	(void)suggested;
	*buffer = uv_buf_init(NULL, 0);
	if (peer->connection != NULL) {
		*buffer = uv_buf_init(peer->connection->session->egress->chunk, EGRESS_CHUNK);
	}
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct peer *peer = stream->data;

	if (peer->connection == NULL || size == 0) {
		return;
	}
	if (size > 0) {
		connection_on_bytes(peer, buffer->base, (size_t)size);
	} else if (size == UV_EOF) {
		peer->is_ended = 1;
		uv_read_stop(stream);
		connection_on_end(peer);
	} else {
		connection_on_failure(peer);
	}
}

int peer_read(struct peer *peer)
{
	int result =
		peer->is_ended ? 0 : uv_read_start((uv_stream_t *)&peer->tcp, lend_chunk, on_read);

	return result == UV_EALREADY ? 0 : result;
}

void peer_pause(struct peer *peer)
{
	uv_read_stop((uv_stream_t *)&peer->tcp);
}

int peer_is_behind(const struct peer *peer)
{
	return uv_stream_get_write_queue_size((const uv_stream_t *)&peer->tcp) > 0;
}

static void on_written(uv_write_t *request, int status)
{
	struct write *write = request->data;
	struct peer *peer = request->handle->data;

	if (status == 0) {
		peer->sent += write->counted;
	}
	free(write);
	if (peer->connection == NULL) {
		return;
	}
	if (status != 0) {
		connection_on_unwritable(peer);
	} else if (!peer_is_behind(peer)) {
		connection_on_drained(peer);
	}
}

int peer_write(struct peer *peer, const void *data, size_t size, int is_counted)
{
	uv_stream_t *stream = (uv_stream_t *)&peer->tcp;
	struct write *write;
	uv_buf_t buffer;
	int taken;
	int result;

	if (size == 0) {
		return 0;
	}
	buffer.len = size;
	memcpy(&buffer.base, &data, sizeof(data)); /* libuv only reads it */
	taken = uv_try_write(stream, &buffer, 1);
	if (taken < 0 && taken != UV_EAGAIN) {
		return taken;
	}
	taken = taken < 0 ? 0 : taken;
	peer->sent += is_counted ? (uint64_t)taken : 0;
	size -= (size_t)taken;
	if (size == 0) {
		return 0;
	}
	write = malloc(sizeof(*write) + size);
	if (write == NULL) {
		return -ENOMEM;
	}
	memcpy(write->data, (const char *)data + taken, size);
	write->counted = is_counted ? size : 0;
	write->request.data = write;
	buffer = uv_buf_init(write->data, (unsigned)size);
	result = uv_write(&write->request, stream, &buffer, 1, on_written);
	if (result != 0) {
		free(write);
	}
	return result;
}

static void on_shut(uv_shutdown_t *request, int status)
{
	struct peer *peer = request->data;

	(void)status;
	peer->is_told = 1;
	if (peer->connection != NULL) {
		connection_on_drained(peer);
	}
}

void peer_shut(struct peer *peer)
{
	if (peer->is_shut) {
		return;
	}
	peer->is_shut = 1;
	peer->shutting.data = peer;
	if (uv_shutdown(&peer->shutting, (uv_stream_t *)&peer->tcp, on_shut) != 0) {
		peer->is_told = 1;
	}
}
