/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Law: whatever a role says is one line behind its own name, of plain characters only, and every
 * byte of it can be read back.
 * Covers: broker/recorder/line.c */

#include "recorder.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static void demand(int holds)
{
	if (!holds) {
		abort();
	}
}

static int hex(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct line_source source = {.role = 7, .request = 1, .session = 2};
	static const char front[] = "1970-01-01T00:00:00.000Z role=session instance=1 session=2 ";
	static char out[RECORDER_LINE_MAX * 4 + 256];
	size_t room = sizeof(out);
	size_t used;
	size_t read_back = 0;
	size_t at = sizeof(front) - 1;

	if (size > RECORDER_LINE_MAX) {
		size = RECORDER_LINE_MAX;
	}
	used = line_make(out, room, 0, &source, (const char *)data, size, 0);
	demand(used > at && used <= room && memcmp(out, front, at) == 0);
	demand(memchr(out, '\n', used) == out + used - 1);
	demand(garasu_utf8_length((const uint8_t *)out, used - 1) > 0);
	for (size_t i = 0; i < used - 1; i++) {
		demand((uint8_t)out[i] >= ' ' && out[i] != 0x7f);
	}
	for (; at < used - 1; read_back++) {
		int byte = (uint8_t)out[at++];

		if (byte == '\\') {
			demand(used - 1 - at >= 3 && out[at] == 'x');
			byte = hex(out[at + 1]) * 16 + hex(out[at + 2]);
			at += 3;
		}
		demand(read_back < size && data[read_back] == byte);
	}
	demand(read_back == size);
	return 0;
}
