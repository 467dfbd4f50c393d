/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONTROL_H
#define GARASU_CONTROL_H

#include <stdint.h>

/*
 * Control records: what the roles and the supervisor tell each other over SOCK_SEQPACKET.
 *
 * One record is one packet: struct garasu_control_header, then the payload struct of its type, both
 * little endian with fixed-width fields and no padding that matters (senders zero the whole
 * struct). A record of another size than its type's, of an unlisted type, truncated (MSG_TRUNC,
 * MSG_CTRUNC), with a string that is not terminated, or in a state in which it is not legal closes
 * that peer. Records name no local object, so that an edge may later run between hosts; descriptors
 * travel only from the supervisor downwards, beside the record that names them.
 */

#define GARASU_USER_SIZE 64      /* bytes with terminator: [a-z0-9._-], starts with a letter */
#define GARASU_PASSWORD_SIZE 256 /* bytes with terminator, UTF-8 */
#define GARASU_PHC_SIZE 160      /* argon2id string of libsodium, with terminator */
#define GARASU_SITE_SIZE 272     /* SCHEME://HOST:PORT, with terminator */
#define GARASU_HOST_SIZE 256     /* DNS name or literal address, with terminator */
#define GARASU_ADDRESS_SIZE 64   /* numeric address of a peer, with terminator */
#define GARASU_CONTROL_FDS_MAX 8
#define GARASU_CONTROL_BYTES_MAX 4096

struct garasu_control_header {
	uint16_t type; /* enum garasu_control_type */
	uint16_t size; /* payload bytes */
};

enum garasu_control_type {
	/* supervisor -> launcher */
	GARASU_LAUNCH_START = 0x0100, /* with the role's descriptors from 3 on, in order */
	GARASU_LAUNCH_KILL = 0x0101,
	GARASU_LAUNCH_FREEZE = 0x0102,
	GARASU_LAUNCH_USAGE = 0x0103,
	GARASU_LAUNCH_REMOVE = 0x0104, /* end all that lives of a session; answered by REMOVED */
	GARASU_LAUNCH_READY = 0x0105,  /* viewers are accepted; no payload */
	GARASU_LAUNCH_FAVOUR = 0x0106,
	/* launcher -> supervisor */
	GARASU_LAUNCH_STARTED = 0x0180,
	GARASU_LAUNCH_FAILED = 0x0181,
	GARASU_LAUNCH_EXITED = 0x0182,
	GARASU_LAUNCH_USED = 0x0183,
	GARASU_LAUNCH_REMOVED = 0x0184,

	/* gateway -> supervisor */
	GARASU_GATEWAY_LOGIN = 0x0200,
	GARASU_GATEWAY_ACTIVITY = 0x0201, /* input arrived; at most one of each kind a second */
	GARASU_GATEWAY_COUNTERS = 0x0202, /* every few seconds and at the end */
	GARASU_GATEWAY_REFUSED = 0x0203,  /* the filter closed this viewer or encoder */
	/* web front -> supervisor: one of the three in a connection's life, answered by VERDICT */
	GARASU_WEB_LOGIN = 0x0204,  /* ACCEPTED brings no descriptors: it may ENTER from now on */
	GARASU_WEB_ENTER = 0x0205,  /* as LOGIN: ACCEPTED comes with a session's descriptors */
	GARASU_WEB_LOGOUT = 0x0206, /* always ACCEPTED */
	/* gateway -> supervisor: may the session be handed an address? */
	GARASU_GATEWAY_ADDRESS = 0x0207,
	/* supervisor -> gateway */
	GARASU_GATEWAY_VERDICT = 0x0280, /* ACCEPTED comes with [encoder stream, input pipe] */
	GARASU_GATEWAY_STATE = 0x0281,   /* tell the viewer; is_final: then close */
	GARASU_GATEWAY_MESSAGE = 0x0282,
	GARASU_GATEWAY_LAST = 0x0283, /* to a web front, before it is told that LOGIN succeeded */
	GARASU_GATEWAY_ADDRESS_VERDICT = 0x0284, /* one for each ADDRESS */

	/* encoder -> supervisor */
	GARASU_ENCODER_STATISTICS = 0x0300, /* every few seconds and at the end */

	/* supervisor -> authenticator */
	GARASU_AUTH_CHECK = 0x0400,
	GARASU_AUTH_HASH = 0x0401,
	/* authenticator -> supervisor */
	GARASU_AUTH_CHECKED = 0x0480,
	GARASU_AUTH_HASHED = 0x0481,

	/* supervisor -> egress */
	GARASU_EGRESS_ADD = 0x0500, /* with the session's listening socket */
	GARASU_EGRESS_REMOVE = 0x0501,
	/* egress -> supervisor */
	GARASU_EGRESS_CONNECTION = 0x0580,

