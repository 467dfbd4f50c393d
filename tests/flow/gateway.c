/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Captured gateways at a real supervisor: whatever they say, in whatever state, they get their own
 * user's session for its password and nothing else, and the audit trail holds what happened. */

#include "harness.h"

#include "garasu/control.h"
#include "garasu/heritage.h"
#include "garasu/state.h"

#include <base/control.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* As the supervisor numbers them in its log. */
enum seat { SEAT_NEW, SEAT_CHECKING, SEAT_WAITING, SEAT_ATTACHED, SEAT_ENDING };

#define FORGED_DETAIL "\"detail\":4711"
#define LOGGED_IN "\"event\":\"login\""
#define LOGIN_FAILURES "  failures: 1000\n  failures_address: 0\n  strangers: 200\n"

static struct flow_broker broker;
static int witness; /* suzuki's connection, which behaves */
static pid_t supervisor;

/* ---- what a captured gateway says and hears ---- */

static int seat(void)
{
	struct sockaddr_in place = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)broker.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int way = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(way, (struct sockaddr *)&place, sizeof(place)), 0);
	return way;
}

static size_t put_packet(
	uint8_t *out, uint16_t type, const void *payload, size_t size, unsigned fd_count)
{
	struct garasu_control_header header = {.type = type, .size = (uint16_t)size};
	size_t whole = sizeof(header) + size;

	out[0] = (uint8_t)(whole >> 8);
	out[1] = (uint8_t)whole;
	out[2] = (uint8_t)fd_count;
	memcpy(out + 3, &header, sizeof(header));
	if (size > 0) {
		memcpy(out + 3 + sizeof(header), payload, size);
	}
	return 3 + whole;
}

static void say_bytes(int way, const uint8_t *bytes, size_t size)
{
	assert_int_equal(send(way, bytes, size, MSG_NOSIGNAL), size);
}

/* A record of nothing but zeroes, as large as its type is. */
static size_t put_empty(uint8_t *out, uint16_t type)
{
	static const uint8_t nothing[GARASU_CONTROL_BYTES_MAX];

	return put_packet(out, type, nothing, (size_t)garasu_control_size(type), 0);
}

static size_t put_login(uint8_t *out, const char *user, const char *password)
{
	struct garasu_gateway_login login = {0};

	snprintf(login.user, sizeof(login.user), "%s", user);
	snprintf(login.password, sizeof(login.password), "%s", password);
	return put_packet(out, GARASU_GATEWAY_LOGIN, &login, sizeof(login), 0);
}

static void hear_exactly(int way, uint8_t *bytes, size_t size)
{
	while (size > 0) {
		struct pollfd ready = {.fd = way, .events = POLLIN};
		ssize_t got = poll(&ready, 1, FLOW_DEADLINE_MS) == 1 ? read(way, bytes, size) : -1;

		assert_true(got > 0);
		bytes += got;
		size -= (size_t)got;
	}
}

/* The next record must be of this type, which tells a code. Returns it; fills how many descriptors
 * came with it. */
static uint32_t hear_told(int way, uint16_t type, unsigned *fd_count)
{
	struct garasu_control_header header;
	struct garasu_gateway_verdict verdict;
	uint8_t bytes[3 + sizeof(header) + sizeof(verdict)];

	hear_exactly(way, bytes, sizeof(bytes));
	memcpy(&header, bytes + 3, sizeof(header));
	assert_int_equal(header.type, type);
	memcpy(&verdict, bytes + 3 + sizeof(header), sizeof(verdict));
	*fd_count = bytes[2];
	return verdict.code;
}

static uint32_t hear_verdict(int way, unsigned *fd_count)
{
	return hear_told(way, GARASU_GATEWAY_VERDICT, fd_count);
}

/* It is killed: its connection ends. */
static void hear_end(int way)
{
	uint8_t bytes[4096];
	ssize_t got;

	do {
		struct pollfd ready = {.fd = way, .events = POLLIN};

		assert_int_equal(poll(&ready, 1, FLOW_DEADLINE_MS), 1);
		got = read(way, bytes, sizeof(bytes));
	} while (got > 0);
	close(way);
}

