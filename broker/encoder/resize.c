/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture's size: wishes of the viewer, and what the session made of them. */

#include "encoder.h"

#include "pseudo.h"

static int answer(struct encoder *encoder, enum size_status status)
{
	const struct viewer *viewer = &encoder->viewer;
	int result = 0;

	for (; encoder->resize.answers > 0 && result == 0; encoder->resize.answers--) {
		result = append_extended_size(
			&encoder->out, SIZE_REASON_CLIENT, status, viewer->width, viewer->height);
	}
	return result;
}

int encoder_resized(struct encoder *encoder, uint32_t width, uint32_t height, uint64_t now_ms)
{
	struct viewer *viewer = &encoder->viewer;

	viewer->width = width;
	viewer->height = height;
	picture_resize(&encoder->picture, width, height);
	encoder->needs_whole = 1;
	encoder->has_frame = 0;
	encoder->resized_ms = now_ms;
	if (encoder->resize.answers > 0) {
		return answer(encoder, SIZE_STATUS_DONE);
	}
	if (viewer->has_extended_size) {
		viewer->said_extended_size = 1;
		return append_extended_size(
			&encoder->out, SIZE_REASON_SERVER, SIZE_STATUS_DONE, width, height);
	}
	return append_desktop_size(&encoder->out, width, height);
}

int encoder_resize_wish(struct encoder *encoder, uint32_t width, uint32_t height, uint64_t now_ms)
{
	const struct viewer *viewer = &encoder->viewer;
	struct resize *resize = &encoder->resize;

	if (!viewer->has_extended_size) {
		return 0; /* it has no way to take an answer */
	}
	if (width < GARASU_FRAME_SIDE_MIN || height < GARASU_FRAME_SIDE_MIN ||
		width > encoder->settings.max_width || height > encoder->settings.max_height) {
		return append_extended_size(&encoder->out, SIZE_REASON_CLIENT, SIZE_STATUS_INVALID,
			viewer->width, viewer->height);
	}
	resize->answers++;
	resize->width = width;
	resize->height = height;
	resize->deadline_ms = now_ms + encoder->resize_wait_ms;
	return encoder_resize_step(encoder, now_ms);
}

int encoder_resize_step(struct encoder *encoder, uint64_t now_ms)
{
	const struct viewer *viewer = &encoder->viewer;
	struct resize *resize = &encoder->resize;
	struct frame frame;

	if (resize->answers == 0) {
		return 0;
	}
	if (frame_memory_read(&encoder->memory, &frame) == 1 &&
		(frame.width != viewer->width || frame.height != viewer->height)) {
		encoder->has_news = 1;
		return encoder_resized(encoder, frame.width, frame.height, now_ms);
	}
	if (viewer->width == resize->width && viewer->height == resize->height) {
		return answer(encoder, SIZE_STATUS_DONE);
	}
	return now_ms >= resize->deadline_ms ? answer(encoder, SIZE_STATUS_PROHIBITED) : 0;
}
