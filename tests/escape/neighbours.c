/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two captured sessions in a real broker: what one reaches of the other, of the parts and of the
 * host, what it can take, and what is left when it ends. Its commands come through egress, the only
 * way that a session has. Needs root: without it there is one uid for all. */

#include "captive_drive.h"
#include "raw.h"
#include "reach.h"
#include "remains.h"

#include "garasu/heritage.h"
#include "garasu/rfb.h"
#include "garasu/state.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FILES_MAX 8192 /* of a session: broker/launcher/role.c */

static struct flow_broker broker;
static int controller; /* listens for captives */
static struct raw viewers[2];
static struct captive captives[2]; /* tanaka's and suzuki's; only their ways are used */
static struct flow_remains alone;  /* with suzuki's session only */
static pid_t compositors[2];
static int is_made;

#define TANAKA 0
#define SUZUKI 1

static const char *const users[] = {"tanaka", "suzuki", NULL};

/* The captive takes the compositor's place. */
static void capture(const char *directory)
{
	char compositor[128];
	char captive[] = CAPTIVE;
	char *words[] = {"/bin/cp", "--remove-destination", captive, compositor, NULL};

	snprintf(compositor, sizeof(compositor), "%s/bin/garasu-compositor", directory);
	flow_run(NULL, 0, NULL, words);
}

static unsigned listen_for_captives(void)
{
	struct sockaddr_in place = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(place);

	controller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(controller, (struct sockaddr *)&place, size), 0);
	assert_int_equal(listen(controller, 4), 0);
	assert_int_equal(getsockname(controller, (struct sockaddr *)&place, &size), 0);
	return ntohs(place.sin_port);
}

static void log_in(int who)
{
	struct pollfd ready = {.fd = controller, .events = POLLIN};

	raw_start(&viewers[who], &broker, users[who]);
	assert_int_equal(poll(&ready, 1, FLOW_DEADLINE_MS), 1);
	captives[who].way = accept4(controller, NULL, NULL, SOCK_CLOEXEC);
	assert_true(captives[who].way >= 0);
}

static int start(void **state)
{
	static char egress[64];
	static char page[64];
	pid_t found[2];
	unsigned port;

	(void)state;
	if (getuid() != 0) {
		print_error("neighbours: not root, so there is one uid for all\n");
		assert_non_null(getenv("GARASU_ALLOW_SKIP"));
		return 0;
	}
	signal(SIGPIPE, SIG_IGN);
	port = listen_for_captives();
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	snprintf(page, sizeof(page), "http://127.0.0.1:%u/", port);
	flow_broker_start(&broker, &(struct flow_options){.users = {"tanaka", "suzuki"},
					   .egress = egress,
					   .start_page = page,
					   .certify = capture});
	log_in(SUZUKI);
	assert_int_equal(flow_pids(&broker, "garasu-compositor", &compositors[SUZUKI], 1), 1);
	flow_remains_count(&broker, &alone);
	log_in(TANAKA);
	assert_int_equal(flow_pids(&broker, "garasu-compositor", found, 2), 2);
	compositors[TANAKA] = found[found[0] == compositors[SUZUKI]];
	is_made = 1;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	if (is_made) {
		raw_close(&viewers[TANAKA]);
		raw_close(&viewers[SUZUKI]);
		flow_broker_stop(&broker);
		close(controller);
	}
	return 0;
}

static int need_root(void **state)
{
	(void)state;
	if (!is_made) {
		skip();
	}
	return 0;
}

#define TAKEN captives[TANAKA]

/* ---- the other session ---- */

static void neighbour_is_not_there(void **state)
{
	char arguments[64];

	(void)state;
	captive_expect(&TAKEN, "2", "list /proc/%d", compositors[SUZUKI]);
	captive_expect(&TAKEN, "2", "open /proc/%d/fd/%d %d", compositors[SUZUKI],
		GARASU_FD_SESSION_FRAME, O_RDWR);
	snprintf(arguments, sizeof(arguments), "%d 0", compositors[SUZUKI]);
	captive_refused(&TAKEN, ESRCH, "kill", arguments);
	captive_refused(&TAKEN, ESRCH, "pidfd_open", arguments);
	captive_expect(&TAKEN, "2", "open %s/admin.sock 0", broker.directory);
	captive_expect(&TAKEN, "2", "list %s", broker.directory);
}

static void frame_memory_keeps_its_size_however_it_is_opened(void **state)
{
	(void)state;
	captive_expect(&TAKEN, "1 1 1", "reopen %d", GARASU_FD_SESSION_FRAME);
}

/* ---- a uid alone, without the jail around it ---- */

