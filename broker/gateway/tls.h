/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GATEWAY_TLS_H
#define GATEWAY_TLS_H

#include "garasu/settings.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The server's side of TLS with one viewer: tls_context.c and tls.c, the only places where OpenSSL
 * is met. Nothing here opens a file. */

struct tls;

/* PEM texts, borrowed. */
struct tls_material {
	const char *certificate, *key, *client_ca, *revocation;
	size_t certificate_size, key_size, client_ca_size, revocation_size;
};

enum tls_fault {
	TLS_FAULT_NONE,
	TLS_FAULT_GONE,        /* the peer closed or the connection broke: nobody's breach */
	TLS_FAULT_PROTOCOL,    /* not TLS, too old, or an alert of the peer */
	TLS_FAULT_CERTIFICATE, /* the client certificate is missing or does not verify */
};

/* Makes the server's side from certificates and policy. Fills *tls. Returns 0, or -EINVAL when the
 * material does not parse or fit together (logged). */
int tls_create(struct tls **tls, const struct garasu_gateway_settings *settings,
	const struct tls_material *material) __attribute__((warn_unused_result));
void tls_destroy(struct tls **tls);

/* Binds it to a connected, non-blocking socket (borrowed). Returns 0 or -ENOMEM. */
int tls_attach(struct tls *tls, int socket) __attribute__((warn_unused_result));

/* Goes on with the handshake. Returns 1 when TLS stands, -EAGAIN while it waits, -EPROTO with
 * *fault. */
int tls_handshake(struct tls *tls, enum tls_fault *fault) __attribute__((warn_unused_result));

/* Most that one TLS record holds: a read with this much room leaves nothing behind in the library.
 */
#define TLS_RECORD_MAX 16384u

/* Returns the bytes read (room is TLS_RECORD_MAX), 0 when the peer has closed, -EAGAIN, or -EPROTO
 * with *fault. */
ssize_t tls_read(struct tls *tls, uint8_t room[TLS_RECORD_MAX], enum tls_fault *fault)
	__attribute__((warn_unused_result));

/* Returns the bytes written, -EAGAIN (repeat with the same bytes, or more behind them) or -EPIPE.
 */
ssize_t tls_write(struct tls *tls, const void *data, size_t size)
	__attribute__((warn_unused_result));

/* True if the last call waits for room in the socket. */
int tls_wants_write(const struct tls *tls);

/* Says goodbye; never waits. */
void tls_say_end(struct tls *tls);

/* The common name of the verified client certificate, as UTF-8 in name. Returns 0, also with ""
 * when there is no certificate, or -EPROTO when the certificate does not have exactly one name that
 * fits. */
int tls_client_name(const struct tls *tls, char *name, size_t size)
	__attribute__((warn_unused_result));

#endif
