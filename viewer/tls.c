/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS: the only place where OpenSSL is met. Reads untrusted bytes from: the network. */

#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdlib.h>

struct tls {
	SSL_CTX *context;
	SSL *ssl;
	bool wants_write;
};

static bool is_literal_address(const char *host)
{
	struct in6_addr address;

	return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

static int load_files(SSL_CTX *context, const struct tls_files *files)
{
	int loaded = files->ca != NULL ? SSL_CTX_load_verify_file(context, files->ca)
				       : SSL_CTX_set_default_verify_paths(context);

	if (loaded != 1) {
		return -ENOENT;
	}
	if (files->cert != NULL &&
		(SSL_CTX_use_certificate_chain_file(context, files->cert) != 1 ||
			SSL_CTX_use_PrivateKey_file(context, files->key, SSL_FILETYPE_PEM) != 1 ||
			SSL_CTX_check_private_key(context) != 1)) {
		return -ENOENT;
	}
	return 0;
}

/* The name that the certificate must bear. */
static int expect_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *parameters = SSL_get0_param(ssl);

	X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (is_literal_address(host)) {
		return X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 ? 0 : -EINVAL;
	}
	return X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1 &&
			       SSL_set_tlsext_host_name(ssl, host) == 1
		       ? 0
		       : -EINVAL;
}

int tls_create(struct tls **made, const struct tls_files *files, const char *host, int fd,
	enum fault *fault)
{
	struct tls *tls = calloc(1, sizeof(*tls));
	int result = -ENOMEM;

	*fault = FAULT_LOCAL;
	if (tls == NULL) {
		return -ENOMEM;
	}
	tls->context = SSL_CTX_new(TLS_client_method());
	if (tls->context != NULL &&
		SSL_CTX_set_min_proto_version(tls->context, TLS1_3_VERSION) == 1) {
		SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_session_cache_mode(tls->context, SSL_SESS_CACHE_OFF);
		SSL_CTX_set_mode(tls->context,
			SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
		result = load_files(tls->context, files);
	}
	if (result == 0) {
		tls->ssl = SSL_new(tls->context);
		result = tls->ssl == NULL || SSL_set_fd(tls->ssl, fd) != 1
				 ? -ENOMEM
				 : expect_host(tls->ssl, host);
	}
	if (result != 0) {
		tls_destroy(&tls);
	}
	*made = tls;
	return result;
}

void tls_destroy(struct tls **tls)
{
	if (*tls != NULL) {
		SSL_free((*tls)->ssl);
		SSL_CTX_free((*tls)->context);
		free(*tls);
		*tls = NULL;
	}
}

static enum fault fault_of_certificate(long verdict)
{
	switch (verdict) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return FAULT_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return FAULT_NOT_YET;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return FAULT_NAME;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
	case X509_V_ERR_CERT_UNTRUSTED:
		return FAULT_CA;
	default:
		return FAULT_CERTIFICATE;
	}
}

/* Alerts by which a server says that it wants another certificate of ours; RFC 8446 §6.2. */
static enum fault fault_of_error(unsigned long error)
{
	switch (ERR_GET_REASON(error)) {
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
		return FAULT_CLIENT_CERTIFICATE;
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
	case SSL_R_WRONG_SSL_VERSION:
		return FAULT_TLS_OLD;
	default:
		return FAULT_TLS;
	}
}

/* Returns -EAGAIN if the call only has to wait. */
static int judge(struct tls *tls, int result)
{
	int error = SSL_get_error(tls->ssl, result);

	tls->wants_write = error == SSL_ERROR_WANT_WRITE;
	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? -EAGAIN : -EPROTO;
}

int tls_handshake(struct tls *tls, enum fault *fault)
{
	unsigned long error;
	long verdict;
	int result;

	ERR_clear_error();
	result = SSL_connect(tls->ssl);
	if (result == 1) {
		tls->wants_write = false;
		return 1;
	}
	if (judge(tls, result) == -EAGAIN) {
		return -EAGAIN;
	}
	verdict = SSL_get_verify_result(tls->ssl);
	error = ERR_peek_error();
	*fault = verdict != X509_V_OK ? fault_of_certificate(verdict) : fault_of_error(error);
	return -EPROTO;
}

ssize_t tls_read(struct tls *tls, void *data, size_t size, enum fault *fault)
{
	int result;

	ERR_clear_error();
	result = SSL_read(tls->ssl, data, size < INT32_MAX ? (int)size : INT32_MAX);
	if (result > 0) {
		return result;
	}
	if (SSL_get_error(tls->ssl, result) == SSL_ERROR_ZERO_RETURN) {
		return 0;
	}
	if (judge(tls, result) == -EAGAIN) {
		return -EAGAIN;
	}
	*fault = ERR_peek_error() == 0 ? FAULT_LOST : fault_of_error(ERR_peek_error());
	if (*fault == FAULT_TLS) {
		*fault = FAULT_LOST; /* after the handshake: an end without a close */
	}
	return -EPROTO;
}

ssize_t tls_write(struct tls *tls, const void *data, size_t size)
{
	int result;

	ERR_clear_error();
	result = SSL_write(tls->ssl, data, size < INT32_MAX ? (int)size : INT32_MAX);
	if (result > 0) {
		tls->wants_write = false;
		return result;
	}
	return judge(tls, result) == -EAGAIN ? -EAGAIN : -EPIPE;
}

int tls_wants_write(const struct tls *tls)
{
	return tls->wants_write;
}

int tls_has_pending(const struct tls *tls)
{
	return SSL_has_pending(tls->ssl);
}
