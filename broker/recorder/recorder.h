/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_RECORDER_H
#define GARASU_RECORDER_H

#include "garasu/control.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The recorder: garasu.log from every role's log pipe, audit.jsonl from the supervisor's typed
 * events. recorder.c runs the loop; line.c and audit.c make lines, and are pure.
 */

#define RECORDER_LINE_MAX 1000 /* bytes of a role's line */
#define RECORDER_LINES_A_SECOND 100

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

/* A source's allowance: true if one more line may be written in this second. */
struct line_rate {
	uint64_t second;
	uint32_t lines, suppressed;
};
int line_rate_allows(struct line_rate *rate, uint64_t unix_ms);

/* Writes the time as RFC 3339 in UTC with milliseconds into 25 bytes. */
void line_time(char out[32], uint64_t unix_ms);

/* ---- audit.c ---- */

/* Writes one event as a JSON object with a line end. Returns bytes, or 0 for an event number that
 * is not in control.h. */
size_t audit_make(char *out, size_t size, uint64_t number, const struct garasu_record_event *event);

/* ---- recorder.c ---- */

/* Runs until the control socket closes and the pipes are drained. Returns the exit code. */
int recorder_run(int control, int directory);

#endif
