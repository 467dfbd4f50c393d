/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts real brokers and looks after them. */

#include "harness_parts.h"
#include "line.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define FLOW_UIDS 100u /* of one broker: its roles and its default 64 sessions */

/* ---- files ---- */

static void copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	char bytes[65536];
	ssize_t got;

	if (in < 0 || out < 0) {
		fail_msg("cannot copy %s to %s: %s", from, to, strerror(errno));
	}
	while ((got = read(in, bytes, sizeof(bytes))) > 0) {
		assert_int_equal(write(out, bytes, (size_t)got), got);
	}
	close(in);
	close(out);
}

static void copy_programs(const char *directory, int paints)
{
	char from[512];
	char to[512];
	DIR *binaries = opendir(FLOW_BINARIES);

	assert_non_null(binaries);
	for (struct dirent *entry = readdir(binaries); entry != NULL; entry = readdir(binaries)) {
		if (strncmp(entry->d_name, "garasu", 6) != 0 ||
			(paints && strcmp(entry->d_name, "garasu-browser") == 0)) {
			continue;
		}
		snprintf(from, sizeof(from), "%s/%s", FLOW_BINARIES, entry->d_name);
		snprintf(to, sizeof(to), "%s/bin/%s", directory, entry->d_name);
		copy_file(from, to);
	}
	closedir(binaries);
	if (paints) {
		snprintf(to, sizeof(to), "%s/bin/garasu-browser", directory);
		copy_file(FLOW_PUPPETS "/painter", to);
	}
}

/* ---- broker ---- */

static const char *section(const char *lines)
{
	return lines != NULL ? lines : "";
}

static void write_configuration(
	const struct flow_broker *broker, const struct flow_options *options)
{
	const char *directory = broker->directory;
	char path[128];
	FILE *file;

	char clients[512] = "";

	if (options->clients != NULL) {
		snprintf(clients, sizeof(clients),
			"  client_ca: %s/certs/ca.crt\n  revocation: %s/certs/revoked.crl\n"
			"  client_certificates: %s\n",
			directory, directory, options->clients);
	}
	snprintf(path, sizeof(path), "%s/garasu.conf", directory);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file,
		"listen:\n  address: %s\n  port: %u\n%s%s"
		"tls:\n  certificate: %s/certs/server.crt\n  key: %s/certs/server.key\n%s%s"
		"paths:\n  state: %s/state\n  log: %s/log\n  admin_socket: %s/admin.sock\n"
		"users:\n  uid_base: %u\n"
		"sessions:\n  limits: %s\n%s%s"
		"screen:\n  start_page: \"%s\"\n%s",
		broker->address, options->port, options->zones != NULL ? "zones:\n" : "",
		section(options->zones), directory, directory, section(options->tls), clients,
		directory, directory, directory, broker->uid_base,
		getuid() == 0 ? "cgroup" : "none",
		strstr(section(options->sessions), "pool:") == NULL ? "  pool: 0\n" : "",
		section(options->sessions),
		options->start_page != NULL ? options->start_page : "about:blank",
		section(options->screen));
	if (options->login != NULL) {
		fprintf(file, "login:\n%s", options->login);
	}
	if (options->egress != NULL) {
		fprintf(file, "egress:\n%s", options->egress);
	}
	if (options->input != NULL) {
		fprintf(file, "input:\n%s", options->input);
	}
	if (options->web != NULL) {
		fprintf(file, "web:\n  address: 127.0.0.1\n  port: 0\n%s", options->web);
	}
	assert_int_equal(fclose(file), 0);
}

static void make_certificates(const char *directory, const char *days, const char *host)
{
	char tool[128];
	char certs[128];
	char *authority[] = {tool, "ca", "--dir", certs, "--name", "Garasu test CA", NULL};
	char *server[12] = {
		tool, "server", "--dir", certs, "--host", "localhost", "127.0.0.1", NULL};
	char other[64];
	char offset[] = "--not-before-offset";
	char past[] = "-10";
	char given_days[16];

	snprintf(tool, sizeof(tool), "%s/bin/garasu-certs", directory);
	snprintf(certs, sizeof(certs), "%s/certs", directory);
	flow_run(NULL, 0, NULL, authority);
	if (host != NULL) {
		snprintf(other, sizeof(other), "%s", host);
		server[5] = server[6] = other;
	}
	if (days != NULL) {
		char flag[] = "--days";

		snprintf(given_days, sizeof(given_days), "%s", days);
		server[7] = flag;
		server[8] = given_days;
		server[9] = offset;
		server[10] = past;
		flow_run(NULL, 0, NULL, server);
		return;
	}
	flow_run(NULL, 0, NULL, server);
}

