/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the audit trail's records: whatever texts and numbers an event brings, its record is one
 * line, an object of names with texts or numbers, each name once, and the verifier reads it. The
 * input is a record of control.h, its texts cut to their sizes as base/control.c does.
 * Covers: broker/recorder/audit.c */

#include "recorder.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

/* Moves *at behind a JSON text. Returns the bytes between its quotes. */
static size_t skip_text(const char *line, size_t size, size_t *at)
{
	size_t first = *at + 1;

	demand(*at < size && line[*at] == '"');
	for (*at = first; *at < size && line[*at] != '"'; (*at)++) {
		if (line[*at] != '\\') {
			continue;
		}
		(*at)++;
		demand(*at < size && strchr("\"\\u", line[*at]) != NULL);
		for (int digits = line[*at] == 'u' ? 4 : 0; digits > 0; digits--) {
			(*at)++;
			demand(*at < size && isxdigit((unsigned char)line[*at]));
		}
	}
	demand(*at < size);
	(*at)++;
	return *at - 1 - first;
}

static void skip_number(const char *line, size_t size, size_t *at)
{
	size_t first = *at;

	while (*at < size && isdigit((unsigned char)line[*at])) {
		(*at)++;
	}
	demand(*at > first && *at - first <= 20 && (line[first] != '0' || *at == first + 1));
}

static void check_object(const char *line, size_t size)
{
	struct {
		const char *bytes;
		size_t size;
	} names[NAMES_MAX];
	size_t count = 0, at = 0;

	do {
		demand(at < size && line[at] == (count == 0 ? '{' : ',') && count < NAMES_MAX);
		at++;
		names[count].bytes = line + at + 1;
		names[count].size = skip_text(line, size, &at);
		for (size_t i = 0; i < count; i++) {
			demand(names[i].size != names[count].size ||
				memcmp(names[i].bytes, names[count].bytes, names[i].size) != 0);
		}
		count++;
		demand(at + 1 < size && line[at] == ':');
		at++;
		if (line[at] == '"') {
			skip_text(line, size, &at);
		} else {
			skip_number(line, size, &at);
		}
	} while (at < size && line[at] != '}');
	demand(at + 1 == size);
}

static void check_line(
	const char *line, size_t size, const struct trail_record *front, uint32_t event)
{
	struct trail_record record;

	for (size_t i = 0; i < size; i++) {
		demand((uint8_t)line[i] >= ' ' && line[i] != 0x7f);
	}
	demand(garasu_utf8_length((const uint8_t *)line, size) > 0);
	check_object(line, size);
	demand(trail_record_read(&record, line, size) == 0);
	demand(record.number == front->number && record.sent == front->sent);
	demand(record.kind == TRAIL_EVENT && event < GARASU_EVENT_COUNT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct garasu_record_event event = {0};
	struct trail_record front = {.number = 2, .sent = 1};
	char *line = malloc(TRAIL_LINE_MAX);
	size_t used;

	demand(line != NULL);
	memcpy(&event, data, size < sizeof(event) ? size : sizeof(event));
	event.user[sizeof(event.user) - 1] = '\0';
	event.text[sizeof(event.text) - 1] = '\0';
	used = audit_make(line, &front, &event);
	demand(used <= TRAIL_LINE_MAX);
	demand(used > 0 || event.event == 0 || event.event >= GARASU_EVENT_COUNT ||
		event.value_count > GARASU_EVENT_VALUES_MAX);
	if (used > 0) {
		check_line(line, used, &front, event.event);
	}
	free(line);
	return 0;
}
