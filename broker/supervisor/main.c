/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-supervisor: decides who gets which session. Reads nothing from a network. */

#include "supervisor.h"

#include "base/descriptor.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/process.h"

#include <fcntl.h>
#include <stdlib.h>

#define CONFIGURATION_MAX (1u << 20)

static struct garasu_config *read_configuration(char sha256[TRAIL_HASH_TEXT])
{
	uint8_t hash[TRAIL_HASH_SIZE];
	char message[1024] = "";
	struct garasu_config *config = NULL;
	char *text = NULL;
	ssize_t size =
		garasu_fd_read_all(GARASU_FD_SUPERVISOR_CONFIGURATION, &text, CONFIGURATION_MAX);

	if (size < 0 || garasu_config_parse(text, (size_t)size, "configuration", &config, message,
				sizeof(message)) != 0) {
		garasu_log(GARASU_LOG_ERROR, "configuration", "message=\"%s\"", message);
		config = NULL;
	} else {
		trail_hash(text, (size_t)size, hash);
		garasu_hex_write(sha256, hash, sizeof(hash));
	}
	free(text);
	return config;
}

int main(void)
{
	static const int needed[] = {GARASU_FD_LOG, GARASU_FD_CONTROL,
		GARASU_FD_SUPERVISOR_CONFIGURATION, GARASU_FD_SUPERVISOR_LISTENER,
		GARASU_FD_SUPERVISOR_ADMIN, GARASU_FD_SUPERVISOR_STATE, -1};
	static struct supervisor supervisor;
	struct supervisor_heritage heritage = {.launcher = GARASU_FD_CONTROL,
		.listener = GARASU_FD_SUPERVISOR_LISTENER,
		.admin = GARASU_FD_SUPERVISOR_ADMIN};
	struct garasu_config *config;
	struct registry *registry;

	if (garasu_process_begin(GARASU_FD_SUPERVISOR_WEB + 1, needed) != 0) {
		return 2;
	}
	heritage.web = garasu_fd_is_open(GARASU_FD_SUPERVISOR_WEB) ? GARASU_FD_SUPERVISOR_WEB : -1;
	config = read_configuration(heritage.configuration_sha256);
	if (config == NULL || registry_open("/proc/self/fd/7/registry.db", &registry) != 0) {
		return 1;
	}
	heritage.log_directory = open(config->log_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	heritage.certificate_settings = settings_gateway(config, GARASU_FD_SUPERVISOR_STATE);
	heritage.egress_settings = settings_egress(config, GARASU_FD_SUPERVISOR_STATE);
	heritage.recorder_key = openat(
		GARASU_FD_SUPERVISOR_STATE, "audit", O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (heritage.log_directory < 0 || heritage.certificate_settings < 0 ||
		heritage.egress_settings < 0 || heritage.recorder_key < 0 ||
		settings_upstream_ca(config, GARASU_FD_SUPERVISOR_STATE, &heritage.upstream_ca,
			&heritage.upstream_ca_size) != 0) {
		garasu_log(GARASU_LOG_ERROR, "start_failed",
			"log_directory=%d tls=%d egress=%d key=%d", heritage.log_directory,
			heritage.certificate_settings, heritage.egress_settings,
			heritage.recorder_key);
		return 1;
	}
	return supervisor_run(&supervisor, config, registry, &heritage);
}
