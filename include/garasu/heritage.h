/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_HERITAGE_H
#define GARASU_HERITAGE_H

/*
 * Who inherits which descriptor.
 *
 * Every role is a binary of its own, started with exec by the launcher with exactly the descriptors
 * of its row here and no other. A role opens nothing that it could have been handed.
 *
 * In every role 0 and 1 are /dev/null, 2 is the log (a pipe to the recorder, key=value lines), and
 * 3 is the control socket (SOCK_SEQPACKET, see control.h) to the supervisor, or to the launcher
 * where the role is the supervisor.
 */

enum garasu_role {
	GARASU_ROLE_NONE = 0,
	GARASU_ROLE_LAUNCHER = 1,
	GARASU_ROLE_SUPERVISOR = 2,
	GARASU_ROLE_RECORDER = 3,
	GARASU_ROLE_AUTHENTICATOR = 4,
	GARASU_ROLE_GATEWAY = 5,
	GARASU_ROLE_ENCODER = 6,
	GARASU_ROLE_SESSION = 7, /* jail starter, then compositor and browser */
	GARASU_ROLE_EGRESS = 8,
	GARASU_ROLE_WEB = 9, /* a gateway for browsers: its row is the gateway's */
	GARASU_ROLE_COUNT = 10,
};

enum garasu_heritage {
	GARASU_FD_LOG = 2,
	GARASU_FD_CONTROL = 3,

	/* supervisor */
	GARASU_FD_SUPERVISOR_CONFIGURATION = 4, /* sealed memfd: the configuration file's text */
	GARASU_FD_SUPERVISOR_LISTENER = 5,      /* TCP, listening for viewers */
	GARASU_FD_SUPERVISOR_ADMIN = 6,         /* Unix SOCK_SEQPACKET, listening for garasuctl */
	GARASU_FD_SUPERVISOR_STATE = 7, /* O_PATH directory: registry, users, latches, keys */
	GARASU_FD_SUPERVISOR_WEB = 8,   /* TCP, listening for browsers; only with a web section */

	/* recorder */
	GARASU_FD_RECORDER_DIRECTORY = 4, /* directory for the log and the audit trail */
	GARASU_FD_RECORDER_KEY = 5,       /* O_PATH directory: the key that seals the trail */
	GARASU_FD_RECORDER_SETTINGS = 6,  /* sealed memfd: struct garasu_recorder_settings */

	/* gateway */
	GARASU_FD_GATEWAY_VIEWER = 4,   /* TCP connection of one viewer */
	GARASU_FD_GATEWAY_SETTINGS = 5, /* sealed memfd: struct garasu_gateway_settings and PEM */

	/* encoder */
	GARASU_FD_ENCODER_STREAM = 4,   /* Unix stream to the gateway: plain RFB from ClientInit */
	GARASU_FD_ENCODER_FRAME = 5,    /* frame memory, opened read-only */
	GARASU_FD_ENCODER_NEWS = 6,     /* read end: one byte for each new frame */
	GARASU_FD_ENCODER_CREDIT = 7,   /* write end of the session's credit pipe */
	GARASU_FD_ENCODER_SETTINGS = 8, /* sealed memfd: struct garasu_encoder_settings */

	/* session: there is no control socket; 3 hands the proxy listener out, once */
	GARASU_FD_SESSION_HANDOVER = 3, /* Unix SOCK_SEQPACKET: carries one listening TCP socket */
	GARASU_FD_SESSION_FRAME = 4,    /* frame memory, read-write, size sealed */
	GARASU_FD_SESSION_NEWS = 5,     /* write end */
	GARASU_FD_SESSION_INPUT = 6,    /* read end of the input pipe */
	GARASU_FD_SESSION_SETTINGS = 7, /* sealed memfd: struct garasu_session_settings */
	GARASU_FD_SESSION_CREDIT = 8,   /* read end of the credit pipe */

	/* egress */
	GARASU_FD_EGRESS_SETTINGS = 4, /* sealed memfd: struct garasu_egress_settings and lists */

	GARASU_FD_FIRST_FREE = 9, /* every descriptor from here on is closed before exec */
};

#endif
