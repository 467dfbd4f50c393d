/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder. */

#include "base/log.h"
#include "base/process.h"
#include "garasu/heritage.h"
#include "lock/lock.h"
#include "recorder.h"

#include <string.h>

static int lock(void)
{
	static const struct garasu_lock_row rows[] = {
		{.call = "read", .why = "log pipes"},
		{.call = "write", .why = "files, log"},
		{.call = "recvmsg", .why = "records"},
		{.call = "close", .why = "pipes"},
		{.call = "openat", .why = "its two files, again after rotation"},
		{.call = "fstat", .why = "its two files"},
		{.call = "newfstatat", .why = "its two files"},
		{.call = "fdatasync", .why = "audit trail"},
		{.call = "pread64", .why = "the audit trail's last number"},
		{.call = "ftruncate", .why = "takes back half a line"},
		{.call = "fcntl", .why = "non-blocking pipes"},
		{.call = "ioctl", .why = "libuv's non-blocking mode"},
		{.call = "epoll_create1", .why = "libuv"},
		{.call = "epoll_ctl", .why = "libuv"},
		{.call = "epoll_wait", .why = "libuv"},
		{.call = "epoll_pwait", .why = "libuv"},
		{.call = "eventfd2", .why = "libuv"},
		{.call = "pipe2", .why = "libuv"},
		{.call = "getrandom", .why = "malloc"},
		{.call = "rt_sigaction", .why = "libuv"},
		{.call = "mprotect", .why = "malloc"},
		{.call = "poll", .why = "libuv"},
	};

	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_REFUSE);
}

int main(void)
{
	static const int heritage[] = {
		GARASU_FD_LOG, GARASU_FD_CONTROL, GARASU_FD_RECORDER_DIRECTORY, -1};
	int result = garasu_process_begin(GARASU_FD_RECORDER_DIRECTORY + 1, heritage);

	if (result == 0) {
		result = lock();
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "start", "error=\"%s\"", strerror(-result));
		return 1;
	}
	return recorder_run(GARASU_FD_CONTROL, GARASU_FD_RECORDER_DIRECTORY);
}
