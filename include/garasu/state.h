/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_STATE_H
#define GARASU_STATE_H

/*
 * State codes: all that the broker itself ever tells a viewer. The viewer holds the words.
 *
 * A code crosses with one bounded integer (value). Where a standard viewer must be told why a
 * log-in failed, RFB's reason string is built from the code alone: "Garasu NN: <fixed English
 * words>". Numbers are stable: they are spoken between versions.
 */

enum garasu_state {
	GARASU_STATE_ACCEPTED = 0,     /* value: 1 the session is resumed, 0 it is new */
	GARASU_STATE_REFUSED = 1,      /* unknown user or wrong password: never says which */
	GARASU_STATE_HOST_FULL = 2,    /* value: sessions the host carries */
	GARASU_STATE_CUT_OFF = 3,      /* an administrator has cut this user or host off */
	GARASU_STATE_LOCKED = 4,       /* too many failures; value: seconds until the next try */
	GARASU_STATE_START_FAILED = 5, /* the session could not be started */
	GARASU_STATE_TAKEN_OVER = 6,   /* the same user logged in elsewhere */
	GARASU_STATE_ENDED_BY_ADMIN = 7,
	GARASU_STATE_IDLE_WARNING = 8, /* value: seconds until the session ends */
	GARASU_STATE_IDLE_ENDED = 9,
	GARASU_STATE_TIME_LIMIT = 10,    /* the absolute limit is reached */
	GARASU_STATE_BROWSER_ENDED = 11, /* compositor or browser died; the session is over */
	GARASU_STATE_UPGRADE_WARNING =
		12, /* value: seconds until the session ends for a new browser */
	GARASU_STATE_UPGRADE_ENDED = 13,
	GARASU_STATE_PROTOCOL = 14, /* the viewer broke the protocol */
	GARASU_STATE_CERTIFICATE =
		15,                 /* a client certificate is required or does not fit the user */
	GARASU_STATE_SHUTDOWN = 16, /* the broker is stopping */
	GARASU_STATE_BUSY = 17,     /* too many starts at once; value: seconds to wait */
	GARASU_STATE_CONNECTION_LOST = 18, /* encoder died: connect again, the session goes on */
	GARASU_STATE_ADDRESS_LIMIT = 19,   /* too many addresses: one was not opened; value: seconds
					      until the next may be */
	/* To a native viewer once it is in; a browser has both in the answer to its log-in. */
	GARASU_STATE_LAST_LOGIN = 20,    /* value: the log-in before, in s since 1970; 0: none */
	GARASU_STATE_FAILED_LOGINS = 21, /* value: failed since then, at least 1 */
	GARASU_STATE_COUNT = 22,
};

#endif