static unsigned count_in(const char *name, const char *text)
{
	static char file[16 << 20];
	char path[128];
	unsigned count = 0;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", broker.directory, name);
	stream = fopen(path, "r");
	assert_non_null(stream);
	file[fread(file, 1, sizeof(file) - 1, stream)] = '\0';
	fclose(stream);
	for (const char *at = file; (at = strstr(at, text)) != NULL; at++) {
		count++;
	}
	return count;
}

/* Waits until the audit trail has one more log-in than before. */
static void wait_log_in(unsigned before)
{
	for (int look = 0; look < FLOW_DEADLINE_MS / 10; look++) {
		if (count_in("log/audit.jsonl", LOGGED_IN) > before) {
			return;
		}
		poll(NULL, 0, 10);
	}
	fail_msg("no log-in came after the %u before", before);
}

/* Says what brings a fresh gateway into the state, then more in the same breath. */
static int say_in(enum seat state, const uint8_t *more, size_t more_size)
{
	uint8_t bytes[16384];
	size_t used = 0;
	unsigned fd_count, log_ins;
	int way = seat();

	switch (state) {
	case SEAT_NEW:
		break;
	case SEAT_CHECKING:
		used = put_login(bytes, "tanaka", FLOW_PASSWORD);
		break;
	case SEAT_WAITING: /* it is not told, but the trail is */
		log_ins = count_in("log/audit.jsonl", LOGGED_IN);
		say_bytes(way, bytes, put_login(bytes, "tanaka", FLOW_PASSWORD));
		wait_log_in(log_ins);
		break;
	case SEAT_ATTACHED:
		say_bytes(way, bytes, put_login(bytes, "tanaka", FLOW_PASSWORD));
		assert_int_equal(hear_verdict(way, &fd_count), GARASU_STATE_ACCEPTED);
		assert_int_equal(fd_count, 2);
		break;
	case SEAT_ENDING:
		say_bytes(way, bytes, put_login(bytes, "tanaka", "chigau"));
		assert_int_equal(hear_verdict(way, &fd_count), GARASU_STATE_REFUSED);
		assert_int_equal(fd_count, 0);
		break;
	}
	memcpy(bytes + used, more, more_size);
	say_bytes(way, bytes, used + more_size);
	return way;
}

/* ---- the test's broker ---- */

static void capture_gateway(const char *directory)
{
	char place[128];
	char turncoat[] = FLOW_PUPPETS "/turncoat";
	char *words[] = {"/bin/cp", "--remove-destination", turncoat, place, NULL};

	snprintf(place, sizeof(place), "%s/bin/garasu-gateway", directory);
	flow_run(NULL, 0, NULL, words);
}

static void capture_gateway_and_start(const char *directory)
{
	char place[128];
	char turncoat[] = FLOW_PUPPETS "/turncoat";
	char *words[] = {"/bin/cp", "--remove-destination", turncoat, place, NULL};

	capture_gateway(directory);
	snprintf(place, sizeof(place), "%s/bin/garasu-start", directory);
	flow_run(NULL, 0, NULL, words);
}

static int start(void **state)
{
	uint8_t bytes[1024];
	unsigned fd_count;

	(void)state;
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .users = {"tanaka", "suzuki"},
					   .login = LOGIN_FAILURES,
					   .certify = capture_gateway});
	assert_int_equal(flow_pids(&broker, "garasu-supervisor", &supervisor, 1), 1);
	witness = seat();
	say_bytes(witness, bytes, put_login(bytes, "suzuki", FLOW_PASSWORD));
	assert_int_equal(hear_verdict(witness, &fd_count), GARASU_STATE_ACCEPTED);
	assert_int_equal(
		hear_told(witness, GARASU_GATEWAY_STATE, &fd_count), GARASU_STATE_LAST_LOGIN);
	return 0;
}

static int start_that_waits(void **state)
{
	(void)state;
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .login = LOGIN_FAILURES,
					   .certify = capture_gateway_and_start});
	assert_int_equal(flow_pids(&broker, "garasu-supervisor", &supervisor, 1), 1);
	witness = -1;
	return 0;
}

