/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_EGRESS_H
#define GARASU_EGRESS_H

#include "address.h"
#include "base/buffer.h"
#include "garasu/control.h"
#include "head.h"
#include "rules.h"
#include "target.h"

#include <stdint.h>
#include <uv.h>

/*
 * Egress: an HTTP proxy whose clients are known by the listener they come through.
 *
 * A session is a listener and its connections; a connection has one peer, the browser, and later a
 * second, the server. egress.c runs the loop, reports.c speaks with the supervisor, session.c
 * accepts, connection.c holds a connection's life, request.c reads what it asks for and judges it,
 * names.c resolves, dial.c connects, ask.c asks an upstream proxy for a tunnel, relay.c carries the
 * bytes, peer.c is one socket's end.
 */

#define EGRESS_CHUNK 65536u /* bytes read at once, and the most that waits in one direction */
#define EGRESS_ADDRESSES_MAX 16
#define EGRESS_LOOKUPS_MAX 16 /* of one session at once; more wait */

struct names;
struct reports;

struct egress {
	uv_loop_t loop;
	struct rules rules;
	uint32_t connect_ms, idle_ms, connections_max;
	uint32_t starts_per_s, starts_burst;
	uint64_t up_max, down_max;                  /* bytes of one session; 0: no limit */
	unsigned connections, connections_possible; /* of all sessions */
	struct names *names;
	struct reports *reports;
	struct session *sessions;
	int exit_code;
	char chunk[EGRESS_CHUNK]; /* every read lands here and is passed on before the next */
};

/* ---- session.c ---- */

struct session {
	struct egress *egress;
	struct session *next;
	uint32_t number;
	uv_tcp_t listener;
	uv_timer_t turn;     /* a connection waits to be accepted */
	uint32_t starts;     /* connections that may be accepted now */
	uint64_t starts_ms;  /* when that was counted */
	unsigned references; /* listener, timer, connections, look-ups */
	unsigned connection_count, lookup_count;
	struct connection *connections;
	uint64_t up, down; /* bytes carried so far */
	int is_spent;      /* it carries no more */
	int is_removed;
};

/* Takes the listening socket fd. Returns 0 or negative errno. */
int session_add(struct egress *egress, uint32_t number, int fd) __attribute__((warn_unused_result));

/* Closes its listener and connections, with a report of each. */
void session_remove(struct egress *egress, uint32_t number);

void session_release(struct session *session);

/* Counts bytes before they are passed on. Returns 0 when they are more than the session may carry,
 * which then carries none any more, else 1. */
int session_carry(struct session *session, int is_up, size_t size)
	__attribute__((warn_unused_result));

/* ---- peer.c ---- */

struct peer {
	uv_tcp_t tcp;
	uv_connect_t connecting;
	uv_shutdown_t shutting;
	struct connection *connection; /* NULL once let go */
	uint64_t sent;                 /* counted bytes that the kernel took */
	int is_ended;                  /* it sends no more */
	int is_shut;                   /* it was told that we send no more */
	int is_told;                   /* and that has gone out */
};

/* Returns a peer with a fresh socket handle, or NULL. */
struct peer *peer_create(struct connection *connection);

/* Lets it go; freed when its handle has closed. is_reset: the other side learns of a failure. */
void peer_destroy(struct peer **peer, int is_reset);

int peer_read(struct peer *peer);
void peer_pause(struct peer *peer);

/* Sends, copying what the kernel does not take now. Returns 0 or negative errno. */
int peer_write(struct peer *peer, const void *data, size_t size, int is_counted)
	__attribute__((warn_unused_result));

int peer_is_behind(const struct peer *peer);

/* Ends our direction after what waits. */
void peer_shut(struct peer *peer);

/* ---- page.c ---- */

enum page {
	PAGE_BAD_REQUEST,
	PAGE_SLOW_REQUEST,
	PAGE_TOO_LARGE,
	PAGE_DENIED_ADDRESS,
	PAGE_DENIED_NAME,
	PAGE_DENIED_LIST,
	PAGE_DENIED_PORT,
	PAGE_UNRESOLVED,
	PAGE_NAME_TIMEOUT,
	PAGE_UNREACHABLE,
	PAGE_TIMEOUT,
	PAGE_BAD_RESPONSE,
	PAGE_LIMIT,
	PAGE_VOLUME,
	PAGE_UPSTREAM_UNREACHABLE,
	PAGE_UPSTREAM_BROKEN,
	PAGE_UPSTREAM_CREDENTIALS,
	PAGE_UPSTREAM_REFUSED,
};

enum garasu_egress_verdict page_verdict(enum page page);

/* Appends the whole answer. host is sanitised. Returns 0 or -ENOBUFS. */
int page_write(enum page page, int is_connect, const char *host, uint16_t port,
	struct garasu_buffer *out) __attribute__((warn_unused_result));

/* ---- connection.c ---- */

