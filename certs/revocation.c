/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The revocation list (RFC 5280 §5), which the broker reads as tls.revocation.
 * Reads untrusted bytes from: nobody; the directory is its administrator's. */

#include "revocation.h"

#include "authority.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int revocation_read(const struct folder *folder, X509_CRL **list, struct problem *problem)
{
	char *text = NULL;
	size_t size = 0;
	BIO *memory;

	*list = NULL;
	if (faccessat(folder->fd, REVOCATION_NAME, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
		errno == ENOENT) {
		return 0;
	}
	if (folder_read(folder, REVOCATION_NAME, &text, &size, problem) != 0) {
		return -EIO;
	}
	memory = BIO_new_mem_buf(text, (int)size);
	*list = memory != NULL ? PEM_read_bio_X509_CRL(memory, NULL, NULL, NULL) : NULL;
	BIO_free(memory);
	free(text);
	return *list != NULL ? 0 : problem_set(problem, PROBLEM_NOT_PEM, REVOCATION_NAME, "");
}

/* The list's number is one more than the last (RFC 5280 §5.2.3). */
static int set_number(X509_CRL *list)
{
	ASN1_INTEGER *old = X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	int64_t value = 0;
	int result =
		number != NULL && (old == NULL || ASN1_INTEGER_get_int64(&value, old) == 1) &&
		ASN1_INTEGER_set_int64(number, value + 1) == 1 &&
		X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, X509V3_ADD_REPLACE) == 1;

	ASN1_INTEGER_free(old);
	ASN1_INTEGER_free(number);
	return result;
}

static int set_authority(X509_CRL *list, const struct authority *authority)
{
	AUTHORITY_KEYID *keyid = AUTHORITY_KEYID_new();
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(authority->certificate);
	int result = keyid != NULL && id != NULL;

	if (result) {
		keyid->keyid = ASN1_OCTET_STRING_dup(id);
		result = keyid->keyid != NULL &&
			 X509_CRL_add1_ext_i2d(list, NID_authority_key_identifier, keyid, 0,
				 X509V3_ADD_REPLACE) == 1;
	}
	AUTHORITY_KEYID_free(keyid);
	return result;
}

static int add_entry(X509_CRL *list, X509 *certificate)
{
	X509_REVOKED *known = NULL;
	X509_REVOKED *entry;
	ASN1_TIME *now;
	int result;

	if (X509_CRL_get0_by_cert(list, &known, certificate) == 1) {
		return 1;
	}
	entry = X509_REVOKED_new();
	now = X509_gmtime_adj(NULL, 0);
	result = entry != NULL && now != NULL &&
		 X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)) == 1 &&
		 X509_REVOKED_set_revocationDate(entry, now) == 1 &&
		 X509_CRL_add0_revoked(list, entry) == 1;
	ASN1_TIME_free(now);
	if (!result) {
		X509_REVOKED_free(entry);
	}
	return result;
}

static int sign(X509_CRL *list, const struct authority *authority, int days)
{
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);
	ASN1_TIME *next = X509_time_adj_ex(NULL, days, 0, NULL);
	int result = now != NULL && next != NULL &&
		     X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
		     X509_CRL_set_issuer_name(
			     list, X509_get_subject_name(authority->certificate)) == 1 &&
		     X509_CRL_set1_lastUpdate(list, now) == 1 &&
		     X509_CRL_set1_nextUpdate(list, next) == 1 && set_authority(list, authority) &&
		     set_number(list) && X509_CRL_sort(list) == 1 &&
		     X509_CRL_sign(list, authority->key, EVP_sha256()) > 0;

	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	return result;
}

static int write_list(const struct folder *folder, X509_CRL *list, struct problem *problem)
{
	BIO *memory = BIO_new(BIO_s_mem());
	struct certificate_text text = {0};
	struct folder_file file = {.name = REVOCATION_NAME, .mode = 0644};
	int result;

	if (memory == NULL || PEM_write_bio_X509_CRL(memory, list) != 1 ||
		!certificate_text_of(memory, &text)) {
		BIO_free(memory);
		return problem_set_library(problem, REVOCATION_NAME);
	}
	BIO_free(memory);
	file.data = text.data;
	file.size = text.size;
	result = folder_replace(folder, &file, 1, NULL, problem);
	certificate_text_finish(&text);
	return result;
}

int folder_read_certificate(
	const struct folder *folder, const char *name, X509 **certificate, struct problem *problem)
{
	char *text = NULL;
	size_t size = 0;

	if (folder_read(folder, name, &text, &size, problem) != 0) {
		return -EIO;
	}
	*certificate = certificate_of_pem(text, size);
	free(text);
	return *certificate != NULL ? 0 : problem_set(problem, PROBLEM_NOT_PEM, name, "");
}

/* Loads the file's certificate, which must be the authority's; NULL for no file. */
static int load_revoked(const struct folder *folder, const struct authority *authority,
	const char *file, X509 **certificate, struct problem *problem)
{
	*certificate = NULL;
	if (file == NULL) {
		return 0;
	}
	if (folder_read_certificate(folder, file, certificate, problem) != 0) {
		return -EIO;
	}
	if (!authority_has_issued(authority, *certificate)) {
		X509_free(*certificate);
		*certificate = NULL;
		return problem_set(problem, PROBLEM_NOT_OURS, file, "");
	}
	return 0;
}

/* The list so far, which must be the authority's, or an empty one. */
static int load_list(const struct folder *folder, const struct authority *authority,
	X509_CRL **list, struct problem *problem)
{
	if (revocation_read(folder, list, problem) != 0) {
		return -EIO;
	}
	if (*list == NULL) {
		*list = X509_CRL_new();
		return *list != NULL ? 0 : problem_set_library(problem, REVOCATION_NAME);
	}
	if (X509_CRL_verify(*list, authority->key) != 1) {
		X509_CRL_free(*list);
		*list = NULL;
		return problem_set(problem, PROBLEM_NOT_OURS, REVOCATION_NAME, "");
	}
	return 0;
}

int revocation_add(const struct folder *folder, const char *file, int days, struct problem *problem)
{
	struct authority authority;
	X509 *certificate = NULL;
	X509_CRL *list = NULL;
	int result = authority_load(&authority, folder, problem);

	if (result == 0) {
		result = load_revoked(folder, &authority, file, &certificate, problem);
	}
	if (result == 0) {
		result = load_list(folder, &authority, &list, problem);
	}
	if (result == 0 && ((certificate != NULL && !add_entry(list, certificate)) ||
				   !sign(list, &authority, days))) {
		result = problem_set_library(problem, REVOCATION_NAME);
	}
	if (result == 0) {
		result = write_list(folder, list, problem);
	}
	X509_CRL_free(list);
	X509_free(certificate);
	authority_finish(&authority);
	return result;
}