/* Every part's uid at every part, those of its own kind too. */
static void no_part_s_uid_reaches_into_another(void **state)
{
	static const char *const binaries[] = {"garasu-broker", "garasu-supervisor",
		"garasu-recorder", "garasu-gateway", "garasu-encoder", "garasu-egress",
		"garasu-compositor"};
	unsigned tried = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++) {
		pid_t victims[4] = {broker.broker.pid};
		int count = i == 0 ? 1 : flow_pids(&broker, binaries[i], victims, 4);

		assert_in_range(count, 1, 2);
		while (count-- > 0) {
			uid_t own = reach_uid_of(victims[count]);

			for (uid_t role = GARASU_ROLE_SUPERVISOR; role < 16 + 2; role++) {
				uid_t uid = broker.uid_base + role;

				/* a session's own processes are one domain */
				if (uid != own || role < 16) {
					reach_expect_nothing(uid, victims[count]);
					tried++;
				}
			}
		}
	}
	assert_in_range(tried, 100, 1000);
}

/* Its owner writes a file; of the others the supervisor may read what the recorder wrote. */
static unsigned expect_kept(const char *path)
{
	struct stat status;
	unsigned tried = 0;

	assert_int_equal(stat(path, &status), 0);
	assert_in_range(status.st_uid, broker.uid_base + GARASU_ROLE_SUPERVISOR,
		broker.uid_base + GARASU_ROLE_RECORDER);
	for (uid_t role = GARASU_ROLE_SUPERVISOR; role < 16 + 2; role++) {
		uid_t uid = broker.uid_base + role;

		if (uid == status.st_uid) {
			continue;
		}
		assert_int_equal(reach_open_as(uid, path, O_WRONLY | O_APPEND), EACCES);
		if (role != GARASU_ROLE_SUPERVISOR) {
			assert_int_equal(reach_open_as(uid, path, O_RDONLY), EACCES);
		}
		tried++;
	}
	return tried;
}

static void log_trail_and_registry_open_for_nobody_else(void **state)
{
	static const char *const folders[] = {"log", "state"};
	unsigned tried = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		char path[512];
		DIR *folder;

		snprintf(path, sizeof(path), "%s/%s", broker.directory, folders[i]);
		folder = opendir(path);
		assert_non_null(folder);
		for (struct dirent *entry = readdir(folder); entry != NULL;
			entry = readdir(folder)) {
			snprintf(path, sizeof(path), "%s/%s/%s", broker.directory, folders[i],
				entry->d_name);
			tried += entry->d_type == DT_REG ? expect_kept(path) : 0;
		}
		closedir(folder);
	}
	assert_in_range(tried, 3 * 15, 1000); /* log, trail, registry */
}

/* The harness leaves its error file open beside fd 2, under whatever number it had. */
static void descriptors_left_to_the_launcher_reach_no_part(void **state)
{
	static const char *const binaries[] = {"garasu-broker", "garasu-supervisor",
		"garasu-recorder", "garasu-gateway", "garasu-encoder", "garasu-egress"};
	char left[128];

	(void)state;
	snprintf(left, sizeof(left), "%s/broker.err", broker.directory);
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++) {
		pid_t pid = broker.broker.pid;
		unsigned found = 0;

		assert_in_range(i == 0 ? 1 : flow_pids(&broker, binaries[i], &pid, 1), 1, 2);
		for (int fd = 0; fd < 256; fd++) {
			char path[64];
			char target[256] = "";

			snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
			if (readlink(path, target, sizeof(target) - 1) > 0 &&
				strcmp(target, left) == 0) {
				assert_int_equal(fd, STDERR_FILENO);
				found++;
			}
		}
		assert_int_equal(found, i < 2); /* the launcher's log and the supervisor's */
	}
}

/* ---- egress ---- */

static unsigned port_of(int who)
{
	const char *environment = captive_ask(&captives[who], "environment");
	const char *port = strstr(environment, "GARASU_PROXY_PORT=");

	assert_non_null(port);
	return (unsigned)strtoul(port + 18, NULL, 10);
}

static void proxy_of_the_neighbour_is_out_of_reach(void **state)
{
	unsigned own = port_of(TANAKA);
	unsigned other = port_of(SUZUKI);

	(void)state;
	captive_expect(&TAKEN, own == other ? "0" : "111", "connect 127.0.0.1 %u", other);
}

static void request_is_its_session_s_whatever_it_says(void **state)
{
	static char trail[1 << 20];
	char path[128];
	unsigned found = 0;
	char *place = NULL;
	FILE *file;

	(void)state;
	captive_ask(&TAKEN,
		"ask %u CONNECT forged.invalid:80 HTTP/1.1|Host: forged.invalid:80|"
		"Proxy-Authorization: Basic c3V6dWtpOngK|X-Forwarded-For: suzuki|From: suzuki",
		port_of(TANAKA));
	captive_ask(&TAKEN, "ask %u CONNECT suzuki@forged.invalid:80 HTTP/1.1|Host: suzuki",
		port_of(TANAKA));
	flow_wait_file(&broker, "log/audit.jsonl", "forged.invalid");
	snprintf(path, sizeof(path), "%s/log/audit.jsonl", broker.directory);
	file = fopen(path, "r");
	assert_non_null(file);
	trail[fread(trail, 1, sizeof(trail) - 1, file)] = '\0';
	fclose(file);
	for (char *line = strtok_r(trail, "\n", &place); line != NULL;
		line = strtok_r(NULL, "\n", &place)) {
		if (strstr(line, "forged.invalid") != NULL) {
			assert_non_null(strstr(line, "\"user\":\"tanaka\""));
			assert_null(strstr(line, "suzuki"));
			found++;
		}
	}
	assert_in_range(found, 1, 2);
}

