/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting a role in a session that is frozen: the launcher never waits for what stands still.
 * Needs root and control groups of version 2. */

#include "launcher.h"

#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SESSION 7
#define LONG_MS 60000
#define HANG_S 90 /* the test's end, should the launcher wait for ever */

static struct garasu_config config = {
	.memory_bytes = 256u << 20, .cpu_percent = 100, .processes_max = 50};
static struct launcher *launcher;
static char directory[32];

static int set_stage(void **state)
{
	char message[256];
	char path[64];
	char command[192];

	(void)state;
	alarm(HANG_S);
	snprintf(directory, sizeof(directory), "/tmp/garasu-child.XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/garasu-encoder", directory);
	snprintf(command, sizeof(command), "cp /bin/true %s; cp /bin/true %s/garasu-jail", path,
		directory);
	assert_int_equal(system(command), 0);
	launcher = calloc(1, sizeof(*launcher));
	assert_non_null(launcher);
	launcher->config = &config;
	launcher->programs = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	launcher->start_ms = LONG_MS;
	assert_int_equal(cgroups_open(&launcher->cgroups, message, sizeof(message)), 0);
	return cgroups_make(&launcher->cgroups, SESSION, &config);
}

static int strike_stage(void **state)
{
	char path[64];

	(void)state;
	cgroups_close(&launcher->cgroups);
	close(launcher->programs);
	free(launcher);
	snprintf(path, sizeof(path), "%s/garasu-encoder", directory);
	unlink(path);
	snprintf(path, sizeof(path), "%s/garasu-jail", directory);
	unlink(path);
	rmdir(directory);
	alarm(0);
	return 0;
}

static pid_t start(uint16_t role)
{
	int log = STDERR_FILENO;

	return child_start(launcher, role, SESSION, 0, &log, 1);
}

static void role_of_a_frozen_session_thaws_it(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	cgroups_freeze(&launcher->cgroups, SESSION, 1);
	pid = start(GARASU_ROLE_ENCODER);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	cgroups_remove(&launcher->cgroups, SESSION);
}

/* Somebody else holds the group frozen: our own thawing does not reach it. */
static void stop_group(void)
{
	struct cgroups *cgroups = &launcher->cgroups;

	if (cgroups->base[CGROUP_FREEZE][0] == '\0' || cgroups->base[CGROUP_ACCOUNT][0] == '\0') {
		fputs("skipped: needs the hybrid layout\n", stderr);
		skip();
	}
	cgroups_freeze(cgroups, SESSION, 1);
	memcpy(cgroups->base[CGROUP_ACCOUNT], cgroups->base[CGROUP_FREEZE],
		sizeof(cgroups->base[0]));
	cgroups->base[CGROUP_FREEZE][0] = '\0';
	launcher->start_ms = 200;
}

static void child_that_stands_still_is_given_up_and_killed(void **state)
{
	int status;

	(void)state;
	stop_group();
	assert_int_equal(start(GARASU_ROLE_SESSION), -ETIMEDOUT);
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	cgroups_remove(&launcher->cgroups, SESSION);
}

/* A session that takes all of its group's time does not hold up the launcher, and with it everyone,
 * by having its viewer connect over and over. */
static void encoder_of_a_session_that_stands_still_starts(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	stop_group();
	pid = start(GARASU_ROLE_ENCODER);
	assert_true(pid > 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	cgroups_remove(&launcher->cgroups, SESSION);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_stage, strike_stage)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(role_of_a_frozen_session_thaws_it),
		CASE(child_that_stands_still_is_given_up_and_killed),
		CASE(encoder_of_a_session_that_stands_still_starts),
	};

	if (getuid() != 0) {
		fputs("skipped: control groups need root\n", stderr);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
