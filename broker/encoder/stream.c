/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stream to the gateway, both ways. Reads untrusted bytes from: the viewer. */

#include "encoder.h"

#include "base/clock.h"
#include "base/log.h"
#include "message.h"
#include "pseudo.h"

#include <errno.h>
#include <unistd.h>

#define READ_BYTES 4096u
#define ASKS_AFTER_RESIZE_MS 1000u

/* The gateway's filter must know from which byte on the format holds. */
static int on_pixel_format(struct encoder *encoder, const struct pixel_format *format)
{
	static const uint8_t obeyed[4] = {GARASU_RFB_SERVER_GARASU, GARASU_RFB_SUB_OBEYED, 0, 0};
	int result = coder_set_format(encoder->coder, format);

	if (result != 0) {
		return result;
	}
	encoder->viewer.format = *format;
	picture_forget_shown(&encoder->picture); /* it has fewer colours, or none */
	if (encoder->viewer.pointer == VIEWER_POINTER_RICH) {
		encoder->viewer.knows_pointer = 0;
	}
	return garasu_buffer_append(&encoder->out, obeyed, sizeof(obeyed));
}

/* A server shows that it knows fences by sending one, and continuous updates by ending them once.
 */
static int on_encodings(struct encoder *encoder, const struct message *message)
{
	struct viewer *viewer = &encoder->viewer;
	uint8_t payload[VIEWER_FENCE_BYTES];
	int result = 0;

	viewer_set_encodings(viewer, message->encodings.list, message->encodings.count);
	picture_keep_shown(&encoder->picture, viewer->has_copy_rect);
	if (viewer->has_fence && !viewer->said_fence) {
		viewer->said_fence = 1;
		viewer_fence_payload(window_sent(&viewer->window, 0, garasu_clock_us()), payload);
		result = append_fence(
			&encoder->out, GARASU_RFB_FENCE_REQUEST, payload, sizeof(payload));
	}
	if (result == 0 && viewer->has_fence && viewer->has_continuous &&
		!viewer->said_continuous) {
		viewer->said_continuous = 1;
		result = append_end_continuous(&encoder->out);
	}
	return result;
}

/* A viewer that was told of another size asks for the whole picture. It gets that anyway, perhaps
 * before it asks: not twice. */
static int has_whole_coming(struct encoder *encoder, uint64_t now_ms)
{
	int is_coming =
		encoder->resized_ms != 0 && now_ms - encoder->resized_ms < ASKS_AFTER_RESIZE_MS;

	encoder->resized_ms = 0;
	return is_coming;
}

static int on_request(struct encoder *encoder, const struct message *message, uint64_t now_ms)
{
	encoder->viewer.is_requested = 1;
	if (!message->request.is_incremental && !has_whole_coming(encoder, now_ms)) {
		struct garasu_rect area = frame_clamp_rect(
			&message->request.area, encoder->picture.width, encoder->picture.height);

		picture_mark(&encoder->picture, &area);
	}
	return 0;
}

/* The area is not looked at: a viewer's picture is always kept whole. */
static int on_continuous(struct encoder *encoder, const struct message *message)
{
	struct viewer *viewer = &encoder->viewer;

	if (!viewer->has_continuous || !viewer->has_fence) {
		return -EPROTO;
	}
	viewer->is_continuous = message->continuous.is_enabled;
	return viewer->is_continuous ? 0 : append_end_continuous(&encoder->out);
}

static int on_fence(struct encoder *encoder, const struct message *message)
{
	const uint32_t known = GARASU_RFB_FENCE_BLOCK_BEFORE | GARASU_RFB_FENCE_BLOCK_AFTER |
			       GARASU_RFB_FENCE_SYNC_NEXT;

	if ((message->fence.flags & GARASU_RFB_FENCE_REQUEST) != 0) {
		return append_fence(&encoder->out, message->fence.flags & known,
			message->fence.payload, message->fence.size);
	}
	viewer_fence_answered(
		&encoder->viewer, message->fence.payload, message->fence.size, garasu_clock_us());
	return 0;
}

