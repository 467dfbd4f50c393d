/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_SUPERVISOR_H
#define SUPERVISOR_SUPERVISOR_H

#include "arrivals.h"
#include "link.h"
#include "lockout.h"
#include "registry.h"

#include "config/config.h"
#include "garasu/control.h"
#include "garasu/heritage.h"
#include "garasu/state.h"
#include "trail/key.h"

#include <stdint.h>
#include <uv.h>

#define SUPERVISOR_FINAL_MS 3000u /* a viewer that was told its end is closed after this */
#define SUPERVISOR_REMOVE_MS 5000u
#define SUPERVISOR_EXIT_MS 1000u /* a role that closed its socket is gone by then, or is ended */
#define BROWSER_IDENTITY_SIZE 160

struct supervisor;

typedef void (*role_on_gone)(void *owner, int status);

/* One process that the launcher started, or is starting, for us. */
struct role {
	struct role *next;
	uint32_t request, session;
	enum garasu_role kind;
	int32_t pid;   /* 0: not started yet */
	int log;       /* read end, for a recorder started later */
	int is_ending; /* we asked for it: no ROLE_DIED */
	role_on_gone on_gone;
	void *owner;
};

enum connection_state {
	CONNECTION_NEW,      /* a gateway that has not sent its log-in */
	CONNECTION_CHECKING, /* with an authenticator */
	CONNECTION_WAITING,  /* its session is starting; with none, its user's last one ends */
	CONNECTION_ATTACHED,
	CONNECTION_ENDING, /* was told its end */
	CONNECTION_STATE_COUNT,
};

struct connection {
	struct connection *next;
	struct supervisor *supervisor;
	enum connection_state state;
	struct link *link;
	struct role *gateway;
	struct session *session;
	uint64_t deadline_ms;                                            /* 0: none */
	char address[GARASU_ADDRESS_SIZE], network[GARASU_ADDRESS_SIZE]; /* peer.h */
	char user[GARASU_USER_SIZE], certificate_name[GARASU_USER_SIZE];
	char phc[GARASU_PHC_SIZE]; /* what the password is checked against */
	uint32_t session_number;   /* also after the session was let go; 0: never had one */
	unsigned refusals;         /* REFUSED records so far */
	int is_known, has_counters;
	int is_web;      /* a browser's; it may have_entered by a log-in of before */
	int has_entered; /* by the log-in of token_hash */
	uint8_t token_hash[GARASU_TOKEN_HASH_BYTES];
	int replaces; /* the log-in of replaced_hash, where this one is accepted */
	uint8_t replaced_hash[GARASU_TOKEN_HASH_BYTES];
	int tells_last; /* this, of a native viewer's user, as soon as it is in */
	struct garasu_gateway_last last;
	int is_counted; /* as a failed log-in, until its answer is known */
	struct garasu_gateway_counters counters;
};

/* What is refused, told at most so often: nobody floods the audit trail. */
struct refusal {
	uint64_t next_ms;
	uint32_t detail, times;
	char text[GARASU_ADDRESS_SIZE];
};

/* Of the addresses that a session may be handed. */
struct address_limit {
	uint64_t spent_until_ms; /* a minute ahead of now: none is left */
	struct refusal refused;
};

enum session_state {
	SESSION_STARTING,
	SESSION_ATTACHED,
	SESSION_DETACHED,
	SESSION_ENDING,
	SESSION_POOLED, /* it has started and has no user */
};

