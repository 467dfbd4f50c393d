/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small web server on loopback for the flow tests: fixed pages, and reports that pages post. */

#include "harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define REPORTS_MAX 4096
#define PATHS_MAX 4096

static struct {
	const struct flow_page *pages;
	int listener;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char *reports[REPORTS_MAX];
	unsigned report_count;
	char *paths[PATHS_MAX];
	unsigned path_count;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .listener = -1};

static void remember(char **list, unsigned *count, unsigned most, const char *text, size_t size)
{
	pthread_mutex_lock(&server.lock);
	if (*count < most) {
		list[(*count)++] = strndup(text, size);
	}
	pthread_cond_broadcast(&server.changed);
	pthread_mutex_unlock(&server.lock);
}

static void write_text(int connection, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t written = send(connection, text, size, MSG_NOSIGNAL);

		if (written <= 0) {
			return;
		}
		text += written;
		size -= (size_t)written;
	}
}

static void answer(int connection, const char *path)
{
	size_t length = strcspn(path, " ?\r\n");
	char head[256];

	for (const struct flow_page *page = server.pages; page->path != NULL; page++) {
		if (strlen(page->path) == length && strncmp(page->path, path, length) == 0) {
			snprintf(head, sizeof(head),
				"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
				"Cache-Control: no-store\r\nConnection: close\r\n\r\n",
				page->type, strlen(page->body));
			write_text(connection, head, strlen(head));
			write_text(connection, page->body, strlen(page->body));
			return;
		}
	}
	snprintf(head, sizeof(head),
		"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		strncmp(path, "/report", 7) == 0 ? "200 OK" : "404 Not Found");
	write_text(connection, head, strlen(head));
}

/* Reads one request whole. Returns its bytes, or 0. */
static size_t read_request(int connection, char *request, size_t size, char **body)
{
	size_t used = 0;
	size_t wanted = SIZE_MAX;

	while (used < wanted && used < size - 1) {
		ssize_t got = recv(connection, request + used, size - 1 - used, 0);
		const char *length;

		if (got <= 0) {
			return 0;
		}
		used += (size_t)got;
		request[used] = '\0';
		*body = strstr(request, "\r\n\r\n");
		if (*body != NULL && wanted == SIZE_MAX) {
			*body += 4;
			length = strcasestr(request, "\r\nContent-Length:");
			wanted = (size_t)(*body - request) +
				 (length != NULL ? strtoul(length + 17, NULL, 10) : 0);
		}
	}
	return used;
}

static void *serve_one(void *argument)
{
	int connection = (int)(intptr_t)argument;
	char *request = malloc(1 << 20);
	char *body = NULL;
	size_t used = request != NULL ? read_request(connection, request, 1 << 20, &body) : 0;
	const char *path = used > 0 ? strchr(request, ' ') : NULL;

	if (path != NULL) {
		path++;
		if (strncmp(path, "/report", 7) == 0) {
			remember(server.reports, &server.report_count, REPORTS_MAX, body,
				used - (size_t)(body - request));
		}
		remember(
			server.paths, &server.path_count, PATHS_MAX, path, strcspn(path, " ?\r\n"));
		answer(connection, path);
	}
	free(request);
	shutdown(connection, SHUT_WR);
	close(connection);
	return NULL;
}

static void *accept_all(void *argument)
{
	(void)argument;
	for (;;) {
		int connection = accept4(server.listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;

		if (connection < 0) {
			return NULL;
		}
		if (pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)connection) != 0) {
			close(connection);
			continue;
		}
		pthread_detach(thread);
	}
}

unsigned flow_pages_start(const struct flow_page *pages)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	server.pages = pages;
	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(server.listener >= 0);
	assert_int_equal(bind(server.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(server.listener, 64), 0);
	assert_int_equal(getsockname(server.listener, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(pthread_create(&server.thread, NULL, accept_all, NULL), 0);
	return ntohs(address.sin_port);
}

void flow_pages_forget(void)
{
	pthread_mutex_lock(&server.lock);
	for (unsigned i = 0; i < server.report_count; i++) {
		free(server.reports[i]);
	}
	for (unsigned i = 0; i < server.path_count; i++) {
		free(server.paths[i]);
	}
	server.report_count = server.path_count = 0;
	pthread_mutex_unlock(&server.lock);
}

void flow_pages_stop(void)
{
	shutdown(server.listener, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.listener);
	server.listener = -1;
	flow_pages_forget();
}

static int find_report(const char *text)
{
	for (unsigned i = server.report_count; i-- > 0;) {
		if (strstr(server.reports[i], text) != NULL) {
			return (int)i;
		}
	}
	return -1;
}

static struct timespec deadline_from_now(void)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += FLOW_DEADLINE_MS / 1000;
	return deadline;
}

void flow_pages_wait(const char *text)
{
	const struct timespec deadline = deadline_from_now();
	int found;

	pthread_mutex_lock(&server.lock);
	while ((found = find_report(text)) < 0) {
		if (pthread_cond_timedwait(&server.changed, &server.lock, &deadline) != 0) {
			break;
		}
	}
	for (unsigned i = 0; found < 0 && i < server.report_count; i++) {
		fprintf(stderr, "report %u: %s\n", i, server.reports[i]);
	}
	pthread_mutex_unlock(&server.lock);
	if (found < 0) {
		fail_msg("no report contains \"%s\"", text);
	}
}

int flow_pages_report(const char *prefix, char *body, size_t size)
{
	int found = 0;

	pthread_mutex_lock(&server.lock);
	for (unsigned i = server.report_count; i-- > 0 && !found;) {
		if (strncmp(server.reports[i], prefix, strlen(prefix)) == 0) {
			snprintf(body, size, "%s", server.reports[i]);
			found = 1;
		}
	}
	pthread_mutex_unlock(&server.lock);
	return found;
}

static unsigned count_requests(const char *path)
{
	unsigned count = 0;

	for (unsigned i = 0; i < server.path_count; i++) {
		count += strcmp(server.paths[i], path) == 0;
	}
	return count;
}

unsigned flow_pages_count(const char *path)
{
	unsigned count;

	pthread_mutex_lock(&server.lock);
	count = count_requests(path);
	pthread_mutex_unlock(&server.lock);
	return count;
}

void flow_pages_wait_request(const char *path)
{
	const struct timespec deadline = deadline_from_now();
	unsigned count;

	pthread_mutex_lock(&server.lock);
	while ((count = count_requests(path)) == 0) {
		if (pthread_cond_timedwait(&server.changed, &server.lock, &deadline) != 0) {
			break;
		}
	}
	pthread_mutex_unlock(&server.lock);
	if (count == 0) {
		fail_msg("no request for %s", path);
	}
}
