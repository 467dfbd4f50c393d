/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in a role's place and starts it, PROGRAM.real; while a file "hold" is beside it, only when
 * it is told to continue (SIGCONT). Reads untrusted bytes from: nobody; it is a test's own. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char own[256];
	char real[300];
	char hold[300];
	ssize_t size = readlink("/proc/self/exe", own, sizeof(own) - 1);

	(void)argc;
	if (size <= 0) {
		return 126;
	}
	own[size] = '\0';
	snprintf(real, sizeof(real), "%s.real", own);
	*strrchr(own, '/') = '\0';
	snprintf(hold, sizeof(hold), "%s/hold", own);
	if (access(hold, F_OK) == 0) {
		raise(SIGSTOP);
	}
	execv(real, argv);
	return 127;
}
