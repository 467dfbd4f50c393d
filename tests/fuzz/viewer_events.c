/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the decoder child's records: whatever a captured child tells, what the window hears lies
 * within the picture and its bounds, and words have no controls.
 * Covers: viewer/events.c */

#include "session.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define OUTPUT_BYTES 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static void check_words(const struct decoder_event *event)
{
	int64_t length = garasu_utf8_length(event->bytes, event->size);
	size_t at = 0;

	demand(length >= 1 && event->size <= GARASU_RFB_MESSAGE_BYTES_MAX);
	while (at < event->size) {
		uint32_t character = 0;

		at += (size_t)garasu_utf8_decode(event->bytes + at, event->size - at, &character);
		demand(character >= 0x20 && (character < 0x7f || character >= 0xa0));
	}
}

static void check_event(void *context, const struct decoder_event *event)
{
	const struct session *session = context;
	const struct picture *picture = &session->picture;

	if (event->type == DECODER_EVENT_SIZE) {
		demand(event->width >= 1 && event->width <= VIEWER_MAX_WIDTH);
		demand(event->height >= 1 && event->height <= VIEWER_MAX_HEIGHT);
		demand(event->value <= DECODER_RESIZE_INIT);
	} else if (event->type == DECODER_EVENT_UPDATE || event->type == DECODER_EVENT_CARET) {
		demand((uint64_t)event->x + event->width <= picture->width);
		demand((uint64_t)event->y + event->height <= picture->height);
	} else if (event->type == DECODER_EVENT_POINTER) {
		demand(event->width <= GARASU_FRAME_POINTER_MAX);
		demand(event->height <= GARASU_FRAME_POINTER_MAX);
		demand(event->width == 0 || event->height == 0 ||
			(event->x < event->width && event->y < event->height));
	} else if (event->type == DECODER_EVENT_MESSAGE) {
		check_words(event);
	} else {
		demand(event->type == DECODER_EVENT_STATE || event->type == DECODER_EVENT_LED);
	}
}

static void check_session(const struct session *session)
{
	demand(session->picture.width <= VIEWER_MAX_WIDTH);
	demand(session->picture.height <= VIEWER_MAX_HEIGHT);
	demand(session->paste_max <= GARASU_RFB_PASTE_MAX && session->caret_bits <= 3);
	demand(session->message_size <= sizeof(session->message));
	demand(strnlen(session->outcome.reason, WORDS_REASON_MAX) < WORDS_REASON_MAX);
	if (session->phase == SESSION_ENDED) {
		demand(session->outcome.fault == FAULT_STREAM ||
			session->outcome.fault == FAULT_LOST ||
			session->outcome.fault == FAULT_STATE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session session = {.on_event = check_event,
		.context = &session,
		.phase = SESSION_OPEN,
		.socket = -1,
		.settings = {
			.width = 1280, .height = 800, .scale = 180, .address = "https://a.test/"}};

	garasu_buffer_init(&session.output, OUTPUT_BYTES);
	for (size_t at = 0; size - at >= sizeof(struct viewer_record);
		at += sizeof(struct viewer_record)) {
		struct viewer_record record;

		memcpy(&record, data + at, sizeof(record));
		session_take_record(&session, &record);
		check_session(&session);
		if (session.phase == SESSION_ENDED) {
			break;
		}
	}
	garasu_buffer_finish(&session.output);
	return 0;
}
