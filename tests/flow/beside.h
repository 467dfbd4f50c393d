/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_BESIDE_H
#define GARASU_FLOW_BESIDE_H

#include "harness.h"

/*
 * A user, tanaka, at work beside an attacker who knows the password of suzuki: whatever the
 * attacker does, tanaka's picture follows and nothing of the attacker's is left. The painter stands
 * in for the browser.
 */

struct beside {
	struct flow_broker broker;
	struct flow_viewer viewer; /* tanaka's */
	int descriptors;           /* of the supervisor, when tanaka alone was connected */
	unsigned serial;
	long mark; /* where the audit trail ended */
};

/* login: lines of the configuration's section, or NULL. */
void beside_start(struct beside *beside, const char *login);
void beside_stop(struct beside *beside);

/* What follows is looked for behind the audit trail's end as it is now. */
void beside_mark(struct beside *beside);

/* Waits until the audit trail has exactly count lines behind the mark that contain the text; more
 * fail the test. */
void beside_wait_audit(struct beside *beside, const char *text, unsigned count);

/* Returns how many it has now. */
unsigned beside_count_audit(struct beside *beside, const char *text);

/* Waits for one "refused" of these numbers from this user ("" before a log-in). */
void beside_wait_refused(
	struct beside *beside, const char *user, unsigned refusal, unsigned detail);

/* Returns the sum of the "times" of the refusals of this kind until now. */
unsigned beside_count_times(struct beside *beside, unsigned refusal);

/* Waits until the "times" of the refusals of this kind add up to total; more fail the test. */
void beside_wait_times(struct beside *beside, unsigned refusal, unsigned total);

/* The same for refusals of every kind, each of which must be one that is counted. */
void beside_wait_refusals(struct beside *beside, unsigned total);

/* Another colour is opened and seen. */
void beside_is_at_work(struct beside *beside);

/* Waits until tanaka's gateway and encoder are the only ones, and the supervisor holds as many
 * descriptors as before plus so many. */
void beside_wait_alone(struct beside *beside, int more_descriptors);

/* The process of that name that is not tanaka's. */
pid_t beside_attackers(struct beside *beside, const char *binary);

/* Bytes of private memory that no gateway and no encoder may pass. */
#ifdef __SANITIZE_ADDRESS__
#define BESIDE_MEMORY_MAX (1024ul << 20) /* freed memory is held back */
#else
#define BESIDE_MEMORY_MAX (160ul << 20)
#endif

#endif
