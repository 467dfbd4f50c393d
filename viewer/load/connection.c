/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection's life, from connect() to decoded pixels.
 * Reads untrusted bytes from: the network (handed on to the handshakes and the decoder). */

#include "connection.h"

#include "messages.h"
#include "record.h"

#include <base/clock.h>
#include <base/descriptor.h>
#include <base/secret.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/mman.h>

#define HANDSHAKE_BYTES 16384u
#define OUTPUT_BYTES (1u << 20)
#define READ_BYTES 65536u
#define ROUNDS_MAX 16 /* of one connection before the others get their turn */
#define POINTER_BYTES ((size_t)GARASU_FRAME_POINTER_MAX * GARASU_FRAME_POINTER_MAX * 4)
#define PIXEL_BYTES (VIEWER_STRIDE * VIEWER_MAX_HEIGHT)

void connection_fail(struct connection *connection, enum fault fault)
{
	if (connection->phase == CONNECTION_ENDED) {
		return;
	}
	connection->phase = CONNECTION_ENDED;
	if (fault == FAULT_LOST && connection->told.fault == FAULT_STATE) {
		connection->outcome = connection->told;
	} else if (connection->outcome.fault == FAULT_NONE) {
		connection->outcome.fault = fault;
	}
}

/* ---- what the decoder tells ---- */

static void answer_fence(struct connection *connection, const struct decoder_event *event)
{
	uint8_t message[MESSAGE_BYTES_MAX];
	uint32_t known = GARASU_RFB_FENCE_BLOCK_BEFORE | GARASU_RFB_FENCE_BLOCK_AFTER |
			 GARASU_RFB_FENCE_SYNC_NEXT;

	if (event->value & GARASU_RFB_FENCE_REQUEST) {
		connection_queue(connection, message,
			message_fence(message, event->value & known, event->bytes, event->size));
	}
}

/* A server repeats its size whenever the whole picture is asked for (rfbproto,
 * ExtendedDesktopSize): to ask again for that would never end. */
static void take_size(struct connection *connection, const struct decoder_event *event)
{
	bool is_other = event->width != connection->width || event->height != connection->height;

	connection->width = event->width;
	connection->height = event->height;
	if (event->value == DECODER_RESIZE_INIT) {
		connection_start_stream(connection);
		return;
	}
	connection->has_resize = true;
	if (is_other) {
		connection->is_continuous = false; /* its area changed: say it again */
		connection->wants_whole = true;
	}
}

static void take_update(struct connection *connection, const struct decoder_event *event)
{
	bool has_pixels = event->width > 0 && event->height > 0;

	connection->is_requested = false;
	connection->bytes_decoded = decoder_taken_bytes(connection->decoder);
	connection->updates++;
	if (connection->has_garasu || has_pixels) {
		connection_greet(connection);
	}
	if (!has_pixels) {
		return;
	}
	connection->changed_x = event->x;
	connection->changed_y = event->y;
	connection->changed_width = event->width;
	connection->changed_height = event->height;
	if (connection->pictures++ == 0) {
		connection->first_picture_us = garasu_clock_us();
	}
	connection->on_picture(connection->context);
}

static void take_state(struct connection *connection, const struct decoder_event *event)
{
	if (event->value == GARASU_STATE_ACCEPTED) {
		connection->is_resumed = event->extra == 1;
	} else if (words_state_ends(event->value)) {
		connection->told = (struct outcome){
			.fault = FAULT_STATE, .state = event->value, .value = event->extra};
	}
}

static void on_event(void *context, const struct decoder_event *event)
{
	struct connection *connection = context;

	switch (event->type) {
	case DECODER_EVENT_SIZE:
		take_size(connection, event);
		return;
	case DECODER_EVENT_UPDATE:
		take_update(connection, event);
		return;
	case DECODER_EVENT_GARASU:
		connection->has_garasu = true;
		return;
	case DECODER_EVENT_FENCE:
		answer_fence(connection, event);
		return;
	case DECODER_EVENT_CONTINUOUS:
		connection->has_continuous = true;
		return;
	case DECODER_EVENT_STATE:
		take_state(connection, event);
		return;
	case DECODER_EVENT_BEGIN:
	case DECODER_EVENT_POINTER:
	case DECODER_EVENT_CARET:
	case DECODER_EVENT_LED:
	case DECODER_EVENT_QEMU_KEY:
	case DECODER_EVENT_MESSAGE:
	case DECODER_EVENT_POLICY:
	case DECODER_EVENT_ERROR:
	case DECODER_EVENT_END:
		return;
	}
}

/* ---- opening and closing ---- */

static int map_picture(struct connection *connection)
{
	uint8_t *memory = mmap(NULL, POINTER_BYTES + PIXEL_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED) {
		return -errno;
	}
	connection->picture = (struct decoder_picture){.pointer = memory,
		.pixels = memory + POINTER_BYTES,
		.max_width = VIEWER_MAX_WIDTH,
		.max_height = VIEWER_MAX_HEIGHT};
	connection->decoder = decoder_create(
		&connection->picture, connection->settings->offers, on_event, connection);
	return connection->decoder != NULL ? 0 : -ENOMEM;
}

