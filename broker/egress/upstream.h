/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_EGRESS_UPSTREAM_H
#define GARASU_EGRESS_UPSTREAM_H

#include "address.h"
#include "base/buffer.h"
#include "garasu/control.h"
#include "target.h"

/* The proxy above this one, and what it is told. port 0: there is none. */
struct upstream {
	char host[GARASU_HOST_SIZE];
	struct address address; /* of a literal; family 0: host is a name */
	uint16_t port;
	char *authorization; /* "Proxy-Authorization: Basic ...\r\n" (RFC 7617), or NULL */
};

/* Reads "host:port". Returns 0 or -EINVAL. */
int upstream_read(struct upstream *upstream, const char *text, size_t size)
	__attribute__((warn_unused_result));

/* Reads "user:password". Returns 0, -EINVAL or -ENOMEM. */
int upstream_read_credentials(struct upstream *upstream, const char *text, size_t size)
	__attribute__((warn_unused_result));

/* Wipes and frees. Accepts zeroes. */
void upstream_finish(struct upstream *upstream);

/* Appends the request for a tunnel to the target (RFC 9110 §9.3.6). Returns 0 or -ENOBUFS. */
int upstream_write_connect(const struct upstream *upstream, const struct target *target,
	struct garasu_buffer *out) __attribute__((warn_unused_result));

#endif
