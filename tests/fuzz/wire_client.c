/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the viewer's messages: a shorter piece of the same bytes gives the same answer or "more",
 * a refusal changes nothing, and no message is awaited beyond the longest.
 * Covers: broker/wire/client.c broker/wire/client_garasu.c broker/wire/format.c
 * Dictionary: rfb */

#include "wire/client.h"

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

/* Parses from memory of exactly this size, so that a byte too much being read is seen. */
static ssize_t parse(struct wire_client *client, const uint8_t *data, size_t size,
	struct wire_client_message *message)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	ssize_t taken;

	demand(copy != NULL);
	memcpy(copy, data, size);
	taken = wire_client_next(client, copy, size, message);
	free(copy);
	return taken;
}

static void check_piece(
	const struct wire_client *before, const uint8_t *data, size_t size, ssize_t whole)
{
	struct wire_client client = *before;
	struct wire_client_message message;
	ssize_t taken = parse(&client, data, size, &message);

	demand(taken == 0 || taken == whole);
	if (whole > 0) {
		demand((taken > 0) == (size >= (size_t)whole));
	}
	if (taken <= 0) {
		demand(memcmp(&client, before, sizeof(client)) == 0);
	}
}

static void check_bounds(const struct wire_client_message *message)
{
	demand(message->kind == WIRE_CLIENT_CUT_TEXT ? message->skip <= GARASU_RFB_CUT_TEXT_MAX
						     : message->skip == 0);
	if (message->kind == WIRE_CLIENT_ENCODINGS) {
		demand(message->encodings.count <= GARASU_RFB_ENCODINGS_MAX);
	}
	if (message->kind == WIRE_CLIENT_KEY_CODE) {
		demand(message->key_code.code > 0 && message->key_code.code < 768);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_client client = {0};

	for (size_t at = 0; at < size;) {
		const struct wire_client before = client;
		struct wire_client_message message;
		size_t rest = size - at;
		ssize_t taken = wire_client_next(&client, data + at, rest, &message);

		for (size_t piece = 0; piece < rest; piece += piece < 40 ? 1 : 1 + data[at] % 61) {
			check_piece(&before, data + at, piece, taken);
		}
		if (taken <= 0) {
			demand(taken == -EPROTO || (taken == 0 && rest < WIRE_CLIENT_BYTES_MAX));
			demand(memcmp(&client, &before, sizeof(client)) == 0);
			return 0;
		}
		demand((size_t)taken <= rest);
		check_bounds(&message);
		at += (size_t)taken;
		at += message.skip < size - at ? message.skip : size - at;
	}
	return 0;
}
