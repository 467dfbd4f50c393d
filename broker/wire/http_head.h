/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_HTTP_HEAD_H
#define WIRE_HTTP_HEAD_H

#include <stddef.h>

/* True if every line of a head (RFC 9112 §2, to its last CR LF) ends in CR LF, none is folded, and
 * nothing hides in controls but tabs: what parsers of lines read differently does not get to one.
 */
int wire_http_head_is_clean(const char *untrusted_bytes, size_t size);

#endif
