/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which browser stands on the host; sessions of an older one are warned and end. */

#include "supervisor.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHROMIUM "/usr/lib/chromium/chromium"
#define STARTER "garasu-browser"

static void describe(const char *name, const char *path, char *text, size_t size)
{
	struct stat status;

	if (path == NULL || stat(path, &status) != 0) {
		snprintf(text, size, "%s none", name);
		return;
	}
	snprintf(text, size, "%s mtime=%lld size=%lld", name, (long long)status.st_mtime,
		(long long)status.st_size);
}

/* The program that starts Chromium stands beside this one. Returns NULL if it cannot be named. */
static const char *find_starter(char *path, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", path, size - sizeof(STARTER));
	char *slash;

	if (length < 0) {
		return NULL;
	}
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL) {
		return NULL;
	}
	memcpy(slash + 1, STARTER, sizeof(STARTER));
	return path;
}

void browser_read(char identity[BROWSER_IDENTITY_SIZE])
{
	char chromium[BROWSER_IDENTITY_SIZE / 2];
	char starter[BROWSER_IDENTITY_SIZE / 2 - 1];
	char path[4096];

	describe("chromium", CHROMIUM, chromium, sizeof(chromium));
	describe("starter", find_starter(path, sizeof(path)), starter, sizeof(starter));
	snprintf(identity, BROWSER_IDENTITY_SIZE, "%s %s", chromium, starter);
}

void browser_check(struct supervisor *supervisor)
{
	uint32_t grace_ms = supervisor->config->upgrade_grace_ms;
	char identity[BROWSER_IDENTITY_SIZE];

	browser_read(identity);
	for (struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (s->is_upgrading || s->state == SESSION_ENDING ||
			strcmp(s->browser, identity) == 0) {
			continue;
		}
		if (!session_has_user(s)) {
			session_end(s, GARASU_STATE_UPGRADE_ENDED);
			continue;
		}
		s->is_upgrading = 1;
		s->upgrade_ms = garasu_clock_ms() + grace_ms;
		if (s->state == SESSION_ATTACHED) { /* others are told when they are attached */
			connection_tell(
				s->connection, GARASU_STATE_UPGRADE_WARNING, grace_ms / 1000);
		}
	}
}
