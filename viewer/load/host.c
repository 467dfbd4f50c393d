/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CPU time and memory from /proc. Reads untrusted bytes from: processes' own names in /proc, which
 * are only compared. */

#include "host.h"

#include <base/clock.h>

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define TREES_MAX 16u
#define GENERATIONS_MAX 64

struct process {
	int pid, parent;
	uint64_t start, ticks; /* ticks: in all */
	uint64_t counted;      /* of these, in the sums already */
	enum host_group group;
	bool is_member, is_seen, is_new;
};

struct host {
	int trees[TREES_MAX];
	size_t tree_count;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool is_over;
	struct process *processes;
	size_t count, capacity;
	uint64_t ticks[HOST_GROUPS];
};

static const char *const group_names[HOST_GROUPS] = {"browser", "compositor", "encoder", "gateway",
	"egress", "broker", "server", "other", "instrument"};

const char *host_group_name(enum host_group group)
{
	return group_names[group];
}

enum host_group host_group_of(const char *word)
{
	static const struct {
		const char *name;
		enum host_group group;
	} known[] = {
		{"garasu-compositor", HOST_COMPOSITOR},
		{"garasu-encoder", HOST_ENCODER},
		{"garasu-gateway", HOST_GATEWAY},
		{"garasu-egress", HOST_EGRESS},
		{"garasu-broker", HOST_BROKER},
		{"garasu-supervisor", HOST_BROKER},
		{"garasu-recorder", HOST_BROKER},
		{"garasu-authenticator", HOST_BROKER},
		{"garasu-jail", HOST_BROKER},
		{"garasu-start", HOST_BROKER},
		{"garasu-browser", HOST_BROWSER},
		{"bwrap", HOST_BROKER},
		{"chromium", HOST_BROWSER},
		{"chrome_crashpad_handler", HOST_BROWSER},
		{"Xtigervnc", HOST_SERVER},
		{"Xvnc", HOST_SERVER},
		{"Xvfb", HOST_SERVER},
		{"x11vnc", HOST_SERVER},
		{"sway", HOST_SERVER},
		{"wayvnc", HOST_SERVER},
	};
	const char *slash = strrchr(word, '/');

	word = slash != NULL ? slash + 1 : word;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(word, known[i].name) == 0) {
			return known[i].group;
		}
	}
	return HOST_OTHER;
}

/* ---- files of /proc ---- */

static ssize_t read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, text, size - 1) : -1;

	if (fd >= 0) {
		close(fd);
	}
	text[got > 0 ? got : 0] = '\0';
	return got;
}

/* Parent, user + system time, and start of a process; fields 4, 14, 15 and 22 of proc(5). */
static bool read_stat(int pid, struct process *process)
{
	char path[64], text[1024];
	uint64_t user = 0, system = 0, start = 0;
	const char *rest;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_file(path, text, sizeof(text)) <= 0) {
		return false;
	}
	rest = strrchr(text, ')');
	if (rest == NULL || sscanf(rest + 1,
				    " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64
				    " %" SCNu64 " %*d %*d %*d %*d %*d %*d %" SCNu64,
				    &parent, &user, &system, &start) != 4) {
		return false;
	}
	process->pid = pid;
	process->parent = parent;
	process->start = start;
	process->ticks = user + system;
	return true;
}

static enum host_group read_group(int pid)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	if (read_file(path, text, sizeof(text)) <= 0) {
		return HOST_OTHER;
	}
	text[strcspn(text, " ")] = '\0'; /* some write their whole line into the first word */
	return host_group_of(text);
}

/* ---- the table ---- */

static struct process *find(struct host *host, int pid)
{
	for (size_t i = 0; i < host->count; i++) {
		if (host->processes[i].pid == pid) {
			return &host->processes[i];
		}
	}
	return NULL;
}

static struct process *add(struct host *host, const struct process *process)
{
	if (host->count == host->capacity) {
		size_t capacity = host->capacity > 0 ? host->capacity * 2 : 256;
		struct process *more = realloc(host->processes, capacity * sizeof(*more));

		if (more == NULL) {
			return NULL;
		}
		host->processes = more;
		host->capacity = capacity;
	}
	host->processes[host->count] = *process;
	return &host->processes[host->count++];
}

