/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to the server while a session is open: requests for pictures, and the user's doings. */

#include "session.h"

#include "messages.h"
#include "record.h"

#include <base/clock.h>
#include <base/utf8.h>

#include <garasu/input.h>

#include <errno.h>
#include <string.h>

#define MESSAGE(session, ...)                                                                      \
	do {                                                                                       \
		uint8_t message[MESSAGE_BYTES_MAX];                                                \
		session_send(session, message, __VA_ARGS__);                                       \
	} while (0)

/* ---- pictures ---- */

void session_start_stream(struct session *session)
{
	MESSAGE(session, message_pixel_format(message));
	MESSAGE(session, message_encodings(message, VIEWER_OFFERS, VIEWER_JPEG_LEVEL));
	session->wants_whole = true;
	MESSAGE(session, message_update_request(
				 message, 0, session->picture.width, session->picture.height));
	session->is_requested = true;
	session->wants_whole = false;
	session->counts.requests++;
}

static void request(struct session *session)
{
	MESSAGE(session, message_update_request(message, !session->wants_whole,
				 session->picture.width, session->picture.height));
	session->wants_whole = false;
	session->is_requested = true;
	session->counts.requests++;
}

static void set_continuous(struct session *session, bool is_on)
{
	MESSAGE(session, message_continuous(
				 message, is_on, session->picture.width, session->picture.height));
	session->is_continuous = is_on;
}

/* Asks for what the pace allows now. */
void session_ask(struct session *session)
{
	uint64_t now_ms = garasu_clock_ms();

	if (!session->is_greeted) {
		if (session->picture.width > 0 && !session->is_requested) {
			request(session);
		}
		return;
	}
	switch (session->pace) {
	case PACE_FULL:
		if (session->has_continuous) {
			if (!session->is_continuous) {
				set_continuous(session, true);
			}
		} else if (!session->is_requested) {
			request(session);
		}
		return;
	case PACE_RATE:
		if (!session->is_requested && now_ms >= session->pace_due_ms) {
			request(session);
			session->pace_due_ms = now_ms + 1000 / session->pace_rate;
		}
		return;
	case PACE_COUNT:
		if (!session->is_requested && session->pace_left > 0) {
			session->pace_left--;
			request(session);
		}
		return;
	}
}

void session_pace(struct session *session, enum pace pace, uint32_t number)
{
	if (session->is_continuous && pace != PACE_FULL) {
		set_continuous(session, false);
	}
	session->pace = pace;
	session->pace_rate = number > 0 ? number : 1;
	session->pace_left = number;
	session->pace_due_ms = 0;
}

/* The server has said what it understands: tell it our size and wish. */
void session_greet(struct session *session)
{
	if (session->is_greeted) {
		return;
	}
	session->is_greeted = true;
	session_geometry(session, session->settings.width, session->settings.height,
		session->settings.scale);
	session_focus(session, true);
	if (session->settings.address != NULL) {
		(void)session_address(session, session->settings.address); /* checked at start */
	}
}

/* ---- the user ---- */

void session_geometry(struct session *session, uint32_t width, uint32_t height, uint32_t scale)
{
	session->settings.width = width;
	session->settings.height = height;
	session->settings.scale = scale;
	if (!session->is_greeted || width == 0 || height == 0) {
		return;
	}
	if (session->has_garasu) {
		MESSAGE(session, message_geometry(message, width, height, scale));
	} else if (session->has_resize &&
		   (width != session->picture.width || height != session->picture.height)) {
		MESSAGE(session, message_desktop_size(message, width, height));
	}
}

void session_key(struct session *session, uint32_t keysym, uint32_t xt_code, bool is_down)
{
	if (session->has_qemu_key && xt_code != 0) {
		MESSAGE(session, message_extended_key(message, keysym, xt_code, is_down));
	} else if (keysym != 0) {
		MESSAGE(session, message_key(message, keysym, is_down));
	}
}

void session_pointer(struct session *session, uint32_t x, uint32_t y, uint32_t buttons)
{
	uint32_t width = session->picture.width, height = session->picture.height;

	if (width == 0) {
		return;
	}
	session->pointer_x = x < width ? x : width - 1;
	session->pointer_y = y < height ? y : height - 1;
	session->buttons = buttons & 0xffu;
	MESSAGE(session,
		message_pointer(message, session->pointer_x, session->pointer_y, session->buttons));
}

