/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the host's kernel says of the broker's processes and files.
 * Reads untrusted bytes from: /proc of sessions, which they cannot choose but for their names. */

#include "selftest.h"

#include "base/descriptor.h"
#include "garasu/heritage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NET_NAMESPACE "ns/net"
#define PID_NAMESPACE "ns/pid"

/* ---- /proc ---- */

/* Reads a file of a process. Returns bytes, 0 when it has gone. */
static size_t read_file(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	FILE *file;
	size_t got = 0;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "re");
	if (file != NULL) {
		got = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[got] = '\0';
	return got;
}

/* A field of status as a number of this base. Returns 0, or -ENOENT when there is none. */
static int status_field(pid_t pid, const char *field, int base, uint64_t *value)
{
	char text[8192], name[32];
	const char *at;

	read_file(pid, "status", text, sizeof(text));
	snprintf(name, sizeof(name), "\n%s:", field);
	at = strstr(text, name);
	if (at == NULL) {
		return -ENOENT;
	}
	*value = strtoull(at + strlen(name), NULL, base);
	return 0;
}

static int same_namespace(pid_t pid, const char *kind)
{
	char path[64], own_path[64];
	struct stat theirs, own;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, kind);
	snprintf(own_path, sizeof(own_path), "/proc/self/%s", kind);
	return stat(path, &theirs) != 0 || stat(own_path, &own) != 0 ||
	       (theirs.st_ino == own.st_ino && theirs.st_dev == own.st_dev);
}

static int is_gone(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	return access(path, F_OK) != 0;
}

enum selftest_verdict selftest_unread(
	struct selftest *test, const struct selftest_process *process, const char *what)
{
	return is_gone(process->pid) ? SELFTEST_PASS
				     : selftest_say(test, SELFTEST_NOT_CHECKED,
					       "%s of process %d (%s) cannot be read", what,
					       (int)process->pid, process->name);
}

static void name_of(pid_t pid, char name[32])
{
	char text[256];
	const char *slash;

	read_file(pid, "cmdline", text, sizeof(text));
	slash = strrchr(text, '/');
	snprintf(name, 32, "%.31s", slash != NULL ? slash + 1 : text);
}

static int add_process(struct selftest *test, pid_t pid)
{
	uint64_t end =
		(uint64_t)test->config->uid_base + SELFTEST_SESSION + test->config->sessions_max;
	struct selftest_process *process = &test->processes[test->count];
	uint64_t uid;

	if (status_field(pid, "Uid", 10, &uid) != 0 || uid < test->config->uid_base || uid >= end) {
		return 0;
	}
	if (test->count == SELFTEST_PROCESSES_MAX) {
		return -E2BIG;
	}
	process->pid = pid;
	process->offset = (uint32_t)(uid - test->config->uid_base);
	process->is_jailed = !same_namespace(pid, PID_NAMESPACE);
	name_of(pid, process->name);
	test->count++;
	return 0;
}

int selftest_find_processes(struct selftest *test)
{
	DIR *entries = opendir("/proc");
	int result = 0;

	test->processes = calloc(SELFTEST_PROCESSES_MAX, sizeof(*test->processes));
	if (entries == NULL || test->processes == NULL) {
		result = -ENOMEM;
	}
	for (struct dirent *entry = result == 0 ? readdir(entries) : NULL;
		entry != NULL && result == 0; entry = readdir(entries)) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		result = pid > 0 ? add_process(test, pid) : 0;
	}
	if (entries != NULL) {
		closedir(entries);
	}
	return result;
}

/* ---- checks ---- */

enum selftest_verdict selftest_uids(struct selftest *test)
{
	static const struct {
		uint32_t offset;
		const char *program;
	} needed[] = {{GARASU_ROLE_SUPERVISOR, "garasu-supervisor"},
		{GARASU_ROLE_RECORDER, "garasu-recorder"}, {GARASU_ROLE_EGRESS, "garasu-egress"}};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		unsigned found = 0;

		for (size_t p = 0; p < test->count; p++) {
			if (test->processes[p].offset != needed[i].offset) {
				continue;
			}
			if (strcmp(test->processes[p].name, needed[i].program) != 0) {
				return selftest_blame(
					test, &test->processes[p], "has the uid of a role");
			}
			found++;
		}
		if (found != 1) {
			return selftest_say(test, SELFTEST_FAIL, "%u processes are %s under uid %u",
				found, needed[i].program,
				test->config->uid_base + needed[i].offset);
		}
	}
	return selftest_judge(test, (unsigned)test->count, "processes");
}

