/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_ESCAPE_WAYS_PACKETS_H
#define GARASU_ESCAPE_WAYS_PACKETS_H

#include <sys/types.h>

/* A network in a jail that has none: an interface with an address and a route to everywhere, and a
 * watch over all that is sent, on loopback too. */

/* Makes it in the network namespace of the compositor below this process. Needs root. */
void packets_start(pid_t jail);
void packets_stop(void);

/* Returns the next packet that was sent and is no answer on loopback's TCP (the way to the proxy),
 * as "UDP to ADDRESS port PORT", or NULL when there is none. What the kernel says by itself (ARP,
 * ICMP, groups) is passed over. */
const char *packets_stranger(void);

/* Sends a datagram within that network. */
void packets_send(const char *address, unsigned port);

#endif
