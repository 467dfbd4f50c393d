/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_UTF8_H
#define GARASU_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decodes the character at the start of text (RFC 3629: shortest form, no surrogates, at most
 * U+10FFFF). Fills *character. Returns its bytes, 0 when text ends within it, or -1 when malformed.
 */
int garasu_utf8_decode(const uint8_t *text, size_t size, uint32_t *character);

/* Encodes into at most 4 bytes. Returns how many, or 0 for a surrogate or a number above U+10FFFF.
 */
size_t garasu_utf8_encode(uint32_t character, uint8_t bytes[4]);

/* Returns how many characters a whole, well-formed text has, or -1. */
int64_t garasu_utf8_length(const uint8_t *text, size_t size);

#endif
