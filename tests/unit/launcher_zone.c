/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What zones takes for a leg's network namespace, and what it refuses. */

#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ZONES "/run/netns"

static struct garasu_config config;
static struct launcher *launcher;
static int is_made;

static void keep(const char *name, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), ZONES "/%s", name);
	assert_int_equal(close(open(path, O_CREAT | O_CLOEXEC, 0600)), 0);
	if (what != NULL) {
		assert_int_equal(mount(what, path, NULL, MS_BIND, NULL), 0);
	}
}

/* Names of our own, in a mount namespace of our own. */
static int start(void **state)
{
	(void)state;
	launcher = calloc(1, sizeof(*launcher));
	assert_non_null(launcher);
	launcher->config = &config;
	if (getuid() != 0) {
		print_error("launcher_zone: needs root\n");
		assert_non_null(getenv("GARASU_ALLOW_SKIP"));
		return 0;
	}
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_true(mkdir(ZONES, 0755) == 0 || errno == EEXIST);
	assert_int_equal(mount("zones", ZONES, "tmpfs", 0, NULL), 0);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	keep("left", "/proc/self/ns/net");
	keep("left-too", "/proc/self/ns/net");
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	keep("right", "/proc/self/ns/net");
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	keep("own", "/proc/self/ns/net");
	keep("names", "/proc/self/ns/uts");
	keep("file", NULL);
	is_made = 1;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	free(launcher);
	return 0;
}

static int open_zones(const char *lgwan, const char *internet, int has_privilege)
{
	config.zone_lgwan = lgwan != NULL ? strdup(lgwan) : NULL;
	config.zone_internet = internet != NULL ? strdup(internet) : NULL;
	launcher->lgwan = launcher->internet = -1;
	launcher->has_privilege = has_privilege;

	int result = zones_open(launcher);

	free(config.zone_lgwan);
	free(config.zone_internet);
	return result;
}

static void legs_that_are_not_named_stay_the_host_s_own(void **state)
{
	(void)state;
	assert_int_equal(open_zones(NULL, NULL, 0), 0);
	assert_int_equal(launcher->lgwan, -1);
	assert_int_equal(launcher->internet, -1);
	assert_int_equal(zone_enter(launcher->internet), 0);
}

static void zones_need_privilege(void **state)
{
	(void)state;
	assert_int_equal(open_zones("left", NULL, 0), -ENOENT);
}

static int need_zones(void **state)
{
	(void)state;
	if (!is_made) {
		skip();
	}
	return 0;
}

static void two_namespaces_are_two_legs(void **state)
{
	struct stat here, there;

	(void)state;
	assert_int_equal(open_zones("left", "right", 1), 0);
	assert_int_equal(zone_enter(launcher->lgwan), 0);
	assert_int_equal(stat("/proc/self/ns/net", &here), 0);
	assert_int_equal(stat(ZONES "/left", &there), 0);
	assert_int_equal(here.st_ino, there.st_ino);
	assert_int_equal(zone_enter(launcher->own), 0);
}

static void what_is_no_second_network_namespace_is_refused(void **state)
{
	(void)state;
	assert_int_equal(open_zones("missing", "right", 1), -ENOENT);
	assert_int_equal(open_zones("left", "file", 1), -ENOENT);
	assert_int_equal(open_zones("left", "names", 1), -ENOENT);
	assert_int_equal(open_zones("own", "right", 1), -ENOENT);
	assert_int_equal(open_zones("left", "own", 1), -ENOENT);
	assert_int_equal(open_zones("left", "left-too", 1), -ENOENT); /* by another name */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(legs_that_are_not_named_stay_the_host_s_own),
		cmocka_unit_test(zones_need_privilege),
		cmocka_unit_test_setup(two_namespaces_are_two_legs, need_zones),
		cmocka_unit_test_setup(what_is_no_second_network_namespace_is_refused, need_zones),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
