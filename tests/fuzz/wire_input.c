/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the input records: whatever a viewer says, every record is in bounds, and the pieces of a
 * text are the text. The first four bytes are the picture's size.
 * Covers: broker/wire/input.c broker/wire/keycodes.c
 * Dictionary: rfb */

#include "wire/input.h"

#include "base/utf8.h"
#include "garasu/frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define GUARD 0xa5

static uint16_t width, height;

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

static void check_position(uint16_t x, uint16_t y)
{
	demand(width > 0 ? x < width : x == 0);
	demand(height > 0 ? y < height : y == 0);
}

static void check_record(const struct garasu_input *record)
{
	demand(record->flag <= 1);
	switch ((enum garasu_input_type)record->type) {
	case GARASU_INPUT_KEY_CODE:
		demand(record->key_code.code > 0 && record->key_code.code < 768);
		return;
	case GARASU_INPUT_KEY_SYM:
		demand(record->key_sym.keysym > 0 && record->key_sym.keysym < 0x20000000u);
		return;
	case GARASU_INPUT_POINTER:
		demand(record->pointer.buttons <= 7);
		check_position(record->pointer.x, record->pointer.y);
		return;
	case GARASU_INPUT_WHEEL:
		demand(record->wheel.dx != 0 || record->wheel.dy != 0);
		check_position(record->wheel.x, record->wheel.y);
		return;
	case GARASU_INPUT_GEOMETRY:
		demand(record->geometry.width >= GARASU_FRAME_SIDE_MIN &&
			record->geometry.width <= GARASU_FRAME_WIDTH_LIMIT);
		demand(record->geometry.height >= GARASU_FRAME_SIDE_MIN &&
			record->geometry.height <= GARASU_FRAME_HEIGHT_LIMIT);
		demand(record->geometry.scale >= GARASU_SCALE_ONE &&
			record->geometry.scale <= GARASU_SCALE_MAX);
		return;
	case GARASU_INPUT_TEXT:
	case GARASU_INPUT_ADDRESS:
		demand(record->count > 0 && record->count <= GARASU_INPUT_TEXT_BYTES);
		demand(garasu_utf8_length(record->bytes, record->count) > 0);
		return;
	case GARASU_INPUT_PREEDIT:
		demand(record->count <= GARASU_INPUT_TEXT_BYTES);
		demand(garasu_utf8_length(record->bytes, record->count) >= 0);
		return;
	case GARASU_INPUT_FOCUS:
		return;
	case GARASU_INPUT_CREDIT:
	case GARASU_INPUT_REFRESH:
		break;
	}
	demand(0); /* not the gateway's to write */
}

static void check_text(
	const struct wire_client_message *message, const struct garasu_input *records, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		demand(size + records[i].count <= message->text.size);
		demand(memcmp(message->text.bytes + size, records[i].bytes, records[i].count) == 0);
		size += records[i].count;
		demand(records[i].flag == (i == count - 1));
	}
	demand(size == message->text.size);
}

/* Every character of a paste arrives: as itself, as a space, or as a key's press and release. */
static void check_paste(
	const struct wire_client_message *message, const struct garasu_input *records, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		if (records[i].type == GARASU_INPUT_KEY_CODE) {
			size += records[i].flag;
			continue;
		}
		for (size_t j = 0; j < records[i].count; j++, size++) {
			demand(size < message->text.size);
			demand(records[i].bytes[j] == message->text.bytes[size] ||
				(records[i].bytes[j] == ' ' && message->text.bytes[size] < ' '));
			demand(records[i].bytes[j] >= ' ');
		}
	}
	demand(size == message->text.size);
}

static void check_message(struct wire_input *input, const struct wire_client_message *message)
{
	struct {
		struct garasu_input records[WIRE_RECORDS_MAX];
		uint8_t guard[sizeof(struct garasu_input)];
	} out;
	size_t count;

	memset(&out, GUARD, sizeof(out));
	count = wire_input_records(input, message, width, height, out.records);
	demand(count <= WIRE_RECORDS_MAX);
	for (size_t i = 0; i < count; i++) {
		check_record(&out.records[i]);
	}
	for (size_t i = 0; i < sizeof(out.guard); i++) {
		demand(out.guard[i] == GUARD);
	}
	if (message->kind == WIRE_CLIENT_TEXT || message->kind == WIRE_CLIENT_ADDRESS ||
		message->kind == WIRE_CLIENT_PREEDIT) {
		check_text(message, out.records, count);
	}
	if (message->kind == WIRE_CLIENT_PASTE) {
		check_paste(message, out.records, count);
		input->paste_returns = !input->paste_returns;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_client client = {.is_greeted = 1, .speaks_garasu = 1};
	struct wire_input input = {.scale = GARASU_SCALE_ONE};

	if (size < 4) {
		return 0;
	}
	width = (uint16_t)(data[0] << 8 | data[1]);
	height = (uint16_t)(data[2] << 8 | data[3]);
	for (size_t at = 4; at < size;) {
		struct wire_client_message message;
		ssize_t taken = wire_client_next(&client, data + at, size - at, &message);

		if (taken <= 0) {
			break;
		}
		check_message(&input, &message);
		at += (size_t)taken;
	}
	return 0;
}
