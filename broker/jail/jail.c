/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-jail: builds the jail of one session and becomes bubblewrap. */

#include "base/descriptor.h"
#include "base/log.h"
#include "base/process.h"
#include "base/settings.h"
#include "bwrap.h"
#include "deny.h"
#include "garasu/heritage.h"
#include "policy.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_FREE (GARASU_FD_SESSION_CREDIT + 1)

/* The settings' memory is left as it was: the compositor reads it again. Lends the PEM of the
 * upstream proxy's authorities, for good. */
static int read_settings(struct garasu_session_settings *settings, const char **pem)
{
	char *memory;
	int64_t size = garasu_settings_read(
		dup(GARASU_FD_SESSION_SETTINGS), settings, sizeof(*settings), &memory, pem);

	if (size < 0) {
		return (int)size;
	}
	return size == settings->upstream_ca_bytes ? 0 : -EPROTO;
}

static int own_directory(char *directory, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", directory, size - 1);
	char *name;

	if (length < 0) {
		return -errno;
	}
	directory[length] = '\0';
	name = strrchr(directory, '/');
	*name = '\0';
	return 0;
}

/* A descriptor that bubblewrap inherits and reads. */
static int data_fd(const char *text, size_t size)
{
	int fd = memfd_create("jail", 0);

	if (fd >= 0 && (garasu_fd_write_all(fd, text, size) != 0 || lseek(fd, 0, SEEK_SET) != 0)) {
		garasu_fd_close(&fd);
	}
	return fd;
}

static int build(struct bwrap *bwrap)
{
	static char policy[131072];
	char directory[4096];
	char passwd[128];
	char group[64];
	struct garasu_session_settings settings;
	const char *pem = NULL;
	int filter = garasu_deny_export(garasu_jail_deny, GARASU_JAIL_DENY_COUNT);
	int result = filter < 0 ? filter : read_settings(&settings, &pem);
	size_t policy_size;

	if (result == 0) {
		result = own_directory(directory, sizeof(directory));
	}
	if (result != 0) {
		return result;
	}
	policy_size = policy_json(
		policy, sizeof(policy), settings.start_page, pem, settings.upstream_ca_bytes);
	snprintf(passwd, sizeof(passwd), "garasu:x:%u:%u:garasu:/home/garasu:/bin/false\n",
		(unsigned)getuid(), (unsigned)getgid());
	snprintf(group, sizeof(group), "garasu:x:%u:\n", (unsigned)getgid());
	bwrap_build(bwrap, &settings, directory, filter, data_fd(passwd, strlen(passwd)),
		data_fd(group, strlen(group)), data_fd(policy, policy_size));
	return bwrap->is_full || policy_size == 0 ? -E2BIG : 0;
}

int main(void)
{
	static const int heritage[] = {GARASU_FD_LOG, GARASU_FD_SESSION_HANDOVER,
		GARASU_FD_SESSION_FRAME, GARASU_FD_SESSION_NEWS, GARASU_FD_SESSION_INPUT,
		GARASU_FD_SESSION_SETTINGS, GARASU_FD_SESSION_CREDIT, -1};
	static struct bwrap bwrap;
	static char *const nothing[] = {NULL}; /* bubblewrap's environment can be read inside */
	int result = garasu_process_begin(FIRST_FREE, heritage);

	if (result == 0 && getuid() == 0) {
		garasu_log(GARASU_LOG_ERROR, "start", "error=\"a session never runs as root\"");
		return 1;
	}
	if (result == 0) {
		result = build(&bwrap);
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "start", "error=\"%s\"", strerror(-result));
		return 1;
	}
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING,
		NULL); /* a fresh one; absent in some kernels */
	umask(022);
	execve("/usr/bin/bwrap", bwrap.words, nothing);
	garasu_log(GARASU_LOG_ERROR, "start", "error=\"bwrap: %s\"", strerror(errno));
	return 1;
}
