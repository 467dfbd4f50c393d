/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records for the input pipe, in order, never blocking. */

#include "input_queue.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE (PIPE_BUF / GARASU_INPUT_BYTES) /* one write of these is never split */

static struct garasu_input *slot(struct input_queue *queue, size_t index)
{
	return &queue->records[(queue->start + index) % INPUT_QUEUE_MAX];
}

static void push_one(struct input_queue *queue, const struct garasu_input *record)
{
	int is_pointer = record->type == GARASU_INPUT_POINTER;
	int is_motion = is_pointer && record->pointer.buttons == queue->buttons;

	if (is_motion && queue->count > 0 && queue->tail_is_motion) {
		*slot(queue, queue->count - 1) = *record;
		return;
	}
	*slot(queue, queue->count++) = *record;
	queue->tail_is_motion = is_motion;
	if (is_pointer) {
		queue->buttons = record->pointer.buttons;
	}
}

/* How many slots the records take: all but motion that merges. */
static size_t slots_needed(
	const struct input_queue *queue, const struct garasu_input *records, size_t count)
{
	uint16_t buttons = queue->buttons;
	int tail_is_motion = queue->count > 0 && queue->tail_is_motion;
	size_t needed = 0;

	for (size_t i = 0; i < count; i++) {
		int is_pointer = records[i].type == GARASU_INPUT_POINTER;
		int is_motion = is_pointer && records[i].pointer.buttons == buttons;

		needed += !(is_motion && tail_is_motion);
		tail_is_motion = is_motion;
		buttons = is_pointer ? records[i].pointer.buttons : buttons;
	}
	return needed;
}

int input_queue_push(struct input_queue *queue, const struct garasu_input *records, size_t count)
{
	if (slots_needed(queue, records, count) > INPUT_QUEUE_MAX - queue->count) {
		return -ENOBUFS;
	}
	for (size_t i = 0; i < count; i++) {
		push_one(queue, &records[i]);
	}
	return 0;
}

int input_queue_flush(struct input_queue *queue, int pipe)
{
	size_t limit = AT_ONCE;

	while (queue->count > 0) {
		size_t straight = INPUT_QUEUE_MAX - queue->start; /* up to the ring's end */
		size_t now = queue->count < straight ? queue->count : straight;
		ssize_t written;

		now = now < limit ? now : limit;
		written = write(pipe, &queue->records[queue->start], now * GARASU_INPUT_BYTES);
		if (written < 0 && errno == EINTR) {
			continue;
		}
		if (written < 0 && errno == EAGAIN) {
			if (now == 1) {
				return 0;
			}
			limit = now / 2; /* a smaller write may still fit */
			continue;
		}
		if (written < 0) {
			return -errno;
		}
		queue->start = (queue->start + now) % INPUT_QUEUE_MAX;
		queue->count -= now;
	}
	return 0;
}
