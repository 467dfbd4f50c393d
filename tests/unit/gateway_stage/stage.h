/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_GATEWAY_STAGE_H
#define TESTS_GATEWAY_STAGE_H

#include "base/control.h"
#include "garasu/input.h"
#include "garasu/settings.h"

#include <openssl/ssl.h>
#include <sys/types.h>

/*
 * One real garasu-gateway, and in the test's hands all that it talks with: supervisor, viewer,
 * encoder, input pipe. Every wait ends at a deadline and fails the test.
 */

struct stage_options {
	uint32_t handshake_ms;        /* 0: far away */
	uint32_t login_ms;            /* 0: far away */
	uint32_t tls_minimum;         /* 0: TLS 1.3 */
	uint32_t client_certificates; /* enum garasu_client_certificates */
	int has_revocations;          /* a list that names "revoked" */
	uint32_t paste_max;
	uint32_t has_preedit;
};

struct stage {
	pid_t pid;
	int control; /* the supervisor's end */
	int tcp;     /* the viewer's end */
	int encoder; /* the encoder's end, once accepted */
	int input;   /* read end of the input pipe */
	SSL_CTX *context;
	SSL *ssl;
};

/* Makes keys and certificates once for all stages. */
void stage_make_certificates(void);

void stage_start(struct stage *stage, const struct stage_options *options);

/* Closes everything and waits for the gateway's end. Returns its exit code. */
int stage_stop(struct stage *stage);

/* Waits until the gateway has ended by itself. Returns its exit code. */
int stage_wait_end(struct stage *stage);

/* The viewer before TLS. */
void stage_say_clear(struct stage *stage, const void *bytes, size_t size);
void stage_hear_clear(struct stage *stage, void *bytes, size_t size);
void stage_choose_x509_plain(struct stage *stage); /* up to the sub-type's acknowledgement */

/* TLS of the viewer with a client certificate of this name, or NULL for none. Returns
 * SSL_connect's result. */
int stage_connect(struct stage *stage, const char *certificate_name, int version_max);
/* The same with nothing newer than TLS 1.2 and these ciphers (OpenSSL's names). */
int stage_connect_with(struct stage *stage, const char *ciphers);

/* The viewer within TLS. */
void stage_say(struct stage *stage, const void *bytes, size_t size);
void stage_hear(struct stage *stage, void *bytes, size_t size);
void stage_hear_end(struct stage *stage); /* a clean end of TLS */
void stage_say_log_in(struct stage *stage, const char *user, const char *password);

/* The supervisor. The next record but ACTIVITY and COUNTERS; it must have this type. */
void stage_await(struct stage *stage, uint16_t type, struct garasu_control *record);
void stage_await_activity(struct stage *stage, struct garasu_control *record);
void stage_await_refusal(struct stage *stage, uint32_t refusal, uint32_t detail);
void stage_await_counters(struct stage *stage, struct garasu_gateway_counters *last);
void stage_tell(struct stage *stage, uint16_t type, uint32_t code, uint32_t value, int is_final);

/* All of it: a viewer that is in, ClientInit and ServerInit passed, and with speaks_garasu an
 * encoding list that says so, answered with the state that the session is resumed. */
void stage_enter(struct stage *stage, const struct stage_options *options, int speaks_garasu);
void stage_accept(struct stage *stage); /* VERDICT with encoder and pipe; hears the result */

/* The encoder and the compositor. */
void stage_encoder_say(struct stage *stage, const void *bytes, size_t size);
void stage_encoder_hear(struct stage *stage, void *bytes, size_t size);
int stage_encoder_is_quiet(struct stage *stage);
void stage_await_input(struct stage *stage, struct garasu_input *record);

#endif
