/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control sockets on the loop. Reads untrusted bytes from: the role at the other end. */

#include "link.h"

#include "base/descriptor.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_AT_ONCE 32

struct outgoing {
	struct outgoing *next;
	uint16_t type;
	int fd_count;
	int fds[GARASU_CONTROL_FDS_MAX];
	size_t size;
	uint8_t payload[];
};

struct link {
	uv_poll_t poll;
	int fd;
	struct outgoing *first, *last;
	unsigned queued;
	int is_closing;
	link_on_record on_record;
	link_on_closed on_closed;
	void *owner;
};

static void outgoing_free(struct outgoing *outgoing)
{
	for (int i = 0; i < outgoing->fd_count; i++) {
		garasu_fd_close(&outgoing->fds[i]);
	}
	garasu_secret_wipe(outgoing->payload, outgoing->size);
	free(outgoing);
}

static void drop_first(struct link *link)
{
	struct outgoing *outgoing = link->first;

	link->first = outgoing->next;
	if (link->first == NULL) {
		link->last = NULL;
	}
	link->queued--;
	outgoing_free(outgoing);
}

static void on_poll(uv_poll_t *poll, int status, int events);

static int watch(struct link *link)
{
	return uv_poll_start(
		&link->poll, UV_READABLE | (link->first != NULL ? UV_WRITABLE : 0), on_poll);
}

static int flush(struct link *link)
{
	while (link->first != NULL) {
		struct outgoing *outgoing = link->first;
		int result = garasu_control_send(link->fd, outgoing->type, outgoing->payload,
			outgoing->fds, outgoing->fd_count);

		if (result == -EAGAIN) {
			return 0;
		}
		if (result != 0) {
			return result;
		}
		drop_first(link);
	}
	return watch(link);
}

static void fail(struct link *link, int error)
{
	uv_poll_stop(&link->poll);
	link->on_closed(link->owner, error);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct link *link = poll->data;
	struct garasu_control record;
	/* libuv stops at an error of the socket; what the peer said before it is still read */
	int result = status == 0 ? 0 : watch(link);

	if (status == 0 && (events & UV_WRITABLE) != 0) {
		/* A peer that is gone is told by receive, after its last words. */
		if (flush(link) != 0) {
			while (link->first != NULL) {
				drop_first(link);
			}
			result = watch(link);
		}
	}
	for (int i = 0; result == 0 && i < RECORDS_AT_ONCE; i++) {
		result = garasu_control_receive(link->fd, &record, 0);
		if (result == -EAGAIN) {
			return;
		}
		if (result != 1) {
			fail(link, result);
			return;
		}
		link->on_record(link->owner, &record);
		garasu_secret_wipe(record.payload, record.header.size);
		if (link->is_closing) {
			return;
		}
		result = 0;
	}
	if (result != 0) {
		fail(link, result);
	}
}

int link_open(uv_loop_t *loop, int fd, link_on_record on_record, link_on_closed on_closed,
	void *owner, struct link **link)
{
	struct link *made = calloc(1, sizeof(*made));
	int result = -ENOMEM;

	if (made == NULL) {
		garasu_fd_close(&fd);
		return result;
	}
	made->fd = fd;
	made->on_record = on_record;
	made->on_closed = on_closed;
	made->owner = owner;
	made->poll.data = made;
	result = uv_poll_init(loop, &made->poll, fd);
	if (result != 0) {
		garasu_fd_close(&fd);
		free(made);
		return result;
	}
	result = watch(made);
	if (result != 0) {
		link_close(&made);
		return result;
	}
	*link = made;
	return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct link *link = handle->data;

	while (link->first != NULL) {
		drop_first(link);
	}
	free(link);
}

void link_close(struct link **link)
{
	struct link *closing = *link;

	*link = NULL;
	if (closing == NULL) {
		return;
	}
	closing->is_closing = 1;
	while (closing->first != NULL && flush(closing) == 0 && closing->first != NULL) {
		break; /* what the peer does not take now is dropped */
	}
	uv_poll_stop(&closing->poll);
	garasu_fd_close(&closing->fd);
	uv_close((uv_handle_t *)&closing->poll, on_handle_closed);
}

static struct outgoing *outgoing_make(
	uint16_t type, const void *payload, const int *fds, int fd_count)
{
	int size = garasu_control_size(type);
	struct outgoing *made = size < 0 ? NULL : calloc(1, sizeof(struct outgoing) + (size_t)size);

	if (made == NULL) {
		return NULL;
	}
	made->type = type;
	made->size = (size_t)size;
	if (size > 0) {
		memcpy(made->payload, payload, made->size);
	}
	for (; made->fd_count < fd_count; made->fd_count++) {
		int copy = fcntl(fds[made->fd_count], F_DUPFD_CLOEXEC, 3);

		if (copy < 0) {
			outgoing_free(made);
			return NULL;
		}
		made->fds[made->fd_count] = copy;
	}
	return made;
}

int link_send(struct link *link, uint16_t type, const void *payload, const int *fds, int fd_count)
{
	struct outgoing *outgoing;

	if (link == NULL) {
		return -EPIPE; /* the peer is gone, and told so */
	}
	if (link->first == NULL) {
		int result = garasu_control_send(link->fd, type, payload, fds, fd_count);

		if (result != -EAGAIN) {
			return result;
		}
	}
	if (link->queued >= LINK_QUEUE_MAX) {
		return -ENOBUFS;
	}
	outgoing = outgoing_make(type, payload, fds, fd_count);
	if (outgoing == NULL) {
		return -ENOMEM;
	}
	if (link->last != NULL) {
		link->last->next = outgoing;
	} else {
		link->first = outgoing;
	}
	link->last = outgoing;
	link->queued++;
	return watch(link);
}

unsigned link_waiting(const struct link *link)
{
	return link != NULL ? link->queued : 0;
}
