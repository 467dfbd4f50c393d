/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encoder's jail, tried from inside: what is refused, how, and what ends the process. */

#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define OUTSIDE 99 /* the jail did not close */

/* Runs attempt in a closed child. Returns its exit status as waitpid gives it. */
static int try_inside(int (*attempt)(void))
{
	const struct rlimit no_core = {0, 0};
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)!setrlimit(RLIMIT_CORE, &no_core);
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || jail_close() != 0) {
			_exit(OUTSIDE);
		}
		_exit(attempt());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int error_of(int result)
{
	return result < 0 ? errno : 0;
}

static int nothing(void)
{
	return 0;
}

static int open_file(void)
{
	return error_of(open("/etc/hostname", O_RDONLY | O_CLOEXEC));
}

static int open_own_memory(void)
{
	return error_of(open("/proc/self/fd/0", O_RDWR | O_CLOEXEC));
}

static int make_socket(void)
{
	return error_of(socket(AF_INET, SOCK_STREAM, 0));
}

static int start_program(void)
{
	char *const words[] = {NULL};

	return error_of(execve("/bin/true", words, words));
}

static int start_process(void)
{
	return error_of(fork());
}

static int make_memory(void)
{
	return error_of(memfd_create("memory", 0));
}

/* The kernel asks for the uid alone, which all encoders share. */
static pid_t neighbour;

static int have_a_neighbour_killed(void)
{
	return error_of(fcntl(0, F_SETOWN, neighbour));
}

static int signal_a_neighbour(void)
{
	return error_of((int)syscall(SYS_tgkill, neighbour, neighbour, SIGKILL));
}

static int stop_itself(void)
{
	abort();
}

static int make_code(void)
{
	return error_of(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
				? -1
				: 0);
}

static int make_room(void)
{
	return error_of(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
				0) == MAP_FAILED
				? -1
				: 0);
}

static void assert_killed(int (*attempt)(void))
{
	int status = try_inside(attempt);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void assert_refused(int (*attempt)(void), int error)
{
	int status = try_inside(attempt);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), error);
}

static void jail_closes_and_lets_a_process_end(void **state)
{
	(void)state;
	assert_refused(nothing, 0);
}

static void file_is_refused_with_eperm(void **state)
{
	(void)state;
	assert_refused(open_file, EPERM);
	assert_refused(open_own_memory, EPERM);
}

static void socket_program_process_and_memfd_kill(void **state)
{
	(void)state;
	assert_killed(make_socket);
	assert_killed(start_program);
	assert_killed(start_process);
	assert_killed(make_memory);
}

static void neighbour_gets_no_signal(void **state)
{
	int status;

	(void)state;
	neighbour = fork();
	assert_true(neighbour >= 0);
	if (neighbour == 0) {
		pause();
		_exit(0);
	}
	assert_killed(have_a_neighbour_killed);
	assert_killed(signal_a_neighbour);
	assert_int_equal(waitpid(neighbour, &status, WNOHANG), 0); /* it lives */
	kill(neighbour, SIGKILL);
	assert_int_equal(waitpid(neighbour, &status, 0), neighbour);
	status = try_inside(stop_itself);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void memory_is_no_code(void **state)
{
	(void)state;
	assert_killed(make_code);
	assert_refused(make_room, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jail_closes_and_lets_a_process_end),
		cmocka_unit_test(file_is_refused_with_eperm),
		cmocka_unit_test(socket_program_process_and_memfd_kill),
		cmocka_unit_test(neighbour_gets_no_signal),
		cmocka_unit_test(memory_is_no_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
