/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a uid alone reaches. */

#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct reach {
	int memory, descriptors, frame, read, trace, signal; /* errnos */
};

static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

static int open_of(pid_t pid, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	return error_of(open(path, O_RDONLY | O_CLOEXEC));
}

/* What a fresh process of the uid, in the host's own namespaces, may do to another. */
static struct reach reach_out(uid_t uid, pid_t victim)
{
	struct reach reach = {0};
	int answer[2];
	pid_t pid;

	assert_int_equal(pipe(answer), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char byte;
		struct iovec here = {&byte, 1};
		struct iovec there = {(void *)(uintptr_t)0x1000, 1};

		if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
			setresuid(uid, uid, uid) != 0) {
			_exit(1);
		}
		reach.memory = open_of(victim, "mem");
		reach.descriptors = open_of(victim, "fd");
		reach.frame = open_of(victim, "fd/4");
		reach.read = error_of(process_vm_readv(victim, &here, 1, &there, 1, 0));
		reach.trace = error_of(ptrace(PTRACE_SEIZE, victim, NULL, NULL));
		reach.signal = error_of(kill(victim, 0));
		_exit(write(answer[1], &reach, sizeof(reach)) != sizeof(reach));
	}
	close(answer[1]);
	assert_int_equal(read(answer[0], &reach, sizeof(reach)), sizeof(reach));
	close(answer[0]);
	waitpid(pid, NULL, 0);
	return reach;
}

uid_t reach_uid_of(pid_t pid)
{
	char path[64];
	char line[256];
	unsigned uid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL && sscanf(line, "Uid: %u", &uid) != 1) {
	}
	fclose(file);
	return uid;
}

void reach_expect_nothing(uid_t uid, pid_t victim)
{
	struct reach reach = reach_out(uid, victim);

#ifdef GARASU_SANITIZED /* which lets roles be dumped: nothing parts those of one uid */
	if (uid == reach_uid_of(victim)) {
		return;
	}
#endif
	assert_int_equal(reach.memory, EACCES);
	assert_int_equal(reach.descriptors, EACCES);
	assert_int_equal(reach.frame, EACCES);
	assert_int_equal(reach.read, EPERM);
	assert_int_equal(reach.trace, EPERM);
	if (uid != reach_uid_of(victim)) {
		assert_int_equal(reach.signal, EPERM);
	}
}

int reach_open_as(uid_t uid, const char *path, int flags)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
			setresuid(uid, uid, uid) != 0) {
			_exit(255);
		}
		_exit(error_of(open(path, flags | O_CLOEXEC)));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}