enum connection_state {
	CONNECTION_HEAD,      /* reading the request's head */
	CONNECTION_WAITING,   /* for its turn to look a name up */
	CONNECTION_RESOLVING, /* a name */
	CONNECTION_DIALLING,  /* one address after the other */
	CONNECTION_ASKING,    /* the upstream proxy, for a tunnel */
	CONNECTION_RELAYING,
	CONNECTION_ANSWERED, /* a page of ours is on its way */
};

struct lookup;

struct connection {
	struct session *session;
	struct connection *next, *previous;
	enum connection_state state;
	enum garasu_egress_verdict verdict;
	struct peer *browser, *server;
	uv_timer_t timer;
	uint64_t started_ms, active_ms, deadline_ms;
	int is_over_limit;
	int is_connect;
	int is_via_upstream;
	int has_asked; /* a byte came: there is something to report */
	struct target target;
	struct garasu_buffer request;  /* read and not yet passed on, then what the server gets */
	struct head_body *body;        /* of a plain request */
	struct garasu_buffer response; /* until its head is whole */
	int is_response_begun;
	unsigned interim_count;
	int is_up_over; /* the server takes no more of the request */
	struct lookup *lookup;
	struct address addresses[EGRESS_ADDRESSES_MAX]; /* allowed ones */
	size_t address_count, address_next;
	uint64_t bytes_up; /* of a server that is already gone */
	int is_late;       /* a dial ran out of time */
};

/* Accepts what waits at the session's listener. */
void connection_accept(struct session *session);

/* Answers with a page of ours, and closes when the browser has it. */
void connection_answer(struct connection *connection, enum page page);

/* The answer is complete, but the browser may still be sending: waits for its end, for a while. */
void connection_linger(struct connection *connection);

/* Reports it and lets everything go. is_reset: the browser learns that the answer is not whole. */
void connection_close(struct connection *connection, int is_reset);

/* Fires on_timer of this file in ms. */
void connection_arm(struct connection *connection, uint64_t ms);

/* What a peer has to say. */
void connection_on_bytes(struct peer *peer, const char *untrusted_bytes, size_t size);
void connection_on_end(struct peer *peer);
void connection_on_failure(struct peer *peer);
void connection_on_unwritable(struct peer *peer);
void connection_on_drained(struct peer *peer);

/* ---- request.c ---- */

/* Looks whether the head is whole, and then goes on. */
void request_on_bytes(struct connection *connection);

/* A turn to look a name up has come. */
void request_resolve(struct connection *connection);

/* No name server answered in time. */
void request_on_name_timeout(struct connection *connection);

/* ---- dial.c ---- */

/* Tries the next allowed address. */
void dial_next(struct connection *connection);

/* This attempt took too long. */
void dial_give_up(struct connection *connection);

/* ---- ask.c ---- */

#define INTERIM_MAX 8 /* responses 1xx before the one that counts */

/* The upstream proxy is connected: asks it for a tunnel to the target. */
void ask_begin(struct connection *connection);
void ask_on_bytes(struct connection *connection, const char *untrusted_bytes, size_t size);

/* Answers with a page about the upstream proxy, and tells the log. status: what it said, or 0. */
void ask_fail(struct connection *connection, enum page page, unsigned status);

/* ---- relay.c ---- */

/* Both peers are there. */
void relay_begin(struct connection *connection);
void relay_up(struct connection *connection, const char *untrusted_bytes, size_t size);
void relay_down(struct connection *connection, const char *untrusted_bytes, size_t size);
void relay_on_end(struct connection *connection, struct peer *peer);
void relay_on_drained(struct connection *connection, struct peer *peer);

/* ---- names.c ---- */

/* status 0: addresses, count > 0; else UV_EAI_NONAME or UV_ETIMEDOUT. Called once, never after
 * lookup_abandon. */
typedef void (*names_on_found)(
	struct connection *connection, int status, const struct address *addresses, size_t count);

/* servers as in struct rules. Reads the system's resolver configuration; nothing is opened later.
 * Returns 0 or negative errno. */
int names_create(uv_loop_t *loop, const char *servers, struct names **names)
	__attribute__((warn_unused_result));

/* Looks up A and AAAA of host; connection->lookup stands until on_found. */
void names_look_up(struct names *names, struct connection *connection, const char *host,
	names_on_found on_found);

void lookup_abandon(struct lookup **lookup);

/* ---- reports.c ---- */

/* Takes orders from the control socket until it closes, then stops the loop. */
int reports_create(struct egress *egress, int fd, struct reports **reports)
	__attribute__((warn_unused_result));

/* Sends, queues, or when even the queue is full writes the record to the log. */
void reports_send(struct reports *reports, const struct garasu_egress_connection *record);

/* ---- egress.c, jail.c ---- */

/* Returns the exit code. */
int egress_run(int control_fd, int settings_fd);

int jail_close(void) __attribute__((warn_unused_result));

#endif
