/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_LAUNCHER_H
#define GARASU_LAUNCHER_H

#include "cgroup.h"
#include "garasu/control.h"
#include "garasu/heritage.h"

#include <config/config.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * The only process with privilege. It reads the configuration, opens what listens, starts the
 * supervisor, and then does what fixed records tell it: start this role for that session, signal
 * it, freeze, measure or end a session. It parses nothing else.
 *
 * arguments.c: the command line; firewall.c: the rule sheet that it prints;
 * host.c: what it opens and claims, with directory.c, uids.c and zone.c;
 * role.c: what each role is allowed; child.c: starting one; cgroup.c: limits; removal.c: ending
 * sessions; serve.c: the records.
 */

struct arguments {
	const char *configuration;
	int only_check;
	const char *firewall; /* the zone whose rule sheet to print, or NULL */
};

enum role_network {
	ROLE_NETWORK_NONE, /* an empty network namespace of its own */
	ROLE_NETWORK_INTERNET,
};

/* Whose control group it belongs into. */
enum role_group {
	ROLE_GROUP_NONE,
	ROLE_GROUP_SESSION,
	ROLE_GROUP_GUEST, /* a session's too, which it joins once it is its role: the launcher waits
			   * for that, and no session is to keep it waiting */
	ROLE_GROUP_SERVICE, /* of the roles between a desk and its session */
};

struct role_rule {
	const char *program;
	enum role_network network;
	enum role_group group;
	unsigned files; /* RLIMIT_NOFILE */
};

struct child {
	pid_t pid; /* 0: free slot */
	uint32_t request;
	uint32_t session;
	uint16_t role;
};

#define CHILDREN_MAX 16384
#define REMOVALS_MAX 4096
#define SLOTS_MAX 4000 /* the most that sessions.max can be */

struct removal {
	uint32_t session, uid_slot;
	uint64_t cpu_us, memory_bytes;
	uint64_t deadline_ms;
};

struct launcher {
	struct garasu_config *config;
	char *configuration; /* its text */
	size_t configuration_size;
	int has_privilege;
	int programs;               /* O_PATH directory of the role binaries */
	int own, lgwan, internet;   /* network namespaces; -1: that leg is the host's own */
	int tcp, web, admin, state; /* web: -1 without a web section */
	int state_lock, uids;       /* locked while open */
	uint16_t port, web_port;
	struct cgroups cgroups;
	int control;                      /* to the supervisor */
	int signals;                      /* signalfd */
	int is_ready, is_ending, is_deaf; /* deaf: the supervisor's socket is closed */
	uint64_t end_deadline_ms;
	pid_t supervisor;
	int exit_code;
	struct child children[CHILDREN_MAX];
	size_t child_count;        /* slots in use are below this */
	uint32_t slots[SLOTS_MAX]; /* the session whose processes may have the slot's uid, or 0 */
	struct removal removals[REMOVALS_MAX];
	size_t removal_count;
	uint64_t start_ms; /* at most this long for a child to become its role */
};

/* arguments.c. Returns 0, 1 when there is nothing more to do (help, version), or -EINVAL. */
int arguments_parse(int argc, char **argv, struct arguments *arguments);

/* host.c: reads the configuration and opens nothing else; then makes the directories and opens what
 * listens. Both say on stderr what is wrong and return 0 or negative errno. */
int host_configure(struct launcher *launcher, const char *path) __attribute__((warn_unused_result));
int host_open(struct launcher *launcher) __attribute__((warn_unused_result));
void host_remove_copies(const struct launcher *launcher); /* of the tls section's files */
void host_warn_development(const struct launcher *launcher);

/* zone.c: opens the namespaces that the configuration names, and says on stderr what is wrong; then
 * moves the calling process into one of them (zone -1: stays). Return 0 or negative errno. */
int zones_open(struct launcher *launcher) __attribute__((warn_unused_result));
int zone_enter(int zone) __attribute__((warn_unused_result));

/* firewall.c: writes the nftables rules of a leg, "lgwan" or "internet", to the stream. Says on
 * stderr what the configuration lacks for it. Returns 0 or -EINVAL. */
int firewall_print(FILE *stream, const struct garasu_config *config, const char *zone)
	__attribute__((warn_unused_result));

/* role.c */
const struct role_rule *role_rule(uint16_t role);
uid_t role_uid(const struct garasu_config *config, uint16_t role, uint32_t uid_slot);

uint32_t role_uid_count(const struct garasu_config *config); /* from uid_base on */

/* child.c: descriptors[0] becomes 2, the others 3, 4, ... Returns the pid or negative errno. */
pid_t child_start(struct launcher *launcher, uint16_t role, uint32_t session, uint32_t uid_slot,
	const int *descriptors, int count);

/* removal.c. A slot's uid is its session's from slot_take until that session's removal. slot_take
 * returns 0, -EINVAL, or -EBUSY while another has it. removal_begin returns 0 or -EPROTO. */
int slot_take(struct launcher *launcher, uint32_t session, uint32_t uid_slot)
	__attribute__((warn_unused_result));
int removal_begin(struct launcher *launcher, const struct garasu_launch_session *order)
	__attribute__((warn_unused_result));
size_t removals_advance(struct launcher *launcher); /* returns how many wait on */
void slots_kill(struct launcher *launcher);         /* every process of every slot that was taken */

/* serve.c: tells the supervisor; runs until the broker ends and returns the exit code. */
void launcher_tell(struct launcher *launcher, uint16_t type, const void *payload);
int serve(struct launcher *launcher);

#endif