static void broker_run(struct flow_broker *broker)
{
	char program[128];
	char configuration[128];
	char errors[128];
	char line[256] = "";
	char *words[FLOW_WORDS_MAX];
	size_t count = flow_line_words(words, broker->line != NULL ? broker->line->host : NULL);

	memcpy(words + count, (char *[]){program, "--config", configuration, NULL},
		4 * sizeof(char *));
	snprintf(program, sizeof(program), "%s/bin/garasu-broker", broker->directory);
	snprintf(configuration, sizeof(configuration), "%s/garasu.conf", broker->directory);
	snprintf(errors, sizeof(errors), "%s/broker.err", broker->directory);
	flow_child_start(&broker->broker, words, errors);
	if (flow_child_line_by(
		    &broker->broker, line, sizeof(line), flow_now_ms() + FLOW_DEADLINE_MS) != 0 ||
		sscanf(line, "READY port=%u web=%u", &broker->port, &broker->web_port) < 1) {
		fail_msg("no READY line but \"%s\"; see %s", line, errors);
	}
}

void flow_broker_start(struct flow_broker *broker, const struct flow_options *options)
{
	static const char *const usual[] = {"tanaka", NULL};
	const char *const *users = options->users[0] != NULL ? options->users : usual;
	char path[128];

	static unsigned serial;

	broker->line = options->line;
	broker->address = options->address != NULL ? options->address
			  : options->line != NULL  ? FLOW_LINE_HOST
						   : "127.0.0.1";
	broker->uid_base =
		1000000 + (unsigned)(getpid() % 4000) * 10 * FLOW_UIDS + serial++ % 10 * FLOW_UIDS;
	snprintf(broker->directory, sizeof(broker->directory), "/tmp/garasu-flow.XXXXXX");
	assert_non_null(mkdtemp(broker->directory));
	assert_int_equal(chmod(broker->directory, 0755), 0);
	snprintf(path, sizeof(path), "%s/bin", broker->directory);
	assert_int_equal(mkdir(path, 0755), 0);
	copy_programs(broker->directory, options->paints);
	make_certificates(broker->directory, options->certificate_days,
		options->host == NULL && options->line != NULL ? FLOW_LINE_HOST : options->host);
	if (options->certify != NULL) {
		options->certify(broker->directory);
	}
	write_configuration(broker, options);
	broker_run(broker);
	for (; *users != NULL; users++) {
		char program[128];
		char socket[128];
		char user[64];
		char *words[] = {
			program, "--socket", socket, "user", "add", user, "--password-stdin", NULL};

		snprintf(program, sizeof(program), "%s/bin/garasuctl", broker->directory);
		snprintf(socket, sizeof(socket), "%s/admin.sock", broker->directory);
		snprintf(user, sizeof(user), "%s", *users);
		flow_run(NULL, 0, FLOW_PASSWORD "\n", words);
	}
}

void flow_broker_restart(struct flow_broker *broker)
{
	broker_run(broker);
}

void flow_broker_wait_empty(struct flow_broker *broker)
{
	static const char *const binaries[] = {"garasu-supervisor", "garasu-recorder",
		"garasu-authenticator", "garasu-gateway", "garasu-web", "garasu-encoder",
		"garasu-egress", "bwrap", "garasu-jail", "garasu-start", "garasu-compositor",
		"garasu-browser", NULL};

	for (const char *const *binary = binaries; *binary != NULL; binary++) {
		flow_wait_pids(broker, *binary, 0);
	}
}

int flow_broker_wait_end(struct flow_broker *broker)
{
	return flow_child_wait(&broker->broker);
}

/* In a build that looks for races: no role and no viewer has told one, also where its exit code is
 * nobody's. */
static void expect_no_race(const struct flow_broker *broker)
{
#ifdef __SANITIZE_THREAD__
	static const char *const files[] = {"log/garasu.log", "viewer.err", "desk.err", "ctl.err"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[128];
		char line[4096];
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", broker->directory, files[i]);
		file = fopen(path, "r");
		while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
			if (strstr(line, "WARNING: ThreadSanitizer") != NULL) {
				fail_msg("%s: %s", path, line);
			}
		}
		if (file != NULL) {
			fclose(file);
		}
	}
#else
	(void)broker;
#endif
}

void flow_broker_halt(struct flow_broker *broker)
{
	flow_child_signal(&broker->broker, SIGTERM);
	assert_int_equal(flow_child_wait(&broker->broker), 0);
	flow_broker_wait_empty(broker);
	expect_no_race(broker);
}

void flow_broker_remove(struct flow_broker *broker)
{
	char directory[128];
	char *words[] = {"/bin/rm", "-rf", directory, NULL};

	snprintf(directory, sizeof(directory), "%s", broker->directory);
	if (getenv("GARASU_KEEP") == NULL) {
		flow_run(NULL, 0, NULL, words);
	}
}

void flow_broker_stop(struct flow_broker *broker)
{
	flow_broker_halt(broker);
	flow_broker_remove(broker);
}

