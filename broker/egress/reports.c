/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: listeners in, one record for each connection out. */

#include "egress.h"

#include "base/control.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX 4096
#define ORDERS_AT_ONCE 32

struct reports {
	struct egress *egress;
	uv_poll_t poll;
	int fd;
	struct garasu_egress_connection *queue; /* a ring */
	size_t first, count;
};

static void on_poll(uv_poll_t *poll, int status, int events);

static void watch(struct reports *reports)
{
	uv_poll_start(
		&reports->poll, UV_READABLE | (reports->count > 0 ? UV_WRITABLE : 0), on_poll);
}

/* The supervisor is gone or breaks its own contract: nothing is left to serve. */
static void stop(struct reports *reports, int exit_code)
{
	reports->egress->exit_code = exit_code;
	uv_poll_stop(&reports->poll);
	uv_stop(&reports->egress->loop);
}

static void write_to_log(const struct garasu_egress_connection *record)
{
	garasu_log(GARASU_LOG_ERROR, "unreported",
		"session=%u verdict=%u host=\"%s\" port=%u up=%llu down=%llu ms=%u",
		record->session, record->verdict, record->host, record->port,
		(unsigned long long)record->bytes_up, (unsigned long long)record->bytes_down,
		record->duration_ms);
}

static void flush(struct reports *reports)
{
	while (reports->count > 0) {
		const struct garasu_egress_connection *record = &reports->queue[reports->first];
		int result =
			garasu_control_send(reports->fd, GARASU_EGRESS_CONNECTION, record, NULL, 0);

		if (result == -EAGAIN) {
			return;
		}
		if (result != 0) {
			write_to_log(record);
		}
		reports->first = (reports->first + 1) % QUEUE_MAX;
		reports->count--;
	}
}

void reports_send(struct reports *reports, const struct garasu_egress_connection *record)
{
	int result = -EAGAIN;

	if (reports->count == 0) {
		result =
			garasu_control_send(reports->fd, GARASU_EGRESS_CONNECTION, record, NULL, 0);
	}
	if (result == -EAGAIN && reports->count < QUEUE_MAX) {
		reports->queue[(reports->first + reports->count++) % QUEUE_MAX] = *record;
		watch(reports);
	} else if (result != 0) {
		write_to_log(record);
	}
}

static int take_order(struct egress *egress, struct garasu_control *order)
{
	struct garasu_egress_add add;
	struct garasu_egress_remove remove;
	int result;

	if (order->header.type == GARASU_EGRESS_ADD && order->fd_count == 1) {
		memcpy(&add, order->payload, sizeof(add));
		order->fd_count = 0; /* the session's now */
		result = session_add(egress, add.session, order->fds[0]);
		if (result != 0) {
			garasu_log(GARASU_LOG_ERROR, "listener", "session=%u error=%d", add.session,
				result);
		}
		return 0;
	}
	if (order->header.type == GARASU_EGRESS_REMOVE && order->fd_count == 0) {
		memcpy(&remove, order->payload, sizeof(remove));
		session_remove(egress, remove.session);
		return 0;
	}
	garasu_control_close_fds(order);
	return -EPROTO;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct reports *reports = poll->data;
	struct garasu_control order;

	if (status == 0 && (events & UV_WRITABLE) != 0) {
		flush(reports);
	}
	if (status != 0 || (events & UV_WRITABLE) != 0) {
		watch(reports); /* libuv stops at an error; what was said before it is still read */
	}
	for (int i = 0; i < ORDERS_AT_ONCE; i++) {
		int result = garasu_control_receive(reports->fd, &order, 1);

		if (result == -EAGAIN) {
			return;
		}
		if (result != 1 || take_order(reports->egress, &order) != 0) {
			stop(reports, result != 0);
			return;
		}
	}
}

int reports_create(struct egress *egress, int fd, struct reports **reports)
{
	struct reports *made = calloc(1, sizeof(*made));
	int result;

	if (made == NULL) {
		return -ENOMEM;
	}
	made->egress = egress;
	made->fd = fd;
	made->queue = calloc(QUEUE_MAX, sizeof(*made->queue));
	result = made->queue == NULL ? -ENOMEM : uv_poll_init(&egress->loop, &made->poll, fd);
	if (result != 0) {
		free(made->queue);
		free(made);
		return result;
	}
	made->poll.data = made;
	watch(made);
	*reports = made;
	return 0;
}