	/* supervisor -> recorder */
	GARASU_RECORD_PIPE = 0x0600, /* with the read end of one instance's log pipe */
	GARASU_RECORD_EVENT = 0x0601,
	/* recorder -> supervisor */
	GARASU_RECORD_READY = 0x0680,   /* the trail can be written; events may come */
	GARASU_RECORD_WRITTEN = 0x0681, /* every event up to this one is on the disk */
};

/* ---- launcher ---- */

struct garasu_launch_start {
	uint32_t request; /* echoed; chosen by the supervisor, unique while it lives */
	uint16_t role;    /* enum garasu_role: RECORDER or above */
	uint16_t reserved;
	uint32_t session;  /* number, 0 where the role belongs to none */
	uint32_t uid_slot; /* SESSION and ENCODER of it: 0 .. sessions_max - 1 */
};

struct garasu_launch_kill {
	uint32_t request;
	int32_t signal; /* SIGTERM or SIGKILL */
};

struct garasu_launch_freeze {
	uint32_t session;
	uint32_t is_frozen;
};

struct garasu_launch_favour {
	uint32_t session;
	uint32_t is_favoured; /* its processes come before those of other sessions */
};

struct garasu_launch_session { /* USAGE, REMOVE, REMOVED */
	uint32_t session;
	uint32_t uid_slot;
};

struct garasu_launch_started {
	uint32_t request;
	int32_t pid;
};

struct garasu_launch_failed {
	uint32_t request;
	int32_t error; /* negative errno */
};

struct garasu_launch_exited {
	uint32_t request;
	int32_t status; /* as waitpid gives it */
};

struct garasu_launch_used {
	uint32_t session;
	uint32_t processes;
	uint64_t cpu_us;
	uint64_t memory_bytes;
};

/* ---- gateway ---- */

struct garasu_gateway_activity {
	uint32_t is_typing; /* a key or a text; else the pointer or an address */
};

struct garasu_gateway_login {
	char user[GARASU_USER_SIZE];
	char password[GARASU_PASSWORD_SIZE];
	char certificate_name[GARASU_USER_SIZE]; /* CN of a verified client certificate, or "" */
};

/* A log-in of a browser is known by the SHA-256 of a random token that only the browser keeps. */
#define GARASU_TOKEN_HASH_BYTES 32

struct garasu_web_login {
	struct garasu_gateway_login login;
	uint8_t token_hash[GARASU_TOKEN_HASH_BYTES];
	uint8_t replaced_hash[GARASU_TOKEN_HASH_BYTES]; /* of the log-in that the browser has */
	uint8_t replaces;                               /* 1: it has one; else 0 */
};

struct garasu_web_enter {
	uint8_t token_hash[GARASU_TOKEN_HASH_BYTES];
	char certificate_name[GARASU_USER_SIZE];
	uint8_t is_again; /* 1: by itself, after a loss: takes a session over from no other log-in
			   */
};

struct garasu_web_logout {
	uint8_t token_hash[GARASU_TOKEN_HASH_BYTES];
};

struct garasu_gateway_address {
	char site[GARASU_SITE_SIZE]; /* scheme, host and port: what the trail is to say */
};

/* The conformity record: how many messages of each type crossed. Indices are enum
 * garasu_crossing. */
enum garasu_crossing {
	/* towards the internet zone */
	GARASU_CROSS_PIXEL_FORMAT,
	GARASU_CROSS_ENCODINGS,
	GARASU_CROSS_UPDATE_REQUEST,
	GARASU_CROSS_KEY,
	GARASU_CROSS_POINTER,
	GARASU_CROSS_WHEEL,
	GARASU_CROSS_TEXT,
	GARASU_CROSS_GEOMETRY,
	GARASU_CROSS_FOCUS,
	GARASU_CROSS_ADDRESS,
	GARASU_CROSS_CONTINUOUS,
	GARASU_CROSS_CLIENT_FENCE,
	GARASU_CROSS_CUT_TEXT_DISCARDED, /* never crossed */
	GARASU_CROSS_CLIENT_INIT,
	GARASU_CROSS_KEY_CODE,     /* QEMU's extended key event */
	GARASU_CROSS_DESKTOP_SIZE, /* SetDesktopSize */
	/* towards LGWAN */
	GARASU_CROSS_UPDATE,
	GARASU_CROSS_RECT_PIXELS, /* Raw, Tight, ZRLE, zstd */
	GARASU_CROSS_RECT_COPY,
	GARASU_CROSS_RECT_POINTER,
	GARASU_CROSS_RECT_SIZE,
	GARASU_CROSS_RECT_CARET,
	GARASU_CROSS_RECT_LED,
	GARASU_CROSS_SERVER_FENCE,
	GARASU_CROSS_END_CONTINUOUS,
	GARASU_CROSS_SERVER_INIT,
	GARASU_CROSS_RECT_KEY_CODES, /* an empty one: key codes are understood */
	GARASU_CROSS_RECT_GARASU,    /* an empty one: our messages are understood */
	GARASU_CROSS_RECT_LAST,
	GARASU_CROSS_STATE,   /* the broker's own, made by the gateway */
	GARASU_CROSS_MESSAGE, /* an administrator's */
	GARASU_CROSS_PASTE,   /* towards the internet zone */
	GARASU_CROSS_POLICY,  /* the broker's own, made by the gateway */
	GARASU_CROSS_PREEDIT, /* towards the internet zone */
	GARASU_CROSS_COUNT,
};

