/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Admission, lock-out, names, administrators' uids, latches and the hand-over. */

#include "admission.h"
#include "peer.h"
#include "supervisor.h"

#include "base/clock.h"
#include "garasu/admin.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void full_host_is_said_before_busy(void **state)
{
	struct admission full = {.is_recording = 1, .sessions = 2, .sessions_max = 2};

	(void)state;
	assert_int_equal(admission_judge(&full), GARASU_STATE_HOST_FULL);
	full.has_session = 1;
	assert_int_equal(admission_judge(&full), GARASU_STATE_ACCEPTED);
}

static void waiting_session_needs_neither_a_start_nor_a_place(void **state)
{
	struct admission busy = {.is_recording = 1,
		.sessions = 1,
		.sessions_max = 2,
		.pooled = 1,
		.starting = 4,
		.starts_at_once = 4};

	(void)state;
	assert_int_equal(admission_judge(&busy), GARASU_STATE_ACCEPTED);
	busy.pooled = 0;
	assert_int_equal(admission_judge(&busy), GARASU_STATE_BUSY);
	busy.starting = 0;
	assert_int_equal(admission_judge(&busy), GARASU_STATE_ACCEPTED);
	busy.leaving = 1; /* its place is free in a moment */
	assert_int_equal(admission_judge(&busy), GARASU_STATE_BUSY);
}

static void addresses_of_a_minute_come_at_once_and_then_one_by_one(void **state)
{
	struct address_limit limit = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(address_limit_judge(&limit, 3, 1000000), 0);
	}
	assert_int_equal(address_limit_judge(&limit, 3, 1000000), 20);
	assert_int_equal(address_limit_judge(&limit, 3, 1019001), 1); /* asking costs nothing */
	assert_int_equal(address_limit_judge(&limit, 3, 1020000), 0);
	assert_int_equal(address_limit_judge(&limit, 3, 1020000), 20);
	assert_int_equal(address_limit_judge(&limit, 3, 9000000), 0);
}

static void pool_that_dies_waits_ever_longer(void **state)
{
	static const uint64_t waits[] = {
		100, 300, 700, 1500, 3100, 6300, 12700, 25500, 51100, 60000, 60000};
	static struct supervisor supervisor;
	struct session session = {.supervisor = &supervisor};

	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		session.started_ms = garasu_clock_ms();
		pool_lost(&session);
		assert_int_equal(supervisor.pool_wait_ms, waits[i]);
	}
	session.started_ms -= 60000; /* this one had lived */
	pool_lost(&session);
	assert_int_equal(supervisor.pool_wait_ms, 100);
}

#define NAMES 16 /* failures that lock an address */

static const struct lockout_rules two = {2, NAMES, 1000};
static const struct lockout_rules two_of_one_user = {2, 0, 100000};

static void lock_out_is_for_one_pair_and_passes(void **state)
{
	static struct lockout lockout;

	(void)state;
	lockout_fail(&lockout, "tanaka", "127.0.0.1", 1000, 5000);
	assert_int_equal(lockout_wait_ms(&lockout, &two, "tanaka", "127.0.0.1", 5000), 0);
	lockout_fail(&lockout, "tanaka", "127.0.0.1", 1000, 5100);
	assert_int_equal(lockout_wait_ms(&lockout, &two, "tanaka", "127.0.0.1", 5100), 1000);
	assert_int_equal(lockout_wait_ms(&lockout, &two, "tanaka", "127.0.0.2", 5100), 0);
	assert_int_equal(lockout_wait_ms(&lockout, &two, "tanaka", "127.0.0.1", 6100), 0);
}

static void try_without_an_answer_is_no_failure(void **state)
{
	static struct lockout lockout;

	(void)state;
	lockout_fail(&lockout, "tanaka", "127.0.0.1", 1000, 5000);
	lockout_fail(&lockout, "tanaka", "127.0.0.1", 1000, 5000);
	assert_int_equal(lockout_wait_ms(&lockout, &two, "tanaka", "127.0.0.1", 5000), 1000);
	lockout_take_back(&lockout, "tanaka", "127.0.0.1");
	assert_int_equal(lockout_wait_ms(&lockout, &two, "tanaka", "127.0.0.1", 5000), 0);
	lockout_take_back(&lockout, "tanaka", "127.0.0.1");
	lockout_take_back(&lockout, "tanaka", "127.0.0.1");
	lockout_fail(&lockout, "tanaka", "127.0.0.1", 1000, 5000);
	assert_int_equal(lockout_wait_ms(&lockout, &two, "tanaka", "127.0.0.1", 5000), 0);
}

