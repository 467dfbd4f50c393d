/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the decoder child reports, bounded once more, and what follows from it.
 * Reads untrusted bytes from: the decoder child. */

#include "session.h"

#include "messages.h"

#include <base/clock.h>
#include <base/utf8.h>

#include <stdio.h>
#include <string.h>

/* Is the rectangle within the picture? */
static bool is_within(const struct session *session, const struct decoder_event *event)
{
	const struct picture *picture = &session->picture;

	return event->x <= picture->width && event->width <= picture->width - event->x &&
	       event->y <= picture->height && event->height <= picture->height - event->y;
}

static void refuse(struct session *session)
{
	session_fail(session, FAULT_STREAM);
}

/* Some servers repeat their size with every whole picture: only another size is a reason to ask. */
static void take_size(struct session *session, const struct decoder_event *event)
{
	bool is_other =
		event->width != session->picture.width || event->height != session->picture.height;

	if (event->value > DECODER_RESIZE_INIT ||
		picture_set_size(&session->picture, event->width, event->height) != 0) {
		refuse(session);
		return;
	}
	if (event->value == DECODER_RESIZE_INIT) {
		session_start_stream(session);
	} else {
		session->has_resize = true;
	}
	if (event->value != DECODER_RESIZE_INIT && is_other) {
		session->is_continuous = false; /* its area changed: say it again */
		session->wants_whole = true;
	}
	session->on_event(session->context, event);
}

static void take_update(struct session *session, const struct decoder_event *event)
{
	if (!is_within(session, event)) {
		refuse(session);
		return;
	}
	session->is_requested = false;
	session->counts.updates++;
	session->counts.last_update_ms = garasu_clock_ms();
	if (event->width > 0 && event->height > 0) {
		if (session->counts.pictures++ == 0) {
			session->counts.first_picture_ms = session->counts.last_update_ms;
		}
		session->counts.last_picture_ms = session->counts.last_update_ms;
	}
	/* A first update may tell no more than a size; what is understood comes with the pixels. */
	if (session->has_garasu || event->width > 0) {
		session_greet(session);
	}
	session->on_event(session->context, event);
}

static void take_pointer(struct session *session, const struct decoder_event *event)
{
	bool is_hidden = event->width == 0 || event->height == 0;

	if (event->width > GARASU_FRAME_POINTER_MAX || event->height > GARASU_FRAME_POINTER_MAX ||
		(!is_hidden && (event->x >= event->width || event->y >= event->height))) {
		refuse(session);
		return;
	}
	session->on_event(session->context, event);
}

static void take_caret(struct session *session, const struct decoder_event *event)
{
	if (!is_within(session, event)) {
		refuse(session);
		return;
	}
	session->caret_bits = event->value & 3u;
	session->on_event(session->context, event);
}

static void take_fence(struct session *session, const struct viewer_record *record)
{
	uint8_t message[MESSAGE_BYTES_MAX];
	uint32_t known = GARASU_RFB_FENCE_BLOCK_BEFORE | GARASU_RFB_FENCE_BLOCK_AFTER |
			 GARASU_RFB_FENCE_SYNC_NEXT;

	session->counts.fences++;
	if (record->value & GARASU_RFB_FENCE_REQUEST) {
		session_send(session, message,
			message_fence(message, record->value & known, record->bytes, record->size));
	}
}

static void take_state(struct session *session, const struct decoder_event *event)
{
	if (words_state_ends(event->value) && session->told.fault == FAULT_NONE) {
		session->told = (struct outcome){
			.fault = FAULT_STATE, .state = event->value, .value = event->extra};
	} else if (words_state_ends(event->value)) {
		session->told.fault = FAULT_STATE;
		session->told.state = event->value;
		session->told.value = event->extra;
	}
	session->on_event(session->context, event);
}

/* UTF-8, as long as an administrator's words may be, and no control: neither C0 nor C1, which
 * terminals obey too. */
static bool is_plain(const uint8_t *text, size_t size)
{
	int64_t length = garasu_utf8_length(text, size);

	if (length < 1 || length > GARASU_RFB_WORDS_MAX) {
		return false;
	}
	while (size > 0) {
		uint32_t character = 0;
		size_t used = (size_t)garasu_utf8_decode(text, size, &character);

		if (character < 0x20 || (character >= 0x7f && character < 0xa0)) {
			return false;
		}
		text += used;
		size -= used;
	}
	return true;
}

/* Joins the pieces of a message; hands it on when it is whole and good. */
static void take_message(struct session *session, const struct viewer_record *record)
{
	struct decoder_event event = {.type = DECODER_EVENT_MESSAGE, .bytes = session->message};

	if (record->size > sizeof(session->message) - session->message_size) {
		refuse(session);
		return;
	}
	memcpy(session->message + session->message_size, record->bytes, record->size);
	session->message_size += record->size;
	if (record->more) {
		return;
	}
	event.size = session->message_size;
	session->message_size = 0;
	if (!is_plain(session->message, event.size)) {
		refuse(session);
		return;
	}
	session->on_event(session->context, &event);
}

static void take_error(struct session *session, uint32_t untrusted_error)
{
	enum decoder_error error = untrusted_error < DECODER_ERROR_END
					   ? (enum decoder_error)untrusted_error
					   : DECODER_ERROR_END;

	snprintf(session->outcome.reason, sizeof(session->outcome.reason), "%s",
		decoder_error_name(error));
	session_fail(session, FAULT_STREAM);
}

static void take_event(struct session *session, const struct viewer_record *record,
	const struct decoder_event *event)
{
	switch (event->type) {
	case DECODER_EVENT_SIZE:
		take_size(session, event);
		return;
	case DECODER_EVENT_UPDATE:
		take_update(session, event);
		return;
	case DECODER_EVENT_POINTER:
		take_pointer(session, event);
		return;
	case DECODER_EVENT_CARET:
		take_caret(session, event);
		return;
	case DECODER_EVENT_QEMU_KEY:
		session->has_qemu_key = true;
		return;
	case DECODER_EVENT_GARASU:
		session->has_garasu = true;
		return;
	case DECODER_EVENT_FENCE:
		take_fence(session, record);
		return;
	case DECODER_EVENT_CONTINUOUS:
		session->has_continuous = true;
		return;
	case DECODER_EVENT_STATE:
		take_state(session, event);
		return;
	case DECODER_EVENT_MESSAGE:
		take_message(session, record);
		return;
	case DECODER_EVENT_POLICY:
		session->paste_max = event->value <= GARASU_RFB_PASTE_MAX ? event->value : 0;
		session->may_compose = (event->extra & GARASU_RFB_POLICY_PREEDIT) != 0;
		return;
	case DECODER_EVENT_ERROR:
		take_error(session, event->value);
		return;
	case DECODER_EVENT_LED:
		session->on_event(session->context, event);
		return;
	case DECODER_EVENT_BEGIN:
	case DECODER_EVENT_END:
		break;
	}
	refuse(session);
}

void session_take_record(struct session *session, const struct viewer_record *untrusted_record)
{
	struct decoder_event event = {.x = untrusted_record->x,
		.y = untrusted_record->y,
		.width = untrusted_record->width,
		.height = untrusted_record->height,
		.value = untrusted_record->value,
		.extra = untrusted_record->extra};

	if (untrusted_record->type == 0 || untrusted_record->type >= DECODER_EVENT_END ||
		untrusted_record->size > VIEWER_RECORD_BYTES) {
		refuse(session);
		return;
	}
	event.type = (enum decoder_event_type)untrusted_record->type;
	take_event(session, untrusted_record, &event);
}
