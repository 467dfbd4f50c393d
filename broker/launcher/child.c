/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts one role: its cgroup, namespaces, limits, uid, descriptors, and nothing else of ours. */

#include "launcher.h"

#include "base/clock.h"
#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DESCRIPTOR_ROOM 64 /* above every number of heritage.h */

static int set_limits(const struct role_rule *rule)
{
	const struct rlimit no_core = {0, 0};
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0) {
		return -errno;
	}
	if (files.rlim_max > rule->files) { /* less than that may be all that the host allows */
		files.rlim_max = rule->files;
	}
	files.rlim_cur = files.rlim_max;
	return setrlimit(RLIMIT_CORE, &no_core) == 0 && setrlimit(RLIMIT_NOFILE, &files) == 0
		       ? 0
		       : -errno;
}

static int drop_privilege(uid_t uid)
{
	gid_t gid = (gid_t)uid;

	if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 ||
		setresuid(uid, uid, uid) != 0) {
		return -errno;
	}
	return setuid(0) == 0 ? -EPERM : 0; /* there must be no way back */
}

/* Moves the descriptors out of the way, then to 2, 3, 4, ... */
static int place_descriptors(const int *descriptors, int count)
{
	int moved[GARASU_CONTROL_FDS_MAX + 1];
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0) {
		return -errno;
	}
	for (int i = 0; i < count; i++) {
		moved[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, DESCRIPTOR_ROOM);
		if (moved[i] < 0) {
			return -errno;
		}
	}
	if (dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0) {
		return -errno;
	}
	for (int i = 0; i < count; i++) {
		if (dup2(moved[i], GARASU_FD_LOG + i) < 0) {
			return -errno;
		}
	}
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++) {
		if (number != SIGKILL && number != SIGSTOP) {
			signal(number, SIG_DFL);
		}
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int enter_namespaces(const struct launcher *launcher, const struct role_rule *rule)
{
	int result = rule->network == ROLE_NETWORK_INTERNET ? zone_enter(launcher->internet) : 0;
	int fresh = rule->network == ROLE_NETWORK_NONE ? CLONE_NEWNET : 0;

	if (result == 0 && unshare(fresh | CLONE_NEWIPC) != 0) {
		result = -errno;
	}
	return result;
}

/* Returns only with a negative errno. */
static int become_role(struct launcher *launcher, const struct role_rule *rule, uint16_t role,
	uint32_t session, uint32_t uid_slot, const int *descriptors, int count, int program)
{
	static char path[] = "PATH=/usr/bin:/bin";
	static char language[] = "LANG=C.UTF-8";
	static char sanitizer[] = "ASAN_OPTIONS=detect_leaks=0:abort_on_error=0";
	char *environment[] = {path, language, NULL, NULL};
	char name[32];
	char *arguments[] = {name, NULL};
	pid_t parent = getppid();
	int result = 0;

#ifdef GARASU_SANITIZED
	environment[2] = sanitizer;
#else
	(void)sanitizer;
#endif
	snprintf(name, sizeof(name), "%s", rule->program);
	if (launcher->has_privilege) {
		result = enter_namespaces(launcher, rule);
	}
	if (result == 0) {
		result = place_descriptors(descriptors, count);
	}
	if (result == 0 && rule->group == ROLE_GROUP_SERVICE) {
		result = cgroups_enter_service(&launcher->cgroups);
	}
	if (result == 0 && rule->group == ROLE_GROUP_SESSION) {
		/* late: its session may be frozen under our hands */
		result = cgroups_enter(&launcher->cgroups, session, 0);
	}
	if (result == 0) { /* after the placing, which needs room above the lowest limit */
		result = set_limits(rule);
	}
	if (result == 0 && launcher->has_privilege) {
		result = drop_privilege(role_uid(launcher->config, role, uid_slot));
	}
	if (result != 0) {
		return result;
	}
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL); /* absent in some kernels */
	umask(077);
	setsid();
	reset_signals();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
		return -errno;
	}
	if (getppid() != parent) {
		return -ECHILD; /* the launcher died before it could take us along */
	}
	syscall(SYS_execveat, program, "", arguments, environment, AT_EMPTY_PATH);
	return -errno;
}

/* Waits until the child has become its role, or says why not, but never for one that is stopped.
 * Returns 0 or negative errno. */
static int wait_answer(int answer, uint64_t start_ms)
{
	uint64_t deadline = garasu_clock_ms() + start_ms;
	struct pollfd ready = {.fd = answer, .events = POLLIN};
	int error = 0;

	for (uint64_t now = garasu_clock_ms(); now < deadline; now = garasu_clock_ms()) {
		if (poll(&ready, 1, (int)(deadline - now)) == 1) {
			return read(answer, &error, sizeof(error)) == (ssize_t)sizeof(error) ? error
											     : 0;
		}
	}
	return -ETIMEDOUT;
}

static int prepare_group(struct launcher *launcher, const struct role_rule *rule, uint32_t session)
{
	int result;

	if (rule->group != ROLE_GROUP_SESSION && rule->group != ROLE_GROUP_GUEST) {
		return 0;
	}
	result = cgroups_make(&launcher->cgroups, session, launcher->config);
	if (result == 0) { /* what is frozen would never become its role */
		cgroups_freeze(&launcher->cgroups, session, 0);
	}
	return result;
}

/* One that has ended meanwhile is told of as any other. */
static int join_group(
	const struct launcher *launcher, const struct role_rule *rule, uint32_t session, pid_t pid)
{
	int result = rule->group == ROLE_GROUP_GUEST
			     ? cgroups_enter(&launcher->cgroups, session, pid)
			     : 0;

	return result == -ESRCH ? 0 : result;
}

pid_t child_start(struct launcher *launcher, uint16_t role, uint32_t session, uint32_t uid_slot,
	const int *descriptors, int count)
{
	const struct role_rule *rule = role_rule(role);
	int result[2];
	int error = 0;
	int program;
	pid_t pid;

	if (rule == NULL || count < 1) {
		return -EINVAL;
	}
	error = prepare_group(launcher, rule, session);
	if (error != 0) {
		return error;
	}
	program = openat(launcher->programs, rule->program, O_PATH | O_CLOEXEC);
	if (program < 0) {
		return -errno;
	}
	if (pipe2(result, O_CLOEXEC) != 0) {
		error = -errno;
		garasu_fd_close(&program);
		return error;
	}
	pid = fork();
	if (pid == 0) {
		/* The answer's descriptor must survive the placing of the others. */
		int answer = fcntl(result[1], F_DUPFD_CLOEXEC, DESCRIPTOR_ROOM);
		int target = fcntl(program, F_DUPFD_CLOEXEC, DESCRIPTOR_ROOM);

		error = become_role(
			launcher, rule, role, session, uid_slot, descriptors, count, target);
		if (write(answer, &error, sizeof(error)) < 0) {
			_exit(125);
		}
		_exit(126);
	}
	error = pid < 0 ? -errno : 0;
	garasu_fd_close(&result[1]);
	if (pid > 0) {
		error = wait_answer(result[0], launcher->start_ms);
		error = error == 0 ? join_group(launcher, rule, session, pid) : error;
	}
	if (pid > 0 && error != 0) {
		kill(pid, SIGKILL); /* the zombie is reaped with the others, by no request */
	}
	garasu_fd_close(&result[0]);
	garasu_fd_close(&program);
	return error == 0 ? pid : error;
}
