/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chromium's own sandbox stands inside the jail: pages and the network service are under a second
 * filter, pages also in namespaces of their own. Real Chromium, seen from outside. */

#include "captive_drive.h"

#include "base/clock.h"

#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct stage stage;

struct process {
	pid_t pid;
	unsigned filters; /* system-call filters it is under */
	char command[4096];
	char user_namespace[64], network_namespace[64];
};

static size_t read_file(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	FILE *file;
	size_t got;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "re");
	got = file != NULL ? fread(text, 1, size - 1, file) : 0;
	text[got] = '\0';
	if (file != NULL) {
		fclose(file);
	}
	return got;
}

static void read_namespace(pid_t pid, const char *kind, char name[64])
{
	char path[64];
	ssize_t size;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, kind);
	size = readlink(path, name, 63);
	name[size > 0 ? size : 0] = '\0';
}

static long status_number(pid_t pid, const char *field)
{
	char status[8192];
	char name[64];
	const char *at;

	read_file(pid, "status", status, sizeof(status));
	snprintf(name, sizeof(name), "\n%s:", field);
	at = strstr(status, name);
	return at != NULL ? strtol(at + strlen(name), NULL, 10) : -1;
}

static int descends_from_jail(pid_t pid)
{
	while (pid > 1 && pid != stage.pid) {
		pid = (pid_t)status_number(pid, "PPid");
	}
	return pid == stage.pid;
}

static void look_at(pid_t pid, struct process *process)
{
	size_t size = read_file(pid, "cmdline", process->command, sizeof(process->command));

	for (size_t i = 0; i + 1 < size; i++) {
		if (process->command[i] == '\0') {
			process->command[i] = ' ';
		}
	}
	process->pid = pid;
	process->filters = (unsigned)status_number(pid, "Seccomp_filters");
	read_namespace(pid, "user", process->user_namespace);
	read_namespace(pid, "net", process->network_namespace);
}

/* Finds a process of the jail whose command line has the text and which is under so many filters.
 * Returns 0 or -1. */
static int find(const char *text, unsigned filters, struct process *process)
{
	DIR *processes = opendir("/proc");
	int result = -1;

	assert_non_null(processes);
	for (struct dirent *entry; result != 0 && (entry = readdir(processes)) != NULL;) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && descends_from_jail(pid)) {
			look_at(pid, process);
			if (strstr(process->command, text) != NULL && process->filters >= filters) {
				result = 0;
			}
		}
	}
	closedir(processes);
	return result;
}

/* Gives frames until there is such a process. */
static void wait_for(const char *text, unsigned filters, struct process *process)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;

	while (find(text, filters, process) != 0) {
		struct pollfd news = {.fd = stage.news, .events = POLLIN};

		if (garasu_clock_ms() > deadline) {
			fail_msg("no %s under %u filters; the jail said: %s", text, filters,
				stage.said);
		}
		stage_credit(&stage);
		if (poll(&news, 1, 50) == 1) {
			stage_wait_news(&stage);
		}
	}
}

static int start(void **state)
{
	const struct stage_program programs[] = {{JAIL, "garasu-jail"}, {START, "garasu-start"},
		{COMPOSITOR, "garasu-compositor"}, {BROWSER, "garasu-browser"}, {NULL, NULL}};
	struct garasu_session_settings settings =
		stage_settings("http://127.0.0.1:8080/", 1280, 800, 120);

	(void)state;
	settings.profile_bytes = 256u << 20;
	settings.shm_bytes = 256u << 20;
	settings.uid = captive_uid();
	stage_start(&stage, programs, &settings, getuid() == 0 ? CAPTIVE_UID : 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	return stage_stop(&stage);
}

static void pages_are_under_a_second_filter_in_their_own_namespaces(void **state)
{
	struct process compositor;
	struct process page;

	(void)state;
	wait_for("--type=renderer", 2, &page);
	assert_int_equal(find("garasu-compositor", 1, &compositor), 0);
	assert_int_equal(compositor.filters, 1);
	assert_int_equal(status_number(page.pid, "NoNewPrivs"), 1);
	if (getuid() == 0) { /* others may not look */
		assert_int_not_equal(page.user_namespace[0], '\0');
		assert_string_not_equal(page.user_namespace, compositor.user_namespace);
		assert_string_not_equal(page.network_namespace, compositor.network_namespace);
	}
}

static void network_service_is_under_a_second_filter(void **state)
{
	struct process service;

	(void)state;
	wait_for("--utility-sub-type=network.mojom.NetworkService", 2, &service);
}

static void nothing_runs_without_a_sandbox(void **state)
{
	struct process process;

	(void)state;
	wait_for("--type=renderer", 2, &process);
	assert_int_equal(find(" --no-sandbox", 0, &process), -1);
	assert_int_equal(find("--disable-setuid-sandbox", 0, &process), -1);
	assert_int_equal(find("--disable-namespace-sandbox", 0, &process), -1);
	assert_int_equal(find("--disable-seccomp-filter-sandbox", 0, &process), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_under_a_second_filter_in_their_own_namespaces),
		cmocka_unit_test(network_service_is_under_a_second_filter),
		cmocka_unit_test(nothing_runs_without_a_sandbox),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
