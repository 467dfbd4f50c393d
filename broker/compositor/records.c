/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input records: bounds, and the joining of pieces. Pure.
 * Reads untrusted bytes from: the input pipe (gateway), the credit pipe (encoder). */

#include "records.h"

#include "base/utf8.h"
#include "garasu/frame.h"

#include <string.h>

void joiner_init(struct garasu_joiner *joiner, size_t maximum)
{
	*joiner = (struct garasu_joiner){.maximum = maximum};
}

void joiner_restart(struct garasu_joiner *joiner)
{
	joiner->size = 0;
	joiner->is_spoilt = 0;
	joiner->bytes[0] = '\0';
}

int joiner_add(struct garasu_joiner *joiner, const struct garasu_input *record)
{
	if (record->count > joiner->maximum - joiner->size ||
		memchr(record->bytes, '\0', record->count) != NULL) {
		joiner->is_spoilt = 1;
	}
	if (!joiner->is_spoilt) {
		memcpy(joiner->bytes + joiner->size, record->bytes, record->count);
		joiner->size += record->count;
		joiner->bytes[joiner->size] = '\0';
	}
	if (record->flag == 0) {
		return 0;
	}
	if (joiner->is_spoilt) {
		joiner_restart(joiner);
		return -1;
	}
	return 1;
}

int record_is_encoders(const struct garasu_input *record)
{
	return record->type == GARASU_INPUT_CREDIT || record->type == GARASU_INPUT_REFRESH;
}

int record_is_sound(const struct garasu_input *record)
{
	if (record->flag > 1) {
		return 0;
	}
	switch ((enum garasu_input_type)record->type) {
	case GARASU_INPUT_KEY_CODE:
		return record->key_code.code > 0 && record->key_code.code < 768;
	case GARASU_INPUT_KEY_SYM:
		return record->key_sym.keysym > 0 && record->key_sym.keysym < 0x20000000u;
	case GARASU_INPUT_GEOMETRY:
		return record->geometry.width >= GARASU_FRAME_SIDE_MIN &&
		       record->geometry.height >= GARASU_FRAME_SIDE_MIN &&
		       record->geometry.scale >= GARASU_SCALE_ONE &&
		       record->geometry.scale <= GARASU_SCALE_MAX;
	case GARASU_INPUT_TEXT:
	case GARASU_INPUT_PREEDIT:
	case GARASU_INPUT_ADDRESS:
		return record->count <= GARASU_INPUT_TEXT_BYTES;
	case GARASU_INPUT_POINTER:
	case GARASU_INPUT_WHEEL:
	case GARASU_INPUT_FOCUS:
	case GARASU_INPUT_CREDIT:
	case GARASU_INPUT_REFRESH:
		return 1;
	}
	return 0;
}

int text_is_sound(const char *text, size_t size)
{
	return garasu_utf8_length((const uint8_t *)text, size) > 0;
}

int address_is_sound(const char *address, size_t size)
{
	if (size < 8 || size > GARASU_INPUT_ADDRESS_MAX ||
		(strncmp(address, "http://", 7) != 0 && strncmp(address, "https://", 8) != 0)) {
		return 0;
	}
	for (size_t i = 0; i < size; i++) {
		if (address[i] <= ' ' || address[i] >= 0x7f) {
			return 0;
		}
	}
	return 1;
}
