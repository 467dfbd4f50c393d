/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing and composing the viewer's words; the tables are in words_table.c. */

#include "words.h"

#include "words_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void compose(char *out, size_t size, const struct words *words, uint32_t value)
{
	char number[16];
	const char *what = value > 0 && words->what_value != NULL ? words->what_value : words->what;
	const char *place = strstr(what, "%");
	int before = place == NULL ? (int)strlen(what) : (int)(place - what);

	snprintf(number, sizeof(number), "%" PRIu32, value);
	snprintf(out, size, "%.*s%s%s\n%s\n%s", before, what, place == NULL ? "" : number,
		place == NULL ? "" : place + 1, words->why, words->todo);
}

void words_of_state(
	char *out, size_t size, enum language language, uint32_t untrusted_state, uint32_t value)
{
	if (untrusted_state >= GARASU_STATE_COUNT) {
		compose(out, size, words_unknown_state(language), untrusted_state);
	} else {
		compose(out, size, words_state_entry(language, (enum garasu_state)untrusted_state),
			value);
	}
}

void words_of_outcome(char *out, size_t size, enum language language, const struct outcome *outcome)
{
	size_t used;

	if (outcome->fault == FAULT_STATE) {
		words_of_state(out, size, language, outcome->state, outcome->value);
		return;
	}
	compose(out, size, words_fault_entry(language, outcome->fault), 0);
	used = strlen(out);
	if (outcome->reason[0] != '\0' && used < size) {
		snprintf(out + used, size - used, " (%s)", outcome->reason);
	}
}

int words_language(const char *name, enum language *language)
{
	if (strcmp(name, "ja") == 0) {
		*language = LANGUAGE_JAPANESE;
	} else if (strcmp(name, "en") == 0) {
		*language = LANGUAGE_ENGLISH;
	} else {
		return -1;
	}
	return 0;
}

enum language words_language_of_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0') {
			int is_plain = strncmp(value, "ja", 2) == 0 || value[0] == 'C' ||
				       strcmp(value, "POSIX") == 0;

			return is_plain ? LANGUAGE_JAPANESE : LANGUAGE_ENGLISH;
		}
	}
	return LANGUAGE_JAPANESE;
}

void words_escape(char *out, size_t size, const char *untrusted_text, size_t untrusted_size)
{
	size_t used = 0;

	for (size_t i = 0; i < untrusted_size && used + 5 <= size; i++) {
		unsigned char byte = (unsigned char)untrusted_text[i];

		if (byte >= 0x20 && byte < 0x7f && byte != '\\' && byte != '"') {
			out[used++] = (char)byte;
		} else {
			used += (size_t)snprintf(out + used, size - used, "\\x%02x", byte);
		}
	}
	if (size > 0) {
		out[used] = '\0';
	}
}

bool words_state_ends(uint32_t untrusted_state)
{
	return untrusted_state != GARASU_STATE_ACCEPTED &&
	       untrusted_state != GARASU_STATE_IDLE_WARNING &&
	       untrusted_state != GARASU_STATE_UPGRADE_WARNING &&
	       untrusted_state != GARASU_STATE_ADDRESS_LIMIT &&
	       untrusted_state != GARASU_STATE_LAST_LOGIN &&
	       untrusted_state != GARASU_STATE_FAILED_LOGINS;
}

void words_of_last_login(char *out, size_t size, enum language language, uint32_t unix_s)
{
	char when[32];
	time_t seconds = (time_t)unix_s;
	struct tm local;

	if (unix_s == 0 || localtime_r(&seconds, &local) == NULL ||
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &local) == 0) {
		snprintf(out, size, "%s",
			words_state_entry(language, GARASU_STATE_LAST_LOGIN)->what);
	} else {
		snprintf(out, size, "%s: %s", words_of_phrase(language, PHRASE_LAST_LOGIN), when);
	}
}

static enum exit_class class_of_state(uint32_t state)
{
	if (state >= GARASU_STATE_COUNT) {
		return EXIT_CLASS_ENDED;
	}
	switch ((enum garasu_state)state) {
	case GARASU_STATE_ACCEPTED:
	case GARASU_STATE_IDLE_WARNING:
	case GARASU_STATE_UPGRADE_WARNING:
	case GARASU_STATE_ADDRESS_LIMIT:
	case GARASU_STATE_LAST_LOGIN:
	case GARASU_STATE_FAILED_LOGINS:
	case GARASU_STATE_TAKEN_OVER:
	case GARASU_STATE_ENDED_BY_ADMIN:
	case GARASU_STATE_IDLE_ENDED:
	case GARASU_STATE_TIME_LIMIT:
	case GARASU_STATE_BROWSER_ENDED:
	case GARASU_STATE_UPGRADE_ENDED:
	case GARASU_STATE_SHUTDOWN:
		return EXIT_CLASS_ENDED;
	case GARASU_STATE_REFUSED:
	case GARASU_STATE_LOCKED:
	case GARASU_STATE_CERTIFICATE:
		return EXIT_CLASS_LOGIN;
	case GARASU_STATE_HOST_FULL:
	case GARASU_STATE_CUT_OFF:
	case GARASU_STATE_START_FAILED:
	case GARASU_STATE_BUSY:
		return EXIT_CLASS_UNAVAILABLE;
	case GARASU_STATE_CONNECTION_LOST:
		return EXIT_CLASS_NETWORK;
	case GARASU_STATE_PROTOCOL:
		return EXIT_CLASS_PROTOCOL;
	case GARASU_STATE_COUNT:
		break;
	}
	return EXIT_CLASS_ENDED;
}

enum exit_class words_exit_class(const struct outcome *outcome)
{
	switch (outcome->fault) {
	case FAULT_NONE:
		return EXIT_CLASS_OK;
	case FAULT_STATE:
		return class_of_state(outcome->state);
	case FAULT_REASON:
	case FAULT_PASSWORD:
		return EXIT_CLASS_LOGIN;
	case FAULT_USAGE:
		return EXIT_CLASS_USAGE;
	case FAULT_LOCAL:
		return EXIT_CLASS_LOCAL;
	case FAULT_RESOLVE:
	case FAULT_CONNECT:
	case FAULT_LOST:
		return EXIT_CLASS_NETWORK;
	case FAULT_TIMEOUT:
		return EXIT_CLASS_TIMEOUT;
	case FAULT_NOT_RFB:
	case FAULT_NO_TLS:
	case FAULT_NO_X509:
	case FAULT_TLS:
	case FAULT_TLS_OLD:
		return EXIT_CLASS_INSECURE;
	case FAULT_CA:
	case FAULT_EXPIRED:
	case FAULT_NOT_YET:
	case FAULT_NAME:
	case FAULT_CERTIFICATE:
	case FAULT_CLIENT_CERTIFICATE:
		return EXIT_CLASS_CERTIFICATE;
	case FAULT_STREAM:
	case FAULT_DECODER:
		return EXIT_CLASS_PROTOCOL;
	case FAULT_COUNT:
		break;
	}
	return EXIT_CLASS_LOCAL;
}
