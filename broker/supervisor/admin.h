/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_ADMIN_H
#define SUPERVISOR_ADMIN_H

#include "supervisor.h"

#include "garasu/admin.h"

/* One connection of the administrators' socket. */
struct admin {
	struct admin *next;
	struct supervisor *supervisor;
	uv_poll_t poll;
	int fd;
	uid_t uid;
	struct garasu_admin_request request;
	int is_hashing, is_lost;
	struct garasu_admin_answer *waiting; /* what the client has not taken yet */
	size_t waiting_count, waiting_sent, waiting_room;
	uint64_t list_at_ms; /* when the list is sent at the latest */
};

/* admin_answers.c: a slow client gets its rows later; one that never reads is lost, never shown
 * half a list. */
void admin_answer(struct admin *admin, const struct garasu_admin_answer *row);
void admin_finish(struct admin *admin, uint32_t result);
void admin_send_waiting(struct admin *admin);

/* admin_record.c: puts its request into the audit trail. */
void admin_record(struct admin *admin);

/* admin_server.c */
void admin_on_event(uv_poll_t *poll, int status, int events);

#endif
