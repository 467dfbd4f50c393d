/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_JSON_H
#define LOAD_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Writes JSON (RFC 8259) in the order of the calls. A NULL key is for members of arrays and the
 * outermost value. Objects and arrays must be closed in the order of their opening. */

struct json {
	FILE *file; /* borrowed */
	unsigned depth;
	bool has_member;
};

void json_begin(struct json *json, const char *key, char bracket); /* '{' or '[' */
void json_end(struct json *json, char bracket);                    /* '}' or ']' */
void json_string(struct json *json, const char *key, const char *text);
void json_integer(struct json *json, const char *key, uint64_t value);
/* Three digits behind the point; null for what is no finite number. */
void json_number(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
