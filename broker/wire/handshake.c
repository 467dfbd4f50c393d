/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Version, security type, VeNCrypt, user and password; and what the gateway itself says.
 * Reads untrusted bytes from: the viewer. */

#include "wire/handshake.h"

#include "base/secret.h"
#include "base/utf8.h"
#include "bytes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VERSION_BYTES 12u
#define PLAIN_HEAD_BYTES 8u
#define MESSAGE_HEAD_BYTES 4u
#define MESSAGE_CHARACTERS_MAX 200u

static const uint8_t version[VERSION_BYTES + 1] = "RFB 003.008\n";

void wire_handshake_begin(struct wire_handshake *handshake, uint8_t greeting[12])
{
	memset(handshake, 0, sizeof(*handshake));
	handshake->step = WIRE_HANDSHAKE_VERSION;
	memcpy(greeting, version, VERSION_BYTES);
}

/* What a step before TLS expects, byte for byte, and what is answered. */
struct exchange {
	const uint8_t *expected;
	size_t expected_size;
	const uint8_t *answer;
	size_t answer_size;
	enum wire_handshake_step next;
};

static const uint8_t types[] = {1, GARASU_RFB_SECURITY_VENCRYPT};
static const uint8_t vencrypt_version[] = {0, 2};
static const uint8_t subtypes[] = {0 /* version is fine */, 1 /* count */, 0, 0,
	GARASU_RFB_VENCRYPT_X509PLAIN >> 8, GARASU_RFB_VENCRYPT_X509PLAIN & 0xff};
static const uint8_t tls_begins = 1;

static const struct exchange exchanges[] = {
	[WIRE_HANDSHAKE_VERSION] = {version, VERSION_BYTES, types, sizeof(types),
		WIRE_HANDSHAKE_TYPE},
	[WIRE_HANDSHAKE_TYPE] = {types + 1, 1, vencrypt_version, sizeof(vencrypt_version),
		WIRE_HANDSHAKE_VENCRYPT},
	[WIRE_HANDSHAKE_VENCRYPT] = {vencrypt_version, sizeof(vencrypt_version), subtypes,
		sizeof(subtypes), WIRE_HANDSHAKE_SUBTYPE},
	[WIRE_HANDSHAKE_SUBTYPE] = {subtypes + 2, 4, &tls_begins, 1, WIRE_HANDSHAKE_TLS},
};

static ssize_t run_exchange(struct wire_handshake *handshake, const uint8_t *untrusted_bytes,
	size_t size, uint8_t *answer, size_t *answer_size)
{
	const struct exchange *exchange = &exchanges[handshake->step];
	size_t compared = size < exchange->expected_size ? size : exchange->expected_size;

	if (memcmp(untrusted_bytes, exchange->expected, compared) != 0) {
		return -EPROTO;
	}
	if (compared < exchange->expected_size) {
		return 0;
	}
	memcpy(answer, exchange->answer, exchange->answer_size);
	*answer_size = exchange->answer_size;
	handshake->step = exchange->next;
	return (ssize_t)compared;
}

static ssize_t run_plain(
	struct wire_handshake *handshake, const uint8_t *untrusted_bytes, size_t size)
{
	uint32_t user_size, password_size;
	const uint8_t *untrusted_user, *untrusted_password;
	size_t whole;

	if (size < PLAIN_HEAD_BYTES) {
		return 0;
	}
	user_size = read_u32(untrusted_bytes);
	password_size = read_u32(untrusted_bytes + 4);
	if (user_size > GARASU_RFB_USER_MAX || password_size > GARASU_RFB_PASSWORD_MAX) {
		return -EPROTO;
	}
	whole = PLAIN_HEAD_BYTES + (size_t)user_size + password_size;
	if (size < whole) {
		return 0;
	}
	untrusted_user = untrusted_bytes + PLAIN_HEAD_BYTES;
	untrusted_password = untrusted_user + user_size;
	if (memchr(untrusted_user, 0, whole - PLAIN_HEAD_BYTES) != NULL) {
		return -EPROTO;
	}
	memset(handshake->user, 0, sizeof(handshake->user));
	garasu_secret_wipe(handshake->password, sizeof(handshake->password));
	memcpy(handshake->user, untrusted_user, user_size);
	memcpy(handshake->password, untrusted_password, password_size);
	handshake->step = WIRE_HANDSHAKE_DONE;
	return (ssize_t)whole;
}

ssize_t wire_handshake_next(struct wire_handshake *handshake, const uint8_t *untrusted_bytes,
	size_t size, uint8_t *answer, size_t *answer_size)
{
	*answer_size = 0;
	switch (handshake->step) {
	case WIRE_HANDSHAKE_VERSION:
	case WIRE_HANDSHAKE_TYPE:
	case WIRE_HANDSHAKE_VENCRYPT:
	case WIRE_HANDSHAKE_SUBTYPE:
		return size == 0 ? 0
				 : run_exchange(
					   handshake, untrusted_bytes, size, answer, answer_size);
	case WIRE_HANDSHAKE_PLAIN:
		return run_plain(handshake, untrusted_bytes, size);
	case WIRE_HANDSHAKE_TLS:
	case WIRE_HANDSHAKE_DONE:
		return -EPROTO; /* nothing of the viewer's is ours to read here */
	}
	return -EPROTO;
}

