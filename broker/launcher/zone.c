/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two legs as network namespaces that the administrator made: the LGWAN leg in one of them, the
 * internet leg in the other. They are held open, so that a name cannot come to mean another. */

#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define ZONES "/run/netns"

static int complain(const char *zone, const char *name, const char *why)
{
	fprintf(stderr,
		"garasu-broker: zones.%s is \"%s\": %s\n"
		"garasu-broker: \"ip netns add\" makes one, \"ip netns list\" shows what there "
		"is.\n"
		"garasu-broker: zones のネットワーク名前空間を確認してください。\n",
		zone, name, why);
	return -ENOENT;
}

static int is_same(int left, int right)
{
	struct stat one, other;

	return left >= 0 && right >= 0 && fstat(left, &one) == 0 && fstat(right, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static int open_zone(const struct launcher *launcher, const char *zone, const char *name, int *fd)
{
	char path[128];

	if (name == NULL) {
		return 0;
	}
	if (!launcher->has_privilege) {
		return complain(zone, name, "only root can use it");
	}
	snprintf(path, sizeof(path), ZONES "/%s", name);
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0) {
		return complain(zone, name, strerror(errno));
	}
	if (ioctl(*fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		return complain(zone, name, "it is no network namespace");
	}
	if (is_same(*fd, launcher->own)) {
		return complain(zone, name, "it is the host's own, which needs no name");
	}
	return 0;
}

int zones_open(struct launcher *launcher)
{
	const struct garasu_config *config = launcher->config;
	int result;

	launcher->own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (launcher->own < 0) {
		fprintf(stderr, "garasu-broker: cannot open /proc/self/ns/net: %s\n",
			strerror(errno));
		return -errno;
	}
	result = open_zone(launcher, "lgwan", config->zone_lgwan, &launcher->lgwan);
	if (result == 0) {
		result =
			open_zone(launcher, "internet", config->zone_internet, &launcher->internet);
	}
	if (result == 0 && is_same(launcher->lgwan, launcher->internet)) {
		result = complain("internet", config->zone_internet, "it is zones.lgwan");
	}
	return result;
}

int zone_enter(int zone)
{
	return zone < 0 || setns(zone, CLONE_NEWNET) == 0 ? 0 : -errno;
}