struct session {
	struct session *next;
	struct supervisor *supervisor;
	enum session_state state;
	uint32_t number, slot;
	char user[GARASU_USER_SIZE], client[GARASU_ADDRESS_SIZE]; /* "" while it has none */
	char browser[BROWSER_IDENTITY_SIZE];                      /* it was started with */
	struct role *jail, *encoder;
	struct link *encoder_link;
	struct connection *connection;
	uv_poll_t *handover;
	int handover_fd, listener_fd, frame_fd, news_fd, input_fd, credit_fd;
	int is_resumed, is_warned, is_upgrading, is_parked, is_from_pool, is_favoured;
	uint64_t egress_spent_us; /* of the records of its connections: allowance_keeps */
	uint64_t started_ms, started_unix_ms, active_ms, detached_ms, upgrade_ms, remove_ms,
		favoured_until_ms;
	uint32_t end_code;
	struct garasu_encoder_statistics statistics; /* of the living encoder */
	uint64_t frames, bytes, refine_bytes;        /* of earlier ones */
	uint32_t first_picture_ms;
	uint64_t cpu_us, cpu_at_ms, memory_bytes; /* last USED */
	uint32_t cpu_percent;
	int is_measuring;
	struct address_limit addresses;
};

/* A role of which one lives as long as the host. */
struct kept_role {
	struct supervisor *supervisor;
	enum garasu_role kind;
	int fds[3]; /* inherited beside the control socket, borrowed */
	int fd_count;
	/* Returns 0, or negative for a breach. */
	int (*on_record)(struct supervisor *supervisor, const struct garasu_control *record);
	void (*on_started)(struct supervisor *supervisor);
	void (*on_stopped)(struct supervisor *supervisor); /* its socket is closed; or NULL */
	struct role *role;                                 /* NULL while there is none */
	struct link *link;
	uint64_t start_at_ms; /* when to start it again; 0: it lives */
	uint64_t end_at_ms;   /* it closed its socket: ended then, if it lives; 0 */
	uint64_t started_ms, wait_ms;
};

/* Events that no recorder has on the disk yet. */
struct event_queue {
	struct waiting_event *first, *last;
	struct waiting_event *next; /* not given to the living recorder yet */
	unsigned count;
	uint64_t sent;           /* of the newest event */
	uint64_t heard_ms;       /* when an event was written last, or the first began to wait */
	uint64_t lost;           /* for which there was no room */
	int knows_number;        /* a recorder was READY before */
	uint64_t earlier_number; /* of the last event before this supervisor's */
};

/* Who looked at what, without changing anything. */
struct look {
	uint64_t next_ms; /* when it is told again */
	uint64_t times;   /* since it was told */
	uint32_t command; /* enum garasu_admin_command; 0: none */
	uid_t uid;
};

#define SUPERVISOR_LOOKS 32u

struct supervisor {
	const struct garasu_config *config;
	uv_loop_t loop;
	uv_poll_t listener, web, admin;
	uv_prepare_t prepare;
	uv_timer_t timer;
	uv_signal_t terminate;
	int listener_fd, web_fd, admin_fd, log_directory_fd; /* web_fd: -1 without a web section */
	int gateway_settings_fd, encoder_settings_fd, egress_settings_fd;
	int recorder_key_fd, recorder_settings_fd;
	const char *upstream_ca; /* PEM, or NULL: borrowed for good */
	size_t upstream_ca_size;
	struct link *launcher;
	struct registry *registry;
	struct lockout lockout;
	struct arrivals arrivals;
	struct role *roles;
	uint32_t last_request;
	struct kept_role recorder, egress;
	struct event_queue events;
	int is_recording;      /* the recorder said READY and lives */
	uint64_t accept_at_ms; /* no descriptor was left: accept again then; 0 */
	struct connection *connections;
	struct web_login *web_logins;
	struct session *sessions;
	struct refusal refusals[GARASU_REFUSAL_ARRIVALS - GARASU_REFUSAL_CONNECTIONS + 1];
	struct look looks[SUPERVISOR_LOOKS];
	struct auth *auths;
	struct admin *admins;
	unsigned auths_running;
	char dummy_phc[GARASU_PHC_SIZE];
	uint64_t pool_at_ms; /* no start for the pool before this */
	uint64_t pool_wait_ms;
	uint64_t browser_at_ms; /* when to look whether it was upgraded */
	int is_ready, is_stopping, exit_code;
	int has_unmarked; /* a session is over that the registry does not know to be */
	uint64_t stop_at_ms;
};

