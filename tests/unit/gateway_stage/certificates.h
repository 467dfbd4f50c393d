/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_GATEWAY_CERTIFICATES_H
#define TESTS_GATEWAY_CERTIFICATES_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* A fresh P-256 key. */
EVP_PKEY *certificates_key(void);

/* Issues a certificate of this common name (NULL: none) for key; its own issuer when issuer is
 * NULL. serial tells them apart. */
X509 *certificates_issue(
	EVP_PKEY *key, const char *name, long serial, X509 *issuer, EVP_PKEY *issuer_key);

/* The same, of an authority below issuer. */
X509 *certificates_issue_authority(
	EVP_PKEY *key, const char *name, long serial, X509 *issuer, EVP_PKEY *issuer_key);

/* A revocation list of issuer's that names one serial. */
X509_CRL *certificates_revoke(X509 *issuer, EVP_PKEY *issuer_key, long serial);

#endif
