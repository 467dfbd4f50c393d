/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to administrators, and those that a client has not taken yet. */

#include "admin.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define WAITING_MAX 32768u /* rows for one client that does not take them */

static void watch(struct admin *admin)
{
	int is_waiting = admin->waiting_sent < admin->waiting_count || admin->is_lost;

	if (uv_poll_start(&admin->poll, is_waiting ? UV_READABLE | UV_WRITABLE : UV_READABLE,
		    admin_on_event) != 0) {
		admin->is_lost = 1;
	}
}

static int send_row(struct admin *admin, const struct garasu_admin_answer *row)
{
	return send(admin->fd, row, sizeof(*row), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int keep(struct admin *admin, const struct garasu_admin_answer *row)
{
	if (admin->waiting_count == admin->waiting_room) {
		size_t room = admin->waiting_room * 2 + 256;
		struct garasu_admin_answer *grown =
			room <= WAITING_MAX ? realloc(admin->waiting, room * sizeof(*grown)) : NULL;

		if (grown == NULL) {
			return -ENOBUFS;
		}
		admin->waiting = grown;
		admin->waiting_room = room;
	}
	admin->waiting[admin->waiting_count++] = *row;
	return 0;
}

void admin_answer(struct admin *admin, const struct garasu_admin_answer *row)
{
	int result = admin->waiting_count > 0 ? -EAGAIN : send_row(admin, row);

	if (result == -EAGAIN) {
		result = keep(admin, row);
	}
	if (result != 0) {
		garasu_log(
			GARASU_LOG_WARNING, "admin_unread", "uid=%u error=%d", admin->uid, result);
		admin->is_lost = 1;
	}
	watch(admin);
}

void admin_send_waiting(struct admin *admin)
{
	while (!admin->is_lost && admin->waiting_sent < admin->waiting_count) {
		int result = send_row(admin, &admin->waiting[admin->waiting_sent]);

		if (result == -EAGAIN) {
			break;
		}
		admin->is_lost = result != 0;
		admin->waiting_sent++;
	}
	if (admin->waiting_sent == admin->waiting_count) {
		admin->waiting_sent = admin->waiting_count = 0;
	}
	watch(admin);
}

void admin_finish(struct admin *admin, uint32_t result)
{
	const struct garasu_admin_answer end = {.kind = GARASU_ADMIN_END, .result = result};

	admin_answer(admin, &end);
}
