/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CERTS_CERTIFICATE_H
#define GARASU_CERTS_CERTIFICATE_H

#include "problem.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stddef.h>

enum certificate_kind {
	CERTIFICATE_AUTHORITY,
	CERTIFICATE_SERVER,
	CERTIFICATE_CLIENT,
};

/* PEM or other text that OpenSSL made; freed by certificate_text_finish, which wipes it. */
struct certificate_text {
	char *data;
	size_t size;
};

/* What a certificate says about its time. */
struct certificate_time {
	int days;        /* from its beginning to its end */
	int offset_days; /* its beginning, counted from now; one hour earlier for late clocks */
};

/* Returns a new EC P-256 key, or NULL. */
EVP_PKEY *certificate_make_key(void);

/* Returns an unsigned certificate (X.509 v3, random 128-bit serial number, public key, time), or
 * NULL. */
X509 *certificate_make(EVP_PKEY *key, const struct certificate_time *time);

/* Sets the subject to CN=name (UTF-8). Returns 1 or 0, as OpenSSL does. */
int certificate_set_name(X509 *certificate, const char *name);

/* Adds basicConstraints, keyUsage, extendedKeyUsage and the key identifiers (RFC 5280 §4.2). issuer
 * is the certificate itself for a CA. Returns 1 or 0. */
int certificate_add_uses(X509 *certificate, X509 *issuer, enum certificate_kind kind);

/* True for a DNS name without wildcard, or a numeric address. */
int certificate_host_is_sound(const char *host);

/* Adds subjectAltName with the hosts, which are sound. Returns 1 or 0. */
int certificate_add_hosts(X509 *certificate, char *const *hosts, size_t count);

/* Copies subject and subjectAltName. Returns 1 or 0. */
int certificate_copy_names(X509 *certificate, const X509 *from);

/* Reads one certificate from PEM. Returns NULL if none is there. */
X509 *certificate_of_pem(const char *text, size_t size);
EVP_PKEY *certificate_key_of_pem(const char *text, size_t size);

/* Fill *text. Return 1 or 0. */
int certificate_to_pem(const X509 *certificate, struct certificate_text *text);
int certificate_key_to_pem(EVP_PKEY *key, struct certificate_text *text);

/* Fills *text with the content of a memory BIO. Returns 1 or 0. */
int certificate_text_of(BIO *memory, struct certificate_text *text);
void certificate_text_finish(struct certificate_text *text);

/* The serial number in upper-case hexadecimal, freed with OPENSSL_free, or NULL. */
char *certificate_serial(const X509 *certificate);

#endif
