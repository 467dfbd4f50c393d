/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ends when. Reads untrusted bytes from: nobody; the directory is its administrator's. */

#include "list.h"

#include "certificate.h"
#include "revocation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 100000u

struct names {
	char **entries;
	size_t count;
};

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		free(names->entries[i]);
	}
	free(names->entries);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int add_name(struct names *names, const char *name)
{
	char **grown = reallocarray(names->entries, names->count + 1, sizeof(*grown));

	if (grown == NULL) {
		return -ENOMEM;
	}
	names->entries = grown;
	grown[names->count] = strdup(name);
	if (grown[names->count] == NULL) {
		return -ENOMEM;
	}
	names->count++;
	return 0;
}

static int ends_with(const char *name, const char *end)
{
	size_t length = strlen(name);

	return length > strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

static int collect(const struct folder *folder, struct names *names)
{
	int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	int result = 0;

	if (directory == NULL) {
		result = -errno;
		if (fd >= 0) {
			close(fd);
		}
		return result;
	}
	while (result == 0 && names->count < FILES_MAX && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] != '.' && ends_with(entry->d_name, ".crt")) {
			result = add_name(names, entry->d_name);
		}
	}
	closedir(directory);
	if (names->count > 1) {
		qsort(names->entries, names->count, sizeof(*names->entries), compare_names);
	}
	return result;
}

/* Prints the end and the days left; returns these. */
static int print_end(const ASN1_TIME *end, FILE *out)
{
	struct tm broken = {0};
	char text[32] = "?";
	int days = 0;
	int seconds = 0;

	if (ASN1_TIME_to_tm(end, &broken) == 1) {
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &broken);
	}
	if (ASN1_TIME_diff(&days, &seconds, NULL, end) != 1) {
		days = -1;
	} else if (seconds < 0) {
		days--; /* ended less than a day ago */
	}
	fprintf(out, "\t%s\t%d", text, days);
	return days;
}

static void print_subject(X509 *certificate, FILE *out)
{
	BIO *memory = BIO_new(BIO_s_mem());
	struct certificate_text text = {0};

	if (memory != NULL &&
		X509_NAME_print_ex(memory, X509_get_subject_name(certificate), 0,
			XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0 &&
		certificate_text_of(memory, &text)) {
		fprintf(out, "\t%.*s", (int)text.size, text.data);
	} else {
		fputs("\t?", out);
	}
	certificate_text_finish(&text);
	BIO_free(memory);
}

static int print_certificate(const struct folder *folder, const char *name, X509_CRL *revoked,
	int soon_days, FILE *out, int *is_soon, struct problem *problem)
{
	X509 *certificate = NULL;
	X509_REVOKED *entry = NULL;
	int days;

	fputs(name, out);
	if (folder_read_certificate(folder, name, &certificate, problem) != 0) {
		fputs("\t?\t?\t?\n", out);
		return -EIO;
	}
	print_subject(certificate, out);
	days = print_end(X509_get0_notAfter(certificate), out);
	if (revoked != NULL && X509_CRL_get0_by_cert(revoked, &entry, certificate) == 1) {
		fputs("\trevoked", out);
	} else if (days < soon_days) {
		*is_soon = 1;
	}
	fputc('\n', out);
	X509_free(certificate);
	return 0;
}

int list_print(const struct folder *folder, int soon_days, FILE *out, int *is_soon,
	struct problem *problem)
{
	struct names names = {0};
	X509_CRL *revoked = NULL;
	int result = collect(folder, &names);

	if (result != 0) {
		free_names(&names);
		return problem_set(problem, PROBLEM_NO_FOLDER, folder->path, strerror(-result));
	}
	result = revocation_read(folder, &revoked, problem);
	for (size_t i = 0; i < names.count; i++) {
		if (print_certificate(folder, names.entries[i], revoked, soon_days, out, is_soon,
			    problem) != 0) {
			result = -EIO;
		}
	}
	if (revoked != NULL) {
		fputs(REVOCATION_NAME "\t-", out);
		if (print_end(X509_CRL_get0_nextUpdate(revoked), out) < soon_days) {
			*is_soon = 1;
		}
		fputc('\n', out);
	}
	X509_CRL_free(revoked);
	free_names(&names);
	return result;
}
