/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_HARNESS_PARTS_H
#define GARASU_FLOW_HARNESS_PARTS_H

#include "harness.h"

/* What the harness's own files share: child.c, harness.c, viewer.c. */

#define FLOW_WORDS_MAX 40

uint64_t flow_now_ms(void);

/* Reads one line of the child's stdout without its end. Returns 0, or -1 at the deadline or end. */
int flow_child_line_by(struct flow_child *child, char *line, size_t size, uint64_t deadline);

/* A child that never started, or whose end was waited for, has pid -1, and kill(-1) reaches every
 * process of the machine: this refuses. */
void flow_child_signal(const struct flow_child *child, int signal);

#endif
