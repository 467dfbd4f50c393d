/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of an HTTP/1.1 head, before a parser reads it. Reads untrusted bytes from: the viewer,
 * the browser, an upstream proxy. */

#include "wire/http_head.h"

int wire_http_head_is_clean(const char *untrusted_bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)untrusted_bytes[i];

		if (byte == '\r' && i + 1 < size && untrusted_bytes[i + 1] == '\n') {
			i++;
			if (i + 1 < size &&
				(untrusted_bytes[i + 1] == ' ' || untrusted_bytes[i + 1] == '\t')) {
				return 0;
			}
		} else if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
			return 0;
		}
	}
	return 1;
}
