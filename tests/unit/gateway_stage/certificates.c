/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and certificates made in memory. */

#include "unit/gateway_stage/certificates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/x509v3.h>

EVP_PKEY *certificates_key(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	assert_non_null(key);
	return key;
}

static void add_extension(X509 *certificate, int kind, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);

	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static X509 *issue(EVP_PKEY *key, const char *name, long serial, X509 *issuer, EVP_PKEY *issuer_key,
	int is_authority)
{
	X509 *made = X509_new();
	X509_NAME *subject = X509_get_subject_name(made);

	assert_int_equal(X509_set_version(made, X509_VERSION_3), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(made), serial), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(made), -60));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(made), 3600));
	assert_int_equal(X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
				 (const unsigned char *)"Garasu", -1, -1, 0),
		1);
	if (name != NULL) {
		assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
					 (const unsigned char *)name, -1, -1, 0),
			1);
	}
	assert_int_equal(X509_set_pubkey(made, key), 1);
	if (is_authority) {
		add_extension(made, NID_basic_constraints, "critical,CA:TRUE");
	}
	if (issuer == NULL) {
		issuer = made;
		issuer_key = key;
	}
	assert_int_equal(X509_set_issuer_name(made, X509_get_subject_name(issuer)), 1);
	assert_true(X509_sign(made, issuer_key, EVP_sha256()) > 0);
	return made;
}

X509 *certificates_issue(
	EVP_PKEY *key, const char *name, long serial, X509 *issuer, EVP_PKEY *issuer_key)
{
	return issue(key, name, serial, issuer, issuer_key, issuer == NULL);
}

X509 *certificates_issue_authority(
	EVP_PKEY *key, const char *name, long serial, X509 *issuer, EVP_PKEY *issuer_key)
{
	return issue(key, name, serial, issuer, issuer_key, 1);
}

X509_CRL *certificates_revoke(X509 *issuer, EVP_PKEY *issuer_key, long serial)
{
	X509_CRL *list = X509_CRL_new();
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *before = X509_gmtime_adj(NULL, -60);
	ASN1_TIME *after = X509_gmtime_adj(NULL, 3600);
	ASN1_INTEGER *number = ASN1_INTEGER_new();

	assert_int_equal(ASN1_INTEGER_set(number, serial), 1);
	assert_int_equal(X509_REVOKED_set_serialNumber(entry, number), 1);
	assert_int_equal(X509_REVOKED_set_revocationDate(entry, before), 1);
	assert_int_equal(X509_CRL_set_version(list, X509_CRL_VERSION_2), 1);
	assert_int_equal(X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer)), 1);
	assert_int_equal(X509_CRL_set1_lastUpdate(list, before), 1);
	assert_int_equal(X509_CRL_set1_nextUpdate(list, after), 1);
	assert_int_equal(X509_CRL_add0_revoked(list, entry), 1);
	assert_true(X509_CRL_sign(list, issuer_key, EVP_sha256()) > 0);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(before);
	ASN1_TIME_free(after);
	return list;
}
