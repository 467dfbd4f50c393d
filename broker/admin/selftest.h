/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ADMIN_SELFTEST_H
#define ADMIN_SELFTEST_H

#include "config/config.h"

#include <sys/types.h>

/*
 * garasuctl selftest: a safe part of the boundary's tests against the installation that runs, from
 * the outside, by root. What cannot be looked at is "not checked", with the reason, and never
 * passed.
 */

enum selftest_verdict {
	SELFTEST_PASS,
	SELFTEST_FAIL,
	SELFTEST_NOT_CHECKED,
};

struct selftest_process {
	pid_t pid;
	uint32_t offset; /* of its uid from users.uid_base: enum garasu_role, or 16 and more:
			    session */
	char name[32];   /* of its program */
	int is_jailed;   /* inside a session's jail */
};

#define SELFTEST_PROCESSES_MAX 16384u
#define SELFTEST_REASON_SIZE 200

struct selftest {
	const struct garasu_config *config;
	struct selftest_process *processes;
	size_t count;
	char reason[SELFTEST_REASON_SIZE]; /* of the last verdict, in English: names and numbers */
};

struct selftest_check {
	const char *clause; /* of the city's basic policy */
	const char *english, *japanese;
	enum selftest_verdict (*run)(struct selftest *test);
};

#define SELFTEST_SESSION 16u /* offsets from here on are sessions' */

static inline int selftest_is_session(const struct selftest_process *process)
{
	return process->offset >= SELFTEST_SESSION;
}

/* Looks at a descriptor: its path in /proc, and what it leads to. */
typedef enum selftest_verdict (*selftest_on_descriptor)(struct selftest *test,
	const struct selftest_process *process, const char *path, const char *target);

/* Says why and gives the verdict. */
enum selftest_verdict selftest_say(struct selftest *test, enum selftest_verdict verdict,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Passes when something was seen. */
enum selftest_verdict selftest_judge(struct selftest *test, unsigned seen, const char *of_what);

/* Fails, by a process. */
enum selftest_verdict selftest_blame(
	struct selftest *test, const struct selftest_process *process, const char *what);

/* What of it could not be read: passes when it is because the process has gone. */
enum selftest_verdict selftest_unread(
	struct selftest *test, const struct selftest_process *process, const char *what);

/* selftest.c: options: what follows "selftest", ended by NULL. Returns the exit code. */
int selftest_command(char *const *words, int is_japanese);

/* selftest_host.c: fills processes. Returns 0 or negative errno. */
int selftest_find_processes(struct selftest *test) __attribute__((warn_unused_result));
enum selftest_verdict selftest_uids(struct selftest *test);
enum selftest_verdict selftest_privileges(struct selftest *test);
enum selftest_verdict selftest_filters(struct selftest *test);
enum selftest_verdict selftest_secrecy(struct selftest *test);
enum selftest_verdict selftest_networks(struct selftest *test);
enum selftest_verdict selftest_frames(struct selftest *test);
enum selftest_verdict selftest_policy(struct selftest *test);
enum selftest_verdict selftest_files(struct selftest *test);

/* Looks at every descriptor of a process, until one does not pass. */
enum selftest_verdict selftest_each_descriptor(
	struct selftest *test, const struct selftest_process *process, selftest_on_descriptor look);

/* selftest_leg.c: moves this process to the network namespace of a leg; NULL: it stays. Returns 0
 * or negative errno. */
int selftest_enter(const char *zone) __attribute__((warn_unused_result));
enum selftest_verdict selftest_sockets(struct selftest *test);

/* selftest_wire.c: as a viewer and as a role would. */
/* Says a request where browsers are awaited, in TLS or without. Fills the answer, terminated.
 * Returns its bytes, 0 when there is none, or negative errno when it could not be asked. */
ssize_t selftest_ask_browsers(struct selftest *test, int is_plain, const char *request,
	char *untrusted_answer, size_t size);
enum selftest_verdict selftest_web_tls(struct selftest *test);
enum selftest_verdict selftest_listen(struct selftest *test);
enum selftest_verdict selftest_anonymous(struct selftest *test);
enum selftest_verdict selftest_old_tls(struct selftest *test);
enum selftest_verdict selftest_admin(struct selftest *test);
enum selftest_verdict selftest_trail(struct selftest *test);

/* selftest_web.c */
enum selftest_verdict selftest_web(struct selftest *test);

#endif
