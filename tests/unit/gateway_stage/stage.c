/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a real gateway and plays everybody around it. */

#include "unit/gateway_stage/stage.h"

#include "base/descriptor.h"
#include "garasu/rfb.h"
#include "garasu/state.h"
#include "unit/gateway_stage/certificates.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/pem.h>

#define DEADLINE_MS 30000
#define FAR_MS 3600000
#define REVOKED_SERIAL 77
#define NO_SERIAL 99 /* nobody's */
#define BRANCHES 3

static EVP_PKEY *server_key, *authority_key, *client_key;
static X509 *server_certificate, *authority;
static X509_CRL *revocations;

/* Authorities between, and the name of the one client of each. Lists are found by name. */
static struct branch {
	const char *name, *client;
	long serial;
	int has_list;
	EVP_PKEY *key;
	X509 *certificate;
} branches[BRANCHES] = {
	{.name = "Branch 1", .client = "of a branch", .serial = 4, .has_list = 1},
	{.name = "Branch 2", .client = "of a revoked branch", .serial = REVOKED_SERIAL, .has_list = 1},
	{.name = "Branch 3", .client = "of a branch without a list", .serial = 5},
};

void stage_make_certificates(void)
{
	server_key = certificates_key();
	authority_key = certificates_key();
	client_key = certificates_key();
	server_certificate = certificates_issue(server_key, "localhost", 1, NULL, NULL);
	authority = certificates_issue(authority_key, "Clients", 2, NULL, NULL);
	revocations = certificates_revoke(authority, authority_key, REVOKED_SERIAL);
	for (int i = 0; i < BRANCHES; i++) {
		struct branch *branch = &branches[i];

		branch->key = certificates_key();
		branch->certificate = certificates_issue_authority(
			branch->key, branch->name, branch->serial, authority, authority_key);
	}
}

/* ---- start and end ---- */

/* Appends what text holds to memory; returns how many bytes that was. */
static uint32_t take_text(BIO *text, char *memory, size_t *used)
{
	char *bytes;
	long size = BIO_get_mem_data(text, &bytes);

	memcpy(memory + *used, bytes, (size_t)size);
	*used += (size_t)size;
	assert_int_equal(BIO_reset(text), 1);
	return (uint32_t)size;
}

static void write_list(BIO *text, const struct branch *branch)
{
	if (branch->has_list) {
		X509_CRL *list = certificates_revoke(branch->certificate, branch->key, NO_SERIAL);

		assert_int_equal(PEM_write_bio_X509_CRL(text, list), 1);
		X509_CRL_free(list);
	}
}

static int seal_settings(const struct stage_options *options)
{
	static char memory[65536];
	struct garasu_gateway_settings head = {
		.handshake_ms = options->handshake_ms != 0 ? options->handshake_ms : FAR_MS,
		.login_ms = options->login_ms != 0 ? options->login_ms : FAR_MS,
		.client_certificates = options->client_certificates,
		.tls_minimum = options->tls_minimum != 0 ? options->tls_minimum : 0x0304,
		.max_width = 1920,
		.max_height = 1080,
		.paste_max = options->paste_max,
		.has_preedit = options->has_preedit};
	BIO *text = BIO_new(BIO_s_mem());
	size_t used = sizeof(head);
	int fd;

	assert_int_equal(PEM_write_bio_X509(text, server_certificate), 1);
	head.certificate_bytes = take_text(text, memory, &used);
	assert_int_equal(PEM_write_bio_PrivateKey(text, server_key, NULL, NULL, 0, NULL, NULL), 1);
	head.key_bytes = take_text(text, memory, &used);
	if (options->client_certificates != GARASU_CLIENT_CERTIFICATES_OFF) {
		assert_int_equal(PEM_write_bio_X509(text, authority), 1);
		head.client_ca_bytes = take_text(text, memory, &used);
	}
	if (options->has_revocations) {
		assert_int_equal(PEM_write_bio_X509_CRL(text, revocations), 1);
		for (int i = 0; i < BRANCHES; i++) {
			write_list(text, &branches[i]);
		}
		head.revocation_bytes = take_text(text, memory, &used);
	}
	BIO_free(text);
	memcpy(memory, &head, sizeof(head));
	fd = garasu_fd_sealed("settings", memory, used);
	assert_true(fd >= 0);
	return fd;
}

