/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_EGRESS_ADDRESS_H
#define GARASU_EGRESS_ADDRESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	int family; /* AF_INET, AF_INET6, or 0: none */
	uint8_t bytes[16];
};

/* Reads a canonical literal: dotted IPv4 of four decimal numbers, or IPv6 without a zone. Fills
 * address. Returns 0 or -EINVAL. */
int address_parse(const char *text, size_t size, struct address *address)
	__attribute__((warn_unused_result));

/* True when the first bits of both are the same, in the same family. */
int address_is_within(const struct address *address, const struct address *network, unsigned bits);

/* Returns 0 for an address of the public internet, else in a word what it is: loopback, private,
 * multicast ... (the IANA special-purpose registries; IPv6 that embeds IPv4 is refused whole). */
const char *address_special(const struct address *address);

/* Returns how many bits the family has. */
unsigned address_bits(const struct address *address);

/* Fills a socket address. Returns its length. */
socklen_t address_to_socket(
	const struct address *address, uint16_t port, struct sockaddr_storage *socket);

/* Fills address from a socket address; family 0 when it is neither IPv4 nor IPv6. */
void address_from_socket(const struct sockaddr *socket, struct address *address);

#endif
