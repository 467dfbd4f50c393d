/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Too much of everything: messages, connections, guesses, and pictures that nobody reads. Memory
 * stays bounded, and another user works on. */

#include "beside.h"
#include "raw.h"

#include "garasu/control.h"
#include "garasu/rfb.h"
#include "garasu/state.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define CONNECTIONS 24
#define STRANGERS 12
#define ARRIVALS 120
#define FAILURES 3
#define FAILURES_ADDRESS 10

static struct beside beside;
static struct raw raw;

static int start(void **state)
{
	(void)state;
	beside_start(&beside, "  handshake_ms: 20000\n  connections: 24\n  strangers: 12\n"
			      "  arrivals_per_min: 120\n  failures: 3\n"
			      "  failures_address: 10\n  lockout_ms: 120000\n");
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

static int end(void **state)
{
	(void)state;
	raw_close(&raw);
	beside_is_at_work(&beside);
	return 0;
}

static void check_memory(void)
{
	pid_t gateway = beside_attackers(&beside, "garasu-gateway");
	pid_t encoder = beside_attackers(&beside, "garasu-encoder");

	assert_in_range(flow_memory_kib(gateway, "RssAnon:") * 1024, 1, BESIDE_MEMORY_MAX);
	assert_in_range(flow_memory_kib(encoder, "RssAnon:") * 1024, 1, BESIDE_MEMORY_MAX);
}

static void begin_picture(void)
{
	static const int32_t encodings[] = {GARASU_RFB_RAW, GARASU_RFB_EXTENDED_DESKTOP_SIZE,
		GARASU_RFB_FENCE, GARASU_RFB_CONTINUOUS_UPDATES, GARASU_RFB_ENCODING_GARASU};

	raw_start(&raw, &beside.broker, "suzuki");
	raw_encodings(&raw, encodings, 5);
	raw_fence(&raw);
}

/* Says the block many times while it reads, and is served afterwards. */
static void flood(const void *block, size_t size, unsigned times)
{
	begin_picture();
	assert_int_equal(raw_flood(&raw, block, size, times), 1);
	beside_is_at_work(&beside);
	check_memory();
	raw_fence(&raw);
	check_memory();
	raw_close(&raw);
	assert_int_equal(beside_count_audit(&beside, "\"event\":\"refused\""), 0);
}

static void flood_of_pointers_is_taken(void **state)
{
	static uint8_t block[600];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		const uint8_t move[6] = {
			GARASU_RFB_POINTER_EVENT, 0, 0, (uint8_t)(i * 2), 0, (uint8_t)i};

		memcpy(block + 6 * i, move, 6);
	}
	flood(block, sizeof(block), 1000);
}

static void flood_of_requests_is_taken(void **state)
{
	static uint8_t block[1000];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		const uint8_t request[10] = {
			GARASU_RFB_UPDATE_REQUEST, (uint8_t)(i & 1), 0, 0, 0, 0, 0, 64, 0, 64};

		memcpy(block + 10 * i, request, 10);
	}
	flood(block, sizeof(block), 500);
}

static void flood_of_fences_is_answered_and_held(void **state)
{
	static uint8_t block[7300];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		block[73 * i] = GARASU_RFB_CLIENT_FENCE;
		block[73 * i + 4] = 0x80;
		block[73 * i + 8] = 64;
	}
	flood(block, sizeof(block), 200);
}

static void storm_of_sizes_is_taken(void **state)
{
	static uint8_t block[1000];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		const uint8_t size[10] = {GARASU_RFB_CLIENT_GARASU, GARASU_RFB_SUB_GEOMETRY, 0, 6,
			(uint8_t)(1 + i % 9), (uint8_t)(i * 31), (uint8_t)(1 + i % 5),
			(uint8_t)(i * 17), 0, 120};

		memcpy(block + 10 * i, size, 10);
	}
	flood(block, sizeof(block), 20);
}

/* Keys and buttons are never merged: whoever says more than a session takes may lose the
 * connection, and nobody else does. */
static void flood_of_keys_and_buttons_holds_nobody_up(void **state)
{
	static uint8_t block[1400];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		const uint8_t key[8] = {
			GARASU_RFB_KEY_EVENT, (uint8_t)(~i & 1), 0, 0, 0, 0, 0, 'a'};
		const uint8_t press[6] = {GARASU_RFB_POINTER_EVENT, (uint8_t)(~i & 1), 0, 9, 0, 9};

		memcpy(block + 14 * i, key, 8);
		memcpy(block + 14 * i + 8, press, 6);
	}
	begin_picture();
	raw_flood(&raw, block, sizeof(block), 1000);
	beside_is_at_work(&beside);
	raw_close(&raw);
	assert_int_equal(beside_count_audit(&beside, "\"event\":\"refused\""), 0);
	begin_picture(); /* the session goes on */
}

