/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The handshake without security. Reads untrusted bytes from: the server. */

#include "greeting.h"

#include <garasu/rfb.h>

#include <string.h>

#define VERSION_BYTES 12u
#define REASON_BYTES_MAX 4096u

static uint32_t read_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static void fail(struct handshake *handshake, enum fault fault)
{
	handshake->outcome.fault = fault;
	handshake->step = HANDSHAKE_FAILED;
}

static void say(struct handshake *handshake, struct garasu_buffer *output, const void *bytes,
	size_t size, enum handshake_step next)
{
	if (garasu_buffer_append(output, bytes, size) != 0) {
		fail(handshake, FAULT_LOCAL);
		return;
	}
	handshake->step = next;
}

static size_t run_version(struct handshake *handshake, const uint8_t *untrusted_bytes, size_t size,
	struct garasu_buffer *output)
{
	static const char version[] = "RFB 003.008\n";

	if (size < VERSION_BYTES) {
		return 0;
	}
	if (memcmp(untrusted_bytes, version, VERSION_BYTES) != 0) {
		fail(handshake, FAULT_NOT_RFB);
		return 0;
	}
	say(handshake, output, version, VERSION_BYTES, HANDSHAKE_TYPES);
	return VERSION_BYTES;
}

static size_t run_types(struct handshake *handshake, const uint8_t *untrusted_bytes, size_t size,
	struct garasu_buffer *output)
{
	static const uint8_t none = GARASU_RFB_SECURITY_NONE;
	size_t count = untrusted_bytes[0];

	if (count == 0) {
		handshake->step = HANDSHAKE_REASON;
		return 1;
	}
	if (size - 1 < count) {
		return 0;
	}
	if (memchr(untrusted_bytes + 1, none, count) == NULL) {
		fail(handshake, FAULT_NOT_RFB);
		return 0;
	}
	say(handshake, output, &none, 1, HANDSHAKE_RESULT);
	return 1 + count;
}

static size_t run_result(struct handshake *handshake, const uint8_t *untrusted_bytes, size_t size)
{
	if (size < 4) {
		return 0;
	}
	handshake->step = read_u32(untrusted_bytes) == 0 ? HANDSHAKE_DONE : HANDSHAKE_REASON;
	return 4;
}

static size_t run_reason(struct handshake *handshake, const uint8_t *untrusted_bytes, size_t size)
{
	struct outcome *outcome = &handshake->outcome;
	uint32_t length = size >= 4 ? read_u32(untrusted_bytes) : 0;

	if (size < 4) {
		return 0;
	}
	if (length > REASON_BYTES_MAX) {
		fail(handshake, FAULT_NOT_RFB);
		return 0;
	}
	if (size - 4 < length) {
		return 0;
	}
	words_escape(outcome->reason, sizeof(outcome->reason), (const char *)untrusted_bytes + 4,
		length);
	fail(handshake, FAULT_REASON);
	return 4 + (size_t)length;
}

static size_t run_step(struct handshake *handshake, const uint8_t *untrusted_bytes, size_t size,
	struct garasu_buffer *output)
{
	switch (handshake->step) {
	case HANDSHAKE_VERSION:
		return run_version(handshake, untrusted_bytes, size, output);
	case HANDSHAKE_TYPES:
		return run_types(handshake, untrusted_bytes, size, output);
	case HANDSHAKE_RESULT:
		return run_result(handshake, untrusted_bytes, size);
	case HANDSHAKE_REASON:
		return run_reason(handshake, untrusted_bytes, size);
	case HANDSHAKE_VENCRYPT_VERSION:
	case HANDSHAKE_VENCRYPT_ANSWER:
	case HANDSHAKE_SUBTYPES:
	case HANDSHAKE_SUBTYPE_ANSWER:
	case HANDSHAKE_SECURE:
	case HANDSHAKE_DONE:
	case HANDSHAKE_FAILED:
		break;
	}
	return 0;
}

void greeting_run(
	struct handshake *handshake, struct garasu_buffer *input, struct garasu_buffer *output)
{
	while (garasu_buffer_size(input) > 0) {
		size_t used = run_step(
			handshake, garasu_buffer_bytes(input), garasu_buffer_size(input), output);

		if (used == 0) {
			return;
		}
		garasu_buffer_consume(input, used);
	}
}
