/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which addresses are one desk. */

#include "peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

void peer_network(char network[GARASU_ADDRESS_SIZE], const char *address)
{
	struct in6_addr six;

	snprintf(network, GARASU_ADDRESS_SIZE, "%s", address);
	network[strcspn(network, "%")] = '\0'; /* a link-local address' interface */
	if (inet_pton(AF_INET6, network, &six) != 1) {
		return;
	}
	if (IN6_IS_ADDR_V4MAPPED(&six)) {
		inet_ntop(AF_INET, &six.s6_addr[12], network, GARASU_ADDRESS_SIZE);
		return;
	}
	memset(&six.s6_addr[8], 0, 8);
	inet_ntop(AF_INET6, &six, network, GARASU_ADDRESS_SIZE);
}
