/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the settings that a role was started with. */

#include "base/settings.h"

#include "base/descriptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int64_t garasu_settings_read(int fd, void *head, size_t head_size, char **memory, const char **rest)
{
	ssize_t size = garasu_fd_read_all(fd, memory, 16u << 20);

	garasu_fd_close(&fd);
	if (size < 0) {
		return size;
	}
	if ((size_t)size < head_size) {
		free(*memory);
		*memory = NULL;
		return -EPROTO;
	}
	memcpy(head, *memory, head_size);
	*rest = *memory + head_size;
	return size - (ssize_t)head_size;
}
