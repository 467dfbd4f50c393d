/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions' cgroups, v2, v1 or both. */

#include "cgroup.h"

#include "members.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 512
#define CPU_PERIOD_US 100000u
#define STOP_ROUNDS 8
#define FAVOUR 8u        /* times the weight of a session */
#define PREFIX "garasu-" /* then the launcher's pid */

static const char *const controllers[] = {"memory", "cpu", "pids", "cpuacct"};

static int has_word(const char *words, const char *word, char separator)
{
	size_t length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += length) {
		int begins = at == words || at[-1] == separator || at[-1] == ' ';
		char after = at[length];

		if (begins &&
			(after == '\0' || after == separator || after == ' ' || after == '\n')) {
			return 1;
		}
	}
	return 0;
}

void cgroups_parse_mounts(const char *mounts, char *v2, char v1[4][256])
{
	v2[0] = v1[0][0] = v1[1][0] = v1[2][0] = v1[3][0] = '\0';
	while (*mounts != '\0') {
		char point[256];
		char type[32];
		char options[512];

		if (sscanf(mounts, "%*s %255s %31s %511s", point, type, options) == 3) {
			if (strcmp(type, "cgroup2") == 0 && v2[0] == '\0') {
				snprintf(v2, 256, "%s", point);
			}
			for (size_t i = 0; strcmp(type, "cgroup") == 0 && i < 4; i++) {
				if (has_word(options, controllers[i], ',')) {
					snprintf(v1[i], 256, "%s", point);
				}
			}
		}
		mounts += strcspn(mounts, "\n");
		mounts += *mounts == '\n';
	}
}

static int read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;

	if (fd < 0) {
		return -errno;
	}
	while (used < size - 1 && (got = read(fd, text + used, size - 1 - used)) > 0) {
		used += (size_t)got;
	}
	text[used] = '\0';
	close(fd);
	return 0;
}

static int write_file(const char *directory, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int write_file(const char *directory, const char *name, const char *format, ...)
{
	char path[PATH_SIZE];
	char text[64];
	va_list arguments;
	int result = 0;
	int size;
	int fd;

	va_start(arguments, format);
	size = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	if (write(fd, text, (size_t)size) != size) {
		result = -errno;
	}
	close(fd);
	return result;
}

static void session_path(
	const struct cgroups *cgroups, enum cgroup_place place, uint32_t session, char *path)
{
	snprintf(path, PATH_SIZE, "%s/s%" PRIu32, cgroups->base[place], session);
}

/* ---- leftovers of brokers that are gone ---- */

static void remove_group(const char *directory)
{
	for (int tries = 0; tries < 200 && rmdir(directory) != 0 && errno == EBUSY; tries++) {
		write_file(directory, "cgroup.freeze", "0");
		members_signal(directory, SIGKILL);
		usleep(5000); /* processes are killed, the kernel takes its time to empty the group
			       */
	}
}

static void remove_leftover(const char *hierarchy, const char *name)
{
	char path[PATH_SIZE];
	char inner[PATH_SIZE + 256];
	DIR *groups;

	snprintf(path, sizeof(path), "%s/%s", hierarchy, name);
	groups = opendir(path);
	for (struct dirent *entry = groups != NULL ? readdir(groups) : NULL; entry != NULL;
		entry = readdir(groups)) {
		if (entry->d_type == DT_DIR && entry->d_name[0] == 's') {
			snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
			remove_group(inner);
		}
	}
	if (groups != NULL) {
		closedir(groups);
	}
	rmdir(path);
}

static void remove_leftovers(const char *hierarchy)
{
	DIR *groups = opendir(hierarchy);

	for (struct dirent *entry = groups != NULL ? readdir(groups) : NULL; entry != NULL;
		entry = readdir(groups)) {
		pid_t pid;

		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0) {
			continue;
		}
		pid = (pid_t)strtol(entry->d_name + strlen(PREFIX), NULL, 10);
		if (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH) {
			remove_leftover(hierarchy, entry->d_name);
		}
	}
	if (groups != NULL) {
		closedir(groups);
	}
}

/* ---- opening ---- */

static int make_base(struct cgroups *cgroups, enum cgroup_place place, const char *hierarchy)
{
	remove_leftovers(hierarchy);
	snprintf(cgroups->base[place], sizeof(cgroups->base[place]), "%.200s/" PREFIX "%d",
		hierarchy, (int)getpid());
	if (mkdir(cgroups->base[place], 0755) != 0 && errno != EEXIST) {
		cgroups->base[place][0] = '\0';
		return -errno;
	}
	return 0;
}

static int open_controller(
	struct cgroups *cgroups, enum cgroup_place place, const char *v2, const char *v1)
{
	char path[PATH_SIZE];
	char words[512] = "";
	const char *name = controllers[place];

