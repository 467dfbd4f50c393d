/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer's abilities and readiness. Reads untrusted bytes from: the viewer. */

#include "viewer.h"

#include <string.h>

void viewer_init(struct viewer *viewer)
{
	*viewer = (struct viewer){
		.format = pixel_format_native(), .coding = GARASU_RFB_RAW, .jpeg_level = -1};
	window_init(&viewer->window);
}

static void forget_abilities(struct viewer *viewer)
{
	viewer->coding = -1;
	viewer->jpeg_level = -1;
	viewer->pointer = VIEWER_POINTER_NONE;
	viewer->has_copy_rect = 0;
	viewer->has_last_rect = viewer->has_desktop_size = viewer->has_extended_size = 0;
	viewer->has_fence = viewer->has_continuous = viewer->has_led = viewer->has_qemu_key = 0;
	viewer->has_garasu = viewer->has_zstd = 0;
}

static void offer_pointer(struct viewer *viewer, enum viewer_pointer pointer)
{
	if (viewer->pointer == VIEWER_POINTER_NONE || pointer < viewer->pointer) {
		viewer->pointer = pointer;
	}
}

/* A number that is not in garasu/rfb.h means nothing to us. */
static void take_encoding(struct viewer *viewer, int32_t encoding)
{
	if (encoding >= GARASU_RFB_JPEG_QUALITY_0 && encoding <= GARASU_RFB_JPEG_QUALITY_9) {
		viewer->jpeg_level = encoding - GARASU_RFB_JPEG_QUALITY_0;
	} else if (encoding == GARASU_RFB_RAW || encoding == GARASU_RFB_TIGHT ||
		   encoding == GARASU_RFB_ZRLE) {
		viewer->coding = viewer->coding < 0 ? encoding : viewer->coding;
	} else if (encoding == GARASU_RFB_CURSOR_WITH_ALPHA) {
		offer_pointer(viewer, VIEWER_POINTER_ALPHA);
	} else if (encoding == GARASU_RFB_VMWARE_CURSOR) {
		offer_pointer(viewer, VIEWER_POINTER_VMWARE);
	} else if (encoding == GARASU_RFB_RICH_CURSOR) {
		offer_pointer(viewer, VIEWER_POINTER_RICH);
	} else if (encoding == GARASU_RFB_COPY_RECT) {
		viewer->has_copy_rect = 1;
	} else if (encoding == GARASU_RFB_LAST_RECT) {
		viewer->has_last_rect = 1;
	} else if (encoding == GARASU_RFB_DESKTOP_SIZE) {
		viewer->has_desktop_size = 1;
	} else if (encoding == GARASU_RFB_EXTENDED_DESKTOP_SIZE) {
		viewer->has_extended_size = 1;
	} else if (encoding == GARASU_RFB_FENCE) {
		viewer->has_fence = 1;
	} else if (encoding == GARASU_RFB_CONTINUOUS_UPDATES) {
		viewer->has_continuous = 1;
	} else if (encoding == GARASU_RFB_LED_STATE) {
		viewer->has_led = 1;
	} else if (encoding == GARASU_RFB_QEMU_EXTENDED_KEY) {
		viewer->has_qemu_key = 1;
	} else if (encoding == GARASU_RFB_ENCODING_GARASU) {
		viewer->has_garasu = 1;
	} else if (encoding == GARASU_RFB_ENCODING_ZSTD) {
		viewer->has_zstd = 1;
	}
}

void viewer_set_encodings(struct viewer *viewer, const int32_t *untrusted_list, size_t count)
{
	enum viewer_pointer before = viewer->pointer;

	forget_abilities(viewer);
	for (size_t i = 0; i < count; i++) {
		take_encoding(viewer, untrusted_list[i]);
	}
	if (viewer->coding < 0) {
		viewer->coding = GARASU_RFB_RAW;
	}
	if (viewer->pointer != before) {
		viewer->knows_pointer = 0;
	}
	if (!viewer->has_fence || !viewer->has_continuous) {
		viewer->is_continuous = 0;
	}
}

uint32_t viewer_room(const struct viewer *viewer, uint64_t now_us)
{
	if (!viewer->is_initialised) {
		return 0;
	}
	if (viewer->is_continuous) {
		return window_room(&viewer->window, now_us);
	}
	return viewer->is_requested ? 1 : 0;
}

int viewer_takes_jpeg(const struct viewer *viewer)
{
	return viewer->coding == GARASU_RFB_TIGHT && viewer->jpeg_level >= 0 &&
	       pixel_format_takes_jpeg(&viewer->format);
}

int viewer_takes_zstd(const struct viewer *viewer)
{
	return viewer->has_zstd && viewer->format.depth == 24 &&
	       pixel_format_is_native(&viewer->format);
}

int viewer_can_resize(const struct viewer *viewer)
{
	return viewer->has_extended_size || viewer->has_desktop_size;
}

void viewer_fence_payload(uint32_t number, uint8_t payload[VIEWER_FENCE_BYTES])
{
	memcpy(payload, &number, VIEWER_FENCE_BYTES);
}

void viewer_fence_answered(
	struct viewer *viewer, const uint8_t *untrusted_payload, size_t size, uint64_t now_us)
{
	uint32_t untrusted_number;

	if (size != VIEWER_FENCE_BYTES) {
		return;
	}
	memcpy(&untrusted_number, untrusted_payload, VIEWER_FENCE_BYTES);
	window_answered(&viewer->window, untrusted_number, now_us);
}
