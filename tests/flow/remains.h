/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_REMAINS_H
#define GARASU_FLOW_REMAINS_H

#include "harness.h"

/* What a broker holds of the host, as the kernel shows it. */
struct flow_remains {
	unsigned processes;   /* its own, its roles' and its sessions' */
	unsigned descriptors; /* of those */
	unsigned memories;    /* memfds that those hold or map, each as often as they do */
	unsigned groups;      /* directories of control groups, its own and its sessions' */
};

void flow_remains_count(struct flow_broker *broker, struct flow_remains *remains);

/* Waits until it holds no more than that. Fails the test at the deadline. */
void flow_remains_wait(struct flow_broker *broker, const struct flow_remains *most);

/* How many directories of control groups there are of the broker with this process number. */
unsigned flow_remains_groups(pid_t launcher);

#endif
