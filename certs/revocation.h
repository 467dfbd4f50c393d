/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CERTS_REVOCATION_H
#define GARASU_CERTS_REVOCATION_H

#include "folder.h"

#include <openssl/x509.h>

#define REVOCATION_NAME "revoked.crl"

/* Reads the directory's revocation list; *list is NULL where there is none yet. Returns 0 or -EIO.
 */
int revocation_read(const struct folder *folder, X509_CRL **list, struct problem *problem)
	__attribute__((warn_unused_result));

/* Adds the certificate of a file to the list, or none where file is NULL, and signs the list anew,
 * good for that many days. A certificate that is in it already stays as it is. Returns 0, or -EIO
 * with the old list in its place. */
int revocation_add(const struct folder *folder, const char *file, int days, struct problem *problem)
	__attribute__((warn_unused_result));

/* Reads one certificate of the directory, the caller's. Returns 0 or -EIO. */
int folder_read_certificate(const struct folder *folder, const char *name, X509 **certificate,
	struct problem *problem) __attribute__((warn_unused_result));

#endif
