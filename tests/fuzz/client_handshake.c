/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the viewer's handshake: it says nothing but the one right sequence, in any chunking; TLS
 * begins behind all of it and never with a byte left over; what ends it has words for the user. The
 * first byte is flags and the pieces' size, the second how many bytes come before TLS.
 * Covers: viewer/handshake.c viewer/words.c
 * Dictionary: rfb */

#include "handshake.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t right[] = "RFB 003.008\n\23\0\2\0\0\1\6";
static const uint8_t right_without_tls[] = "RFB 003.008\n\1";
static const uint8_t log_in[] = "\0\0\0\1\0\0\0\2upw";

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static int is_over(const struct handshake *handshake)
{
	return handshake->step == HANDSHAKE_DONE || handshake->step == HANDSHAKE_FAILED;
}

/* Offers bytes in pieces while the step wants more. Returns how many were offered. */
static size_t offer(struct handshake *handshake, struct garasu_buffer *input,
	struct garasu_buffer *output, const uint8_t *bytes, size_t size, size_t piece)
{
	size_t at = 0;

	while (at < size && !is_over(handshake) && handshake->step != HANDSHAKE_SECURE) {
		size_t next = size - at < piece ? size - at : piece;

		demand(garasu_buffer_append(input, bytes + at, next) == 0);
		handshake_run(handshake, input, output);
		at += next;
	}
	return at;
}

static void check_said(const struct handshake *handshake, const struct garasu_buffer *output)
{
	size_t said = garasu_buffer_size(output);
	const uint8_t *all = handshake->takes_none ? right_without_tls : right;
	size_t all_size = handshake->takes_none ? sizeof(right_without_tls) : sizeof(right);

	demand(said < all_size);
	demand(said == 0 || memcmp(garasu_buffer_bytes(output), all, said) == 0);
	if (handshake->step == HANDSHAKE_SECURE) {
		demand(!handshake->takes_none && said == all_size - 1);
	}
}

static void check_words(const struct outcome *outcome)
{
	char words[WORDS_BYTES_MAX];

	demand(outcome->fault > FAULT_NONE && outcome->fault < FAULT_COUNT);
	if (outcome->fault == FAULT_STATE) {
		demand(outcome->state > GARASU_STATE_ACCEPTED &&
			outcome->state < GARASU_STATE_COUNT);
	}
	for (size_t i = 0; i < strnlen(outcome->reason, sizeof(outcome->reason)); i++) {
		demand(outcome->reason[i] >= ' ' && outcome->reason[i] <= '~');
	}
	for (int language = 0; language < LANGUAGE_COUNT; language++) {
		words_of_outcome(words, sizeof(words), (enum language)language, outcome);
		demand(garasu_utf8_length((const uint8_t *)words, strlen(words)) > 0);
	}
	demand(words_exit_class(outcome) != EXIT_CLASS_OK);
}

static struct handshake run(const uint8_t *data, size_t size, size_t piece)
{
	struct handshake handshake = {.takes_none = (data[0] & 1) != 0};
	size_t plain = data[1] < size - 2 ? data[1] : size - 2;
	struct garasu_buffer input, output;
	size_t offered;

	garasu_buffer_init(&input, size);
	garasu_buffer_init(&output, 256);
	offered = offer(&handshake, &input, &output, data + 2, plain, piece);
	check_said(&handshake, &output);
	if (handshake.step == HANDSHAKE_SECURE && offered == plain) {
		demand(garasu_buffer_size(&input) == 0);
		garasu_buffer_consume(&output, garasu_buffer_size(&output));
		handshake_log_in(&handshake, &output, "u", "pw");
		demand(garasu_buffer_size(&output) == sizeof(log_in) - 1 &&
			memcmp(garasu_buffer_bytes(&output), log_in, sizeof(log_in) - 1) == 0);
		offer(&handshake, &input, &output, data + 2 + plain, size - 2 - plain, piece);
		demand(garasu_buffer_size(&output) == sizeof(log_in) - 1);
	} else {
		demand(handshake.takes_none || handshake.step != HANDSHAKE_DONE);
	}
	if (handshake.step == HANDSHAKE_FAILED) {
		check_words(&handshake.outcome);
	}
	garasu_buffer_finish(&input);
	garasu_buffer_finish(&output);
	return handshake;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct handshake whole, pieces;

	if (size < 3) {
		return 0;
	}
	whole = run(data, size, size);
	pieces = run(data, size, 1u + (data[0] >> 1));
	if (pieces.step == HANDSHAKE_SECURE && whole.step == HANDSHAKE_FAILED) {
		demand(whole.outcome.fault == FAULT_NOT_RFB); /* plain bytes in front of TLS */
		return 0;
	}
	demand(whole.step == pieces.step && whole.outcome.fault == pieces.outcome.fault &&
		whole.outcome.state == pieces.outcome.state &&
		strcmp(whole.outcome.reason, pieces.outcome.reason) == 0);
	return 0;
}
