/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_TRAIL_H
#define GARASU_TRAIL_H

#include <stddef.h>
#include <stdint.h>

/*
 * The audit trail's form: who writes it (the recorder) and who reads it (garasuctl, offline) share
 * this folder and nothing else.
 *
 * A trail is a directory of segments: audit-<first number, 20 digits>.jsonl, closed, and
 * audit.jsonl, open. A record is one line, a JSON object:
 *
 *   {"number":N,"before":"H","time":"T"[,"sent":S],"event":"E", ... }
 *
 * N counts from 1 without a gap, through all segments. H is the SHA-256, in hex, of the bytes of
 * the record before, without its line end; 64 zeroes for record 1. S is the supervisor's own count.
 *
 * Every so often, and last in every closed segment, stands a seal: event "seal" with the number of
 * the segment's first record, within how many milliseconds the recorder seals what it writes, the
 * SHA-256 of the public key's DER form, and an Ed25519 signature over the line's own bytes up to
 * and without ,"signature" . A seal that was copied elsewhere is an anchor: the trail must hold the
 * same line. Behind the last seal there are never more than TRAIL_UNSEALED_MAX records, nor older
 * ones than that seal says.
 *
 * Event "recorder_started" is written first by every recorder. Where it found bytes behind the last
 * whole record (it was killed while it wrote), it ends their line, leaves them where they are and
 * says how many they are, and their digest (trail_fold).
 */

#define TRAIL_OPEN_NAME "audit.jsonl"
#define TRAIL_PUBLIC_NAME "audit.pub"
#define TRAIL_UNSEALED_MAX 256u
#define TRAIL_LINE_MAX 8192u /* bytes of a record, without its line end */
#define TRAIL_HASH_SIZE 32u
#define TRAIL_SIGNATURE_SIZE 64u

/* As hex with its terminator. */
#define TRAIL_HASH_TEXT (TRAIL_HASH_SIZE * 2 + 1)

#endif
