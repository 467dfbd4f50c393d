/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder. */

#include "base/descriptor.h"
#include "base/log.h"
#include "base/process.h"
#include "base/settings.h"
#include "garasu/heritage.h"
#include "lock/lock.h"
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static int lock(void)
{
	static const struct garasu_lock_row rows[] = {
		{.call = "read", .why = "log pipes"},
		{.call = "write", .why = "files, log"},
		{.call = "recvmsg", .why = "records"},
		{.call = "sendmsg", .why = "records"},
		{.call = "close", .why = "pipes"},
		{.call = "openat", .why = "log and trail, again after rotation"},
		{.call = "fstat", .why = "log and trail"},
		{.call = "newfstatat", .why = "log and trail"},
		{.call = "getdents64", .why = "segments of the trail"},
		{.call = "renameat", .why = "closes a segment"},
		{.call = "fdatasync", .why = "audit trail"},
		{.call = "fsync", .why = "its directory"},
		{.call = "ftruncate", .why = "takes back half a line"},
		GARASU_LOCK_IF("fcntl", 1, F_GETFL, "non-blocking pipes"),
		GARASU_LOCK_IF("fcntl", 1, F_SETFL, "non-blocking pipes"),
		GARASU_LOCK_IF("fcntl", 1, F_SETFD, "a directory's descriptor"),
		{.call = "ioctl", .why = "libuv's non-blocking mode"},
		{.call = "epoll_create1", .why = "libuv"},
		{.call = "epoll_ctl", .why = "libuv"},
		{.call = "epoll_wait", .why = "libuv"},
		{.call = "epoll_pwait", .why = "libuv"},
		{.call = "eventfd2", .why = "libuv"},
		{.call = "pipe2", .why = "libuv"},
		{.call = "getrandom", .why = "malloc"},
		{.call = "rt_sigaction", .why = "libuv"},
		GARASU_LOCK_WITHOUT("mprotect", 2, PROT_EXEC, "malloc"),
		{.call = "poll", .why = "libuv"},
	};

	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_REFUSE);
}

int main(void)
{
	static const int heritage[] = {GARASU_FD_LOG, GARASU_FD_CONTROL,
		GARASU_FD_RECORDER_DIRECTORY, GARASU_FD_RECORDER_KEY, GARASU_FD_RECORDER_SETTINGS,
		-1};
	struct garasu_recorder_settings settings;
	struct trail_key *key = NULL;
	char *memory = NULL;
	const char *rest;
	int directory = GARASU_FD_RECORDER_KEY;
	int result = garasu_process_begin(GARASU_FD_RECORDER_SETTINGS + 1, heritage);

	if (result == 0 && garasu_settings_read(GARASU_FD_RECORDER_SETTINGS, &settings,
				   sizeof(settings), &memory, &rest) != 0) {
		result = -EPROTO;
	}
	free(memory);
	result = result == 0 ? trail_key_open(directory, &key) : result;
	garasu_fd_close(&directory);
	result = result == 0 ? lock() : result;
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "start", "error=\"%s\"", strerror(-result));
		return 1;
	}
	result = recorder_run(GARASU_FD_CONTROL, GARASU_FD_RECORDER_DIRECTORY, key, &settings);
	trail_key_destroy(&key);
	return result;
}
