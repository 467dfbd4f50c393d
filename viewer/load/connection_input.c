/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a connection asks for and what its user does. */

#include "connection.h"
#include "messages.h"

#include <base/utf8.h>

#include <garasu/frame.h>
#include <garasu/input.h>

#include <string.h>

#define MESSAGE(connection, ...)                                                                   \
	do {                                                                                       \
		uint8_t message[MESSAGE_BYTES_MAX];                                                \
		connection_queue(connection, message, __VA_ARGS__);                                \
	} while (0)

#define NOTCH 120 /* of the wheel: garasu/input.h */
#define BUTTON_LEFT 1u
#define BUTTON_WHEEL_UP 8u
#define BUTTON_WHEEL_DOWN 16u

static void request(struct connection *connection)
{
	MESSAGE(connection, message_update_request(message, !connection->wants_whole,
				    connection->width, connection->height));
	connection->wants_whole = false;
	connection->is_requested = true;
}

void connection_start_stream(struct connection *connection)
{
	MESSAGE(connection, message_pixel_format(message));
	connection_ask_as_usual(connection);
	connection->wants_whole = true;
	request(connection);
}

void connection_ask(struct connection *connection)
{
	if (connection->phase != CONNECTION_OPEN || connection->width == 0) {
		return;
	}
	if (connection->has_continuous && connection->is_greeted) {
		if (!connection->is_continuous) {
			MESSAGE(connection, message_continuous(message, 1, connection->width,
						    connection->height));
			connection->is_continuous = true;
		}
	} else if (!connection->is_requested) {
		request(connection);
	}
}

void connection_greet(struct connection *connection)
{
	const struct connection_settings *settings = connection->settings;

	if (connection->is_greeted) {
		return;
	}
	connection->is_greeted = true;
	if (connection->has_garasu) {
		MESSAGE(connection, message_geometry(message, settings->width, settings->height,
					    settings->scale));
		MESSAGE(connection, message_focus(message, 1));
		if (connection->page != NULL) {
			MESSAGE(connection, message_address(message, connection->page,
						    strlen(connection->page)));
		}
	} else if (connection->has_resize && (settings->width != connection->width ||
						     settings->height != connection->height)) {
		MESSAGE(connection,
			message_desktop_size(message, settings->width, settings->height));
	}
}

void connection_ask_raw(struct connection *connection)
{
	const uint32_t better = DECODER_OFFER_TIGHT | DECODER_OFFER_JPEG | DECODER_OFFER_ZSTD;

	MESSAGE(connection, message_encodings(message, connection->settings->offers & ~better,
				    connection->settings->jpeg_level));
	connection->wants_whole = true;
	request(connection);
}

void connection_ask_as_usual(struct connection *connection)
{
	MESSAGE(connection, message_encodings(message, connection->settings->offers,
				    connection->settings->jpeg_level));
}

/* ---- the user ---- */

void connection_key(struct connection *connection, uint32_t keysym, bool is_down)
{
	MESSAGE(connection, message_key(message, keysym, is_down));
}

void connection_text(struct connection *connection, const char *text)
{
	size_t size = strlen(text);

	if (connection->has_garasu) {
		MESSAGE(connection, message_text(message, text, size));
		return;
	}
	for (size_t at = 0; at < size;) {
		uint32_t character = 0;
		int used = garasu_utf8_decode((const uint8_t *)text + at, size - at, &character);
		uint32_t keysym = character < 0x100 ? character : 0x01000000u + character;

		if (used <= 0) {
			return;
		}
		at += (size_t)used;
		connection_key(connection, keysym, true);
		connection_key(connection, keysym, false);
	}
}

static void point(struct connection *connection, uint32_t x, uint32_t y, uint32_t buttons)
{
	MESSAGE(connection, message_pointer(message, x, y, buttons));
}

void connection_click(struct connection *connection, uint32_t x, uint32_t y)
{
	if (x < connection->width && y < connection->height) {
		point(connection, x, y, 0);
		point(connection, x, y, BUTTON_LEFT);
		point(connection, x, y, 0);
	}
}

void connection_wheel(struct connection *connection, uint32_t x, uint32_t y, int32_t notches)
{
	uint32_t button = notches < 0 ? BUTTON_WHEEL_UP : BUTTON_WHEEL_DOWN;
	int32_t count = notches < 0 ? -notches : notches;

	if (x >= connection->width || y >= connection->height) {
		return;
	}
	if (connection->has_garasu) {
		MESSAGE(connection, message_wheel(message, x, y, 0, notches * NOTCH));
		return;
	}
	for (int32_t i = 0; i < count; i++) {
		point(connection, x, y, button);
		point(connection, x, y, 0);
	}
}
