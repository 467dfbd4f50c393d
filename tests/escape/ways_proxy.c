/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A proxy with one server. Reads untrusted bytes from: the browser. */

#include "ways_proxy.h"

#include "flow/harness.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD                                                                                       \
	"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCache-Control: no-store\r\n"                \
	"Alt-Svc: h3=\":443\"; ma=3600\r\nConnection: close\r\n\r\n"

static struct {
	int listener;
	const char *page;
	SSL_CTX *context;
	char target[64]; /* the server's, as CONNECT names it */
	char directory[64];
	char authority[8192];
	pthread_t thread;
	pthread_mutex_t lock;
	char heard[32768]; /* "asked TARGET" and "told TEXT" */
	size_t used;
} proxy = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void hear(const char *what, const char *text, size_t size)
{
	pthread_mutex_lock(&proxy.lock);
	if (proxy.used + size + 16 < sizeof(proxy.heard)) {
		proxy.used += (size_t)snprintf(proxy.heard + proxy.used,
			sizeof(proxy.heard) - proxy.used, "%s %.*s\n", what, (int)size, text);
	}
	pthread_mutex_unlock(&proxy.lock);
}

static int was_heard(const char *what, const char *text)
{
	char line[256];
	int was;

	snprintf(line, sizeof(line), "%s %s\n", what, text);
	pthread_mutex_lock(&proxy.lock);
	was = strstr(proxy.heard, line) != NULL;
	pthread_mutex_unlock(&proxy.lock);
	return was;
}

int proxy_was_told(const char *text)
{
	char escaped[128];
	size_t used = 0;

	for (; *text != '\0' && used + 4 < sizeof(escaped); text++) {
		used += (size_t)(*text == ' '   ? snprintf(escaped + used, 4, "%%20")
				 : *text == '/' ? snprintf(escaped + used, 4, "%%2F")
						: snprintf(escaped + used, 4, "%c", *text));
	}
	return was_heard("told", escaped);
}

int proxy_was_asked(const char *target)
{
	return was_heard("asked", target);
}

const char *proxy_heard(void)
{
	return proxy.heard;
}

static void serve_inside(int connection)
{
	SSL *tls = SSL_new(proxy.context);
	char request[8192];
	int got = 0;

	if (tls != NULL && SSL_set_fd(tls, connection) == 1 && SSL_accept(tls) == 1) {
		got = SSL_read(tls, request, sizeof(request) - 1);
	}
	if (got > 0) {
		request[got] = '\0';
		if (strncmp(request, "GET /report?", 12) == 0) {
			hear("told", request + 12, strcspn(request + 12, " "));
		}
		(void)SSL_write(tls, HEAD, sizeof(HEAD) - 1);
		if (strncmp(request, "GET / ", 6) == 0) {
			(void)SSL_write(tls, proxy.page, (int)strlen(proxy.page));
		}
		(void)SSL_shutdown(tls);
	}
	SSL_free(tls);
}

static void *serve_one(void *argument)
{
	static const char yes[] = "HTTP/1.1 200 Yes\r\n\r\n";
	static const char no[] = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
	int connection = (int)(intptr_t)argument;
	char head[16384] = "";
	const char *target;
	size_t size;

	for (size_t used = 0; used < sizeof(head) - 1 && strstr(head, "\r\n\r\n") == NULL; used++) {
		if (recv(connection, head + used, 1, 0) != 1) {
			close(connection);
			return NULL;
		}
	}
	target = strchr(head, ' ');
	target = target != NULL ? target + 1 : head;
	size = strcspn(target, " ");
	hear("asked", target, size);
	if (strncmp(head, "CONNECT ", 8) == 0 && size == strlen(proxy.target) &&
		memcmp(target, proxy.target, size) == 0) {
		(void)send(connection, yes, sizeof(yes) - 1, MSG_NOSIGNAL);
		serve_inside(connection);
	} else {
		(void)send(connection, no, sizeof(no) - 1, MSG_NOSIGNAL);
	}
	shutdown(connection, SHUT_WR);
	close(connection);
	return NULL;
}

static void *serve(void *argument)
{
	(void)argument;
	for (;;) {
		int connection = accept4(proxy.listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;

		if (connection < 0) {
			return NULL;
		}
		if (pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)connection) == 0) {
			pthread_detach(thread);
		} else {
			close(connection);
		}
	}
}

const char *proxy_make(const char *host)
{
	char tool[] = FLOW_BINARIES "/garasu-certs";
	char folder[80];
	char path[128];
	char name[64];
	char *authority[] = {tool, "ca", "--dir", folder, "--name", "Ways", NULL};
	char *server[] = {tool, "server", "--dir", folder, "--host", name, NULL};
	FILE *file;

	snprintf(proxy.target, sizeof(proxy.target), "%.50s:443", host);
	snprintf(proxy.directory, sizeof(proxy.directory), "/tmp/garasu-ways-XXXXXX");
	assert_non_null(mkdtemp(proxy.directory));
	snprintf(folder, sizeof(folder), "%s/certs", proxy.directory);
	snprintf(name, sizeof(name), "%s", host);
	flow_run(NULL, 0, NULL, authority);
	flow_run(NULL, 0, NULL, server);
	proxy.context = SSL_CTX_new(TLS_server_method());
	assert_non_null(proxy.context);
	snprintf(path, sizeof(path), "%s/server.crt", folder);
	assert_int_equal(SSL_CTX_use_certificate_chain_file(proxy.context, path), 1);
	snprintf(path, sizeof(path), "%s/server.key", folder);
	assert_int_equal(SSL_CTX_use_PrivateKey_file(proxy.context, path, SSL_FILETYPE_PEM), 1);
	snprintf(path, sizeof(path), "%s/ca.crt", folder);
	file = fopen(path, "re");
	assert_non_null(file);
	proxy.authority[fread(proxy.authority, 1, sizeof(proxy.authority) - 1, file)] = '\0';
	fclose(file);
	return proxy.authority;
}

void proxy_start(int listener, const char *page)
{
	proxy.listener = listener;
	proxy.page = page;
	assert_int_equal(pthread_create(&proxy.thread, NULL, serve, NULL), 0);
}

void proxy_stop(void)
{
	char *words[] = {"/bin/rm", "-r", proxy.directory, NULL};

	shutdown(proxy.listener, SHUT_RDWR);
	pthread_join(proxy.thread, NULL);
	close(proxy.listener);
	flow_run(NULL, 0, NULL, words);
}
