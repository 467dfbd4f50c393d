/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS policy and certificates, from bytes in memory. Reads bytes from: the operator's settings. */

#include "tls_private.h"

#include "base/log.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

static int complain(const char *what)
{
	garasu_log(GARASU_LOG_ERROR, "tls_settings", "what=%s reason=\"%s\"", what,
		ERR_reason_error_string(ERR_peek_last_error()));
	ERR_clear_error();
	return -EINVAL;
}

static BIO *open_text(const char *text, size_t size)
{
	return BIO_new_mem_buf(text, (int)size);
}

/* A PEM text ends with "no start line": any other reason is a mistake in it. */
static int is_at_end(void)
{
	unsigned long error = ERR_peek_last_error();

	if (ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE) {
		return 0;
	}
	ERR_clear_error();
	return 1;
}

static int load_chain(SSL_CTX *context, BIO *text)
{
	X509 *certificate = PEM_read_bio_X509(text, NULL, NULL, NULL);
	int is_good = certificate != NULL && SSL_CTX_use_certificate(context, certificate) == 1;

	X509_free(certificate);
	while (is_good && (certificate = PEM_read_bio_X509(text, NULL, NULL, NULL)) != NULL) {
		is_good = SSL_CTX_add1_chain_cert(context, certificate) == 1;
		X509_free(certificate);
	}
	return is_good && is_at_end() ? 0 : complain("certificate");
}

/* Never asks for a pass phrase. */
static int no_phrase(char *room, int size, int is_writing, void *data)
{
	(void)room;
	(void)size;
	(void)is_writing;
	(void)data;
	return -1;
}

static int load_key(SSL_CTX *context, BIO *text)
{
	EVP_PKEY *key = PEM_read_bio_PrivateKey(text, NULL, no_phrase, NULL);
	int is_good = key != NULL && SSL_CTX_use_PrivateKey(context, key) == 1 &&
		      SSL_CTX_check_private_key(context) == 1;

	EVP_PKEY_free(key);
	return is_good ? 0 : complain("key");
}

static int load_clients(SSL_CTX *context, BIO *text)
{
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	int count = 0;
	int is_good = 1;
	X509 *authority;

	while (is_good && (authority = PEM_read_bio_X509(text, NULL, NULL, NULL)) != NULL) {
		is_good = X509_STORE_add_cert(store, authority) == 1 &&
			  SSL_CTX_add_client_CA(context, authority) == 1;
		X509_free(authority);
		count++;
	}
	return is_good && count > 0 && is_at_end() ? 0 : complain("client_ca");
}

static int load_revocations(SSL_CTX *context, BIO *text)
{
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	int count = 0;
	int is_good = 1;
	X509_CRL *list;

	while (is_good && (list = PEM_read_bio_X509_CRL(text, NULL, NULL, NULL)) != NULL) {
		is_good = X509_STORE_add_crl(store, list) == 1;
		X509_CRL_free(list);
		count++;
	}
	if (!is_good || count == 0 || !is_at_end()) {
		return complain("revocation");
	}
	return X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1
		       ? 0
		       : -ENOMEM;
}

static int load(SSL_CTX *context, int (*read_text)(SSL_CTX *, BIO *), const char *text, size_t size)
{
	BIO *memory = open_text(text, size);
	int result = memory != NULL ? read_text(context, memory) : -ENOMEM;

	BIO_free(memory);
	return result;
}

static int set_policy(SSL_CTX *context, uint32_t minimum)
{
	const uint64_t options = SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
				 SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE;
	int version = minimum == TLS1_2_VERSION ? TLS1_2_VERSION : TLS1_3_VERSION;

	SSL_CTX_set_options(context, options);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
					  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					  SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_security_level(context, 2);
	return SSL_CTX_set_num_tickets(context, 0) == 1 &&
			       SSL_CTX_set_max_early_data(context, 0) == 1 &&
			       SSL_CTX_set_min_proto_version(context, version) == 1 &&
			       SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
			       SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1
		       ? 0
		       : complain("policy");
}

static int set_client_policy(SSL_CTX *context, const struct garasu_gateway_settings *settings,
	const struct tls_material *material)
{
	int mode = SSL_VERIFY_PEER;
	int result;

	if (settings->client_certificates == GARASU_CLIENT_CERTIFICATES_OFF) {
		SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
		return 0;
	}
	if (settings->client_certificates != GARASU_CLIENT_CERTIFICATES_WANTED) {
		mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	}
	SSL_CTX_set_verify(context, mode, NULL);
	result = load(context, load_clients, material->client_ca, material->client_ca_size);
	if (result == 0 && material->revocation_size > 0) {
		result = load(
			context, load_revocations, material->revocation, material->revocation_size);
	}
	return result;
}

int tls_create(struct tls **tls, const struct garasu_gateway_settings *settings,
	const struct tls_material *material)
{
	struct tls *made;
	int result;

	*tls = NULL;
	if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) != 1) {
		return -ENOMEM;
	}
	made = calloc(1, sizeof(*made));
	if (made == NULL) {
		return -ENOMEM;
	}
	made->context = SSL_CTX_new(TLS_server_method());
	result = made->context != NULL ? set_policy(made->context, settings->tls_minimum) : -ENOMEM;
	if (result == 0) {
		result = load(made->context, load_chain, material->certificate,
			material->certificate_size);
	}
	if (result == 0) {
		result = load(made->context, load_key, material->key, material->key_size);
	}
	if (result == 0) {
		result = set_client_policy(made->context, settings, material);
	}
	if (result != 0) {
		tls_destroy(&made);
	}
	*tls = made;
	return result;
}
