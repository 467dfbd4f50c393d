/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts what a broker holds: processes, descriptors, memory files, control groups. */

#include "remains.h"

#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LOOKS (FLOW_DEADLINE_MS / 20)
#define MEMFD "/memfd:"

/* Counts the descriptors of a process, and those of them that are memfds. */
static void count_descriptors(pid_t pid, unsigned *all, unsigned *memories)
{
	char path[320];
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	directory = opendir(path);
	if (directory == NULL) {
		return; /* it has just gone */
	}
	for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
		char target[256];
		ssize_t size;

		snprintf(path, sizeof(path), "/proc/%d/fd/%s", pid, entry->d_name);
		size = readlink(path, target, sizeof(target) - 1);
		if (size > 0) {
			target[size] = '\0';
			*all += 1;
			*memories += strncmp(target, MEMFD, strlen(MEMFD)) == 0;
		}
	}
	closedir(directory);
}

static unsigned count_maps(pid_t pid)
{
	char path[64];
	char line[4096];
	unsigned count = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		count += strstr(line, MEMFD) != NULL;
	}
	if (maps != NULL) {
		fclose(maps);
	}
	return count;
}

static unsigned count_entries(const char *path)
{
	unsigned count = 0;
	DIR *directory = opendir(path);

	if (directory == NULL) {
		return 0;
	}
	for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
		count += entry->d_type == DT_DIR && entry->d_name[0] != '.';
	}
	closedir(directory);
	return count + 1;
}

unsigned flow_remains_groups(pid_t launcher)
{
	char line[1024];
	unsigned count = 0;
	FILE *mounts = fopen("/proc/mounts", "r");

	assert_non_null(mounts);
	while (fgets(line, sizeof(line), mounts) != NULL) {
		char point[256];
		char type[32];
		char path[320];

		if (sscanf(line, "%*s %255s %31s", point, type) == 2 &&
			strncmp(type, "cgroup", 6) == 0) {
			snprintf(path, sizeof(path), "%s/garasu-%d", point, launcher);
			count += count_entries(path);
		}
	}
	fclose(mounts);
	return count;
}

void flow_remains_count(struct flow_broker *broker, struct flow_remains *remains)
{
	DIR *processes = opendir("/proc");

	*remains = (struct flow_remains){0};
	assert_non_null(processes);
	for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid <= 1 || (pid != broker->broker.pid && !flow_broker_owns(broker, pid))) {
			continue;
		}
		remains->processes++;
		remains->memories += count_maps(pid);
		count_descriptors(pid, &remains->descriptors, &remains->memories);
	}
	closedir(processes);
	remains->groups = flow_remains_groups(broker->broker.pid);
}

void flow_remains_wait(struct flow_broker *broker, const struct flow_remains *most)
{
	struct flow_remains now;

	for (int look = 0; look < LOOKS; look++) {
		flow_remains_count(broker, &now);
		if (now.processes <= most->processes && now.descriptors <= most->descriptors &&
			now.memories <= most->memories && now.groups <= most->groups) {
			return;
		}
		poll(NULL, 0, 20);
	}
	fail_msg("processes %u of %u, descriptors %u of %u, memories %u of %u, groups %u of %u",
		now.processes, most->processes, now.descriptors, most->descriptors, now.memories,
		most->memories, now.groups, most->groups);
}
