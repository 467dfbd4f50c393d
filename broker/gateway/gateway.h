/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GATEWAY_H
#define GATEWAY_H

#include "base/buffer.h"
#include "garasu/control.h"
#include "garasu/settings.h"
#include "input_queue.h"
#include "tls.h"
#include "wire/client.h"
#include "wire/handshake.h"
#include "wire/input.h"
#include "wire/server.h"

#include <stdint.h>
#include <uv.h>

/*
 * The gateway: one viewer's connection, from its first byte to its last.
 *
 *   settings.c         the settings memory, once
 *   gateway.c          the loop, the phases' deadlines, the end
 *   login.c            version, TLS, name and password, verdict
 *   relay_client.c     viewer -> encoder and input pipe
 *   relay_server.c     encoder -> viewer
 *   outgoing.c         what waits for the viewer; the gateway's own messages
 *   supervisor_link.c  control records
 *   input_queue.c      records that the pipe does not take yet
 *
 * How a viewer logs in, and what its bytes are wrapped in, is the front's: login.c's own, or that
 * of another role which is built on this one (broker/web).
 */

/* Bytes that may wait for the viewer before the encoder is no longer read, and the reverse. */
#define GATEWAY_VIEWER_HIGH 262144u
#define GATEWAY_ENCODER_HIGH 32768u
#define GATEWAY_CHUNK_BYTES 65536u
#define GATEWAY_WRAPPED_MAX 524288u

#define GATEWAY_ENDING_MS 1000u /* for the end of a message on its way, so that a state fits */
#define GATEWAY_FLUSH_MS 1000u
#define GATEWAY_LINGER_MS 500u  /* for the viewer to read what was said */
#define GATEWAY_STUCK_MS 10000u /* an input pipe that takes nothing for so long ends the viewer */
#define GATEWAY_COUNTERS_MS 5000u
#define GATEWAY_ACTIVITY_MS 1000u

enum gateway_phase {
	GATEWAY_CLEAR,     /* version and security type */
	GATEWAY_TLS,       /* the handshake of TLS */
	GATEWAY_LOGIN,     /* name and password are awaited */
	GATEWAY_VERDICT,   /* the supervisor's word is awaited */
	GATEWAY_RELAY,     /* both directions flow */
	GATEWAY_ENDING,    /* a last state waits for the end of the message on its way */
	GATEWAY_FLUSHING,  /* what waits for the viewer goes out; nothing is read */
	GATEWAY_LINGERING, /* all is said; the viewer's end is awaited */
	GATEWAY_GONE,
};

struct gateway;

/* What stands between TLS and the RFB stream. */
struct gateway_front {
	enum gateway_phase first; /* CLEAR, or TLS where it is the first thing that is said */

	/* Greets. Returns 0 or negative errno. */
	int (*begin)(struct gateway *gateway);

	/* Takes the bytes of one TLS record, in LOGIN and VERDICT. */
	void (*take)(struct gateway *gateway, const uint8_t *untrusted_bytes, size_t size);

	/* Queues the answer to the log-in, in LOGIN and VERDICT. */
	void (*answer)(struct gateway *gateway, uint32_t code, uint32_t value);

	/* NULL, or: appends what the record carries of the RFB stream to from_viewer. Returns 0, 1
	 * at the viewer's goodbye, or -EPROTO. */
	int (*unwrap)(struct gateway *gateway, const uint8_t *untrusted_bytes, size_t size);

	/* NULL, or: moves from to_viewer into wrapped what goes out next, if wrapped is empty. */
	void (*wrap)(struct gateway *gateway);
};

/* One descriptor on the loop. */
struct gateway_watch {
	uv_poll_t poll;
	int fd; /* -1: not on the loop */
	int events;
};

struct gateway {
	const struct gateway_front *front;
	void *front_state;
	struct garasu_gateway_settings settings;
	struct tls *tls;
	uv_loop_t loop;
	struct gateway_watch control, viewer, encoder, input;
	uv_timer_t deadline, stuck, report;
	enum gateway_phase phase;
	int is_secure;   /* TLS stands: every byte to the viewer goes through it */
	int is_open;     /* the loop stands */
	int has_relayed; /* there is a conformity record */
	int is_deaf;     /* the viewer broke the protocol: what it says is thrown away */
	int is_idle;     /* in LOGIN: nothing is owed, and a deadline is no refusal */
	int failure;     /* negative errno: why gateway_run ends */

	/* log-in */
	struct wire_handshake handshake;
	uint8_t untrusted_login[512]; /* secret: what came of the log-in so far */
	size_t login_size;
	int awaits_session; /* an acceptance brings a session's descriptors */
	struct garasu_gateway_last last;

	/* relay */
	struct wire_client client;
	struct wire_server server;
	struct wire_input input_state;
	struct input_queue queue;
	struct garasu_input address[WIRE_RECORDS_MAX]; /* waits for the supervisor's word */
	size_t address_count;                          /* 0: none waits */
	struct garasu_buffer from_viewer;              /* an unfinished message */
	struct garasu_buffer to_encoder;
	struct garasu_buffer to_viewer;
	struct garasu_buffer wrapped; /* of a front that wraps: what goes into TLS */
	struct garasu_buffer own;     /* messages of the gateway's that wait for their place */
	uint32_t own_states, own_messages, own_policies; /* so many are in it */
	uint32_t cut_text_left;
	int has_encodings; /* the viewer has said what it speaks */
	uint64_t activity_ms, typing_ms; /* when each was last said; 0: never */
	struct garasu_gateway_counters counters; /* crossed: towards the internet zone */
	uint8_t chunk[GATEWAY_CHUNK_BYTES];
};