static int stop(void **state)
{
	pid_t now;

	(void)state;
	assert_int_equal(flow_pids(&broker, "garasu-supervisor", &now, 1), 1);
	assert_int_equal(now, supervisor);
	if (witness >= 0) {
		struct pollfd ready = {.fd = witness, .events = POLLIN};

		flow_wait_session(&broker, "suzuki", 1);
		assert_int_equal(poll(&ready, 1, 0), 0); /* it heard nothing, not even its end */
		close(witness);
	}
	flow_broker_stop(&broker);
	return 0;
}

/* ---- the table ---- */

static int is_legal(uint16_t type, enum seat state)
{
	switch (type) {
	case GARASU_GATEWAY_LOGIN:
		return state == SEAT_NEW;
	case GARASU_GATEWAY_ACTIVITY:
	case GARASU_GATEWAY_ADDRESS:
	case GARASU_GATEWAY_COUNTERS:
		return state == SEAT_ATTACHED || state == SEAT_ENDING;
	case GARASU_GATEWAY_REFUSED:
		return 1;
	default:
		return 0;
	}
}

static void expect_illegal(uint16_t type, enum seat state)
{
	uint8_t bytes[8192];
	char line[64];
	int way = say_in(state, bytes, put_empty(bytes, type));

	hear_end(way);
	snprintf(line, sizeof(line), "illegal_record type=%u state=%d\n", type, state);
	flow_wait_file(&broker, "broker.err", line);
	assert_int_equal(count_in("broker.err", line), 1);
}

/* Every record that any edge of the broker knows. */
static void refuse_every_illegal_record(enum seat state)
{
	unsigned tried = 0;

	for (unsigned type = 0; type <= UINT16_MAX; type++) {
		if (garasu_control_size((uint16_t)type) >= 0 && !is_legal((uint16_t)type, state)) {
			expect_illegal((uint16_t)type, state);
			tried++;
		}
	}
	assert_in_range(tried, 20, 100);
}

static void fresh_gateway_may_say_only_its_log_in(void **state)
{
	(void)state;
	refuse_every_illegal_record(SEAT_NEW);
}

static void gateway_whose_password_is_checked_may_say_nothing(void **state)
{
	(void)state;
	refuse_every_illegal_record(SEAT_CHECKING);
}

static void attached_gateway_starts_ends_and_reads_no_session(void **state)
{
	(void)state;
	refuse_every_illegal_record(SEAT_ATTACHED);
}

static void refused_gateway_gets_no_second_try(void **state)
{
	(void)state;
	refuse_every_illegal_record(SEAT_ENDING);
}

static void gateway_whose_session_starts_may_say_nothing(void **state)
{
	(void)state;
	refuse_every_illegal_record(SEAT_WAITING);
}

/* ---- records of no sound form ---- */

static void unsound_records_and_descriptors_end_the_gateway(void **state)
{
	struct garasu_gateway_login login = {0};
	uint8_t bytes[8192];
	size_t size;

	(void)state;
	memset(login.user, 'a', sizeof(login.user)); /* without an end */
	size = put_packet(bytes, GARASU_GATEWAY_LOGIN, &login, sizeof(login), 0);
	hear_end(say_in(SEAT_NEW, bytes, size));
	size = put_packet(bytes, GARASU_GATEWAY_LOGIN, &login, sizeof(login) - 1, 0);
	hear_end(say_in(SEAT_NEW, bytes, size));
	size = put_packet(bytes, GARASU_GATEWAY_ACTIVITY, &login, 8, 0);
	hear_end(say_in(SEAT_ATTACHED, bytes, size));
	size = put_packet(bytes, 0xffff, &login, 0, 0);
	hear_end(say_in(SEAT_ATTACHED, bytes, size));
	size = put_packet(bytes, GARASU_GATEWAY_ACTIVITY, &login, 4, 1); /* with a descriptor */
	hear_end(say_in(SEAT_ATTACHED, bytes, size));
	size = put_packet(bytes, GARASU_GATEWAY_ACTIVITY, &login, 4, 8);
	hear_end(say_in(SEAT_ATTACHED, bytes, size));
	hear_end(say_in(SEAT_ATTACHED, (const uint8_t[]){0, 0, 0}, 3)); /* an empty packet */
}

