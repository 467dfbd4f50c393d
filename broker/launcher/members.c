/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals to the processes of a control group. Reads untrusted numbers from: the kernel's list of a
 * session's processes, which the session changes as it likes. */

#include "members.h"

#include "base/descriptor.h"

#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_SIZE 560 /* a group's directory, and a file of it */
#define PIDS_AT_ONCE 64u

/* Fills pids from the skipped-th on. Returns how many the group has in all. */
static uint32_t read_pids(const char *directory, uint32_t skipped, pid_t pids[PIDS_AT_ONCE])
{
	char path[PATH_SIZE];
	uint32_t count = 0;
	FILE *file;
	int pid;

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	file = fopen(path, "re");
	if (file == NULL) {
		return 0;
	}
	while (fscanf(file, "%d", &pid) == 1) {
		if (pid > 1) {
			if (count >= skipped && count - skipped < PIDS_AT_ONCE) {
				pids[count - skipped] = pid;
			}
			count++;
		}
	}
	fclose(file);
	return count;
}

static uint32_t filled(uint32_t count, uint32_t skipped)
{
	uint32_t rest = count > skipped ? count - skipped : 0;

	return rest < PIDS_AT_ONCE ? rest : PIDS_AT_ONCE;
}

static int is_among(const pid_t *pids, uint32_t count, pid_t pid)
{
	for (uint32_t i = 0; i < count; i++) {
		if (pids[i] == pid) {
			return 1;
		}
	}
	return 0;
}

/* A number may be another process's by now, which a session that comes and goes fast could bring
 * about: each is held by a descriptor first, and then looked for in the group again. */
static void signal_some(const char *directory, uint32_t skipped, int signal_number)
{
	pid_t pids[PIDS_AT_ONCE], still[PIDS_AT_ONCE];
	int held[PIDS_AT_ONCE];
	uint32_t count = filled(read_pids(directory, skipped, pids), skipped);
	uint32_t still_count;

	for (uint32_t i = 0; i < count; i++) {
		held[i] = (int)syscall(SYS_pidfd_open, pids[i], 0);
	}
	still_count = filled(read_pids(directory, skipped, still), skipped);
	for (uint32_t i = 0; i < count; i++) {
		if (held[i] >= 0 && is_among(still, still_count, pids[i])) {
			(void)syscall(SYS_pidfd_send_signal, held[i], signal_number, NULL, 0);
		}
		garasu_fd_close(&held[i]);
	}
}

uint32_t members_signal(const char *directory, int signal_number)
{
	pid_t pids[PIDS_AT_ONCE];
	uint32_t count = read_pids(directory, 0, pids);

	/* from the end, since who is killed leaves the list */
	for (uint32_t some = (count + PIDS_AT_ONCE - 1) / PIDS_AT_ONCE;
		signal_number != 0 && some > 0; some--) {
		signal_some(directory, (some - 1) * PIDS_AT_ONCE, signal_number);
	}
	return count;
}
