/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the handshake: pieces give the same outcome as the whole; only the one right sequence
 * reaches TLS; a log-in written again gives the same bytes; a message holds nothing that a viewer
 * refuses. The first byte chooses the step it starts with.
 * Covers: broker/wire/handshake.c
 * Dictionary: rfb */

#include "wire/handshake.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t right[] = "RFB 003.008\n\23\0\2\0\0\1\6";

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

struct outcome {
	struct wire_handshake handshake;
	size_t taken;
	size_t answered;
	int is_refused;
};

/* Offers the bytes in growing pieces, as a socket would bring them. */
static struct outcome run(
	enum wire_handshake_step first, const uint8_t *data, size_t size, size_t piece)
{
	struct outcome outcome = {0};
	uint8_t greeting[12], answer[WIRE_HANDSHAKE_ANSWER_MAX];
	size_t offered = piece < size ? piece : size;

	wire_handshake_begin(&outcome.handshake, greeting);
	outcome.handshake.step = first;
	while (outcome.handshake.step != WIRE_HANDSHAKE_TLS &&
		outcome.handshake.step != WIRE_HANDSHAKE_DONE) {
		enum wire_handshake_step step = outcome.handshake.step;
		size_t answer_size = SIZE_MAX;
		ssize_t taken = wire_handshake_next(&outcome.handshake, data + outcome.taken,
			offered - outcome.taken, answer, &answer_size);

		demand(answer_size <= WIRE_HANDSHAKE_ANSWER_MAX);
		if (taken > 0) {
			demand(outcome.handshake.step != step);
			outcome.taken += (size_t)taken;
			outcome.answered += answer_size;
			continue;
		}
		demand(answer_size == 0 && outcome.handshake.step == step);
		if (taken < 0) {
			demand(taken == -EPROTO);
			outcome.is_refused = 1;
			break;
		}
		if (offered == size) {
			break;
		}
		offered = size - offered < piece ? size : offered + piece;
	}
	return outcome;
}

static void check_login(const struct wire_handshake *handshake, const uint8_t *data, size_t taken)
{
	size_t user_size = strnlen(handshake->user, sizeof(handshake->user));
	size_t password_size = strnlen(handshake->password, sizeof(handshake->password));
	const uint8_t head[8] = {0, 0, 0, (uint8_t)user_size, 0, 0, 0, (uint8_t)password_size};

	demand(user_size <= GARASU_RFB_USER_MAX && password_size <= GARASU_RFB_PASSWORD_MAX);
	demand(taken == 8 + user_size + password_size);
	demand(memcmp(data, head, 8) == 0);
	demand(memcmp(data + 8, handshake->user, user_size) == 0);
	demand(memcmp(data + 8 + user_size, handshake->password, password_size) == 0);
}

static void check_words(const uint8_t *data, size_t size)
{
	char text[1024] = {0};
	uint8_t out[WIRE_MESSAGE_MAX];
	size_t made, at = 4;
	int64_t length;

	memcpy(text, data, size < sizeof(text) - 1 ? size : sizeof(text) - 1);
	made = wire_message(out, text);
	demand(made <= WIRE_MESSAGE_MAX && (made == 0 || made > 4));
	if (made == 0) {
		return;
	}
	length = garasu_utf8_length(out + 4, made - 4);
	demand(length >= 1 && length <= 200);
	while (at < made) {
		uint32_t character = 0;

		at += (size_t)garasu_utf8_decode(out + at, made - at, &character);
		demand(character >= 0x20 && (character < 0x7f || character >= 0xa0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum wire_handshake_step first;
	struct outcome whole, pieces;

	if (size == 0) {
		return 0;
	}
	first = (data[0] & 1) != 0 ? WIRE_HANDSHAKE_PLAIN : WIRE_HANDSHAKE_VERSION;
	whole = run(first, data + 1, size - 1, size);
	pieces = run(first, data + 1, size - 1, 1u + (data[0] >> 1));
	demand(whole.taken == pieces.taken && whole.answered == pieces.answered);
	demand(whole.is_refused == pieces.is_refused);
	demand(memcmp(&whole.handshake, &pieces.handshake, sizeof(whole.handshake)) == 0);
	if (whole.handshake.step == WIRE_HANDSHAKE_TLS) {
		demand(whole.taken == sizeof(right) - 1 &&
			memcmp(data + 1, right, whole.taken) == 0);
	}
	if (whole.handshake.step == WIRE_HANDSHAKE_DONE) {
		check_login(&whole.handshake, data + 1, whole.taken);
	}
	check_words(data + 1, size - 1);
	return 0;
}