struct garasu_gateway_counters {
	uint64_t bytes_to_viewer; /* RFB bytes, before TLS */
	uint64_t bytes_from_viewer;
	uint64_t crossed[GARASU_CROSS_COUNT];
	uint64_t refused_from_viewer, refused_from_encoder; /* each closes the connection */
	uint64_t is_final; /* the gateway's last word: nothing crossed after it */
};

enum garasu_refusal {
	GARASU_REFUSAL_TLS = 1,       /* detail: 0 */
	GARASU_REFUSAL_HANDSHAKE = 2, /* detail: step of RFB's, or the status of HTTP */
	GARASU_REFUSAL_DEADLINE = 3,
	GARASU_REFUSAL_CLIENT_MESSAGE = 4, /* detail: the message type, or _DETAIL_WRAPPING */
	GARASU_REFUSAL_SERVER_MESSAGE = 5, /* detail: message type, or 256 + encoding index */
	GARASU_REFUSAL_CERTIFICATE = 6,
	/* the supervisor's own, never in a gateway's record */
	GARASU_REFUSAL_CONNECTIONS = 7, /* all are taken; detail: how many there are */
	GARASU_REFUSAL_ADMIN = 8,       /* detail: a uid that may not use the admin socket */
	GARASU_REFUSAL_ADDRESS = 9,    /* handed over too often; detail: how many a minute may be */
	GARASU_REFUSAL_COOKIE = 10,    /* a browser's log-in that nobody has; detail: 0 */
	GARASU_REFUSAL_STRANGERS = 11, /* one address' without a session; detail: how many may be */
	GARASU_REFUSAL_ARRIVALS = 12, /* one address' too often; detail: how many a minute may be */
};

#define GARASU_REFUSAL_DETAIL_WRAPPING 256 /* no WebSocket message of RFB */

struct garasu_gateway_refused {
	uint32_t refusal; /* enum garasu_refusal */
	uint32_t detail;
};

struct garasu_gateway_verdict { /* VERDICT and STATE */
	uint32_t code;          /* enum garasu_state */
	uint32_t value;
	uint32_t is_final; /* STATE: close the viewer after telling it */
};

struct garasu_gateway_address_verdict {
	uint32_t wait_s; /* 0: hand it over; else it is dropped, and the next may come after so long
			  */
};

struct garasu_gateway_last { /* of the user: the log-in before this one */
	uint64_t unix_ms;    /* 0: there was none */
	uint32_t failures;   /* since then */
	uint32_t reserved;
};

struct garasu_gateway_message {
	char text[801]; /* UTF-8, terminated, at most 200 characters */
	char reserved[3];
};

/* ---- encoder ---- */

struct garasu_encoder_statistics {
	uint64_t frames;
	uint64_t bytes;
	uint64_t refine_bytes; /* of them, rectangles that only made better what was there */
	uint64_t cpu_us;
	uint32_t first_picture_ms; /* since the encoder's start; 0: none yet */
	uint32_t width, height;
	uint32_t reserved;
};

/* ---- authenticator ---- */

struct garasu_auth_check {
	char password[GARASU_PASSWORD_SIZE];
	char phc[GARASU_PHC_SIZE]; /* a dummy of the same cost for an unknown user */
};

struct garasu_auth_hash {
	char password[GARASU_PASSWORD_SIZE];
};

struct garasu_auth_checked {
	uint32_t is_right;
};

struct garasu_auth_hashed {
	char phc[GARASU_PHC_SIZE];
};

/* ---- egress ---- */

struct garasu_egress_add {
	uint32_t session;
	char user[GARASU_USER_SIZE];
};

struct garasu_egress_remove {
	uint32_t session;
};

