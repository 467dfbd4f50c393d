/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "garasu/control.h"
#include "request.h"

#include <stdint.h>

/* What a browser sends of a log-in: the form, and the cookie that it was given. */

#define FORM_TOKEN_BYTES 32u
#define FORM_TOKEN_TEXT (2 * FORM_TOKEN_BYTES + 1) /* hexadecimal, with terminator */
#define FORM_COOKIE "__Host-garasu"

struct form_login {
	char user[GARASU_USER_SIZE];
	char password[GARASU_PASSWORD_SIZE];
};

/* Reads "user=...&password=..." (application/x-www-form-urlencoded), each exactly once, nothing
 * else, whole UTF-8 without controls. Fills *login. Returns 0 or -EPROTO; wipe *login in both
 * cases. */
int form_read_login(struct request_text untrusted_body, struct form_login *login)
	__attribute__((warn_unused_result));

/* Finds our cookie among those of a Cookie field. Fills token. Returns 1, or 0 when it is not there
 * exactly once, or has another form. */
int form_read_cookie(struct request_text untrusted_cookies, uint8_t token[FORM_TOKEN_BYTES]);

#endif
