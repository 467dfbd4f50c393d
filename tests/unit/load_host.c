/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose processor time it is, by real processes. */

#include "host.h"

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define TICKS 5       /* of 10 ms: what a browser of ours spends */
#define LOWER_MAX 500 /* numbers below its parent's that are tried for it */

/* Plays the browser: spends its time, says so, and stays. */
static int spend(void)
{
	struct timespec spent = {0};

	while (spent.tv_nsec < TICKS * 10000000L) {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
	}
	(void)!write(STDOUT_FILENO, "x", 1);
	pause();
	return 0;
}

/* A child of the calling process whose number is below its own, as after the numbers ran out.
 * Returns as fork does, or -1. */
static pid_t fork_below(void)
{
	for (pid_t wanted = getpid() - 1; wanted > getpid() - LOWER_MAX && wanted > 2; wanted--) {
		struct clone_args arguments = {.exit_signal = SIGCHLD,
			.set_tid = (uint64_t)(uintptr_t)&wanted,
			.set_tid_size = 1};
		long pid = syscall(SYS_clone3, &arguments, sizeof(arguments));

		if (pid >= 0 || (errno != EEXIST && errno != EINVAL)) {
			return (pid_t)pid;
		}
	}
	return -1;
}

/* The tree's root: waits until it is told, then has a child, and that child the browser. */
static void play_tree(int told, int tells)
{
	char word;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(told, &word, 1) == 1 && fork() == 0) {
		pid_t browser;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		browser = fork_below();
		if (browser == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			dup2(tells, STDOUT_FILENO);
			execl("/proc/self/exe", "chromium", "spend", (char *)NULL);
		}
		if (browser <= 0) {
			(void)!write(tells, "-", 1);
		}
	}
	pause();
	_exit(0);
}

static void process_with_a_lower_number_than_its_parents_is_counted(void **state)
{
	struct host_usage usage = {0};
	struct host *host;
	int to_tree[2], from_browser[2];
	char word = 0;
	pid_t tree;

	(void)state;
	assert_int_equal(pipe(to_tree), 0);
	assert_int_equal(pipe(from_browser), 0);
	tree = fork();
	assert_true(tree >= 0);
	if (tree == 0) {
		play_tree(to_tree[0], from_browser[1]);
	}
	host = host_create(&tree, 1);
	assert_non_null(host);
	assert_int_equal(write(to_tree[1], "x", 1), 1);
	assert_int_equal(read(from_browser[0], &word, 1), 1);
	host_usage(host, &usage);
	host_destroy(&host);
	kill(tree, SIGKILL);
	waitpid(tree, NULL, 0);
	if (word == '-') {
		skip(); /* numbers cannot be chosen here: root, and Linux 5.5 */
	}
	assert_in_range((int)(usage.cpu_s[HOST_BROWSER] * 100 + 0.5), TICKS - 1, 6000);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(process_with_a_lower_number_than_its_parents_is_counted),
	};

	(void)argv;
	return argc > 1 ? spend() : cmocka_run_group_tests(tests, NULL, NULL);
}
