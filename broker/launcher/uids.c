/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The range of uids, which must be this broker's alone: every process of a session's uid is killed
 * when that session ends. */

#include "uids.h"

#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUBORDINATE_MAX (1u << 20)

static const struct {
	uint32_t first, last;
	const char *whose;
} reserved[] = {
	{0, 999, "the system's accounts"},
	{61184, 65519, "systemd's dynamic users"},
	{65535, 65535, "nobody's"},
	{UINT32_MAX, UINT32_MAX, "nobody's"},
};

static int overlap(uint64_t first, uint64_t count, uint64_t from, uint64_t others)
{
	return count > 0 && others > 0 && first < from + others && from < first + count;
}

const char *uids_reserved(uint32_t first, uint32_t count)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (overlap(first, count, reserved[i].first,
			    (uint64_t)reserved[i].last - reserved[i].first + 1)) {
			return reserved[i].whose;
		}
	}
	return NULL;
}

int uids_are_subordinate(const char *text, uint32_t first, uint32_t count)
{
	while (*text != '\0') {
		uint32_t from;
		uint32_t others;

		if (sscanf(text, "%*[^:\n]:%" SCNu32 ":%" SCNu32, &from, &others) == 2 &&
			overlap(first, count, from, others)) {
			return 1;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

static int complain(uint32_t first, uint32_t count, const char *why)
{
	fprintf(stderr,
		"garasu-broker: users.uid_base: %" PRIu32 " to %" PRIu64 " is not free: %s.\n"
		"garasu-broker: choose a range that nobody uses; garasu.conf(5) has a default.\n"
		"garasu-broker: "
		"uid の範囲が空いていません。users.uid_base を変えてください。\n",
		first, (uint64_t)first + count - 1, why);
	return -EADDRINUSE;
}

static int has_subordinates(const char *path, uint32_t first, uint32_t count)
{
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0) {
		return 0;
	}
	result = garasu_fd_read_all(fd, &text, SUBORDINATE_MAX) > 0 &&
		 uids_are_subordinate(text, first, count);
	garasu_fd_close(&fd);
	free(text);
	return result;
}

int uids_check(uint32_t first, uint32_t count)
{
	const char *whose = uids_reserved(first, count);
	char why[128];

	if (whose != NULL) {
		snprintf(why, sizeof(why), "it touches %s", whose);
		return complain(first, count, why);
	}
	if (has_subordinates("/etc/subuid", first, count) ||
		has_subordinates("/etc/subgid", first, count)) {
		return complain(first, count, "/etc/subuid or /etc/subgid gives of it to a user");
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct passwd *user = getpwuid((uid_t)(first + i));
		const struct group *group = getgrgid((gid_t)(first + i));

		if (user != NULL || group != NULL) {
			snprintf(why, sizeof(why), "%" PRIu32 " is the %s \"%.60s\"", first + i,
				user != NULL ? "user" : "group",
				user != NULL ? user->pw_name : group->gr_name);
			return complain(first, count, why);
		}
	}
	return 0;
}

int uids_claim(const char *path, uint32_t first, uint32_t count)
{
	struct flock range = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = first, .l_len = count};
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int result = fd < 0 ? -errno : 0;

	if (result == 0 && fcntl(fd, F_OFD_SETLK, &range) != 0) {
		result = -errno;
	}
	if (result == 0) {
		return fd;
	}
	garasu_fd_close(&fd);
	if (result == -EAGAIN || result == -EACCES) {
		return complain(first, count, "another broker runs with uids of it");
	}
	fprintf(stderr, "garasu-broker: cannot lock %s: %s\n", path, strerror(-result));
	return result;
}
