/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection's life: socket, handshake, TLS, and the pump between TLS and the decoder child.
 * Reads untrusted bytes from: the network (handed on to handshake.c and to the child). */

#include "session.h"

#include <base/clock.h>
#include <base/descriptor.h>
#include <base/secret.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDSHAKE_BYTES 16384u
#define OUTPUT_BYTES (4u << 20)
#define CHILD_BYTES (512u << 10)
#define CHILD_FULL (256u << 10)
#define READ_BYTES 32768u
#define ROUNDS_MAX 32
#define RECORDS_AT_ONCE 512

void session_fail(struct session *session, enum fault fault)
{
	if (session->phase == SESSION_ENDED) {
		return;
	}
	session->phase = SESSION_ENDED;
	if (fault == FAULT_LOST && session->told.fault == FAULT_STATE) {
		session->outcome = session->told; /* the broker said why before it closed */
	} else if (session->outcome.fault == FAULT_NONE) {
		session->outcome.fault = fault;
	}
}

/* ---- connecting ---- */

static int start_socket(struct session *session, const struct addrinfo *address)
{
	const int idle_s = 5, interval_s = 2, count = 3, unanswered_ms = 10000;
	int one = 1;

	session->socket = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (session->socket < 0) {
		return -errno;
	}
	(void)setsockopt(session->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	/* A line that was cut without a word is noticed in about ten seconds, and so is a broker
	 * that takes nothing for as long. */
	(void)setsockopt(session->socket, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	(void)setsockopt(session->socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	(void)setsockopt(
		session->socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
	(void)setsockopt(session->socket, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
	(void)setsockopt(session->socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered_ms,
		sizeof(unanswered_ms));
	if (connect(session->socket, address->ai_addr, address->ai_addrlen) != 0 &&
		errno != EINPROGRESS) {
		garasu_fd_close(&session->socket);
		return -errno;
	}
	return 0;
}

static void start_to_connect(struct session *session)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	char port[8];
	int result = -ENOENT;

	snprintf(port, sizeof(port), "%u", session->settings.port);
	if (getaddrinfo(session->settings.host, port, &hints, &found) != 0) {
		session_fail(session, FAULT_RESOLVE);
		return;
	}
	for (struct addrinfo *at = found; at != NULL && result != 0; at = at->ai_next) {
		result = start_socket(session, at);
	}
	freeaddrinfo(found);
	if (result != 0) {
		session_fail(session, FAULT_CONNECT);
	}
}

void session_init(struct session *session, const struct session_settings *settings,
	decoder_on_event on_event, void *context)
{
	*session = (struct session){.settings = *settings,
		.on_event = on_event,
		.context = context,
		.socket = -1,
		.child = {.pid = -1, .stream = -1, .records = -1},
		.picture = {.fd = -1},
		.deadline_ms = garasu_clock_ms() + settings->log_in_timeout_ms};
	garasu_buffer_init(&session->input, HANDSHAKE_BYTES);
	garasu_buffer_init(&session->output, OUTPUT_BYTES);
	garasu_buffer_init(&session->to_child, CHILD_BYTES);
	if (picture_init(&session->picture) != 0) {
		session_fail(session, FAULT_LOCAL);
		return;
	}
	start_to_connect(session);
}

void session_finish(struct session *session)
{
	child_stop(&session->child);
	tls_destroy(&session->tls);
	garasu_fd_close(&session->socket);
	if (session->output.data != NULL) {
		garasu_secret_wipe(session->output.data, session->output.capacity);
	}
	garasu_buffer_finish(&session->input);
	garasu_buffer_finish(&session->output);
	garasu_buffer_finish(&session->to_child);
	picture_finish(&session->picture);
}

static bool finish_connecting(struct session *session)
{
	struct pollfd wait = {.fd = session->socket, .events = POLLOUT};
	socklen_t size = sizeof(int);
	int error = 0;

	if (poll(&wait, 1, 0) <= 0) {
		return false;
	}
	if (getsockopt(session->socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
		session_fail(session, FAULT_CONNECT);
		return false;
	}
	session->phase = SESSION_PLAIN;
	return true;
}

/* ---- before TLS ---- */

static bool flush_plain(struct session *session)
{
	while (garasu_buffer_size(&session->output) > 0) {
		ssize_t sent = send(session->socket, garasu_buffer_bytes(&session->output),
			garasu_buffer_size(&session->output), MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN) {
			return false;
		}
		if (sent < 0) {
			session_fail(session, FAULT_LOST);
			return false;
		}
		garasu_buffer_consume(&session->output, (size_t)sent);
	}
	return true;
}

static void take_handshake(struct session *session)
{
	handshake_run(&session->handshake, &session->input, &session->output);
	if (session->handshake.step == HANDSHAKE_FAILED) {
		session->outcome = session->handshake.outcome;
		session_fail(session, session->outcome.fault);
	} else if (garasu_buffer_size(&session->input) >= HANDSHAKE_BYTES) {
		session_fail(session, FAULT_NOT_RFB);
	}
}

static bool read_plain(struct session *session)
{
	uint8_t *room = garasu_buffer_reserve(&session->input, 1024);
	ssize_t got = room == NULL ? 0 : recv(session->socket, room, 1024, 0);

	if (got < 0 && errno == EAGAIN) {
		return false;
	}
	if (got <= 0) {
		session_fail(session, FAULT_LOST);
		return false;
	}
	garasu_buffer_commit(&session->input, (size_t)got);
	take_handshake(session);
	return true;
}

static bool work_plain(struct session *session)
{
	enum fault fault = FAULT_TLS;

	if (!flush_plain(session)) {
		return false;
	}
	if (session->handshake.step != HANDSHAKE_SECURE) {
		return read_plain(session);
	}
	if (tls_create(&session->tls, &session->settings.files, session->settings.host,
		    session->socket, &fault) != 0) {
		session_fail(session, fault);
		return false;
	}
	session->phase = SESSION_TLS;
	return true;
}

static bool work_tls(struct session *session)
{
	enum fault fault = FAULT_TLS;
	int result = tls_handshake(session->tls, &fault);

	if (result == 1) {
		session->phase = SESSION_LOG_IN;
		handshake_log_in(&session->handshake, &session->output, session->settings.user,
			session->settings.password);
		take_handshake(session);
		return true;
	}
	if (result != -EAGAIN) {
		session_fail(session, fault);
	}
	return false;
}

/* ---- under TLS ---- */

void session_send(struct session *session, const uint8_t *message, size_t size)
{
	if (session->phase == SESSION_OPEN &&
		garasu_buffer_append(&session->output, message, size) != 0) {
		session_fail(session, FAULT_LOST); /* nobody reads us any more */
	}
}

static void flush_tls(struct session *session)
{
	struct garasu_buffer *output = &session->output;

	while (session->phase != SESSION_ENDED && garasu_buffer_size(output) > 0) {
		ssize_t sent = tls_write(
			session->tls, garasu_buffer_bytes(output), garasu_buffer_size(output));

		if (sent == -EAGAIN) {
			return;
		}
		if (sent < 0) {
			return; /* reading says why: a last state may still wait there */
		}
		garasu_buffer_consume(output, (size_t)sent);
	}
	if (session->phase == SESSION_LOG_IN && output->data != NULL) {
		garasu_secret_wipe(output->data, output->capacity);
	}
}

/* Reads into a buffer. Returns true if bytes came. */
static bool read_tls(struct session *session, struct garasu_buffer *buffer, size_t size)
{
	enum fault fault = FAULT_LOST;
	uint8_t *room = garasu_buffer_reserve(buffer, size);
	ssize_t got;

	if (room == NULL) {
		session_fail(session, FAULT_NOT_RFB);
		return false;
	}
	got = tls_read(session->tls, room, size, &fault);
	if (got > 0) {
		garasu_buffer_commit(buffer, (size_t)got);
		session->counts.bytes_in += (uint64_t)got;
		return true;
	}
	if (got != -EAGAIN) {
		garasu_fd_close(&session->socket);
		if (session->phase != SESSION_OPEN) {
			session_fail(session, fault);
		} else if (session->told.fault == FAULT_NONE) {
			session->told.fault = fault; /* what is on its way to the child counts */
		}
	}
	return false;
}

static bool work_log_in(struct session *session)
{
	static const uint8_t shared = 1;

	flush_tls(session);
	if (!read_tls(session, &session->input, 4)) {
		return false; /* in small pieces, so that nothing of the stream gets in here */
	}
	take_handshake(session);
	if (session->handshake.step != HANDSHAKE_DONE) {
		return session->phase != SESSION_ENDED;
	}
	if (child_start(&session->child, session->picture.fd) != 0) {
		session_fail(session, FAULT_LOCAL);
		return false;
	}
	garasu_fd_close(&session->picture.fd);
	session->phase = SESSION_OPEN;
	session_send(session, &shared, 1); /* ClientInit */
	return true;
}

static bool feed_child(struct session *session)
{
	struct garasu_buffer *bytes = &session->to_child;
	bool is_fed = false;

	while (garasu_buffer_size(bytes) > 0) {
		ssize_t sent = send(session->child.stream, garasu_buffer_bytes(bytes),
			garasu_buffer_size(bytes), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent <= 0) {
			break; /* full, or the child has gone: its records tell */
		}
		garasu_buffer_consume(bytes, (size_t)sent);
		is_fed = true;
	}
	if (session->socket < 0 && garasu_buffer_size(bytes) == 0) {
		shutdown(session->child.stream, SHUT_WR); /* the child ends after its last record */
	}
	return is_fed;
}

static bool take_records(struct session *session)
{
	struct viewer_record untrusted_record;
	int result = -EAGAIN;
	bool is_any = false;

	/* A child that never stops leaves the window its turn. */
	for (int i = 0; session->phase == SESSION_OPEN && i < RECORDS_AT_ONCE; i++) {
		result = child_receive(&session->child, &untrusted_record);
		if (result != 1) {
			break;
		}
		is_any = true;
		session_take_record(session, &untrusted_record);
	}
	if (session->phase == SESSION_OPEN && result != 1 && result != -EAGAIN) {
		enum fault told = session->told.fault;

		session_fail(session, session->socket >= 0
					      ? FAULT_DECODER
					      : (told == FAULT_STATE ? FAULT_LOST : told));
	}
	return is_any;
}

static bool work_open(struct session *session)
{
	bool is_any = false;

	if (session->socket >= 0 && garasu_buffer_size(&session->to_child) < CHILD_FULL) {
		is_any |= read_tls(session, &session->to_child, READ_BYTES);
	}
	is_any |= feed_child(session);
	is_any |= take_records(session);
	if (session->phase == SESSION_OPEN && session->socket >= 0) {
		session_ask(session);
		flush_tls(session);
	}
	return is_any;
}

/* ---- the pump ---- */

static bool work_once(struct session *session)
{
	switch (session->phase) {
	case SESSION_CONNECTING:
		return finish_connecting(session);
	case SESSION_PLAIN:
		return work_plain(session);
	case SESSION_TLS:
		return work_tls(session);
	case SESSION_LOG_IN:
		return work_log_in(session);
	case SESSION_OPEN:
		return work_open(session);
	case SESSION_ENDED:
		break;
	}
	return false;
}

void session_work(struct session *session)
{
	for (int i = 0; i < ROUNDS_MAX && work_once(session); i++) {
	}
	if (session->phase < SESSION_OPEN && garasu_clock_ms() >= session->deadline_ms) {
		session_fail(session, FAULT_TIMEOUT);
	}
}

nfds_t session_fds(const struct session *session, struct pollfd fds[3])
{
	bool has_output = garasu_buffer_size(&session->output) > 0;
	bool is_connecting = session->phase == SESSION_CONNECTING;
	bool has_room = garasu_buffer_size(&session->to_child) < CHILD_FULL;
	bool wants_write = session->phase == SESSION_TLS && tls_wants_write(session->tls);
	nfds_t count = 0;
	int events = 0;

	if (session->phase == SESSION_ENDED) {
		return 0;
	}
	if (session->socket >= 0) {
		events = (has_room && !is_connecting ? POLLIN : 0) |
			 (has_output || is_connecting || wants_write ? POLLOUT : 0);
		fds[count++] = (struct pollfd){.fd = session->socket, .events = (short)events};
	}
	if (session->child.records >= 0) {
		fds[count++] = (struct pollfd){.fd = session->child.records, .events = POLLIN};
	}
	if (session->child.stream >= 0 && garasu_buffer_size(&session->to_child) > 0) {
		fds[count++] = (struct pollfd){.fd = session->child.stream, .events = POLLOUT};
	}
	return count;
}

int session_timeout_ms(const struct session *session)
{
	uint64_t now_ms = garasu_clock_ms(), due_ms = 0;

	if (session->phase == SESSION_ENDED) {
		return 0;
	}
	if (session->phase < SESSION_OPEN) {
		due_ms = session->deadline_ms;
	} else if (session->socket >= 0 && garasu_buffer_size(&session->to_child) < CHILD_FULL &&
		   tls_has_pending(session->tls)) {
		return 0;
	} else if (session->pace == PACE_RATE && !session->is_requested && session->is_greeted) {
		due_ms = session->pace_due_ms;
	} else {
		return -1;
	}
	return due_ms > now_ms ? (int)(due_ms - now_ms) : 0;
}
