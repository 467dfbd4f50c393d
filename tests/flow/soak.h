/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_SOAK_H
#define GARASU_FLOW_SOAK_H

#include "harness.h"
#include "line.h"
#include "remains.h"

#include <time.h>

/*
 * The soak: users come, type and go for as long as wanted, faults hit them in a seeded order, and
 * after each period what is left is counted. soak.c deals the events, soak_fault.c does them
 * to what soak_stage.c set up, soak_user.c types and judges what arrived, soak_count.c counts.
 */

#define SOAK_USERS 4u
#define SOAK_GUEST SOAK_USERS /* comes for single events only */
#define SOAK_BATCH 31u        /* with the mark as many as the painter shows */

/* Who types into a painter's page and reads there what arrived. */
struct soak_user {
	char name[16];
	struct flow_viewer viewer;
	int is_connected, has_session;
	uint32_t shown;             /* characters of its page that were judged */
	uint32_t batch[SOAK_BATCH]; /* said, and not judged */
	unsigned count;
};

struct soak_tally {
	unsigned long typed; /* characters, each seen at its place and once */
	unsigned long
		repeated; /* of those: typed again, since a connection died before they arrived */
	unsigned long ended; /* characters whose session ended before they were judged */
	unsigned started, resumed, ends; /* sessions, log-ins into them, ends */
	unsigned orphans;                /* sessions that ended with their supervisor */
};

struct soak {
	struct flow_broker broker;
	struct flow_line line;
	int has_line;
	struct soak_user users[SOAK_USERS + 1];
	struct soak_tally tally;
	uint64_t random;
	time_t begun;
};

/* Returns a number below most. */
unsigned soak_random(struct soak *soak, unsigned most);

/* ---- soak_user.c ---- */

/* Connects and waits for the text field. A session that is there must be resumed, and what was said
 * before must be there from its first character on, up to somewhere; the rest is typed again. */
void soak_user_come(struct soak *soak, struct soak_user *user);

/* Says some characters, and waits for nothing. */
void soak_user_type(struct soak *soak, struct soak_user *user);

/* Waits until all that was said is shown, in order and once. */
void soak_user_judge(struct soak *soak, struct soak_user *user);

/* Its viewer has ended, or is to end: quits, is killed, or ends by itself. The session stays. */
void soak_user_leave(struct soak_user *user);
void soak_user_drop(struct soak_user *user);
void soak_user_was_dropped(struct soak_user *user);

/* Its viewer ends by itself, and the session is over without a word. */
void soak_user_lost(struct soak *soak, struct soak_user *user);

/* Waits for the state that says why the session is over, and for the viewer's end. */
void soak_user_over(struct soak *soak, struct soak_user *user, int state);

/* An administrator ends the session, watched or not. */
void soak_user_end(struct soak *soak, struct soak_user *user);

/* ---- soak_stage.c ---- */

/* Before the broker starts: a small disk each for DIRECTORY/log and DIRECTORY/state, and a clock
 * for supervisor and recorder. */
void soak_stage_make(const char *directory);
void soak_stage_remove(const char *directory);

/* With GARASU_KEEP: what is on the disks, beside them, since they go with this program. */
void soak_stage_keep(const char *directory);

/* Takes all that is left of a disk, "log" or "state"; gives it back. */
void soak_disk_fill(const char *directory, const char *disk);
void soak_disk_empty(const char *directory, const char *disk);

/* From now on the clock is off by so much. */
void soak_clock_turn(const char *directory, int64_t off_s);

/* ---- soak_fault.c ---- */

enum soak_event {
	SOAK_QUIET,
	SOAK_LEAVE,
	SOAK_DROP,
	SOAK_TAKE_OVER,
	SOAK_END,
	SOAK_KILL_GATEWAY,
	SOAK_KILL_ENCODER,
	SOAK_KILL_COMPOSITOR,
	SOAK_KILL_BROWSER,
	SOAK_KILL_EGRESS,
	SOAK_KILL_RECORDER,
	SOAK_KILL_AUTHENTICATOR,
	SOAK_MEMORY_SHORT,
	SOAK_LOG_FULL,
	SOAK_STATE_FULL,
	SOAK_LINE_CUT,
	SOAK_CLOCK_TURNED,
	SOAK_EVENTS,
};

const char *soak_event_name(enum soak_event event);

/* Lets it happen while everybody types, and judges what everybody shows. All users are connected
 * before and after. */
void soak_event_run(struct soak *soak, enum soak_event event);

/* The supervisor, or the launcher, is killed while everybody is at work; the broker is started
 * again. Nobody is connected before and after. */
void soak_kill_broker(struct soak *soak, int is_launcher);

/* ---- soak_count.c ---- */

/* Roles that are there as long as the broker: launcher, supervisor, recorder, egress. */
#define SOAK_ROLES 4u

/* What a broker holds, and its files, when nobody is there. */
struct soak_count {
	struct flow_remains remains;
	unsigned files;                    /* below its directory, but for the trail's */
	unsigned long own_kib[SOAK_ROLES]; /* memory of each role's own */
};

/* Waits until nothing is above most, and fills the count. */
void soak_count(struct soak *soak, struct soak_count *count, const struct soak_count *most);

/* Demands of the audit trail that it verifies, that no event is missing, and that every session of
 * it has its start, its end and one conformity record for each of its connections, but for those
 * connections that ended with their supervisor. Returns the records. */
unsigned long soak_check_trail(struct soak *soak);

#endif