enum selftest_verdict selftest_privileges(struct selftest *test)
{
	static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapAmb"};
	unsigned seen = 0;

	for (size_t p = 0; p < test->count; p++) {
		const struct selftest_process *process = &test->processes[p];
		uint64_t value;

		for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
			/* Chromium's own sandbox holds capabilities in a namespace of its own. */
			if (!process->is_jailed &&
				status_field(process->pid, sets[i], 16, &value) == 0 &&
				value != 0) {
				return selftest_blame(test, process, "holds capabilities");
			}
		}
		if (status_field(process->pid, "NoNewPrivs", 10, &value) == 0) {
			if (value != 1) {
				return selftest_blame(test, process, "could gain privileges");
			}
			seen++;
		} else if (selftest_unread(test, process, "status") != SELFTEST_PASS) {
			return SELFTEST_NOT_CHECKED;
		}
	}
	return selftest_judge(test, seen, "processes");
}

/* The supervisor reads nothing from outside and has none. */
static int needs_filter(const struct selftest_process *process)
{
	return selftest_is_session(process) ? process->is_jailed
					    : process->offset != GARASU_ROLE_SUPERVISOR;
}

enum selftest_verdict selftest_filters(struct selftest *test)
{
	unsigned seen = 0;

	for (size_t p = 0; p < test->count; p++) {
		const struct selftest_process *process = &test->processes[p];
		uint64_t value;

		if (!needs_filter(process)) {
			continue;
		}
		if (status_field(process->pid, "Seccomp", 10, &value) == 0) {
			if (value != 2) {
				return selftest_blame(test, process, "has no system-call filter");
			}
			seen++;
		} else if (selftest_unread(test, process, "status") != SELFTEST_PASS) {
			return SELFTEST_NOT_CHECKED;
		}
	}
	return selftest_judge(test, seen, "processes");
}

/* A process that may not be dumped has its files in /proc owned by root. */
enum selftest_verdict selftest_secrecy(struct selftest *test)
{
	unsigned seen = 0;

	for (size_t p = 0; p < test->count; p++) {
		const struct selftest_process *process = &test->processes[p];
		struct stat status;
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/maps", (int)process->pid);
		if (selftest_is_session(process)) {
			continue;
		}
		if (stat(path, &status) != 0) {
			if (selftest_unread(test, process, "maps") != SELFTEST_PASS) {
				return SELFTEST_NOT_CHECKED;
			}
			continue;
		}
		if (status.st_uid != 0) {
			return selftest_blame(test, process, "can be dumped");
		}
		seen++;
	}
	return selftest_judge(test, seen, "roles");
}

/* Returns the number of interfaces beside loopback, or -EIO when the table cannot be read. */
static int interfaces(pid_t pid)
{
	char text[16384];
	int count = 0;

	if (read_file(pid, "net/dev", text, sizeof(text)) == 0) {
		return -EIO;
	}
	for (const char *at = strchr(text, ':'); at != NULL; at = strchr(at + 1, ':')) {
		count += at - text < 2 || strncmp(at - 2, "lo", 2) != 0;
	}
	return count;
}

enum selftest_verdict selftest_networks(struct selftest *test)
{
	unsigned seen = 0;

	for (size_t p = 0; p < test->count; p++) {
		const struct selftest_process *process = &test->processes[p];
		int count;

		if (process->offset == GARASU_ROLE_EGRESS || is_gone(process->pid)) {
			continue;
		}
		/* the starter of a jail has no network either: the launcher took it */
		if (same_namespace(process->pid, NET_NAMESPACE) && !is_gone(process->pid)) {
			return selftest_blame(test, process, "is in the host's network");
		}
		count = interfaces(process->pid);
		if (count > 0) {
			return selftest_blame(test, process, "has a network interface");
		}
		if (count < 0 && selftest_unread(test, process, "net/dev") != SELFTEST_PASS) {
			return SELFTEST_NOT_CHECKED;
		}
		seen += count == 0;
	}
	return selftest_judge(test, seen, "processes");
}

/* ---- descriptors ---- */

enum selftest_verdict selftest_each_descriptor(
	struct selftest *test, const struct selftest_process *process, selftest_on_descriptor look)
{
	enum selftest_verdict verdict = SELFTEST_PASS;
	char folder[64];
	DIR *entries;

