/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_LAUNCHER_CGROUP_H
#define GARASU_LAUNCHER_CGROUP_H

#include <config/config.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Limits of a session: memory, CPU and processes, each by cgroup v2 where its controller is there,
 * else by its v1 hierarchy; freezing by v2 alone (also in a hybrid mount), never by v1's freezer,
 * under which SIGKILL stays pending.
 */

enum cgroup_place {
	CGROUP_MEMORY,
	CGROUP_CPU,
	CGROUP_PIDS,
	CGROUP_ACCOUNT, /* v1's cpuacct, where v2 does not account */
	CGROUP_FREEZE,
	CGROUP_PLACES,
};

struct cgroups {
	int is_active;
	char base[CGROUP_PLACES][256]; /* directory of this broker in each hierarchy, or "" */
	int is_v2[CGROUP_PLACES];
};

/* Finds mount points in the text of /proc/mounts. Pure. Fills v2 and v1[] (256 bytes each, "" for
 * none); v1 in the order memory, cpu, pids, cpuacct. */
void cgroups_parse_mounts(const char *mounts, char *v2, char v1[4][256]);

/* Makes this broker's directories and removes those of brokers that are gone. Returns 0 or negative
 * errno; message says which controller is missing. */
int cgroups_open(struct cgroups *cgroups, char *message, size_t size);

/* Makes a session's groups with their limits; nothing to do when they exist. */
int cgroups_make(struct cgroups *cgroups, uint32_t session, const struct garasu_config *config);

/* Moves a process in, or with 0 the calling one. */
int cgroups_enter(const struct cgroups *cgroups, uint32_t session, pid_t pid);

/* Moves the calling process into the group of the roles that stand between desks and sessions:
 * small work, that comes before the sessions', and together at most half of the host's processors.
 */
int cgroups_enter_service(const struct cgroups *cgroups);

/* Lets a session's processes come before those of others, or no longer. */
void cgroups_favour(const struct cgroups *cgroups, uint32_t session, int is_favoured);

/* Fills what the session uses. Returns its processes. */
uint32_t cgroups_usage(
	const struct cgroups *cgroups, uint32_t session, uint64_t *cpu_us, uint64_t *memory_bytes);

/* Freezes or thaws, by v2 or by SIGSTOP and SIGCONT. */
void cgroups_freeze(const struct cgroups *cgroups, uint32_t session, int is_frozen);

/* Sends SIGKILL to every process of the session, then thaws it. Returns how many there were. */
uint32_t cgroups_kill(const struct cgroups *cgroups, uint32_t session);

/* Removes a session's empty groups. */
void cgroups_remove(const struct cgroups *cgroups, uint32_t session);

/* Removes this broker's directories. */
void cgroups_close(struct cgroups *cgroups);

#endif