/* A TCP connection on the loopback. */
static void connect_pair(int ends[2])
{
	const struct timeval deadline = {.tv_sec = DEADLINE_MS / 1000};
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(ends[0], (struct sockaddr *)&address, size), 0);
	ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(ends[1] >= 0);
	close(listener);
	assert_int_equal(
		setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline)), 0);
}

static void run_gateway(int control, int tcp, int settings)
{
	const int fds[3] = {control, tcp, settings};
	int high[3];

	for (int i = 0; i < 3; i++) {
		high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 20);
	}
	for (int i = 0; i < 3; i++) {
		if (high[i] < 0 || dup2(high[i], 3 + i) < 0) {
			_exit(126);
		}
	}
	execl(GARASU_BINARIES "/garasu-gateway", "garasu-gateway", (char *)NULL);
	_exit(127);
}

void stage_start(struct stage *stage, const struct stage_options *options)
{
	int control[2];
	int tcp[2];
	int settings = seal_settings(options);

	memset(stage, 0, sizeof(*stage));
	stage->encoder = stage->input = -1;
	assert_int_equal(garasu_control_pair(control), 0);
	connect_pair(tcp);
	stage->pid = fork();
	assert_true(stage->pid >= 0);
	if (stage->pid == 0) {
		run_gateway(control[1], tcp[1], settings);
	}
	close(control[1]);
	close(tcp[1]);
	close(settings);
	stage->control = control[0];
	stage->tcp = tcp[0];
}