/* Fills address with that of this connection's server. */
static void find_server(const struct connection *connection, struct sockaddr_storage *address)
{
	struct sockaddr_in *four = (struct sockaddr_in *)(void *)address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)address;
	in_port_t *port;

	*address = connection->settings->address;
	port = address->ss_family == AF_INET6 ? &six->sin6_port : &four->sin_port;
	*port = htons((uint16_t)(ntohs(*port) + connection->port_offset));
}

static int start_socket(struct connection *connection)
{
	const struct connection_settings *settings = connection->settings;
	struct sockaddr_storage address;
	int one = 1;

	find_server(connection, &address);

	connection->socket =
		socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (connection->socket < 0) {
		return -errno;
	}
	(void)setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(connection->socket, (const struct sockaddr *)&address,
		    settings->address_size) != 0 &&
		errno != EINPROGRESS) {
		return -errno;
	}
	return 0;
}

void connection_open(struct connection *connection, const struct connection_settings *settings)
{
	*connection = (struct connection){.settings = settings,
		.port_offset = connection->port_offset,
		.user = connection->user,
		.password = connection->password,
		.page = connection->page,
		.on_picture = connection->on_picture,
		.context = connection->context,
		.phase = CONNECTION_CONNECTING,
		.handshake.takes_none = settings->is_plain,
		.socket = -1,
		.start_us = garasu_clock_us()};
	garasu_buffer_init(&connection->input, HANDSHAKE_BYTES);
	garasu_buffer_init(&connection->output, OUTPUT_BYTES);
	if (map_picture(connection) != 0) {
		connection_fail(connection, FAULT_LOCAL);
	} else if (start_socket(connection) != 0) {
		connection_fail(connection, FAULT_CONNECT);
	}
}

void connection_close(struct connection *connection)
{
	if (connection->settings == NULL) {
		return;
	}
	connection->phase = CONNECTION_ENDED;
	decoder_destroy(&connection->decoder);
	tls_destroy(&connection->tls);
	garasu_fd_close(&connection->socket);
	if (connection->output.data != NULL) {
		garasu_secret_wipe(connection->output.data, connection->output.capacity);
	}
	garasu_buffer_finish(&connection->input);
	garasu_buffer_finish(&connection->output);
	if (connection->picture.pointer != NULL) {
		munmap(connection->picture.pointer, POINTER_BYTES + PIXEL_BYTES);
		connection->picture = (struct decoder_picture){0};
	}
	connection->width = connection->height = 0;
}

/* ---- bytes ---- */

void connection_queue(struct connection *connection, const uint8_t *message, size_t size)
{
	if (connection->phase == CONNECTION_OPEN &&
		garasu_buffer_append(&connection->output, message, size) != 0) {
		connection_fail(connection, FAULT_LOST); /* nobody reads us any more */
	}
}

static ssize_t write_some(struct connection *connection, const void *bytes, size_t size)
{
	ssize_t sent;

	if (connection->tls != NULL) {
		return tls_write(connection->tls, bytes, size);
	}
	sent = send(connection->socket, bytes, size, MSG_NOSIGNAL);
	return sent >= 0 ? sent : -errno;
}

void connection_flush(struct connection *connection)
{
	struct garasu_buffer *output = &connection->output;

	while (connection->phase >= CONNECTION_GREETING && connection->phase != CONNECTION_TLS &&
		garasu_buffer_size(output) > 0) {
		ssize_t sent = write_some(
			connection, garasu_buffer_bytes(output), garasu_buffer_size(output));

		if (sent <= 0) {
			return; /* reading says why: a last state may still wait there */
		}
		connection->bytes_out += (uint64_t)sent;
		garasu_buffer_consume(output, (size_t)sent);
	}
	if (connection->phase == CONNECTION_LOG_IN && output->data != NULL) {
		garasu_secret_wipe(output->data, output->capacity);
	}
}

/* Reads at most size bytes. Returns how many, or 0 when none wait or it ended. */
static size_t read_some(struct connection *connection, uint8_t *bytes, size_t size)
{
	enum fault fault = FAULT_LOST;
	ssize_t got;

	if (connection->tls != NULL) {
		got = tls_read(connection->tls, bytes, size, &fault);
	} else {
		got = recv(connection->socket, bytes, size, 0);
		got = got >= 0 ? got : -errno;
	}
	if (got > 0) {
		connection->bytes_in += (uint64_t)got;
		return (size_t)got;
	}
	if (got != -EAGAIN && got != -EINTR) {
		connection_fail(connection, fault);
	}
	return 0;
}

static void feed(struct connection *connection, const uint8_t *untrusted_bytes, size_t size)
{
	enum decoder_error error = decoder_feed(connection->decoder, untrusted_bytes, size);

	connection->foreign_messages = decoder_foreign_messages(connection->decoder);
	if (error != DECODER_OK && connection->phase != CONNECTION_ENDED) {
		strncpy(connection->outcome.reason, decoder_error_name(error),
			sizeof(connection->outcome.reason) - 1);
		connection_fail(connection, FAULT_STREAM);
	}
}

