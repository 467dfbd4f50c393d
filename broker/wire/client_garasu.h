/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_CLIENT_GARASU_H
#define WIRE_CLIENT_GARASU_H

#include "wire/client.h"

/* Parses one of our own messages, type 252 (garasu/rfb.h), as wire_client_next does. */
ssize_t wire_client_garasu(const uint8_t *untrusted_bytes, size_t size,
	struct wire_client_message *message) __attribute__((warn_unused_result));

#endif