/* Waits until nothing more comes into the socket that nobody reads. */
static void wait_blocked(void)
{
	int before = -1;
	int now = 0;
	int rests = 0;

	while (rests < 20) {
		assert_int_equal(ioctl(raw.fd, FIONREAD, &now), 0);
		rests = now == before && now > 0 ? rests + 1 : 0;
		before = now;
		poll(NULL, 0, 20);
	}
}

static void reader_that_never_reads_holds_bounded_memory(void **state)
{
	static const char page[] = "\xfc\5\0\x22http://painter/animate?area=noise#";
	static const uint8_t everything[10] = {
		GARASU_RFB_ENABLE_CONTINUOUS, 1, 0, 0, 0, 0, 8, 0, 8, 0};
	static const uint8_t request[10] = {GARASU_RFB_UPDATE_REQUEST, 0, 0, 0, 0, 0, 8, 0, 8, 0};

	(void)state;
	begin_picture();
	raw_say(&raw, page, sizeof(page) - 1);
	raw_say(&raw, everything, sizeof(everything));
	for (int i = 0; i < 100; i++) {
		raw_say(&raw, request, sizeof(request));
	}
	wait_blocked();
	for (int i = 0; i < 5; i++) {
		beside_is_at_work(&beside);
	}
	check_memory();
	assert_int_equal(beside_count_audit(&beside, "\"event\":\"refused\""), 0);
}

/* Opens so many from an address. Returns how many were served. */
static unsigned open_many(struct raw *many, unsigned count, const char *address)
{
	unsigned served = 0;

	for (unsigned i = 0; i < count; i++) {
		raw_open_from(&many[i], &beside.broker, address);
	}
	for (unsigned i = 0; i < count; i++) {
		served += (unsigned)raw_is_greeted(&many[i]);
	}
	return served;
}

static void close_many(struct raw *many, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		raw_close(&many[i]);
	}
	flow_wait_pids(&beside.broker, "garasu-gateway", 1);
}

static void connections_beyond_the_limit_are_turned_away(void **state)
{
	static const char *const addresses[] = {"127.0.0.2", "127.0.0.3", "127.0.0.4"};
	struct raw many[3 * STRANGERS];
	unsigned served = 0;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		served += open_many(many + i * STRANGERS, STRANGERS, addresses[i]);
	}
	assert_int_equal(served, CONNECTIONS - 1);
	beside_wait_times(&beside, GARASU_REFUSAL_CONNECTIONS, 3 * STRANGERS - served);
	beside_is_at_work(&beside);
	close_many(many, 3 * STRANGERS);
	begin_picture();
}

static void one_address_that_takes_all_it_gets_keeps_no_other_out(void **state)
{
	struct raw many[300];

	(void)state;
	assert_int_equal(open_many(many, 300, "127.0.0.5"), STRANGERS);
	beside_wait_times(&beside, GARASU_REFUSAL_STRANGERS, 300 - STRANGERS);
	begin_picture(); /* another user, from another address */
	beside_is_at_work(&beside);
	raw_close(&raw);
	close_many(many, 300);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* One connection after the other costs a process each, however short they are. */
static void one_address_that_comes_and_goes_is_served_so_often_a_minute(void **state)
{
	uint64_t since = now_ms();
	unsigned served = 0;
	unsigned refused = 0;

	(void)state;
	while ((served < ARRIVALS || refused < 100) && served < 3 * ARRIVALS) {
		int is_served;

		raw_open_from(&raw, &beside.broker, "127.0.0.6");
		is_served = raw_is_greeted(&raw);
		served += is_served == 1;
		refused += is_served == 0;
		raw_close(&raw);
	}
	assert_in_range(served, ARRIVALS, ARRIVALS + 1 + (now_ms() - since) * ARRIVALS / 60000);
	begin_picture(); /* another user, from another address */
	beside_is_at_work(&beside);
	raw_close(&raw);
	flow_wait_pids(&beside.broker, "garasu-gateway", 1);
	beside_wait_refusals(&beside, refused);
	assert_in_range(beside_count_times(&beside, GARASU_REFUSAL_ARRIVALS), 1, refused);
}

static int try_from(const char *address, const char *user, const char *password)
{
	int code;

	raw_open_from(&raw, &beside.broker, address);
	raw_greet(&raw);
	assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, NULL, NULL), 1);
	code = raw_log_in(&raw, user, password);
	raw_close(&raw);
	return code;
}

static int try(const char *user, const char *password)
{
	return try_from("127.0.0.1", user, password);
}