/* ---- phases ---- */

static bool work_connecting(struct connection *connection)
{
	struct pollfd wait = {.fd = connection->socket, .events = POLLOUT};
	socklen_t size = sizeof(int);
	int error = 0;

	if (poll(&wait, 1, 0) <= 0) {
		return false;
	}
	if (getsockopt(connection->socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 ||
		error != 0) {
		connection_fail(connection, FAULT_CONNECT);
		return false;
	}
	connection->phase = CONNECTION_GREETING;
	return true;
}

static void open_stream(struct connection *connection)
{
	static const uint8_t shared = 1;
	size_t left = garasu_buffer_size(&connection->input);

	connection->phase = CONNECTION_OPEN;
	connection_queue(connection, &shared, 1); /* ClientInit */
	if (left > 0) {
		feed(connection, garasu_buffer_bytes(&connection->input), left);
		garasu_buffer_consume(&connection->input, left);
	}
}

static void take_handshake(struct connection *connection)
{
	handshake_run(&connection->handshake, &connection->input, &connection->output);
	if (connection->handshake.step == HANDSHAKE_FAILED) {
		connection->outcome = connection->handshake.outcome;
		connection_fail(connection, connection->outcome.fault);
	} else if (connection->handshake.step == HANDSHAKE_DONE) {
		open_stream(connection);
	} else if (garasu_buffer_size(&connection->input) >= HANDSHAKE_BYTES) {
		connection_fail(connection, FAULT_NOT_RFB);
	}
}

static bool start_tls(struct connection *connection)
{
	enum fault fault = FAULT_TLS;

	if (garasu_buffer_size(&connection->output) > 0) {
		return false;
	}
	if (tls_create(&connection->tls, &connection->settings->files, connection->settings->host,
		    connection->socket, &fault) != 0) {
		connection_fail(connection, fault);
		return false;
	}
	connection->phase = CONNECTION_TLS;
	return true;
}

static bool work_handshake(struct connection *connection)
{
	uint8_t *room;
	size_t got;

	connection_flush(connection);
	if (connection->handshake.step == HANDSHAKE_SECURE &&
		connection->phase == CONNECTION_GREETING) {
		return start_tls(connection);
	}
	room = garasu_buffer_reserve(&connection->input, 1024);
	got = room != NULL ? read_some(connection, room, 1024) : 0;
	if (got == 0) {
		return false;
	}
	garasu_buffer_commit(&connection->input, got);
	take_handshake(connection);
	return connection->phase != CONNECTION_ENDED;
}

static bool work_tls(struct connection *connection)
{
	enum fault fault = FAULT_TLS;
	int result = tls_handshake(connection->tls, &fault);

	if (result == 1) {
		connection->phase = CONNECTION_LOG_IN;
		handshake_log_in(&connection->handshake, &connection->output, connection->user,
			connection->password);
		take_handshake(connection);
		return true;
	}
	if (result != -EAGAIN) {
		connection_fail(connection, fault);
	}
	return false;
}

static bool work_open(struct connection *connection)
{
	static uint8_t untrusted_bytes[READ_BYTES];
	size_t got = read_some(connection, untrusted_bytes, sizeof(untrusted_bytes));

	if (got > 0) {
		feed(connection, untrusted_bytes, got);
	}
	connection_ask(connection);
	connection_flush(connection);
	return got > 0;
}

static bool work_once(struct connection *connection)
{
	switch (connection->phase) {
	case CONNECTION_CONNECTING:
		return work_connecting(connection);
	case CONNECTION_GREETING:
	case CONNECTION_LOG_IN:
		return work_handshake(connection);
	case CONNECTION_TLS:
		return work_tls(connection);
	case CONNECTION_OPEN:
		return work_open(connection);
	case CONNECTION_ENDED:
		break;
	}
	return false;
}

bool connection_work(struct connection *connection)
{
	bool is_any = true;

	for (int i = 0; i < ROUNDS_MAX && is_any; i++) {
		is_any = work_once(connection);
	}
	if (connection->phase != CONNECTION_ENDED && connection->phase < CONNECTION_OPEN &&
		garasu_clock_us() - connection->start_us >=
			connection->settings->log_in_timeout_ms * UINT64_C(1000)) {
		connection_fail(connection, FAULT_TIMEOUT);
	}
	return is_any && connection->phase != CONNECTION_ENDED;
}

struct pollfd connection_fd(const struct connection *connection)
{
	bool wants_write =
		garasu_buffer_size(&connection->output) > 0 ||
		connection->phase == CONNECTION_CONNECTING ||
		(connection->phase == CONNECTION_TLS && tls_wants_write(connection->tls));
	int events = (connection->phase != CONNECTION_CONNECTING ? POLLIN : 0) |
		     (wants_write ? POLLOUT : 0);

	if (connection->phase == CONNECTION_ENDED) {
		return (struct pollfd){.fd = -1};
	}
	return (struct pollfd){.fd = connection->socket, .events = (short)events};
}
