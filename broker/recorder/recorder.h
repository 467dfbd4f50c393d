/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_RECORDER_H
#define GARASU_RECORDER_H

#include "garasu/control.h"
#include "garasu/settings.h"
#include "trail/record.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

/*
 * The recorder: garasu.log from every role's log pipe, the audit trail (trail/trail.h) from the
 * supervisor's typed events. recorder.c runs the loop, pipes.c takes log lines; line.c and audit.c
 * make lines, and are pure; writer.c chains, seals and rotates; file.c appends.
 */

#define RECORDER_LINE_MAX 1000 /* bytes of a role's line */
#define RECORDER_LINES_A_SECOND 100
#define RECORDER_BYTES (1 << 20) /* as written, at once; and then 86 MB a day: */
#define RECORDER_BYTES_A_MS 1

/* ---- line.c ---- */

/* Whose lines they are. */
struct line_source {
	uint16_t role;
	uint32_t request, session;
};

/* Returns the role's name for records, or "?" */
const char *line_role_name(uint16_t role);

#define LINE_SIZE_MIN 160 /* of out: the words in front, and an end */

/* Writes "TIME role=... instance=... session=... LINE\n" with everything but printable ASCII and
 * well-formed UTF-8 escaped as \xNN, and so what is invisible or turns the direction of writing. A
 * line of which some was lost ends in \cut, which no line can say itself. Returns bytes written, at
 * most size, which is at least LINE_SIZE_MIN. */
size_t line_make(char *out, size_t size, uint64_t unix_ms, const struct line_source *source,
	const char *untrusted_line, size_t length, int is_cut);

/* A source's allowance of lines and of bytes: true if one more line may be written now. Its size is
 * taken from bytes afterwards. The clock may jump. */
struct line_rate {
	uint64_t second, filled_ms;
	int64_t bytes; /* may be written; below 0: a last line was longer */
	uint32_t lines, suppressed;
};
int line_rate_allows(struct line_rate *rate, uint64_t unix_ms);

/* Writes the time as RFC 3339 in UTC with milliseconds into 25 bytes; after the year 9999 its end.
 */
void line_time(char out[32], uint64_t unix_ms);

/* ---- audit.c ---- */

/* Writes one event as a JSON object without a line end: *front has number, before and sent; time
 * and name are filled in. Returns bytes, at most TRAIL_LINE_MAX, or 0 for an event number that is
 * not in control.h. */
size_t audit_make(char out[TRAIL_LINE_MAX], const struct trail_record *front,
	const struct garasu_record_event *event);

/* ---- file.c ---- */

/* An append-only file of a directory, opened again when it was rotated away. */
struct file {
	int directory; /* borrowed */
	const char *name;
	int fd; /* -1: not open */
	ino_t inode;
};

int file_open(struct file *file) __attribute__((warn_unused_result));

/* All of it or nothing: half a line would swallow the next one. Returns 0 or negative errno. */
int file_append(struct file *file, const void *bytes, size_t size)
	__attribute__((warn_unused_result));

/* ---- writer.c ---- */

struct writer_limits {
	uint64_t segment_bytes; /* a segment is closed when it has as many */
	uint64_t segment_ms;    /* or is so old */
	uint64_t seal_ms;       /* a record is sealed at most so long after its time */
};

/* The open end of the trail. */
struct writer {
	struct file file;
	const struct trail_key *key; /* borrowed */
	struct writer_limits limits;
	uint64_t number; /* of the last record */
	uint8_t hash[TRAIL_HASH_SIZE];
	uint64_t segment;       /* first number of the open one */
	uint64_t segment_bytes; /* in it so far */
	uint64_t opened_unix_ms;
	uint64_t unsealed;                 /* records behind the last seal */
	uint64_t unsealed_unix_ms;         /* the first one's time */
	uint64_t event_number, event_sent; /* of the last event */
};

/* Finds the end of the trail in a directory, ends a line that was cut short, writes the start of
 * this recorder and the public key's file. Both are borrowed. Returns 0 or negative errno. */
int writer_open(struct writer *writer, int directory, const struct trail_key *key,
	const struct writer_limits *limits) __attribute__((warn_unused_result));

/* Each returns 0 or negative errno, and has then written nothing. An unknown event is logged and
 * left out. */
int writer_event(struct writer *writer, const struct garasu_record_event *event)
	__attribute__((warn_unused_result));

/* Seals what is not sealed yet; closes the segment when its time has come. */
int writer_seal(struct writer *writer, uint64_t unix_ms) __attribute__((warn_unused_result));

/* To the disk. */
int writer_sync(struct writer *writer) __attribute__((warn_unused_result));

/* ---- pipes.c ---- */

struct pipes {
	uv_loop_t *loop;
	struct file log;
	uv_timer_t tell;
	struct pipe *first;
	unsigned count;
	void (*on_none)(void *owner); /* the last one has ended */
	void *owner;
};

int pipes_open(struct pipes *pipes, uv_loop_t *loop, int directory)
	__attribute__((warn_unused_result));

/* Takes fd. */
void pipes_add(struct pipes *pipes, const struct garasu_record_pipe *order, int fd);

/* ---- recorder.c ---- */

/* Runs until the control socket closes and the pipes are drained, or the trail cannot be written.
 * Returns the exit code. */
int recorder_run(int control, int directory, const struct trail_key *key,
	const struct garasu_recorder_settings *settings);

#endif
