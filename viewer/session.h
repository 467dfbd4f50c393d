/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_SESSION_H
#define VIEWER_SESSION_H

#include "child.h"
#include "handshake.h"
#include "paste.h"
#include "picture.h"
#include "tls.h"

#include <poll.h>

/*
 * One connection to a server: socket, TLS, handshake, the decoder child, and what the user does.
 *
 * Never blocks but for name resolution: poll session_fds for at most session_timeout_ms, then call
 * session_work. News come by on_event during session_work, with fields bounded.
 */

struct session_settings {
	const char *host, *user, *password; /* borrowed while the session lives */
	uint16_t port;
	struct tls_files files;
	uint32_t width, height, scale; /* scale in 1/120 */
	const char *address;           /* opened after log-in, or NULL */
	uint32_t log_in_timeout_ms;
};

enum pace {
	PACE_FULL,  /* as much as the server gives: continuous updates where it can */
	PACE_RATE,  /* at most so many requests a second */
	PACE_COUNT, /* so many requests, then none */
};

enum session_phase {
	SESSION_CONNECTING = 0,
	SESSION_PLAIN,  /* handshake before TLS */
	SESSION_TLS,    /* TLS handshake */
	SESSION_LOG_IN, /* waits for SecurityResult */
	SESSION_OPEN,   /* the child decodes */
	SESSION_ENDED,
};

struct session_counts {
	uint64_t bytes_in, updates, pictures, fences, requests;
	uint64_t first_picture_ms;
	uint64_t last_picture_ms; /* clock of the last update that changed something */
	uint64_t last_update_ms;
};

struct session {
	struct session_settings settings;
	decoder_on_event on_event;
	void *context;

	enum session_phase phase;
	struct outcome outcome; /* when ENDED */
	uint64_t deadline_ms;   /* of the log-in */
	int socket;
	struct tls *tls;
	struct handshake handshake;
	struct garasu_buffer input, output, to_child;
	struct child child;
	struct picture picture;
	struct outcome told; /* a state that the broker sent, in case it closes afterwards */

	uint8_t message[GARASU_RFB_MESSAGE_BYTES_MAX];
	size_t message_size;

	/* what the server understands */
	bool has_garasu, has_qemu_key, has_resize, has_continuous;
	bool is_greeted; /* geometry and address were sent */
	uint32_t caret_bits;
	uint32_t paste_max; /* characters; 0: policy forbids */
	bool may_compose;   /* policy lets session_compose send */

	enum pace pace;
	uint32_t pace_rate, pace_left;
	uint64_t pace_due_ms;
	bool is_requested, is_continuous, wants_whole;

	uint32_t buttons, pointer_x, pointer_y;
	struct session_counts counts;
};

/* Makes a session in memory of the caller and starts to connect. A failure shows as ENDED. */
void session_init(struct session *session, const struct session_settings *settings,
	decoder_on_event on_event, void *context);
void session_finish(struct session *session);

/* Fills fds (room for 3). Returns how many. */
nfds_t session_fds(const struct session *session, struct pollfd fds[3]);
/* Returns how long poll may wait at most; -1: for ever. */
int session_timeout_ms(const struct session *session);
void session_work(struct session *session);
/* Ends it for a reason of our own. */
void session_fail(struct session *session, enum fault fault);

/* ---- what the user does (input.c); without effect unless OPEN ---- */

void session_key(struct session *session, uint32_t keysym, uint32_t xt_code, bool is_down);
void session_pointer(struct session *session, uint32_t x, uint32_t y, uint32_t buttons);
/* In 1/120 notch; positive dy scrolls down. */
void session_wheel(struct session *session, uint32_t x, uint32_t y, int32_t dx, int32_t dy);
/* UTF-8 of any length; as keysyms where the server knows no text. Returns 0, or -EILSEQ. */
int session_text(struct session *session, const char *text, size_t size);
/* What paste.h took, of paste_max characters. */
void session_paste(struct session *session, const struct paste *paste);
/* What an input method composes, UTF-8; as much of it as one message takes; "" ends it. Without
 * effect unless may_compose. */
void session_compose(struct session *session, const char *text);
void session_geometry(struct session *session, uint32_t width, uint32_t height, uint32_t scale);
void session_focus(struct session *session, bool has_focus);
/* Returns 0, -EINVAL for another address than http or https, -ENOTSUP where not understood. */
int session_address(struct session *session, const char *address);
void session_pace(struct session *session, enum pace pace, uint32_t number);

/* ---- between session.c and input.c ---- */

void session_send(struct session *session, const uint8_t *message, size_t size);
void session_greet(struct session *session);
void session_start_stream(struct session *session);
void session_ask(struct session *session);
/* Handles one record of the child (events.c). */
void session_take_record(struct session *session, const struct viewer_record *untrusted_record);

#endif
