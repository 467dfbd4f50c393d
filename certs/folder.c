/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory of one CA: every file is complete before it gets its name.
 * Reads untrusted bytes from: nobody; the directory is its administrator's. */

#include "folder.h"

#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 4

/* The temporary names of one call; "" where none is there. */
struct drafts {
	char names[FILES_MAX][FOLDER_NAME_SIZE];
};

static int say(const struct folder *folder, struct problem *problem, enum problem_kind kind,
	const char *name, int error)
{
	char subject[PROBLEM_TEXT_SIZE];

	snprintf(subject, sizeof(subject), "%s/%s", folder->path, name);
	return problem_set(problem, kind, subject, error == 0 ? "" : strerror(error));
}

static int make_folders(const char *path)
{
	char copy[4096];
	size_t length = strlen(path);

	if (length == 0 || length >= sizeof(copy)) {
		return -ENAMETOOLONG;
	}
	memcpy(copy, path, length + 1);
	for (char *at = copy + 1;; at++) {
		char kept = *at;

		if (kept == '/' || kept == '\0') {
			*at = '\0';
			if (mkdir(copy, 0755) != 0 && errno != EEXIST) {
				return -errno;
			}
			*at = kept;
		}
		if (kept == '\0') {
			return 0;
		}
	}
}

int folder_open(struct folder *folder, const char *path, int is_made, struct problem *problem)
{
	int result = is_made ? make_folders(path) : 0;

	folder->path = path;
	folder->fd = -1;
	if (result != 0) {
		return problem_set(problem, PROBLEM_NO_FOLDER, path, strerror(-result));
	}
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd < 0 || flock(folder->fd, LOCK_EX) != 0) {
		result = errno;
		folder_close(folder);
		return problem_set(problem, PROBLEM_NO_FOLDER, path, strerror(result));
	}
	return 0;
}

void folder_close(struct folder *folder)
{
	garasu_fd_close(&folder->fd);
}

int folder_read(const struct folder *folder, const char *name, char **text, size_t *size,
	struct problem *problem)
{
	int fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t got;

	if (fd < 0) {
		return say(folder, problem, errno == ENOENT ? PROBLEM_NO_FILE : PROBLEM_UNREADABLE,
			name, errno);
	}
	got = garasu_fd_read_all(fd, text, FOLDER_FILE_MAX);
	close(fd);
	if (got < 0) {
		return say(folder, problem, PROBLEM_UNREADABLE, name, (int)-got);
	}
	*size = (size_t)got;
	return 0;
}

/* Writes one file under a name that nobody looks for. */
static int write_draft(
	const struct folder *folder, const struct folder_file *file, char draft[FOLDER_NAME_SIZE])
{
	unsigned char random[8];
	char name[FOLDER_NAME_SIZE];
	int result = 0;
	int fd;

	if (RAND_bytes(random, sizeof(random)) != 1) {
		return -EIO;
	}
	snprintf(name, sizeof(name), ".new-%02x%02x%02x%02x%02x%02x%02x%02x", random[0], random[1],
		random[2], random[3], random[4], random[5], random[6], random[7]);
	fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		return -errno;
	}
	memcpy(draft, name, sizeof(name));
	result = garasu_fd_write_all(fd, file->data, file->size);
	if (result == 0 && (fchmod(fd, file->mode) != 0 || fsync(fd) != 0)) {
		result = -errno;
	}
	if (close(fd) != 0 && result == 0) {
		result = -errno;
	}
	return result;
}

static void drop_drafts(const struct folder *folder, struct drafts *drafts)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (drafts->names[i][0] != '\0') {
			unlinkat(folder->fd, drafts->names[i], 0);
		}
	}
	fsync(folder->fd);
}

static int write_drafts(const struct folder *folder, const struct folder_file *files, size_t count,
	struct drafts *drafts, struct problem *problem)
{
	*drafts = (struct drafts){0};
	if (count > FILES_MAX) {
		return say(folder, problem, PROBLEM_UNWRITABLE, files[0].name, E2BIG);
	}
	for (size_t i = 0; i < count; i++) {
		int result = write_draft(folder, &files[i], drafts->names[i]);

		if (result != 0) {
			drop_drafts(folder, drafts);
			return say(folder, problem, PROBLEM_UNWRITABLE, files[i].name, -result);
		}
	}
	return 0;
}

int folder_add(const struct folder *folder, const struct folder_file *files, size_t count,
	struct problem *problem)
{
	struct drafts drafts;
	struct stat status;
	size_t linked;
	int error = 0;

	for (size_t i = 0; i < count; i++) { /* says so before a key is made visible for nothing */
		if (fstatat(folder->fd, files[i].name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
			return say(folder, problem, PROBLEM_EXISTS, files[i].name, 0);
		}
	}
	if (write_drafts(folder, files, count, &drafts, problem) != 0) {
		return -EIO;
	}
	for (linked = 0; linked < count; linked++) {
		if (linkat(folder->fd, drafts.names[linked], folder->fd, files[linked].name, 0) !=
			0) {
			error = errno;
			break;
		}
	}
	for (size_t i = 0; error != 0 && i < linked; i++) {
		unlinkat(folder->fd, files[i].name, 0);
	}
	drop_drafts(folder, &drafts);
	if (error != 0) {
		return say(folder, problem, error == EEXIST ? PROBLEM_EXISTS : PROBLEM_UNWRITABLE,
			files[linked].name, error);
	}
	return 0;
}

/* Keeps what stands under a name also under name + suffix. What an interrupted call kept stays. */
static int keep_old(const struct folder *folder, const char *name, const char *suffix)
{
	char kept[FOLDER_NAME_SIZE];

	if ((size_t)snprintf(kept, sizeof(kept), "%s%s", name, suffix) >= sizeof(kept)) {
		return -ENAMETOOLONG;
	}
	if (linkat(folder->fd, name, folder->fd, kept, 0) != 0 && errno != EEXIST &&
		errno != ENOENT) {
		return -errno;
	}
	return 0;
}

int folder_replace(const struct folder *folder, const struct folder_file *files, size_t count,
	const char *suffix, struct problem *problem)
{
	struct drafts drafts;
	int result = 0;

	if (write_drafts(folder, files, count, &drafts, problem) != 0) {
		return -EIO;
	}
	for (size_t i = 0; i < count && result == 0 && suffix != NULL; i++) {
		result = keep_old(folder, files[i].name, suffix);
	}
	for (size_t i = 0; i < count && result == 0; i++) {
		if (renameat(folder->fd, drafts.names[i], folder->fd, files[i].name) != 0) {
			result = -errno;
			continue;
		}
		drafts.names[i][0] = '\0';
	}
	drop_drafts(folder, &drafts);
	return result == 0 ? 0 : say(folder, problem, PROBLEM_UNWRITABLE, files[0].name, -result);
}