/* loop.c: takes the descriptors; runs until told to stop. Returns the exit code. */
struct supervisor_heritage {
	int launcher, listener, admin, log_directory, recorder_key;
	char configuration_sha256[TRAIL_HASH_TEXT];
	int web;                  /* -1: none */
	int certificate_settings; /* sealed settings of gateways */
	int egress_settings;
	char *upstream_ca; /* PEM, or NULL */
	size_t upstream_ca_size;
};
int supervisor_run(struct supervisor *supervisor, const struct garasu_config *config,
	struct registry *registry, const struct supervisor_heritage *heritage);
void supervisor_stop(struct supervisor *supervisor, int exit_code);
void supervisor_ready_if(struct supervisor *supervisor);

/* role.c */
int role_start(struct supervisor *supervisor, enum garasu_role kind, const struct session *session,
	const int *fds, int fd_count, role_on_gone on_gone, void *owner, struct role **role)
	__attribute__((warn_unused_result));
void role_end(struct supervisor *supervisor, struct role **role);
void role_on_started(struct supervisor *supervisor, uint32_t request, int32_t pid);
void role_on_ended(struct supervisor *supervisor, uint32_t request, int32_t status);
void role_send_pipes(struct supervisor *supervisor);

/* events.c: values may be NULL. */
void event_send(struct supervisor *supervisor, enum garasu_event event, uint32_t session,
	const char *user, const char *text, const uint64_t *values, unsigned value_count);
/* A new recorder stands: it is told what is not in the trail yet. */
void event_on_ready(struct supervisor *supervisor, const struct garasu_record_ready *ready);
/* What is on the disk is forgotten. */
void event_on_written(struct supervisor *supervisor, const struct garasu_record_written *written);
/* True if events wait and none was written for long: the recorder lives and does nothing. */
int event_is_stuck(const struct supervisor *supervisor, uint64_t now_ms);

/* refusal.c: the record follows at once, or with the next of its kind. */
void refusal_note(struct supervisor *supervisor, enum garasu_refusal refusal, uint32_t detail,
	const char *text);
uint64_t refusal_run(struct supervisor *supervisor, uint64_t now_ms);

/* kept_role.c */
void kept_role_start(struct kept_role *kept);
/* Ends one that lives and lets another follow. */
void kept_role_stop(struct kept_role *kept);
/* Where there is none, the next is told anew by its on_started. */
void kept_role_send(
	struct kept_role *kept, uint16_t type, const void *payload, const int *fds, int fd_count);
/* Returns when to look again, UINT64_MAX for never. */
uint64_t kept_role_run(struct kept_role *kept, uint64_t now_ms);

/* recorder_link.c, egress_link.c: the first start. */
void recorder_start(struct supervisor *supervisor);
/* True if events reach the disk, as far as is known. */
int recorder_writes(const struct supervisor *supervisor);
/* True if a session may start as far as the audit trail goes. */
int recorder_allows(const struct supervisor *supervisor);
void egress_start(struct supervisor *supervisor);
/* One record of egress's. Returns 0, or -EPROTO for what ours never says: it is ended. */
int egress_take(struct supervisor *supervisor, const struct garasu_control *untrusted_record)
	__attribute__((warn_unused_result));
void egress_add(struct supervisor *supervisor, const struct session *session);
void egress_remove(struct supervisor *supervisor, const struct session *session);

/* auth.c: callbacks come once; phc NULL or is_right -1 when no answer could be had. */
typedef void (*auth_on_done)(void *owner, int is_right, const char *phc);
int auth_check(struct supervisor *supervisor, const char *password, const char *phc,
	auth_on_done on_done, void *owner) __attribute__((warn_unused_result));
int auth_hash(struct supervisor *supervisor, const char *password, auth_on_done on_done,
	void *owner) __attribute__((warn_unused_result));