/* Presses a wheel button (RFC 6143 §7.5.5: 4 up, 5 down; 6 left, 7 right) once for each notch. */
static void press_wheel(
	struct session *session, int32_t amount, uint32_t negative, uint32_t positive)
{
	uint32_t bit = amount < 0 ? negative : positive;
	int32_t notches = (amount < 0 ? -amount : amount) / (int32_t)GARASU_SCALE_ONE;
	uint32_t held = session->buttons;

	for (int32_t i = 0; i < notches; i++) {
		session_pointer(session, session->pointer_x, session->pointer_y, held | bit);
		session_pointer(session, session->pointer_x, session->pointer_y, held);
	}
}

void session_wheel(struct session *session, uint32_t x, uint32_t y, int32_t dx, int32_t dy)
{
	dx = dx < INT16_MIN ? INT16_MIN : dx > INT16_MAX ? INT16_MAX : dx;
	dy = dy < INT16_MIN ? INT16_MIN : dy > INT16_MAX ? INT16_MAX : dy;
	if (session->has_garasu) {
		MESSAGE(session, message_wheel(message, x, y, dx, dy));
		return;
	}
	session_pointer(session, x, y, session->buttons);
	press_wheel(session, dy, 1u << 3, 1u << 4);
	press_wheel(session, dx, 1u << 5, 1u << 6);
}

static uint32_t keysym_of(uint32_t character)
{
	if (character == '\n') {
		return 0xff0d;
	}
	if (character == '\t') {
		return 0xff09;
	}
	return character < 0x100 ? character : 0x01000000u + character;
}

/* The longest start of whole characters that fits one message, and no control in it. */
static int next_piece(const char *text, size_t size, size_t *piece)
{
	const uint8_t *bytes = (const uint8_t *)text;

	*piece = 0;
	while (*piece < size) {
		uint32_t character = 0;
		int used = garasu_utf8_decode(bytes + *piece, size - *piece, &character);

		if (used <= 0 || (character < 0x20 && character != '\t' && character != '\n') ||
			(character >= 0x7f && character < 0xa0)) {
			return -EILSEQ;
		}
		if (*piece + (size_t)used > GARASU_INPUT_TEXT_MAX) {
			break;
		}
		*piece += (size_t)used;
	}
	return 0;
}

static void type_keysyms(struct session *session, const char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		uint32_t character = 0;

		at += (size_t)garasu_utf8_decode((const uint8_t *)text + at, size - at, &character);
		session_key(session, keysym_of(character), 0, true);
		session_key(session, keysym_of(character), 0, false);
	}
}

int session_text(struct session *session, const char *text, size_t size)
{
	size_t piece = 0;

	while (size > 0) {
		if (next_piece(text, size, &piece) != 0) {
			return -EILSEQ;
		}
		if (session->has_garasu) {
			MESSAGE(session, message_text(message, text, piece));
		} else {
			type_keysyms(session, text, piece);
		}
		text += piece;
		size -= piece;
	}
	return 0;
}

void session_paste(struct session *session, const struct paste *paste)
{
	if (session->has_garasu && paste->size > 0) {
		MESSAGE(session, message_paste(message, paste->text, paste->size));
	}
}

void session_compose(struct session *session, const char *text)
{
	size_t size = strlen(text);
	size_t piece = 0;

	if (!session->has_garasu || !session->may_compose || strpbrk(text, "\t\n") != NULL ||
		next_piece(text, size, &piece) != 0) {
		return;
	}
	while (piece > GARASU_RFB_PREEDIT_MAX || (piece > 0 && (text[piece] & 0xc0) == 0x80)) {
		piece--;
	}
	MESSAGE(session, message_preedit(message, text, piece));
}

void session_focus(struct session *session, bool has_focus)
{
	if (session->has_garasu) {
		MESSAGE(session, message_focus(message, has_focus));
	}
}

static bool is_web_address(const char *address, size_t size)
{
	if (size < 8 || size > GARASU_INPUT_ADDRESS_MAX ||
		(strncmp(address, "http://", 7) != 0 && strncmp(address, "https://", 8) != 0)) {
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		if (address[i] <= 0x20 || address[i] >= 0x7f) {
			return false;
		}
	}
	return true;
}

int session_address(struct session *session, const char *address)
{
	size_t size = strlen(address);

	if (!is_web_address(address, size)) {
		return -EINVAL;
	}
	if (!session->has_garasu) {
		return -ENOTSUP;
	}
	MESSAGE(session, message_address(message, address, size));
	return 0;
}
