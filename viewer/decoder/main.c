/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-viewer-decoder: the jailed child that turns the server's bytes into pixels and records.
 * Reads untrusted bytes from: the server, through its parent. */

#include "decoder/decoder.h"
#include "decoder/jail.h"
#include "record.h"

#include <base/log.h>
#include <base/process.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES 65536u
#define MEMORY_LIMIT ((rlim_t)512 << 20)

struct child {
	struct viewer_picture_header *header;
	struct decoder *decoder;
};

static void send_record(const struct viewer_record *record)
{
	ssize_t sent;

	do {
		sent = write(VIEWER_CHILD_RECORDS, record, sizeof(*record));
	} while (sent < 0 && errno == EINTR);
	if (sent != (ssize_t)sizeof(*record)) {
		_exit(EXIT_SUCCESS); /* the viewer has gone */
	}
}

static void send_event(const struct decoder_event *event)
{
	size_t sent = 0;

	do {
		size_t left = event->size - sent;
		size_t part = left < VIEWER_RECORD_BYTES ? left : VIEWER_RECORD_BYTES;
		struct viewer_record record = {.type = event->type,
			.x = event->x,
			.y = event->y,
			.width = event->width,
			.height = event->height,
			.value = event->value,
			.extra = event->extra,
			.size = (uint16_t)part,
			.more = part < left};

		if (part > 0) {
			memcpy(record.bytes, event->bytes + sent, part);
		}
		send_record(&record);
		sent += part;
	} while (sent < event->size);
}

static void on_event(void *context, const struct decoder_event *event)
{
	struct child *child = context;
	uint32_t sequence = atomic_load(&child->header->sequence);

	if (event->type == DECODER_EVENT_BEGIN) {
		atomic_store(&child->header->sequence, sequence | 1u);
		return;
	}
	if (event->type == DECODER_EVENT_UPDATE) {
		atomic_store(&child->header->sequence, (sequence | 1u) + 1u);
	}
	send_event(event);
}

/* Maps the shared picture and makes the decoder that paints it. */
static int prepare(struct child *child)
{
	struct decoder_picture picture = {
		.max_width = VIEWER_MAX_WIDTH, .max_height = VIEWER_MAX_HEIGHT};
	struct stat status;
	uint8_t *memory;

	if (fstat(VIEWER_CHILD_PICTURE, &status) != 0 ||
		status.st_size != (off_t)VIEWER_PICTURE_BYTES) {
		return -EINVAL;
	}
	memory = mmap(NULL, VIEWER_PICTURE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		VIEWER_CHILD_PICTURE, 0);
	if (memory == MAP_FAILED) {
		return -errno;
	}
	close(VIEWER_CHILD_PICTURE);
	child->header = (struct viewer_picture_header *)memory;
	picture.pointer = memory + VIEWER_POINTER_OFFSET;
	picture.pixels = memory + VIEWER_PIXELS_OFFSET;
	child->decoder = decoder_create(&picture, VIEWER_OFFERS, on_event, child);
	return child->decoder == NULL ? -ENOMEM : 0;
}

static int limit_memory(void)
{
#ifndef GARASU_SANITIZED
	const struct rlimit limit = {MEMORY_LIMIT, MEMORY_LIMIT};

	return setrlimit(RLIMIT_AS, &limit) == 0 ? 0 : -errno;
#else
	return 0;
#endif
}

static enum decoder_error decode_until_end(struct child *child)
{
	static uint8_t untrusted_bytes[READ_BYTES];
	enum decoder_error error = DECODER_OK;

	while (error == DECODER_OK) {
		ssize_t got = read(VIEWER_CHILD_STREAM, untrusted_bytes, sizeof(untrusted_bytes));

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			break;
		}
		error = decoder_feed(child->decoder, untrusted_bytes, (size_t)got);
	}
	return error;
}

int main(void)
{
	static const int needed[] = {
		2, VIEWER_CHILD_STREAM, VIEWER_CHILD_RECORDS, VIEWER_CHILD_PICTURE, -1};
	struct child child = {0};
	enum decoder_error error;

	if (garasu_process_begin(VIEWER_CHILD_FIRST_FREE, needed) != 0 || limit_memory() != 0 ||
		prepare(&child) != 0 || jail_lock() != 0) {
		garasu_log(GARASU_LOG_ERROR, "decoder-not-started", "reason=heritage-or-lock");
		return EXIT_FAILURE;
	}
	error = decode_until_end(&child);
	if (error != DECODER_OK) {
		send_record(&(struct viewer_record){.type = DECODER_EVENT_ERROR, .value = error});
		_exit(EXIT_FAILURE);
	}
	_exit(EXIT_SUCCESS);
}
