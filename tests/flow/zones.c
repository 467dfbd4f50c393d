/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A broker on two legs, real ones: what passes them in a day's work, and what does not when
 * somebody on the broker host, on the desk's side or on the internet tries. Real Chromium, real
 * name look-ups, the generated rule sheets. Needs root. */

#include "harness.h"
#include "legs.h"

#include "garasu/heritage.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PORT 5900u

static const char page[] =
	"<!doctype html><title>town</title><body><script>document.body.style.background="
	"{'http://www.town.test':'#204080','http://six.town.test':'#10a040',"
	"'https://www.town.test':'#c03010'}[location.origin]</script>";

static struct flow_broker broker;
static struct flow_viewer viewer;
static int is_made;

static char egress_lines[256];

static void serve_town(const char *directory)
{
	legs_serve(directory, page);
	snprintf(egress_lines, sizeof(egress_lines),
		"  servers: [\"" LEGS_WEB "\"]\n  upstream_ca: %s/" LEGS_AUTHORITY "\n", directory);
}

static int start(void **state)
{
	(void)state;
	if (getuid() != 0 || access(LEGS_NFT, X_OK) != 0 || access(LEGS_NGINX, X_OK) != 0) {
		print_error("zones: needs root, nftables and nginx\n");
		assert_non_null(getenv("GARASU_ALLOW_SKIP"));
		return 0;
	}
	legs_make();
	flow_broker_start(&broker, &(struct flow_options){.address = LEGS_LGWAN,
					   .port = PORT,
					   .host = LEGS_LGWAN,
					   .zones = "  lgwan: lgwan\n  internet: internet\n",
					   .egress = egress_lines,
					   .certify = serve_town});
	legs_enter("desk");
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	legs_leave();
	is_made = 1;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	if (is_made) {
		flow_viewer_stop(&viewer);
		flow_broker_stop(&broker);
		legs_serve_no_more();
	}
	return 0;
}

static int need_legs(void **state)
{
	(void)state;
	if (!is_made) {
		skip();
	}
	return 0;
}

static uid_t uid_of(enum garasu_role role)
{
	return broker.uid_base + (uid_t)role;
}

/* ---- where the parts stand ---- */

static void network_of(pid_t pid, char *name, size_t size)
{
	char path[64];
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	got = readlink(path, name, size - 1);
	assert_true(got > 0);
	name[got] = '\0';
}

static void own_network(const char *host, char *name, size_t size)
{
	legs_enter(host);
	network_of(getpid(), name, size);
	legs_leave();
}

/* Interfaces and routes that a process has. */
static unsigned count_lines(pid_t pid, const char *what, const char *but)
{
	char path[64];
	char line[512];
	unsigned lines = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", pid, what);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		lines += strchr(line, '|') == NULL && strstr(line, but) == NULL;
	}
	fclose(file);
	return lines;
}

static void every_part_but_egress_has_an_empty_network(void **state)
{
	static const char *const binaries[] = {"garasu-supervisor", "garasu-recorder",
		"garasu-gateway", "garasu-encoder", "garasu-compositor"};
	char zones[4][64];

	(void)state;
	own_network("", zones[0], sizeof(zones[0]));
	own_network("lgwan", zones[1], sizeof(zones[1]));
	own_network("internet", zones[2], sizeof(zones[2]));
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++) {
		pid_t pid;

		assert_int_equal(flow_pids(&broker, binaries[i], &pid, 1), 1);
		network_of(pid, zones[3], sizeof(zones[3]));
		for (int zone = 0; zone < 3; zone++) {
			assert_string_not_equal(zones[3], zones[zone]);
		}
		assert_int_equal(count_lines(pid, "dev", " lo:"), 0);
		assert_int_equal(count_lines(pid, "route", "Iface"), 0);
	}
}

static void expect_egress_on_its_leg(pid_t but)
{
	char leg[64];
	char zone[64];
	pid_t pid = but;

	own_network("internet", leg, sizeof(leg));
	do {
		flow_wait_pids(&broker, "garasu-egress", 1);
	} while (flow_pids(&broker, "garasu-egress", &pid, 1) != 1 || pid == but);
	network_of(pid, zone, sizeof(zone));
	assert_string_equal(zone, leg);
}

static void egress_stands_on_the_internet_leg_alone(void **state)
{
	pid_t first = 0;

	(void)state;
	expect_egress_on_its_leg(0);
	assert_int_equal(flow_pids(&broker, "garasu-egress", &first, 1), 1);
	assert_int_equal(kill(first, SIGKILL), 0);
	expect_egress_on_its_leg(first);
}