/* ---- settings.c ---- */

/* Reads the settings memory and makes TLS of it; wipes the key. Closes fd. Returns 0 or negative
 * errno. */
int settings_load(int fd, struct garasu_gateway_settings *settings, struct tls **tls)
	__attribute__((warn_unused_result));

/* ---- gateway.c ---- */

/* Prepares everything that the lock forbids later. Fills *gateway, whose settings and tls are set.
 * Returns 0 or negative errno. */
int gateway_open(struct gateway *gateway, int control, int viewer)
	__attribute__((warn_unused_result));

/* Serves the viewer to its end. Returns 0, or negative errno when the supervisor broke. */
int gateway_run(struct gateway *gateway) __attribute__((warn_unused_result));

/* Frees; accepts one that was not opened. */
void gateway_close(struct gateway *gateway);

/* Puts a descriptor on the loop, non-blocking; takes fd in every case. Returns 0 or negative errno.
 */
int gateway_watch_open(struct gateway *gateway, struct gateway_watch *watch, int fd)
	__attribute__((warn_unused_result));

/* Takes a descriptor off the loop and closes it; accepts one that is not there. */
void gateway_watch_close(struct gateway_watch *watch);

/* After every event: flushes, moves on, and says what is waited for. */
void gateway_settle(struct gateway *gateway);

/* Gives the phase so long. */
void gateway_set_deadline(struct gateway *gateway, uint32_t milliseconds);

/* Tells the supervisor why, and the log. */
void gateway_refuse(struct gateway *gateway, enum garasu_refusal refusal, uint32_t detail);

/* Ends with a state, said as the phase allows: nothing, a SecurityResult, or a STATE message. */
void gateway_end_with(struct gateway *gateway, uint32_t code, uint32_t value);

/* Flushes what waits for the viewer, and closes. */
void gateway_finish(struct gateway *gateway);

/* The viewer is gone: ends at once. */
void gateway_leave(struct gateway *gateway);

/* ---- login.c ---- */

/* RFB's own log-in: version, security type, name and password. */
extern const struct gateway_front login_front;

/* Goes on with what the viewer's socket has, in the phases CLEAR to VERDICT. */
void login_read(struct gateway *gateway);

/* The verdict; takes the descriptors of an acceptance out of fds. */
void login_judge(struct gateway *gateway, const struct garasu_gateway_verdict *verdict, int *fds,
	int fd_count);

/* ---- relay_client.c ---- */

/* Reads the viewer as long as the encoder keeps up. */
void relay_client_read(struct gateway *gateway);

/* Writes what waits for the encoder. */
void relay_client_flush(struct gateway *gateway);

/* Writes what waits for the input pipe. */
void relay_input_flush(struct gateway *gateway);

/* Releases every key and button, and closes the input pipe; accepts none. */
void relay_input_end(struct gateway *gateway);

/* The supervisor's word about the address that waits: 0 hands it over, else it is dropped. */
void relay_address_judged(struct gateway *gateway, uint32_t wait_s);

/* True while the viewer is read. */
int relay_client_is_open(const struct gateway *gateway);

/* ---- relay_server.c ---- */

/* Reads the encoder as long as the viewer keeps up. */
void relay_server_read(struct gateway *gateway);

/* The encoder is gone: what it said goes out, and the supervisor's word is awaited. */
void relay_server_lose(struct gateway *gateway);

/* ---- outgoing.c ---- */

/* Queues bytes for the viewer. Returns 0 or -ENOBUFS. */
int outgoing_put(struct gateway *gateway, const void *bytes, size_t size)
	__attribute__((warn_unused_result));

/* True when nothing waits for the viewer. */
int outgoing_is_empty(const struct gateway *gateway);

/* Writes what the viewer takes now. Returns 0, or -EPIPE when it is gone. */
int outgoing_flush(struct gateway *gateway) __attribute__((warn_unused_result));

/* Queues a message of the gateway's own for its place between the encoder's. */
void outgoing_tell_state(struct gateway *gateway, uint32_t code, uint32_t value);
void outgoing_tell_message(struct gateway *gateway, const char *text);
void outgoing_tell_policy(struct gateway *gateway);

/* Puts own messages into the stream if it is between two messages, or drops them if the viewer does
 * not speak Garasu. Returns true when none waits, or none ever can be told. */
int outgoing_place(struct gateway *gateway);

/* ---- supervisor_link.c ---- */

void supervisor_on_control(uv_poll_t *poll, int status, int events);

/* Sends a record; a full queue loses it, unless is_needed: then it waits for a moment. Returns 0 or
 * negative errno. */
int supervisor_say(struct gateway *gateway, uint16_t type, const void *payload, int is_needed);

/* Sends the conformity record, once the relay has begun. */
void supervisor_report(struct gateway *gateway, int is_last);

#endif
