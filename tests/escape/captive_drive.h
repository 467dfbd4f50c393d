/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_ESCAPE_CAPTIVE_DRIVE_H
#define GARASU_ESCAPE_CAPTIVE_DRIVE_H

#include "stage.h"

/*
 * A real jail with the captive in it (tests/puppets/captive.c has its commands). Where a kernel
 * cannot make the jail the tests fail, or are skipped if GARASU_ALLOW_SKIP is set.
 */

#define CAPTIVE_UID 60000u /* when the test is root: a session never is */
#define CAPTIVE_PROFILE_BYTES (16u << 20)
#define CAPTIVE_SHM_BYTES (8u << 20)

struct captive {
	struct stage stage;
	int listener; /* what the jail handed out */
	int way;      /* the captive's connection */
	char answer[65537];
};

enum captive_place { CAPTIVE_AS_COMPOSITOR, CAPTIVE_AS_BROWSER };

void captive_start(struct captive *captive, enum captive_place place);
void captive_stop(struct captive *captive);

/* Takes the jail's listening socket, as the supervisor does. Returns -1 when the jail ended. */
int captive_take_listener(int handover);

/* The captive's uid, on the host and in its jail. */
unsigned captive_uid(void);

/* Says one command. Returns its answer, valid until the next. */
const char *captive_ask(struct captive *captive, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says one command and asserts its answer. */
void captive_expect(struct captive *captive, const char *answer, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Says a system call, by name with up to six arguments, and asserts that it fails with the errno.
 */
void captive_refused(struct captive *captive, int error, const char *call, const char *arguments);

#endif
