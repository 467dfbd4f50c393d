/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the configuration and opens what is the host's: directories, listening sockets, programs.
 */

#include "directory.h"
#include "launcher.h"
#include "uids.h"

#include "base/descriptor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CONFIGURATION_MAX (1u << 20)
#define BACKLOG 128
#define UIDS_LOCK "/run/garasu-uids.lock" /* a byte for each uid in use */

static int complain(const char *what, const char *path, int error)
{
	fprintf(stderr, "garasu-broker: %s %s: %s\n", what, path, strerror(-error));
	return error;
}

int host_configure(struct launcher *launcher, const char *path)
{
	char message[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	launcher->has_privilege = geteuid() == 0;
	if (fd < 0) {
		return complain("cannot read the configuration", path, -errno);
	}
	size = garasu_fd_read_all(fd, &launcher->configuration, CONFIGURATION_MAX);
	garasu_fd_close(&fd);
	if (size < 0) {
		return complain("cannot read the configuration", path, (int)size);
	}
	launcher->configuration_size = (size_t)size;
	if (garasu_config_parse(launcher->configuration, (size_t)size, path, &launcher->config,
		    message, sizeof(message)) != 0 ||
		garasu_config_check_files(launcher->config, launcher->configuration, (size_t)size,
			path, message, sizeof(message)) != 0) {
		fprintf(stderr, "%sgarasu-broker: nothing was started\n", message);
		return -EINVAL;
	}
	return 0;
}

static uid_t owner_uid(const struct launcher *launcher, uint16_t role)
{
	return launcher->has_privilege ? role_uid(launcher->config, role, 0) : geteuid();
}

static int make_directories(const struct launcher *launcher)
{
	const struct garasu_config *config = launcher->config;
	uid_t supervisor = owner_uid(launcher, GARASU_ROLE_SUPERVISOR);
	gid_t group = launcher->has_privilege ? (gid_t)supervisor : getegid();
	uid_t recorder = owner_uid(launcher, GARASU_ROLE_RECORDER);
	char key[4096]; /* of the audit trail's seals: the recorder's alone */
	int result = directory_make(config->state_directory, supervisor, group, 0700);

	if (result == 0) {
		result = directory_make(config->log_directory, recorder, group, 0750);
	}
	if (snprintf(key, sizeof(key), "%s/audit", config->state_directory) >= (int)sizeof(key)) {
		return complain("too long:", config->state_directory, -ENAMETOOLONG);
	}
	return result == 0 ? directory_make(key, recorder,
				     launcher->has_privilege ? (gid_t)recorder : group, 0700)
			   : result;
}

/* Until the end, so that nobody else's sessions end with ours, and no copy is another's. */
static int claim(struct launcher *launcher)
{
	const struct garasu_config *config = launcher->config;
	uint32_t count = role_uid_count(config);

	if (launcher->has_privilege) {
		int result = uids_check(config->uid_base, count);

		launcher->uids =
			result == 0 ? uids_claim(UIDS_LOCK, config->uid_base, count) : result;
		if (launcher->uids < 0) {
			return launcher->uids;
		}
	}
	return 0;
}

static int claim_state(struct launcher *launcher)
{
	const char *path = launcher->config->state_directory;

	launcher->state = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	launcher->state_lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (launcher->state < 0 || launcher->state_lock < 0) {
		return complain("cannot open", path, -errno);
	}
	if (flock(launcher->state_lock, LOCK_EX | LOCK_NB) != 0) {
		return complain("another broker may run there: cannot lock", path, -errno);
	}
	return 0;
}

static int copy_files(const struct launcher *launcher)
{
	struct garasu_config_file files[GARASU_CONFIG_FILES];
	int result = 0;

	garasu_config_files(launcher->config, files);
	for (size_t i = 0; result == 0 && i < GARASU_CONFIG_FILES; i++) {
		if (files[i].path != NULL) {
			result = directory_copy_file(launcher->state, files[i].path,
				owner_uid(launcher, GARASU_ROLE_SUPERVISOR));
		}
	}
	return result;
}

void host_remove_copies(const struct launcher *launcher)
{
	struct garasu_config_file files[GARASU_CONFIG_FILES];

	garasu_config_files(launcher->config, files);
	for (size_t i = 0; launcher->state >= 0 && i < GARASU_CONFIG_FILES; i++) {
		if (files[i].path != NULL) {
			directory_remove_copy(launcher->state, files[i].path,
				owner_uid(launcher, GARASU_ROLE_SUPERVISOR));
		}
	}
}

/* A socket of the section's address and port; *port is 0 for any, and becomes the one it has. */
static int open_listener(const char *section, const char *numeric, uint16_t *port, int *listener)
{
	struct sockaddr_in6 address6 = {.sin6_family = AF_INET6, .sin6_port = htons(*port)};
	struct sockaddr_in address4 = {.sin_family = AF_INET, .sin_port = htons(*port)};
	struct sockaddr *address = (struct sockaddr *)&address4;
	socklen_t size = sizeof(address4);
	int on = 1;

	if (inet_pton(AF_INET, numeric, &address4.sin_addr) != 1) {
		inet_pton(AF_INET6, numeric, &address6.sin6_addr);
		address = (struct sockaddr *)&address6;
		size = sizeof(address6);
	}
	*listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*listener < 0 ||
		setsockopt(*listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
		bind(*listener, address, size) != 0 || listen(*listener, BACKLOG) != 0 ||
		getsockname(*listener, address, &size) != 0) {
		int error = -errno;

		fprintf(stderr,
			"garasu-broker: cannot listen on %s port %u: %s\n"
			"garasu-broker: free the port (ss -ltnp shows who has it) or change "
			"%s.address and %s.port.\n"
			"garasu-broker: "
			"待ち受けできません。%s.address と %s.port を確認してください。\n",
			numeric, *port, strerror(-error), section, section, section, section);
		return error;
	}
	*port = ntohs(address->sa_family == AF_INET ? address4.sin_port : address6.sin6_port);
	return 0;
}

static int open_tcp(struct launcher *launcher)
{
	const struct garasu_config *config = launcher->config;
	int result;

	launcher->port = config->listen_port;
	launcher->web_port = config->web_port;
	result = open_listener("listen", config->listen_address, &launcher->port, &launcher->tcp);
	if (result == 0 && config->web_address != NULL) {
		result = open_listener(
			"web", config->web_address, &launcher->web_port, &launcher->web);
	}
	return result;
}

/* What listens for desks listens in the LGWAN leg's network namespace, and nothing else is there.
 */
static int open_lgwan(struct launcher *launcher)
{
	int result = zone_enter(launcher->lgwan);
	int back;

	if (result != 0) {
		return complain("cannot enter", launcher->config->zone_lgwan, result);
	}
	result = open_tcp(launcher);
	back = launcher->lgwan >= 0 ? zone_enter(launcher->own) : 0;
	return back != 0 ? complain("cannot leave", launcher->config->zone_lgwan, back) : result;
}

/* Anyone may connect; the supervisor looks at who it is. */
static int open_admin(struct launcher *launcher)
{
	const char *path = launcher->config->admin_socket;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int result;

	if (strlen(path) >= sizeof(address.sun_path)) {
		return complain("too long for a socket", path, -ENAMETOOLONG);
	}
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if ((result = directory_clear_socket(path)) != 0) {
		return result;
	}
	launcher->admin = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (launcher->admin < 0 ||
		bind(launcher->admin, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		chmod(path, 0666) != 0 || listen(launcher->admin, 16) != 0) {
		return complain("cannot listen on", path, -errno);
	}
	return 0;
}

static int open_programs(struct launcher *launcher)
{
	char path[4096];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *name;

	if (size < 0) {
		return complain("cannot find", "its own directory", -errno);
	}
	path[size] = '\0';
	name = strrchr(path, '/');
	*name = '\0';
	launcher->programs = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (launcher->programs < 0) {
		return complain("cannot open", path, -errno);
	}
	for (uint16_t role = 0; role < GARASU_ROLE_COUNT; role++) {
		const struct role_rule *rule = role_rule(role);

		if (role == GARASU_ROLE_WEB && launcher->config->web_address == NULL) {
			continue; /* a build may be without it */
		}
		if (rule != NULL && faccessat(launcher->programs, rule->program, X_OK, 0) != 0) {
			return complain("a part is missing:", rule->program, -errno);
		}
	}
	return 0;
}

static int open_limits(struct launcher *launcher)
{
	char message[256];

	if (launcher->config->limits == GARASU_LIMITS_NONE) {
		return 0;
	}
	if (cgroups_open(&launcher->cgroups, message, sizeof(message)) != 0) {
		fprintf(stderr,
			"garasu-broker: %s, so nothing would limit a session.\n"
			"garasu-broker: start as root on a host with cgroups, or say \"limits: "
			"none\" "
			"under sessions: for development.\n"
			"garasu-broker: セッションを制限する cgroup が使えないため起動しません。\n",
			message);
		return -ENOTSUP;
	}
	return 0;
}

void host_warn_development(const struct launcher *launcher)
{
	if (!launcher->has_privilege) {
		fputs("garasu-broker: ==== DEVELOPMENT MODE 開発用の動作 ====\n"
		      "garasu-broker: started without root: one uid for every role and session, no "
		      "network namespaces between them.\n"
		      "garasu-broker: root ではないため、役割ごとの uid も名前空間もありません。"
		      "業務には使わないでください。\n",
			stderr);
	} else if (launcher->config->zone_lgwan == NULL &&
		   launcher->config->zone_internet == NULL) {
		fputs("garasu-broker: zones: no network namespace is named, so that egress can "
		      "reach the LGWAN leg: routing and a packet filter alone part them.\n"
		      "garasu-broker: zones が未設定のため、egress から LGWAN 側の回線に届きます。"
		      "業務では zones を設定してください。\n",
			stderr);
	}
	if (launcher->config->limits == GARASU_LIMITS_NONE) {
		fputs("garasu-broker: limits: none: nothing limits a session's memory, CPU and "
		      "processes.\n"
		      "garasu-broker: limits: none のため、セッションの資源は制限されません。\n",
			stderr);
	}
}

#define FILES_PER_SESSION 8    /* the supervisor's: frame, pipes, listener, encoder, log ... */
#define FILES_PER_CONNECTION 4 /* its gateway and authenticator */

static void warn_files(const struct launcher *launcher)
{
	const struct garasu_config *config = launcher->config;
	uint64_t needed = 64 + (uint64_t)config->sessions_max * FILES_PER_SESSION +
			  (uint64_t)config->connections_max * FILES_PER_CONNECTION;
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max < needed) {
		fprintf(stderr,
			"garasu-broker: this host allows %llu open files, and sessions.max and "
			"login.connections need %llu: raise the limit (LimitNOFILE=, ulimit -n).\n"
			"garasu-broker: "
			"開けるファイル数の上限が足りません。上限を上げてください。\n",
			(unsigned long long)files.rlim_max, (unsigned long long)needed);
	}
}

int host_open(struct launcher *launcher)
{
	int result = open_programs(launcher);

	warn_files(launcher);
	result = result == 0 ? claim(launcher) : result;
	result = result == 0 ? open_limits(launcher) : result;
	result = result == 0 ? make_directories(launcher) : result;
	result = result == 0 ? claim_state(launcher) : result;
	result = result == 0 ? copy_files(launcher) : result;
	result = result == 0 ? zones_open(launcher) : result;
	result = result == 0 ? open_lgwan(launcher) : result;
	return result == 0 ? open_admin(launcher) : result;
}
