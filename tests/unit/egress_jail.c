/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What egress may not do once it serves, whoever has taken it over. */

#include "egress.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int try_exec(void)
{
	static char name[] = "true";
	char *const arguments[] = {name, NULL};

	return execve("/bin/true", arguments, arguments + 1);
}

static int try_open(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static int try_fork(void)
{
	return fork();
}

static int try_ptrace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int try_signal(void)
{
	return kill(getpid(), 0);
}

static int try_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int try_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

static int try_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static int try_bind(void)
{
	struct sockaddr_storage here = {.ss_family = AF_INET};

	return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&here, sizeof(here));
}

/* In a child of its own under the jail. Returns the errno that it failed with, 0 when it did not.
 */
static int refusal(int (*attempt)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (jail_close() != 0) {
			_exit(255);
		}
		_exit(attempt() < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void jailed_egress_is_refused_the_host(void **state)
{
	(void)state;
	assert_int_equal(refusal(try_exec), EPERM);
	assert_int_equal(refusal(try_open), EPERM);
	assert_int_equal(refusal(try_fork), EPERM);
	assert_int_equal(refusal(try_ptrace), EPERM);
	assert_int_equal(refusal(try_signal), EPERM);
}

static void jailed_egress_has_internet_sockets_only(void **state)
{
	(void)state;
	assert_int_equal(refusal(try_unix), EPERM);
	assert_int_equal(refusal(try_netlink), EPERM);
	assert_int_equal(refusal(try_packet), EPERM);
	assert_int_equal(refusal(try_bind), EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jailed_egress_is_refused_the_host),
		cmocka_unit_test(jailed_egress_has_internet_sockets_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
