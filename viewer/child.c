/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting and ending the decoder child. Reads untrusted bytes from: the decoder child. */

#include "child.h"

#include <base/descriptor.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define STREAM_BYTES 262144

/* Finds the decoder's binary in our own folder. */
static int find_binary(char path[PATH_MAX])
{
	static const char name[] = "garasu-viewer-decoder";
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof(name));
	char *slash;

	if (length <= 0) {
		return -ENOENT;
	}
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL) {
		return -ENOENT;
	}
	memcpy(slash + 1, name, sizeof(name));
	return 0;
}

/* In the new process, with async-signal-safe calls only: arranges descriptors and becomes it. */
static void become_decoder(const char *path, int stream, int records, int picture)
{
	char name[] = "garasu-viewer-decoder";
	char *arguments[] = {name, NULL}, *environment[] = {NULL};
	int null = open("/dev/null", O_RDWR);
	int high[3] = {fcntl(stream, F_DUPFD, 16), fcntl(records, F_DUPFD, 16),
		fcntl(picture, F_DUPFD, 16)};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
		dup2(high[0], VIEWER_CHILD_STREAM) < 0 || dup2(high[1], VIEWER_CHILD_RECORDS) < 0 ||
		dup2(high[2], VIEWER_CHILD_PICTURE) < 0 ||
		close_range(VIEWER_CHILD_FIRST_FREE, ~0u, 0) != 0) {
		_exit(127);
	}
	execve(path, arguments, environment);
	_exit(127);
}

int child_start(struct child *child, int picture_fd)
{
	int stream[2] = {-1, -1}, records[2] = {-1, -1}, bytes = STREAM_BYTES;
	char path[PATH_MAX];
	int result = find_binary(path);

	*child = (struct child){.pid = -1, .stream = -1, .records = -1};
	if (result == 0 &&
		(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream) != 0 ||
			socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, records) != 0)) {
		result = -errno;
	}
	if (result == 0) {
		/* More room for bytes in flight; the default serves as well. */
		(void)setsockopt(stream[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
		child->pid = fork();
		if (child->pid == 0) {
			become_decoder(path, stream[1], records[1], picture_fd);
		}
		result = child->pid < 0 ? -errno : garasu_fd_set_nonblocking(stream[0], 1);
	}
	child->stream = stream[0];
	child->records = records[0];
	garasu_fd_close(&stream[1]);
	garasu_fd_close(&records[1]);
	if (result != 0) {
		child_stop(child);
	}
	return result;
}

void child_stop(struct child *child)
{
	garasu_fd_close(&child->stream);
	garasu_fd_close(&child->records);
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
	child->pid = -1;
}

int child_receive(struct child *child, struct viewer_record *untrusted_record)
{
	ssize_t got = recv(child->records, untrusted_record, sizeof(*untrusted_record),
		MSG_DONTWAIT | MSG_TRUNC);

	if (got == (ssize_t)sizeof(*untrusted_record)) {
		return 1;
	}
	if (got == 0) {
		return 0;
	}
	if (got < 0) {
		return errno == EAGAIN || errno == EINTR ? -EAGAIN : -errno;
	}
	return -EPROTO;
}
