/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories, sockets and copies in places that the configuration names: a name by mistake must
 * not change what is there. */

#include "directory.h"

#include "base/descriptor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEM_MAX (4u << 20)

static int complain(const char *what, const char *path, int error)
{
	fprintf(stderr, "garasu-broker: %s %s: %s\n", what, path, strerror(-error));
	return error;
}

/* Returns 1, 0 or negative errno. */
static int is_empty(int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
	int count = 0;

	if (entries == NULL) {
		int error = -errno;

		garasu_fd_close(&fd);
		return error;
	}
	while (readdir(entries) != NULL) {
		count++;
	}
	closedir(entries);
	return count <= 2; /* . and .. */
}

static int complain_foreign(const char *path, uid_t owner)
{
	fprintf(stderr,
		"garasu-broker: %s is not empty and does not belong to uid %u: it may be "
		"something else's, so nothing was changed.\n"
		"garasu-broker: name another directory, or if it is the broker's, give it away: "
		"chown -R %u %s\n"
		"garasu-broker: "
		"既存のディレクトリーのため変更しませんでした。別の場所を指定してください。\n",
		path, owner, owner, path);
	return -EEXIST;
}

int directory_make(const char *path, uid_t owner, gid_t group, mode_t mode)
{
	int is_new = mkdir(path, mode) == 0;
	struct stat status;
	int result = 0;
	int fd;

	if (!is_new && errno != EEXIST) {
		return complain("cannot make the directory", path, -errno);
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) != 0) {
		result = complain("is no directory of its own:", path, -errno);
		garasu_fd_close(&fd);
		return result;
	}
	if (!is_new && status.st_uid != owner && is_empty(fd) != 1) {
		result = complain_foreign(path, owner);
	} else if (fchmod(fd, mode) != 0 || ((status.st_uid != owner || status.st_gid != group) &&
						    fchown(fd, owner, group) != 0)) {
		result = complain("cannot give the directory its owner and mode", path, -errno);
	}
	garasu_fd_close(&fd);
	return result;
}

int directory_clear_socket(const char *path)
{
	struct stat status;

	if (lstat(path, &status) != 0) {
		return errno == ENOENT ? 0 : complain("cannot look at", path, -errno);
	}
	if (!S_ISSOCK(status.st_mode)) {
		fprintf(stderr,
			"garasu-broker: paths.admin_socket: %s is there and is no socket: it was "
			"not removed.\n"
			"garasu-broker: paths.admin_socket に別のファイルがあります。\n",
			path);
		return -EEXIST;
	}
	return unlink(path) == 0 ? 0 : complain("cannot remove", path, -errno);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Removes a copy of ours of that name. Returns 0, also when nothing is there, or -EEXIST when it is
 * something else, or the original (which lies open in from) itself. */
static int remove_copy(int state, const char *name, uid_t owner, int from)
{
	struct stat status;
	struct stat original = {0};

	if (fstatat(state, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	if (from >= 0 && fstat(from, &original) != 0) {
		return -errno;
	}
	if (!S_ISREG(status.st_mode) || status.st_uid != owner ||
		(status.st_mode & 07777) != 0400 ||
		(from >= 0 && status.st_dev == original.st_dev &&
			status.st_ino == original.st_ino)) {
		return -EEXIST;
	}
	return unlinkat(state, name, 0) == 0 ? 0 : -errno;
}

static int write_copy(int state, const char *name, uid_t owner, const char *bytes, size_t size)
{
	int to = openat(state, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
	int result = to < 0 ? -errno : garasu_fd_write_all(to, bytes, size);

	if (result == 0 && owner != geteuid() && fchown(to, owner, 0) != 0) {
		result = -errno;
	}
	garasu_fd_close(&to);
	return result;
}

int directory_copy_file(int state, const char *path, uid_t owner)
{
	const char *name = base_name(path);
	char *bytes = NULL;
	int from = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = from < 0 ? -errno : garasu_fd_read_all(from, &bytes, PEM_MAX);
	int result;

	if (size < 0) {
		garasu_fd_close(&from);
		return complain("cannot read", path, (int)size);
	}
	result = remove_copy(state, name, owner, from);
	if (result == -EEXIST) {
		fprintf(stderr,
			"garasu-broker: paths.state holds a file \"%s\" that is no copy of %s: "
			"it was not replaced. Keep the files of tls: outside of paths.state.\n"
			"garasu-broker: 証明書と鍵は paths.state の外に置いてください。\n",
			name, path);
	} else {
		result = result == 0 ? write_copy(state, name, owner, bytes, (size_t)size) : result;
		result = result == 0
				 ? 0
				 : complain("cannot copy into the state directory", path, result);
	}
	garasu_fd_close(&from);
	explicit_bzero(bytes, (size_t)size);
	free(bytes);
	return result;
}

void directory_remove_copy(int state, const char *path, uid_t owner)
{
	(void)remove_copy(state, base_name(path), owner, -1);
}