static void desk_is_an_address_or_an_ipv6_network(void **state)
{
	static const char *const pairs[][2] = {{"192.0.2.7", "192.0.2.7"},
		{"::ffff:192.0.2.7", "192.0.2.7"}, {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
		{"2001:db8:1:2::9", "2001:db8:1:2::"}, {"fe80::1%eth0", "fe80::"}, {"?", "?"}};
	char network[GARASU_ADDRESS_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		peer_network(network, pairs[i][0]);
		assert_string_equal(network, pairs[i][1]);
	}
}

static void many_names_from_one_desk_lock_the_desk(void **state)
{
	static struct lockout lockout;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < NAMES; i++) {
		assert_int_equal(lockout_wait_ms(&lockout, &two, "suzuki", "2001:db8::1", 5000), 0);
		snprintf(name, sizeof(name), "user%u", i);
		lockout_fail(
			&lockout, name, i % 2 == 0 ? "2001:db8::1" : "2001:db8::2", 1000, 5000);
	}
	assert_int_equal(lockout_wait_ms(&lockout, &two, "suzuki", "2001:db8::3", 5000), 1000);
	assert_int_equal(lockout_wait_ms(&lockout, &two, "suzuki", "2001:db8:1::3", 5000), 0);
}

static void address_is_not_locked_where_the_configuration_says_so(void **state)
{
	static struct lockout lockout;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 2 * NAMES; i++) {
		snprintf(name, sizeof(name), "user%u", i);
		lockout_fail(&lockout, name, "192.0.2.7", 100000, 5000);
	}
	assert_int_equal(
		lockout_wait_ms(&lockout, &two_of_one_user, "suzuki", "192.0.2.7", 5000), 0);
}

static void what_a_user_mistyped_is_forgotten_with_the_right_password(void **state)
{
	static struct lockout lockout;

	(void)state;
	for (unsigned i = 0; i < 2 * NAMES; i++) {
		lockout_fail(&lockout, "tanaka", "192.0.2.7", 1000, 5000);
		lockout_succeed(&lockout, "tanaka", "192.0.2.7");
	}
	assert_int_equal(lockout_wait_ms(&lockout, &two, "suzuki", "192.0.2.7", 5000), 0);
}

static void locked_pair_is_not_pushed_out_by_other_names(void **state)
{
	static struct lockout lockout;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		lockout_fail(&lockout, "tanaka", "192.0.2.7", 100000, 5000);
	}
	for (unsigned i = 0; i < 2 * LOCKOUT_PAIRS; i++) {
		snprintf(name, sizeof(name), "user%u", i);
		lockout_fail(&lockout, name, "192.0.2.7", 100000, 6000);
	}
	assert_int_equal(
		lockout_wait_ms(&lockout, &two_of_one_user, "tanaka", "192.0.2.7", 6000) > 0, 1);
}

static void role_uids_are_never_administrators(void **state)
{
	uint32_t listed = 2003;
	struct garasu_config config = {
		.uid_base = 2000, .sessions_max = 4, .admin_uid_count = 1, .admin_uids = &listed};

	(void)state;
	assert_int_equal(admin_uid_is_allowed(&config, 2001, 2003), 0);
	assert_int_equal(admin_uid_is_allowed(&config, 2001, 2019), 0);
	assert_int_equal(admin_uid_is_allowed(&config, 2001, 0), 1);
	assert_int_equal(admin_uid_is_allowed(&config, 2001, 1000), 0);
	assert_int_equal(admin_uid_is_allowed(&config, 1000, 1000), 1);
}

static void count_latch(void *owner, uint32_t scope, const char *user, uint64_t since)
{
	(void)scope, (void)user, (void)since;
	++*(int *)owner;
}

static void expect_tanakas(void *owner, uint32_t session, const char *user)
{
	assert_int_equal(session, 1);
	assert_string_equal(user, "tanaka");
	++*(int *)owner;
}