	snprintf(folder, sizeof(folder), "/proc/%d/fd", (int)process->pid);
	entries = opendir(folder);
	if (entries == NULL) {
		return selftest_unread(test, process, "the descriptors");
	}
	for (struct dirent *entry = readdir(entries); entry != NULL && verdict == SELFTEST_PASS;
		entry = readdir(entries)) {
		char path[400], target[256];
		ssize_t size;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		size = readlink(path, target, sizeof(target) - 1);
		if (size > 0) {
			target[size] = '\0';
			verdict = look(test, process, path, target);
		}
	}
	closedir(entries);
	return verdict;
}

static enum selftest_verdict look_at_frame(struct selftest *test,
	const struct selftest_process *process, const char *path, const char *target)
{
	const int wanted = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	enum selftest_verdict verdict = SELFTEST_PASS;
	int fd;
	int seals;

	if (strncmp(target, "/memfd:frame", 12) != 0) {
		return SELFTEST_PASS;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	seals = fd >= 0 ? fcntl(fd, F_GET_SEALS) : -1;
	if (seals < 0) { /* of a descriptor that was closed meanwhile: another process shows it */
		verdict = access(path, F_OK) == 0 ? selftest_unread(test, process, "frame memory")
						  : SELFTEST_PASS;
	} else if ((seals & wanted) != wanted) {
		verdict = selftest_blame(test, process, "has frame memory that is not sealed");
	} else {
		snprintf(test->reason, sizeof(test->reason), "seen");
	}
	garasu_fd_close(&fd);
	return verdict;
}

enum selftest_verdict selftest_frames(struct selftest *test)
{
	unsigned seen = 0;

	for (size_t p = 0; p < test->count; p++) {
		enum selftest_verdict verdict;

		test->reason[0] = '\0';
		verdict = selftest_each_descriptor(test, &test->processes[p], look_at_frame);
		if (verdict != SELFTEST_PASS) {
			return verdict;
		}
		seen += test->reason[0] != '\0';
	}
	return selftest_judge(test, seen, "holders of frame memory");
}

/* ---- files ---- */

enum selftest_verdict selftest_policy(struct selftest *test)
{
	static const char *const wanted[] = {"\"DownloadRestrictions\":3",
		"\"AllowFileSelectionDialogs\":false", "\"PrintingEnabled\":false",
		"\"DefaultClipboardSetting\":2"};
	unsigned seen = 0;

	for (size_t p = 0; p < test->count; p++) {
		const struct selftest_process *process = &test->processes[p];
		char text[65536];

		if (strcmp(process->name, "garasu-compositor") != 0 || !process->is_jailed ||
			read_file(process->pid, "root/etc/chromium/policies/managed/garasu.json",
				text, sizeof(text)) == 0) {
			if (strcmp(process->name, "garasu-compositor") == 0 &&
				!is_gone(process->pid)) {
				return selftest_blame(test, process, "has no browser policy");
			}
			continue;
		}
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			if (strstr(text, wanted[i]) == NULL) {
				return selftest_say(test, SELFTEST_FAIL, "no %s in process %d",
					wanted[i], (int)process->pid);
			}
		}
		seen++;
	}
	return selftest_judge(test, seen, "sessions");
}

/* Returns 1 when it is owner's and nobody but, as far as mask says, may touch it. */
static int is_private(const char *folder, const char *name, uid_t owner, mode_t mask)
{
	char path[4200];
	struct stat status;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	return lstat(path, &status) == 0 && status.st_uid == owner && (status.st_mode & mask) == 0;
}

enum selftest_verdict selftest_files(struct selftest *test)
{
	const struct garasu_config *config = test->config;
	uid_t supervisor = config->uid_base + GARASU_ROLE_SUPERVISOR;
	uid_t recorder = config->uid_base + GARASU_ROLE_RECORDER;
	const struct {
		const char *folder, *name;
		uid_t owner;
		mode_t mask; /* bits that must not be set */
	} files[] = {{config->state_directory, "", supervisor, 0077},
		{config->state_directory, "/registry.db", supervisor, 0077},
		{config->state_directory, "/audit", recorder, 0077},
		{config->state_directory, "/audit/audit.key", recorder, 0377},
		{config->log_directory, "", recorder, 0027},
		{config->log_directory, "/audit.jsonl", recorder, 0037}};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (!is_private(files[i].folder, files[i].name, files[i].owner, files[i].mask)) {
			return selftest_say(test, SELFTEST_FAIL, "%s%s has another owner or mode",
				files[i].folder, files[i].name);
		}
	}
	return selftest_judge(test, (unsigned)(sizeof(files) / sizeof(files[0])), "places");
}
