/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The TLS pump of one connection. Reads untrusted bytes from: the viewer. */

#include "tls_private.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

void tls_destroy(struct tls **tls)
{
	if (*tls != NULL) {
		SSL_free((*tls)->ssl);
		SSL_CTX_free((*tls)->context);
		free(*tls);
		*tls = NULL;
	}
}

int tls_attach(struct tls *tls, int socket)
{
	tls->ssl = SSL_new(tls->context);
	if (tls->ssl == NULL || SSL_set_fd(tls->ssl, socket) != 1) {
		return -ENOMEM;
	}
	SSL_set_accept_state(tls->ssl);
	return 0;
}

/* Returns -EAGAIN, 0 for the peer's goodbye, or -EPROTO with *fault. */
static int judge(struct tls *tls, int result, enum tls_fault *fault)
{
	int error = SSL_get_error(tls->ssl, result);
	unsigned long reason = ERR_peek_error();

	*fault = TLS_FAULT_NONE;
	tls->wants_write = error == SSL_ERROR_WANT_WRITE;
	switch (error) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		tls->is_broken = 1;
		*fault = TLS_FAULT_GONE;
		return -EPROTO;
	default:
		tls->is_broken = 1;
		*fault = ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING
				 ? TLS_FAULT_GONE
				 : TLS_FAULT_PROTOCOL;
		return -EPROTO;
	}
}

int tls_handshake(struct tls *tls, enum tls_fault *fault)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(tls->ssl);
	if (result == 1) {
		tls->wants_write = 0;
		return 1;
	}
	result = judge(tls, result, fault);
	if (result == -EAGAIN) {
		return -EAGAIN;
	}
	if (*fault == TLS_FAULT_PROTOCOL &&
		(SSL_get_verify_result(tls->ssl) != X509_V_OK ||
			ERR_GET_REASON(ERR_peek_error()) ==
				SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)) {
		*fault = TLS_FAULT_CERTIFICATE;
	}
	if (*fault == TLS_FAULT_NONE) {
		*fault = TLS_FAULT_GONE;
	}
	return -EPROTO;
}

ssize_t tls_read(struct tls *tls, uint8_t room[TLS_RECORD_MAX], enum tls_fault *fault)
{
	int result;

	ERR_clear_error();
	result = SSL_read(tls->ssl, room, (int)TLS_RECORD_MAX);
	if (result > 0) {
		tls->wants_write = 0;
		return result;
	}
	return judge(tls, result, fault);
}

ssize_t tls_write(struct tls *tls, const void *data, size_t size)
{
	enum tls_fault fault;
	int result;

	ERR_clear_error();
	result = SSL_write(tls->ssl, data, size < INT32_MAX ? (int)size : INT32_MAX);
	if (result > 0) {
		tls->wants_write = 0;
		return result;
	}
	return judge(tls, result, &fault) == -EAGAIN ? -EAGAIN : -EPIPE;
}

int tls_wants_write(const struct tls *tls)
{
	return tls->wants_write;
}

void tls_say_end(struct tls *tls)
{
	if (tls->ssl != NULL && !tls->is_broken && SSL_is_init_finished(tls->ssl)) {
		ERR_clear_error();
		(void)SSL_shutdown(tls->ssl); /* the socket's end follows, heard or not */
	}
}

/* The subject's one common name, or NULL. */
static const ASN1_STRING *find_name(const X509 *certificate)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) {
		return NULL;
	}
	return X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
}

int tls_client_name(const struct tls *tls, char *name, size_t size)
{
	const X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
	const ASN1_STRING *untrusted_name;
	unsigned char *text = NULL;
	int length;
	int result = -EPROTO;

	name[0] = '\0';
	if (certificate == NULL) {
		return 0;
	}
	untrusted_name = find_name(certificate);
	if (untrusted_name == NULL) {
		return -EPROTO;
	}
	length = ASN1_STRING_to_UTF8(&text, untrusted_name);
	if (length > 0 && (size_t)length < size && memchr(text, '\0', (size_t)length) == NULL) {
		memcpy(name, text, (size_t)length);
		name[length] = '\0';
		result = 0;
	}
	OPENSSL_free(text);
	return result;
}
