/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_CHECK_H
#define GARASU_CONFIG_CHECK_H

#include "config.h"

/* Where mistakes are written: lines "FILE:LINE: ...". */
struct config_report {
	const char *name; /* of the file */
	const char *text;
	size_t text_size;
	char *message;
	size_t message_size;
	size_t used;
	int mistakes;
};

/* Adds one mistake about a key of a section (line found in the text; the section's own line, or 1,
 * where the key is missing). */
void config_complain(struct config_report *report, const char *section, const char *key,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds one mistake at a known line. */
void config_complain_at(struct config_report *report, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts defaults in the place of what was not given, and checks every bound. */
void config_check(struct config_report *report, struct garasu_config *config);

#endif
