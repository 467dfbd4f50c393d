/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests and signatures: the one place of the trail where OpenSSL is met.
 * Reads untrusted bytes from: a file of public keys, and seals of a trail. */

#include "trail/key.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_NAME "audit.key"
#define KEY_NEW "audit.key.new"
#define KEY_FILE_MAX 4096u

struct trail_key {
	EVP_PKEY *pair;
	uint8_t id[TRAIL_HASH_SIZE];
};

void trail_hash(const void *bytes, size_t size, uint8_t hash[TRAIL_HASH_SIZE])
{
	GARASU_INVARIANT(SHA256(bytes, size, hash) != NULL);
}

void trail_fold(uint8_t hash[TRAIL_HASH_SIZE], const void *bytes, size_t size)
{
	uint8_t both[2 * TRAIL_HASH_SIZE];

	memcpy(both, hash, TRAIL_HASH_SIZE);
	trail_hash(bytes, size, both + TRAIL_HASH_SIZE);
	trail_hash(both, sizeof(both), hash);
}

/* ---- the recorder's ---- */

/* Returns 0, or -EBADMSG for another kind of key. */
static int identify(EVP_PKEY *pair, uint8_t id[TRAIL_HASH_SIZE])
{
	unsigned char *der = NULL;
	int size = EVP_PKEY_is_a(pair, "ED25519") ? i2d_PUBKEY(pair, &der) : -1;

	if (size <= 0) {
		return -EBADMSG;
	}
	trail_hash(der, (size_t)size, id);
	OPENSSL_free(der);
	return 0;
}

static int read_key(int directory, EVP_PKEY **pair)
{
	char *text = NULL;
	int fd = openat(directory, KEY_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t size = fd < 0 ? -errno : garasu_fd_read_all(fd, &text, KEY_FILE_MAX);
	BIO *bytes;

	garasu_fd_close(&fd);
	if (size < 0) {
		return (int)size;
	}
	bytes = BIO_new_mem_buf(text, (int)size);
	*pair = bytes != NULL ? PEM_read_bio_PrivateKey(bytes, NULL, NULL, NULL) : NULL;
	BIO_free(bytes);
	garasu_secret_wipe(text, (size_t)size);
	free(text);
	return *pair != NULL ? 0 : -EBADMSG;
}

static int write_key(int directory, EVP_PKEY *pair)
{
	BIO *bytes = BIO_new(BIO_s_secmem());
	char *text;
	long size;
	int fd = -1;
	int result = -ENOMEM;

	if (bytes != NULL && PEM_write_bio_PrivateKey(bytes, pair, NULL, NULL, 0, NULL, NULL)) {
		size = BIO_get_mem_data(bytes, &text);
		(void)unlinkat(directory, KEY_NEW, 0); /* of a start that was cut short */
		fd = openat(directory, KEY_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
		result = fd < 0 ? -errno : garasu_fd_write_all(fd, text, (size_t)size);
		if (result == 0 && fsync(fd) != 0) {
			result = -errno;
		}
	}
	BIO_free(bytes);
	garasu_fd_close(&fd);
	if (result == 0 && renameat(directory, KEY_NEW, directory, KEY_NAME) != 0) {
		result = -errno;
	}
	fd = result == 0 ? openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0 && fsync(fd) != 0) {
		result = -errno;
	}
	garasu_fd_close(&fd);
	return result;
}

int trail_key_open(int directory, struct trail_key **key)
{
	struct trail_key *made = calloc(1, sizeof(*made));
	uint8_t signature[TRAIL_SIGNATURE_SIZE];
	int result;

	if (made == NULL || !OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL)) {
		free(made);
		return -ENOMEM;
	}
	result = read_key(directory, &made->pair);
	if (result == -ENOENT) {
		made->pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		result = made->pair != NULL ? write_key(directory, made->pair) : -ENOMEM;
	}
	if (result == 0) {
		result = identify(made->pair, made->id);
	}
	if (result == 0) { /* what OpenSSL loads at first use, it loads before any lock */
		result = trail_key_sign(made, "", 0, signature);
	}
	if (result != 0) {
		trail_key_destroy(&made);
		return result;
	}
	*key = made;
	return 0;
}

