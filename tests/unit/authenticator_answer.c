/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The authenticator as a locked process of its own: right, wrong, malformed, and nothing else. */

#include "authenticator.h"

#include "base/control.h"
#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LITTLE_MEMORY (48u << 20) /* of addresses: less than one hash takes */

static struct garasu_control record;
static int has_little; /* memory */

/* Sends one record to a fresh locked authenticator; fills record with the answer. Returns the
 * authenticator's exit code; 0 fds of an answer mean that none came. */
static int ask(uint16_t type, const void *payload, int *answered)
{
	int ends[2];
	struct pollfd ready;
	int status;
	pid_t pid;

	assert_int_equal(garasu_control_pair(ends), 0);
	pid = fork();
	if (pid == 0) {
		const struct rlimit little = {LITTLE_MEMORY, LITTLE_MEMORY};

		close(ends[0]);
		if (has_little && setrlimit(RLIMIT_AS, &little) != 0) {
			_exit(99);
		}
		_exit(authenticator_lock() == 0 && authenticator_answer(ends[1]) == 0 ? 0 : 1);
	}
	garasu_fd_close(&ends[1]);
	assert_int_equal(garasu_control_send(ends[0], type, payload, NULL, 0), 0);
	ready = (struct pollfd){.fd = ends[0], .events = POLLIN};
	assert_int_equal(poll(&ready, 1, 30000), 1);
	*answered = garasu_control_receive(ends[0], &record, 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	garasu_fd_close(&ends[0]);
	return WEXITSTATUS(status);
}

static void make_hash(const char *password, char *phc)
{
	struct garasu_auth_hash order = {0};
	int answered;

	snprintf(order.password, sizeof(order.password), "%s", password);
	assert_int_equal(ask(GARASU_AUTH_HASH, &order, &answered), 0);
	assert_int_equal(answered, 1);
	assert_int_equal(record.header.type, GARASU_AUTH_HASHED);
	memcpy(phc, ((struct garasu_auth_hashed *)record.payload)->phc, GARASU_PHC_SIZE);
}

static int is_right(const char *password, const char *phc)
{
	struct garasu_auth_check order = {0};
	int answered;

	snprintf(order.password, sizeof(order.password), "%s", password);
	snprintf(order.phc, sizeof(order.phc), "%s", phc);
	assert_int_equal(ask(GARASU_AUTH_CHECK, &order, &answered), 0);
	assert_int_equal(answered, 1);
	assert_int_equal(record.header.type, GARASU_AUTH_CHECKED);
	return (int)((struct garasu_auth_checked *)record.payload)->is_right;
}

static void right_password_is_right_and_others_are_not(void **state)
{
	char phc[GARASU_PHC_SIZE];

	(void)state;
	make_hash("硝子の合言葉", phc);
	assert_memory_equal(phc, "$argon2id$", 10);
	assert_int_equal(is_right("硝子の合言葉", phc), 1);
	assert_int_equal(is_right("硝子の合言", phc), 0);
	assert_int_equal(is_right("", phc), 0);
}

static void same_password_hashes_differently_each_time(void **state)
{
	char first[GARASU_PHC_SIZE];
	char second[GARASU_PHC_SIZE];

	(void)state;
	make_hash("himitsu", first);
	make_hash("himitsu", second);
	assert_string_not_equal(first, second);
}

static void malformed_hash_is_never_right(void **state)
{
	(void)state;
	assert_int_equal(is_right("", ""), 0);
	assert_int_equal(is_right("himitsu", "$argon2id$v=19$m=65536,t=3,p=1$"), 0);
	assert_int_equal(is_right("himitsu", "himitsu"), 0);
}

/* An answer would count as a wrong password, and lock the user out at last. */
static void lack_of_memory_is_no_answer(void **state)
{
	struct garasu_auth_check order = {.password = "himitsu"};
	int answered;

	(void)state;
#ifdef GARASU_SANITIZED
	skip(); /* which needs all addresses */
#endif
	make_hash(order.password, order.phc);
	has_little = 1;
	assert_int_equal(ask(GARASU_AUTH_CHECK, &order, &answered), 1);
	has_little = 0;
	assert_int_equal(answered, 0);
}

static void other_records_are_not_answered(void **state)
{
	struct garasu_launch_kill order = {0};
	int answered;

	(void)state;
	assert_int_equal(ask(GARASU_LAUNCH_KILL, &order, &answered), 1);
	assert_int_equal(answered, 0);
}

static void locked_process_opens_and_connects_nothing(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		if (authenticator_lock() != 0) {
			_exit(1);
		}
		if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) != -1 || errno != EPERM) {
			_exit(2);
		}
		if (socket(AF_INET, SOCK_STREAM, 0) != -1 || errno != EPERM) {
			_exit(3);
		}
		if (fork() != -1 || errno != EPERM) {
			_exit(4);
		}
		if (execl("/bin/true", "true", (char *)NULL) != -1 || errno != EPERM) {
			_exit(5);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_password_is_right_and_others_are_not),
		cmocka_unit_test(same_password_hashes_differently_each_time),
		cmocka_unit_test(malformed_hash_is_never_right),
		cmocka_unit_test(lack_of_memory_is_no_answer),
		cmocka_unit_test(other_records_are_not_answered),
		cmocka_unit_test(locked_process_opens_and_connects_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
