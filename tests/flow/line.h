/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_LINE_H
#define GARASU_FLOW_LINE_H

#include "harness.h"

/*
 * The line puppet, driven by a test: flow_options.line puts a broker at its host's end and that
 * broker's viewers at the desk's.
 */

#define FLOW_LINE_HOST "10.77.0.2"

struct flow_line {
	struct flow_child child;
	char desk[64], host[64]; /* network namespaces, as paths */
};

struct flow_line_way {
	unsigned long long packets, bytes, dropped;
	unsigned long peak; /* most bytes that waited at once since the last stats */
	unsigned long queued;
};

/* Down is from the host to the desk. */
struct flow_line_stats {
	struct flow_line_way down, up;
};

/* Starts a line with these words ("rate_kbit=10000 ..."), ended by NULL. Returns 0, or -1 where the
 * kernel or this user has none: said on stderr, for a skip. */
int flow_line_start(struct flow_line *line, ...) __attribute__((sentinel));

/* Ends it. Its namespaces go with the last process in them. */
void flow_line_stop(struct flow_line *line);

/* Reads its counts, and begins peaks anew. */
void flow_line_stats(struct flow_line *line, struct flow_line_stats *stats);

/* Changes an option for what comes next, as "rate_kbit=1000". */
void flow_line_set(struct flow_line *line, const char *option);

/* Fills words that start a program at an end of a line, before that program's own; none where end is
 * NULL. Returns how many. */
size_t flow_line_words(char **words, const char *end);

#endif
