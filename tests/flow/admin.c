/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The administrators' socket: other uids, garbage, silence. Each is closed without an answer, and
 * those who may go on. */

#include "beside.h"

#include "garasu/admin.h"
#include "garasu/control.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct beside beside;

static int start(void **state)
{
	(void)state;
	beside_start(&beside, NULL);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	beside_stop(&beside);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	beside_mark(&beside);
	return 0;
}

/* Administration and work go on, and nothing is left. */
static int end(void **state)
{
	char output[1024];

	(void)state;
	assert_int_equal(
		flow_ctl(&beside.broker, output, sizeof(output), "status", (char *)NULL), 0);
	beside_is_at_work(&beside);
	beside_wait_alone(&beside, 0);
	return 0;
}

/* Returns a connected socket, or negative errno. */
static int open_socket(void)
{
	struct sockaddr_un place = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(place.sun_path, sizeof(place.sun_path), "%s/admin.sock", beside.broker.directory);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&place, sizeof(place)) != 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

/* Returns what recv says within the deadline: 0 is "closed without an answer". */
static ssize_t hear(int fd)
{
	struct garasu_admin_answer answer;
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	if (poll(&ready, 1, FLOW_DEADLINE_MS) != 1) {
		return -ETIMEDOUT;
	}
	return recv(fd, &answer, sizeof(answer), 0);
}

static void expect_closed(const void *bytes, size_t size)
{
	int fd = open_socket();

	assert_true(fd >= 0);
	assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
	assert_int_equal(hear(fd), 0);
	close(fd);
}

static void records_of_another_form_close_the_peer(void **state)
{
	static const struct garasu_admin_request good = {
		.version = GARASU_ADMIN_VERSION, .command = GARASU_ADMIN_STATUS};
	static char bytes[sizeof(good) + 1];
	struct garasu_admin_request request;

	(void)state;
	expect_closed("x", 1);
	expect_closed("GET / HTTP/1.1\r\n\r\n", 18);
	memcpy(bytes, &good, sizeof(good));
	expect_closed(bytes, sizeof(good) - 1);
	expect_closed(bytes, sizeof(good) + 1);
	request = good;
	request.version++;
	expect_closed(&request, sizeof(request));
	request = good;
	request.command = 0;
	expect_closed(&request, sizeof(request));
	request.command = GARASU_ADMIN_COMMAND_COUNT;
	expect_closed(&request, sizeof(request));
	request.command = UINT32_MAX;
	expect_closed(&request, sizeof(request));
	request = good;
	request.scope = GARASU_ADMIN_SCOPE_COUNT;
	expect_closed(&request, sizeof(request));
	request = good;
	memset(request.user, 'a', sizeof(request.user));
	expect_closed(&request, sizeof(request));
	request = good;
	memset(request.password, 'a', sizeof(request.password));
	expect_closed(&request, sizeof(request));
	request = good;
	memset(request.text, 'a', sizeof(request.text));
	expect_closed(&request, sizeof(request));
	assert_int_equal(beside_count_audit(&beside, "\"event\":\"admin\""), 0);
}

static void descriptors_are_not_taken(void **state)
{
	struct garasu_admin_request request = {
		.version = GARASU_ADMIN_VERSION, .command = GARASU_ADMIN_STATUS};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} ancillary = {0};
	struct iovec part = {.iov_base = &request, .iov_len = sizeof(request)};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary)};
	int fd = open_socket();

	(void)state;
	assert_true(fd >= 0);
	ancillary.align.cmsg_level = SOL_SOCKET;
	ancillary.align.cmsg_type = SCM_RIGHTS;
	ancillary.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&ancillary.align), &fd, sizeof(fd));
	assert_int_equal(sendmsg(fd, &message, MSG_NOSIGNAL), sizeof(request));
	assert_int_equal(hear(fd), sizeof(struct garasu_admin_answer));
	beside_wait_alone(&beside, 1); /* this connection, and no other */
	close(fd);
}

/* Connects as that uid and asks. Returns what it heard, as an exit code: 0 closed, 1 answered. */
static int ask_as(uid_t uid)
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		const struct garasu_admin_request request = {
			.version = GARASU_ADMIN_VERSION, .command = GARASU_ADMIN_STATUS};
		int fd = setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0
				 ? open_socket()
				 : -1;
		ssize_t heard;

		if (fd < 0) {
			_exit(3);
		}
		if (send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0 && errno != EPIPE) {
			_exit(4);
		}
		heard = hear(fd);
		_exit(heard == 0 || (heard < 0 && errno == ECONNRESET) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void other_uids_are_closed_and_recorded(void **state)
{
	const uid_t uids[] = {beside.broker.uid_base, beside.broker.uid_base + 5,
		beside.broker.uid_base + 16, 65534};
	char text[128];

	(void)state;
	if (getuid() != 0) {
		skip();
	}
	assert_int_equal(ask_as(0), 1);
	for (size_t i = 0; i < sizeof(uids) / sizeof(uids[0]); i++) {
		beside_mark(&beside);
		assert_int_equal(ask_as(uids[i]), 0);
		snprintf(text, sizeof(text),
			"\"event\":\"refused\",\"client\":\"admin socket\",\"refusal\":%u,"
			"\"detail\":%u,\"times\":1}",
			GARASU_REFUSAL_ADMIN, uids[i]);
		beside_wait_audit(&beside, text, 1);
		assert_int_equal(beside_count_audit(&beside, "\"event\":\"admin\""), 0);
	}
}

static void silent_clients_keep_nobody_out(void **state)
{
	int silent[40];

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		silent[i] = open_socket();
		assert_true(silent[i] >= 0);
	}
	assert_int_equal(hear(silent[0]), 0); /* the oldest gave way */
	assert_int_equal(
		flow_ctl(&beside.broker, NULL, 0, "cutoff", "user", "sato", (char *)NULL), 0);
	assert_int_equal(flow_ctl(&beside.broker, NULL, 0, "cutoff", "release", "user", "sato",
				 (char *)NULL),
		0);
	for (size_t i = 0; i < 40; i++) {
		close(silent[i]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_of_another_form_close_the_peer),
		TEST(descriptors_are_not_taken),
		TEST(other_uids_are_closed_and_recorded),
		TEST(silent_clients_keep_nobody_out),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
