/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open end of the audit trail: every record holds the hash of the one before it.
 * Reads untrusted bytes from: the trail that an earlier recorder left. */

#include "recorder.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "trail/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Recorders that die before they sealed their own start have room up to TRAIL_UNSEALED_MAX. */
#define SEAL_RECORDS (TRAIL_UNSEALED_MAX / 2)
#define PUBLIC_NEW TRAIL_PUBLIC_NAME ".new"

/* ---- what an earlier recorder left ---- */

/* Of one segment. */
struct found {
	uint64_t first, number, event_number, event_sent;
	uint8_t hash[TRAIL_HASH_SIZE];
	uint64_t first_unix_ms;
	uint64_t unsealed, unsealed_unix_ms; /* records behind the last seal; of the first one */
	int is_ended;
	uint64_t bytes, torn_bytes; /* behind the last record */
	uint8_t torn[TRAIL_HASH_SIZE];
};

static void on_line(void *owner, const struct trail_line *line)
{
	struct found *found = owner;
	struct trail_record record;

	found->is_ended = line->is_ended;
	found->bytes = line->offset;
	if (!line->is_first || trail_record_read(&record, line->untrusted_bytes, line->size) != 0) {
		if (found->torn_bytes == 0) {
			memset(found->torn, 0, sizeof(found->torn));
		}
		trail_fold(found->torn, line->untrusted_bytes, line->size);
		found->torn_bytes += line->size + (line->is_ended != 0);
		return;
	}
	if (found->first == 0) {
		found->first = record.number;
		found->first_unix_ms = trail_record_unix_ms(&record);
	}
	found->number = record.number;
	trail_hash(line->untrusted_bytes, line->size, found->hash);
	if (record.kind == TRAIL_SEAL) {
		found->unsealed = 0;
	} else if (found->unsealed++ == 0) {
		found->unsealed_unix_ms = trail_record_unix_ms(&record);
	}
	found->torn_bytes = 0;
	if (record.sent != 0) {
		found->event_number = record.number;
		found->event_sent = record.sent;
	}
}

/* Takes over from the newest segment that has a record, and the newest event wherever it is. */
static int find_end(struct writer *writer, struct found *open)
{
	struct trail_folder folder;
	int result = trail_folder_list(&folder, writer->file.directory);
	size_t segment = result == 0 ? trail_folder_count(&folder) : 0;

	memset(open, 0, sizeof(*open));
	open->is_ended = 1;
	while (result == 0 && segment-- > 0 && (writer->number == 0 || writer->event_number == 0)) {
		struct found found = {.is_ended = 1};

		result = trail_folder_read(&folder, segment, on_line, &found);
		if (segment == folder.closed) {
			*open = found;
		}
		if (writer->number == 0) {
			writer->number = found.number;
			memcpy(writer->hash, found.hash, sizeof(writer->hash));
			writer->unsealed = found.unsealed;
			writer->unsealed_unix_ms = found.unsealed_unix_ms;
		}
		if (writer->event_number == 0) {
			writer->event_number = found.event_number;
			writer->event_sent = found.event_sent;
		}
	}
	if (result == 0) {
		trail_folder_finish(&folder);
	}
	return result;
}

/* ---- records ---- */

static void begin_record(const struct writer *writer, struct trail_record *record, uint64_t unix_ms)
{
	char when[32];

	memset(record, 0, sizeof(*record));
	record->number = writer->number + 1;
	memcpy(record->before, writer->hash, sizeof(record->before));
	record->segment = writer->segment != 0 ? writer->segment : record->number;
	line_time(when, unix_ms);
	memcpy(record->time, when, sizeof(record->time));
}

/* Ends the line, which has room for that, and appends it. */
static int put(struct writer *writer, const struct trail_record *record, char *line, size_t size)
{
	int result;

	line[size] = '\n';
	result = file_append(&writer->file, line, size + 1);
	if (result == 0) {
		trail_hash(line, size, writer->hash);
		writer->number = record->number;
		if (writer->segment == 0) {
			writer->segment = record->number;
			writer->opened_unix_ms = garasu_clock_unix_ms();
		}
		writer->segment_bytes += size + 1;
		if (writer->unsealed++ == 0) {
			writer->unsealed_unix_ms = trail_record_unix_ms(record);
		}
	}
	return result;
}

static int put_seal(struct writer *writer, uint64_t unix_ms)
{
	char line[TRAIL_OWN_MAX + 1];
	struct trail_record record;
	ssize_t size;
	int result;

	begin_record(writer, &record, unix_ms);
	record.within_ms = writer->limits.seal_ms;
	size = trail_record_seal(line, &record, writer->key);
	result = size < 0 ? (int)size : put(writer, &record, line, (size_t)size);
	writer->unsealed = result == 0 ? 0 : writer->unsealed;
	return result;
}

