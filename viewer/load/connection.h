/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_CONNECTION_H
#define LOAD_CONNECTION_H

#include "decoder/decoder.h"
#include "handshake.h"
#include "tls.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>

/*
 * One connection of the load tool: socket, TLS, handshake and the strict decoder in this process.
 *
 * As garasu-viewer, it takes all that the server gives: continuous updates where the server can,
 * else a new request as soon as an update is decoded. Never blocks.
 */

struct connection_settings {
	const char *host; /* what the certificate must bear */
	struct sockaddr_storage address;
	socklen_t address_size;
	bool has_port_each; /* each connection adds its port_offset */
	bool is_plain;      /* security None: no TLS, no user */
	struct tls_files files;
	uint32_t offers;               /* enum decoder_offer */
	uint32_t jpeg_level;           /* 0 to 9, where JPEG is offered */
	uint32_t width, height, scale; /* wished; scale in 1/120 */
	uint32_t log_in_timeout_ms;
};

enum connection_phase {
	CONNECTION_ENDED = 0,
	CONNECTION_CONNECTING,
	CONNECTION_GREETING, /* handshake before TLS, or without it */
	CONNECTION_TLS,
	CONNECTION_LOG_IN,
	CONNECTION_OPEN,
};

struct connection {
	const struct connection_settings *settings; /* borrowed */
	uint16_t port_offset;
	const char *user, *password, *page; /* borrowed; page: address to open, or NULL */
	/* Called after each decoded update that changed pixels. */
	void (*on_picture)(void *context);
	void *context;

	enum connection_phase phase;
	struct outcome outcome; /* when ENDED */
	struct outcome told;    /* a state that the broker sent, in case it closes afterwards */
	int socket;
	struct tls *tls;
	struct handshake handshake;
	struct garasu_buffer input, output;
	struct decoder *decoder;
	struct decoder_picture picture; /* mapped with the connection */
	uint32_t width, height;         /* of the picture; 0: none yet */
	uint32_t changed_x, changed_y, changed_width, changed_height; /* by the last update */

	bool has_garasu, has_continuous, has_resize, is_resumed;
	bool is_greeted, is_requested, is_continuous, wants_whole;
	uint32_t held; /* buttons */

	uint64_t start_us;         /* before connect() */
	uint64_t first_picture_us; /* when the first update with pixels was decoded; 0: not yet */
	uint64_t bytes_in;         /* of the RFB stream, without TLS's own */
	uint64_t bytes_decoded;    /* of it, from ServerInit to the end of the last update */
	uint64_t bytes_out, updates, pictures;
	uint64_t foreign_messages; /* dropped */
};

/* Starts to connect, in storage that is zero or was finished; a failure shows as ENDED. Strings are
 * borrowed while it lives. */
void connection_open(struct connection *connection, const struct connection_settings *settings);

/* Closes and frees; accepts zeroes. Outcome and counts stay to be read. */
void connection_close(struct connection *connection);

/* What to poll for; fd -1 when ENDED. */
struct pollfd connection_fd(const struct connection *connection);

/* Does what can be done now. Returns true when more waits that poll cannot see. */
bool connection_work(struct connection *connection);

/* Ends it for a reason of our own, unless it ended before. */
void connection_fail(struct connection *connection, enum fault fault);

/* Writes as much of what was queued as the socket takes. The time of an input is read before. */
void connection_flush(struct connection *connection);

/* ---- input (connection_input.c); without effect unless OPEN; queued until connection_flush ----
 */

void connection_key(struct connection *connection, uint32_t keysym, bool is_down);
/* UTF-8 of at most 255 bytes; as keysyms where the server knows no text. */
void connection_text(struct connection *connection, const char *text);
void connection_click(struct connection *connection, uint32_t x, uint32_t y);
/* Whole notches; positive scrolls down. */
void connection_wheel(struct connection *connection, uint32_t x, uint32_t y, int32_t notches);
void connection_queue(struct connection *connection, const uint8_t *message, size_t size);

/* ---- requests for pictures (connection_input.c) ---- */

void connection_start_stream(struct connection *connection);
void connection_greet(struct connection *connection);
void connection_ask(struct connection *connection);

/* Asks for the whole picture as Raw, and for nothing better until connection_ask_as_usual. */
void connection_ask_raw(struct connection *connection);
void connection_ask_as_usual(struct connection *connection);

#endif
