/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-certs: makes, renews, lists and revokes certificates. Reads untrusted bytes from: nobody.
 */

#include "commands.h"

#include <sys/stat.h>

enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,
	EXIT_USAGE = 2,
	EXIT_SOON = 3,
};

int main(int argc, char **argv)
{
	struct options options;
	struct problem problem = {.kind = PROBLEM_NONE};
	int is_soon = 0;
	int result;

	umask(022);
	result = options_read(&options, argc, argv, &problem);
	if (result == 0) {
		result = commands_run(&options, stdout, &is_soon, &problem);
	}
	if (result != 0) {
		fflush(stdout);
		problem_print(&problem, options.language, stderr);
		return problem.kind == PROBLEM_USAGE ? EXIT_USAGE : EXIT_REFUSED;
	}
	if (fflush(stdout) != 0) {
		return EXIT_REFUSED;
	}
	return is_soon ? EXIT_SOON : EXIT_DONE;
}
