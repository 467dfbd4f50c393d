/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_TRAIL_RECORD_H
#define GARASU_TRAIL_RECORD_H

#include "trail/key.h"

enum trail_kind {
	TRAIL_EVENT,
	TRAIL_SEAL,
	TRAIL_STARTED, /* of a recorder */
};

#define TRAIL_TIME_SIZE 24u  /* 2026-01-02T03:04:05.678Z */
#define TRAIL_EVENT_SIZE 32u /* name with its terminator: a-z and _ */

/* What stands at the front of every record, and what seals and starts say. */
struct trail_record {
	uint64_t number;
	uint8_t before[TRAIL_HASH_SIZE];
	char time[TRAIL_TIME_SIZE + 1];
	uint64_t sent; /* 0: not the supervisor's */
	char event[TRAIL_EVENT_SIZE];
	enum trail_kind kind;
	/* SEAL */
	uint64_t segment;
	uint64_t within_ms; /* what it writes is sealed; 0: an old seal, which does not say */
	uint8_t key[TRAIL_HASH_SIZE];
	size_t signed_size; /* bytes of the line that the signature is over */
	uint8_t signature[TRAIL_SIGNATURE_SIZE];
	/* STARTED */
	uint64_t torn_bytes; /* line ends included; 0: none */
	uint8_t torn[TRAIL_HASH_SIZE];
};

/* Reads one line without its end. Fills record. Returns 0, or -EBADMSG when it is no record. Behind
 * the event's name only seals and starts are read. */
int trail_record_read(struct trail_record *record, const char *untrusted_line, size_t size)
	__attribute__((warn_unused_result));

/* Its time in milliseconds since 1970; 0: before that. */
uint64_t trail_record_unix_ms(const struct trail_record *record);

#define TRAIL_FRONT_MAX 256u

/* Writes number, before, time, sent and event of record, and no end. Returns bytes, at most
 * TRAIL_FRONT_MAX. */
size_t trail_record_front(char out[TRAIL_FRONT_MAX], const struct trail_record *record);

#define TRAIL_OWN_MAX 640u

/* Writes a whole seal, signed, or a whole start, without a line end. Returns bytes or negative
 * errno. */
ssize_t trail_record_seal(char out[TRAIL_OWN_MAX], const struct trail_record *record,
	const struct trail_key *key) __attribute__((warn_unused_result));
size_t trail_record_start(char out[TRAIL_OWN_MAX], const struct trail_record *record);

#endif
