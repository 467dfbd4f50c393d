/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A user at work beside an attacker. */

#include "beside.h"

#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
	pid_t gateway, encoder;
} tanaka;

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int count_descriptors(struct beside *beside)
{
	pid_t supervisor = 0;
	char path[64];
	DIR *folder;
	int count = 0;

	assert_int_equal(flow_pids(&beside->broker, "garasu-supervisor", &supervisor, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/fd", supervisor);
	folder = opendir(path);
	assert_non_null(folder);
	while (readdir(folder) != NULL) {
		count++;
	}
	closedir(folder);
	return count;
}

void beside_start(struct beside *beside, const char *login)
{
	memset(beside, 0, sizeof(*beside));
	signal(SIGPIPE, SIG_IGN);
	flow_broker_start(&beside->broker, &(struct flow_options){.paints = 1,
						   .start_page = "http://painter/solid?rgb=204080",
						   .users = {"tanaka", "suzuki", "sato"},
						   .login = login});
	flow_viewer_start(&beside->viewer, &beside->broker, "tanaka", (char *)NULL);
	flow_viewer_say(&beside->viewer, "wait-pixel 300 300 204080 20000");
	assert_int_equal(flow_pids(&beside->broker, "garasu-gateway", &tanaka.gateway, 1), 1);
	assert_int_equal(flow_pids(&beside->broker, "garasu-encoder", &tanaka.encoder, 1), 1);
	beside->descriptors = count_descriptors(beside);
}

void beside_stop(struct beside *beside)
{
	flow_viewer_stop(&beside->viewer);
	flow_broker_stop(&beside->broker);
}

/* ---- audit trail ---- */

static char *read_audit(struct beside *beside, long from, long *end)
{
	char path[256];
	char *text;
	FILE *file;

	snprintf(path, sizeof(path), "%s/log/audit.jsonl", beside->broker.directory);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*end = ftell(file);
	text = calloc(1, (size_t)(*end - from) + 1);
	assert_non_null(text);
	assert_int_equal(fseek(file, from, SEEK_SET), 0);
	assert_int_equal(fread(text, 1, (size_t)(*end - from), file), *end - from);
	fclose(file);
	return text;
}

void beside_mark(struct beside *beside)
{
	free(read_audit(beside, 0, &beside->mark));
}

unsigned beside_count_audit(struct beside *beside, const char *text)
{
	long end;
	char *audit = read_audit(beside, beside->mark, &end);
	unsigned count = 0;

	for (const char *at = audit; (at = strstr(at, text)) != NULL; at++) {
		count++;
	}
	free(audit);
	return count;
}

void beside_wait_audit(struct beside *beside, const char *text, unsigned count)
{
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;
	unsigned found;
	long end;

	while ((found = beside_count_audit(beside, text)) < count && now_ms() < deadline) {
		poll(NULL, 0, 10);
	}
	if (found != count) {
		fail_msg("%u of %u times in the audit trail: %s\n%s", found, count, text,
			read_audit(beside, beside->mark, &end));
	}
}

void beside_wait_refused(struct beside *beside, const char *user, unsigned refusal, unsigned detail)
{
	char text[256];

	snprintf(text, sizeof(text),
		"\"event\":\"refused\",\"client\":\"127.0.0.1\",\"refusal\":%u,\"detail\":%u}",
		refusal, detail);
	if (user[0] != '\0') {
		snprintf(text, sizeof(text),
			"\"user\":\"%s\",\"client\":\"127.0.0.1\",\"refusal\":%u,\"detail\":%u}",
			user, refusal, detail);
	}
	beside_wait_audit(beside, text, 1);
}

static unsigned count_times(struct beside *beside, const char *text)
{
	unsigned sum = 0;
	long end;
	char *audit = read_audit(beside, beside->mark, &end);

	for (const char *at = audit; (at = strstr(at, text)) != NULL; at++) {
		const char *times = strstr(at, "\"times\":");

		assert_non_null(times);
		sum += (unsigned)strtoul(times + 8, NULL, 10);
	}
	free(audit);
	return sum;
}

static void wait_times(struct beside *beside, const char *text, unsigned total)
{
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;
	unsigned sum;

	while ((sum = count_times(beside, text)) < total && now_ms() < deadline) {
		poll(NULL, 0, 10);
	}
	assert_int_equal(sum, total);
}

unsigned beside_count_times(struct beside *beside, unsigned refusal)
{
	char text[32];

	snprintf(text, sizeof(text), "\"refusal\":%u,", refusal);
	return count_times(beside, text);
}

void beside_wait_times(struct beside *beside, unsigned refusal, unsigned total)
{
	char text[32];

	snprintf(text, sizeof(text), "\"refusal\":%u,", refusal);
	wait_times(beside, text, total);
}

void beside_wait_refusals(struct beside *beside, unsigned total)
{
	wait_times(beside, "\"event\":\"refused\"", total);
}

/* ---- tanaka ---- */

void beside_is_at_work(struct beside *beside)
{
	unsigned rgb = 0x102030 + (++beside->serial * 0x1d3b57) % 0xa0a0a0;

	flow_viewer_say(&beside->viewer, "open http://painter/solid?rgb=%06x", rgb);
	flow_viewer_say(&beside->viewer, "wait-pixel 300 300 %06x 20000", rgb);
}

void beside_wait_alone(struct beside *beside, int more_descriptors)
{
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;
	int count;

	flow_wait_pids(&beside->broker, "garasu-gateway", 1);
	flow_wait_pids(&beside->broker, "garasu-encoder", 1);
	flow_wait_pids(&beside->broker, "garasu-authenticator", 0);
	while ((count = count_descriptors(beside)) != beside->descriptors + more_descriptors) {
		if (now_ms() > deadline) {
			fail_msg("the supervisor holds %d descriptors instead of %d", count,
				beside->descriptors + more_descriptors);
		}
		poll(NULL, 0, 10);
	}
}

pid_t beside_attackers(struct beside *beside, const char *binary)
{
	pid_t pids[4];
	int count;

	flow_wait_pids(&beside->broker, binary, 2);
	count = flow_pids(&beside->broker, binary, pids, 4);
	assert_int_equal(count, 2);
	return pids[0] == tanaka.gateway || pids[0] == tanaka.encoder ? pids[1] : pids[0];
}
