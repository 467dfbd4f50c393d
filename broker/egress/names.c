/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names by c-ares on the loop: the one place where it is met.
 * Reads untrusted bytes from: name servers (parsed by c-ares). */

#include "egress.h"

#include "base/log.h"

#include <ares.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TRY_MS 2000
#define TRIES 3

struct names {
	uv_loop_t *loop;
	ares_channel channel;
	uv_timer_t timer;
};

/* One socket of c-ares. */
struct watch {
	uv_poll_t poll;
	struct names *names;
	ares_socket_t fd;
	struct watch *next;
};

struct lookup {
	struct session *session;
	struct connection *connection; /* NULL once abandoned */
	names_on_found on_found;
};

static void arm(struct names *names);

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct watch *watch = poll->data;
	struct names *names = watch->names;
	int is_readable = status != 0 || (events & UV_READABLE) != 0;
	int is_writable = status != 0 || (events & UV_WRITABLE) != 0;

	ares_process_fd(names->channel, is_readable ? watch->fd : ARES_SOCKET_BAD,
		is_writable ? watch->fd : ARES_SOCKET_BAD);
	arm(names);
}

static void on_timer(uv_timer_t *timer)
{
	struct names *names = timer->data;

	ares_process_fd(names->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(names);
}

static void arm(struct names *names)
{
	struct timeval left;

	if (ares_timeout(names->channel, NULL, &left) == NULL) {
		uv_timer_stop(&names->timer);
		return;
	}
	uv_timer_start(&names->timer, on_timer,
		(uint64_t)left.tv_sec * 1000 + (uint64_t)left.tv_usec / 1000 + 1, 0);
}

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

struct search {
	ares_socket_t fd;
	struct watch *found;
};

static void match(uv_handle_t *handle, void *argument)
{
	struct search *search = argument;
	uv_os_fd_t fd;

	if (handle->type == UV_POLL && !uv_is_closing(handle) && uv_fileno(handle, &fd) == 0 &&
		fd == search->fd) {
		search->found = handle->data;
	}
}

/* c-ares says which of its sockets wait for what; neither is its last word before it closes one. */
static void on_socket(void *data, ares_socket_t fd, int wants_read, int wants_write)
{
	struct names *names = data;
	struct search search = {.fd = fd};
	struct watch *watch;

	uv_walk(names->loop, match, &search);
	watch = search.found;
	if (!wants_read && !wants_write) {
		if (watch != NULL) {
			uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
		}
		return;
	}
	if (watch == NULL) {
		watch = calloc(1, sizeof(*watch));
		if (watch == NULL || uv_poll_init(names->loop, &watch->poll, fd) != 0) {
			free(watch);
			return; /* this query ends by its time-out */
		}
		watch->names = names;
		watch->fd = fd;
		watch->poll.data = watch;
	}
	uv_poll_start(&watch->poll,
		(wants_read ? UV_READABLE : 0) | (wants_write ? UV_WRITABLE : 0), on_poll);
}

int names_create(uv_loop_t *loop, const char *servers, struct names **names)
{
	struct names *made = calloc(1, sizeof(*made));
	char dns_only[] = "b";
	struct ares_options options = {.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
		.timeout = TRY_MS,
		.tries = TRIES,
		.lookups = dns_only,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = made};
	int result;

	if (made == NULL) {
		return -ENOMEM;
	}
	made->loop = loop;
	result = ares_library_init(ARES_LIB_INIT_ALL);
	if (result == ARES_SUCCESS) {
		result = ares_init_options(&made->channel, &options,
			ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
				ARES_OPT_DOMAINS | ARES_OPT_SOCK_STATE_CB);
	}
	if (result == ARES_SUCCESS && servers[0] != '\0') {
		result = ares_set_servers_ports_csv(made->channel, servers);
	}
	if (result != ARES_SUCCESS || uv_timer_init(loop, &made->timer) != 0) {
		garasu_log(GARASU_LOG_ERROR, "resolver", "error=\"%s\"", ares_strerror(result));
		free(made);
		return -EINVAL;
	}
	made->timer.data = made;
	*names = made;
	return 0;
}

/* The next one of this session that waits for its turn: the oldest. */
static void give_turn(struct session *session)
{
	struct connection *oldest = NULL;

	for (struct connection *c = session->connections; c != NULL; c = c->next) {
		if (c->state == CONNECTION_WAITING) {
			oldest = c;
		}
	}
	if (oldest != NULL) {
		request_resolve(oldest);
	}
}

static size_t copy_addresses(
	const struct ares_addrinfo *untrusted, struct address addresses[EGRESS_ADDRESSES_MAX])
{
	size_t count = 0;

	for (const struct ares_addrinfo_node *node = untrusted->nodes;
		node != NULL && count < EGRESS_ADDRESSES_MAX; node = node->ai_next) {
		address_from_socket(node->ai_addr, &addresses[count]);
		count += addresses[count].family != 0;
	}
	return count;
}

static void on_answer(void *argument, int status, int timeouts, struct ares_addrinfo *untrusted)
{
	struct lookup *lookup = argument;
	struct session *session = lookup->session;
	struct address addresses[EGRESS_ADDRESSES_MAX];
	size_t count = 0;

	(void)timeouts;
	if (status == ARES_SUCCESS && untrusted != NULL) {
		count = copy_addresses(untrusted, addresses);
	}
	if (untrusted != NULL) {
		ares_freeaddrinfo(untrusted);
	}
	session->lookup_count--;
	if (lookup->connection != NULL) {
		lookup->connection->lookup = NULL;
		lookup->on_found(lookup->connection,
			status == ARES_ETIMEOUT ? UV_ETIMEDOUT : (count > 0 ? 0 : UV_EAI_NONAME),
			addresses, count);
	}
	free(lookup);
	give_turn(session);
	session_release(session);
}

void names_look_up(struct names *names, struct connection *connection, const char *host,
	names_on_found on_found)
{
	const struct ares_addrinfo_hints hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup == NULL) {
		on_found(connection, UV_EAI_NONAME, NULL, 0);
		return;
	}
	lookup->session = connection->session;
	lookup->session->references++;
	lookup->session->lookup_count++;
	lookup->connection = connection;
	lookup->on_found = on_found;
	connection->lookup = lookup;
	ares_getaddrinfo(names->channel, host, NULL, &hints, on_answer, lookup);
	arm(names);
}

void lookup_abandon(struct lookup **lookup)
{
	if (*lookup != NULL) {
		(*lookup)->connection = NULL;
		*lookup = NULL;
	}
}
