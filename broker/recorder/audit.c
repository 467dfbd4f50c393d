/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes one JSON object of a typed event. Pure. The names of values are the documentation of the
 * audit trail: an event's own come first, in the order of control.h. */

#include "recorder.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct event_form {
	const char *name;
	const char *text;                                /* the text's name, or NULL */
	const char *values[GARASU_EVENT_VALUES_MAX + 1]; /* ended by NULL */
};

static const struct event_form forms[GARASU_EVENT_COUNT] = {
	[GARASU_EVENT_BROKER_STARTED] = {"broker_started", "version", {NULL}},
	[GARASU_EVENT_BROKER_STOPPED] = {"broker_stopped", NULL, {NULL}},
	[GARASU_EVENT_LOGIN] = {"login", "client", {"state", NULL}},
	[GARASU_EVENT_SESSION_STARTED] = {"session_started", "browser", {"from_pool", NULL}},
	[GARASU_EVENT_SESSION_RESUMED] = {"session_resumed", "client", {NULL}},
	[GARASU_EVENT_SESSION_DETACHED] = {"session_detached", NULL, {NULL}},
	[GARASU_EVENT_SESSION_ENDED] = {"session_ended", NULL,
		{"state", "frames", "kilobytes", "cpu_ms", "first_picture_ms", "refine_kilobytes",
			NULL}},
	[GARASU_EVENT_CONFORMITY] = {"conformity", "client",
		{"bytes_to_viewer", "bytes_from_viewer", "pixel_format", "encodings",
			"update_request", "key", "pointer", "wheel", "text", "geometry", "focus",
			"address", "continuous", "client_fence", "cut_text_discarded",
			"client_init", "key_code", "desktop_size", "update", "rect_pixels",
			"rect_copy", "rect_pointer", "rect_size", "rect_caret", "rect_led",
			"server_fence", "end_continuous", "server_init", "rect_key_codes",
			"rect_garasu", "rect_last", "state", "message", "paste", "policy",
			"preedit", "refused_from_viewer", "refused_from_encoder", "is_final",
			NULL}},
	[GARASU_EVENT_REFUSED] = {"refused", "client", {"refusal", "detail", "times", NULL}},
	[GARASU_EVENT_CONNECTION] = {"connection", "host",
		{"verdict", "port", "bytes_up", "bytes_down", "ms", NULL}},
	[GARASU_EVENT_ADMIN] = {"admin", "command", {"times", NULL}},
	[GARASU_EVENT_CUT_OFF] = {"cut_off", "scope", {"is_set", NULL}},
	[GARASU_EVENT_ROLE_DIED] = {"role_died", "how", {"role", "status", NULL}},
	[GARASU_EVENT_SESSION_DESTROYED] = {"session_destroyed", NULL, {"processes_left", NULL}},
	[GARASU_EVENT_SESSION_PARKED] = {"session_parked", NULL, {NULL}},
	[GARASU_EVENT_SESSION_POOLED] = {"session_pooled", "browser", {NULL}},
	[GARASU_EVENT_CONFIGURATION] = {"configuration", "sha256", {"is_changed", NULL}},
	[GARASU_EVENT_SELF_TEST] = {"self_test", "report_sha256",
		{"passed", "failed", "not_checked", NULL}},
	[GARASU_EVENT_WEB_LOGIN_ENDED] = {"web_login_ended", "why", {NULL}},
	[GARASU_EVENT_ADDRESS_OPENED] = {"address_opened", "site", {NULL}},
	[GARASU_EVENT_LOST] = {"events_lost", NULL, {"events", NULL}},
};

static const char *const verdict_names[GARASU_EGRESS_VERDICT_COUNT] = {"allowed", "denied_address",
	"denied_name", "denied_port", "unresolved", "unreachable", "bad_request", "limit",
	"upstream_refused", "upstream_failed"};

static size_t add_text(char *out, size_t size, const char *name, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t length = strlen(text);
	size_t used = (size_t)snprintf(out, size, ",\"%s\":\"", name);

	while (length > 0 && used + 8 < size) {
		uint32_t character = 0;
		int bytes = garasu_utf8_decode(at, length, &character);

		if (bytes <= 0) {
			bytes = 1;
			used += (size_t)snprintf(out + used, size - used, "\\ufffd");
		} else if (character == '"' || character == '\\') {
			out[used++] = '\\';
			out[used++] = (char)character;
		} else if (character < ' ' || (character >= 0x7f && character < 0xa0)) {
			used += (size_t)snprintf(out + used, size - used, "\\u%04x", character);
		} else {
			memcpy(out + used, at, (size_t)bytes);
			used += (size_t)bytes;
		}
		at += bytes;
		length -= (size_t)bytes;
	}
	out[used++] = '"';
	return used;
}

size_t audit_make(char out[TRAIL_LINE_MAX], const struct trail_record *front,
	const struct garasu_record_event *event)
{
	const struct event_form *form;
	struct trail_record record = *front;
	const size_t size = TRAIL_LINE_MAX;
	char when[32];
	size_t used;

	if (event->event >= GARASU_EVENT_COUNT || forms[event->event].name == NULL ||
		event->value_count > GARASU_EVENT_VALUES_MAX) {
		return 0;
	}
	form = &forms[event->event];
	line_time(when, event->unix_ms);
	memcpy(record.time, when, sizeof(record.time));
	snprintf(record.event, sizeof(record.event), "%s", form->name);
	used = trail_record_front(out, &record);
	if (event->session != 0) {
		used += (size_t)snprintf(
			out + used, size - used, ",\"session\":%u", event->session);
	}
	if (event->user[0] != '\0') {
		used += add_text(out + used, size - used, "user", event->user);
	}
	if (form->text != NULL) {
		used += add_text(out + used, size - used, form->text, event->text);
	}
	for (uint32_t i = 0; i < event->value_count && form->values[i] != NULL; i++) {
		uint64_t value = event->values[i];

		if (event->event == GARASU_EVENT_CONNECTION && i == 0 &&
			value < GARASU_EGRESS_VERDICT_COUNT) {
			used += add_text(out + used, size - used, "verdict", verdict_names[value]);
		} else {
			used += (size_t)snprintf(out + used, size - used, ",\"%s\":%" PRIu64,
				form->values[i], value);
		}
	}
	out[used++] = '}';
	return used;
}