static int on_message(struct encoder *encoder, const struct message *message, uint64_t now_ms)
{
	switch (message->type) {
	case GARASU_RFB_SET_PIXEL_FORMAT:
		return on_pixel_format(encoder, &message->pixel_format);
	case GARASU_RFB_SET_ENCODINGS:
		return on_encodings(encoder, message);
	case GARASU_RFB_UPDATE_REQUEST:
		return on_request(encoder, message, now_ms);
	case GARASU_RFB_ENABLE_CONTINUOUS:
		return on_continuous(encoder, message);
	case GARASU_RFB_CLIENT_FENCE:
		return on_fence(encoder, message);
	case GARASU_RFB_SET_DESKTOP_SIZE:
		return encoder_resize_wish(
			encoder, message->size.width, message->size.height, now_ms);
	case GARASU_RFB_CLIENT_GARASU: /* GEOMETRY was parsed as SET_DESKTOP_SIZE */
	case GARASU_RFB_KEY_EVENT:
	case GARASU_RFB_POINTER_EVENT:
	case GARASU_RFB_CLIENT_CUT_TEXT:
	case GARASU_RFB_QEMU:
		return -EPROTO;
	}
	return -EPROTO;
}

/* Messages wait in the queue until ServerInit is out. */
static int handle_messages(struct encoder *encoder, uint64_t now_ms)
{
	while (garasu_buffer_size(&encoder->in) > 0) {
		struct message message;
		ssize_t taken;
		int result;

		if (!encoder->is_greeted) {
			encoder->is_greeted =
				1; /* ClientInit: its one byte asks for nothing we have */
			garasu_buffer_consume(&encoder->in, 1);
			continue;
		}
		if (!encoder->viewer.is_initialised) {
			return 0;
		}
		taken = message_parse(garasu_buffer_bytes(&encoder->in),
			garasu_buffer_size(&encoder->in), &message);
		if (taken == 0) {
			return 0;
		}
		result = taken < 0 ? (int)taken : on_message(encoder, &message, now_ms);
		if (result != 0) {
			garasu_log(GARASU_LOG_ERROR, "client_message", "type=%u error=%d",
				garasu_buffer_bytes(&encoder->in)[0], result);
			return result;
		}
		garasu_buffer_consume(&encoder->in, (size_t)taken);
	}
	return 0;
}

int encoder_read(struct encoder *encoder, uint64_t now_ms)
{
	uint8_t *room = garasu_buffer_reserve(&encoder->in, READ_BYTES);
	ssize_t size = 0;

	if (room != NULL) {
		size = read(encoder->stream, room, READ_BYTES);
		if (size == 0) {
			return -EPIPE;
		}
		if (size < 0) {
			if (errno != EAGAIN && errno != EINTR) {
				return -EPIPE;
			}
			size = 0;
		}
		garasu_buffer_commit(&encoder->in, (size_t)size);
	}
	return handle_messages(encoder, now_ms);
}

int encoder_flush(struct encoder *encoder, uint64_t now_ms)
{
	while (garasu_buffer_size(&encoder->out) > 0) {
		ssize_t size = write(encoder->stream, garasu_buffer_bytes(&encoder->out),
			garasu_buffer_size(&encoder->out));

		if (size < 0 && errno == EINTR) {
			continue;
		}
		if (size < 0) {
			return errno == EAGAIN ? 0 : -EPIPE;
		}
		garasu_buffer_consume(&encoder->out, (size_t)size);
		encoder->statistics.bytes += (uint64_t)size;
	}
	if (encoder->pixels_wait && encoder->statistics.first_picture_ms == 0) {
		uint64_t waited_ms = now_ms - encoder->started_ms;

		encoder->statistics.first_picture_ms = waited_ms > 0 ? (uint32_t)waited_ms : 1;
		encoder->statistics_due_ms = 0; /* at once: a session may last less than a second */
	}
	return 0;
}