void trail_key_destroy(struct trail_key **key)
{
	if (*key != NULL) {
		EVP_PKEY_free((*key)->pair);
		free(*key);
		*key = NULL;
	}
}

void trail_key_id(const struct trail_key *key, uint8_t id[TRAIL_HASH_SIZE])
{
	memcpy(id, key->id, TRAIL_HASH_SIZE);
}

int trail_key_sign(const struct trail_key *key, const void *bytes, size_t size,
	uint8_t signature[TRAIL_SIGNATURE_SIZE])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t length = TRAIL_SIGNATURE_SIZE;
	int is_done = context != NULL &&
		      EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) == 1 &&
		      EVP_DigestSign(context, signature, &length, bytes, size) == 1;

	EVP_MD_CTX_free(context);
	return is_done && length == TRAIL_SIGNATURE_SIZE ? 0 : -ENOMEM;
}

ssize_t trail_key_public(const struct trail_key *key, char **pem)
{
	BIO *bytes = BIO_new(BIO_s_mem());
	ssize_t size = -ENOMEM;
	char *text;

	if (bytes != NULL && PEM_write_bio_PUBKEY(bytes, key->pair)) {
		size = BIO_get_mem_data(bytes, &text);
		*pem = strndup(text, (size_t)size);
		size = *pem != NULL ? size : -ENOMEM;
	}
	BIO_free(bytes);
	return size;
}

/* ---- the reader's ---- */

static int add_key(struct trail_keys *keys, EVP_PKEY *key)
{
	size_t size = TRAIL_HASH_SIZE;
	int result =
		keys->count < TRAIL_KEYS_MAX ? identify(key, keys->ids[keys->count]) : -EBADMSG;

	if (result == 0 && (EVP_PKEY_get_raw_public_key(key, keys->raw[keys->count], &size) != 1 ||
				   size != TRAIL_HASH_SIZE)) {
		result = -EBADMSG;
	}
	keys->count += result == 0;
	return result;
}

/* A file that asks for a pass phrase has no public key of ours, and nobody is asked. */
static int refuse_phrase(char *phrase, int size, int is_new, void *context)
{
	(void)phrase;
	(void)size;
	(void)is_new;
	(void)context;
	return -1;
}

int trail_keys_read(struct trail_keys *keys, const char *untrusted_pem, size_t size)
{
	BIO *bytes = size <= KEY_FILE_MAX * TRAIL_KEYS_MAX
			     ? BIO_new_mem_buf(untrusted_pem, (int)size)
			     : NULL;
	int result = 0;

	memset(keys, 0, sizeof(*keys));
	while (bytes != NULL && result == 0) {
		EVP_PKEY *key;

		ERR_clear_error(); /* the library reads another's mistakes as its own */
		key = PEM_read_bio_PUBKEY(bytes, NULL, refuse_phrase, NULL);
		if (key == NULL) {
			break;
		}
		result = add_key(keys, key);
		EVP_PKEY_free(key);
	}
	ERR_clear_error();
	BIO_free(bytes);
	return keys->count > 0 ? result : -EBADMSG;
}

enum trail_signature trail_keys_judge(const struct trail_keys *keys,
	const uint8_t id[TRAIL_HASH_SIZE], const void *bytes, size_t size,
	const uint8_t signature[TRAIL_SIGNATURE_SIZE])
{
	for (unsigned i = 0; i < keys->count; i++) {
		EVP_PKEY *key;
		EVP_MD_CTX *context;
		int is_good;

		if (memcmp(keys->ids[i], id, TRAIL_HASH_SIZE) != 0) {
			continue;
		}
		key = EVP_PKEY_new_raw_public_key(
			EVP_PKEY_ED25519, NULL, keys->raw[i], TRAIL_HASH_SIZE);
		context = EVP_MD_CTX_new();
		is_good = key != NULL && context != NULL &&
			  EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
			  EVP_DigestVerify(context, signature, TRAIL_SIGNATURE_SIZE, bytes, size) ==
				  1;
		EVP_MD_CTX_free(context);
		EVP_PKEY_free(key);
		return is_good ? TRAIL_SIGNATURE_GOOD : TRAIL_SIGNATURE_BAD;
	}
	return TRAIL_SIGNATURE_OTHER_KEY;
}
