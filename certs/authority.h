/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CERTS_AUTHORITY_H
#define GARASU_CERTS_AUTHORITY_H

#include "certificate.h"
#include "folder.h"

#define AUTHORITY_DAYS 3650
#define LEAF_DAYS 398

/* ca.crt and ca.key of a directory. */
struct authority {
	X509 *certificate;
	EVP_PKEY *key;
};

/* A certificate with its key as PEM, ready to be written. */
struct authority_pair {
	struct certificate_text certificate, key;
};

/* What to issue. */
struct authority_order {
	enum certificate_kind kind;
	struct certificate_time time;
	const char *name;   /* CN of a CA or a client */
	char *const *hosts; /* of a server */
	size_t host_count;
	X509 *renewed; /* its names are taken instead, where not NULL */
};

/* Loads and checks that key and certificate are a pair. Returns 0 or -EIO with the problem filled
 * and *authority empty. */
int authority_load(struct authority *authority, const struct folder *folder,
	struct problem *problem) __attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void authority_finish(struct authority *authority);

/* Makes a key and a certificate signed by the authority, or by itself for a CA (authority NULL). A
 * certificate never outlives its CA. Returns 0 or -EIO. */
int authority_issue(const struct authority *authority, const struct authority_order *order,
	struct authority_pair *pair, struct problem *problem) __attribute__((warn_unused_result));

/* Wipes and frees; accepts zeroes. */
void authority_pair_finish(struct authority_pair *pair);

/* True if the authority signed it. */
int authority_has_issued(const struct authority *authority, X509 *certificate);

#endif
