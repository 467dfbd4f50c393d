/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web host at the far end of the internet leg: a small web server, with TLS at its second port,
 * and a small name server.
 * Reads untrusted bytes from: the broker host; both are the test's own. */

#include "legs.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define QUESTION 12 /* where it starts in a message */
#define TYPE_A 1
#define TYPE_AAAA 28
#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"

static const char *page;
static SSL_CTX *context;
static const struct {
	const char *address;
	unsigned port;
} served_at[] = {
	{LEGS_WEB, 80}, {LEGS_WEB6, 80}, {LEGS_PRIVATE, 80}, {LEGS_WEB, 443}, {LEGS_WEB6, 443}};
#define LISTENERS (sizeof(served_at) / sizeof(served_at[0]))
static int listeners[LISTENERS];
static atomic_uint served[LISTENERS];
static int name_server;

/* ---- names ---- */

/* The address for a name in its form on the line, or NULL. */
static const char *find_name(const uint8_t *untrusted, uint8_t type)
{
	static const struct {
		const char *name;
		uint8_t type;
		const char *address;
	} known[] = {{"\3www\4town\4test", TYPE_A, LEGS_WEB},
		{"\3www\4town\4test", TYPE_AAAA, LEGS_WEB6},
		{"\3six\4town\4test", TYPE_AAAA, LEGS_WEB6},
		{"\6inside\4town\4test", TYPE_A, LEGS_PRIVATE}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp((const char *)untrusted, known[i].name) == 0 && known[i].type == type) {
			return known[i].address;
		}
	}
	return NULL;
}

/* Turns a question into its answer. Returns the answer's size, or 0 for what is no question. */
static size_t answer_name(uint8_t *message, size_t size)
{
	static const uint8_t head[] = {0xc0, QUESTION, 0, 0, 0, 1, 0, 0, 0, 5, 0};
	const uint8_t *end =
		size > QUESTION ? memchr(message + QUESTION, 0, size - QUESTION) : NULL;
	size_t used = end != NULL ? (size_t)(end - message) + 5 : 0;
	const char *address;
	uint8_t type;

	if (used == 0 || used > size) {
		return 0;
	}
	type = message[used - 3];
	address = find_name(message + QUESTION, type);
	message[2] = 0x84; /* an answer, and we should know */
	message[3] = 0;
	memset(message + 6, 0, 6);
	message[7] = address != NULL;
	if (address != NULL) {
		int is_6 = type == TYPE_AAAA;

		memcpy(message + used, head, sizeof(head));
		message[used + 3] = type;
		message[used + sizeof(head)] = is_6 ? 16 : 4;
		used += sizeof(head) + 1;
		inet_pton(is_6 ? AF_INET6 : AF_INET, address, message + used);
		used += is_6 ? 16 : 4;
	}
	return used;
}

static void *serve_names(void *unused)
{
	uint8_t untrusted[1024];
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	ssize_t got;

	while ((got = recvfrom(name_server, untrusted, 512, 0, (struct sockaddr *)&from, &size)) >
		0) {
		size_t answer = answer_name(untrusted, (size_t)got);

		if (answer > 0) {
			sendto(name_server, untrusted, answer, 0, (struct sockaddr *)&from, size);
		}
		size = sizeof(from);
	}
	return unused;
}

/* ---- pages ---- */

static void *serve_plain(void *place)
{
	int connection = (int)(intptr_t)place;
	char untrusted[4096];

	if (read(connection, untrusted, sizeof(untrusted)) > 0) {
		dprintf(connection, "%s%s", HEAD, page);
	}
	close(connection);
	return NULL;
}

static void *serve_secure(void *place)
{
	int connection = (int)(intptr_t)place;
	SSL *tls = SSL_new(context);
	char untrusted[4096];

	if (tls != NULL && SSL_set_fd(tls, connection) == 1 && SSL_accept(tls) == 1 &&
		SSL_read(tls, untrusted, sizeof(untrusted)) > 0) {
		SSL_write(tls, HEAD, sizeof(HEAD) - 1);
		SSL_write(tls, page, (int)strlen(page));
		SSL_shutdown(tls);
	}
	SSL_free(tls);
	close(connection);
	return NULL;
}

static void *serve_pages(void *unused)
{
	for (;;) {
		struct pollfd ready[LISTENERS];

		for (size_t i = 0; i < LISTENERS; i++) {
			ready[i] = (struct pollfd){.fd = listeners[i], .events = POLLIN};
		}
		poll(ready, LISTENERS, -1);
		for (size_t i = 0; i < LISTENERS; i++) {
			pthread_t thread;
			int connection = (ready[i].revents & POLLIN) != 0
						 ? accept(listeners[i], NULL, NULL)
						 : -1;

			if (connection >= 0) {
				served[i]++;
				pthread_create(&thread, NULL,
					served_at[i].port == 443 ? serve_secure : serve_plain,
					(void *)(intptr_t)connection);
				pthread_detach(thread);
			}
		}
	}
	return unused;
}

unsigned legs_served(const char *address, unsigned port)
{
	for (size_t i = 0; i < LISTENERS; i++) {
		if (strcmp(served_at[i].address, address) == 0 && served_at[i].port == port) {
			return served[i];
		}
	}
	fail_msg("nothing is served at %s port %u", address, port);
	return 0;
}

void legs_serve(const char *body, const char *certificate, const char *key)
{
	struct sockaddr_storage address;
	socklen_t size;
	pthread_t thread;

	signal(SIGPIPE, SIG_IGN); /* browsers hang up as they like */
	page = body;
	context = SSL_CTX_new(TLS_server_method());
	assert_non_null(context);
	assert_int_equal(SSL_CTX_use_certificate_chain_file(context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM), 1);
	legs_enter("web");
	for (size_t i = 0; i < LISTENERS; i++) {
		size = legs_address(served_at[i].address, served_at[i].port, &address);
		listeners[i] = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(bind(listeners[i], (struct sockaddr *)&address, size), 0);
		assert_int_equal(listen(listeners[i], 16), 0);
	}
	size = legs_address(LEGS_WEB, 53, &address);
	name_server = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(name_server, (struct sockaddr *)&address, size), 0);
	legs_leave();
	assert_int_equal(pthread_create(&thread, NULL, serve_pages, NULL), 0);
	pthread_detach(thread);
	assert_int_equal(pthread_create(&thread, NULL, serve_names, NULL), 0);
	pthread_detach(thread);
}