/* ---- the audit trail ---- */

static size_t put_refused(uint8_t *out, uint32_t refusal)
{
	const struct garasu_gateway_refused refused = {.refusal = refusal, .detail = 4711};

	return put_packet(out, GARASU_GATEWAY_REFUSED, &refused, sizeof(refused), 0);
}

static void refusals_of_the_supervisor_s_own_cannot_be_claimed(void **state)
{
	static const uint32_t others[] = {0, GARASU_REFUSAL_CONNECTIONS, GARASU_REFUSAL_ADMIN, 9,
		GARASU_REFUSAL_STRANGERS, GARASU_REFUSAL_ARRIVALS, UINT32_MAX};
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		hear_end(say_in(SEAT_NEW, bytes, put_refused(bytes, others[i])));
	}
	assert_int_equal(count_in("log/audit.jsonl", FORGED_DETAIL), 0);
	close(say_in(SEAT_NEW, bytes, put_refused(bytes, GARASU_REFUSAL_TLS)));
	flow_wait_file(&broker, "log/audit.jsonl", FORGED_DETAIL);
}

static void trail_is_not_filled_with_refusals(void **state)
{
	uint8_t bytes[8192];
	size_t used = 0;
	unsigned before = count_in("log/audit.jsonl", "\"event\":\"refused\"");

	(void)state;
	while (used < sizeof(bytes) - 64) {
		used += put_refused(bytes + used, GARASU_REFUSAL_HANDSHAKE);
	}
	hear_end(say_in(SEAT_NEW, bytes, used));
	assert_in_range(count_in("log/audit.jsonl", "\"event\":\"refused\""), before, before + 16);
}

static void names_that_would_forge_an_event_are_refused(void **state)
{
	static const char *const names[] = {"x\",\"event\":\"forged", "x\nforged", "../forged",
		"Forged", "forged forged", "\xe5\xbd\xb1-forged", ""};
	uint8_t bytes[1024];
	unsigned fd_count;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int way = say_in(SEAT_NEW, bytes, put_login(bytes, names[i], FLOW_PASSWORD));

		assert_int_equal(hear_verdict(way, &fd_count), GARASU_STATE_REFUSED);
		assert_int_equal(fd_count, 0);
		close(way);
	}
	assert_int_equal(count_in("log/audit.jsonl", "orged"), 0);
}

static void password_of_one_user_opens_no_other_s_session(void **state)
{
	uint8_t bytes[1024];
	unsigned fd_count;
	int way = say_in(SEAT_NEW, bytes, put_login(bytes, "suzuki", "suzuki-no-ja-nai"));

	(void)state;
	assert_int_equal(hear_verdict(way, &fd_count), GARASU_STATE_REFUSED);
	assert_int_equal(fd_count, 0);
	close(way);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_gateway_may_say_only_its_log_in),
		cmocka_unit_test(gateway_whose_password_is_checked_may_say_nothing),
		cmocka_unit_test(attached_gateway_starts_ends_and_reads_no_session),
		cmocka_unit_test(refused_gateway_gets_no_second_try),
		cmocka_unit_test(unsound_records_and_descriptors_end_the_gateway),
		cmocka_unit_test(refusals_of_the_supervisor_s_own_cannot_be_claimed),
		cmocka_unit_test(trail_is_not_filled_with_refusals),
		cmocka_unit_test(names_that_would_forge_an_event_are_refused),
		cmocka_unit_test(password_of_one_user_opens_no_other_s_session),
	};
	const struct CMUnitTest waiting[] = {
		cmocka_unit_test(gateway_whose_session_starts_may_say_nothing),
	};
	int failed = cmocka_run_group_tests(tests, start, stop);

	return failed + cmocka_run_group_tests(waiting, start_that_waits, stop);
}
