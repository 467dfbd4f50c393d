/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A writer of JSON. */

#include "json.h"

#include <inttypes.h>
#include <math.h>

static void write_text(struct json *json, const char *text)
{
	putc('"', json->file);
	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\') {
			fprintf(json->file, "\\%c", *at);
		} else if (*at < 0x20) {
			fprintf(json->file, "\\u%04x", *at);
		} else {
			putc(*at, json->file);
		}
	}
	putc('"', json->file);
}

static void indent(struct json *json)
{
	putc('\n', json->file);
	for (unsigned i = 0; i < json->depth; i++) {
		putc('\t', json->file);
	}
}

static void start_member(struct json *json, const char *key)
{
	if (json->has_member) {
		putc(',', json->file);
	}
	if (json->depth > 0) {
		indent(json);
	}
	json->has_member = true;
	if (key != NULL) {
		write_text(json, key);
		fputs(": ", json->file);
	}
}

void json_begin(struct json *json, const char *key, char bracket)
{
	start_member(json, key);
	putc(bracket, json->file);
	json->depth++;
	json->has_member = false;
}

void json_end(struct json *json, char bracket)
{
	json->depth--;
	if (json->has_member) {
		indent(json);
	}
	putc(bracket, json->file);
	json->has_member = true;
	if (json->depth == 0) {
		putc('\n', json->file);
	}
}

void json_string(struct json *json, const char *key, const char *text)
{
	start_member(json, key);
	write_text(json, text);
}

void json_integer(struct json *json, const char *key, uint64_t value)
{
	start_member(json, key);
	fprintf(json->file, "%" PRIu64, value);
}

void json_number(struct json *json, const char *key, double value)
{
	if (!isfinite(value)) {
		json_null(json, key);
		return;
	}
	start_member(json, key);
	fprintf(json->file, "%.3f", value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	start_member(json, key);
	fputs(value ? "true" : "false", json->file);
}

void json_null(struct json *json, const char *key)
{
	start_member(json, key);
	fputs("null", json->file);
}
