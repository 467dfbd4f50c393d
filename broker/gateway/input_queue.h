/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GATEWAY_INPUT_QUEUE_H
#define GATEWAY_INPUT_QUEUE_H

#include "garasu/input.h"

#include <stddef.h>
#include <stdint.h>

/*
 * What waits for the input pipe while it is full, in order.
 *
 * Nothing is ever dropped: while records wait, pointer motion that follows pointer motion takes its
 * place, and a queue that is full ends the viewer.
 */

#define INPUT_QUEUE_MAX 1024u

struct input_queue {
	struct garasu_input records[INPUT_QUEUE_MAX];
	size_t start, count;
	uint16_t buttons;   /* of the last pointer record, sent or waiting */
	int tail_is_motion; /* the last record waiting changes no button */
};

/* Puts records behind those that wait. Returns 0, or -ENOBUFS with the queue as it was. */
int input_queue_push(struct input_queue *queue, const struct garasu_input *records, size_t count)
	__attribute__((warn_unused_result));

/* Writes as much as the pipe takes now, each record whole. pipe is non-blocking. Returns 0, or
 * negative errno when the pipe is broken; -EPIPE: its reader is gone. */
int input_queue_flush(struct input_queue *queue, int pipe) __attribute__((warn_unused_result));

#endif
