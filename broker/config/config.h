/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_H
#define GARASU_CONFIG_H

#include <stddef.h>
#include <stdint.h>

/*
 * The one configuration file, YAML, parsed by libcyaml against a schema, documented key by key in
 * garasu.conf(5). The launcher parses it before anything starts; the supervisor parses the same
 * bytes again from a sealed memfd.
 */

#define GARASU_CONFIG_BYTES_MAX 1048576u

enum garasu_audit_when_full {
	GARASU_AUDIT_REFUSE = 0, /* no new session while the audit trail cannot be written */
	GARASU_AUDIT_GO_ON = 1,
};

enum garasu_limits {
	GARASU_LIMITS_CGROUP = 0, /* memory, CPU and processes by cgroup; refuse to start without */
	GARASU_LIMITS_NONE = 1,   /* "limits: none": said loudly at every start */
};

struct garasu_config_host_name { /* names: {name: ..., address: ...} */
	char *name;
	char *address;
};

struct garasu_config {
	/* listen */
	char *listen_address; /* mandatory; numeric IPv4 or IPv6; never 0.0.0.0 or :: */
	uint16_t listen_port; /* 0 picks a free one */
	/* web: the same for browsers; NULL without the section */
	char *web_address;
	uint16_t web_port;
	uint32_t web_idle_ms;     /* a browser's log-in that nobody uses is forgotten */
	uint32_t web_absolute_ms; /* and any of this age */
	/* zones: names of network namespaces in /run/netns; NULL: that leg is the host's own */
	char *zone_lgwan, *zone_internet;
	/* tls: paths, read by the launcher's user before anything starts */
	char *certificate_path, *key_path;
	char *client_ca_path, *revocation_path; /* NULL: none */
	uint32_t client_certificates; /* enum garasu_client_certificates: off wanted required */
	uint32_t tls_minimum;         /* 0x0304 or 0x0303 ("1.3", "1.2") */
	/* paths */
	char *state_directory; /* registry, users, latches */
	char *log_directory;   /* log and audit trail */
	char *admin_socket;
	/* audit */
	uint32_t audit_when_full; /* enum garasu_audit_when_full */
	uint32_t audit_segment_kib, audit_segment_ms, audit_seal_ms;
	/* users */
	uint32_t uid_base; /* first of a range: 16 role uids, then one for each session */
	uint32_t admin_uid_count;
	uint32_t *admin_uids; /* who may use the admin socket; root always */
	/* sessions */
	uint32_t sessions_max;
	uint32_t pool;              /* started sessions that wait for a user; 0 none */
	uint32_t starts_at_once;    /* sessions starting at the same time */
	uint32_t idle_ms;           /* no input: the session ends */
	uint32_t idle_warning_ms;   /* before that end */
	uint32_t addresses_per_min; /* that a session may be handed to open */
	uint32_t detached_ms;       /* nobody connected: the session ends */
	uint32_t park_ms;           /* nobody connected: it is frozen; 0 never */
	uint32_t absolute_ms;       /* age: the session ends */
	uint32_t upgrade_check_ms;  /* between two looks at the browser on the host */
	uint32_t upgrade_grace_ms;  /* after a browser upgrade */
	uint32_t limits;            /* enum garasu_limits */
	uint64_t memory_bytes;      /* per session */
	uint32_t cpu_percent;       /* per session; 100 is one core */
	uint32_t processes_max;     /* per session */
	uint64_t profile_bytes, shm_bytes;
	/* screen */
	uint32_t max_width, max_height, width, height; /* pixels */
	char *keyboard;                                /* jp or us */
	char *language;                                /* ja or en-US */
	char *start_page;                              /* http, https or about:blank */
	uint32_t rate_input, rate_change, rate_animation, rate_video; /* frames per second */
	uint32_t jpeg_quality, refine_ms;
	uint32_t refine; /* enum garasu_refine */
	/* input */
	uint32_t paste_max; /* characters of one paste; 0: off */
	uint32_t paste_returns;
	uint32_t has_preedit;
	/* log-in */
	uint32_t handshake_ms, login_ms;
	uint32_t authenticators_max; /* at once */
	uint32_t connections_max;    /* viewers' connections at once, before and after log-in */
	uint32_t strangers_max;      /* of them without a session, from one address; 0: any */
	uint32_t arrivals_per_min;   /* new connections from one address; 0: any */
	uint32_t failures_max, lockout_ms; /* per user and address pair */
	uint32_t failures_address_max;     /* of all names from one address; 0: any */
	/* egress */
	uint32_t egress_connect_ms, egress_idle_ms, egress_connections_max;
	uint32_t egress_starts_per_s, egress_starts_burst; /* new connections of one session */
	uint32_t name_count;
	struct garasu_config_host_name *names;
	uint32_t allow_count, deny_count, server_count, port_count;
	char **allow;    /* "address[/bits][:port]" opened in spite of the default refusals */
	char **deny;     /* "address/bits": configured LGWAN ranges */
	char **servers;  /* name servers; empty: /etc/resolv.conf */
	uint32_t *ports; /* allowed; default 80 and 443 */
	uint32_t allow_name_count, deny_name_count;
	char **allow_names; /* canonical domains: these alone, where there are any */
	char **deny_names;  /* and never these */
	char *upstream;     /* "HOST:PORT"; NULL: none */
	char *upstream_credentials_path, *upstream_ca_path;
	uint32_t egress_up_mib, egress_down_mib; /* of one session; 0: no limit */
};

/* A file that the configuration names: path NULL where it does not. */
struct garasu_config_file {
	const char *section, *key, *path;
};
#define GARASU_CONFIG_FILES 6

/* Fills every such file. Lends from config. */
void garasu_config_files(
	const struct garasu_config *config, struct garasu_config_file files[GARASU_CONFIG_FILES]);

#define GARASU_CONFIG_ADDRESS_SIZE 64

/* Fills the upstream proxy's numeric address, its own or its name's in egress.names, or "" where
 * only a name server knows it. Returns its port, or 0 where there is no upstream proxy. */
uint16_t garasu_config_upstream(
	const struct garasu_config *config, char address[GARASU_CONFIG_ADDRESS_SIZE]);

/* Parses text (name is shown in errors). Fills *config, all defaults in place, freed by
 * garasu_config_destroy. Returns 0, or -EINVAL with one or more lines "FILE:LINE: what is wrong,
 * what was expected" in message (at most message_size bytes, terminated). */
int garasu_config_parse(const char *text, size_t size, const char *name,
	struct garasu_config **config, char *message, size_t message_size)
	__attribute__((warn_unused_result));

/* Checks that the files it names can be read, and what they hold. text is what *config was parsed
 * from. Returns 0, or -EINVAL with lines as above. */
int garasu_config_check_files(const struct garasu_config *config, const char *text, size_t size,
	const char *name, char *message, size_t message_size) __attribute__((warn_unused_result));

/* Frees; accepts NULL, leaves NULL. */
void garasu_config_destroy(struct garasu_config **config);

#endif
