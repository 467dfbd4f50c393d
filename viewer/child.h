/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_CHILD_H
#define VIEWER_CHILD_H

#include "record.h"

#include <sys/types.h>

/* The decoder child, seen from the viewer: `garasu-viewer-decoder` beside our own binary. */
struct child {
	pid_t pid;
	int stream;  /* non-blocking: what we write the child decodes */
	int records; /* non-blocking */
};

/* Starts the child with the picture's memory. Returns 0 or negative errno. */
int child_start(struct child *child, int picture_fd) __attribute__((warn_unused_result));

/* Ends it at once; accepts one that never started. */
void child_stop(struct child *child);

/* Returns 1 with a record, whose fields nobody has checked but its size; 0 when the child has gone,
 * -EAGAIN when none waits, -EPROTO for one of another size. */
int child_receive(struct child *child, struct viewer_record *untrusted_record)
	__attribute__((warn_unused_result));

#endif
