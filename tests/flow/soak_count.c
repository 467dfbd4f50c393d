/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts what the soak's broker holds, and goes through its audit trail. */

#include "soak.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#define SESSIONS_MAX 65536u
#define ORPHANED "16" /* GARASU_STATE_SHUTDOWN: no broker is stopped before the count */

/* What the trail says of one session. */
struct story {
	unsigned started, resumed, ended, destroyed, records;
	unsigned orphaned; /* ended with its supervisor */
};

static unsigned files;

static int count_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)place;
	files += kind == FTW_F && strstr(path, "/audit") == NULL &&
		 strstr(path, "/garasu.log") == NULL;
	return 0;
}

static unsigned count_files(const struct soak *soak)
{
	char path[128];

	files = 0;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", soak->broker.directory,
			i == 0 ? "state" : "log");
		assert_int_equal(nftw(path, count_file, 16, FTW_PHYS), 0);
	}
	return files;
}

void soak_count(struct soak *soak, struct soak_count *count, const struct soak_count *most)
{
	static const char *const roles[SOAK_ROLES] = {
		"garasu-broker", "garasu-supervisor", "garasu-recorder", "garasu-egress"};
	pid_t pid;

	flow_remains_wait(&soak->broker, &most->remains);
	flow_remains_count(&soak->broker, &count->remains);
	count->files = count_files(soak);
	assert_in_range(count->files, 0, most->files);
	for (unsigned i = 0; i < SOAK_ROLES; i++) {
		assert_int_equal(flow_pids(&soak->broker, roles[i], &pid, 1), 1);
		count->own_kib[i] = flow_memory_kib(pid, "RssAnon:");
	}
}

/* ---- the trail ---- */

static void verify(struct soak *soak)
{
	char program[128];
	char log[128];
	char output[65536] = "";
	char *words[] = {program, "audit", "verify", log, NULL};

	snprintf(program, sizeof(program), "%s/bin/garasuctl", soak->broker.directory);
	snprintf(log, sizeof(log), "%s/log", soak->broker.directory);
	flow_run(output, sizeof(output), NULL, words);
}

/* The number behind a name, or most. */
static unsigned long number_of(const char *line, const char *name, unsigned long most)
{
	const char *at = strstr(line, name);

	return at != NULL ? strtoul(at + strlen(name), NULL, 10) : most;
}

static void note_line(const char *line, struct story *stories, unsigned long *sent)
{
	static const struct {
		const char *event;
		size_t place;
	} counted[] = {
		{"\"event\":\"session_started\"", offsetof(struct story, started)},
		{"\"event\":\"session_resumed\"", offsetof(struct story, resumed)},
		{"\"event\":\"session_ended\"", offsetof(struct story, ended)},
		{"\"state\":" ORPHANED ",\"frames\"", offsetof(struct story, orphaned)},
		{"\"event\":\"session_destroyed\"", offsetof(struct story, destroyed)},
		{"\"event\":\"conformity\"", offsetof(struct story, records)},
	};
	unsigned long session = number_of(line, "\"session\":", SESSIONS_MAX);
	unsigned long own = number_of(line, "\"sent\":", 0);

	if (own == 1) { /* another supervisor counts anew */
		*sent = 0;
	}
	if (own != 0) {
		assert_int_equal(own, *sent + 1); /* none is missing, none is there twice */
		*sent = own;
	}
	assert_null(strstr(line, "\"event\":\"events_lost\""));
	for (size_t i = 0; session < SESSIONS_MAX && i < sizeof(counted) / sizeof(counted[0]);
		i++) {
		if (strstr(line, counted[i].event) != NULL) {
			*(unsigned *)((char *)&stories[session] + counted[i].place) += 1;
		}
	}
}

/* Whether it was written on another day than this run's. */
static int is_of_another_day(const struct soak *soak, const char *line)
{
	const time_t days[2] = {soak->begun, time(NULL)};
	const char *at = strstr(line, "\"time\":\"");
	int is_other = at != NULL;

	for (int i = 0; i < 2 && at != NULL; i++) {
		char day[16];
		struct tm parts;

		strftime(day, sizeof(day), "%Y-%m-%d", gmtime_r(&days[i], &parts));
		is_other &= strncmp(at + strlen("\"time\":\""), day, strlen(day)) != 0;
	}
	return is_other;
}

static void check_stories(struct soak *soak, const struct story *stories)
{
	unsigned sessions = 0;
	unsigned orphans = 0;

	for (unsigned i = 0; i < SESSIONS_MAX; i++) {
		const struct story *story = &stories[i];

		if (i == 0 || (story->started == 0 && story->ended == 0)) {
			continue;
		}
		sessions++;
		orphans += story->orphaned;
		if (story->started != 1 || story->ended != 1 || story->destroyed != 1 ||
			story->records + story->orphaned != 1 + story->resumed) {
			fail_msg("session %u: started %u, resumed %u, ended %u, destroyed %u, "
				 "conformity records %u",
				i, story->started, story->resumed, story->ended, story->destroyed,
				story->records);
		}
	}
	assert_int_equal(sessions, soak->tally.started);
	assert_int_equal(orphans, soak->tally.orphans);
}

unsigned long soak_check_trail(struct soak *soak)
{
	struct story *stories = calloc(SESSIONS_MAX, sizeof(*stories));
	char command[256];
	char line[8192];
	unsigned long records = 0;
	unsigned long sent = 0;
	unsigned long turned = 0;
	FILE *trail;

	assert_non_null(stories);
	verify(soak);
	snprintf(command, sizeof(command),
		"cat %s/log/audit-*.jsonl %s/log/audit.jsonl 2>/dev/null", soak->broker.directory,
		soak->broker.directory);
	trail = popen(command, "r");
	assert_non_null(trail);
	while (fgets(line, sizeof(line), trail) != NULL) {
		note_line(line, stories, &sent);
		turned += is_of_another_day(soak, line);
		records++;
	}
	pclose(trail);
	assert_true(turned > 0); /* the clock was */
	check_stories(soak, stories);
	free(stories);
	return records;
}