/* Its asker is gone. Returns 1 if the hash was being made already. */
int auth_forget(struct supervisor *supervisor, const void *owner);
void auth_make_dummy(struct supervisor *supervisor);

/* accept.c, connection.c, login.c */
int accept_start(struct supervisor *supervisor) __attribute__((warn_unused_result));
void accept_again(struct supervisor *supervisor);
int connection_open(struct supervisor *supervisor, enum garasu_role front, int *tcp,
	const char *address) __attribute__((warn_unused_result));
unsigned connection_count(const struct supervisor *supervisor);
/* Connections from this network (peer.h) that have no session. */
unsigned connection_strangers(const struct supervisor *supervisor, const char *network);
void connection_tell(struct connection *connection, uint32_t code, uint32_t value);
/* Tells the end (a verdict where none was given yet) and lets go of its session. */
void connection_finish(struct connection *connection, uint32_t code, uint32_t value);
void connection_kill(struct connection *connection);
void login_begin(struct connection *connection, struct garasu_gateway_login *untrusted_login);
/* Its check has no answer: it is no failure. */
/* A try that got no answer does not count. */
void login_forget(struct connection *connection);
/* Tells the verdict, in the trail too; ACCEPTED is one where no session begins. */
void login_refuse(struct connection *connection, uint32_t code, uint32_t value);
int login_certificate_fits(const struct connection *connection);
/* Returns the connection of this user that waits for the last session's removal, or NULL. */
struct connection *login_that_waits(struct supervisor *supervisor, const char *user);
/* That session is gone. */
void login_go_on(struct supervisor *supervisor, const char *user);
/* Whoever came in as this user has to log in again; the session stays. */
void login_let_go(struct supervisor *supervisor, const char *user);
/* Its user is there, with the password that was checked. */
int login_is_still_known(const struct connection *connection);

/* address_limit.c: returns 0 and takes one of a minute's worth, or the seconds until there is one
 * again. */
uint32_t address_limit_judge(struct address_limit *limit, uint32_t per_minute, uint64_t now_ms);

/* The same for a session, by its configuration; a refusal is told, at most once a minute. */
uint32_t address_limit_take(struct session *session);

/* Tells what was refused and not told yet. */
void address_limit_tell(struct session *session);

/* last_login.c */
void last_login_read(
	struct supervisor *supervisor, const char *user, struct garasu_gateway_last *last);
/* Of one who is a user by now. */
void last_login_note(struct supervisor *supervisor, const char *user, int is_right);
/* Of one who is gone, or is new under a name that was another's. */
void last_login_forget(struct supervisor *supervisor, const char *user);

/* web_login.c */
void web_login_begin(struct connection *connection, struct garasu_web_login *untrusted_login);
/* Its password was right. */
void web_login_accept(struct connection *connection);
void web_login_enter(struct connection *connection, const struct garasu_web_enter *untrusted_enter);
/* What it came in by was not ended since. */
int web_login_stands(const struct connection *connection);
void web_login_leave(
	struct connection *connection, const struct garasu_web_logout *untrusted_logout);
/* That by which a connection came in, when its session has ended for idleness. */
void web_login_end(const struct connection *connection);
/* All of a user's, or everyone's with NULL: who came in by one is let go. why is a word for the
 * audit trail. */
void web_login_forget(struct supervisor *supervisor, const char *user, const char *why);
/* It is about to lose its session: until now its log-in was in use. */
void web_login_note(struct connection *connection);
/* Ends what is too old. Returns when to call again. */
uint64_t web_login_run(struct supervisor *supervisor, uint64_t now_ms);

