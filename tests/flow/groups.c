/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at a session's control groups. */

#include "groups.h"

#include "harness.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LOOKS (FLOW_DEADLINE_MS / 10)

static int has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; *at != '\0'; at += strcspn(at, ","), at += *at == ',') {
		if (strncmp(at, word, length) == 0 && strchr(",:\n", at[length]) != NULL) {
			return 1; /* strchr finds the terminator too */
		}
	}
	return 0;
}

/* Fills where a hierarchy is mounted: the v1 one of a controller, or cgroup2 (NULL). */
static void find_mount(const char *controller, char *point, size_t size)
{
	char line[1024];
	FILE *mounts = fopen("/proc/mounts", "r");

	point[0] = '\0';
	assert_non_null(mounts);
	while (fgets(line, sizeof(line), mounts) != NULL && point[0] == '\0') {
		char found[256];
		char found_type[32];
		char options[512];

		if (sscanf(line, "%*s %255s %31s %511s", found, found_type, options) == 3 &&
			strcmp(found_type, controller == NULL ? "cgroup2" : "cgroup") == 0 &&
			(controller == NULL || has_word(options, controller))) {
			snprintf(point, size, "%s", found);
		}
	}
	fclose(mounts);
}

/* Fills the path of a process below a mount: of a v1 controller, or of v2 (NULL), whose line starts
 * with "0::". */
static void find_path(pid_t pid, const char *controller, char *path, size_t size)
{
	char name[64];
	char line[1024];
	FILE *file;

	path[0] = '\0';
	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	file = fopen(name, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		const char *at = strrchr(line, ':');

		if (at != NULL &&
			(controller == NULL ? strncmp(line, "0::", 3) == 0
					    : has_word(strchr(line, ':') + 1, controller))) {
			snprintf(path, size, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
		}
	}
	fclose(file);
}

static void find_group(pid_t pid, const char *controller, char directory[512])
{
	char point[256];
	char path[256];

	directory[0] = '\0';
	find_mount(controller, point, sizeof(point));
	if (point[0] != '\0') {
		find_path(pid, controller, path, sizeof(path));
		assert_non_null(strstr(path, "/garasu-"));
		snprintf(directory, 512, "%s%s", point, path);
	}
}

void flow_groups_of(struct flow_groups *groups, pid_t pid)
{
	find_group(pid, NULL, groups->freeze);
	find_group(pid, "cpuacct", groups->account);
	groups->is_v2 = groups->account[0] == '\0';
	if (groups->is_v2) {
		memcpy(groups->account, groups->freeze, sizeof(groups->account));
	}
	assert_true(groups->account[0] != '\0');
}

static void read_text(const char *directory, const char *name, char *text, size_t size)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

uint64_t flow_groups_cpu_us(const struct flow_groups *groups)
{
	char text[4096];
	const char *at = text;

	read_text(
		groups->account, groups->is_v2 ? "cpu.stat" : "cpuacct.usage", text, sizeof(text));
	if (groups->is_v2) {
		at = strstr(text, "usage_usec ");
		assert_non_null(at);
		return strtoull(at + strlen("usage_usec "), NULL, 10);
	}
	return strtoull(at, NULL, 10) / 1000;
}

static int is_stopped(pid_t pid)
{
	char path[64];
	char line[512] = "";
	FILE *file;
	const char *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (file == NULL || fgets(line, sizeof(line), file) == NULL) {
		line[0] = '\0';
	}
	if (file != NULL) {
		fclose(file);
	}
	state = strrchr(line, ')');
	return state == NULL || state[2] == 'T' || state[2] == 'Z';
}

static int is_frozen(const struct flow_groups *groups)
{
	char text[65536];
	char *rest = text;

	if (groups->freeze[0] != '\0') {
		read_text(groups->freeze, "cgroup.events", text, sizeof(text));
		return strstr(text, "frozen 1") != NULL;
	}
	read_text(groups->account, "cgroup.procs", text, sizeof(text));
	for (char *word = strtok_r(text, "\n", &rest); word != NULL;
		word = strtok_r(NULL, "\n", &rest)) {
		if (!is_stopped((pid_t)strtol(word, NULL, 10))) {
			return 0;
		}
	}
	return 1;
}

void flow_groups_wait_frozen(const struct flow_groups *groups)
{
	for (int looks = 0; !is_frozen(groups); looks++) {
		assert_in_range(looks, 0, LOOKS);
		poll(NULL, 0, 10);
	}
}

int flow_groups_exist(const struct flow_groups *groups)
{
	return (groups->freeze[0] != '\0' && access(groups->freeze, F_OK) == 0) ||
	       access(groups->account, F_OK) == 0;
}

void flow_groups_wait_gone(const struct flow_groups *groups)
{
	for (int looks = 0; flow_groups_exist(groups); looks++) {
		assert_in_range(looks, 0, LOOKS);
		poll(NULL, 0, 10);
	}
}

/* How often its processes get a processor, against other sessions': 100 in v2, 1024 in v1. */
static unsigned long weight(pid_t pid)
{
	char directory[512];
	char text[64];
	int is_v2;

	find_group(pid, "cpu", directory);
	is_v2 = directory[0] == '\0';
	if (is_v2) {
		find_group(pid, NULL, directory);
	}
	read_text(directory, is_v2 ? "cpu.weight" : "cpu.shares", text, sizeof(text));
	return strtoul(text, NULL, 10) / (is_v2 ? 100 : 1024);
}

void flow_groups_wait_weight(pid_t pid, unsigned long times)
{
	for (unsigned look = 0; weight(pid) != times; look++) {
		assert_true(look < LOOKS);
		assert_int_equal(poll(NULL, 0, 10), 0);
	}
}
