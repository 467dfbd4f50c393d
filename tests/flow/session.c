/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session is to its user and to administrators: resume, take-over, limits, ends, refusals.
 * The painter stands in for the browser. */

#include "harness.h"

#include "garasu/admin.h"
#include "garasu/state.h"

#include <arpa/inet.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define SOLID "http://painter/solid?rgb=204080"
#define OTHER "http://painter/solid?rgb=c03010"

static struct flow_broker broker;
static struct flow_viewer viewer;
static char message[8192];

static void start_with(const struct flow_options *given)
{
	struct flow_options options = *given;

	options.paints = 1;
	if (options.start_page == NULL) {
		options.start_page = SOLID;
	}
	flow_broker_start(&broker, &options);
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	return 0;
}

static int start_usual(void **state)
{
	(void)state;
	start_with(&(struct flow_options){.users = {"tanaka", "suzuki"}});
	return 0;
}

static void picture_is_resumed_after_a_disconnect(void **state)
{
	(void)state;
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&viewer);
	flow_wait_session(&broker, "\"detached\"", 1);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	assert_non_null(strstr(viewer.states, "state 0 1")); /* accepted, resumed */
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&viewer);
}

static void second_log_in_takes_the_session_over(void **state)
{
	struct flow_viewer second;

	(void)state;
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_viewer_start(&second, &broker, "tanaka", (char *)NULL);
	flow_viewer_wait_state(&viewer, GARASU_STATE_TAKEN_OVER);
	flow_viewer_wait_end(&viewer);
	flow_viewer_say(&second, "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&second);
}

/* The session waits for who knows the new one. */
static void new_password_lets_a_viewer_go(void **state)
{
	char program[128];
	char socket[128];
	char *words[] = {
		program, "--socket", socket, "user", "passwd", "tanaka", "--password-stdin", NULL};

	(void)state;
	snprintf(program, sizeof(program), "%s/bin/garasuctl", broker.directory);
	snprintf(socket, sizeof(socket), "%s/admin.sock", broker.directory);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_run(NULL, 0, "another\n", words);
	flow_viewer_wait_state(&viewer, GARASU_STATE_REFUSED);
	flow_viewer_wait_end(&viewer);
	flow_wait_session(&broker, "\"detached\"", 1);
	assert_int_not_equal(
		flow_viewer_fails(&broker, "tanaka", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	flow_run(NULL, 0, FLOW_PASSWORD "\n", words);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	assert_non_null(strstr(viewer.states, "state 0 1")); /* accepted, resumed */
	flow_viewer_stop(&viewer);
}

static void last_log_in_and_failures_since_are_told(void **state)
{
	(void)state;
	start_with(&(struct flow_options){.users = {"suzuki"}});
	assert_int_not_equal(
		flow_viewer_fails(&broker, "suzuki", "wrong", NULL, message, sizeof(message)), 0);
	flow_viewer_start(&viewer, &broker, "suzuki", (char *)NULL);
	flow_viewer_wait_state(&viewer, GARASU_STATE_FAILED_LOGINS);
	assert_non_null(strstr(viewer.states, "state 20 0\nstate 21 1\n"));
	flow_viewer_stop(&viewer);
	flow_viewer_start(&viewer, &broker, "suzuki", (char *)NULL);
	flow_viewer_wait_state(&viewer, GARASU_STATE_LAST_LOGIN);
	assert_null(strstr(viewer.states, "state 20 0\n"));
	assert_null(strstr(viewer.states, "state 21"));
	flow_viewer_stop(&viewer);
}

static void two_users_do_not_see_each_other(void **state)
{
	struct flow_viewer second;

	(void)state;
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_start(&second, &broker, "suzuki", (char *)NULL);
	flow_viewer_say(&second, "open " OTHER);
	flow_viewer_say(&second, "wait-pixel 300 300 c03010 10000");
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_wait_session(&broker, "tanaka", 1);
	flow_wait_session(&broker, "suzuki", 1);
	flow_viewer_stop(&second);
	flow_viewer_stop(&viewer);
}

static void wrong_password_and_unknown_user_read_the_same(void **state)
{
	char unknown[sizeof(message)];
	int code;

	(void)state;
	code = flow_viewer_fails(&broker, "tanaka", "wrong", NULL, message, sizeof(message));
	assert_int_not_equal(code, 0);
	assert_int_equal(
		flow_viewer_fails(&broker, "nobody", "wrong", NULL, unknown, sizeof(unknown)),
		code);
	assert_string_equal(message, unknown);
	assert_non_null(strstr(message, "password"));
}

/* Pipes of a process, by descriptor. */
static int pipes_of(pid_t pid, int *fds, int most)
{
	int count = 0;

	for (int fd = 0; fd < 256 && count < most; fd++) {
		char path[64];
		char target[64] = "";

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		if (readlink(path, target, sizeof(target) - 1) > 0 &&
			strncmp(target, "pipe:", 5) == 0) {
			fds[count++] = fd;
		}
	}
	return count;
}

static void expect_nothing_shared(const char *role)
{
	pid_t pid;
	pid_t supervisor;
	int theirs[64];
	int ours[64];
	int their_count;
	int our_count;

	assert_int_equal(flow_pids(&broker, role, &pid, 1), 1);
	assert_int_equal(flow_pids(&broker, "garasu-supervisor", &supervisor, 1), 1);
	their_count = pipes_of(pid, theirs, 64);
	our_count = pipes_of(supervisor, ours, 64);
	assert_true(their_count > 0 && our_count > 0);
	for (int i = 0; i < their_count; i++) {
		for (int j = 0; j < our_count; j++) {
			long order =
				syscall(SYS_kcmp, pid, supervisor, KCMP_FILE, theirs[i], ours[j]);

			assert_in_range(order, 1, 3); /* 0: the same; negative: not to be had */
		}
	}
}

/* Who shares an open file description can clear its O_NONBLOCK and make the other's write wait. */
static void roles_share_no_pipe_with_the_supervisor(void **state)
{
	(void)state;
	if (getuid() != 0) {
		skip(); /* their descriptors are not to be seen */
	}
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	expect_nothing_shared("garasu-gateway");
	expect_nothing_shared("garasu-encoder");
	flow_viewer_stop(&viewer);
}

static void administrator_ends_a_session(void **state)
{
	char output[8192];
	char *number;

	(void)state;
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	assert_int_equal(
		flow_ctl(&broker, output, sizeof(output), "session", "list", (char *)NULL), 0);
	number = strstr(output, "tanaka");
	assert_non_null(number);
	while (number > output && number[-1] != '\n') {
		number--;
	}
	number[strspn(number, " 0123456789")] = '\0';
	number += strspn(number, " ");
	number[strspn(number, "0123456789")] = '\0';
	assert_int_equal(flow_ctl(&broker, output, 0, "session", "end", number, (char *)NULL), 0);
	flow_viewer_wait_state(&viewer, GARASU_STATE_ENDED_BY_ADMIN);
	flow_viewer_wait_end(&viewer);
	flow_wait_session(&broker, "tanaka", 0);
}

static void cut_off_reaches_a_session_nobody_watches(void **state)
{
	char output[8192];

	(void)state;
	flow_viewer_start(&viewer, &broker, "suzuki", (char *)NULL);
	flow_viewer_stop(&viewer);
	flow_wait_session(&broker, "\"detached\"", 1);
	assert_int_equal(flow_ctl(&broker, output, 0, "cutoff", "user", "suzuki", (char *)NULL), 0);
	flow_wait_session(&broker, "suzuki", 0);
	assert_int_not_equal(
		flow_viewer_fails(&broker, "suzuki", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	assert_int_equal(
		flow_ctl(&broker, output, 0, "cutoff", "release", "user", "suzuki", (char *)NULL),
		0);
	flow_viewer_start(&viewer, &broker, "suzuki", (char *)NULL);
	flow_viewer_stop(&viewer);
}

static void cut_off_is_latched_over_a_restart(void **state)
{
	char output[8192];

	(void)state;
	assert_int_equal(flow_ctl(&broker, output, 0, "cutoff", "all", (char *)NULL), 0);
	flow_broker_halt(&broker);
	flow_broker_restart(&broker);
	assert_int_not_equal(
		flow_viewer_fails(&broker, "tanaka", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	assert_int_equal(flow_ctl(&broker, output, 0, "cutoff", "release", "all", (char *)NULL), 0);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_stop(&viewer);
}

static void wrong_authority_is_refused_by_the_viewer(void **state)
{
	char other[128];
	struct flow_broker second;

	(void)state;
	flow_broker_start(&second, &(struct flow_options){.paints = 1});
	snprintf(other, sizeof(other), "%s/certs/ca.crt", second.directory);
	assert_int_not_equal(flow_viewer_fails(&broker, "tanaka", FLOW_PASSWORD, other, message,
				     sizeof(message)),
		0);
	assert_non_null(strstr(message, "certificate"));
	flow_broker_stop(&second);
}

static void expired_certificate_is_refused_by_the_viewer(void **state)
{
	struct flow_broker second;

	(void)state;
	flow_broker_start(&second, &(struct flow_options){.paints = 1, .certificate_days = "5"});
	assert_int_not_equal(
		flow_viewer_fails(&second, "tanaka", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	assert_non_null(strstr(message, "expired"));
	flow_broker_stop(&second);
}

static void host_full_is_said_with_its_reason(void **state)
{
	(void)state;
	start_with(&(struct flow_options){.users = {"tanaka", "suzuki"}, .sessions = "  max: 1\n"});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	assert_int_not_equal(
		flow_viewer_fails(&broker, "suzuki", FLOW_PASSWORD, NULL, message, sizeof(message)),
		0);
	assert_non_null(strstr(message, "full"));
	flow_viewer_stop(&viewer);
}

/* Connects from an address of loopback. Returns the socket. */
static int connect_from(const char *from)
{
	struct sockaddr_in there = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)broker.port)};
	struct sockaddr_in here = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, from, &here.sin_addr), 1);
	assert_int_equal(inet_pton(AF_INET, "127.0.0.1", &there.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&there, sizeof(there)), 0);
	return fd;
}

static int is_greeted(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	char greeting[12];

	assert_int_equal(poll(&ready, 1, FLOW_DEADLINE_MS), 1);
	return recv(fd, greeting, sizeof(greeting), 0) == (ssize_t)sizeof(greeting);
}

static void one_desk_does_not_keep_the_others_out(void **state)
{
	int fds[6];
	int other;

	(void)state;
	start_with(&(struct flow_options){.login = "  strangers: 3\n  handshake_ms: 60000\n"});
	for (int i = 0; i < 6; i++) {
		fds[i] = connect_from("127.0.0.7");
		assert_int_equal(is_greeted(fds[i]), i < 3);
	}
	other = connect_from("127.0.0.8");
	assert_int_equal(is_greeted(other), 1);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_stop(&viewer);
	close(other);
	for (int i = 0; i < 6; i++) {
		close(fds[i]);
	}
}

/* With another word than "refused" anybody could ask which names are real. */
static void cut_off_user_is_told_only_behind_the_password(void **state)
{
	char output[256];
	char refused[sizeof(message)];

	(void)state;
	start_with(&(struct flow_options){.users = {"tanaka"}});
	assert_int_equal(flow_ctl(&broker, output, 0, "cutoff", "user", "tanaka", (char *)NULL), 0);
	flow_viewer_fails(&broker, "nobody", "wrong", NULL, refused, sizeof(refused));
	flow_viewer_fails(&broker, "tanaka", "wrong", NULL, message, sizeof(message));
	assert_string_equal(message, refused);
	flow_viewer_fails(&broker, "tanaka", FLOW_PASSWORD, NULL, message, sizeof(message));
	assert_string_not_equal(message, refused);
}

static void long_list_is_whole_for_a_slow_reader(void **state)
{
	const struct garasu_admin_request request = {
		.version = GARASU_ADMIN_VERSION, .command = GARASU_ADMIN_CUT_OFF_LIST};
	struct sockaddr_un place = {.sun_family = AF_UNIX};
	struct garasu_admin_answer row;
	struct pollfd ready = {.events = POLLIN};
	char output[256];
	char name[32];
	int rows = 0;

	(void)state;
	start_with(&(struct flow_options){.users = {"tanaka"}});
	for (int i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		assert_int_equal(
			flow_ctl(&broker, output, 0, "cutoff", "user", name, (char *)NULL), 0);
	}
	snprintf(place.sun_path, sizeof(place.sun_path), "%s/admin.sock", broker.directory);
	ready.fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(ready.fd, (struct sockaddr *)&place, sizeof(place)), 0);
	assert_int_equal(send(ready.fd, &request, sizeof(request), 0), sizeof(request));
	/* it has been answered, as far as the socket takes it, before we read on */
	assert_int_equal(poll(&ready, 1, FLOW_DEADLINE_MS), 1);
	assert_int_equal(flow_ctl(&broker, output, 0, "status", (char *)NULL), 0);
	do {
		assert_int_equal(poll(&ready, 1, FLOW_DEADLINE_MS), 1);
		assert_int_equal(recv(ready.fd, &row, sizeof(row), 0), sizeof(row));
		rows += row.kind == GARASU_ADMIN_IS_CUT_OFF;
	} while (row.kind != GARASU_ADMIN_END);
	assert_int_equal(rows, 600);
	close(ready.fd);
}

/* Also through a new connection: what was spent is the session's. */
static void addresses_beyond_the_limit_are_told_and_not_opened(void **state)
{
	(void)state;
	start_with(&(struct flow_options){.sessions = "  addresses_per_min: 2\n"});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "open " OTHER);
	flow_viewer_say(&viewer, "wait-pixel 300 300 c03010 10000");
	flow_viewer_say(&viewer, "open " SOLID);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_viewer_say(&viewer, "open " OTHER);
	flow_viewer_wait_state(&viewer, GARASU_STATE_ADDRESS_LIMIT);
	flow_viewer_stop(&viewer);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "open " OTHER);
	flow_viewer_wait_state(&viewer, GARASU_STATE_ADDRESS_LIMIT);
	flow_viewer_say(&viewer, "wait-pixel 300 300 204080 10000");
	flow_viewer_stop(&viewer);
	flow_wait_file(&broker, "log/audit.jsonl", "\"refusal\":9,\"detail\":2,\"times\":1}");
	flow_wait_file(&broker, "log/audit.jsonl",
		"\"event\":\"address_opened\",\"session\":1,\"user\":\"tanaka\",\"site\":"
		"\"http://painter\"}");
}

static void idle_session_is_warned_and_ends(void **state)
{
	(void)state;
	start_with(
		&(struct flow_options){.sessions = "  idle_ms: 3000\n  idle_warning_ms: 2000\n"});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_wait_state(&viewer, GARASU_STATE_IDLE_WARNING);
	flow_viewer_wait_state(&viewer, GARASU_STATE_IDLE_ENDED);
	flow_viewer_wait_end(&viewer);
	flow_wait_session(&broker, "tanaka", 0);
}

static void session_nobody_comes_back_to_ends(void **state)
{
	(void)state;
	start_with(&(struct flow_options){.sessions = "  detached_ms: 1000\n"});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_stop(&viewer);
	flow_wait_session(&broker, "tanaka", 0);
	flow_wait_file(&broker, "log/audit.jsonl", "session_destroyed");
}

#define USUAL(name) cmocka_unit_test(name)
#define ALONE(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
	const struct CMUnitTest usual[] = {
		USUAL(picture_is_resumed_after_a_disconnect),
		USUAL(second_log_in_takes_the_session_over),
		USUAL(new_password_lets_a_viewer_go),
		USUAL(two_users_do_not_see_each_other),
		USUAL(wrong_password_and_unknown_user_read_the_same),
		USUAL(roles_share_no_pipe_with_the_supervisor),
		USUAL(administrator_ends_a_session),
		USUAL(cut_off_reaches_a_session_nobody_watches),
		USUAL(cut_off_is_latched_over_a_restart),
		USUAL(wrong_authority_is_refused_by_the_viewer),
		USUAL(expired_certificate_is_refused_by_the_viewer),
	};
	const struct CMUnitTest alone[] = {
		ALONE(host_full_is_said_with_its_reason),
		ALONE(one_desk_does_not_keep_the_others_out),
		ALONE(cut_off_user_is_told_only_behind_the_password),
		ALONE(long_list_is_whole_for_a_slow_reader),
		ALONE(last_log_in_and_failures_since_are_told),
		ALONE(addresses_beyond_the_limit_are_told_and_not_opened),
		ALONE(idle_session_is_warned_and_ends),
		ALONE(session_nobody_comes_back_to_ends),
	};

	return cmocka_run_group_tests(usual, start_usual, stop) +
	       cmocka_run_group_tests(alone, NULL, NULL);
}
