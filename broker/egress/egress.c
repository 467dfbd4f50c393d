/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Egress's loop, and what is made before the jail closes. */

#include "egress.h"

#include "base/log.h"
#include "base/secret.h"
#include "base/settings.h"
#include "garasu/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define FDS_PER_CONNECTION 3 /* browser, server, the one still closing */
#define FDS_SPARE 512        /* listeners, name servers, the loop */

/* One process serves every session: as many descriptors as the host grants. */
static int raise_limit(struct egress *egress)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return -errno;
	}
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return -errno;
	}
	if (limit.rlim_cur > 1u << 20) {
		limit.rlim_cur = 1u << 20;
	}
	if (limit.rlim_cur < FDS_SPARE + FDS_PER_CONNECTION) {
		return -EMFILE;
	}
	egress->connections_possible = (unsigned)(limit.rlim_cur - FDS_SPARE) / FDS_PER_CONNECTION;
	return 0;
}

static int read_settings(struct egress *egress, int fd)
{
	struct garasu_egress_settings settings;
	char *memory = NULL;
	const char *rest;
	char mistake[64] = "size";
	int64_t size = garasu_settings_read(fd, &settings, sizeof(settings), &memory, &rest);
	int result = (int)size;

	if (size >= 0) {
		result = rules_init(&egress->rules, &settings, rest, (size_t)size, mistake);
		garasu_secret_wipe(memory, sizeof(settings) + (size_t)size);
		free(memory);
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "settings", "at=\"%s\" error=%d", mistake, result);
		return result;
	}
	egress->connect_ms = settings.connect_ms;
	egress->idle_ms = settings.idle_ms;
	egress->connections_max = settings.connections_max;
	egress->up_max = (uint64_t)settings.up_mib << 20;
	egress->down_max = (uint64_t)settings.down_mib << 20;
	egress->starts_per_s = settings.starts_per_s > 0 ? settings.starts_per_s : 1;
	egress->starts_burst = settings.starts_burst > 0 ? settings.starts_burst : 1;
	return 0;
}

/* libuv opens its spare descriptor with the first stream, and cannot do that in the jail. */
static int open_spare(struct egress *egress)
{
	static uv_tcp_t first;
	int result = uv_tcp_init(&egress->loop, &first);

	if (result == 0) {
		uv_close((uv_handle_t *)&first, NULL);
		uv_run(&egress->loop, UV_RUN_NOWAIT);
	}
	return result;
}

int egress_run(int control_fd, int settings_fd)
{
	static struct egress egress;
	int result = raise_limit(&egress);

	if (result == 0) {
		result = read_settings(&egress, settings_fd);
	}
	if (result == 0) {
		result = uv_loop_init(&egress.loop);
	}
	if (result == 0) {
		result = open_spare(&egress);
	}
	if (result == 0) {
		result = names_create(&egress.loop, egress.rules.servers, &egress.names);
	}
	if (result == 0) {
		result = jail_close();
	}
	if (result == 0) {
		result = reports_create(&egress, control_fd, &egress.reports);
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "start", "error=\"%s\"", strerror(-result));
		return 1;
	}
	uv_run(&egress.loop, UV_RUN_DEFAULT);
	return egress.exit_code;
}
