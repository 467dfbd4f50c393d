/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RECORDER_DRIVE_H
#define RECORDER_DRIVE_H

/* A recorder in a folder of its own, with its key in another. Wants cmocka before it. */

#include "recorder.h"

#include "base/control.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct drive {
	char folder[64], key_folder[64];
	struct garasu_recorder_settings settings;
	rlim_t file_bytes; /* where its disk is full, or 0 for no end */
	int control;
	pid_t pid;
	struct garasu_record_ready ready; /* as the last READY said */
};

static struct drive drive;

static int drive_setup(void **state)
{
	(void)state;
	memset(&drive, 0, sizeof(drive));
	drive.settings = (struct garasu_recorder_settings){
		.segment_bytes = 1u << 24, .segment_ms = 86400000, .seal_ms = 3600000};
	drive.control = -1;
	snprintf(drive.folder, sizeof(drive.folder), "/tmp/garasu-recorder.XXXXXX");
	snprintf(drive.key_folder, sizeof(drive.key_folder), "/tmp/garasu-key.XXXXXX");
	assert_non_null(mkdtemp(drive.folder));
	assert_non_null(mkdtemp(drive.key_folder));
	return 0;
}

static void drive_remove(const char *folder)
{
	DIR *entries = opendir(folder);

	assert_non_null(entries);
	for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
		if (entry->d_name[0] != '.') {
			assert_int_equal(unlinkat(dirfd(entries), entry->d_name, 0), 0);
		}
	}
	closedir(entries);
	assert_int_equal(rmdir(folder), 0);
}

static int drive_teardown(void **state)
{
	(void)state;
	drive_remove(drive.folder);
	drive_remove(drive.key_folder);
	return 0;
}

static void drive_run_child(int control)
{
	const struct rlimit limit = {drive.file_bytes, drive.file_bytes};
	struct trail_key *key = NULL;
	int keys = open(drive.key_folder, O_RDONLY | O_DIRECTORY);

	if (trail_key_open(keys, &key) != 0) {
		_exit(98);
	}
	signal(SIGXFSZ, SIG_IGN);
	if (drive.file_bytes > 0 && setrlimit(RLIMIT_FSIZE, &limit) != 0) {
		_exit(99);
	}
	_exit(recorder_run(
		control, open(drive.folder, O_RDONLY | O_DIRECTORY), key, &drive.settings));
}

/* Returns 1 when it is READY, 0 when it has gone instead. */
static int drive_start(void)
{
	struct pollfd news;
	struct garasu_control record;
	int ends[2];
	int result;

	assert_int_equal(garasu_control_pair(ends), 0);
	drive.pid = fork();
	assert_true(drive.pid >= 0);
	if (drive.pid == 0) {
		close(ends[0]);
		drive_run_child(ends[1]);
	}
	close(ends[1]);
	drive.control = ends[0];
	news = (struct pollfd){.fd = drive.control, .events = POLLIN};
	assert_int_equal(poll(&news, 1, 30000), 1);
	result = garasu_control_receive(drive.control, &record, 0);
	if (result == 1) {
		assert_int_equal(record.header.type, GARASU_RECORD_READY);
		memcpy(&drive.ready, record.payload, sizeof(drive.ready));
	}
	return result;
}

/* Closes its socket, or kills it, and waits. Returns its exit code, or 1000 + signal. */
static int drive_end(int signal)
{
	int status = 0;

	if (signal != 0) {
		kill(drive.pid, signal);
	}
	close(drive.control);
	drive.control = -1;
	assert_int_equal(waitpid(drive.pid, &status, 0), drive.pid);
	drive.pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

#endif
