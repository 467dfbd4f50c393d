/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CERTS_PROBLEM_H
#define GARASU_CERTS_PROBLEM_H

#include <stdio.h>

enum language {
	LANGUAGE_EN,
	LANGUAGE_JA,
};

/* What can go wrong; each has words for what happened, why, and what to do. */
enum problem_kind {
	PROBLEM_NONE,
	PROBLEM_USAGE,
	PROBLEM_EXISTS,
	PROBLEM_NO_FOLDER,
	PROBLEM_NO_FILE,
	PROBLEM_UNREADABLE,
	PROBLEM_UNWRITABLE,
	PROBLEM_NOT_PEM,
	PROBLEM_NOT_OURS,
	PROBLEM_NOT_RENEWABLE,
	PROBLEM_KEY_MISMATCH,
	PROBLEM_BAD_NAME,
	PROBLEM_BAD_HOST,
	PROBLEM_AUTHORITY_EXPIRED,
	PROBLEM_LIBRARY,
	PROBLEM_COUNT,
};

#define PROBLEM_TEXT_SIZE 512

struct problem {
	enum problem_kind kind;
	char subject[PROBLEM_TEXT_SIZE]; /* the file, name or option it is about */
	char detail[PROBLEM_TEXT_SIZE];  /* the system's or OpenSSL's own words, or "" */
};

/* Fills the problem. Returns -EIO, so that a caller can pass it on. */
int problem_set(
	struct problem *problem, enum problem_kind kind, const char *subject, const char *detail);

/* The same, with the words of OpenSSL's last error as detail. */
int problem_set_library(struct problem *problem, const char *subject);

/* Prints three lines: what happened, why, what to do. Controls in the subject become '?'. */
void problem_print(const struct problem *problem, enum language language, FILE *out);

/* The language of LC_ALL, LC_MESSAGES or LANG. */
enum language problem_language_of_locale(void);

#endif
