/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_ADMIN_H
#define GARASU_ADMIN_H

#include <stdint.h>
#include <string.h>

/*
 * Admin records: what garasuctl and the supervisor say on the admin socket (Unix SOCK_SEQPACKET).
 *
 * Every request is one packet of struct garasu_admin_request, every answer a series of packets of
 * struct garasu_admin_answer that GARASU_ADMIN_END closes. One request at a time. A packet of
 * another size, version or command, or with a string that is not terminated closes the peer.
 */

#define GARASU_ADMIN_VERSION 1u
#define GARASU_ADMIN_USER_SIZE 64
#define GARASU_ADMIN_PASSWORD_SIZE 256
#define GARASU_ADMIN_TEXT_SIZE 801 /* UTF-8, at most GARASU_ADMIN_TEXT_MAX characters */
#define GARASU_ADMIN_TEXT_MAX 200
#define GARASU_ADMIN_ADDRESS_SIZE 64

enum garasu_admin_command {
	GARASU_ADMIN_USER_ADD = 1,
	GARASU_ADMIN_USER_REMOVE = 2, /* ends the user's session too */
	GARASU_ADMIN_USER_PASSWORD = 3,
	GARASU_ADMIN_USER_LIST = 4,
	GARASU_ADMIN_SESSION_LIST = 5,
	GARASU_ADMIN_SESSION_END = 6,
	GARASU_ADMIN_SESSION_MESSAGE = 7,
	GARASU_ADMIN_CUT_OFF_SET = 8,
	GARASU_ADMIN_CUT_OFF_RELEASE = 9,
	GARASU_ADMIN_CUT_OFF_LIST = 10,
	GARASU_ADMIN_STATUS = 11,
	GARASU_ADMIN_SELF_TEST = 12, /* text: "PASSED FAILED NOT_CHECKED SHA256" of the report */
	GARASU_ADMIN_COMMAND_COUNT = 13,
};

enum garasu_admin_scope {
	GARASU_ADMIN_SCOPE_NONE = 0,
	GARASU_ADMIN_SCOPE_USER = 1,
	GARASU_ADMIN_SCOPE_HOST = 2, /* every log-in and session of this host */
	GARASU_ADMIN_SCOPE_ALL = 3,  /* every user, wherever; one host today */
	GARASU_ADMIN_SCOPE_COUNT = 4,
};

struct garasu_admin_request {
	uint32_t version;
	uint32_t command; /* enum garasu_admin_command */
	uint32_t session;
	uint32_t scope; /* enum garasu_admin_scope */
	char user[GARASU_ADMIN_USER_SIZE];
	char password[GARASU_ADMIN_PASSWORD_SIZE];
	char text[GARASU_ADMIN_TEXT_SIZE];
	char reserved[3];
};

enum garasu_admin_kind {
	GARASU_ADMIN_END = 1, /* result only */
	GARASU_ADMIN_IS_USER = 2,
	GARASU_ADMIN_IS_SESSION = 3,
	GARASU_ADMIN_IS_CUT_OFF = 4,
	GARASU_ADMIN_IS_STATUS = 5,
};

enum garasu_admin_result {
	GARASU_ADMIN_DONE = 0,
	GARASU_ADMIN_NO_USER = 1,
	GARASU_ADMIN_USER_EXISTS = 2,
	GARASU_ADMIN_BAD_NAME = 3,
	GARASU_ADMIN_BAD_PASSWORD = 4, /* empty */
	GARASU_ADMIN_NO_SESSION = 5,
	GARASU_ADMIN_NOT_ATTACHED = 6, /* nobody would read the message */
	GARASU_ADMIN_BAD_TEXT = 7,
	GARASU_ADMIN_BUSY = 8,
	GARASU_ADMIN_FAILED = 9, /* the broker's log says why */
	GARASU_ADMIN_RESULT_COUNT = 10,
};

enum garasu_admin_session_state {
	GARASU_ADMIN_STARTING = 0,
	GARASU_ADMIN_ATTACHED = 1,
	GARASU_ADMIN_DETACHED = 2,
	GARASU_ADMIN_ENDING = 3,
	GARASU_ADMIN_PARKED = 4, /* detached, and frozen until its user comes back */
	GARASU_ADMIN_POOLED = 5, /* it waits for a user */
	GARASU_ADMIN_SESSION_STATE_COUNT = 6,
};

struct garasu_admin_answer {
	uint32_t kind;   /* enum garasu_admin_kind */
	uint32_t result; /* enum garasu_admin_result */
	uint32_t session;
	uint32_t state; /* session: enum garasu_admin_session_state; cut-off: scope */
	uint64_t since_unix_ms;
	char user[GARASU_ADMIN_USER_SIZE];
	char client[GARASU_ADMIN_ADDRESS_SIZE];
	uint32_t width, height; /* pixels */
	uint64_t frames, bytes; /* sent to the viewer */
	uint32_t cpu_percent;   /* of one core, since the list before */
	uint32_t idle_s;
	uint64_t memory_bytes;
	/* status */
	uint32_t sessions, sessions_max, connections, connections_max;
	uint32_t pooled, pool; /* not among sessions, but among sessions_max */
	uint32_t is_recording, has_egress;
};

static inline int garasu_admin_request_is_sound(const struct garasu_admin_request *request)
{
	return request->version == GARASU_ADMIN_VERSION && request->command >= 1 &&
	       request->command < GARASU_ADMIN_COMMAND_COUNT &&
	       request->scope < GARASU_ADMIN_SCOPE_COUNT &&
	       memchr(request->user, 0, sizeof(request->user)) != NULL &&
	       memchr(request->password, 0, sizeof(request->password)) != NULL &&
	       memchr(request->text, 0, sizeof(request->text)) != NULL;
}

#endif
