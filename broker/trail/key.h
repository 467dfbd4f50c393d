/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_TRAIL_KEY_H
#define GARASU_TRAIL_KEY_H

#include "trail/trail.h"

#include <sys/types.h>

/* SHA-256. */
void trail_hash(const void *bytes, size_t size, uint8_t hash[TRAIL_HASH_SIZE]);

/* hash becomes the SHA-256 of itself and these bytes: a digest of pieces. */
void trail_fold(uint8_t hash[TRAIL_HASH_SIZE], const void *bytes, size_t size);

/* ---- the recorder's ---- */

struct trail_key;

/* Reads audit.key from a directory, or makes one there (0400) that is on the disk before this
 * returns. Returns 0, -EBADMSG for a file that is no Ed25519 key, or another negative errno. */
int trail_key_open(int directory, struct trail_key **key) __attribute__((warn_unused_result));
void trail_key_destroy(struct trail_key **key);

/* Fills id with the SHA-256 of the public key. */
void trail_key_id(const struct trail_key *key, uint8_t id[TRAIL_HASH_SIZE]);
int trail_key_sign(const struct trail_key *key, const void *bytes, size_t size,
	uint8_t signature[TRAIL_SIGNATURE_SIZE]) __attribute__((warn_unused_result));

/* Makes the public key's PEM text, which the caller frees. Returns its size or negative errno. */
ssize_t trail_key_public(const struct trail_key *key, char **pem)
	__attribute__((warn_unused_result));

/* ---- the reader's ---- */

#define TRAIL_KEYS_MAX 8u

struct trail_keys {
	unsigned count;
	uint8_t ids[TRAIL_KEYS_MAX][TRAIL_HASH_SIZE];
	uint8_t raw[TRAIL_KEYS_MAX][TRAIL_HASH_SIZE]; /* Ed25519 public keys */
};

/* Reads one or more public keys from PEM text. Returns 0, or -EBADMSG when there is none, too many,
 * or one of another kind. */
int trail_keys_read(struct trail_keys *keys, const char *untrusted_pem, size_t size)
	__attribute__((warn_unused_result));

enum trail_signature {
	TRAIL_SIGNATURE_GOOD,
	TRAIL_SIGNATURE_BAD,
	TRAIL_SIGNATURE_OTHER_KEY, /* none of ours has this id */
};

enum trail_signature trail_keys_judge(const struct trail_keys *keys,
	const uint8_t id[TRAIL_HASH_SIZE], const void *bytes, size_t size,
	const uint8_t signature[TRAIL_SIGNATURE_SIZE]);

#endif
