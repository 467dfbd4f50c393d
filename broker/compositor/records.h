/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_COMPOSITOR_RECORDS_H
#define GARASU_COMPOSITOR_RECORDS_H

#include "garasu/input.h"

#include <stddef.h>

/* Joins the pieces of a text or an address. Pure. */
struct garasu_joiner {
	char bytes[4096 + 1];
	size_t size;
	size_t maximum; /* bytes; at most 4096 */
	int is_spoilt;  /* a piece did not fit: drop until the last one */
};

void joiner_init(struct garasu_joiner *joiner, size_t maximum);

/* Adds one record's bytes. Returns 1 when the text is whole (bytes is terminated; call
 * joiner_restart after use), 0 while it is not, -1 when the whole text was dropped. */
int joiner_add(struct garasu_joiner *joiner, const struct garasu_input *record);

void joiner_restart(struct garasu_joiner *joiner);

/* True if every field of a record is within its bounds. */
int record_is_sound(const struct garasu_input *untrusted_record);

/* True if it is one of those that an encoder writes, and nobody else. */
int record_is_encoders(const struct garasu_input *record);

/* True if the whole text is well-formed UTF-8 and not empty. */
int text_is_sound(const char *text, size_t size);

/* True if the whole text is an address the session may open: http or https, printable ASCII. */
int address_is_sound(const char *address, size_t size);

#endif
