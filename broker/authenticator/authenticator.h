/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_AUTHENTICATOR_H
#define GARASU_AUTHENTICATOR_H

/* Prepares the hashing library and puts this process under its filter. Returns 0 or negative errno;
 * then the process must end. */
int authenticator_lock(void) __attribute__((warn_unused_result));

/* Answers one record on the control socket (AUTH_CHECK or AUTH_HASH), wiping every secret. Returns
 * 0, or negative errno when the record was anything else or could not be answered. */
int authenticator_answer(int control) __attribute__((warn_unused_result));

#endif