static const char *words_of_state(enum garasu_state state)
{
	switch (state) {
	case GARASU_STATE_ACCEPTED:
		return "accepted";
	case GARASU_STATE_REFUSED:
		return "user name or password is wrong";
	case GARASU_STATE_HOST_FULL:
		return "no session is free on this host";
	case GARASU_STATE_CUT_OFF:
		return "access is cut off by an administrator";
	case GARASU_STATE_LOCKED:
		return "too many failed log-ins, try again later";
	case GARASU_STATE_START_FAILED:
		return "the session could not be started";
	case GARASU_STATE_TAKEN_OVER:
		return "the session was taken over from another desk";
	case GARASU_STATE_ENDED_BY_ADMIN:
		return "the session was ended by an administrator";
	case GARASU_STATE_IDLE_WARNING:
		return "the session ends soon for lack of use";
	case GARASU_STATE_IDLE_ENDED:
		return "the session ended for lack of use";
	case GARASU_STATE_TIME_LIMIT:
		return "the session reached its time limit";
	case GARASU_STATE_BROWSER_ENDED:
		return "the browser has ended";
	case GARASU_STATE_UPGRADE_WARNING:
		return "the session ends soon for a new browser";
	case GARASU_STATE_UPGRADE_ENDED:
		return "the session ended for a new browser";
	case GARASU_STATE_PROTOCOL:
		return "the viewer broke the protocol";
	case GARASU_STATE_CERTIFICATE:
		return "a client certificate is missing or does not fit";
	case GARASU_STATE_SHUTDOWN:
		return "the broker is stopping";
	case GARASU_STATE_BUSY:
		return "too many sessions are starting, try again";
	case GARASU_STATE_CONNECTION_LOST:
		return "the connection to the session was lost, connect again";
	case GARASU_STATE_ADDRESS_LIMIT:
		return "too many addresses were handed over";
	case GARASU_STATE_LAST_LOGIN:
		return "when the user logged in before";
	case GARASU_STATE_FAILED_LOGINS:
		return "log-ins failed since";
	case GARASU_STATE_COUNT:
		break;
	}
	return "unknown state";
}

size_t wire_security_result(uint8_t out[WIRE_RESULT_MAX], uint32_t code, uint32_t value)
{
	char *reason = (char *)out + 8;
	int size;

	(void)value; /* the reason is made of the code alone */
	if (code == GARASU_STATE_ACCEPTED) {
		write_u32(out, 0);
		return 4;
	}
	if (code >= GARASU_STATE_COUNT) {
		code = GARASU_STATE_START_FAILED; /* nothing that a viewer does not know */
	}
	size = snprintf(reason, WIRE_RESULT_MAX - 8, "Garasu %02u: %s", code,
		words_of_state((enum garasu_state)code));
	write_u32(out, 1);
	write_u32(out + 4, (uint32_t)size);
	return 8 + (size_t)size;
}

static void write_head(uint8_t *out, enum garasu_rfb_server_sub sub, size_t size)
{
	out[0] = GARASU_RFB_SERVER_GARASU;
	out[1] = (uint8_t)sub;
	write_u16(out + 2, (uint32_t)size);
}

size_t wire_state(uint8_t out[WIRE_STATE_BYTES], uint32_t code, uint32_t value)
{
	write_head(out, GARASU_RFB_SUB_STATE, WIRE_STATE_BYTES - MESSAGE_HEAD_BYTES);
	write_u16(out + 4, code);
	write_u32(out + 6, value);
	return WIRE_STATE_BYTES;
}

size_t wire_policy(uint8_t out[WIRE_POLICY_BYTES], uint32_t paste_max, uint32_t bits)
{
	write_head(out, GARASU_RFB_SUB_POLICY, WIRE_POLICY_BYTES - MESSAGE_HEAD_BYTES);
	write_u16(out + 4, paste_max);
	out[6] = (uint8_t)bits;
	return WIRE_POLICY_BYTES;
}

static int is_control(uint32_t character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

/* Takes whole characters as long as they are sound and there is room; a control becomes a space,
 * because a viewer refuses it. */
size_t wire_message(uint8_t out[WIRE_MESSAGE_MAX], const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t size = strnlen(text, GARASU_RFB_MESSAGE_BYTES_MAX), at = 0, used = 0;

	for (unsigned count = 0; count < MESSAGE_CHARACTERS_MAX && at < size; count++) {
		uint32_t character;
		int length = garasu_utf8_decode(bytes + at, size - at, &character);

		if (length <= 0) {
			break;
		}
		used += garasu_utf8_encode(
			is_control(character) ? ' ' : character, out + MESSAGE_HEAD_BYTES + used);
		at += (size_t)length;
	}
	if (used == 0) {
		return 0;
	}
	write_head(out, GARASU_RFB_SUB_MESSAGE, used);
	return MESSAGE_HEAD_BYTES + used;
}
