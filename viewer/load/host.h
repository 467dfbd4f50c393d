/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_HOST_H
#define LOAD_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the host spends, when the load tool runs on it: CPU time and memory by group of processes,
 * from /proc. Processes belong by their ancestors (trees given) or, without any, by their names.
 *
 * A thread reads /proc once a second, so that no more than the last second of a process that ends
 * is missed; reading never delays a measurement in the thread of the sessions.
 */

enum host_group {
	HOST_BROWSER,
	HOST_COMPOSITOR,
	HOST_ENCODER,
	HOST_GATEWAY,
	HOST_EGRESS,
	HOST_BROKER, /* launcher, supervisor, recorder, authenticator, jail */
	HOST_SERVER, /* other makers' servers */
	HOST_OTHER,  /* further members of the given trees */
	HOST_INSTRUMENT,
	HOST_GROUPS,
};

struct host_usage {
	double cpu_s[HOST_GROUPS]; /* since the start */
	double busy_s;             /* of all cores, all processes of the machine */
};

struct host_memory {
	bool has_pss; /* of every member */
	double pss_mib[HOST_GROUPS];
	double frame_mib;  /* of these, compositor's and encoder's: the frame memory */
	double window_mib; /* of these, the compositor's: the browser's window buffers, its half */
	double used_mib;   /* of the machine: total less available */
	uint32_t processes;
};

struct host_facts {
	char processor[128], kernel[128];
	uint32_t cores;
	double memory_mib;
};

struct host;

/* Starts to watch. trees: process ids, or none. Returns NULL when memory or threads are short. */
struct host *host_create(const int *trees, size_t tree_count);
void host_destroy(struct host **host);

/* Reads now. */
void host_usage(struct host *host, struct host_usage *usage);
void host_memory(struct host *host, struct host_memory *memory);

void host_facts(struct host_facts *facts);
const char *host_group_name(enum host_group group);

/* Which group a process of this command line's first word belongs to; HOST_OTHER for none. */
enum host_group host_group_of(const char *word);

#endif
