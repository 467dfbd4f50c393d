/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_WORDS_H
#define VIEWER_WORDS_H

#include <garasu/state.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All that the viewer ever says, in Japanese and English: what happened, why, and what to do. */

enum language {
	LANGUAGE_JAPANESE,
	LANGUAGE_ENGLISH,
	LANGUAGE_COUNT,
};

/* Why a connection did not come about or ended, where it is not the broker's own state. */
enum fault {
	FAULT_NONE = 0,
	FAULT_STATE,  /* the broker said so: enum garasu_state */
	FAULT_REASON, /* another server said so, in its own words */
	FAULT_USAGE,
	FAULT_LOCAL, /* memory, files, the child could not be started */
	FAULT_RESOLVE,
	FAULT_CONNECT,
	FAULT_LOST,
	FAULT_TIMEOUT,
	FAULT_NOT_RFB, /* what answers does not speak RFB 3.8 */
	FAULT_NO_TLS,  /* the server offers no VeNCrypt */
	FAULT_NO_X509, /* VeNCrypt, but without certificates and passwords */
	FAULT_TLS,     /* the handshake failed for another reason */
	FAULT_TLS_OLD, /* TLS below 1.3 */
	FAULT_CA,      /* unknown issuer, or self-signed */
	FAULT_EXPIRED,
	FAULT_NOT_YET,            /* the certificate is not valid yet */
	FAULT_NAME,               /* the certificate is for another host */
	FAULT_CERTIFICATE,        /* another fault of the server's certificate */
	FAULT_CLIENT_CERTIFICATE, /* the server wants one, or refuses ours */
	FAULT_PASSWORD,           /* none was given and nobody can be asked */
	FAULT_STREAM,             /* the strict decoder refused the stream */
	FAULT_DECODER,            /* the decoder child died */
	FAULT_COUNT,
};

/* Classes of the process's exit code; listed in garasu-viewer(1). */
enum exit_class {
	EXIT_CLASS_OK = 0,
	EXIT_CLASS_LOCAL = 1,
	EXIT_CLASS_USAGE = 2,
	EXIT_CLASS_NETWORK = 3,
	EXIT_CLASS_TIMEOUT = 4,
	EXIT_CLASS_INSECURE = 5, /* the server cannot or will not do what we demand */
	EXIT_CLASS_CERTIFICATE = 6,
	EXIT_CLASS_LOGIN = 7,
	EXIT_CLASS_UNAVAILABLE = 8, /* host full, busy, start failed */
	EXIT_CLASS_ENDED = 9,       /* taken over, ended, limits */
	EXIT_CLASS_PROTOCOL = 10,
};

#define WORDS_REASON_MAX 512
#define WORDS_BYTES_MAX 2048

/* How a connection ended. */
struct outcome {
	enum fault fault;
	uint32_t state; /* FAULT_STATE: enum garasu_state, or a number unknown to us */
	uint32_t value; /* FAULT_STATE */
	char reason[WORDS_REASON_MAX]; /* FAULT_REASON: escaped; FAULT_STREAM: the decoder's word */
};

/* Fills out with the words for a state, in up to three lines: what, why, what to do. */
void words_of_state(
	char *out, size_t size, enum language language, uint32_t untrusted_state, uint32_t value);

/* The same for an outcome of any kind. */
void words_of_outcome(
	char *out, size_t size, enum language language, const struct outcome *outcome);

/* Whether the broker ends the connection with this state: with one unknown to us, it may. */
bool words_state_ends(uint32_t untrusted_state);

/* Fills out with one line: when this user logged in before. */
void words_of_last_login(char *out, size_t size, enum language language, uint32_t unix_s);

/* Returns a fixed word or sentence of the user interface. */
enum phrase {
	PHRASE_CONNECTING,
	PHRASE_RECONNECTING,
	PHRASE_RETRY_OR_QUIT,
	PHRASE_PASSWORD,
	PHRASE_PASSWORD_KEYS,
	PHRASE_MESSAGE,
	PHRASE_RESTLESS,
	PHRASE_ATTEMPT, /* a number follows */
	PHRASE_SECONDS, /* until the next attempt; a number follows */
	PHRASE_DISMISS,
	PHRASE_NO_METHOD,
	PHRASE_PASTE, /* the title of what follows */
	PHRASE_PASTE_OFF,
	PHRASE_PASTE_NOWHERE,
	PHRASE_PASTE_EMPTY,
	PHRASE_PASTE_CUT, /* how many characters may be pasted follows */
	PHRASE_LAST_LOGIN,
	PHRASE_COUNT,
};
const char *words_of_phrase(enum language language, enum phrase phrase);

/* ja or en; otherwise what the environment's locale says, Japanese unless it names another. */
int words_language(const char *name, enum language *language);
enum language words_language_of_locale(void);

/* Copies untrusted text with controls, quotes and non-ASCII bytes as \xNN; always terminated. */
void words_escape(char *out, size_t size, const char *untrusted_text, size_t untrusted_size);

enum exit_class words_exit_class(const struct outcome *outcome);

#endif
