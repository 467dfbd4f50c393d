/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes lines of the log. Pure.
 * Reads untrusted bytes from: every role's fd 2. */

#include "recorder.h"

#include "base/utf8.h"
#include "garasu/heritage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TIME_MAX_MS UINT64_C(253402300799999) /* the last that RFC 3339 writes: of year 9999 */

static const char *const role_names[GARASU_ROLE_COUNT] = {
	[GARASU_ROLE_LAUNCHER] = "launcher",
	[GARASU_ROLE_SUPERVISOR] = "supervisor",
	[GARASU_ROLE_RECORDER] = "recorder",
	[GARASU_ROLE_AUTHENTICATOR] = "authenticator",
	[GARASU_ROLE_GATEWAY] = "gateway",
	[GARASU_ROLE_ENCODER] = "encoder",
	[GARASU_ROLE_SESSION] = "session",
	[GARASU_ROLE_EGRESS] = "egress",
	[GARASU_ROLE_WEB] = "web",
};

const char *line_role_name(uint16_t role)
{
	return role < GARASU_ROLE_COUNT && role_names[role] != NULL ? role_names[role] : "?";
}

void line_time(char out[32], uint64_t unix_ms)
{
	time_t seconds;
	struct tm when = {0};
	size_t used;

	unix_ms = unix_ms < TIME_MAX_MS ? unix_ms : TIME_MAX_MS;
	seconds = (time_t)(unix_ms / 1000);
	gmtime_r(&seconds, &when);
	used = strftime(out, 26, "%Y-%m-%dT%H:%M:%S", &when);
	snprintf(out + used, 6, ".%03uZ", (unsigned)(unix_ms % 1000u));
}

/* Reads as it is written: neither a control, nor invisible, nor one that turns the direction. */
static int is_plain(uint32_t character)
{
	return character >= ' ' && character != '\\' && !(character >= 0x7f && character < 0xa0) &&
	       character != 0xad && character != 0x61c && character != 0x180e &&
	       !(character >= 0x200b && character <= 0x200f) &&
	       !(character >= 0x2028 && character <= 0x202e) &&
	       !(character >= 0x2060 && character <= 0x206f) && character != 0xfeff &&
	       !(character >= 0xfff9 && character <= 0xfffb) &&
	       !(character >= 0xe0000 && character <= 0xe0fff);
}

size_t line_make(char *out, size_t size, uint64_t unix_ms, const struct line_source *source,
	const char *untrusted_line, size_t length, int is_cut)
{
	static const char cut[] = "\\cut";
	const uint8_t *at = (const uint8_t *)untrusted_line;
	char when[32];
	size_t used;

	line_time(when, unix_ms);
	used = (size_t)snprintf(out, size, "%s role=%s instance=%u session=%u ", when,
		line_role_name(source->role), source->request, source->session);
	while (length > 0 && used + sizeof(cut) + 4 < size) {
		uint32_t character = 0;
		int bytes = garasu_utf8_decode(at, length, &character);

		if (bytes > 0 && is_plain(character)) {
			memcpy(out + used, at, (size_t)bytes);
			used += (size_t)bytes;
		} else {
			bytes = 1;
			used += (size_t)snprintf(out + used, size - used, "\\x%02x", *at);
		}
		at += bytes;
		length -= (size_t)bytes;
	}
	if (is_cut || length > 0) {
		memcpy(out + used, cut, sizeof(cut) - 1);
		used += sizeof(cut) - 1;
	}
	out[used++] = '\n';
	return used;
}

int line_rate_allows(struct line_rate *rate, uint64_t unix_ms)
{
	uint64_t second = unix_ms / 1000;
	uint64_t more = unix_ms > rate->filled_ms ? unix_ms - rate->filled_ms : 0;

	rate->filled_ms = unix_ms;
	rate->bytes +=
		more < RECORDER_BYTES ? (int64_t)(more * RECORDER_BYTES_A_MS) : RECORDER_BYTES;
	if (rate->bytes > RECORDER_BYTES) {
		rate->bytes = RECORDER_BYTES;
	}
	if (second != rate->second) {
		rate->second = second;
		rate->lines = 0;
	}
	if (rate->lines >= RECORDER_LINES_A_SECOND || rate->bytes <= 0) {
		rate->suppressed++;
		return 0;
	}
	rate->lines++;
	return 1;
}
