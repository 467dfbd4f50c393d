/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_GROUPS_H
#define GARASU_FLOW_GROUPS_H

#include <stdint.h>
#include <sys/types.h>

/* The control groups of one session, as the kernel shows them. */
struct flow_groups {
	char freeze[512];  /* directory of cgroup v2, or "" */
	char account[512]; /* directory that counts its processor time */
	int is_v2;         /* the account */
};

/* Fills the groups of a process, which must have some. */
void flow_groups_of(struct flow_groups *groups, pid_t pid);

/* Returns the processor time that the session has used, microseconds. */
uint64_t flow_groups_cpu_us(const struct flow_groups *groups);

/* Waits until the kernel says that every process of it is frozen; where there is no cgroup v2,
 * until every one is stopped. */
void flow_groups_wait_frozen(const struct flow_groups *groups);

/* Waits until a process's group has so many times the weight of a session. */
void flow_groups_wait_weight(pid_t pid, unsigned long times);

/* Waits until the directories are gone. */
void flow_groups_wait_gone(const struct flow_groups *groups);

/* Returns true while one of the directories is there. */
int flow_groups_exist(const struct flow_groups *groups);

#endif
