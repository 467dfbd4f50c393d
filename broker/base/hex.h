/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_HEX_H
#define GARASU_BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Fills text with lower-case hex and a terminator: size * 2 + 1 bytes. */
void garasu_hex_write(char *text, const uint8_t *bytes, size_t size);

/* Reads size bytes from lower-case hex; bytes are undefined where it fails. Returns 0 or -EBADMSG.
 */
int garasu_hex_read(uint8_t *bytes, size_t size, const char *untrusted_text)
	__attribute__((warn_unused_result));

#endif