static void guessing_locks_one_user_and_no_other(void **state)
{
	(void)state;
	for (int i = 0; i < FAILURES; i++) {
		assert_int_equal(try("sato", "guess"), GARASU_STATE_REFUSED);
	}
	assert_int_equal(try("sato", "guess"), GARASU_STATE_LOCKED);
	assert_int_equal(try("sato", FLOW_PASSWORD), GARASU_STATE_LOCKED);
	beside_wait_audit(
		&beside, "\"user\":\"sato\",\"client\":\"127.0.0.1\",\"state\":1}", FAILURES);
	beside_wait_audit(&beside, "\"user\":\"sato\",\"client\":\"127.0.0.1\",\"state\":4}", 2);
	assert_int_equal(try("suzuki", FLOW_PASSWORD), GARASU_STATE_ACCEPTED);
	for (int i = 0; i < FAILURES; i++) { /* a name that is nobody's is locked alike */
		assert_int_equal(try("nobody", "guess"), GARASU_STATE_REFUSED);
	}
	assert_int_equal(try("nobody", "guess"), GARASU_STATE_LOCKED);
}

static void guessing_locks_nobody_at_another_address(void **state)
{
	(void)state;
	for (int i = 0; i < FAILURES; i++) {
		assert_int_equal(try_from("127.0.0.7", "suzuki", "guess"), GARASU_STATE_REFUSED);
	}
	assert_int_equal(try_from("127.0.0.7", "suzuki", FLOW_PASSWORD), GARASU_STATE_LOCKED);
	assert_int_equal(try("suzuki", FLOW_PASSWORD), GARASU_STATE_ACCEPTED);
	assert_int_equal(try_from("127.0.0.7", "suzuki", FLOW_PASSWORD), GARASU_STATE_LOCKED);
}

static void many_names_lock_their_own_address_alone(void **state)
{
	char name[16];

	(void)state;
	for (int i = 0; i < FAILURES_ADDRESS; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		assert_int_equal(try_from("127.0.0.8", name, "guess"), GARASU_STATE_REFUSED);
	}
	assert_int_equal(try_from("127.0.0.8", "suzuki", FLOW_PASSWORD), GARASU_STATE_LOCKED);
	assert_int_equal(try("suzuki", FLOW_PASSWORD), GARASU_STATE_ACCEPTED);
}

static void guesses_at_once_are_no_more_than_one_after_the_other(void **state)
{
	struct raw guesses[12];
	static const char log_in[] = "\0\0\0\4\0\0\0\5"
				     "katoguess";
	unsigned refused = 0;
	unsigned locked = 0;

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		raw_open(&guesses[i], &beside.broker);
		raw_greet(&guesses[i]);
		assert_int_equal(raw_secure(&guesses[i], TLS1_3_VERSION, NULL, NULL), 1);
	}
	for (size_t i = 0; i < 12; i++) {
		raw_say(&guesses[i], log_in, sizeof(log_in) - 1);
	}
	for (size_t i = 0; i < 12; i++) {
		char answer[8 + 10];

		raw_hear(&guesses[i], answer, sizeof(answer));
		refused += memcmp(answer + 8, "Garasu 01:", 10) == 0;
		locked += memcmp(answer + 8, "Garasu 04:", 10) == 0;
		raw_close(&guesses[i]);
	}
	assert_int_equal(refused, FAILURES);
	assert_int_equal(locked, 12 - FAILURES);
}

static void nothing_of_a_flood_is_left(void **state)
{
	(void)state;
	assert_int_equal(
		flow_ctl(&beside.broker, NULL, 0, "user", "remove", "suzuki", (char *)NULL), 0);
	flow_wait_session(&beside.broker, "suzuki", 0);
	beside_wait_alone(&beside, 0);
	flow_wait_pids(&beside.broker, "garasu-compositor", 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(flood_of_pointers_is_taken),
		TEST(flood_of_requests_is_taken),
		TEST(flood_of_fences_is_answered_and_held),
		TEST(storm_of_sizes_is_taken),
		TEST(flood_of_keys_and_buttons_holds_nobody_up),
		TEST(reader_that_never_reads_holds_bounded_memory),
		TEST(connections_beyond_the_limit_are_turned_away),
		TEST(one_address_that_takes_all_it_gets_keeps_no_other_out),
		TEST(one_address_that_comes_and_goes_is_served_so_often_a_minute),
		TEST(guessing_locks_one_user_and_no_other),
		TEST(guessing_locks_nobody_at_another_address),
		TEST(many_names_lock_their_own_address_alone),
		TEST(guesses_at_once_are_no_more_than_one_after_the_other),
		TEST(nothing_of_a_flood_is_left),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
