/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow_soak [SECONDS [SEED]]: users come, type and go while faults hit a real broker; see soak.h.
 * Without SECONDS every event happens once. The order follows from the seed, which is printed.
 * Reads untrusted bytes from: nobody; the viewers do.
 */

#include "soak.h"

#include <inttypes.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>

#include <cmocka.h>

/* Memory of a role's own that may come to stay: for the whole run, and for each session that was
 * started. */
#ifdef __SANITIZE_ADDRESS__ /* keeps for long what was freed, and needs more itself */
#define GROWTH_KIB 65536ul
#define GROWTH_SESSION_BYTES 65536ul
#define MEMORY_MIB "1024"
#else
#define GROWTH_KIB 512ul
#define GROWTH_SESSION_BYTES 256ul
#define MEMORY_MIB "256"
#endif

static struct soak soak;
static unsigned long seconds;
static unsigned counts[SOAK_EVENTS];

/* Marsaglia's xorshift64. */
unsigned soak_random(struct soak *of, unsigned most)
{
	of->random ^= of->random << 13;
	of->random ^= of->random >> 7;
	of->random ^= of->random << 17;
	return (unsigned)((of->random >> 16) % most);
}

static void shuffle(enum soak_event *deck)
{
	for (unsigned i = 0; i < SOAK_EVENTS; i++) {
		unsigned other = soak_random(&soak, i + 1);

		deck[i] = deck[other];
		deck[other] = (enum soak_event)i;
	}
}

static void all_come(void)
{
	for (unsigned i = 0; i < SOAK_USERS; i++) {
		soak_user_come(&soak, &soak.users[i]);
	}
}

static void all_end(void)
{
	for (unsigned i = 0; i < SOAK_USERS; i++) {
		soak_user_end(&soak, &soak.users[i]);
	}
}

static int start(void **state)
{
	static const char *const names[SOAK_USERS + 1] = {
		"sato", "suzuki", "takahashi", "tanaka", "ito"};

	(void)state;
	soak.has_line = flow_line_start(&soak.line, "rate_kbit=1000000", "delay_ms=1",
				"queue_bytes=4000000", (char *)NULL) == 0;
	for (unsigned i = 0; i <= SOAK_USERS; i++) {
		snprintf(soak.users[i].name, sizeof(soak.users[i].name), "%s", names[i]);
	}
	flow_broker_start(
		&soak.broker, &(struct flow_options){.paints = 1,
				      .start_page = "http://painter/text",
				      .users = {names[0], names[1], names[2], names[3], names[4]},
				      .sessions = "  memory_mib: " MEMORY_MIB "\n  park_ms: 200\n",
				      .certify = soak_stage_make,
				      .line = soak.has_line ? &soak.line : NULL});
	return 0;
}

static int stop(void **state)
{
	pid_t launcher = soak.broker.broker.pid;

	(void)state;
	soak_stage_keep(soak.broker.directory);
	flow_broker_halt(&soak.broker);
	assert_int_equal(flow_remains_groups(launcher), 0);
	soak_stage_remove(soak.broker.directory);
	flow_broker_remove(&soak.broker);
	if (soak.has_line) {
		flow_line_stop(&soak.line);
	}
	return 0;
}

static void expect_no_growth(const struct soak_count *before, const struct soak_count *after)
{
	unsigned long most = GROWTH_KIB + soak.tally.started * GROWTH_SESSION_BYTES / 1024;

	for (unsigned i = 0; i < SOAK_ROLES; i++) {
		assert_in_range(after->own_kib[i], 0, before->own_kib[i] + most);
	}
}

static void report_period(unsigned period, const struct soak_count *count)
{
	printf("period %u: %u sessions started, %lu characters typed; held: %u processes, "
	       "%u descriptors, %u memory files, %u control groups, %u files; KiB: launcher %lu, "
	       "supervisor %lu, recorder %lu, egress %lu\n",
		period, soak.tally.started, soak.tally.typed, count->remains.processes,
		count->remains.descriptors, count->remains.memories, count->remains.groups,
		count->files, count->own_kib[0], count->own_kib[1], count->own_kib[2],
		count->own_kib[3]);
	fflush(stdout);
}

static void report_all(unsigned long records)
{
	for (unsigned i = 0; i < SOAK_EVENTS; i++) {
		printf("%6u  %s\n", counts[i], soak_event_name((enum soak_event)i));
	}
	printf("     1  supervisor killed\n     1  launcher killed\n");
	printf("sessions: %u started, %u ended, resumed %u times, none left\n"
	       "characters: %lu arrived once and in order, %lu of them typed again after a dead "
	       "connection; %lu ended with their session\n"
	       "audit trail: %lu records, sound; every session with its start, its end and a "
	       "conformity record for each connection\n",
		soak.tally.started, soak.tally.ends, soak.tally.resumed, soak.tally.typed,
		soak.tally.repeated, soak.tally.ended, records);
}

/* One period: every event once. */
static void run_period(void)
{
	enum soak_event deck[SOAK_EVENTS];

	shuffle(deck);
	all_come();
	for (unsigned i = 0; i < SOAK_EVENTS; i++) {
		printf("%s%s", i == 0 ? "  " : ", ", soak_event_name(deck[i]));
		fflush(stdout); /* where it failed it is the last one */
		soak_event_run(&soak, deck[i]);
		counts[deck[i]]++;
	}
	printf("\n");
	all_end();
}

static void nothing_is_left_and_what_was_typed_arrived(void **state)
{
	struct soak_count none = {.remains = {.processes = 4, .descriptors = 200, .memories = 100},
		.files = 100}; /* processes: launcher, supervisor, recorder, egress */
	struct soak_count first;
	struct soak_count last;
	unsigned period = 0;

	(void)state;
	soak.begun = time(NULL);
	none.remains.groups = flow_remains_groups(soak.broker.broker.pid);
	all_come();
	all_end();
	soak_count(&soak, &first, &none);
	report_period(period, &first);
	do {
		run_period();
		soak_count(&soak, &last, &first);
		report_period(++period, &last);
		expect_no_growth(&first, &last);
	} while (time(NULL) - soak.begun < (time_t)seconds);
	for (int is_launcher = 0; is_launcher < 2; is_launcher++) {
		soak_kill_broker(&soak, is_launcher);
	}
	all_come();
	all_end();
	soak_count(&soak, &last, &first);
	report_all(soak_check_trail(&soak));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			nothing_is_left_and_what_was_typed_arrived, start, stop),
	};

	seconds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	soak.random = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	if (soak.random == 0) {
		fputs("flow_soak: the seed is a number from 1\n", stderr);
		return 2;
	}
	printf("seed %" PRIu64 "\n", soak.random);
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
		fputs("SKIPPED: no mount namespace for a full disk: run as root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