static int sync_directory(const struct writer *writer)
{
	int fd = openat(writer->file.directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd >= 0 && fsync(fd) == 0 ? 0 : -errno;

	garasu_fd_close(&fd);
	return result;
}

/* The open segment, which ends in a seal, gets its last name. */
static int close_segment(struct writer *writer)
{
	char name[TRAIL_NAME_SIZE];
	int directory = writer->file.directory;
	int result = writer_sync(writer);

	trail_closed_name(writer->segment, name);
	if (result == 0 && renameat(directory, TRAIL_OPEN_NAME, directory, name) != 0) {
		result = -errno;
	}
	if (result == 0) {
		writer->segment = writer->segment_bytes = 0;
		result = file_open(&writer->file);
	}
	return result == 0 ? sync_directory(writer) : result;
}

int writer_seal(struct writer *writer, uint64_t unix_ms)
{
	int is_due = writer->segment_bytes >= writer->limits.segment_bytes ||
		     unix_ms >= writer->opened_unix_ms + writer->limits.segment_ms;
	int result = 0;

	if (writer->segment == 0) {
		return 0;
	}
	if (writer->unsealed > 0) {
		result = put_seal(writer, unix_ms);
	}
	return result == 0 && is_due ? close_segment(writer) : result;
}

int writer_event(struct writer *writer, const struct garasu_record_event *event)
{
	char line[TRAIL_LINE_MAX + 1];
	struct trail_record record;
	size_t size;
	int result;

	begin_record(writer, &record, event->unix_ms);
	record.sent = event->sent;
	size = audit_make(line, &record, event);
	if (size == 0) {
		garasu_log(GARASU_LOG_ERROR, "unknown_event", "number=%u", event->event);
		return 0;
	}
	result = put(writer, &record, line, size);
	if (result != 0) {
		return result;
	}
	writer->event_number = record.number;
	writer->event_sent = event->sent;
	return writer->segment_bytes >= writer->limits.segment_bytes ||
			       writer->unsealed >= SEAL_RECORDS
		       ? writer_seal(writer, event->unix_ms)
		       : 0;
}

int writer_sync(struct writer *writer)
{
	return writer->file.fd < 0 || fdatasync(writer->file.fd) == 0 ? 0 : -errno;
}

/* ---- the start ---- */

static int write_public(const struct writer *writer)
{
	char *pem = NULL;
	ssize_t size = trail_key_public(writer->key, &pem);
	int directory = writer->file.directory;
	int fd;
	int result;

	if (size < 0) {
		return (int)size;
	}
	fd = openat(
		directory, PUBLIC_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	result = fd < 0 ? -errno : garasu_fd_write_all(fd, pem, (size_t)size);
	garasu_fd_close(&fd);
	free(pem);
	if (result == 0 && renameat(directory, PUBLIC_NEW, directory, TRAIL_PUBLIC_NAME) != 0) {
		result = -errno;
	}
	return result;
}

static int put_start(struct writer *writer, struct found *open)
{
	char line[TRAIL_OWN_MAX + 1];
	struct trail_record record;
	int result = 0;

	if (!open->is_ended) {
		result = file_append(&writer->file, "\n", 1);
		open->torn_bytes += open->torn_bytes > 0;
		writer->segment_bytes++;
	}
	if (result != 0) {
		return result;
	}
	begin_record(writer, &record, garasu_clock_unix_ms());
	record.torn_bytes = open->torn_bytes;
	memcpy(record.torn, open->torn, sizeof(record.torn));
	if (record.torn_bytes > 0) {
		garasu_log(GARASU_LOG_WARNING, "trail_torn", "bytes=%" PRIu64 " behind=%" PRIu64,
			record.torn_bytes, writer->number);
	}
	return put(writer, &record, line, trail_record_start(line, &record));
}

int writer_open(struct writer *writer, int directory, const struct trail_key *key,
	const struct writer_limits *limits)
{
	struct found open;
	int result;

	*writer =
		(struct writer){.file = {.directory = directory, .name = TRAIL_OPEN_NAME, .fd = -1},
			.key = key,
			.limits = *limits};
	result = find_end(writer, &open);
	if (result != 0) {
		return result;
	}
	writer->segment = open.first;
	writer->segment_bytes = open.bytes;
	writer->opened_unix_ms = open.first != 0 ? open.first_unix_ms : garasu_clock_unix_ms();
	result = write_public(writer);
	result = result == 0 ? file_open(&writer->file) : result;
	result = result == 0 ? put_start(writer, &open) : result;
	result = result == 0 ? writer_sync(writer) : result;
	return result == 0 ? sync_directory(writer) : result;
}
