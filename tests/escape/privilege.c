/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No capability, no other process, no other namespace, and nothing gained by a nested one. */

#include "captive_drive.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cmocka.h>

static struct captive captive;

static int start(void **state)
{
	(void)state;
	captive_start(&captive, CAPTIVE_AS_COMPOSITOR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	captive_stop(&captive);
	return 0;
}

static void expect_status(const char *path, const char *field, const char *value)
{
	const char *status = captive_ask(&captive, "text %s", path);
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "|%s:\t%s|", field, value);
	if (strstr(status, wanted) == NULL) {
		fail_msg("%s is not %s in %s", field, value, status);
	}
}

static void no_capability_is_held_or_can_be_gained(void **state)
{
	static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		expect_status("/proc/self/status", sets[i], "0000000000000000");
		expect_status("/proc/1/status", sets[i], "0000000000000000");
	}
	expect_status("/proc/self/status", "NoNewPrivs", "1");
}

/* Also the first process of the jail, which could be made to act. */
static void filter_holds_every_process(void **state)
{
	(void)state;
	expect_status("/proc/self/status", "Seccomp", "2");
	expect_status("/proc/1/status", "Seccomp", "2");
}

static void uid_is_the_sessions_alone(void **state)
{
	char answer[32];

	(void)state;
	snprintf(answer, sizeof(answer), "%u 0", captive_uid());
	captive_expect(&captive, answer, "call %d", seccomp_syscall_resolve_name("getuid"));
	captive_refused(&captive, EINVAL, "setuid", "0"); /* the jail does not know it */
	captive_refused(&captive, EINVAL, "setuid", "1000");
	captive_refused(&captive, EPERM, "setgroups", "0 0");
}

static void only_processes_of_the_jail_are_there(void **state)
{
	char names[8192];
	char *place = NULL;
	int processes = 0;

	(void)state;
	snprintf(names, sizeof(names), "%s", captive_ask(&captive, "list /proc"));
	for (char *name = strtok_r(names + 2, " ", &place); name != NULL;
		name = strtok_r(NULL, " ", &place)) {
		if (name[strspn(name, "0123456789")] == '\0') {
			const char *program = captive_ask(&captive, "text /proc/%s/comm", name);

			assert_true(strcmp(program, "0 bwrap|") == 0 ||
				    strncmp(program, "0 garasu-", 9) == 0);
			processes++;
		}
	}
	assert_int_equal(processes, 2);
}

static void processes_outside_cannot_be_touched(void **state)
{
	char arguments[64];

	(void)state;
	snprintf(arguments, sizeof(arguments), "%d 0", (int)getpid());
	captive_refused(&captive, ESRCH, "kill", arguments);
	captive_refused(&captive, ESRCH, "pidfd_open", arguments);
	snprintf(arguments, sizeof(arguments), "%d %d 0 0", PTRACE_SEIZE, (int)getpid());
	captive_refused(&captive, EPERM, "ptrace", arguments);
	snprintf(arguments, sizeof(arguments), "%d @ 1 @ 1 0", (int)getpid());
	captive_refused(&captive, EPERM, "process_vm_readv", arguments);
	captive_expect(&captive, "2", "open /proc/%d/status 0", (int)getpid());
}

/* Its memory is open to its siblings; but it is held by the same filter, without a capability, and
 * has no descriptor of the session. */
static void first_process_has_nothing_to_take(void **state)
{
	char log[256];
	char names[4096];
	char *place = NULL;
	char arguments[64];

	(void)state;
	snprintf(arguments, sizeof(arguments), "%d 1 0 0", PTRACE_SEIZE);
	captive_refused(&captive, EPERM, "ptrace", arguments);
	captive_expect(&captive, "0 ", "text /proc/1/environ");
	snprintf(log, sizeof(log), "%s", captive_ask(&captive, "link /proc/self/fd/2"));
	snprintf(names, sizeof(names), "%s", captive_ask(&captive, "list /proc/1/fd"));
	for (char *name = strtok_r(names + 2, " ", &place); name != NULL;
		name = strtok_r(NULL, " ", &place)) {
		const char *link = captive_ask(&captive, "link /proc/1/fd/%s", name);

		if (strcmp(link, "0 /dev/null") != 0 && strcmp(link, log) != 0 &&
			strcmp(link, "0 anon_inode:[eventfd]") != 0) {
			fail_msg("it holds %s as %s", link, name);
		}
	}
}

