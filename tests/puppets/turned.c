/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in a role's place and starts it, PROGRAM.real, with turned_clock.so beside it.
 * Reads untrusted bytes from: nobody; it is a test's own. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char own[256];
	char real[300];
	char library[300];
	ssize_t size = readlink("/proc/self/exe", own, sizeof(own) - 1);

	(void)argc;
	if (size <= 0) {
		return 126;
	}
	own[size] = '\0';
	snprintf(real, sizeof(real), "%s.real", own);
	*strrchr(own, '/') = '\0';
	snprintf(library, sizeof(library), "%s/turned_clock.so", own);
	setenv("LD_PRELOAD", library, 1);
#ifdef __SANITIZE_ADDRESS__ /* whose library wants to be the first, which ours is */
	setenv("ASAN_OPTIONS", "detect_leaks=0:abort_on_error=0:verify_asan_link_order=0", 1);
#endif
	execv(real, argv);
	return 127;
}
