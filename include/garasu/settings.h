/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_SETTINGS_H
#define GARASU_SETTINGS_H

#include <stdint.h>

/*
 * Settings: what the supervisor hands a role at its start, in a sealed memfd (heritage.h). One
 * fixed struct, then the variable parts in the order named. The reader is the role, the writer is
 * trusted; a size that does not add up is our own invariant broken, and the role ends.
 */

enum garasu_client_certificates {
	GARASU_CLIENT_CERTIFICATES_OFF = 0,
	GARASU_CLIENT_CERTIFICATES_WANTED = 1,
	GARASU_CLIENT_CERTIFICATES_REQUIRED = 2,
};

struct garasu_gateway_settings {
	uint32_t handshake_ms;        /* from accept to a log-in received */
	uint32_t login_ms;            /* from log-in received to its verdict */
	uint32_t client_certificates; /* enum garasu_client_certificates */
	uint32_t tls_minimum;         /* 0x0304 TLS 1.3, 0x0303 TLS 1.2 */
	uint32_t max_width, max_height;
	uint32_t paste_max;     /* characters of one paste; 0: none crosses */
	uint32_t paste_returns; /* 1: its line ends are Return, 0: spaces */
	uint32_t has_preedit;   /* 1: what an input method composes may cross */
	/* then PEM: server certificate chain, key, CA of clients, revocation lists */
	uint32_t certificate_bytes;
	uint32_t key_bytes;
	uint32_t client_ca_bytes;
	uint32_t revocation_bytes;
};

/* How far what went out as JPEG is refined when it rests. */
enum garasu_refine {
	GARASU_REFINE_EXACT = 0, /* bit for bit */
	GARASU_REFINE_FINE = 1,  /* a JPEG of high quality */
	GARASU_REFINE_OFF = 2,
};

struct garasu_encoder_settings {
	uint32_t max_width, max_height;
	uint32_t rate_input;   /* frames per second at most; 0 = no cap */
	uint32_t jpeg_quality; /* 1..100, upper bound whatever the viewer asks */
	uint32_t refine_ms;    /* after this rest a lossy region is refined; 0 never */
	uint32_t refine;       /* enum garasu_refine */
};

struct garasu_session_settings {
	uint32_t max_width, max_height;
	uint32_t width, height, scale; /* first geometry */
	uint32_t profile_bytes;        /* tmpfs of the browser's profile and home */
	uint32_t shm_bytes;            /* tmpfs at /dev/shm */
	uint32_t is_pooled;            /* its start page comes as the first address */
	/* frames a second, at most; 0: no cap */
	uint32_t rate_input, rate_change, rate_animation, rate_video;
	uint32_t uid;               /* shown in the jail's one-line passwd */
	char keyboard[8];           /* xkb layout: "jp" or "us" */
	char start_page[2048];      /* http, https or about:blank */
	char language[16];          /* "ja" or "en-US" */
	uint32_t upstream_ca_bytes; /* then PEM: whom the browser trusts beside Debian's list */
};

struct garasu_egress_settings {
	uint32_t connect_ms, idle_ms;
	uint32_t connections_max;            /* per session */
	uint32_t starts_per_s, starts_burst; /* new connections of a session; at least 1 */
	uint32_t up_mib, down_mib;           /* of one session in all; 0: no limit */
	/* then text, lines ended by \n, in the order: names ("name address"), allowed addresses
	 * ("address[/bits][:port]"), denied ranges ("address/bits"), name servers
	 * ("address[:port]"), ports ("443"), the only domains ("example.jp"), denied domains, the
	 * upstream proxy ("host:port", one line or none), its credentials ("user:password") */
	uint32_t names_bytes, allow_bytes, deny_bytes, servers_bytes, ports_bytes;
	uint32_t allow_names_bytes, deny_names_bytes, upstream_bytes, credentials_bytes;
};

struct garasu_recorder_settings {
	uint64_t segment_bytes; /* a segment of the trail is closed at this size */
	uint64_t segment_ms;    /* or at this age */
	uint64_t seal_ms;       /* a record is sealed at most so long after it was written */
};

#endif
