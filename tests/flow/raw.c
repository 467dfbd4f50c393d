/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A viewer that breaks rules on demand. Reads untrusted bytes from: nobody; it is a test's own. */

#include "raw.h"

#include "garasu/rfb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void raw_open(struct raw *raw, const struct flow_broker *broker)
{
	raw_open_from(raw, broker, "127.0.0.1");
}

void raw_open_from(struct raw *raw, const struct flow_broker *broker, const char *address)
{
	struct sockaddr_in own = {.sin_family = AF_INET};
	struct sockaddr_in place = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)broker->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	memset(raw, 0, sizeof(*raw));
	raw->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(raw->fd >= 0);
	assert_int_equal(inet_pton(AF_INET, address, &own.sin_addr), 1);
	assert_int_equal(bind(raw->fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(connect(raw->fd, (struct sockaddr *)&place, sizeof(place)), 0);
	assert_int_equal(fcntl(raw->fd, F_SETFL, O_NONBLOCK), 0);
}

int raw_is_greeted(struct raw *raw)
{
	struct pollfd ready = {.fd = raw->fd, .events = POLLIN};
	char greeting[12];

	assert_int_equal(poll(&ready, 1, FLOW_DEADLINE_MS), 1);
	return recv(raw->fd, greeting, sizeof(greeting), 0) == (ssize_t)sizeof(greeting);
}

void raw_close(struct raw *raw)
{
	SSL_free(raw->tls);
	SSL_CTX_free(raw->context);
	if (raw->fd > 0) {
		close(raw->fd);
	}
	memset(raw, 0, sizeof(*raw));
}

/* Waits until the socket is ready. */
static void await(const struct raw *raw, short events, uint64_t deadline)
{
	struct pollfd ready = {.fd = raw->fd, .events = events};
	uint64_t now = now_ms();

	if (now >= deadline || poll(&ready, 1, (int)(deadline - now)) != 1) {
		fail_msg("the broker neither %s nor closes",
			(events & POLLOUT) != 0 ? "takes" : "speaks");
	}
}

/* One try. Returns bytes, 0 at the end, or -EAGAIN with the events to wait for. */
static ssize_t turn(struct raw *raw, void *to, const void *from, size_t size, short *events)
{
	ssize_t got;

	if (raw->tls == NULL) {
		*events = to != NULL ? POLLIN : POLLOUT;
		got = to != NULL ? recv(raw->fd, to, size, 0)
				 : send(raw->fd, from, size, MSG_NOSIGNAL);
		if (got < 0) {
			return errno == EAGAIN || errno == EINTR ? -EAGAIN : 0;
		}
		return got;
	}
	got = to != NULL ? SSL_read(raw->tls, to, (int)size) : SSL_write(raw->tls, from, (int)size);
	if (got > 0) {
		return got;
	}
	switch (SSL_get_error(raw->tls, (int)got)) {
	case SSL_ERROR_WANT_READ:
		*events = POLLIN;
		return -EAGAIN;
	case SSL_ERROR_WANT_WRITE:
		*events = POLLOUT;
		return -EAGAIN;
	default:
		return 0;
	}
}

void raw_say(struct raw *raw, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;

	while (size > 0) {
		short events = 0;
		ssize_t said = turn(raw, NULL, at, size, &events);

		if (said == 0) {
			return;
		}
		if (said < 0) {
			await(raw, events, deadline);
			continue;
		}
		at += said;
		size -= (size_t)said;
	}
}

void raw_hear(struct raw *raw, void *bytes, size_t size)
{
	uint8_t *at = bytes;
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;

	while (size > 0) {
		short events = 0;
		ssize_t got = turn(raw, at, NULL, size, &events);

		if (got == 0) {
			fail_msg("the broker closed where %zu bytes were due", size);
		}
		if (got < 0) {
			await(raw, events, deadline);
			continue;
		}
		at += got;
		size -= (size_t)got;
	}
}

static void note_tail(struct raw *raw, const uint8_t *bytes, size_t size)
{
	size_t keep = size < sizeof(raw->tail) ? size : sizeof(raw->tail);

	memmove(raw->tail, raw->tail + keep, sizeof(raw->tail) - keep);
	memcpy(raw->tail + sizeof(raw->tail) - keep, bytes + size - keep, keep);
}

size_t raw_hear_end(struct raw *raw)
{
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;
	size_t heard = 0;

	for (;;) {
		uint8_t bytes[65536];
		short events = 0;
		ssize_t got = turn(raw, bytes, NULL, sizeof(bytes), &events);

		if (got == 0) {
			return heard;
		}
		if (got < 0) {
			await(raw, events, deadline);
			continue;
		}
		note_tail(raw, bytes, (size_t)got);
		heard += (size_t)got;
	}
}

void raw_greet(struct raw *raw)
{
	uint8_t bytes[12];

	raw_hear(raw, bytes, 12);
	assert_memory_equal(bytes, "RFB 003.008\n", 12);
	raw_say(raw, "RFB 003.008\n", 12);
	raw_hear(raw, bytes, 2);
	assert_memory_equal(bytes, "\1\x13", 2);
	raw_say(raw, "\x13", 1);
	raw_hear(raw, bytes, 2);
	assert_memory_equal(bytes, "\0\2", 2);
	raw_say(raw, "\0\2", 2);
	raw_hear(raw, bytes, 6);
	assert_memory_equal(bytes, "\0\1\0\0\1\6", 6);
	raw_say(raw, "\0\0\1\6", 4);
	raw_hear(raw, bytes, 1);
	assert_int_equal(bytes[0], 1);
}

int raw_secure(struct raw *raw, int version, const char *certificate, const char *key)
{
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;
	SSL *tls;
	int result;

	raw->context = SSL_CTX_new(TLS_client_method());
	assert_non_null(raw->context);
	SSL_CTX_set_min_proto_version(raw->context, version);
	SSL_CTX_set_max_proto_version(raw->context, version);
	SSL_CTX_set_mode(
		raw->context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (certificate != NULL) {
		assert_int_equal(SSL_CTX_use_certificate_chain_file(raw->context, certificate), 1);
		assert_int_equal(
			SSL_CTX_use_PrivateKey_file(raw->context, key, SSL_FILETYPE_PEM), 1);
	}
	tls = SSL_new(raw->context);
	assert_non_null(tls);
	assert_int_equal(SSL_set_fd(tls, raw->fd), 1);
	while ((result = SSL_connect(tls)) != 1) {
		int error = SSL_get_error(tls, result);

		if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
			SSL_free(tls);
			return 0;
		}
		await(raw, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline);
	}
	raw->tls = tls;
	return 1;
}

int raw_log_in(struct raw *raw, const char *user, const char *password)
{
	uint8_t bytes[8 + 64 + 256] = {0};
	uint8_t answer[4];
	uint32_t size;
	int code = -1;

	bytes[3] = (uint8_t)strlen(user);
	bytes[7] = (uint8_t)strlen(password);
	memcpy(bytes + 8, user, bytes[3]);
	memcpy(bytes + 8 + bytes[3], password, bytes[7]);
	raw_say(raw, bytes, 8u + bytes[3] + bytes[7]);
	raw_hear(raw, answer, 4);
	if (answer[3] == 0) {
		return 0;
	}
	raw_hear(raw, answer, 4);
	size = answer[3];
	assert_true(size < sizeof(raw->reason));
	raw_hear(raw, raw->reason, size);
	raw->reason[size] = '\0';
	assert_int_equal(sscanf(raw->reason, "Garasu %d:", &code), 1);
	return code;
}

void raw_start(struct raw *raw, const struct flow_broker *broker, const char *user)
{
	uint8_t init[24 + 6];

	raw_open(raw, broker);
	raw_greet(raw);
	assert_int_equal(raw_secure(raw, TLS1_3_VERSION, NULL, NULL), 1);
	assert_int_equal(raw_log_in(raw, user, FLOW_PASSWORD), 0);
	raw_say(raw, "\1", 1);
	raw_hear(raw, init, sizeof(init));
	assert_memory_equal(init + 20, "\0\0\0\6" GARASU_RFB_NAME, 10);
}

void raw_wait_taken(struct raw *raw)
{
	static const uint8_t request[10] = {GARASU_RFB_UPDATE_REQUEST, 0, 0, 0, 0, 0, 0, 64, 0, 64};
	uint8_t first;

	raw_say(raw, request, sizeof(request));
	raw_hear(raw, &first, 1);
}

void raw_fence(struct raw *raw)
{
	static const uint8_t fence[9 + 16] = {GARASU_RFB_CLIENT_FENCE, 0, 0, 0, 0x80, 0, 0, 0, 16,
		'a', 'l', 'l', ' ', 't', 'h', 'i', 's', ' ', 'i', 's', ' ', 's', 'a', 'i', 'd'};
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;
	size_t matched = 0;

	raw_say(raw, fence, sizeof(fence));
	while (matched < 16) {
		uint8_t bytes[4096];
		short events = 0;
		ssize_t got = turn(raw, bytes, NULL, sizeof(bytes), &events);

		if (got == 0) {
			fail_msg("the broker closed before it answered");
		}
		if (got < 0) {
			await(raw, events, deadline);
			continue;
		}
		for (ssize_t i = 0; i < got && matched < 16; i++) {
			matched = bytes[i] == fence[9 + matched] ? matched + 1 : 0;
		}
	}
}

int raw_flood(struct raw *raw, const void *block, size_t size, unsigned times)
{
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;
	static uint8_t bytes[65536];
	size_t at = 0;

	while (times > 0) {
		short write_events = 0;
		short read_events = 0;
		ssize_t got = turn(raw, bytes, NULL, sizeof(bytes), &read_events);
		ssize_t said =
			turn(raw, NULL, (const uint8_t *)block + at, size - at, &write_events);

		if (got == 0 || said == 0) {
			return 0;
		}
		if (said > 0) {
			at += (size_t)said;
			if (at == size) {
				at = 0;
				times--;
			}
		} else if (got < 0) {
			await(raw, write_events | read_events, deadline);
		}
	}
	return 1;
}

void raw_encodings(struct raw *raw, const int32_t *list, unsigned count)
{
	uint8_t bytes[4 + 4 * 64] = {GARASU_RFB_SET_ENCODINGS, 0, 0, (uint8_t)count};

	assert_true(count <= 64);
	for (unsigned i = 0; i < count; i++) {
		uint32_t big = htonl((uint32_t)list[i]);

		memcpy(bytes + 4 + 4 * i, &big, 4);
	}
	raw_say(raw, bytes, 4 + 4 * count);
}
