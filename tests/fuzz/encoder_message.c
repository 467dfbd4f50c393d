/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the client messages: a message takes no more bytes than there are, is decided by its own
 * bytes alone, and what was taken is within the bounds of garasu/rfb.h.
 * Covers: broker/encoder/message.c
 * Dictionary: rfb */

#include "message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static void check(const struct message *message)
{
	demand(message->type != GARASU_RFB_KEY_EVENT && message->type != GARASU_RFB_QEMU &&
		message->type != GARASU_RFB_POINTER_EVENT &&
		message->type != GARASU_RFB_CLIENT_CUT_TEXT);
	if (message->type == GARASU_RFB_SET_PIXEL_FORMAT) {
		uint8_t bytes[PIXEL_FORMAT_BYTES], bytes_again[PIXEL_FORMAT_BYTES];
		struct pixel_format again;

		demand(pixel_format_is_valid(&message->pixel_format));
		pixel_format_encode(&message->pixel_format, bytes);
		again = pixel_format_decode(bytes);
		pixel_format_encode(&again, bytes_again);
		demand(memcmp(bytes, bytes_again, sizeof(bytes)) == 0);
	} else if (message->type == GARASU_RFB_SET_ENCODINGS) {
		demand(message->encodings.count <= GARASU_RFB_ENCODINGS_MAX);
	} else if (message->type == GARASU_RFB_CLIENT_FENCE) {
		demand(message->fence.size <= GARASU_RFB_FENCE_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message message, again;

	while (size > 0) {
		ssize_t taken = message_parse(data, size, &message);

		demand(taken >= -EPROTO && (taken >= 0 || taken == -EPROTO));
		demand(taken <= (ssize_t)size && taken <= (ssize_t)MESSAGE_BYTES_MAX);
		if (taken <= 0) {
			break;
		}
		check(&message);
		demand(message_parse(data, (size_t)taken - 1, &again) == 0);
		demand(message_parse(data, (size_t)taken, &again) == taken);
		demand(message.type == again.type);
		data += taken;
		size -= (size_t)taken;
	}
	return 0;
}