	snprintf(path, sizeof(path), "%s/cgroup.controllers", v2);
	if (v2[0] != '\0' && read_file(path, words, sizeof(words)) == 0 &&
		has_word(words, name, ' ')) {
		int result = write_file(v2, "cgroup.subtree_control", "+%s", name);

		if (result == 0) {
			result = make_base(cgroups, place, v2);
		}
		if (result == 0) {
			result = write_file(
				cgroups->base[place], "cgroup.subtree_control", "+%s", name);
		}
		cgroups->is_v2[place] = 1;
		return result;
	}
	return v1[0] != '\0' ? make_base(cgroups, place, v1) : -ENOENT;
}

static int set_weight(const struct cgroups *cgroups, const char *directory, uint32_t times)
{
	return cgroups->is_v2[CGROUP_CPU] ? write_file(directory, "cpu.weight", "%u", 100 * times)
					  : write_file(directory, "cpu.shares", "%u", 1024 * times);
}

static int set_quota(const struct cgroups *cgroups, const char *directory, uint32_t percent)
{
	uint32_t quota_us = percent * (CPU_PERIOD_US / 100);
	int result;

	if (cgroups->is_v2[CGROUP_CPU]) {
		return write_file(directory, "cpu.max", "%u %u", quota_us, CPU_PERIOD_US);
	}
	result = write_file(directory, "cpu.cfs_period_us", "%u", CPU_PERIOD_US);
	return result != 0 ? result : write_file(directory, "cpu.cfs_quota_us", "%u", quota_us);
}

static void service_path(const struct cgroups *cgroups, char *path)
{
	snprintf(path, PATH_SIZE, "%s/service", cgroups->base[CGROUP_CPU]);
}

static int make_service(const struct cgroups *cgroups)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	char path[PATH_SIZE];
	int result;

	service_path(cgroups, path);
	if (mkdir(path, 0755) != 0 && errno != EEXIST) {
		return -errno;
	}
	result = set_weight(cgroups, path, FAVOUR);
	return result != 0
		       ? result
		       : set_quota(cgroups, path, (uint32_t)(processors > 1 ? processors : 1) * 50);
}

int cgroups_open(struct cgroups *cgroups, char *message, size_t size)
{
	char mounts[65536];
	char v2[256];
	char v1[4][256];
	int result = read_file("/proc/mounts", mounts, sizeof(mounts));

	*cgroups = (struct cgroups){0};
	if (result != 0) {
		snprintf(message, size, "/proc/mounts cannot be read");
		return result;
	}
	cgroups_parse_mounts(mounts, v2, v1);
	for (enum cgroup_place place = CGROUP_MEMORY; place <= CGROUP_PIDS; place++) {
		result = open_controller(cgroups, place, v2, v1[place]);
		if (result != 0) {
			snprintf(message, size, "the cgroup controller \"%s\" cannot be used (%s)",
				controllers[place], strerror(-result));
			cgroups_close(cgroups);
			return result;
		}
	}
	result = make_service(cgroups);
	if (result != 0) {
		snprintf(message, size, "the group of the gateways cannot be made (%s)",
			strerror(-result));
		cgroups_close(cgroups);
		return result;
	}
	if (!cgroups->is_v2[CGROUP_CPU] && v1[3][0] != '\0' &&
		make_base(cgroups, CGROUP_ACCOUNT, v1[3]) != 0) {
		cgroups->base[CGROUP_ACCOUNT][0] = '\0'; /* no figures then, limits all the same */
	}
	if (v2[0] != '\0' && make_base(cgroups, CGROUP_FREEZE, v2) != 0) {
		cgroups->base[CGROUP_FREEZE][0] = '\0'; /* SIGSTOP then */
	}
	cgroups->is_active = 1;
	return 0;
}

static int set_limit(const struct cgroups *cgroups, enum cgroup_place place, const char *directory,
	const struct garasu_config *config)
{
	int v2 = cgroups->is_v2[place];
	int result = 0;

	switch (place) {
	case CGROUP_MEMORY:
		result = write_file(directory, v2 ? "memory.max" : "memory.limit_in_bytes",
			"%" PRIu64, config->memory_bytes);
		if (result == 0 && v2) {
			(void)write_file(directory, "memory.swap.max", "0");
			(void)write_file(directory, "memory.oom.group", "1");
		}
		return result;
	case CGROUP_CPU:
		return set_quota(cgroups, directory, config->cpu_percent);
	case CGROUP_PIDS:
		return write_file(directory, "pids.max", "%u", config->processes_max);
	case CGROUP_ACCOUNT:
	case CGROUP_FREEZE:
	case CGROUP_PLACES:
		return 0;
	}
	return 0;
}

int cgroups_make(struct cgroups *cgroups, uint32_t session, const struct garasu_config *config)
{
	char path[PATH_SIZE];

	for (enum cgroup_place place = 0; cgroups->is_active && place < CGROUP_PLACES; place++) {
		int result;

		if (cgroups->base[place][0] == '\0') {
			continue;
		}
		session_path(cgroups, place, session, path);
		if (mkdir(path, 0755) != 0 && errno != EEXIST) {
			return -errno;
		}
		result = set_limit(cgroups, place, path, config);
		if (result != 0) {
			return result;
		}
	}
	return 0;
}