int stage_wait_end(struct stage *stage)
{
	int descriptor = (int)syscall(SYS_pidfd_open, stage->pid, 0);
	struct pollfd ready = {.fd = descriptor, .events = POLLIN};
	int status = 0;
	int in_time;

	assert_true(descriptor >= 0);
	in_time = poll(&ready, 1, DEADLINE_MS) == 1;
	if (!in_time) {
		kill(stage->pid, SIGKILL);
	}
	close(descriptor);
	assert_int_equal(waitpid(stage->pid, &status, 0), stage->pid);
	assert_true(in_time);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int stage_stop(struct stage *stage)
{
	int code;

	SSL_free(stage->ssl);
	SSL_CTX_free(stage->context);
	garasu_fd_close(&stage->tcp);
	code = stage_wait_end(stage);
	garasu_fd_close(&stage->control);
	garasu_fd_close(&stage->encoder);
	garasu_fd_close(&stage->input);
	return code;
}

/* ---- the viewer ---- */

void stage_say_clear(struct stage *stage, const void *bytes, size_t size)
{
	assert_int_equal(send(stage->tcp, bytes, size, MSG_NOSIGNAL), size);
}

void stage_hear_clear(struct stage *stage, void *bytes, size_t size)
{
	assert_int_equal(recv(stage->tcp, bytes, size, MSG_WAITALL), size);
}

void stage_choose_x509_plain(struct stage *stage)
{
	uint8_t heard[12];

	stage_hear_clear(stage, heard, 12);
	assert_memory_equal(heard, "RFB 003.008\n", 12);
	stage_say_clear(stage, "RFB 003.008\n", 12);
	stage_hear_clear(stage, heard, 2);
	assert_memory_equal(heard, "\1\23", 2);
	stage_say_clear(stage, "\23", 1);
	stage_hear_clear(stage, heard, 2);
	assert_memory_equal(heard, "\0\2", 2);
	stage_say_clear(stage, "\0\2", 2);
	stage_hear_clear(stage, heard, 6);
	assert_memory_equal(heard, "\0\1\0\0\1\6", 6);
	stage_say_clear(stage, "\0\0\1\6", 4);
	stage_hear_clear(stage, heard, 1);
	assert_int_equal(heard[0], 1);
}

static void show_certificate(struct stage *stage, const char *name)
{
	long serial = strcmp(name, "revoked") == 0 ? REVOKED_SERIAL : 3;
	X509 *issuer = authority;
	EVP_PKEY *issuer_key = authority_key;
	X509 *certificate;

	for (int i = 0; i < BRANCHES; i++) {
		if (strcmp(name, branches[i].client) == 0) {
			issuer = branches[i].certificate;
			issuer_key = branches[i].key;
		}
	}
	certificate = certificates_issue(
		client_key, name[0] != '\0' ? name : NULL, serial, issuer, issuer_key);
	assert_int_equal(SSL_CTX_use_certificate(stage->context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(stage->context, client_key), 1);
	if (issuer != authority) { /* to the certificate in use, so behind it */
		assert_int_equal(SSL_CTX_add1_chain_cert(stage->context, issuer), 1);
	}
	X509_free(certificate);
}

static int shake_hands(struct stage *stage)
{
	stage->ssl = SSL_new(stage->context);
	assert_int_equal(SSL_set_fd(stage->ssl, stage->tcp), 1);
	return SSL_connect(stage->ssl);
}

int stage_connect_with(struct stage *stage, const char *ciphers)
{
	stage->context = SSL_CTX_new(TLS_client_method());
	assert_non_null(stage->context);
	assert_int_equal(SSL_CTX_set_max_proto_version(stage->context, TLS1_2_VERSION), 1);
	SSL_CTX_set_security_level(stage->context, 0);
	assert_int_equal(SSL_CTX_set_cipher_list(stage->context, ciphers), 1);
	return shake_hands(stage);
}

int stage_connect(struct stage *stage, const char *certificate_name, int version_max)
{
	stage->context = SSL_CTX_new(TLS_client_method());
	assert_non_null(stage->context);
	if (version_max != 0) {
		assert_int_equal(SSL_CTX_set_max_proto_version(stage->context, version_max), 1);
	}
	if (certificate_name != NULL) {
		show_certificate(stage, certificate_name);
	}
	return shake_hands(stage);
}

void stage_say(struct stage *stage, const void *bytes, size_t size)
{
	assert_int_equal(SSL_write(stage->ssl, bytes, (int)size), size);
}

void stage_hear(struct stage *stage, void *bytes, size_t size)
{
	uint8_t *at = bytes;

	while (size > 0) {
		int got = SSL_read(stage->ssl, at, (int)size);

		assert_true(got > 0);
		at += got;
		size -= (size_t)got;
	}
}

void stage_hear_end(struct stage *stage)
{
	uint8_t byte;
	int got = SSL_read(stage->ssl, &byte, 1);

	assert_int_equal(got, 0);
	assert_int_equal(SSL_get_error(stage->ssl, got), SSL_ERROR_ZERO_RETURN);
}

void stage_say_log_in(struct stage *stage, const char *user, const char *password)
{
	uint8_t bytes[512] = {0};
	size_t user_size = strlen(user);
	size_t password_size = strlen(password);

	bytes[3] = (uint8_t)user_size;
	bytes[7] = (uint8_t)password_size;
	memcpy(bytes + 8, user, user_size);
	memcpy(bytes + 8 + user_size, password, password_size);
	stage_say(stage, bytes, 8 + user_size + password_size);
}

/* ---- the supervisor ---- */

static int receive(struct stage *stage, struct garasu_control *record)
{
	struct pollfd ready = {.fd = stage->control, .events = POLLIN};

	assert_int_equal(poll(&ready, 1, DEADLINE_MS), 1);
	return garasu_control_receive(stage->control, record, 0);
}

void stage_await(struct stage *stage, uint16_t type, struct garasu_control *record)
{
	do {
		assert_int_equal(receive(stage, record), 1);
	} while (record->header.type == GARASU_GATEWAY_ACTIVITY ||
		 record->header.type == GARASU_GATEWAY_COUNTERS);
	assert_int_equal(record->header.type, type);
}

void stage_await_activity(struct stage *stage, struct garasu_control *record)
{
	do {
		assert_int_equal(receive(stage, record), 1);
	} while (record->header.type == GARASU_GATEWAY_COUNTERS);
	assert_int_equal(record->header.type, GARASU_GATEWAY_ACTIVITY);
}

void stage_await_refusal(struct stage *stage, uint32_t refusal, uint32_t detail)
{
	struct garasu_control record;
	struct garasu_gateway_refused refused;

	stage_await(stage, GARASU_GATEWAY_REFUSED, &record);
	memcpy(&refused, record.payload, sizeof(refused));
	assert_int_equal(refused.refusal, refusal);
	assert_int_equal(refused.detail, detail);
}

void stage_await_counters(struct stage *stage, struct garasu_gateway_counters *last)
{
	struct garasu_control record;
	int have = 0;

	while (receive(stage, &record) == 1) {
		if (record.header.type == GARASU_GATEWAY_COUNTERS) {
			memcpy(last, record.payload, sizeof(*last));
			have = 1;
		}
	}
	assert_true(have);
}

void stage_tell(struct stage *stage, uint16_t type, uint32_t code, uint32_t value, int is_final)
{
	const struct garasu_gateway_verdict record = {
		.code = code, .value = value, .is_final = (uint32_t)is_final};

	assert_int_equal(garasu_control_send(stage->control, type, &record, NULL, 0), 0);
}

void stage_accept(struct stage *stage)
{
	const struct timeval deadline = {.tv_sec = DEADLINE_MS / 1000};
	const struct garasu_gateway_verdict verdict = {.code = GARASU_STATE_ACCEPTED, .value = 1};
	int stream[2];
	int input[2];
	uint8_t result[4];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream), 0);
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	assert_int_equal(garasu_control_send(stage->control, GARASU_GATEWAY_VERDICT, &verdict,
				 (const int[]){stream[1], input[1]}, 2),
		0);
	close(stream[1]);
	close(input[1]);
	stage->encoder = stream[0];
	stage->input = input[0];
	assert_int_equal(
		setsockopt(stage->encoder, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline)),
		0);
	stage_hear(stage, result, 4);
	assert_memory_equal(result, "\0\0\0\0", 4);
}

