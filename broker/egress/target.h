/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_EGRESS_TARGET_H
#define GARASU_EGRESS_TARGET_H

#include "address.h"
#include "garasu/control.h"

/* Where a request wants to go. */
struct target {
	char host[GARASU_HOST_SIZE]; /* name in lower case without a final dot, or the literal */
	struct address address;      /* of a literal; family 0: host is a name */
	uint16_t port;
	const char *authority; /* lends from the text, as spelled: the Host field */
	size_t authority_size;
	const char *path; /* lends: path and query, "" for none */
	size_t path_size;
};

/* Splits CONNECT's "host:port" (RFC 9110 §9.3.6). Returns 0 or -EINVAL. */
int target_split_connect(const char *text, size_t size, struct target *target)
	__attribute__((warn_unused_result));

/* Splits "http://host[:port][/path][?query]" (RFC 9112 §3.2.2): no user, no fragment. Returns 0 or
 * -EINVAL. */
int target_split_url(const char *text, size_t size, struct target *target)
	__attribute__((warn_unused_result));

/* Writes the canonical form of a DNS name: lower case, no final dot. A name whose last label is a
 * number is another spelling of an IPv4 address and is refused. Returns 0 or -EINVAL. */
int target_name(const char *text, size_t size, char name[GARASU_HOST_SIZE])
	__attribute__((warn_unused_result));

/* Reads 1..65535 in decimal without leading zeroes. Returns it, or 0. */
uint16_t target_port(const char *text, size_t size);

/* True for the domain and every name below it; both canonical. */
int target_is_within(const char *name, const char *domain);

/* True for localhost and every name below it (RFC 6761 §6.3). */
int target_is_localhost(const char *name);

/* True for a name that only an inner network answers: of one label, or below .local, .internal or
 * .home.arpa (RFC 6762, RFC 8375). */
int target_is_local(const char *name);

#endif
