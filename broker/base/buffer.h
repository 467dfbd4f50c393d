/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_BUFFER_H
#define GARASU_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* A byte queue with a hard maximum: bytes are appended at the end and consumed from the start. */
struct garasu_buffer {
	uint8_t *data;
	size_t start, end; /* data[start..end) is what it holds */
	size_t capacity;
	size_t maximum;
};

/* Makes an empty queue that never holds more than maximum bytes. */
void garasu_buffer_init(struct garasu_buffer *buffer, size_t maximum);

/* Frees what it holds; accepts zeroes. */
void garasu_buffer_finish(struct garasu_buffer *buffer);

/* Makes room for size more bytes and returns where they go, or NULL if that would pass the maximum
 * or memory is short; the queue stays as it was. Follow with garasu_buffer_commit. */
uint8_t *garasu_buffer_reserve(struct garasu_buffer *buffer, size_t size);

/* Declares size of the reserved bytes written. */
void garasu_buffer_commit(struct garasu_buffer *buffer, size_t size);

/* Appends. Returns 0, or -ENOBUFS with the queue as it was. */
int garasu_buffer_append(struct garasu_buffer *buffer, const void *data, size_t size)
	__attribute__((warn_unused_result));

/* Drops size bytes from the start; size is at most what it holds. */
void garasu_buffer_consume(struct garasu_buffer *buffer, size_t size);

static inline size_t garasu_buffer_size(const struct garasu_buffer *buffer)
{
	return buffer->end - buffer->start;
}

static inline const uint8_t *garasu_buffer_bytes(const struct garasu_buffer *buffer)
{
	return buffer->data + buffer->start;
}

#endif
