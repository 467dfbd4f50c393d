/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_TRAIL_CHECK_H
#define GARASU_TRAIL_CHECK_H

#include "trail/anchor.h"
#include "trail/folder.h"

/*
 * Whether a trail is the one that was written: every line in turn goes through one struct, and what
 * is wrong is a list of faults, each with the numbers of the records that it is about. Pure.
 */

enum trail_fault_kind {
	TRAIL_FAULT_CHANGED = 1, /* the bytes of first (or last) are not those that were written */
	TRAIL_FAULT_MISSING,     /* first to last are not there */
	TRAIL_FAULT_MOVED,       /* first stands twice or in another's place */
	TRAIL_FAULT_UNREADABLE,  /* a line that is no record, where first should be */
	TRAIL_FAULT_TORN,        /* first tells of a torn line that is not the one before it */
	TRAIL_FAULT_SIGNATURE,   /* first to last are not what the seal, last, was made over */
	TRAIL_FAULT_OTHER_KEY,   /* the seal first was made with a key that is not given */
	TRAIL_FAULT_UNSEALED,    /* a closed segment whose last record, first, is no seal */
	TRAIL_FAULT_NAME,        /* a closed segment whose file's name is not its first record's */
	TRAIL_FAULT_CUT,         /* first to last, which the anchor knows, are cut off the end */
	TRAIL_FAULT_NOT_ANCHOR,  /* first is not the record of the anchor */
	TRAIL_FAULT_ANCHOR,      /* the anchor's own signature is not good */
	TRAIL_FAULT_NO_SEAL,     /* no record is covered by a signature */
	TRAIL_FAULT_TAIL,        /* first to last are more than a recorder leaves unsealed */
	TRAIL_FAULT_TAIL_TIME,   /* first to last: one is too old to be unsealed, or of later */
	TRAIL_FAULT_COUNT,
};

struct trail_fault {
	enum trail_fault_kind kind;
	uint64_t first, last;
	size_t segment; /* of the folder */
	uint64_t line;  /* 0: none */
};

#define TRAIL_FAULTS_MAX 100u

struct trail_check {
	const struct trail_keys *keys; /* borrowed */
	const struct trail_anchor *anchor;
	/* of the whole */
	uint64_t first, last;   /* numbers; 0: none yet */
	uint64_t seals, sealed; /* how many, and the last one's number */
	uint64_t unsealed;      /* records behind the last good seal */
	uint64_t torn;          /* lines cut short that a start explains */
	int is_cut_last;        /* the last line has no end: written just now, or cut short */
	size_t fault_count;     /* also those beyond the list's room */
	struct trail_fault faults[TRAIL_FAULTS_MAX];
	/* of the way */
	uint64_t at_unix_ms;           /* when the trail is looked at */
	uint64_t within_ms;            /* as the last good seal says */
	uint64_t oldest_ms, newest_ms; /* of the unsealed */
	uint64_t expected;             /* number of the next */
	uint8_t hash[TRAIL_HASH_SIZE]; /* of the last */
	int knows_hash;
	uint64_t suspect; /* its "before" is not the hash of the record before; 0 */
	uint8_t torn_hash[TRAIL_HASH_SIZE];
	uint64_t torn_bytes, torn_line; /* of lines since the last record that are none */
	size_t segment;
	int is_open, is_first_line, ends_sealed;
	uint64_t segment_first;
};

/* after: the seal that the trail follows, when earlier segments are kept elsewhere, or NULL. anchor
 * may be NULL. All are borrowed. at_unix_ms: when the trail was as it is, which judges the age of
 * what is not sealed; 0: nothing does. */
void trail_check_begin(struct trail_check *check, const struct trail_keys *keys,
	const struct trail_anchor *anchor, const struct trail_anchor *after, uint64_t at_unix_ms);

/* The next lines are of this segment; its file's name says that it begins with record first. */
void trail_check_segment(struct trail_check *check, size_t segment, int is_open, uint64_t first);
void trail_check_line(struct trail_check *check, const struct trail_line *line);

/* There are no more. Returns how many faults were found. */
size_t trail_check_end(struct trail_check *check);

/* All of a directory. Fills check and folder, which the caller finishes. Returns 0 or negative
 * errno when it could not be read. */
int trail_check_folder(struct trail_check *check, struct trail_folder *folder, int directory)
	__attribute__((warn_unused_result));

#endif
