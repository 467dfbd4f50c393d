/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host's networks: its own, and the namespaces of the two legs. Sessions hold no socket of any.
 * Reads untrusted bytes from: nobody; the kernel wrote the tables. */

#include "selftest.h"

#include "base/descriptor.h"
#include "garasu/heritage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int selftest_enter(const char *zone)
{
	char path[128];
	int fd;
	int result;

	if (zone == NULL) {
		return 0;
	}
	snprintf(path, sizeof(path), "/run/netns/%s", zone);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	result = fd >= 0 && setns(fd, CLONE_NEWNET) == 0 ? 0 : -errno;
	garasu_fd_close(&fd);
	return result;
}

/* Returns 1 or 0, or negative errno when the table cannot be read. */
static int is_in_table(const char *name, uint64_t inode)
{
	char path[64], line[512];
	FILE *table;
	int is_found = 0;

	snprintf(path, sizeof(path), "/proc/self/net/%s", name);
	table = fopen(path, "re");
	if (table == NULL) {
		return -errno;
	}
	while (!is_found && fgets(line, sizeof(line), table) != NULL) {
		uint64_t found = 0;

		is_found =
			sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64, &found) == 1 &&
			found == inode;
	}
	if (ferror(table)) {
		is_found = -EIO;
	}
	fclose(table);
	return is_found;
}

/* Returns 1 if it is a socket of the network where we stand, or as above. */
static int is_here(uint64_t inode)
{
	static const char *const tables[] = {"tcp", "udp", "raw", "tcp6", "udp6", "raw6"};
	int is_found = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && is_found == 0; i++) {
		is_found = is_in_table(tables[i], inode);
		if (is_found == -ENOENT && i >= 3) { /* a kernel without IPv6 has none of these */
			is_found = 0;
		}
	}
	return is_found;
}

static enum selftest_verdict look_at_socket(struct selftest *test,
	const struct selftest_process *process, const char *path, const char *target)
{
	uint64_t inode;
	int result;

	(void)path;
	result = sscanf(target, "socket:[%" SCNu64, &inode) == 1 ? is_here(inode) : 0;
	if (result < 0) {
		return selftest_say(
			test, SELFTEST_NOT_CHECKED, "the table of sockets: %s", strerror(-result));
	}
	return result == 0 ? SELFTEST_PASS
			   : selftest_blame(test, process, "holds a socket of the host's network");
}

static enum selftest_verdict look_at_sessions(struct selftest *test)
{
	unsigned seen = 0;

	for (size_t p = 0; p < test->count; p++) {
		const struct selftest_process *process = &test->processes[p];
		enum selftest_verdict verdict;

		if (!selftest_is_session(process) && process->offset != GARASU_ROLE_ENCODER) {
			continue;
		}
		verdict = selftest_each_descriptor(test, process, look_at_socket);
		if (verdict != SELFTEST_PASS) {
			return verdict;
		}
		seen++;
	}
	return selftest_judge(test, seen, "processes of sessions");
}

enum selftest_verdict selftest_sockets(struct selftest *test)
{
	const char *const legs[] = {NULL, test->config->zone_lgwan, test->config->zone_internet};
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	enum selftest_verdict verdict = SELFTEST_PASS;

	for (size_t i = 0; i < sizeof(legs) / sizeof(legs[0]) && verdict == SELFTEST_PASS; i++) {
		int result = own >= 0 ? selftest_enter(legs[i]) : -errno;

		verdict = result == 0 ? look_at_sessions(test)
				      : selftest_say(test, SELFTEST_NOT_CHECKED, "zones: %s",
						strerror(-result));
		if (own >= 0 && setns(own, CLONE_NEWNET) != 0 && verdict == SELFTEST_PASS) {
			verdict = selftest_say(
				test, SELFTEST_NOT_CHECKED, "no way back: %s", strerror(errno));
		}
	}
	garasu_fd_close(&own);
	return verdict;
}
