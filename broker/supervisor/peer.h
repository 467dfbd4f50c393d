/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_PEER_H
#define SUPERVISOR_PEER_H

#include "garasu/control.h"

/* Fills network with what counts as one desk: an IPv4 address (also one mapped into IPv6), or an
 * IPv6 address' /64, since a desk picks the other half of it as it likes. What is no address is
 * itself. */
void peer_network(char network[GARASU_ADDRESS_SIZE], const char *address);

#endif