int flow_ctl(struct flow_broker *broker, char *output, size_t size, ...)
{
	char program[128];
	char socket[128];
	char errors[128];
	char *words[FLOW_WORDS_MAX] = {program, "--socket", socket};
	struct flow_child child;
	char line[8192];
	size_t used = 0;
	size_t count = 3;
	va_list arguments;

	snprintf(program, sizeof(program), "%s/bin/garasuctl", broker->directory);
	snprintf(socket, sizeof(socket), "%s/admin.sock", broker->directory);
	snprintf(errors, sizeof(errors), "%s/ctl.err", broker->directory);
	va_start(arguments, size);
	while ((words[count] = va_arg(arguments, char *)) != NULL) {
		count++;
		assert_true(count < FLOW_WORDS_MAX);
	}
	va_end(arguments);
	flow_child_start(&child, words, errors);
	close(child.in);
	child.in = -1;
	if (size > 0) {
		output[0] = '\0';
	}
	while (flow_child_line_by(&child, line, sizeof(line), flow_now_ms() + FLOW_DEADLINE_MS) ==
		0) {
		if (used < size) {
			used += (size_t)snprintf(output + used, size - used, "%s\n", line);
		}
	}
	return flow_child_wait(&child);
}

void flow_wait_session(struct flow_broker *broker, const char *text, int is_there)
{
	uint64_t deadline = flow_now_ms() + FLOW_DEADLINE_MS;
	char output[16384];

	do {
		assert_int_equal(flow_ctl(broker, output, sizeof(output), "session", "list",
					 "--json", (char *)NULL),
			0);
		if ((strstr(output, text) != NULL) == is_there) {
			return;
		}
	} while (flow_now_ms() < deadline);
	fail_msg("sessions never %s \"%s\": %s", is_there ? "showed" : "lost", text, output);
}

int flow_count_trail(const struct flow_broker *broker, const char *what)
{
	char path[128];
	char line[2048];
	FILE *file;
	int count = 0;

	snprintf(path, sizeof(path), "%s/log/audit.jsonl", broker->directory);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		count += strstr(line, what) != NULL;
	}
	fclose(file);
	return count;
}

void flow_wait_file(struct flow_broker *broker, const char *name, const char *text)
{
	uint64_t deadline = flow_now_ms() + FLOW_DEADLINE_MS;
	char path[256];
	char *bytes = malloc(4 << 20);

	assert_non_null(bytes);
	snprintf(path, sizeof(path), "%s/%s", broker->directory, name);
	do {
		FILE *file = fopen(path, "r");
		size_t got = 0;

		if (file != NULL) {
			got = fread(bytes, 1, (4 << 20) - 1, file);
			fclose(file);
		}
		bytes[got] = '\0';
		if (strstr(bytes, text) != NULL) {
			free(bytes);
			return;
		}
		poll(NULL, 0, 20);
	} while (flow_now_ms() < deadline);
	free(bytes);
	fail_msg("%s never contained \"%s\"", path, text);
}

/* ---- processes ---- */

/* By its uid, which no other broker's roles and sessions have; without root, where all have one, by
 * its ancestor while the broker lives, and by its name alone after its end. */
int flow_broker_owns(const struct flow_broker *broker, pid_t pid)
{
	while (pid > 1 && pid != broker->broker.pid) {
		char path[64];
		char line[256];
		FILE *file;
		int parent = 0;
		unsigned uid = 0;

		snprintf(path, sizeof(path), "/proc/%d/status", pid);
		file = fopen(path, "r");
		while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
			if (sscanf(line, "PPid: %d", &parent) != 1) {
				(void)sscanf(line, "Uid: %u", &uid);
			}
		}
		if (file != NULL) {
			fclose(file);
		}
		if (getuid() == 0) {
			return uid >= broker->uid_base && uid < broker->uid_base + FLOW_UIDS;
		}
		if (broker->broker.pid <= 0) {
			return 1;
		}
		pid = parent;
	}
	return pid == broker->broker.pid;
}

int flow_pids(struct flow_broker *broker, const char *binary, pid_t *pids, int most)
{
	DIR *processes = opendir("/proc");
	int count = 0;

	assert_non_null(processes);
	for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		char path[64];
		char line[256] = "";
		FILE *file;
		const char *name;

		if (pid <= 0) {
			continue;
		}
		snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
		file = fopen(path, "r");
		if (file == NULL) {
			continue;
		}
		if (fgets(line, sizeof(line), file) == NULL) {
			line[0] = '\0';
		}
		fclose(file);
		name = strrchr(line, '/');
		name = name != NULL ? name + 1 : line;
		if (strcmp(name, binary) == 0 && flow_broker_owns(broker, pid) && count < most) {
			pids[count++] = pid;
		}
	}
	closedir(processes);
	return count;
}

unsigned long flow_memory_kib(pid_t pid, const char *field)
{
	char path[64];
	char line[256];
	unsigned long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, field, strlen(field)) == 0) {
			kib = strtoul(line + strlen(field), NULL, 10);
		}
	}
	fclose(file);
	return kib;
}

void flow_wait_pids(struct flow_broker *broker, const char *binary, int count)
{
	uint64_t deadline = flow_now_ms() + FLOW_DEADLINE_MS;
	pid_t pids[64];
	int found;

	while ((found = flow_pids(broker, binary, pids, 64)) != count) {
		if (flow_now_ms() >= deadline) {
			fail_msg("%d processes of %s instead of %d", found, binary, count);
		}
		poll(NULL, 0, 10);
	}
}
