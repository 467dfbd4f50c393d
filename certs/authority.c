/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CA: loads it, and lets it sign. */

#include "authority.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CERTIFICATE_NAME "ca.crt"
#define KEY_NAME "ca.key"

static int load_key(
	struct authority *authority, const struct folder *folder, struct problem *problem)
{
	char *text = NULL;
	size_t size = 0;

	if (folder_read(folder, KEY_NAME, &text, &size, problem) != 0) {
		return -EIO;
	}
	authority->key = certificate_key_of_pem(text, size);
	OPENSSL_cleanse(text, size);
	free(text);
	if (authority->key == NULL) {
		return problem_set(problem, PROBLEM_NOT_PEM, KEY_NAME, "");
	}
	if (X509_check_private_key(authority->certificate, authority->key) != 1) {
		return problem_set(problem, PROBLEM_KEY_MISMATCH, KEY_NAME, "");
	}
	return 0;
}

int authority_load(
	struct authority *authority, const struct folder *folder, struct problem *problem)
{
	char *text = NULL;
	size_t size = 0;
	int result;

	*authority = (struct authority){0};
	if (folder_read(folder, CERTIFICATE_NAME, &text, &size, problem) != 0) {
		return -EIO;
	}
	authority->certificate = certificate_of_pem(text, size);
	free(text);
	if (authority->certificate == NULL) {
		return problem_set(problem, PROBLEM_NOT_PEM, CERTIFICATE_NAME, "");
	}
	result = load_key(authority, folder, problem);
	if (result == 0 && X509_cmp_current_time(X509_get0_notAfter(authority->certificate)) <= 0) {
		result = problem_set(problem, PROBLEM_AUTHORITY_EXPIRED, CERTIFICATE_NAME, "");
	}
	if (result != 0) {
		authority_finish(authority);
	}
	return result;
}

void authority_finish(struct authority *authority)
{
	X509_free(authority->certificate);
	EVP_PKEY_free(authority->key);
	*authority = (struct authority){0};
}

static int set_names(X509 *made, const struct authority_order *order)
{
	if (order->renewed != NULL) {
		return certificate_copy_names(made, order->renewed);
	}
	if (order->kind == CERTIFICATE_SERVER) {
		return certificate_add_hosts(made, order->hosts, order->host_count);
	}
	return certificate_set_name(made, order->name);
}

static int end_with(X509 *made, const X509 *issuer)
{
	const ASN1_TIME *end = X509_get0_notAfter(issuer);

	return ASN1_TIME_compare(X509_get0_notAfter(made), end) <= 0 ||
	       X509_set1_notAfter(made, end) == 1;
}

static int fill(const struct authority *authority, const struct authority_order *order,
	EVP_PKEY *key, X509 *made)
{
	X509 *issuer = authority != NULL ? authority->certificate : made;

	return set_names(made, order) &&
	       X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1 &&
	       end_with(made, issuer) && certificate_add_uses(made, issuer, order->kind) &&
	       X509_sign(made, authority != NULL ? authority->key : key, EVP_sha256()) > 0;
}

int authority_issue(const struct authority *authority, const struct authority_order *order,
	struct authority_pair *pair, struct problem *problem)
{
	EVP_PKEY *key = certificate_make_key();
	X509 *made = key != NULL ? certificate_make(key, &order->time) : NULL;
	int result = 0;

	*pair = (struct authority_pair){0};
	if (made == NULL || !fill(authority, order, key, made) ||
		!certificate_to_pem(made, &pair->certificate) ||
		!certificate_key_to_pem(key, &pair->key)) {
		authority_pair_finish(pair);
		result = problem_set_library(problem, "certificate");
	}
	X509_free(made);
	EVP_PKEY_free(key);
	return result;
}

void authority_pair_finish(struct authority_pair *pair)
{
	certificate_text_finish(&pair->certificate);
	certificate_text_finish(&pair->key);
}

int authority_has_issued(const struct authority *authority, X509 *certificate)
{
	return X509_NAME_cmp(X509_get_issuer_name(certificate),
		       X509_get_subject_name(authority->certificate)) == 0 &&
	       X509_verify(certificate, X509_get0_pubkey(authority->certificate)) == 1;
}