static bool is_in_tree(struct host *host, const struct process *process)
{
	int pid = process->pid;

	for (int generation = 0; generation < GENERATIONS_MAX && pid > 1; generation++) {
		const struct process *ancestor = find(host, pid);

		for (size_t i = 0; i < host->tree_count; i++) {
			if (host->trees[i] == pid) {
				return true;
			}
		}
		pid = ancestor != NULL ? ancestor->parent : 0;
	}
	return false;
}

/* Ourselves and the server of our pages are the instrument, whatever else they are. */
static void judge(struct host *host, struct process *process)
{
	int self = getpid();

	process->group = read_group(process->pid);
	if (process->pid == self || process->parent == self) {
		process->group = HOST_INSTRUMENT;
		process->is_member = true;
	} else if (host->tree_count > 0) {
		process->is_member = is_in_tree(host, process);
	} else {
		process->is_member = process->group != HOST_OTHER;
	}
}

static void take(struct host *host, const struct process *now)
{
	struct process *known = find(host, now->pid);

	if (known != NULL && known->start == now->start) {
		known->ticks = now->ticks;
		known->parent = now->parent;
	} else if (known != NULL) {
		*known = *now;
		known->is_new = true;
	} else {
		known = add(host, now);
		if (known == NULL) {
			return;
		}
		known->is_new = true;
	}
	known->is_seen = true;
}

/* Only when all are known: a process may stand in /proc before its parent. A role executes its
 * binary a moment after its start: judged again until it has a known name. */
static void count(struct host *host, bool is_first)
{
	for (size_t i = 0; i < host->count; i++) {
		struct process *process = &host->processes[i];

		if (process->is_new || process->group == HOST_OTHER ||
			process->group == HOST_BROKER) {
			judge(host, process);
		}
		if (process->is_member && !is_first) {
			host->ticks[process->group] += process->ticks - process->counted;
		}
		process->counted = process->ticks;
		process->is_new = false;
	}
}

static void forget_the_gone(struct host *host)
{
	size_t kept = 0;

	for (size_t i = 0; i < host->count; i++) {
		if (host->processes[i].is_seen) {
			host->processes[kept] = host->processes[i];
			host->processes[kept++].is_seen = false;
		}
	}
	host->count = kept;
}

static void sample(struct host *host, bool is_first)
{
	DIR *folder = opendir("/proc");

	if (folder == NULL) {
		return;
	}
	for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
		struct process now = {0};

		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			read_stat(atoi(entry->d_name), &now)) {
			take(host, &now);
		}
	}
	closedir(folder);
	forget_the_gone(host);
	count(host, is_first);
}

static void *watch(void *argument)
{
	struct host *host = argument;

	pthread_mutex_lock(&host->lock);
	while (!host->is_over) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += 1;
		if (pthread_cond_timedwait(&host->over, &host->lock, &until) != 0) {
			sample(host, false);
		}
	}
	pthread_mutex_unlock(&host->lock);
	return NULL;
}

/* ---- for the caller ---- */

struct host *host_create(const int *trees, size_t tree_count)
{
	struct host *host = calloc(1, sizeof(*host));

	if (host == NULL || tree_count > TREES_MAX) {
		free(host);
		return NULL;
	}
	memcpy(host->trees, trees, tree_count * sizeof(*trees));
	host->tree_count = tree_count;
	sample(host, true);
	if (pthread_mutex_init(&host->lock, NULL) != 0 ||
		pthread_cond_init(&host->over, NULL) != 0 ||
		pthread_create(&host->thread, NULL, watch, host) != 0) {
		free(host->processes);
		free(host);
		return NULL;
	}
	return host;
}

void host_destroy(struct host **host)
{
	if (*host == NULL) {
		return;
	}
	pthread_mutex_lock(&(*host)->lock);
	(*host)->is_over = true;
	pthread_cond_signal(&(*host)->over);
	pthread_mutex_unlock(&(*host)->lock);
	pthread_join((*host)->thread, NULL);
	pthread_cond_destroy(&(*host)->over);
	pthread_mutex_destroy(&(*host)->lock);
	free((*host)->processes);
	free(*host);
	*host = NULL;
}

