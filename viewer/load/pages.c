/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web server of the tester's pages. Reads untrusted bytes from: whoever connects on loopback;
 * nothing of a request is kept but whether it asks for a page. */

#include "pages.h"

#include <base/descriptor.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENTS_MAX 1024
#define REQUEST_BYTES 8192
#define SHORT_MS 100 /* without descriptors, until it is tried again */

struct client {
	int fd;
	char request[REQUEST_BYTES];
	size_t used;
	char head[256];
	const char *body;
	size_t head_size, body_size, sent;
	bool is_answering;
};

struct server {
	struct pollfd fds[CLIENTS_MAX + 1];
	struct client *clients[CLIENTS_MAX + 1]; /* [0]: the listener */
	nfds_t count;
	bool is_short; /* of descriptors or memory: whoever waits, waits on */
	char *text;
};

static char *join_text(void)
{
	size_t size = 0;
	char *text, *end;

	for (const char *const *piece = pages_text; *piece != NULL; piece++) {
		size += strlen(*piece);
	}
	text = malloc(size + 1);
	end = text;
	for (const char *const *piece = pages_text; text != NULL && *piece != NULL; piece++) {
		end = stpcpy(end, *piece);
	}
	return text;
}

static void answer(struct client *client, const char *text)
{
	bool is_page = strncmp(client->request, "GET /p?", 7) == 0;

	client->body = is_page ? text : "";
	client->body_size = strlen(client->body);
	client->head_size = (size_t)snprintf(client->head, sizeof(client->head),
		"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
		"Cache-Control: no-store\r\nConnection: close\r\n\r\n",
		is_page ? "200 OK" : "404 Not Found", client->body_size);
	client->is_answering = true;
}

/* Returns false when the connection is over. */
static bool read_request(struct client *client, const char *text)
{
	ssize_t got = recv(client->fd, client->request + client->used,
		sizeof(client->request) - 1 - client->used, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		return true;
	}
	if (got <= 0) {
		return false;
	}
	client->used += (size_t)got;
	client->request[client->used] = '\0';
	if (strstr(client->request, "\r\n\r\n") != NULL) {
		answer(client, text);
		return true;
	}
	return client->used < sizeof(client->request) - 1;
}

static bool write_answer(struct client *client)
{
	while (client->sent < client->head_size + client->body_size) {
		bool in_head = client->sent < client->head_size;
		size_t at = in_head ? client->sent : client->sent - client->head_size;
		const char *bytes = in_head ? client->head : client->body;
		size_t size = in_head ? client->head_size : client->body_size;
		ssize_t sent = send(client->fd, bytes + at, size - at, MSG_NOSIGNAL);

		if (sent < 0) {
			return errno == EAGAIN || errno == EINTR;
		}
		client->sent += (size_t)sent;
	}
	return false;
}

static void accept_client(struct server *server)
{
	int fd = accept4(server->fds[0].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client = fd >= 0 ? calloc(1, sizeof(*client)) : NULL;

	server->is_short = fd < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
	if (client == NULL || server->count > CLIENTS_MAX) {
		free(client);
		garasu_fd_close(&fd);
		return;
	}
	client->fd = fd;
	server->clients[server->count] = client;
	server->fds[server->count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void drop_client(struct server *server, nfds_t at)
{
	garasu_fd_close(&server->clients[at]->fd);
	free(server->clients[at]);
	server->count--;
	server->clients[at] = server->clients[server->count];
	server->fds[at] = server->fds[server->count];
}

static void work_client(struct server *server, nfds_t at)
{
	struct client *client = server->clients[at];
	bool goes_on = client->is_answering || read_request(client, server->text);

	if (goes_on && client->is_answering) {
		goes_on = write_answer(client);
	}
	if (!goes_on) {
		drop_client(server, at);
		return;
	}
	server->fds[at].events = client->is_answering ? POLLOUT : POLLIN;
}

/* Returns what poll does. */
static int wait_for_news(struct server *server)
{
	int result;

	server->fds[0].events = server->is_short ? 0 : POLLIN;
	result = poll(server->fds, server->count, server->is_short ? SHORT_MS : -1);
	server->is_short = false;
	return result;
}

int pages_serve(int listener)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL) {
		return -ENOMEM;
	}
	server->text = join_text();
	if (server->text == NULL) {
		free(server);
		return -ENOMEM;
	}
	server->fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
	server->count = 1;
	while (wait_for_news(server) >= 0 || errno == EINTR) {
		for (nfds_t i = server->count; i-- > 1;) {
			if (server->fds[i].revents != 0) {
				work_client(server, i);
			}
		}
		if (server->fds[0].revents & POLLIN) {
			accept_client(server);
		}
	}
	free(server->text);
	free(server);
	return -errno;
}

int pages_listen(uint16_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (listener < 0) {
		return -errno;
	}
	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		listen(listener, 256) != 0 ||
		getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
		int result = -errno;

		garasu_fd_close(&listener);
		return result;
	}
	*port = ntohs(address.sin_port);
	return listener;
}

int pages_start(struct pages *pages, uint16_t port)
{
	int listener = pages_listen(&port);
	pid_t parent = getpid();

	*pages = (struct pages){.port = port};
	if (listener < 0) {
		return listener;
	}
	pages->pid = fork();
	if (pages->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent) {
			(void)pages_serve(listener);
		}
		_exit(EXIT_FAILURE);
	}
	garasu_fd_close(&listener);
	if (pages->pid < 0) {
		pages->pid = 0;
		return -errno;
	}
	return 0;
}

void pages_stop(struct pages *pages)
{
	if (pages->pid > 0) {
		kill(pages->pid, SIGKILL);
		while (waitpid(pages->pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
	*pages = (struct pages){0};
}
