/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the decoder: it never writes outside the picture, and the same bytes give the same
 * picture and the same verdict in any chunking.
 * Covers: viewer/decoder/decoder.c viewer/decoder/rectangle.c viewer/decoder/tight.c
 * viewer/decoder/zstd.c
 * Dictionary: rfb */

#include "decoder/decoder.h"

#include <stdlib.h>
#include <string.h>

#define SIDE 96u
#define GUARD 64u
#define PIXEL_BYTES (SIDE * SIDE * 4u)
#define POINTER_BYTES (GARASU_FRAME_POINTER_MAX * GARASU_FRAME_POINTER_MAX * 4u)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *context, const struct decoder_event *event)
{
	(void)context;
	(void)event;
}

static enum decoder_error decode(
	uint8_t *memory, uint8_t *pointer, const uint8_t *data, size_t size, size_t chunk)
{
	struct decoder_picture picture = {memory + GUARD, pointer, SIDE, SIDE};
	struct decoder *decoder = decoder_create(&picture, DECODER_OFFER_ALL, ignore, NULL);
	enum decoder_error error = DECODER_OK;

	memset(memory, 0xa5, PIXEL_BYTES + 2 * GUARD);
	memset(pointer, 0, POINTER_BYTES);
	for (size_t at = 0; at < size; at += chunk) {
		error = decoder_feed(decoder, data + at, size - at < chunk ? size - at : chunk);
	}
	decoder_destroy(&decoder);
	for (size_t i = 0; i < GUARD; i++) {
		if (memory[i] != 0xa5 || memory[GUARD + PIXEL_BYTES + i] != 0xa5) {
			abort();
		}
	}
	return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t whole[PIXEL_BYTES + 2 * GUARD], pieces[PIXEL_BYTES + 2 * GUARD];
	static uint8_t whole_pointer[POINTER_BYTES], pieces_pointer[POINTER_BYTES];
	enum decoder_error error = decode(whole, whole_pointer, data, size, size + 1);

	if (decode(pieces, pieces_pointer, data, size, 7) != error ||
		memcmp(whole, pieces, sizeof(whole)) != 0 ||
		memcmp(whole_pointer, pieces_pointer, sizeof(whole_pointer)) != 0) {
		abort();
	}
	return 0;
}
