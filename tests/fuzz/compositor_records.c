/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the input records: what joins is at most its bound, terminated, without zeroes, and the
 * very bytes of the sound records since the last end; a sound address holds no control.
 * Covers: broker/compositor/records.c */

#include "records.h"

#include "base/utf8.h"
#include "garasu/rfb.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int fact)
{
	if (!fact) {
		abort();
	}
}

struct reference {
	uint8_t bytes[1 << 16];
	size_t size;
	size_t maximum;
};

static void check_address(const struct garasu_joiner *joiner)
{
	if (!address_is_sound(joiner->bytes, joiner->size)) {
		return;
	}
	require(strncmp(joiner->bytes, "http", 4) == 0);
	for (size_t i = 0; i < joiner->size; i++) {
		require(joiner->bytes[i] > ' ' && joiner->bytes[i] < 0x7f);
	}
}

static void join(struct garasu_joiner *joiner, struct reference *reference,
	const struct garasu_input *record)
{
	int result = joiner_add(joiner, record);

	memcpy(reference->bytes + reference->size, record->bytes, record->count);
	reference->size += record->count;
	require(joiner->size <= reference->maximum && joiner->bytes[joiner->size] == '\0');
	require(record->flag == 0 ? result == 0 : result != 0);
	if (record->flag == 0) {
		return;
	}
	require((result == 1) == (reference->size <= reference->maximum &&
					 memchr(reference->bytes, 0, reference->size) == NULL));
	if (result == 1) {
		require(joiner->size == reference->size &&
			memcmp(joiner->bytes, reference->bytes, joiner->size) == 0);
		require(text_is_sound(joiner->bytes, joiner->size) ==
			(garasu_utf8_length(reference->bytes, reference->size) > 0));
		check_address(joiner);
		joiner_restart(joiner);
	}
	require(joiner->size == 0);
	reference->size = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct garasu_joiner text, preedit, address;
	static struct reference texts, preedits, addresses;

	if (size > sizeof(texts.bytes)) {
		return 0;
	}
	joiner_init(&text, GARASU_INPUT_TEXT_MAX);
	joiner_init(&address, GARASU_INPUT_ADDRESS_MAX);
	joiner_init(&preedit, GARASU_RFB_PREEDIT_MAX);
	texts.size = preedits.size = addresses.size = 0;
	preedits.maximum = GARASU_RFB_PREEDIT_MAX;
	texts.maximum = GARASU_INPUT_TEXT_MAX;
	addresses.maximum = GARASU_INPUT_ADDRESS_MAX;
	for (size_t at = 0; size - at >= GARASU_INPUT_BYTES; at += GARASU_INPUT_BYTES) {
		struct garasu_input record;

		memcpy(&record, data + at, sizeof(record));
		if (!record_is_sound(&record)) {
			continue;
		}
		require(record.type >= GARASU_INPUT_KEY_CODE &&
			record.type <= GARASU_INPUT_PREEDIT && record.flag <= 1);
		if (record.type == GARASU_INPUT_TEXT) {
			join(&text, &texts, &record);
		} else if (record.type == GARASU_INPUT_PREEDIT) {
			join(&preedit, &preedits, &record);
		} else if (record.type == GARASU_INPUT_ADDRESS) {
			join(&address, &addresses, &record);
		}
	}
	return 0;
}
