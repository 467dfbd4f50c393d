/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds authenticators back. */

#include "held.h"

#include "harness_parts.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static void path_of(const char *directory, const char *name, char path[128])
{
	snprintf(path, 128, "%s/bin/%s", directory, name);
}

void flow_held_place(const char *directory)
{
	char role[128];
	char real[128];
	char puppet[] = FLOW_PUPPETS "/held";
	char *words[] = {"/bin/cp", puppet, role, NULL};

	path_of(directory, "garasu-authenticator", role);
	path_of(directory, "garasu-authenticator.real", real);
	assert_int_equal(rename(role, real), 0);
	flow_run(NULL, 0, NULL, words);
}

void flow_held_set(struct flow_broker *broker, int is_held)
{
	char path[128];
	int fd;

	path_of(broker->directory, "hold", path);
	if (is_held) {
		flow_wait_pids(broker, "garasu-authenticator", 0);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_true(fd >= 0);
		close(fd);
	} else {
		assert_int_equal(unlink(path), 0);
	}
}

/* The letter of /proc/PID/stat. */
static char state_of(pid_t pid)
{
	char path[64];
	char letter = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file != NULL) {
		if (fscanf(file, "%*d (%*[^)]) %c", &letter) != 1) {
			letter = '?';
		}
		fclose(file);
	}
	return letter;
}

void flow_held_wait(pid_t pid, char letter)
{
	uint64_t deadline = flow_now_ms() + FLOW_DEADLINE_MS;

	while (state_of(pid) != letter) {
		if (flow_now_ms() >= deadline) {
			fail_msg("process %d never came to state %c", (int)pid, letter);
		}
		poll(NULL, 0, 5);
	}
}
