/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFB's handshake up to SecurityResult. Reads untrusted bytes from: the server. */

#include "handshake.h"

#include <garasu/rfb.h>

#include <stdio.h>
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

/* "Garasu NN: words" is a state code of ours; anything else is shown escaped. */
static void read_reason(struct handshake *handshake, const char *untrusted_text, size_t size)
{
	struct outcome *outcome = &handshake->outcome;
	char start[16] = {0};
	unsigned code = 0;
	int used = 0;

	memcpy(start, untrusted_text, size < sizeof(start) - 1 ? size : sizeof(start) - 1);
	if (sscanf(start, "Garasu %2u%n", &code, &used) == 1 && start[used] == ':' &&
		code > GARASU_STATE_ACCEPTED && code < GARASU_STATE_COUNT) {
		outcome->state = code;
		fail(handshake, FAULT_STATE);
		return;
	}
	words_escape(outcome->reason, sizeof(outcome->reason), untrusted_text, size);
	fail(handshake, FAULT_REASON);
}

static size_t run_reason(struct handshake *handshake, const uint8_t *bytes, size_t size)
{
	uint32_t length = size >= 4 ? read_u32(bytes) : 0;

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
	read_reason(handshake, (const char *)bytes + 4, length);
	return 4 + (size_t)length;
}

static size_t run_version(struct handshake *handshake, const uint8_t *bytes, size_t size,
	struct garasu_buffer *output)
{
	static const char version[] = "RFB 003.008\n";

	if (memcmp(bytes, version, size < VERSION_BYTES ? size : VERSION_BYTES) != 0) {
		fail(handshake, FAULT_NOT_RFB);
		return 0;
	}
	if (size < VERSION_BYTES) {
		return 0;
	}
	say(handshake, output, version, VERSION_BYTES, HANDSHAKE_TYPES);
	return VERSION_BYTES;
}

static size_t run_types(struct handshake *handshake, const uint8_t *bytes, size_t size,
	struct garasu_buffer *output)
{
	bool is_plain = handshake->takes_none;
	uint8_t wanted = is_plain ? GARASU_RFB_SECURITY_NONE : GARASU_RFB_SECURITY_VENCRYPT;

	if (size >= 1 && bytes[0] == 0) {
		handshake->step = HANDSHAKE_REASON;
		return 1;
	}
	if (size < 1 || size - 1 < bytes[0]) {
		return 0;
	}
	if (memchr(bytes + 1, wanted, bytes[0]) == NULL) {
		fail(handshake, is_plain ? FAULT_NOT_RFB : FAULT_NO_TLS);
	} else {
		say(handshake, output, &wanted, 1,
			is_plain ? HANDSHAKE_RESULT : HANDSHAKE_VENCRYPT_VERSION);
	}
	return 1 + (size_t)bytes[0];
}

static size_t run_vencrypt_version(struct handshake *handshake, const uint8_t *bytes, size_t size,
	struct garasu_buffer *output)
{
	static const uint8_t version[2] = {0, 2};

	if (size < 2) {
		return 0;
	}
	if (bytes[0] == 0 && bytes[1] < 2) {
		fail(handshake, FAULT_NO_X509);
	} else {
		say(handshake, output, version, 2, HANDSHAKE_VENCRYPT_ANSWER);
	}
	return 2;
}

static size_t run_vencrypt_answer(struct handshake *handshake, const uint8_t *bytes, size_t size)
{
	if (size < 1) {
		return 0;
	}
	if (bytes[0] != 0) {
		fail(handshake, FAULT_NO_X509);
	} else {
		handshake->step = HANDSHAKE_SUBTYPES;
	}
	return 1;
}

static size_t run_subtypes(struct handshake *handshake, const uint8_t *bytes, size_t size,
	struct garasu_buffer *output)
{
	static const uint8_t x509_plain[4] = {
		0, 0, GARASU_RFB_VENCRYPT_X509PLAIN >> 8, GARASU_RFB_VENCRYPT_X509PLAIN & 0xff};
	bool is_offered = false;

	if (size < 1 || size - 1 < (size_t)bytes[0] * 4) {
		return 0;
	}
	for (size_t i = 0; i < bytes[0]; i++) {
		is_offered |= read_u32(bytes + 1 + i * 4) == GARASU_RFB_VENCRYPT_X509PLAIN;
	}
	if (!is_offered) {
		fail(handshake, FAULT_NO_X509);
	} else {
		say(handshake, output, x509_plain, 4, HANDSHAKE_SUBTYPE_ANSWER);
	}
	return 1 + (size_t)bytes[0] * 4;
}

static size_t run_subtype_answer(struct handshake *handshake, const uint8_t *bytes, size_t size)
{
	if (size < 1) {
		return 0;
	}
	if (bytes[0] != 1) {
		fail(handshake, FAULT_TLS);
	} else if (size > 1) {
		fail(handshake, FAULT_NOT_RFB); /* plain bytes must not slip in front of TLS */
	} else {
		handshake->step = HANDSHAKE_SECURE;
	}
	return 1;
}

static size_t run_result(struct handshake *handshake, const uint8_t *bytes, size_t size)
{
	if (size < 4) {
		return 0;
	}
	handshake->step = read_u32(bytes) == 0 ? HANDSHAKE_DONE : HANDSHAKE_REASON;
	return 4;
}

static size_t run_step(struct handshake *handshake, const uint8_t *bytes, size_t size,
	struct garasu_buffer *output)
{
	switch (handshake->step) {
	case HANDSHAKE_VERSION:
		return run_version(handshake, bytes, size, output);
	case HANDSHAKE_TYPES:
		return run_types(handshake, bytes, size, output);
	case HANDSHAKE_VENCRYPT_VERSION:
		return run_vencrypt_version(handshake, bytes, size, output);
	case HANDSHAKE_VENCRYPT_ANSWER:
		return run_vencrypt_answer(handshake, bytes, size);
	case HANDSHAKE_SUBTYPES:
		return run_subtypes(handshake, bytes, size, output);
	case HANDSHAKE_SUBTYPE_ANSWER:
		return run_subtype_answer(handshake, bytes, size);
	case HANDSHAKE_RESULT:
		return run_result(handshake, bytes, size);
	case HANDSHAKE_REASON:
		return run_reason(handshake, bytes, size);
	case HANDSHAKE_SECURE:
	case HANDSHAKE_DONE:
	case HANDSHAKE_FAILED:
		break;
	}
	return 0;
}

void handshake_run(
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

void handshake_log_in(struct handshake *handshake, struct garasu_buffer *output, const char *user,
	const char *password)
{
	size_t user_size = strlen(user), password_size = strlen(password);
	const uint8_t sizes[8] = {0, 0, 0, (uint8_t)user_size, 0, 0, 0, (uint8_t)password_size};

	if (user_size > GARASU_RFB_USER_MAX || password_size > GARASU_RFB_PASSWORD_MAX) {
		fail(handshake, FAULT_USAGE);
		return;
	}
	say(handshake, output, sizes, sizeof(sizes), HANDSHAKE_RESULT);
	say(handshake, output, user, user_size, HANDSHAKE_RESULT);
	say(handshake, output, password, password_size, HANDSHAKE_RESULT);
}
