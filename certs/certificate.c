/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One certificate or key at a time, as OpenSSL's objects.
 * Reads untrusted bytes from: nobody; PEM files are the administrator's. */

#include "certificate.h"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define SERIAL_BITS 128
#define LATE_CLOCK_S 3600
#define DNS_NAME_MAX 253
#define DNS_LABEL_MAX 63
#define COMMON_NAME_MAX 64 /* RFC 5280, ub-common-name */

EVP_PKEY *certificate_make_key(void)
{
	return EVP_EC_gen("P-256");
}

static int set_random_serial(X509 *certificate)
{
	BIGNUM *number = BN_new();
	int result = number != NULL;

	do { /* RFC 5280 §4.1.2.2 wants it positive */
		result =
			result && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
	} while (result && BN_is_zero(number));
	result = result && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
	BN_free(number);
	return result;
}

X509 *certificate_make(EVP_PKEY *key, const struct certificate_time *time)
{
	X509 *made = X509_new();

	if (made != NULL && X509_set_version(made, X509_VERSION_3) == 1 &&
		set_random_serial(made) &&
		X509_time_adj_ex(X509_getm_notBefore(made), time->offset_days, -LATE_CLOCK_S,
			NULL) != NULL &&
		X509_time_adj_ex(X509_getm_notAfter(made), time->offset_days + time->days,
			-LATE_CLOCK_S, NULL) != NULL &&
		X509_set_pubkey(made, key) == 1) {
		return made;
	}
	X509_free(made);
	return NULL;
}

int certificate_set_name(X509 *certificate, const char *name)
{
	X509_NAME *subject = X509_NAME_new();
	int result = subject != NULL &&
		     X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
			     (const unsigned char *)name, -1, -1, 0) == 1 &&
		     X509_set_subject_name(certificate, subject) == 1;

	X509_NAME_free(subject);
	return result;
}

static int add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	int result;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	result = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return result;
}

int certificate_add_uses(X509 *certificate, X509 *issuer, enum certificate_kind kind)
{
	int result;

	if (kind == CERTIFICATE_AUTHORITY) {
		result = add_extension(certificate, issuer, NID_basic_constraints,
				 "critical,CA:TRUE,pathlen:0") &&
			 add_extension(certificate, issuer, NID_key_usage,
				 "critical,keyCertSign,cRLSign");
	} else {
		result = add_extension(
				 certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
			 add_extension(
				 certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
			 add_extension(certificate, issuer, NID_ext_key_usage,
				 kind == CERTIFICATE_SERVER ? "serverAuth" : "clientAuth");
	}
	return result && add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
	       add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
}

static int is_address(const char *host)
{
	struct in6_addr address;

	return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

static int is_label_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-';
}

/* RFC 1123 §2.1: letters, digits and inner hyphens; the last label is not a number. */
static int is_dns_name(const char *host)
{
	const char *label = host;

	if (strlen(host) > DNS_NAME_MAX) {
		return 0;
	}
	for (;;) {
		size_t length = strcspn(label, ".");
		size_t digits = strspn(label, "0123456789");

		if (length == 0 || length > DNS_LABEL_MAX || label[0] == '-' ||
			label[length - 1] == '-') {
			return 0;
		}
		for (size_t i = 0; i < length; i++) {
			if (!is_label_character(label[i])) {
				return 0;
			}
		}
		if (label[length] == '\0') {
			return digits != length;
		}
		label += length + 1;
	}
}

int certificate_host_is_sound(const char *host)
{
	return is_address(host) || is_dns_name(host);
}

static GENERAL_NAME *make_host(const char *host)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value;

	if (name == NULL) {
		return NULL;
	}
	if (is_address(host)) {
		value = a2i_IPADDRESS(host);
		if (value != NULL) {
			GENERAL_NAME_set0_value(name, GEN_IPADD, value);
			return name;
		}
	} else {
		value = ASN1_IA5STRING_new();
		if (value != NULL && ASN1_STRING_set(value, host, -1) == 1) {
			GENERAL_NAME_set0_value(name, GEN_DNS, value);
			return name;
		}
		ASN1_STRING_free(value);
	}
	GENERAL_NAME_free(name);
	return NULL;
}

int certificate_add_hosts(X509 *certificate, char *const *hosts, size_t count)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	int result = names != NULL;

	for (size_t i = 0; i < count && result; i++) {
		GENERAL_NAME *name = make_host(hosts[i]);

		result = name != NULL && sk_GENERAL_NAME_push(names, name) > 0;
		if (!result) {
			GENERAL_NAME_free(name);
		}
	}
	result = result && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1;
	GENERAL_NAMES_free(names);
	return result && certificate_set_name(certificate,
				 strlen(hosts[0]) <= COMMON_NAME_MAX ? hosts[0] : "garasu");
}

int certificate_copy_names(X509 *certificate, const X509 *from)
{
	int at = X509_get_ext_by_NID(from, NID_subject_alt_name, -1);

	return X509_set_subject_name(certificate, X509_get_subject_name(from)) == 1 &&
	       (at < 0 || X509_add_ext(certificate, X509_get_ext(from, at), -1) == 1);
}

X509 *certificate_of_pem(const char *text, size_t size)
{
	BIO *memory = BIO_new_mem_buf(text, (int)size);
	X509 *read = memory != NULL ? PEM_read_bio_X509(memory, NULL, NULL, NULL) : NULL;

	BIO_free(memory);
	return read;
}

EVP_PKEY *certificate_key_of_pem(const char *text, size_t size)
{
	BIO *memory = BIO_new_mem_buf(text, (int)size);
	char no_password[] = "";
	EVP_PKEY *read =
		memory != NULL ? PEM_read_bio_PrivateKey(memory, NULL, NULL, no_password) : NULL;

	BIO_free(memory);
	return read;
}

int certificate_text_of(BIO *memory, struct certificate_text *text)
{
	char *data = NULL;
	long size = BIO_get_mem_data(memory, &data);

	text->data = size > 0 ? OPENSSL_memdup(data, (size_t)size) : NULL;
	text->size = text->data != NULL ? (size_t)size : 0;
	return text->data != NULL;
}

void certificate_text_finish(struct certificate_text *text)
{
	OPENSSL_clear_free(text->data, text->size);
	*text = (struct certificate_text){0};
}

int certificate_to_pem(const X509 *certificate, struct certificate_text *text)
{
	BIO *memory = BIO_new(BIO_s_mem());
	int result = memory != NULL && PEM_write_bio_X509(memory, certificate) == 1 &&
		     certificate_text_of(memory, text);

	BIO_free(memory);
	return result;
}

int certificate_key_to_pem(EVP_PKEY *key, struct certificate_text *text)
{
	BIO *memory = BIO_new(BIO_s_secmem());
	int result = memory != NULL &&
		     PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1 &&
		     certificate_text_of(memory, text);

	BIO_free(memory);
	return result;
}

char *certificate_serial(const X509 *certificate)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
	char *text = number != NULL ? BN_bn2hex(number) : NULL;

	BN_free(number);
	return text;
}
