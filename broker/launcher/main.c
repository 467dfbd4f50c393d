/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-broker: the launcher.
 * Reads untrusted bytes from: the supervisor (fixed records). */

#include "launcher.h"

#include "base/control.h"
#include "base/descriptor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define START_MS 10000

static int open_signals(struct launcher *launcher)
{
	sigset_t watched;

	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, SIGTERM);
	sigaddset(&watched, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &watched, NULL) != 0) {
		return -errno;
	}
	launcher->signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
	return launcher->signals >= 0 ? 0 : -errno;
}

static int start_supervisor(struct launcher *launcher)
{
	int ends[2];
	int configuration = garasu_fd_sealed(
		"configuration", launcher->configuration, launcher->configuration_size);
	int result = configuration >= 0 ? garasu_control_pair(ends) : configuration;

	if (result == 0) {
		const int heritage[] = {STDERR_FILENO, ends[1], configuration, launcher->tcp,
			launcher->admin, launcher->state, launcher->web};
		int count = (int)(sizeof(heritage) / sizeof(heritage[0]));
		pid_t pid = child_start(launcher, GARASU_ROLE_SUPERVISOR, 0, 0, heritage,
			launcher->web >= 0 ? count : count - 1);

		launcher->control = ends[0];
		launcher->supervisor = pid;
		garasu_fd_close(&ends[1]);
		result = pid > 0 ? 0 : (int)pid;
	}
	garasu_fd_close(&configuration);
	garasu_fd_close(&launcher->tcp);
	garasu_fd_close(&launcher->web);
	garasu_fd_close(&launcher->admin);
	if (result != 0) {
		fprintf(stderr, "garasu-broker: cannot start the supervisor: %s\n",
			strerror(-result));
	}
	return result;
}

static struct launcher *create(void)
{
	struct launcher *launcher = calloc(1, sizeof(*launcher));

	if (launcher != NULL) {
		launcher->own = launcher->lgwan = launcher->internet = -1;
		launcher->programs = launcher->tcp = launcher->admin = launcher->state = -1;
		launcher->web = -1;
		launcher->control = launcher->signals = -1;
		launcher->state_lock = launcher->uids = -1;
		launcher->start_ms = START_MS;
	}
	return launcher;
}

static void destroy(struct launcher **launcher)
{
	host_remove_copies(*launcher);
	cgroups_close(&(*launcher)->cgroups);
	garasu_config_destroy(&(*launcher)->config);
	free((*launcher)->configuration);
	free(*launcher);
	*launcher = NULL;
}

static int run(struct launcher *launcher)
{
	host_warn_development(launcher);
	if (prctl(PR_SET_DUMPABLE, 0) != 0 || host_open(launcher) != 0 ||
		open_signals(launcher) != 0 || start_supervisor(launcher) != 0) {
		return 1;
	}
	return serve(launcher);
}

int main(int argc, char **argv)
{
	struct arguments arguments;
	struct launcher *launcher;
	int result = arguments_parse(argc, argv, &arguments);

	if (close_range(STDERR_FILENO + 1, ~0u, 0) != 0) { /* no role may find what we were left */
		return 1;
	}
	if (result != 0) {
		return result > 0 ? 0 : 2;
	}
	launcher = create();
	if (launcher == NULL) {
		return 1;
	}
	if (host_configure(launcher, arguments.configuration) != 0) {
		result = 2;
	} else if (arguments.only_check) {
		puts("the configuration is sound");
	} else if (arguments.firewall != NULL) {
		result = firewall_print(stdout, launcher->config, arguments.firewall) == 0 ? 0 : 2;
	} else {
		result = run(launcher);
	}
	destroy(&launcher);
	return result;
}
