/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Freezing and ending sessions, and what an earlier broker left. Needs root and control groups. */

#include "cgroup.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SESSION 7

static const struct garasu_config config = {
	.memory_bytes = 256u << 20, .cpu_percent = 100, .processes_max = 50};
static struct cgroups cgroups;

static int open_groups(void **state)
{
	char message[256];

	(void)state;
	return cgroups_open(&cgroups, message, sizeof(message));
}

static int close_groups(void **state)
{
	(void)state;
	cgroups_close(&cgroups);
	return 0;
}

/* A child within the session's groups, which is busy for ever. Returns when it
 * is in. */
static pid_t start_counter(void)
{
	int in[2];
	char byte;
	pid_t pid;

	assert_int_equal(cgroups_make(&cgroups, SESSION, &config), 0);
	assert_int_equal(pipe(in), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (cgroups_enter(&cgroups, SESSION, 0) != 0 || write(in[1], "i", 1) != 1) {
			_exit(1);
		}
		for (;;) {
			getppid();
		}
	}
	close(in[1]);
	assert_int_equal(read(in[0], &byte, 1), 1);
	close(in[0]);
	return pid;
}

static uint64_t used_us(void)
{
	uint64_t cpu_us;
	uint64_t memory;

	assert_int_equal(cgroups_usage(&cgroups, SESSION, &cpu_us, &memory), 1);
	return cpu_us;
}

/* Until two looks with as much of our own work between them agree. */
static void wait_still(void)
{
	uint64_t before;
	uint64_t now = used_us();

	do {
		before = now;
		for (int i = 0; i < 2000; i++) {
			now = used_us();
		}
	} while (now != before);
}

static void wait_more(void)
{
	uint64_t before = used_us();

	while (used_us() == before) {
	}
}

static void expect_killed(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void frozen_session_uses_no_time_until_it_is_thawed(void **state)
{
	pid_t pid = start_counter();

	(void)state;
	wait_more();
	cgroups_freeze(&cgroups, SESSION, 1);
	wait_still();
	cgroups_freeze(&cgroups, SESSION, 0);
	wait_more();
	assert_int_equal(cgroups_kill(&cgroups, SESSION), 1);
	expect_killed(pid);
	cgroups_remove(&cgroups, SESSION);
}

static void frozen_session_is_killed(void **state)
{
	pid_t pid = start_counter();

	(void)state;
	cgroups_freeze(&cgroups, SESSION, 1);
	wait_still();
	assert_int_equal(cgroups_kill(&cgroups, SESSION), 1);
	expect_killed(pid);
	cgroups_remove(&cgroups, SESSION);
}

/* Without a v2 hierarchy signals do it. */
static void session_is_stopped_and_continued_where_nothing_freezes(void **state)
{
	char freezer[sizeof(cgroups.base[CGROUP_FREEZE])];
	pid_t pid = start_counter();

	(void)state;
	memcpy(freezer, cgroups.base[CGROUP_FREEZE], sizeof(freezer));
	cgroups.base[CGROUP_FREEZE][0] = '\0';
	cgroups_freeze(&cgroups, SESSION, 1);
	wait_still();
	cgroups_freeze(&cgroups, SESSION, 0);
	wait_more();
	cgroups_freeze(&cgroups, SESSION, 1);
	assert_int_equal(cgroups_kill(&cgroups, SESSION), 1);
	expect_killed(pid);
	memcpy(cgroups.base[CGROUP_FREEZE], freezer, sizeof(freezer));
	cgroups_remove(&cgroups, SESSION);
}

/* An earlier broker that was killed leaves its directories, and here a frozen process too. */
static void leftovers_of_a_dead_broker_are_ended_though_frozen(void **state)
{
	struct cgroups earlier;
	pid_t counter = -1;
	int pids[2];
	pid_t broker;
	char message[256];

	(void)state;
	assert_int_equal(pipe(pids), 0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	broker = fork();
	assert_true(broker >= 0);
	if (broker == 0) {
		if (open_groups(NULL) == 0) {
			counter = start_counter();
			cgroups_freeze(&cgroups, SESSION, 1);
		}
		_exit(write(pids[1], &cgroups, sizeof(cgroups)) == (ssize_t)sizeof(cgroups) &&
					write(pids[1], &counter, sizeof(counter)) ==
						(ssize_t)sizeof(counter)
				? 0
				: 1);
	}
	assert_int_equal(read(pids[0], &earlier, sizeof(earlier)), sizeof(earlier));
	assert_int_equal(read(pids[0], &counter, sizeof(counter)), sizeof(counter));
	close(pids[0]);
	close(pids[1]);
	assert_int_equal(waitpid(broker, NULL, 0), broker);
	assert_true(counter > 1);
	for (int place = 0; place < CGROUP_PLACES; place++) {
		assert_true(
			earlier.base[place][0] == '\0' || access(earlier.base[place], F_OK) == 0);
	}
	assert_int_equal(cgroups_open(&cgroups, message, sizeof(message)), 0);
	for (int place = 0; place < CGROUP_PLACES; place++) {
		assert_true(
			earlier.base[place][0] == '\0' || access(earlier.base[place], F_OK) != 0);
	}
	cgroups_close(&cgroups);
	expect_killed(counter); /* which we inherited */
}

static unsigned long number_in(const char *group, const char *v2, const char *v1)
{
	char path[512];
	unsigned long number = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", cgroups.base[CGROUP_CPU], group,
		cgroups.is_v2[CGROUP_CPU] ? v2 : v1);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu", &number), 1);
	fclose(file);
	return number;
}

static void service_group_comes_first_and_is_bounded(void **state)
{
	unsigned long usual = cgroups.is_v2[CGROUP_CPU] ? 100 : 1024;
	unsigned long processors = (unsigned long)sysconf(_SC_NPROCESSORS_ONLN);

	(void)state;
	assert_int_equal(number_in("service", "cpu.weight", "cpu.shares"), 8 * usual);
	assert_int_equal(number_in("service", "cpu.max", "cpu.cfs_quota_us"),
		processors > 1 ? processors * 50000 : 50000);
}

static void favoured_session_has_its_weight_until_it_is_taken_back(void **state)
{
	unsigned long usual = cgroups.is_v2[CGROUP_CPU] ? 100 : 1024;
	char group[16];

	(void)state;
	snprintf(group, sizeof(group), "s%d", SESSION);
	assert_int_equal(cgroups_make(&cgroups, SESSION, &config), 0);
	assert_int_equal(number_in(group, "cpu.weight", "cpu.shares"), usual);
	cgroups_favour(&cgroups, SESSION, 1);
	assert_int_equal(number_in(group, "cpu.weight", "cpu.shares"), 8 * usual);
	cgroups_favour(&cgroups, SESSION, 0);
	assert_int_equal(number_in(group, "cpu.weight", "cpu.shares"), usual);
	cgroups_remove(&cgroups, SESSION);
	cgroups_favour(&cgroups, SESSION, 1); /* late: it is gone, and that is no matter */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_groups, close_groups)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(service_group_comes_first_and_is_bounded),
		CASE(favoured_session_has_its_weight_until_it_is_taken_back),
		CASE(frozen_session_uses_no_time_until_it_is_thawed),
		CASE(frozen_session_is_killed),
		CASE(session_is_stopped_and_continued_where_nothing_freezes),
		cmocka_unit_test(leftovers_of_a_dead_broker_are_ended_though_frozen),
	};

	if (getuid() != 0) {
		fputs("skipped: control groups need root\n", stderr);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
