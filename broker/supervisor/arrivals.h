/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_ARRIVALS_H
#define SUPERVISOR_ARRIVALS_H

#include "garasu/control.h"

#include <stdint.h>

#define ARRIVALS_NETWORKS 1024

/* New connections by network (peer.h says what one is): each has an allowance a minute. A network
 * whose allowance is whole again is as good as forgotten; a full table forgets the one that has
 * spent least, so that one which spent all is not pushed out by many that came once. */
struct arrivals {
	struct arrival {
		char network[GARASU_ADDRESS_SIZE];
		uint64_t spent_until_ms;
	} rows[ARRIVALS_NETWORKS];
};

/* Takes one connection of the network's minute. Returns 0, or the milliseconds until the next may
 * come: asking in vain changes nothing. */
uint64_t arrivals_take(struct arrivals *arrivals, const char *network, uint32_t per_minute,
	uint64_t now_ms) __attribute__((warn_unused_result));

#endif
