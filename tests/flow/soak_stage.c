/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the soak's broker stands on: small disks that can be filled, and a wall clock to turn. */

#include "soak.h"

#include "held.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const disks[] = {"log", "state"};
static const char *const turned[] = {"supervisor", "recorder"};

static void copy_puppet(const char *puppet, const char *directory, const char *name)
{
	char from[256];
	char to[256];
	char *words[] = {"/bin/cp", from, to, NULL};

	snprintf(from, sizeof(from), FLOW_PUPPETS "/%s", puppet);
	snprintf(to, sizeof(to), "%s/bin/%s", directory, name);
	flow_run(NULL, 0, NULL, words);
}

void soak_clock_turn(const char *directory, int64_t off_s)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/bin/clock", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, &off_s, sizeof(off_s)), sizeof(off_s));
	close(fd);
}

static void place_clocks(const char *directory)
{
	char name[64];
	char from[192];
	char to[256];

	soak_clock_turn(directory, 0);
	copy_puppet("turned_clock.so", directory, "turned_clock.so");
	for (size_t i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "garasu-%s", turned[i]);
		snprintf(from, sizeof(from), "%s/bin/%s", directory, name);
		snprintf(to, sizeof(to), "%s.real", from);
		assert_int_equal(rename(from, to), 0);
		copy_puppet("turned", directory, name);
	}
}

/* Others do not see the disks: the mount namespace is this program's. */
void soak_stage_make(const char *directory)
{
	char path[128];

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, disks[i]);
		assert_int_equal(mkdir(path, i == 0 ? 0750 : 0755), 0);
		assert_int_equal(
			mount("tmpfs", path, "tmpfs", MS_NODEV | MS_NOSUID, "size=64m"), 0);
	}
	place_clocks(directory);
	flow_held_place(directory);
}

void soak_stage_keep(const char *directory)
{
	char from[128];
	char to[128];
	char all[] = "-a";
	char *words[] = {"/bin/cp", all, from, to, NULL};

	for (size_t i = 0; i < 2 && getenv("GARASU_KEEP") != NULL; i++) {
		snprintf(from, sizeof(from), "%s/%s", directory, disks[i]);
		snprintf(to, sizeof(to), "%s/%s.kept", directory, disks[i]);
		flow_run(NULL, 0, NULL, words);
	}
}

void soak_stage_remove(const char *directory)
{
	char path[128];

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, disks[i]);
		assert_int_equal(umount2(path, MNT_DETACH), 0);
	}
}

void soak_disk_fill(const char *directory, const char *disk)
{
	static const char block[65536];
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s/fill", directory, disk);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	for (size_t size = sizeof(block); size > 0;) {
		if (write(fd, block, size) <= 0) {
			assert_int_equal(errno, ENOSPC);
			size /= 2;
		}
	}
	close(fd);
}

void soak_disk_empty(const char *directory, const char *disk)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/fill", directory, disk);
	assert_int_equal(unlink(path), 0);
}
