/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small things done to descriptors. */

#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void garasu_fd_close(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
	}
	*fd = -1;
}

int garasu_fd_set_nonblocking(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0) {
		return -errno;
	}
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) == 0 ? 0 : -errno;
}

int garasu_fd_write_all(int fd, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size > 0) {
		ssize_t written = write(fd, at, size);

		if (written < 0 && errno == EINTR) {
			continue;
		}
		if (written < 0) {
			return -errno;
		}
		at += written;
		size -= (size_t)written;
	}
	return 0;
}

int garasu_fd_sealed(const char *name, const void *data, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int result;

	if (fd < 0) {
		return -errno;
	}
	result = garasu_fd_write_all(fd, data, size);
	if (result == 0 &&
		(lseek(fd, 0, SEEK_SET) != 0 ||
			fcntl(fd, F_ADD_SEALS,
				F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)) {
		result = -errno;
	}
	if (result != 0) {
		garasu_fd_close(&fd);
		return result;
	}
	return fd;
}

ssize_t garasu_fd_read_all(int fd, char **text, size_t maximum)
{
	struct stat status;
	size_t got = 0;
	char *bytes;

	if (fstat(fd, &status) != 0) {
		return -errno;
	}
	if (status.st_size < 0 || (uint64_t)status.st_size > maximum) {
		return -EFBIG;
	}
	bytes = calloc(1, (size_t)status.st_size + 1);
	if (bytes == NULL) {
		return -ENOMEM;
	}
	while (got < (size_t)status.st_size) {
		ssize_t more = pread(fd, bytes + got, (size_t)status.st_size - got, (off_t)got);

		if (more < 0 && errno == EINTR) {
			continue;
		}
		if (more <= 0) {
			int error = more < 0 ? -errno : -EIO;

			free(bytes);
			return error;
		}
		got += (size_t)more;
	}
	*text = bytes;
	return (ssize_t)got;
}

int garasu_fd_is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}