/* The first line of /proc/stat: user nice system idle iowait irq softirq steal. */
static double busy_seconds(void)
{
	char text[512];
	uint64_t user = 0, nice = 0, system = 0, irq = 0, soft = 0;

	if (read_file("/proc/stat", text, sizeof(text)) <= 0 ||
		sscanf(text, "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %*u %*u %" SCNu64 " %" SCNu64,
			&user, &nice, &system, &irq, &soft) != 5) {
		return 0;
	}
	return (double)(user + nice + system + irq + soft) / (double)sysconf(_SC_CLK_TCK);
}

void host_usage(struct host *host, struct host_usage *usage)
{
	double tick_s = 1.0 / (double)sysconf(_SC_CLK_TCK);

	pthread_mutex_lock(&host->lock);
	sample(host, false);
	for (unsigned i = 0; i < HOST_GROUPS; i++) {
		usage->cpu_s[i] = (double)host->ticks[i] * tick_s;
	}
	pthread_mutex_unlock(&host->lock);
	usage->busy_s = busy_seconds();
}

static bool read_pss(int pid, double *pss_mib)
{
	char path[64], text[2048];
	uint64_t kib = 0;
	const char *line;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	if (read_file(path, text, sizeof(text)) <= 0) {
		return false;
	}
	line = strstr(text, "\nPss:");
	if (line == NULL || sscanf(line, "\nPss: %" SCNu64, &kib) != 1) {
		return false;
	}
	*pss_mib = (double)kib / 1024;
	return true;
}

/* Adds the Pss of shared pictures in /proc/PID/smaps: the memfd "frame" is the frame memory, every
 * other one the browser's. */
static void add_picture_pss(int pid, struct host_memory *memory)
{
	char path[64], line[512];
	double *sum = NULL;
	uint64_t kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	file = fopen(path, "re");
	if (file == NULL) {
		return;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strchr(line, '-') != NULL && strchr(line, '-') < strchr(line, ' ')) {
			sum = strstr(line, " /memfd:frame ") != NULL ? &memory->frame_mib
			      : strstr(line, " /memfd:") != NULL     ? &memory->window_mib
								     : NULL;
		} else if (sum != NULL && sscanf(line, "Pss: %" SCNu64, &kib) == 1) {
			*sum += (double)kib / 1024;
		}
	}
	fclose(file);
}

static double memory_line(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line != NULL ? strtod(line + strlen(name), NULL) / 1024 : 0;
}

void host_memory(struct host *host, struct host_memory *memory)
{
	char text[2048];

	*memory = (struct host_memory){.has_pss = true};
	pthread_mutex_lock(&host->lock);
	sample(host, false);
	for (size_t i = 0; i < host->count; i++) {
		const struct process *process = &host->processes[i];
		struct process now = {0};
		double pss_mib = 0;

		if (!process->is_member) {
			continue;
		}
		if (read_pss(process->pid, &pss_mib)) {
			memory->pss_mib[process->group] += pss_mib;
			if (process->group == HOST_COMPOSITOR || process->group == HOST_ENCODER) {
				add_picture_pss(process->pid, memory);
			}
			memory->processes += process->group != HOST_INSTRUMENT;
		} else if (read_stat(process->pid, &now)) {
			memory->has_pss = false; /* it lives, and we may not see it */
		}
	}
	pthread_mutex_unlock(&host->lock);
	if (read_file("/proc/meminfo", text, sizeof(text)) > 0) {
		memory->used_mib =
			memory_line(text, "MemTotal:") - memory_line(text, "MemAvailable:");
	}
}

void host_facts(struct host_facts *facts)
{
	char text[4096];
	struct utsname name;
	const char *model;

	*facts = (struct host_facts){.cores = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN)};
	if (read_file("/proc/cpuinfo", text, sizeof(text)) > 0) {
		model = strstr(text, "model name");
		model = model != NULL ? strchr(model, ':') : NULL;
		if (model != NULL) {
			snprintf(facts->processor, sizeof(facts->processor), "%.*s",
				(int)strcspn(model + 2, "\n"), model + 2);
		}
	}
	if (read_file("/proc/meminfo", text, sizeof(text)) > 0) {
		facts->memory_mib = memory_line(text, "MemTotal:");
	}
	if (uname(&name) == 0) {
		snprintf(facts->kernel, sizeof(facts->kernel), "%.30s %.60s %.30s", name.sysname,
			name.release, name.machine);
	}
}
