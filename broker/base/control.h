/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_CONTROL_H
#define GARASU_BASE_CONTROL_H

#include "garasu/control.h"

#include <stddef.h>

/* One received control record; fds are owned by whoever called receive. */
struct garasu_control {
	struct garasu_control_header header;
	uint8_t payload[GARASU_CONTROL_BYTES_MAX] __attribute__((aligned(8)));
	int fds[GARASU_CONTROL_FDS_MAX];
	int fd_count;
};

/* Returns the payload's exact size for a type, or -EPROTO for a type that is not in control.h. */
int garasu_control_size(uint16_t type);

/* Sends one record with up to GARASU_CONTROL_FDS_MAX descriptors beside it (borrowed). payload may
 * be NULL for a type without one. Returns 0, -EAGAIN when the peer's queue is full, -EPIPE when it
 * is gone, or another negative errno. */
int garasu_control_send(int socket, uint16_t type, const void *payload, const int *fds,
	int fd_count) __attribute__((warn_unused_result));

/* Receives one record. fd_max is how many descriptors the caller accepts: 0 from every role; more
 * are a breach. Fills record; the caller closes record->fds. Returns 1 for a record, 0 when the
 * peer has closed, -EAGAIN when nothing waits, -EPROTO for a truncated record, a type or size not
 * in the table, an unterminated string or a descriptor that was not accepted (any received are
 * closed), or another negative errno. Does not judge whether the type is legal in the caller's
 * state. */
int garasu_control_receive(int socket, struct garasu_control *record, int fd_max)
	__attribute__((warn_unused_result));

/* Closes every descriptor that the record still owns. */
void garasu_control_close_fds(struct garasu_control *record);

/* Makes a CLOEXEC SOCK_SEQPACKET pair, non-blocking on ends[0] only if asked. */
int garasu_control_pair(int ends[2]) __attribute__((warn_unused_result));

#endif
