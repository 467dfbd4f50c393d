/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a session are the listed ones, and it can write only where room was measured out. */

#include "captive_drive.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct captive captive;

static int start(void **state)
{
	(void)state;
	captive_start(&captive, CAPTIVE_AS_COMPOSITOR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	captive_stop(&captive);
	return 0;
}

static void only_the_listed_files_are_there(void **state)
{
	(void)state;
	captive_expect(
		&captive, "0 bin dev etc garasu home lib lib64 proc run sbin tmp usr", "list /");
	captive_expect(&captive, "0 garasu", "list /home");
	captive_expect(&captive, "0 user", "list /run");
	captive_expect(&captive, "0", "list /run/user");
	captive_expect(&captive, "0", "list /tmp");
	captive_expect(&captive, "0 garasu-browser garasu-compositor garasu-start", "list /garasu");
	captive_expect(&captive,
		"0 core fd full null ptmx pts random shm stderr stdin stdout tty urandom "
		"zero",
		"list /dev");
}

static void etc_has_what_chromium_reads_and_no_more(void **state)
{
	static const char *const allowed[] = {"alternatives", "chromium", "chromium.d", "fonts",
		"group", "ld.so.cache", "passwd", "ssl"};
	char names[4096];
	char *place = NULL;

	(void)state;
	snprintf(names, sizeof(names), "%s", captive_ask(&captive, "list /etc"));
	for (char *name = strtok_r(names + 2, " ", &place); name != NULL;
		name = strtok_r(NULL, " ", &place)) {
		size_t i = 0;

		while (i < sizeof(allowed) / sizeof(allowed[0]) && strcmp(name, allowed[i]) != 0) {
			i++;
		}
		if (i == sizeof(allowed) / sizeof(allowed[0])) {
			fail_msg("/etc/%s is visible", name);
		}
	}
	captive_expect(&captive, "0 certs", "list /etc/ssl");
	captive_expect(&captive, "0 policies", "list /etc/chromium");
}

static void nothing_of_the_host_is_there(void **state)
{
	static const char *const paths[] = {"/etc/shadow", "/etc/machine-id", "/etc/resolv.conf",
		"/etc/hosts", "/root", "/var", "/sys", "/boot", "/mnt", "/srv", "/opt",
		"/lost+found", "/run/dbus", "/dev/sda", "/dev/vda", "/dev/mem", "/dev/kvm",
		"/dev/fuse", "/dev/net/tun", "/dev/dri", "/dev/vsock"};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		captive_expect(&captive, "2", "open %s 0", paths[i]);
	}
	captive_expect(&captive, "2", "list %s", captive.stage.directory);
}

static void users_of_the_host_are_not_named(void **state)
{
	char passwd[128];

	(void)state;
	snprintf(passwd, sizeof(passwd), "0 garasu:x:%u:%u:garasu:/home/garasu:/bin/false|",
		captive_uid(), captive_uid());
	captive_expect(&captive, passwd, "text /etc/passwd");
}

static int is_device(const char *path)
{
	static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
		"/dev/urandom", "/dev/tty", "/dev/pts"};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (strcmp(path, devices[i]) == 0) {
			return 1;
		}
	}
	return 0;
}

static int has_room(const char *path)
{
	return strcmp(path, "/tmp") == 0 || strcmp(path, "/run/user") == 0 ||
	       strcmp(path, "/home/garasu") == 0 || strcmp(path, "/dev/shm") == 0;
}

/* Every mount is read-only but the measured ones, devices and /proc; nothing runs set-uid. */
static void every_other_mount_is_read_only(void **state)
{
	static char mounts[65536];
	char *place = NULL;
	int measured = 0;

	(void)state;
	snprintf(mounts, sizeof(mounts), "%s", captive_ask(&captive, "text /proc/self/mountinfo"));
	for (char *line = strtok_r(mounts + 2, "|", &place); line != NULL;
		line = strtok_r(NULL, "|", &place)) {
		char path[512];
		char options[512];
		int is_writable;

		assert_int_equal(sscanf(line, "%*s %*s %*s %*s %511s %511s", path, options), 2);
		is_writable = strncmp(options, "rw", 2) == 0;
		if (has_room(path)) {
			measured += strstr(strstr(line, " - "), "size=") != NULL;
			assert_int_equal(is_writable, 1);
		} else if (is_writable && strcmp(path, "/proc") != 0 && !is_device(path)) {
			fail_msg("%s is writable: %s", path, line);
		}
		if (strstr(options, "nosuid") == NULL) {
			fail_msg("%s may hold set-uid programs: %s", path, line);
		}
	}
	assert_int_equal(measured, 4);
}

static void expect_room(const char *path, unsigned bytes)
{
	char answer[64];

	snprintf(answer, sizeof(answer), "%u %d", bytes, ENOSPC);
	captive_expect(&captive, answer, "fill %s", path);
}

static void room_is_what_was_measured_out(void **state)
{
	(void)state;
	expect_room("/tmp/x", 64u << 20);
	expect_room("/run/user/x", 64u << 20);
	expect_room("/home/garasu/x", CAPTIVE_PROFILE_BYTES);
	expect_room("/dev/shm/x", CAPTIVE_SHM_BYTES);
}

static void nothing_else_can_be_written(void **state)
{
	static const char *const places[] = {"/x", "/dev/x", "/etc/x", "/garasu/x", "/home/x",
		"/run/x", "/usr/x", "/usr/lib/x", "/etc/fonts/x"};
	char answer[16];

	(void)state;
	snprintf(answer, sizeof(answer), "0 %d", EROFS);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		captive_expect(&captive, answer, "fill %s", places[i]);
	}
	/* the programs are ours: to a session with a uid of its own they are somebody else's */
	captive_expect(
		&captive, getuid() == 0 ? "13" : "30", "open /garasu/garasu-start %d", O_WRONLY);
	captive_expect(&captive, "30", "open /etc/passwd %d", O_WRONLY);
	captive_expect(
		&captive, "30", "open /etc/chromium/policies/managed/garasu.json %d", O_WRONLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_listed_files_are_there),
		cmocka_unit_test(etc_has_what_chromium_reads_and_no_more),
		cmocka_unit_test(nothing_of_the_host_is_there),
		cmocka_unit_test(users_of_the_host_are_not_named),
		cmocka_unit_test(every_other_mount_is_read_only),
		cmocka_unit_test(room_is_what_was_measured_out),
		cmocka_unit_test(nothing_else_can_be_written),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
