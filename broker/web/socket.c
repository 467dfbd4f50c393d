/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WebSocket messages around the RFB stream. Reads untrusted bytes from: the viewer. */

#include "socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#define ANSWERS_MAX 16u /* pings that wait for their pongs; more is a flood */

struct web_socket {
	wslay_event_context_ptr events; /* reads, and answers pings and goodbyes */
	wslay_frame_context_ptr frames; /* writes messages */
	const uint8_t *untrusted_bytes;
	size_t size;
	struct garasu_buffer *stream, *out;
	uint8_t opcode; /* of the frame that is being read */
	int is_refused, is_ended;
};

/* ---- wslay's callbacks ---- */

static ssize_t on_read(
	wslay_event_context_ptr events, uint8_t *room, size_t size, int flags, void *data)
{
	struct web_socket *socket = data;
	size_t now = size < socket->size ? size : socket->size;

	(void)flags;
	if (now == 0) {
		wslay_event_set_error(events, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	memcpy(room, socket->untrusted_bytes, now);
	socket->untrusted_bytes += now;
	socket->size -= now;
	return (ssize_t)now;
}

static ssize_t append(struct web_socket *socket, const uint8_t *bytes, size_t size)
{
	return garasu_buffer_append(socket->out, bytes, size) == 0 ? (ssize_t)size : -1;
}

static ssize_t on_answer(
	wslay_event_context_ptr events, const uint8_t *bytes, size_t size, int flags, void *data)
{
	ssize_t result = append(data, bytes, size);

	(void)flags;
	if (result < 0) {
		wslay_event_set_error(events, WSLAY_ERR_CALLBACK_FAILURE);
	}
	return result;
}

static ssize_t on_put(const uint8_t *bytes, size_t size, int flags, void *data)
{
	(void)flags;
	return append(data, bytes, size);
}

static void on_frame(wslay_event_context_ptr events,
	const struct wslay_event_on_frame_recv_start_arg *frame, void *data)
{
	struct web_socket *socket = data;

	(void)events;
	socket->opcode = frame->opcode;
	socket->is_refused |= frame->opcode == WSLAY_TEXT_FRAME;
}

static void on_piece(wslay_event_context_ptr events,
	const struct wslay_event_on_frame_recv_chunk_arg *piece, void *data)
{
	struct web_socket *socket = data;

	(void)events;
	if (!wslay_is_ctrl_frame(socket->opcode) && !socket->is_refused &&
		garasu_buffer_append(socket->stream, piece->data, piece->data_length) != 0) {
		socket->is_refused = 1;
	}
}

/* ---- the socket ---- */

void web_socket_destroy(struct web_socket **socket)
{
	if (*socket != NULL) {
		wslay_event_context_free((*socket)->events);
		wslay_frame_context_free((*socket)->frames);
		free(*socket);
		*socket = NULL;
	}
}

int web_socket_create(struct web_socket **socket)
{
	static const struct wslay_event_callbacks reading = {.recv_callback = on_read,
		.send_callback = on_answer,
		.on_frame_recv_start_callback = on_frame,
		.on_frame_recv_chunk_callback = on_piece};
	static const struct wslay_frame_callbacks writing = {.send_callback = on_put};
	struct web_socket *made = calloc(1, sizeof(*made));

	*socket = NULL;
	if (made == NULL) {
		return -ENOMEM;
	}
	if (wslay_event_context_server_init(&made->events, &reading, made) != 0) {
		free(made);
		return -ENOMEM;
	}
	if (wslay_frame_context_init(&made->frames, &writing, made) != 0) {
		wslay_event_context_free(made->events);
		free(made);
		return -ENOMEM;
	}
	wslay_event_config_set_no_buffering(made->events, 1);
	wslay_event_config_set_max_recv_msg_length(made->events, INT64_MAX);
	*socket = made;
	return 0;
}

int web_socket_take(struct web_socket *socket, const uint8_t *untrusted_bytes, size_t size,
	struct garasu_buffer *stream)
{
	socket->untrusted_bytes = untrusted_bytes;
	socket->size = size;
	socket->stream = stream;
	if (wslay_event_recv(socket->events) != 0 || socket->is_refused ||
		wslay_event_get_queued_msg_count(socket->events) > ANSWERS_MAX) {
		return -EPROTO;
	}
	if (wslay_event_get_close_received(socket->events)) {
		return 1;
	}
	/* Reading has ended where a frame broke the protocol, or was not masked. */
	return wslay_event_get_read_enabled(socket->events) ? 0 : -EPROTO;
}

int web_socket_answer(struct web_socket *socket, struct garasu_buffer *out)
{
	socket->out = out;
	return wslay_event_send(socket->events) == 0 ? 0 : -ENOBUFS;
}

int web_socket_put(
	struct web_socket *socket, const uint8_t *bytes, size_t size, struct garasu_buffer *out)
{
	struct wslay_frame_iocb frame = {.fin = 1,
		.opcode = WSLAY_BINARY_FRAME,
		.payload_length = size,
		.data = bytes,
		.data_length = size};

	socket->out = out;
	return wslay_frame_send(socket->frames, &frame) == (ssize_t)size ? 0 : -ENOBUFS;
}

void web_socket_end(struct web_socket *socket)
{
	if (!socket->is_ended) {
		socket->is_ended = 1;
		(void)wslay_event_queue_close(socket->events, WSLAY_CODE_NORMAL_CLOSURE, NULL, 0);
	}
}
