/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_TESTS_CERTS_FIXTURE_H
#define GARASU_TESTS_CERTS_FIXTURE_H

/* What the tests of garasu-certs share: a directory that is made and removed, commands as words,
 * and OpenSSL's own verdict on what they made. */

#include "commands.h"
#include "revocation.h"

#include "certificate.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FIXTURE_WORDS_MAX 16

struct fixture {
	char path[64];
	struct problem problem; /* of the last command */
	char list[4096];        /* its output */
	int is_soon;
};

static inline void fixture_init(struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	strcpy(fixture->path, "/tmp/garasu-certs-test-XXXXXX");
	assert_non_null(mkdtemp(fixture->path));
}

static inline void fixture_finish(struct fixture *fixture)
{
	DIR *directory = opendir(fixture->path);
	struct dirent *entry;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		unlinkat(dirfd(directory), entry->d_name, 0);
	}
	closedir(directory);
	assert_int_equal(rmdir(fixture->path), 0);
}

/* Runs "garasu-certs COMMAND --dir DIRECTORY WORDS... NULL". Returns what it returned. */
static inline int fixture_run(struct fixture *fixture, const char *command, ...)
{
	char *words[FIXTURE_WORDS_MAX];
	char program[] = "garasu-certs", dir[] = "--dir", name[16];
	struct options options;
	va_list arguments;
	FILE *out;
	int count = 4, result;

	snprintf(name, sizeof(name), "%s", command);
	words[0] = program;
	words[1] = name;
	words[2] = dir;
	words[3] = fixture->path;
	va_start(arguments, command);
	while ((words[count] = va_arg(arguments, char *)) != NULL) {
		count++;
		assert_true(count < FIXTURE_WORDS_MAX);
	}
	va_end(arguments);
	memset(&fixture->problem, 0, sizeof(fixture->problem));
	memset(fixture->list, 0, sizeof(fixture->list));
	result = options_read(&options, count, words, &fixture->problem);
	if (result != 0) {
		return result;
	}
	out = fmemopen(fixture->list, sizeof(fixture->list) - 1, "w");
	assert_non_null(out);
	result = commands_run(&options, out, &fixture->is_soon, &fixture->problem);
	fclose(out);
	return result;
}

/* Reads a file of the directory; the caller frees. */
static inline char *fixture_read(const struct fixture *fixture, const char *name, size_t *size)
{
	struct folder folder;
	struct problem problem;
	char *text = NULL;

	assert_int_equal(folder_open(&folder, fixture->path, 0, &problem), 0);
	assert_int_equal(folder_read(&folder, name, &text, size, &problem), 0);
	folder_close(&folder);
	return text;
}

static inline X509 *fixture_certificate(const struct fixture *fixture, const char *name)
{
	size_t size;
	char *text = fixture_read(fixture, name, &size);
	X509 *certificate = certificate_of_pem(text, size);

	free(text);
	assert_non_null(certificate);
	return certificate;
}

static inline X509_CRL *fixture_list(const struct fixture *fixture)
{
	struct folder folder;
	struct problem problem;
	X509_CRL *list = NULL;

	assert_int_equal(folder_open(&folder, fixture->path, 0, &problem), 0);
	assert_int_equal(revocation_read(&folder, &list, &problem), 0);
	folder_close(&folder);
	assert_non_null(list);
	return list;
}

static inline mode_t fixture_mode(const struct fixture *fixture, const char *name)
{
	char path[256];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", fixture->path, name);
	assert_int_equal(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

static inline int fixture_has(const struct fixture *fixture, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", fixture->path, name);
	return access(path, F_OK) == 0;
}

/* How many entries the directory has. */
static inline int fixture_count(const struct fixture *fixture)
{
	DIR *directory = opendir(fixture->path);
	struct dirent *entry;
	int count = 0;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	}
	closedir(directory);
	return count;
}

/* OpenSSL's verdict (X509_V_...) on a file of the directory against its ca.crt, strictly, for a
 * purpose (X509_PURPOSE_...), and for a host name or address if not NULL; with the directory's
 * revocation list if has_list. */
static inline int fixture_verify(const struct fixture *fixture, const char *name, int purpose,
	const char *host, const char *address, int has_list)
{
	X509 *authority = fixture_certificate(fixture, "ca.crt");
	X509 *certificate = fixture_certificate(fixture, name);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *parameters;
	int verdict;

	assert_int_equal(X509_STORE_add_cert(store, authority), 1);
	if (has_list) {
		X509_CRL *list = fixture_list(fixture);

		assert_int_equal(X509_STORE_add_crl(store, list), 1);
		X509_CRL_free(list);
	}
	assert_int_equal(X509_STORE_CTX_init(context, store, certificate, NULL), 1);
	parameters = X509_STORE_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_flags(parameters,
		X509_V_FLAG_X509_STRICT | (has_list ? (unsigned long)X509_V_FLAG_CRL_CHECK : 0));
	assert_int_equal(X509_VERIFY_PARAM_set_purpose(parameters, purpose), 1);
	if (host != NULL) {
		assert_int_equal(X509_VERIFY_PARAM_set1_host(parameters, host, 0), 1);
	}
	if (address != NULL) {
		assert_int_equal(X509_VERIFY_PARAM_set1_ip_asc(parameters, address), 1);
	}
	verdict = X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_free(certificate);
	X509_free(authority);
	return verdict;
}

/* An authority, a server for localhost and 127.0.0.1, and a client "taro". */
static inline void fixture_fill(struct fixture *fixture)
{
	fixture_init(fixture);
	assert_int_equal(fixture_run(fixture, "ca", "--name", "Garasu test CA", NULL), 0);
	assert_int_equal(
		fixture_run(fixture, "server", "--host", "localhost", "127.0.0.1", NULL), 0);
	assert_int_equal(fixture_run(fixture, "client", "--name", "taro", NULL), 0);
}

#endif
