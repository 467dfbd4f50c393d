/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often one network connects. */

#include "arrivals.h"

#include "allowance.h"

#include <stdio.h>
#include <string.h>

/* The network's row, or the one that has spent least: an unused one has spent nothing. */
static struct arrival *find(struct arrivals *arrivals, const char *network)
{
	struct arrival *least = &arrivals->rows[0];

	for (size_t i = 0; i < ARRIVALS_NETWORKS; i++) {
		struct arrival *row = &arrivals->rows[i];

		if (strcmp(row->network, network) == 0) {
			return row;
		}
		if (row->spent_until_ms < least->spent_until_ms) {
			least = row;
		}
	}
	return least;
}

uint64_t arrivals_take(
	struct arrivals *arrivals, const char *network, uint32_t per_minute, uint64_t now_ms)
{
	struct arrival *row = find(arrivals, network);

	if (strcmp(row->network, network) != 0) {
		snprintf(row->network, sizeof(row->network), "%s", network);
		row->spent_until_ms = 0;
	}
	return allowance_take(&row->spent_until_ms, per_minute, now_ms);
}
