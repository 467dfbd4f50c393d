/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random tokens, their hashes, and WebSocket's proof of having read the key. */

#include "digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define KEY_MAX 64u

static EVP_MD *sha1, *sha256; /* OpenSSL's own tables; looked up once, never freed */

int digest_open(void)
{
	sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	return sha1 != NULL && sha256 != NULL && RAND_status() == 1 ? 0 : -ENOSYS;
}

int digest_random(uint8_t token[FORM_TOKEN_BYTES])
{
	return RAND_bytes(token, FORM_TOKEN_BYTES) == 1 ? 0 : -EIO;
}

int digest_hash(const uint8_t token[FORM_TOKEN_BYTES], uint8_t hash[GARASU_TOKEN_HASH_BYTES])
{
	unsigned size = GARASU_TOKEN_HASH_BYTES;

	return EVP_Digest(token, FORM_TOKEN_BYTES, hash, &size, sha256, NULL) == 1 ? 0 : -EIO;
}

int digest_accept(struct request_text key, char accept[DIGEST_ACCEPT_SIZE])
{
	static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	char text[KEY_MAX + sizeof(magic)];
	unsigned char hash[20];
	unsigned size = sizeof(hash);

	if (key.size > KEY_MAX) {
		return -EIO;
	}
	memcpy(text, key.bytes, key.size);
	memcpy(text + key.size, magic, sizeof(magic) - 1);
	if (EVP_Digest(text, key.size + sizeof(magic) - 1, hash, &size, sha1, NULL) != 1) {
		return -EIO;
	}
	return EVP_EncodeBlock((unsigned char *)accept, hash, sizeof(hash)) ==
			       DIGEST_ACCEPT_SIZE - 1
		       ? 0
		       : -EIO;
}
