/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_COMPOSITOR_HOST_H
#define GARASU_COMPOSITOR_HOST_H

#include <stddef.h>
#include <stdint.h>

/* How short of processors the host is. The jail's own /proc shows the whole host's queue. */
struct host {
	int loadavg; /* /proc/loadavg, -1: none */
	uint32_t processors;
};

void host_open(struct host *host);

/* Returns how many tasks besides the caller want a processor now; 0 where that cannot be known. */
uint32_t host_tasks(const struct host *host);

/* The same from a text of /proc/loadavg: "0.20 0.18 0.12 3/80 11206" has 2. Pure. */
uint32_t host_tasks_in(const char *text, size_t size);

#endif