int cgroups_enter(const struct cgroups *cgroups, uint32_t session, pid_t pid)
{
	char path[PATH_SIZE];

	for (enum cgroup_place place = 0; cgroups->is_active && place < CGROUP_PLACES; place++) {
		int result;

		if (cgroups->base[place][0] == '\0') {
			continue;
		}
		session_path(cgroups, place, session, path);
		result = write_file(path, "cgroup.procs", "%d", pid);
		if (result != 0) {
			return result;
		}
	}
	return 0;
}

int cgroups_enter_service(const struct cgroups *cgroups)
{
	char path[PATH_SIZE];

	if (!cgroups->is_active) {
		return 0;
	}
	service_path(cgroups, path);
	return write_file(path, "cgroup.procs", "0");
}

void cgroups_favour(const struct cgroups *cgroups, uint32_t session, int is_favoured)
{
	char path[PATH_SIZE];

	if (cgroups->is_active) {
		session_path(cgroups, CGROUP_CPU, session, path);
		(void)set_weight(
			cgroups, path, is_favoured ? FAVOUR : 1); /* gone by now: no matter */
	}
}

static uint64_t read_number(const char *directory, const char *name, const char *after)
{
	char path[PATH_SIZE + 64];
	char text[2048];
	const char *at;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (read_file(path, text, sizeof(text)) != 0) {
		return 0;
	}
	at = strstr(text, after);
	return at != NULL ? strtoull(at + strlen(after), NULL, 10) : 0;
}

uint32_t cgroups_usage(
	const struct cgroups *cgroups, uint32_t session, uint64_t *cpu_us, uint64_t *memory_bytes)
{
	char path[PATH_SIZE];

	*cpu_us = *memory_bytes = 0;
	if (!cgroups->is_active) {
		return 0;
	}
	if (cgroups->is_v2[CGROUP_CPU]) {
		session_path(cgroups, CGROUP_CPU, session, path);
		*cpu_us = read_number(path, "cpu.stat", "usage_usec ");
	} else if (cgroups->base[CGROUP_ACCOUNT][0] != '\0') {
		session_path(cgroups, CGROUP_ACCOUNT, session, path);
		*cpu_us = read_number(path, "cpuacct.usage", "") / 1000;
	}
	session_path(cgroups, CGROUP_MEMORY, session, path);
	*memory_bytes = read_number(path,
		cgroups->is_v2[CGROUP_MEMORY] ? "memory.current" : "memory.usage_in_bytes", "");
	session_path(cgroups, CGROUP_PIDS, session, path);
	return members_signal(path, 0);
}

/* Again while there are more than before: one that was not stopped yet may have forked. */
static void signal_all(const char *directory, int signal_number)
{
	uint32_t before = 0;
	uint32_t now = members_signal(directory, signal_number);

	for (int rounds = 0; rounds < STOP_ROUNDS && now > before; rounds++) {
		before = now;
		now = members_signal(directory, signal_number);
	}
}

void cgroups_freeze(const struct cgroups *cgroups, uint32_t session, int is_frozen)
{
	char path[PATH_SIZE];

	if (!cgroups->is_active) {
		return;
	}
	if (cgroups->base[CGROUP_FREEZE][0] != '\0') {
		session_path(cgroups, CGROUP_FREEZE, session, path);
		if (write_file(path, "cgroup.freeze", "%d", is_frozen) == 0) {
			return;
		}
	}
	session_path(cgroups, CGROUP_PIDS, session, path);
	signal_all(path, is_frozen ? SIGSTOP : SIGCONT);
}

uint32_t cgroups_kill(const struct cgroups *cgroups, uint32_t session)
{
	char path[PATH_SIZE];
	uint32_t living;

	if (!cgroups->is_active) {
		return 0;
	}
	session_path(cgroups, CGROUP_PIDS, session, path);
	living = members_signal(path, SIGKILL); /* reaches frozen ones, which cannot fork */
	cgroups_freeze(cgroups, session, 0);
	return living;
}

void cgroups_remove(const struct cgroups *cgroups, uint32_t session)
{
	char path[PATH_SIZE];

	for (enum cgroup_place place = 0; cgroups->is_active && place < CGROUP_PLACES; place++) {
		if (cgroups->base[place][0] != '\0') {
			session_path(cgroups, place, session, path);
			rmdir(path);
		}
	}
}

void cgroups_close(struct cgroups *cgroups)
{
	for (enum cgroup_place place = 0; place < CGROUP_PLACES; place++) {
		if (cgroups->base[place][0] != '\0') {
			char hierarchy[256];
			char *name;

			snprintf(hierarchy, sizeof(hierarchy), "%s", cgroups->base[place]);
			name = strrchr(hierarchy, '/');
			*name = '\0';
			remove_leftover(hierarchy, name + 1);
		}
	}
	cgroups->is_active = 0;
}
