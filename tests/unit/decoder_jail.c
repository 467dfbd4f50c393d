/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After its lock the decoder child dies of every call that reaches outside. */

#include "decoder/jail.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void try_socket(void)
{
	(void)!socket(AF_UNIX, SOCK_STREAM, 0);
}

static void try_open(void)
{
	(void)!open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void try_exec(void)
{
	(void)!execl("/bin/true", "true", (char *)NULL);
}

static void try_fork(void)
{
	(void)!syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void try_read_of_another_descriptor(void)
{
	char byte;

	(void)!read(0, &byte, 1);
}

/* The desk's terminal or log. */
static void try_word_to_the_desk(void)
{
	(void)!write(STDERR_FILENO, "\n", 1);
}

static int status_after_lock(void (*attempt)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (jail_lock() != 0) {
			_exit(9);
		}
		if (attempt != NULL) {
			attempt();
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void calls_that_reach_outside_kill(void **state)
{
	static void (*const attempts[])(void) = {
		try_socket, try_open, try_exec, try_fork, try_read_of_another_descriptor};

	(void)state;
	assert_int_equal(status_after_lock(NULL), 0);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int status = status_after_lock(attempts[i]);

		assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, SIGSYS);
	}
}

static void nothing_is_said_to_the_desk(void **state)
{
	int status;

	(void)state;
#ifdef GARASU_SANITIZED /* which must be able to complain */
	skip();
#endif
	status = status_after_lock(try_word_to_the_desk);
	assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, SIGSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_that_reach_outside_kill),
		cmocka_unit_test(nothing_is_said_to_the_desk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
