/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that only grow. */

#include "recorder.h"

#include "base/descriptor.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int file_open(struct file *file)
{
	struct stat status;

	if (file->fd >= 0 && fstatat(file->directory, file->name, &status, 0) == 0 &&
		status.st_ino == file->inode) {
		return 0;
	}
	garasu_fd_close(&file->fd);
	file->fd = openat(file->directory, file->name,
		O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (file->fd < 0 || fstat(file->fd, &status) != 0) {
		return -errno;
	}
	file->inode = status.st_ino;
	return 0;
}

int file_append(struct file *file, const void *bytes, size_t size)
{
	struct stat before;
	int result = file_open(file);

	if (result == 0 && fstat(file->fd, &before) != 0) {
		result = -errno;
	}
	if (result != 0) {
		return result;
	}
	result = garasu_fd_write_all(file->fd, bytes, size);
	if (result != 0 && ftruncate(file->fd, before.st_size) != 0) {
		garasu_log(GARASU_LOG_ERROR, "torn_line", "file=%s errno=%d", file->name, errno);
	}
	return result;
}