/* ---- what an administrator sees of it ---- */

static void selftest(char *output, size_t size)
{
	char command[512];
	FILE *tool;

	snprintf(command, sizeof(command),
		"cd %s; rm -f report; LANG=C bin/garasuctl selftest --config garasu.conf --report "
		"report 2>&1",
		broker.directory);
	tool = popen(command, "r");
	assert_non_null(tool);
	output[fread(output, 1, size - 1, tool)] = '\0';
	pclose(tool);
}

/* A process with the uid of a session's, which holds a socket of that leg. */
static pid_t hold_socket(const char *leg)
{
	uid_t uid = broker.uid_base + 17;
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		int held;

		legs_enter(leg);
		held = socket(AF_INET, SOCK_STREAM, 0);
		if (listen(held, 1) != 0 || setgroups(0, NULL) != 0 ||
			setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0 ||
			write(ready[1], "r", 1) != 1) {
			_exit(1);
		}
		pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void selftest_finds_a_socket_of_a_leg_in_a_session(void **state)
{
	static const char *const legs[] = {"", "lgwan", "internet"};
	static char output[16384];

	(void)state;
	selftest(output, sizeof(output));
	assert_null(strstr(output, "holds a socket of the host's network\n"));
	for (size_t i = 0; i < sizeof(legs) / sizeof(legs[0]); i++) {
		char words[80];
		pid_t pid = hold_socket(legs[i]);

		selftest(output, sizeof(output));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		snprintf(words, sizeof(words), ": process %d (", (int)pid);
		if (strstr(output, words) == NULL ||
			strstr(output, "holds a socket of the host's network\n") == NULL) {
			fail_msg("leg \"%s\": %s", legs[i], output);
		}
	}
}

/* ---- before and with the rule sheets ---- */

/* Without this the refusals below could be anybody's. */
static void without_the_rule_sheets_a_leg_is_open_to_who_stands_there(void **state)
{
	(void)state;
	assert_true(legs_try("internet", uid_of(GARASU_ROLE_GATEWAY), SOCK_STREAM, LEGS_WEB, 80, 1)
			    .is_open);
	assert_true(legs_try("internet", uid_of(GARASU_ROLE_GATEWAY), SOCK_STREAM, LEGS_WEB6, 80, 1)
			    .is_open);
	assert_true(
		legs_try("internet", uid_of(GARASU_ROLE_EGRESS), SOCK_STREAM, LEGS_PRIVATE, 80, 1)
			.is_open);
	assert_int_equal(
		legs_try("lgwan", uid_of(GARASU_ROLE_GATEWAY), SOCK_DGRAM, LEGS_DESK, 445, 0).error,
		0);
}

static void rule_sheets_are_made_and_taken(void **state)
{
	static const char *const legs[] = {"lgwan", "internet"};
	static char sheet[65536];
	char program[128];
	char configuration[128];

	(void)state;
	snprintf(program, sizeof(program), "%s/bin/garasu-broker", broker.directory);
	snprintf(configuration, sizeof(configuration), "%s/garasu.conf", broker.directory);
	for (int i = 0; i < 2; i++) {
		char leg[16];
		char *print[] = {program, "--config", configuration, "--print-firewall", leg, NULL};
		char *apply[] = {LEGS_NFT, "-f", "-", NULL};

		snprintf(leg, sizeof(leg), "%s", legs[i]);
		flow_run(sheet, sizeof(sheet), NULL, print);
		legs_enter(leg);
		flow_run(NULL, 0, sheet, apply);
		flow_run(NULL, 0, sheet, apply); /* again: it replaces itself */
		legs_leave();
		assert_in_range(legs_dropped(leg, "\"inward\""), 0, 9);
	}
	flow_child_kill(&viewer.child); /* a connection from before is not what is looked at */
	flow_viewer_wait_end(&viewer);
	legs_enter("desk");
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	legs_leave();
}

/* ---- a day's work ---- */

static struct legs_watch watches[6];
static const char *const watched[6] = {"desk", "lgwan", "internet", "web", "", "jail"};

static void watch_everything(void)
{
	char path[64];
	pid_t compositor;
	int jail;

	for (int i = 0; i < 5; i++) {
		legs_enter(watched[i]);
		legs_watch(&watches[i]);
	}
	assert_int_equal(flow_pids(&broker, "garasu-compositor", &compositor, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", compositor);
	jail = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(setns(jail, CLONE_NEWNET), 0);
	legs_watch(&watches[5]);
	legs_leave();
	close(jail);
}

/* Kernels tell their multicast groups; the broker's legs keep even that to themselves. */
static int is_groups(const struct legs_flow *flow, int is_leg)
{
	return flow->protocol == IPPROTO_ICMPV6 && flow->from_port == 143 &&
	       flow->is_out == !is_leg;
}

/* The desk begins, the one port answers. */
static int is_viewing(const struct legs_flow *flow)
{
	int goes = strcmp(flow->from, LEGS_DESK) == 0 && strcmp(flow->to, LEGS_LGWAN) == 0 &&
		   flow->to_port == PORT;
	int comes = strcmp(flow->from, LEGS_LGWAN) == 0 && strcmp(flow->to, LEGS_DESK) == 0 &&
		    flow->from_port == PORT && flow->begins == 0;

	return flow->protocol == IPPROTO_TCP && (goes || comes);
}

static int is_web(const struct legs_flow *flow)
{
	int goes =
		strcmp(flow->from, LEGS_INTERNET) == 0 || strcmp(flow->from, LEGS_INTERNET6) == 0;
	const char *far = goes ? flow->to : flow->from;
	uint16_t port = goes ? flow->to_port : flow->from_port;
	int is_host = strcmp(far, LEGS_WEB) == 0 || strcmp(far, LEGS_WEB6) == 0;

	return is_host && (goes || flow->begins == 0) &&
	       ((flow->protocol == IPPROTO_TCP && (port == 80 || port == 443)) ||
		       (flow->protocol == IPPROTO_UDP && port == 53));
}

static int is_browsing(const struct legs_flow *flow)
{
	return flow->family == AF_INET && strcmp(flow->from, "127.0.0.1") == 0 &&
	       strcmp(flow->to, "127.0.0.1") == 0 && flow->protocol == IPPROTO_TCP;
}

static int is_nothing(const struct legs_flow *flow)
{
	(void)flow;
	return 0;
}

static void expect_only(
	struct legs_watch *watch, const char *where, int (*expected)(const struct legs_flow *))
{
	int is_leg = strcmp(where, "lgwan") == 0 || strcmp(where, "internet") == 0;
	unsigned seen = 0;

	legs_look(watch);
	for (size_t i = 0; i < watch->flow_count; i++) {
		const struct legs_flow *flow = &watch->flows[i];

		if (expected(flow)) {
			seen += flow->packets;
		} else if (!legs_is_neighbour(flow) && !is_groups(flow, is_leg)) {
			fail_msg("on %s: %s", where, legs_words(flow));
		}
	}
	if (expected != is_nothing) {
		assert_in_range(seen, 10, UINT32_MAX);
	}
}

static void web_host_saw_egress_and_nobody_else(void)
{
	static const char *const egress[] = {LEGS_INTERNET, LEGS_INTERNET6, NULL};

	flow_wait_file(&broker, "web/access.log", " 80 " LEGS_INTERNET " - old.town.test 301\n");
	flow_wait_file(&broker, "web/access.log", " 80 " LEGS_INTERNET6 " - six.town.test 200\n");
	flow_wait_file(&broker, "web/access.log", " TLSv1.3 www.town.test 200\n");
	legs_expect_clients(egress);
}

static void a_days_work_crosses_each_leg_as_listed_and_no_other(void **state)
{
	static int (*const expected[6])(const struct legs_flow *) = {
		is_viewing, is_viewing, is_web, is_web, is_nothing, is_browsing};
	unsigned refused;

	(void)state;
	watch_everything();
	refused = legs_dropped("internet", "egress\"") +
		  legs_dropped("internet", "\"not the internet\"");
	flow_viewer_say(&viewer, "open http://www.town.test/");
	flow_viewer_say(&viewer, "wait-pixel 300 400 204080 20000");
	flow_viewer_say(&viewer, "open http://six.town.test/");
	flow_viewer_say(&viewer, "wait-pixel 300 400 10a040 20000");
	flow_viewer_say(&viewer, "open http://old.town.test/");
	flow_viewer_say(&viewer, "wait-pixel 300 400 c03010 20000");
	flow_viewer_say(&viewer, "open http://inside.town.test/");
	flow_wait_file(&broker, "log/audit.jsonl", "inside.town.test");
	for (int i = 0; i < 6; i++) {
		expect_only(&watches[i], watched[i], expected[i]);
		legs_unwatch(&watches[i]);
	}
	web_host_saw_egress_and_nobody_else();
	assert_int_equal(legs_dropped("internet", "egress\"") +
				 legs_dropped("internet", "\"not the internet\""),
		refused); /* egress refused by itself what the rules would have */
}

/* ---- behind the rule sheets ---- */

static void other_parts_get_out_on_neither_leg(void **state)
{
	static const enum garasu_role roles[] = {GARASU_ROLE_SUPERVISOR, GARASU_ROLE_RECORDER,
		GARASU_ROLE_AUTHENTICATOR, GARASU_ROLE_GATEWAY, GARASU_ROLE_ENCODER};

	(void)state;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		legs_expect_refused("internet", uid_of(roles[i]), LEGS_WEB, 80, "\"outward\"");
		legs_expect_refused("internet", uid_of(roles[i]), LEGS_WEB6, 80, "\"outward\"");
		legs_expect_refused("lgwan", uid_of(roles[i]), LEGS_DESK, 445, "\"outward\"");
		legs_expect_refused("lgwan", uid_of(roles[i]), LEGS_DESK6, 445, "\"outward\"");
	}
	legs_expect_refused(
		"internet", broker.uid_base + 16, LEGS_WEB, 53, "\"outward\""); /* session */
	legs_expect_refused("internet", 0, LEGS_WEB, 80, "\"outward\"");
}

static void captured_egress_reaches_what_is_listed_and_no_more(void **state)
{
	uid_t egress = uid_of(GARASU_ROLE_EGRESS);

	(void)state;
	assert_true(legs_try("internet", egress, SOCK_STREAM, LEGS_WEB, 80, 1).is_open);
	assert_true(legs_try("internet", egress, SOCK_STREAM, LEGS_WEB6, 80, 1).is_open);
	legs_expect_refused("internet", egress, LEGS_WEB, 22, "\"of egress\"");
	legs_expect_refused("internet", egress, LEGS_WEB6, 53, "\"of egress\"");
	legs_expect_refused("internet", egress, LEGS_PRIVATE, 80, "\"not the internet\"");
	legs_expect_refused("internet", egress, LEGS_LGWAN, PORT, "\"not the internet\"");
	legs_expect_refused("internet", egress, LEGS_DESK6, 80, "\"not the internet\"");
	legs_expect_refused("lgwan", egress, LEGS_DESK, 80, "\"outward\"");
}

static void broker_host_has_no_way_to_a_desk(void **state)
{
	(void)state;
	legs_expect_refused("lgwan", 0, LEGS_DESK, 5901, "\"outward\"");
	legs_expect_refused("lgwan", 0, LEGS_DESK6, 5901, "\"outward\"");
	legs_expect_refused("internet", 0, LEGS_DESK, 5901, "\"outward\"");
	assert_int_equal(legs_try("", 0, SOCK_STREAM, LEGS_DESK, 5901, 0).error, ENETUNREACH);
	assert_int_equal(legs_try("", 0, SOCK_STREAM, LEGS_WEB, 80, 0).error, ENETUNREACH);
}

static void nothing_comes_in_but_to_the_one_port(void **state)
{
	(void)state;
	assert_true(legs_try("desk", 0, SOCK_STREAM, LEGS_LGWAN, PORT, 1).is_open);
	legs_expect_unheard("desk", "lgwan", LEGS_LGWAN, 22);
	legs_expect_unheard("desk", "lgwan", LEGS_LGWAN6, 22);
	legs_expect_unheard("desk", "lgwan", LEGS_LGWAN6, PORT); /* not the address to listen on */
	legs_expect_unheard("web", "internet", LEGS_INTERNET, PORT);
	legs_expect_unheard("web", "internet", LEGS_INTERNET6, 443);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_part_but_egress_has_an_empty_network, need_legs),
		cmocka_unit_test_setup(egress_stands_on_the_internet_leg_alone, need_legs),
		cmocka_unit_test_setup(selftest_finds_a_socket_of_a_leg_in_a_session, need_legs),
		cmocka_unit_test_setup(
			without_the_rule_sheets_a_leg_is_open_to_who_stands_there, need_legs),
		cmocka_unit_test_setup(rule_sheets_are_made_and_taken, need_legs),
		cmocka_unit_test_setup(
			a_days_work_crosses_each_leg_as_listed_and_no_other, need_legs),
		cmocka_unit_test_setup(other_parts_get_out_on_neither_leg, need_legs),
		cmocka_unit_test_setup(
			captured_egress_reaches_what_is_listed_and_no_more, need_legs),
		cmocka_unit_test_setup(broker_host_has_no_way_to_a_desk, need_legs),
		cmocka_unit_test_setup(nothing_comes_in_but_to_the_one_port, need_legs),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