/* session.c, attach.c, session_end.c, handover.c */
void session_join(struct connection *connection);
/* Starts one without a user. Returns 0 or negative errno. */
int session_start_pooled(struct supervisor *supervisor) __attribute__((warn_unused_result));
int session_has_user(const struct session *session);
/* Its jail has started: it may be watched. */
void session_started(struct session *session);
/* Of users. */
struct session *session_of_user(struct supervisor *supervisor, const char *user);
struct session *session_by_number(struct supervisor *supervisor, uint32_t number);
unsigned session_count(const struct supervisor *supervisor);
int session_attach(struct session *session) __attribute__((warn_unused_result));
void session_detach(struct session *session);
void session_end(struct session *session, uint32_t code);
void session_removed(struct supervisor *supervisor, const struct garasu_launch_used *used);
/* Marks in the registry, now that it can be written, whose end could not be marked at its time:
 * else the next supervisor would record it once more. */
void session_mark_gone(struct supervisor *supervisor);
void session_write(struct session *session);
int handover_open(struct session *session, int fd) __attribute__((warn_unused_result));
void handover_close(struct session *session);
int handover_take(int fd, int *listener) __attribute__((warn_unused_result));
void session_send_remove(struct session *session);
void encoder_end(struct session *session);

/* pool.c */
unsigned pool_count(const struct supervisor *supervisor);
/* Returns the best of the pool, or NULL. */
struct session *pool_find(struct supervisor *supervisor);
/* A user's session starts. */
void pool_rest(struct supervisor *supervisor);
/* One that waited has died. */
void pool_lost(struct session *session);
void pool_open_start_page(const struct session *session);
/* Starts what is missing. Returns when to look again. */
uint64_t pool_run(struct supervisor *supervisor, uint64_t now_ms);

/* park.c */
void session_park(struct session *session);
/* Before anything of it is needed; nothing to do where it is not parked. */
void session_thaw(struct session *session);
/* Returns when it is to be parked, UINT64_MAX for never. */
uint64_t session_park_at(const struct session *session);

/* favour.c: somebody types. */
void session_favour(struct session *session);
/* Returns when to look again. */
uint64_t session_favour_run(struct session *session, uint64_t now_ms);

/* timers.c */
uint64_t timers_run(struct supervisor *supervisor, uint64_t now_ms);

/* browser.c: the identity changes with an upgrade of Chromium or of what starts it. */
void browser_read(char identity[BROWSER_IDENTITY_SIZE]);
/* Warns the sessions of an older browser, once. */
void browser_check(struct supervisor *supervisor);

/* configuration.c */
void configuration_record(struct supervisor *supervisor, const char *sha256);

/* cutoff.c */
int cutoff_is_set(struct supervisor *supervisor, const char *user);
/* Latches, and only then ends what it reaches. Returns 0 or negative errno. */
int cutoff_set(struct supervisor *supervisor, uint32_t scope, const char *user)
	__attribute__((warn_unused_result));
int cutoff_release(struct supervisor *supervisor, uint32_t scope, const char *user)
	__attribute__((warn_unused_result));

/* admin_server.c */
int admin_start(struct supervisor *supervisor) __attribute__((warn_unused_result));
int admin_uid_is_allowed(const struct garasu_config *config, uint32_t own_uid, uint32_t uid);
void admin_on_used(struct supervisor *supervisor, const struct garasu_launch_used *used);
uint64_t admin_deadline(struct supervisor *supervisor, uint64_t now_ms);

/* admin_record.c: told at once, or with the next of the same. */
void admin_look(struct supervisor *supervisor, uid_t uid, uint32_t command, uint64_t now_ms);
/* Returns when to call again. */
uint64_t admin_look_run(struct supervisor *supervisor, uint64_t now_ms);

/* settings.c: sealed memfds; negative errno. */
int settings_gateway(const struct garasu_config *config, int state_fd);
int settings_encoder(const struct garasu_config *config);
int settings_session(const struct supervisor *supervisor, uint32_t slot, int is_pooled);
int settings_egress(const struct garasu_config *config, int state_fd);
/* Fills the PEM of the upstream proxy's CA, NULL where there is none. */
int settings_upstream_ca(
	const struct garasu_config *config, int state_fd, char **pem, size_t *size);
int settings_frame(const struct garasu_config *config);
int settings_recorder(const struct garasu_config *config);

#endif
