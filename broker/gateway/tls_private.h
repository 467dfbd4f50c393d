/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GATEWAY_TLS_PRIVATE_H
#define GATEWAY_TLS_PRIVATE_H

#include "tls.h"

#include <openssl/ssl.h>

struct tls {
	SSL_CTX *context;
	SSL *ssl;
	int wants_write;
	int is_broken; /* the library must not be called again, not even for a goodbye */
};

#endif