void stage_enter(struct stage *stage, const struct stage_options *options, int speaks_garasu)
{
	static const uint8_t server_init[] = {0, 64, 0, 48, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255,
		16, 8, 0, 0, 0, 0, 0, 0, 0, 6, 'G', 'a', 'r', 'a', 's', 'u'};
	static const uint8_t encodings[] = {2, 0, 0, 1, 0x47, 0x41, 0x52, 0};
	static const uint8_t resumed[] = {252, 1, 0, 6, 0, 0, 0, 0, 0, 1};
	struct garasu_control record;
	uint8_t heard[sizeof(server_init)];

	stage_start(stage, options);
	stage_choose_x509_plain(stage);
	assert_int_equal(stage_connect(stage, NULL, 0), 1);
	stage_say_log_in(stage, "tanaka", "secret");
	stage_await(stage, GARASU_GATEWAY_LOGIN, &record);
	stage_accept(stage);
	stage_say(stage, "\1", 1);
	stage_encoder_hear(stage, heard, 1);
	assert_int_equal(heard[0], 1);
	stage_encoder_say(stage, server_init, sizeof(server_init));
	stage_hear(stage, heard, sizeof(server_init));
	assert_memory_equal(heard, server_init, sizeof(server_init));
	if (speaks_garasu) {
		stage_say(stage, encodings, sizeof(encodings));
		stage_encoder_hear(stage, heard, sizeof(encodings));
		assert_memory_equal(heard, encodings, sizeof(encodings));
		stage_hear(stage, heard, sizeof(resumed));
		assert_memory_equal(heard, resumed, sizeof(resumed));
	}
}

/* ---- the encoder and the compositor ---- */

void stage_encoder_say(struct stage *stage, const void *bytes, size_t size)
{
	assert_int_equal(send(stage->encoder, bytes, size, MSG_NOSIGNAL), size);
}

void stage_encoder_hear(struct stage *stage, void *bytes, size_t size)
{
	assert_int_equal(recv(stage->encoder, bytes, size, MSG_WAITALL), size);
}

int stage_encoder_is_quiet(struct stage *stage)
{
	uint8_t byte;

	return recv(stage->encoder, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

void stage_await_input(struct stage *stage, struct garasu_input *record)
{
	struct pollfd ready = {.fd = stage->input, .events = POLLIN};

	assert_int_equal(poll(&ready, 1, DEADLINE_MS), 1);
	assert_int_equal(read(stage->input, record, sizeof(*record)), sizeof(*record));
}