enum garasu_egress_verdict {
	GARASU_EGRESS_ALLOWED = 0,
	GARASU_EGRESS_DENIED_ADDRESS = 1, /* loopback, private, link-local, multicast, LGWAN ... */
	GARASU_EGRESS_DENIED_NAME = 2,
	GARASU_EGRESS_DENIED_PORT = 3,
	GARASU_EGRESS_UNRESOLVED = 4,
	GARASU_EGRESS_UNREACHABLE = 5,
	GARASU_EGRESS_BAD_REQUEST = 6,
	GARASU_EGRESS_LIMIT = 7,
	GARASU_EGRESS_UPSTREAM_REFUSED = 8, /* the upstream proxy would not open it */
	GARASU_EGRESS_UPSTREAM_FAILED = 9,  /* it was not there, or made no sense */
	GARASU_EGRESS_VERDICT_COUNT = 10,
};

struct garasu_egress_connection { /* one record for each connection, at its end */
	uint32_t session;
	uint32_t verdict; /* enum garasu_egress_verdict */
	uint64_t bytes_up, bytes_down;
	uint32_t duration_ms;
	uint16_t port;
	uint16_t reserved;
	char host[GARASU_HOST_SIZE]; /* only [A-Za-z0-9.:_-] and brackets, else "?" */
};

/* ---- recorder ---- */

struct garasu_record_pipe {
	uint32_t request; /* instance, as in garasu_launch_start; 0: the launcher itself */
	uint16_t role;
	uint16_t reserved;
	uint32_t session;
};

enum garasu_event {
	GARASU_EVENT_BROKER_STARTED = 1,
	GARASU_EVENT_BROKER_STOPPED = 2,
	GARASU_EVENT_LOGIN = 3,           /* values: state code; text: client address */
	GARASU_EVENT_SESSION_STARTED = 4, /* values: 1 from the pool; text: browser version */
	GARASU_EVENT_SESSION_RESUMED = 5, /* text: client address */
	GARASU_EVENT_SESSION_DETACHED = 6,
	GARASU_EVENT_SESSION_ENDED =
		7, /* values: state code, frames, kB, CPU ms, first picture ms, refinement's kB */
	GARASU_EVENT_CONFORMITY = 8, /* values: struct garasu_gateway_counters in order */
	GARASU_EVENT_REFUSED =
		9, /* values: refusal, detail, times from 7 on; text: client address */
	GARASU_EVENT_CONNECTION = 10, /* values: verdict, port, up, down, ms; text: host */
	GARASU_EVENT_ADMIN = 11,      /* text: command; user: of the administrator's uid */
	GARASU_EVENT_CUT_OFF =
		12, /* text: "user NAME", "host" or "all"; values: 1 set, 0 released */
	GARASU_EVENT_ROLE_DIED = 13,         /* values: role, status */
	GARASU_EVENT_SESSION_DESTROYED = 14, /* values: processes left, 0 */
	GARASU_EVENT_SESSION_PARKED = 15,
	GARASU_EVENT_SESSION_POOLED = 16, /* started without a user; text: browser version */
	GARASU_EVENT_LOST = 17,           /* values: events for which the supervisor had no room */
	GARASU_EVENT_CONFIGURATION = 18,  /* text: SHA-256 of the file; values: 1 if it changed */
	GARASU_EVENT_SELF_TEST = 19, /* text: SHA-256 of the report; values: pass, fail, not made */
	/* text: why, one of replaced, crowded_out, logged_out, idle, time_limit, session_idle,
	 * password_changed, user_removed, cut_off */
	GARASU_EVENT_WEB_LOGIN_ENDED = 20,
	GARASU_EVENT_ADDRESS_OPENED = 21, /* a session was handed one; text: its site */
	GARASU_EVENT_COUNT = 22,
};

#define GARASU_EVENT_VALUES_MAX 40
#define GARASU_EVENT_TEXT_SIZE 320

struct garasu_record_event {
	uint32_t event; /* enum garasu_event */
	uint32_t session;
	uint64_t unix_ms;
	uint64_t sent; /* counts the supervisor's events from 1 */
	char user[GARASU_USER_SIZE];
	char text[GARASU_EVENT_TEXT_SIZE];
	uint32_t value_count;
	uint32_t reserved;
	uint64_t values[GARASU_EVENT_VALUES_MAX];
};

struct garasu_record_ready {
	uint64_t number; /* of the last event in the trail, whoever sent it; 0: none */
	uint64_t sent;   /* its count */
};

struct garasu_record_written {
	uint64_t sent;
};

_Static_assert(sizeof(struct garasu_gateway_counters) <= GARASU_EVENT_VALUES_MAX * sizeof(uint64_t),
	"a conformity record fits");

#endif
