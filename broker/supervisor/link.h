/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_LINK_H
#define SUPERVISOR_LINK_H

#include "base/control.h"

#include <uv.h>

#define LINK_QUEUE_MAX 4096u /* records that wait; one more is -ENOBUFS */

struct link;

typedef void (*link_on_record)(void *owner, struct garasu_control *record);
/* error: 0 when the peer closed, -EPROTO for a breach, or another negative errno. */
typedef void (*link_on_closed)(void *owner, int error);

/* A control socket on the loop, with a bounded queue of what the peer has not taken yet. */

/* Takes fd, in every case. Fills *link. on_closed is called once and never after link_close; it
 * must call link_close. Returns 0 or negative errno. */
int link_open(uv_loop_t *loop, int fd, link_on_record on_record, link_on_closed on_closed,
	void *owner, struct link **link) __attribute__((warn_unused_result));

/* Closes; accepts NULL, leaves NULL. Memory goes with the loop's close callback. */
void link_close(struct link **link);

/* Sends, or queues while the peer is slow; fds are borrowed. Returns 0, -ENOBUFS when the queue is
 * full, or another negative errno. */
int link_send(struct link *link, uint16_t type, const void *payload, const int *fds, int fd_count)
	__attribute__((warn_unused_result));

/* How many records wait for the peer; 0 for NULL. */
unsigned link_waiting(const struct link *link);

#endif