static void shared_memory_of_the_host_is_out_of_reach(void **state)
{
	key_t key = (key_t)(0x47520000 + getpid());
	int segment = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0666);
	char arguments[64];

	(void)state;
	assert_true(segment >= 0);
	snprintf(arguments, sizeof(arguments), "%d 4096 0", (int)key);
	captive_refused(&captive, ENOENT, "shmget", arguments);
	assert_int_equal(shmctl(segment, IPC_RMID, NULL), 0);
}

static void kernel_settings_cannot_be_written(void **state)
{
	static const char *const paths[] = {"/proc/sys/kernel/core_pattern",
		"/proc/sys/kernel/hostname", "/proc/sysrq-trigger"};

	(void)state;
	captive_expect(&captive, "0 garasu|", "text /proc/sys/kernel/hostname");
	captive_expect(&captive, "13", "open /proc/sys/net/ipv4/ip_forward %d", O_WRONLY);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_string_not_equal(
			captive_ask(&captive, "open %s %d", paths[i], O_WRONLY), "0");
		assert_string_not_equal(
			captive_ask(&captive, "nested open %s %d", paths[i], O_WRONLY), "0");
	}
}

/* Chromium's sandbox is made of these; they lead nowhere. */
static void nested_namespaces_work_and_gain_nothing(void **state)
{
	static const char *const calls[] = {"mount", "umount2", "pivot_root", "setns", "open_tree",
		"fsopen", "move_mount", "bpf", "keyctl", "perf_event_open"};

	(void)state;
	captive_expect(&captive, "0", "nested");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		captive_expect(&captive, "-1 1", "nested call %d 0 0 0 0 0",
			seccomp_syscall_resolve_name(calls[i]));
	}
	captive_expect(&captive, "2", "nested list /root");
	captive_expect(&captive, "30", "nested open /x %d", O_WRONLY | O_CREAT);
	captive_expect(&captive, "-1 97", "nested call %d 17 3 0",
		seccomp_syscall_resolve_name("socket")); /* PACKET, with CAP_NET_RAW of its own */
}

static void environment_is_made_up(void **state)
{
#ifdef GARASU_SANITIZED /* broker/jail/bwrap.c says why */
	static const char start_of_it[] =
		"0 ASAN_OPTIONS=detect_leaks=0 FC_LANG=ja GARASU_PROXY_PORT=";
#else
	static const char start_of_it[] = "0 FC_LANG=ja GARASU_PROXY_PORT=";
#endif
	const char *environment = captive_ask(&captive, "environment");

	(void)state;
	assert_memory_equal(environment, start_of_it, strlen(start_of_it));
	environment += strlen(start_of_it);
	environment += strspn(environment, "0123456789");
	assert_string_equal(environment,
		" HOME=/home/garasu LANG=C.UTF-8 LANGUAGE=ja PATH=/usr/bin:/bin PWD=/home/garasu"
		" XCURSOR_SIZE=24 XCURSOR_THEME=DMZ-White XDG_RUNTIME_DIR=/run/user");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_capability_is_held_or_can_be_gained),
		cmocka_unit_test(filter_holds_every_process),
		cmocka_unit_test(uid_is_the_sessions_alone),
		cmocka_unit_test(only_processes_of_the_jail_are_there),
		cmocka_unit_test(processes_outside_cannot_be_touched),
		cmocka_unit_test(first_process_has_nothing_to_take),
		cmocka_unit_test(shared_memory_of_the_host_is_out_of_reach),
		cmocka_unit_test(kernel_settings_cannot_be_written),
		cmocka_unit_test(nested_namespaces_work_and_gain_nothing),
		cmocka_unit_test(environment_is_made_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
