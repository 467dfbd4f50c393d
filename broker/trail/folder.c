/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a trail, and their lines.
 * Reads untrusted bytes from: a directory that stood where others could reach it. */

#include "trail/folder.h"

#include "base/descriptor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLOSED "audit-%020" PRIu64 ".jsonl"

void trail_closed_name(uint64_t first, char name[TRAIL_NAME_SIZE])
{
	snprintf(name, TRAIL_NAME_SIZE, CLOSED, first);
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static int add(struct trail_folder *folder, uint64_t first)
{
	uint64_t *grown = reallocarray(folder->firsts, folder->closed + 1, sizeof(*folder->firsts));

	if (grown == NULL) {
		return -ENOMEM;
	}
	folder->firsts = grown;
	folder->firsts[folder->closed++] = first;
	return 0;
}

static int take_name(struct trail_folder *folder, const char *untrusted_name)
{
	char name[TRAIL_NAME_SIZE];
	uint64_t first;

	if (strcmp(untrusted_name, TRAIL_OPEN_NAME) == 0) {
		folder->has_open = 1;
	} else if (sscanf(untrusted_name, "audit-%20" SCNu64, &first) == 1) {
		trail_closed_name(first, name);
		return strcmp(untrusted_name, name) == 0 ? add(folder, first) : 0;
	}
	return 0;
}

int trail_folder_list(struct trail_folder *folder, int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
	int result = 0;

	*folder = (struct trail_folder){.directory = directory};
	if (entries == NULL) {
		result = -errno;
		garasu_fd_close(&fd);
		return result;
	}
	for (struct dirent *entry = readdir(entries); entry != NULL && result == 0;
		entry = readdir(entries)) {
		result = take_name(folder, entry->d_name);
	}
	closedir(entries);
	if (folder->closed > 1) {
		qsort(folder->firsts, folder->closed, sizeof(*folder->firsts), compare);
	}
	if (result != 0) {
		trail_folder_finish(folder);
	}
	return result;
}

void trail_folder_finish(struct trail_folder *folder)
{
	free(folder->firsts);
	folder->firsts = NULL;
	folder->closed = 0;
	folder->has_open = 0;
}

size_t trail_folder_count(const struct trail_folder *folder)
{
	return folder->closed + (folder->has_open != 0);
}

void trail_folder_name(const struct trail_folder *folder, size_t segment, char *name)
{
	if (segment < folder->closed) {
		trail_closed_name(folder->firsts[segment], name);
	} else {
		snprintf(name, TRAIL_NAME_SIZE, TRAIL_OPEN_NAME);
	}
}

/* ---- lines ---- */

struct cutter {
	char bytes[TRAIL_LINE_MAX];
	size_t used;
	struct trail_line line;
	trail_on_line on_line;
	void *owner;
};

static void give(struct cutter *cutter, int is_ended)
{
	cutter->line.untrusted_bytes = cutter->bytes;
	cutter->line.size = cutter->used;
	cutter->line.is_ended = is_ended;
	cutter->line.offset += cutter->used + (is_ended != 0);
	cutter->on_line(cutter->owner, &cutter->line);
	cutter->used = 0;
	cutter->line.is_first = is_ended;
	cutter->line.line += is_ended != 0;
}

/* A piece is given only when more of its line has come, so that the last is never empty. */
static void cut(struct cutter *cutter, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '\n') {
			give(cutter, 1);
			continue;
		}
		if (cutter->used == sizeof(cutter->bytes)) {
			give(cutter, 0);
		}
		cutter->bytes[cutter->used++] = bytes[i];
	}
}

int trail_lines_read(int fd, trail_on_line on_line, void *owner)
{
	struct cutter cutter = {
		.on_line = on_line, .owner = owner, .line = {.line = 1, .is_first = 1}};
	char bytes[16384];
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return -errno;
		}
		cut(&cutter, bytes, (size_t)got);
	}
	if (cutter.used > 0) {
		give(&cutter, 0);
	}
	return 0;
}

int trail_folder_read(
	const struct trail_folder *folder, size_t segment, trail_on_line on_line, void *owner)
{
	char name[TRAIL_NAME_SIZE];
	int fd;
	int result;

	trail_folder_name(folder, segment, name);
	fd = openat(folder->directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	result = fd < 0 ? -errno : trail_lines_read(fd, on_line, owner);
	garasu_fd_close(&fd);
	return result;
}