/* ---- taking too much ---- */

static void flood_of_frames_costs_no_memory_and_no_neighbour(void **state)
{
	static const int32_t encodings[] = {GARASU_RFB_TIGHT, GARASU_RFB_RICH_CURSOR,
		GARASU_RFB_LED_STATE, GARASU_RFB_FENCE, GARASU_RFB_CONTINUOUS_UPDATES};
	static const uint8_t always[] = {
		GARASU_RFB_ENABLE_CONTINUOUS, 1, 0, 0, 0, 0, 2, 0x80, 1, 0xe0};
	pid_t before[2], after[2];
	unsigned long kib[2];

	(void)state;
	assert_int_equal(flow_pids(&broker, "garasu-encoder", before, 2), 2);
	for (int i = 0; i < 2; i++) {
		raw_encodings(&viewers[i], encodings, 5);
		raw_say(&viewers[i], always, sizeof(always));
	}
	assert_int_not_equal(atoi(captive_ask(&TAKEN, "flood 200")), 0);
	raw_fence(&viewers[TANAKA]);
	kib[0] = flow_memory_kib(before[0], "VmRSS:") + flow_memory_kib(before[1], "VmRSS:");
	for (int i = 0; i < 5; i++) {
		assert_int_not_equal(atoi(captive_ask(&TAKEN, "flood 1000")), 0);
		raw_fence(&viewers[TANAKA]);
		raw_fence(&viewers[SUZUKI]);
	}
	kib[1] = flow_memory_kib(before[0], "VmRSS:") + flow_memory_kib(before[1], "VmRSS:");
#ifndef GARASU_SANITIZED /* which keeps what was freed */
	assert_in_range(kib[1], 0, kib[0] + 4096);
#endif
	assert_int_equal(flow_pids(&broker, "garasu-encoder", after, 2), 2);
	assert_memory_equal(before, after, sizeof(before));
}

static void descriptors_end_at_their_limit(void **state)
{
	int count, error;

	(void)state;
	assert_int_equal(sscanf(captive_ask(&TAKEN, "apart hoard"), "%d %d", &count, &error), 2);
	assert_int_equal(error, EMFILE);
	assert_in_range(count, 1000, FILES_MAX);
	raw_fence(&viewers[SUZUKI]);
}

/* ---- the end ---- */

static void nothing_of_a_session_lives_on(void **state)
{
	char output[1024];
	char number[16];
	unsigned session = 0;
	const char *at;

	(void)state;
	captive_expect(&captives[SUZUKI], "20", "scatter 20");
	captive_ask(&captives[SUZUKI], "hoard");
	assert_int_equal(
		flow_ctl(&broker, output, sizeof(output), "session", "list", "--json", NULL), 0);
	at = strstr(output, "\"user\":\"suzuki\"");
	assert_non_null(at);
	while (at > output && *at != '{') {
		at--;
	}
	assert_int_equal(sscanf(at, "{\"session\":%u", &session), 1);
	snprintf(number, sizeof(number), "%u", session);
	assert_int_equal(
		flow_ctl(&broker, output, sizeof(output), "session", "end", number, NULL), 0);
	flow_wait_file(&broker, "log/audit.jsonl", "\"event\":\"session_destroyed\"");
	flow_remains_wait(&broker, &alone); /* tanaka's in the place of suzuki's */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(neighbour_is_not_there, need_root),
		cmocka_unit_test_setup(frame_memory_keeps_its_size_however_it_is_opened, need_root),
		cmocka_unit_test_setup(no_part_s_uid_reaches_into_another, need_root),
		cmocka_unit_test_setup(log_trail_and_registry_open_for_nobody_else, need_root),
		cmocka_unit_test_setup(descriptors_left_to_the_launcher_reach_no_part, need_root),
		cmocka_unit_test_setup(proxy_of_the_neighbour_is_out_of_reach, need_root),
		cmocka_unit_test_setup(request_is_its_session_s_whatever_it_says, need_root),
		cmocka_unit_test_setup(flood_of_frames_costs_no_memory_and_no_neighbour, need_root),
		cmocka_unit_test_setup(descriptors_end_at_their_limit, need_root),
		cmocka_unit_test_setup(nothing_of_a_session_lives_on, need_root),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
