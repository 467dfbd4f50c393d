/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a locked gateway tries in vain, and what it must still be able to do. */

#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs try in a locked child. Returns the errno it met, 0 when it succeeded, or 1000 + signal. */
static int run_locked(int (*try)(int unconnected), int unconnected)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (jail_close() != 0) {
			_exit(255);
		}
		_exit(try(unconnected) < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int open_a_file(int unconnected)
{
	(void)unconnected;
	return open("/dev/null", O_RDONLY);
}

static int make_a_file(int unconnected)
{
	(void)unconnected;
	return (int)syscall(SYS_creat, "/tmp/garasu-must-not-be", 0600);
}

static int run_a_program(int unconnected)
{
	char *words[] = {"true", NULL};

	(void)unconnected;
	return execv("/bin/true", words);
}

static int run_by_descriptor(int unconnected)
{
	return (int)syscall(SYS_execveat, unconnected, "", NULL, NULL, AT_EMPTY_PATH);
}

static int make_a_socket(int unconnected)
{
	(void)unconnected;
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int make_a_pair(int unconnected)
{
	int ends[2];

	(void)unconnected;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int connect_a_socket(int unconnected)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	return connect(unconnected, (const struct sockaddr *)&address, sizeof(address));
}

static int bind_a_socket(int unconnected)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	return bind(unconnected, (const struct sockaddr *)&address, sizeof(address));
}

static int listen_on_a_socket(int unconnected)
{
	return listen(unconnected, 1);
}

static int fork_a_child(int unconnected)
{
	(void)unconnected;
	return (int)syscall(SYS_fork);
}

static int trace_the_parent(int unconnected)
{
	(void)unconnected;
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int signal_init(int unconnected)
{
	(void)unconnected;
	return (int)syscall(SYS_kill, 1, 0);
}

static int make_memory_a_program(int unconnected)
{
	static char page[8192] __attribute__((aligned(4096)));

	(void)unconnected;
	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int make_memory_for_a_program(int unconnected)
{
	(void)unconnected;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0) == MAP_FAILED
		       ? -1
		       : 0;
}

static int signal_the_parent(int unconnected)
{
	(void)unconnected;
	return (int)syscall(SYS_tgkill, getppid(), getppid(), SIGWINCH);
}

static int ask_the_terminal(int unconnected)
{
	return ioctl(unconnected, TIOCSTI, "x");
}

static int refuses(int (*try)(int), int expected)
{
	int unconnected = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int met;

	assert_true(unconnected >= 0);
	met = run_locked(try, unconnected);
	close(unconnected);
	assert_int_equal(met, expected);
	return met;
}

static void locked_gateway_opens_no_file(void **state)
{
	(void)state;
	refuses(open_a_file, EPERM);
	refuses(make_a_file, EPERM);
}

static void locked_gateway_runs_no_program(void **state)
{
	(void)state;
	refuses(run_a_program, EPERM);
	refuses(run_by_descriptor, EPERM);
	refuses(fork_a_child, EPERM);
}

static void locked_gateway_reaches_no_network(void **state)
{
	(void)state;
	refuses(make_a_socket, EPERM);
	refuses(make_a_pair, EPERM);
	refuses(connect_a_socket, EPERM);
	refuses(bind_a_socket, EPERM);
	refuses(listen_on_a_socket, EPERM);
}

static void locked_gateway_touches_no_other_process(void **state)
{
	(void)state;
	refuses(trace_the_parent, EPERM);
	refuses(signal_init, EPERM);
	refuses(signal_the_parent, EPERM);
	refuses(ask_the_terminal, EPERM);
}

static void locked_gateway_makes_no_code(void **state)
{
	(void)state;
	refuses(make_memory_for_a_program, EPERM);
#ifdef GARASU_SANITIZED
	(void)make_memory_a_program;
#else /* the sanitizer's run time needs mprotect */
	refuses(make_memory_a_program, EPERM);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locked_gateway_opens_no_file),
		cmocka_unit_test(locked_gateway_runs_no_program),
		cmocka_unit_test(locked_gateway_reaches_no_network),
		cmocka_unit_test(locked_gateway_touches_no_other_process),
		cmocka_unit_test(locked_gateway_makes_no_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
