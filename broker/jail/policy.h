/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_JAIL_POLICY_H
#define GARASU_JAIL_POLICY_H

#include <stddef.h>

/* Chromium's managed policies of a session, as JSON. start_page is put in escaped; pem holds the
 * certificates of the authorities that are trusted beside Debian's. Returns bytes, or 0 when it
 * does not fit or a certificate is not PEM. */
size_t policy_json(
	char *out, size_t size, const char *start_page, const char *pem, size_t pem_size);

#endif