static void registry_keeps_latches_and_users_over_a_restart(void **state)
{
	char path[] = "/tmp/garasu-registry-XXXXXX";
	struct registry *registry;
	char phc[GARASU_PHC_SIZE];
	int count = 0;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(registry_open(path, &registry), 0);
	assert_int_equal(registry_user_add(registry, "tanaka", "$a", 1), 0);
	assert_int_equal(registry_user_add(registry, "tanaka", "$b", 1), -EEXIST);
	assert_int_equal(registry_session_add(registry, "tanaka", "::1", 1), 1);
	assert_int_equal(registry_latch_set(registry, GARASU_ADMIN_SCOPE_ALL, "", 1), 0);
	registry_close(&registry);
	assert_int_equal(registry_open(path, &registry), 0);
	assert_int_equal(registry_session_left(registry, expect_tanakas, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(registry_clean(registry), 1);
	assert_int_equal(registry_session_left(registry, expect_tanakas, &count), 0);
	assert_int_equal(count, 1); /* marked, and named no more */
	count = 0;
	assert_int_equal(registry_user_phc(registry, "tanaka", phc), 0);
	assert_string_equal(phc, "$a");
	assert_int_equal(registry_latch_list(registry, count_latch, &count), 0);
	assert_int_equal(count, 1);
	registry_close(&registry);
	unlink(path);
}

static void last_log_in_is_a_users_and_goes_with_it(void **state)
{
	static struct supervisor supervisor;
	char path[] = "/tmp/garasu-registry-XXXXXX";
	struct garasu_gateway_last last;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(registry_open(path, &supervisor.registry), 0);
	last_login_note(&supervisor, "tanaka", 0); /* removed meanwhile: nothing is left of it */
	last_login_read(&supervisor, "tanaka", &last);
	assert_int_equal(last.failures, 0);
	assert_int_equal(registry_user_add(supervisor.registry, "tanaka", "$a", 1), 0);
	last_login_note(&supervisor, "tanaka", 1);
	last_login_note(&supervisor, "tanaka", 0);
	last_login_read(&supervisor, "tanaka", &last);
	assert_true(last.unix_ms > 0);
	assert_int_equal(last.failures, 1);
	last_login_forget(&supervisor, "tanaka");
	last_login_read(&supervisor, "tanaka", &last);
	assert_int_equal(last.unix_ms, 0);
	assert_int_equal(last.failures, 0);
	registry_close(&supervisor.registry);
	unlink(path);
}

static void looks_are_counted_and_told_once_a_period(void **state)
{
	static struct supervisor supervisor;
	const uint64_t hour = 3600000;

	(void)state;
	admin_look(&supervisor, 0, GARASU_ADMIN_STATUS, 1);
	assert_int_equal(supervisor.events.count, 1); /* the first at once */
	for (unsigned i = 0; i < 1000; i++) {
		admin_look(&supervisor, 0, GARASU_ADMIN_STATUS, 2 + i);
	}
	assert_int_equal(supervisor.events.count, 1);
	admin_look(&supervisor, 1000, GARASU_ADMIN_STATUS, 2);
	admin_look(&supervisor, 0, GARASU_ADMIN_SESSION_LIST, 2);
	assert_int_equal(supervisor.events.count, 3); /* another administrator, another look */
	assert_int_equal(admin_look_run(&supervisor, hour), hour + 1);
	assert_int_equal(supervisor.events.count, 3);
	assert_int_equal(admin_look_run(&supervisor, hour + 1), UINT64_MAX);
	assert_int_equal(supervisor.events.count, 4);
	for (uid_t uid = 1; uid <= 4 * SUPERVISOR_LOOKS; uid++) { /* more than have a place */
		admin_look(&supervisor, uid, GARASU_ADMIN_USER_LIST, 2 * hour);
	}
	assert_int_equal(supervisor.events.count, 4 + 4 * SUPERVISOR_LOOKS);
}

static void session_without_a_user_is_given_once(void **state)
{
	char path[] = "/tmp/garasu-registry-XXXXXX";
	struct registry *registry;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(registry_open(path, &registry), 0);
	assert_int_equal(registry_session_add(registry, "", "", 1), 1);
	assert_int_equal(registry_session_give(registry, 1, "tanaka", "::1", 2), 0);
	assert_int_equal(registry_session_give(registry, 1, "suzuki", "::1", 3), -ENOENT);
	registry_close(&registry);
	unlink(path);
}

static void hand_over_of_a_silent_socket_is_refused(void **state)
{
	int ends[2], listener = -1, tcp = socket(AF_INET, SOCK_STREAM, 0);
	char byte = 'L';

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	for (int listens = 0; listens < 2; listens++) {
		union {
			struct cmsghdr align;
			char space[CMSG_SPACE(sizeof(int))];
		} room = {0};
		struct iovec part = {.iov_base = &byte, .iov_len = 1};
		struct msghdr message = {.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = &room,
			.msg_controllen = sizeof(room)};

		room.align.cmsg_level = SOL_SOCKET;
		room.align.cmsg_type = SCM_RIGHTS;
		room.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&room.align), &tcp, sizeof(tcp));
		if (listens) {
			assert_int_equal(listen(tcp, 1), 0);
		}
		assert_int_equal(sendmsg(ends[0], &message, 0), 1);
		assert_int_equal(handover_take(ends[1], &listener), listens ? 0 : -EPROTO);
	}
	close(listener);
	close(tcp);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_host_is_said_before_busy),
		cmocka_unit_test(waiting_session_needs_neither_a_start_nor_a_place),
		cmocka_unit_test(addresses_of_a_minute_come_at_once_and_then_one_by_one),
		cmocka_unit_test(pool_that_dies_waits_ever_longer),
		cmocka_unit_test(lock_out_is_for_one_pair_and_passes),
		cmocka_unit_test(try_without_an_answer_is_no_failure),
		cmocka_unit_test(desk_is_an_address_or_an_ipv6_network),
		cmocka_unit_test(many_names_from_one_desk_lock_the_desk),
		cmocka_unit_test(address_is_not_locked_where_the_configuration_says_so),
		cmocka_unit_test(what_a_user_mistyped_is_forgotten_with_the_right_password),
		cmocka_unit_test(locked_pair_is_not_pushed_out_by_other_names),
		cmocka_unit_test(role_uids_are_never_administrators),
		cmocka_unit_test(registry_keeps_latches_and_users_over_a_restart),
		cmocka_unit_test(last_log_in_is_a_users_and_goes_with_it),
		cmocka_unit_test(looks_are_counted_and_told_once_a_period),
		cmocka_unit_test(session_without_a_user_is_given_once),
		cmocka_unit_test(hand_over_of_a_silent_socket_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
