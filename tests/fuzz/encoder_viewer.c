/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of a viewer's readiness: whatever encodings it lists and whatever fences it answers, the
 * window keeps within its bounds, no fence that was not sent counts, and nothing is answered twice.
 * The input is a row of orders.
 * Covers: broker/encoder/viewer.c broker/encoder/window.c
 * Dictionary: rfb */

#include "viewer.h"

#include <stdlib.h>
#include <string.h>

#define LIST_MAX 16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static void check_window(const struct window *window)
{
	demand(window->sent - window->answered <= WINDOW_MARKS);
	demand(window->delivered <= window->position);
	demand(window->bytes >= WINDOW_BYTES_MIN && window->bytes <= WINDOW_BYTES_MAX);
	demand(window_is_empty(window) == (window->sent == window->answered));
	demand(window_piece(window) >= WINDOW_PIECE_MIN);
	demand(window_piece(window) <= WINDOW_BYTES_MAX);
}

static void check(const struct viewer *viewer, uint64_t now_us)
{
	check_window(&viewer->window);
	demand(viewer->coding == GARASU_RFB_RAW || viewer->coding == GARASU_RFB_TIGHT ||
		viewer->coding == GARASU_RFB_ZRLE);
	demand(viewer->jpeg_level >= -1 && viewer->jpeg_level <= 9);
	demand(!viewer->is_continuous || (viewer->has_fence && viewer->has_continuous));
	demand(viewer_room(viewer, now_us) <= 2);
	demand(!viewer_takes_jpeg(viewer) || viewer->coding == GARASU_RFB_TIGHT);
}

static void set_encodings(struct viewer *viewer, const uint8_t *bytes, size_t count)
{
	int32_t list[LIST_MAX];

	for (size_t i = 0; i < count; i++) {
		list[i] =
			(int32_t)((uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 |
				  (uint32_t)bytes[4 * i + 2] << 8 | bytes[4 * i + 3]);
	}
	viewer_set_encodings(viewer, list, count);
}

static void answer(struct viewer *viewer, uint8_t choice, uint64_t now_us)
{
	uint8_t payload[VIEWER_FENCE_BYTES];
	uint32_t before = viewer->window.answered, sent = viewer->window.sent;
	uint32_t number = before + choice - 64u; /* the past, what is due, and what never was */

	viewer_fence_payload(number, payload);
	viewer_fence_answered(viewer, payload, choice == 255 ? 3 : VIEWER_FENCE_BYTES, now_us);
	demand(viewer->window.sent == sent);
	demand(viewer->window.answered - before <= sent - before);
	if (choice < 64 || number - before > sent - before) {
		demand(viewer->window.answered == before);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct viewer viewer;
	uint64_t now_us = 1;

	viewer_init(&viewer);
	viewer.is_initialised = 1;
	for (size_t at = 0; size - at >= 3;) {
		const uint8_t *order = data + at;
		size_t count = order[1] % (LIST_MAX + 1);

		now_us += (uint64_t)order[2] * order[2] * 16;
		at += 3;
		switch (order[0] % 4) {
		case 0:
			count = count < (size - at) / 4 ? count : (size - at) / 4;
			set_encodings(&viewer, data + at, count);
			at += 4 * count;
			break;
		case 1:
			viewer.is_continuous = viewer.has_fence && viewer.has_continuous;
			if (window_room(&viewer.window, now_us) > 0) {
				window_sent(
					&viewer.window, (size_t)order[1] << order[0] / 16, now_us);
			}
			break;
		case 2:
			answer(&viewer, order[1], now_us);
			break;
		default:
			viewer.is_requested = order[1] & 1;
			(void)window_wants_probe(&viewer.window, now_us);
			(void)window_is_calm(&viewer.window);
			break;
		}
		check(&viewer, now_us);
	}
	return 0;
}
