/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places that the configuration names by mistake are left as they were. */

#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static char root[32];
static uid_t owner; /* what the broker would use */

static const char *place(const char *name)
{
	static char path[4][128];
	static unsigned next;

	snprintf(path[++next % 4], sizeof(path[0]), "%s/%s", root, name);
	return path[next % 4];
}

static int make_root(void **state)
{
	(void)state;
	owner = geteuid() == 0 ? 2100000001u : geteuid();
	snprintf(root, sizeof(root), "/tmp/garasu-place.XXXXXX");
	return mkdtemp(root) != NULL && mkdir(place("state"), 0700) == 0 ? 0 : -1;
}

static int remove_root(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void expect(const char *path, uid_t uid, mode_t mode)
{
	struct stat status;

	assert_int_equal(lstat(path, &status), 0);
	assert_int_equal(status.st_uid, uid);
	assert_int_equal(status.st_mode & 07777, mode);
}

static void expect_text(const char *path, const char *expected)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	assert_string_equal(text, expected);
	close(fd);
}

static int make(const char *path)
{
	return directory_make(path, owner, getegid(), 0700);
}

static void new_empty_and_own_directories_are_taken(void **state)
{
	(void)state;
	assert_int_equal(make(place("new")), 0);
	expect(place("new"), owner, 0700);
	assert_int_equal(mkdir(place("empty"), 0755), 0);
	assert_int_equal(make(place("empty")), 0);
	expect(place("empty"), owner, 0700);
	write_file(place("new/file"), "", 0600);
	assert_int_equal(chmod(place("new"), 0755), 0);
	assert_int_equal(make(place("new")), 0);
	expect(place("new"), owner, 0700);
}

static void directory_of_others_stays_as_it_was(void **state)
{
	uid_t other = geteuid() == 0 ? 2100000099u : 0;
	const char *path = place("others");

	(void)state;
	if (geteuid() != 0) {
		assert_int_equal(make("/etc"), -EEXIST);
		return;
	}
	assert_int_equal(mkdir(path, 0755), 0);
	write_file(place("others/file"), "", 0600);
	assert_int_equal(chown(path, other, 0), 0);
	assert_int_equal(make(path), -EEXIST);
	expect(path, other, 0755);
}

static void file_and_symbolic_link_are_no_directory(void **state)
{
	(void)state;
	write_file(place("file"), "", 0644);
	assert_int_equal(make(place("file")), -ENOTDIR);
	expect(place("file"), geteuid(), 0644);
	assert_int_equal(mkdir(place("empty"), 0755), 0);
	assert_int_equal(symlink("empty", place("link")), 0);
	assert_true(make(place("link")) < 0);
	expect(place("empty"), geteuid(), 0755);
}

static void only_a_socket_gives_way_to_the_admin_socket(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)state;
	assert_int_equal(directory_clear_socket(place("nothing")), 0);
	write_file(place("file"), "precious", 0600);
	assert_int_equal(directory_clear_socket(place("file")), -EEXIST);
	expect_text(place("file"), "precious");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", place("socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(symlink("socket", place("link")), 0);
	assert_int_equal(directory_clear_socket(place("link")), -EEXIST);
	assert_int_equal(directory_clear_socket(place("socket")), 0);
	assert_int_equal(access(place("socket"), F_OK), -1);
	close(fd);
}

static int open_state(void)
{
	int fd = open(place("state"), O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void copy_is_replaced_and_removed_again(void **state)
{
	int fd = open_state();

	(void)state;
	write_file(place("tls.key"), "first", 0600);
	assert_int_equal(directory_copy_file(fd, place("tls.key"), owner), 0);
	expect(place("state/tls.key"), owner, 0400);
	unlink(place("tls.key"));
	write_file(place("tls.key"), "second", 0600);
	assert_int_equal(directory_copy_file(fd, place("tls.key"), owner), 0);
	expect_text(place("state/tls.key"), "second");
	directory_remove_copy(fd, place("tls.key"), owner);
	assert_int_equal(access(place("state/tls.key"), F_OK), -1);
	expect_text(place("tls.key"), "second");
	close(fd);
}

static void original_in_the_state_directory_stays(void **state)
{
	int fd = open_state();

	(void)state;
	write_file(place("state/tls.key"), "original", 0400);
	assert_int_equal(chown(place("state/tls.key"), owner, (gid_t)-1), 0);
	assert_int_equal(directory_copy_file(fd, place("state/tls.key"), owner), -EEXIST);
	expect_text(place("state/tls.key"), "original");
	close(fd);
}

static void another_file_of_that_name_stays(void **state)
{
	int fd = open_state();

	(void)state;
	write_file(place("registry.db"), "a certificate", 0644);
	write_file(place("state/registry.db"), "users", 0600);
	assert_int_equal(chown(place("state/registry.db"), owner, (gid_t)-1), 0);
	assert_int_equal(directory_copy_file(fd, place("registry.db"), owner), -EEXIST);
	directory_remove_copy(fd, place("registry.db"), owner);
	expect_text(place("state/registry.db"), "users");
	close(fd);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(new_empty_and_own_directories_are_taken),
		CASE(directory_of_others_stays_as_it_was),
		CASE(file_and_symbolic_link_are_no_directory),
		CASE(only_a_socket_gives_way_to_the_admin_socket),
		CASE(copy_is_replaced_and_removed_again),
		CASE(original_in_the_state_directory_stays),
		CASE(another_file_of_that_name_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
