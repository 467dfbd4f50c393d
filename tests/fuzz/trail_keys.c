/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of a file of public keys: it is refused, or it names between one and the most keys, each by
 * the digest of itself alone; and none of them finds a signature good that nobody made.
 * Covers: broker/trail/key.c
 * Dictionary: pem */

#include "key.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t no_signature[TRAIL_SIGNATURE_SIZE] = {1};
	static const uint8_t nobody[TRAIL_HASH_SIZE] = {1};
	static struct trail_keys keys, again;
	int result = trail_keys_read(&keys, (const char *)data, size);

	demand(result == 0 || result == -EBADMSG);
	if (result != 0) {
		return 0;
	}
	demand(keys.count >= 1 && keys.count <= TRAIL_KEYS_MAX);
	ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR); /* that somebody left there */
	demand(trail_keys_read(&again, (const char *)data, size) == 0 && again.count == keys.count);
	for (unsigned i = 0; i < keys.count; i++) {
		demand(memcmp(keys.ids[i], again.ids[i], sizeof(keys.ids[i])) == 0);
		demand(trail_keys_judge(&keys, keys.ids[i], data, size, no_signature) ==
			TRAIL_SIGNATURE_BAD);
	}
	demand(trail_keys_judge(&keys, nobody, data, size, no_signature) ==
		TRAIL_SIGNATURE_OTHER_KEY);
	return 0;
}
