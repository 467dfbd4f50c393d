/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_TLS_H
#define VIEWER_TLS_H

#include "words.h"

#include <stddef.h>
#include <sys/types.h>

/* TLS by OpenSSL: 1.3 at least, the server's certificate and name always checked. */

struct tls;

struct tls_files {
	const char *ca;   /* NULL: the system's store */
	const char *cert; /* NULL: no client certificate */
	const char *key;
};

/* Makes a client for this connected, non-blocking socket, which stays the caller's; host is a DNS
 * name or a literal address. Returns 0, or negative errno with *fault set. */
int tls_create(struct tls **tls, const struct tls_files *files, const char *host, int fd,
	enum fault *fault) __attribute__((warn_unused_result));

void tls_destroy(struct tls **tls);

/* Goes on with the handshake. Returns 1 when done, -EAGAIN to wait for the socket, or -EPROTO with
 * *fault set. */
int tls_handshake(struct tls *tls, enum fault *fault) __attribute__((warn_unused_result));

/* Returns bytes read, 0 at the end, -EAGAIN, or -EPROTO with *fault set. */
ssize_t tls_read(struct tls *tls, void *data, size_t size, enum fault *fault)
	__attribute__((warn_unused_result));

/* Returns bytes written, -EAGAIN, or -EPIPE. After -EAGAIN call again with the same start. */
ssize_t tls_write(struct tls *tls, const void *data, size_t size)
	__attribute__((warn_unused_result));

/* True if the last call waits for the socket to become writable. */
int tls_wants_write(const struct tls *tls);

/* True if decrypted bytes wait inside, which poll cannot see. */
int tls_has_pending(const struct tls *tls);

#endif
