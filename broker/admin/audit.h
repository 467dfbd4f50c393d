/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ADMIN_AUDIT_H
#define ADMIN_AUDIT_H

#include "trail/check.h"

/* garasuctl audit ...: works on a directory, the live one or a copy, and needs no broker. */

/* words: what follows "audit", ended by NULL. Returns the exit code. */
int audit_command(char *const *words, int is_japanese);

/* audit_words.c: one fault as a line on stdout. */
void audit_print_fault(
	const struct trail_folder *folder, const struct trail_fault *fault, int is_japanese);
/* What was found, and what could not be. */
void audit_print_summary(
	const struct trail_check *check, const struct trail_folder *folder, int is_japanese);

/* audit_export.c: every record as a JSON line, or as an RFC 5424 message with that line as its
 * text. Returns 0 or negative errno. */
int audit_export(int directory, int is_syslog, const char *host)
	__attribute__((warn_unused_result));

#endif
