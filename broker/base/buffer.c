/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A byte queue with a hard maximum. */

#include "base/buffer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void garasu_buffer_init(struct garasu_buffer *buffer, size_t maximum)
{
	*buffer = (struct garasu_buffer){.maximum = maximum};
}

void garasu_buffer_finish(struct garasu_buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct garasu_buffer){0};
}

static int grow(struct garasu_buffer *buffer, size_t needed)
{
	size_t capacity = buffer->capacity > 0 ? buffer->capacity : 4096;
	uint8_t *data;

	while (capacity < needed) {
		capacity *= 2;
	}
	data = realloc(buffer->data, capacity);
	if (data == NULL) {
		return -ENOMEM;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return 0;
}

uint8_t *garasu_buffer_reserve(struct garasu_buffer *buffer, size_t size)
{
	size_t held = garasu_buffer_size(buffer);

	if (size > buffer->maximum || held > buffer->maximum - size) {
		return NULL;
	}
	if (buffer->start > 0 && (held == 0 || buffer->capacity - buffer->end < size)) {
		memmove(buffer->data, buffer->data + buffer->start, held);
		buffer->start = 0;
		buffer->end = held;
	}
	if (buffer->capacity - buffer->end < size && grow(buffer, buffer->end + size) != 0) {
		return NULL;
	}
	return buffer->data + buffer->end;
}

void garasu_buffer_commit(struct garasu_buffer *buffer, size_t size)
{
	assert(size <= buffer->capacity - buffer->end);
	buffer->end += size;
}

int garasu_buffer_append(struct garasu_buffer *buffer, const void *data, size_t size)
{
	uint8_t *room;

	if (size == 0) {
		return 0;
	}
	room = garasu_buffer_reserve(buffer, size);
	if (room == NULL) {
		return -ENOBUFS;
	}
	memcpy(room, data, size);
	garasu_buffer_commit(buffer, size);
	return 0;
}

void garasu_buffer_consume(struct garasu_buffer *buffer, size_t size)
{
	assert(size <= garasu_buffer_size(buffer));
	buffer->start += size;
	if (buffer->start == buffer->end) {
		buffer->start = buffer->end = 0;
	}
}
