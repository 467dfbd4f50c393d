/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control records: what a peer may and may not send. */

#include "base/control.h"
#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static int ends[2];
static struct garasu_control record;

static int make_pair(void **state)
{
	(void)state;
	return garasu_control_pair(ends);
}

static int close_pair(void **state)
{
	(void)state;
	garasu_fd_close(&ends[0]);
	garasu_fd_close(&ends[1]);
	return 0;
}

static void record_arrives_with_its_descriptor(void **state)
{
	struct garasu_egress_add add = {.session = 7, .user = "tanaka"};
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const struct garasu_egress_add *got;

	(void)state;
	assert_int_equal(garasu_control_send(ends[0], GARASU_EGRESS_ADD, &add, &fd, 1), 0);
	assert_int_equal(garasu_control_receive(ends[1], &record, 1), 1);
	got = (const struct garasu_egress_add *)record.payload;
	assert_int_equal(got->session, 7);
	assert_string_equal(got->user, "tanaka");
	assert_int_equal(record.fd_count, 1);
	garasu_control_close_fds(&record);
	garasu_fd_close(&fd);
}

static void descriptor_nobody_accepts_is_a_breach_and_is_closed(void **state)
{
	struct garasu_auth_checked yes = {.is_right = 1};
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int next;

	(void)state;
	assert_int_equal(garasu_control_send(ends[0], GARASU_AUTH_CHECKED, &yes, &fd, 1), 0);
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), -EPROTO);
	assert_int_equal(record.fd_count, 0);
	next = dup(fd);
	assert_int_equal(next, fd + 1); /* the received copy is gone */
	garasu_fd_close(&next);
	garasu_fd_close(&fd);
}

/* A record of no bytes ends the link like a close, and its descriptors must not stay open. */
static void empty_packet_leaves_no_descriptor_open(void **state)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} ancillary = {0};
	struct msghdr message = {.msg_control = &ancillary, .msg_controllen = sizeof(ancillary)};
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const int fds[2] = {fd, fd};
	int next;

	(void)state;
	ancillary.align.cmsg_level = SOL_SOCKET;
	ancillary.align.cmsg_type = SCM_RIGHTS;
	ancillary.align.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&ancillary.align), fds, sizeof(fds));
	assert_int_equal(sendmsg(ends[0], &message, 0), 0);
	assert_int_equal(garasu_control_receive(ends[1], &record, 1), 0);
	assert_int_equal(record.fd_count, 0);
	next = dup(fd);
	assert_int_equal(next, fd + 1); /* the received copies are gone */
	garasu_fd_close(&next);
	garasu_fd_close(&fd);
}

static void short_long_and_unknown_records_are_refused(void **state)
{
	uint8_t bytes[GARASU_CONTROL_BYTES_MAX + 64] = {0};
	struct garasu_control_header header = {GARASU_AUTH_CHECKED, 4};

	(void)state;
	memcpy(bytes, &header, sizeof(header));
	for (size_t size = 1; size < 20; size++) {
		if (size == sizeof(header) + 4) {
			continue;
		}
		assert_int_equal(send(ends[0], bytes, size, 0), size);
		assert_int_equal(garasu_control_receive(ends[1], &record, 0), -EPROTO);
	}
	assert_int_equal(send(ends[0], bytes, sizeof(bytes), 0), sizeof(bytes));
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), -EPROTO);
	header.type = 0x7777;
	memcpy(bytes, &header, sizeof(header));
	assert_int_equal(send(ends[0], bytes, 8, 0), 8);
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), -EPROTO);
}

static void unterminated_text_is_refused(void **state)
{
	struct garasu_gateway_login login;

	(void)state;
	memset(&login, 'a', sizeof(login));
	assert_int_equal(garasu_control_send(ends[0], GARASU_GATEWAY_LOGIN, &login, NULL, 0), 0);
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), -EPROTO);
}

/* The kernel tells the reset once and first: it must not hide what was said before it. */
static void last_words_of_a_peer_that_read_nothing_are_heard(void **state)
{
	const struct garasu_gateway_verdict unread = {0};

	(void)state;
	assert_int_equal(garasu_control_send(ends[1], GARASU_GATEWAY_STATE, &unread, NULL, 0), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			garasu_control_send(ends[0], GARASU_LAUNCH_READY, NULL, NULL, 0), 0);
	}
	garasu_fd_close(&ends[0]);
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), 1);
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), 1);
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), 0);
}

static void closed_peer_and_empty_queue_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), -EAGAIN);
	garasu_fd_close(&ends[0]);
	assert_int_equal(garasu_control_receive(ends[1], &record, 0), 0);
	assert_int_equal(
		garasu_control_send(ends[1], GARASU_LAUNCH_READY, NULL, NULL, 0), -EPIPE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(record_arrives_with_its_descriptor),
		CASE(descriptor_nobody_accepts_is_a_breach_and_is_closed),
		CASE(empty_packet_leaves_no_descriptor_open),
		CASE(short_long_and_unknown_records_are_refused),
		CASE(unterminated_text_is_refused),
		CASE(last_words_of_a_peer_that_read_nothing_are_heard),
		CASE(closed_peer_and_empty_queue_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
