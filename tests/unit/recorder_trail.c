/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit trail over full disks, deaths, restarts and many events at once: it always stands the
 * verifier's look. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "recorder_drive.h"

#include "base/clock.h"
#include "trail/check.h"

static struct trail_check found;
static uint64_t event_unix_ms; /* 0: now */
static uint64_t sent;          /* events, and so the count of the last */

static int setup(void **state)
{
	sent = event_unix_ms = 0;
	return drive_setup(state);
}

/* Takes what the recorder has acknowledged, without waiting. */
static uint64_t acknowledged(uint64_t before)
{
	struct garasu_control record;

	while (drive.control >= 0 && garasu_control_receive(drive.control, &record, 0) == 1) {
		struct garasu_record_written written;

		assert_int_equal(record.header.type, GARASU_RECORD_WRITTEN);
		memcpy(&written, record.payload, sizeof(written));
		assert_true(written.sent >= before);
		before = written.sent;
	}
	return before;
}

/* Returns 0, or negative errno when the recorder has gone. */
static int send_event(void)
{
	const struct garasu_record_event event = {.event = GARASU_EVENT_BROKER_STARTED,
		.unix_ms = event_unix_ms != 0 ? event_unix_ms : garasu_clock_unix_ms(),
		.sent = sent + 1};
	struct pollfd room = {.fd = drive.control, .events = POLLOUT};
	int result;

	while ((result = garasu_control_send(
			drive.control, GARASU_RECORD_EVENT, &event, NULL, 0)) == -EAGAIN) {
		assert_int_equal(poll(&room, 1, 30000), 1);
		acknowledged(0);
	}
	sent += result == 0;
	return result;
}

/* Waits until the recorder has acknowledged everything that was sent, or has gone. */
static int wait_written(void)
{
	struct pollfd news = {.fd = drive.control, .events = POLLIN};
	uint64_t written = 0;

	while (written < sent) {
		struct garasu_control record;
		int result;

		assert_int_equal(poll(&news, 1, 30000), 1);
		result = garasu_control_receive(drive.control, &record, 0);
		if (result != 1) {
			return -1;
		}
		memcpy(&written, record.payload, sizeof(written));
	}
	return 0;
}

/* Checks the whole folder with the recorder's own public key. Returns how many faults. */
static size_t check(void)
{
	int directory = open(drive.folder, O_RDONLY | O_DIRECTORY);
	int fd = openat(directory, TRAIL_PUBLIC_NAME, O_RDONLY);
	char pem[1024];
	ssize_t size = read(fd, pem, sizeof(pem));
	struct trail_folder folder;
	struct trail_keys keys;

	assert_true(size > 0);
	assert_int_equal(trail_keys_read(&keys, pem, (size_t)size), 0);
	trail_check_begin(&found, &keys, NULL, NULL, garasu_clock_unix_ms());
	assert_int_equal(trail_check_folder(&found, &folder, directory), 0);
	trail_folder_finish(&folder);
	close(fd);
	close(directory);
	return found.fault_count;
}

static size_t count_files(void)
{
	int directory = open(drive.folder, O_RDONLY | O_DIRECTORY);
	struct trail_folder folder;
	size_t count;

	assert_int_equal(trail_folder_list(&folder, directory), 0);
	count = trail_folder_count(&folder);
	trail_folder_finish(&folder);
	close(directory);
	return count;
}

static void append_raw(const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/" TRAIL_OPEN_NAME, drive.folder);
	file = fopen(path, "a");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void events_are_chained_sealed_and_acknowledged(void **state)
{
	(void)state;
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive.ready.number, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send_event(), 0);
	}
	assert_int_equal(wait_written(), 0);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(found.last, 6); /* start, seal, three events, seal */
	assert_int_equal(found.sealed, 6);
}

static void every_record_is_sealed_in_time(void **state)
{
	struct pollfd end = {.events = POLLIN};

	(void)state;
	drive.settings.seal_ms = 1;
	assert_int_equal(drive_start(), 1);
	assert_int_equal(send_event(), 0);
	assert_int_equal(wait_written(), 0);
	for (int i = 0; i < 30000; i++) { /* until its timer has come */
		if (check() == 0 && found.sealed == found.last && found.last >= 4) {
			break;
		}
		poll(&end, 0, 1);
	}
	assert_int_equal(found.sealed, found.last);
	assert_int_equal(drive_end(SIGKILL), 1000 + SIGKILL);
}

static void no_more_than_the_verifier_allows_is_left_unsealed(void **state)
{
	(void)state;
	assert_int_equal(drive_start(), 1);
	for (unsigned i = 0; i < 2 * TRAIL_UNSEALED_MAX; i++) {
		assert_int_equal(send_event(), 0);
	}
	assert_int_equal(wait_written(), 0);
	assert_int_equal(drive_end(SIGKILL), 1000 + SIGKILL);
	assert_int_equal(check(), 0);
	assert_true(found.seals > 2);
	assert_true(found.unsealed <= TRAIL_UNSEALED_MAX);
	assert_int_equal(found.within_ms, drive.settings.seal_ms);
}

/* Its time is what the verifier judges, and no timer of an hour may leave it so. */
static void record_that_had_to_wait_for_a_recorder_is_sealed_at_once(void **state)
{
	struct pollfd end = {.events = POLLIN};

	(void)state;
	event_unix_ms = garasu_clock_unix_ms() - 2 * drive.settings.seal_ms;
	assert_int_equal(drive_start(), 1);
	assert_int_equal(send_event(), 0);
	assert_int_equal(wait_written(), 0);
	for (int i = 0; i < 30000 && (check() != 0 || found.last < 4); i++) {
		poll(&end, 0, 1);
	}
	assert_int_equal(found.fault_count, 0);
	assert_int_equal(found.sealed, 4); /* start, seal, event, seal */
	assert_int_equal(drive_end(0), 0);
}

static void full_disk_leaves_whole_records_and_ends_the_recorder(void **state)
{
	uint64_t taken;

	(void)state;
	drive.file_bytes = 3000;
	assert_int_equal(drive_start(), 1);
	while (send_event() == 0) {
	}
	taken = acknowledged(0);
	assert_int_equal(drive_end(0), 1);
	assert_int_equal(drive_start(), 0); /* still no room: never READY */
	assert_int_equal(drive_end(0), 1);
	drive.file_bytes = 0; /* there is room again */
	assert_int_equal(drive_start(), 1);
	assert_true(drive.ready.sent >= taken);
	assert_true(drive.ready.sent > 3);
	sent = drive.ready.sent; /* the rest is sent again */
	assert_int_equal(send_event(), 0);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(found.torn, 0);
	assert_int_equal(found.last, sent + 5); /* two starts, three seals */
}

static void killed_recorder_loses_nothing_that_it_acknowledged(void **state)
{
	(void)state;
	assert_int_equal(drive_start(), 1);
	for (int round = 0; round < 5; round++) {
		uint64_t before;

		for (int i = 0; i < 200; i++) {
			assert_int_equal(send_event(), 0);
		}
		before = acknowledged(0);
		assert_int_equal(drive_end(SIGKILL), 1000 + SIGKILL);
		assert_int_equal(drive_start(), 1);
		assert_true(drive.ready.sent >= before && drive.ready.sent <= sent);
		sent = drive.ready.sent;
	}
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
}

static void torn_line_is_ended_told_and_chained_over(void **state)
{
	(void)state;
	assert_int_equal(drive_start(), 1);
	assert_int_equal(send_event(), 0);
	assert_int_equal(wait_written(), 0);
	assert_int_equal(drive_end(SIGKILL), 1000 + SIGKILL);
	append_raw("{\"number\":3,\"before\":\"00");
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive.ready.sent, 1);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(found.torn, 1);
	assert_int_equal(found.last, 5); /* start, seal, event, start, seal */
}

static void tear_of_many_lines_and_pieces_is_told_too(void **state)
{
	static char noise[3 * TRAIL_LINE_MAX + 1];

	(void)state;
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive_end(SIGKILL), 1000 + SIGKILL);
	memset(noise, 'x', sizeof(noise) - 1);
	append_raw("half\n\n");
	append_raw(noise);
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(found.torn, 1);
}

static void line_that_lacks_only_its_end_is_a_record(void **state)
{
	char path[128];
	struct stat status;

	(void)state;
	assert_int_equal(drive_start(), 1);
	assert_int_equal(send_event(), 0);
	assert_int_equal(wait_written(), 0);
	assert_int_equal(drive_end(SIGKILL), 1000 + SIGKILL);
	snprintf(path, sizeof(path), "%s/" TRAIL_OPEN_NAME, drive.folder);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(truncate(path, status.st_size - 1), 0);
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive.ready.sent, 1);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(found.torn, 0);
	assert_int_equal(found.last, 5);
}

static void segments_are_closed_by_size_and_the_chain_goes_on(void **state)
{
	(void)state;
	drive.settings.segment_bytes = 4096;
	assert_int_equal(drive_start(), 1);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(send_event(), 0);
	}
	assert_int_equal(wait_written(), 0);
	assert_int_equal(drive_end(SIGKILL), 1000 + SIGKILL);
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive.ready.sent, 100);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_in_range(count_files(), 4, 20);
}

static void segments_are_closed_by_age(void **state)
{
	(void)state;
	drive.settings.segment_ms = 0;
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive_end(0), 0); /* the last seal is due */
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(count_files(), 3);
}

static void numbers_go_on_behind_closed_segments_alone(void **state)
{
	char path[128];

	(void)state;
	drive.settings.segment_ms = 0;
	assert_int_equal(drive_start(), 1);
	assert_int_equal(send_event(), 0);
	assert_int_equal(wait_written(), 0);
	assert_int_equal(drive_end(0), 0);
	snprintf(path, sizeof(path), "%s/" TRAIL_OPEN_NAME, drive.folder);
	assert_int_equal(unlink(path), 0); /* as if it had died between the two names */
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive.ready.sent, 1);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(found.last, 6);
}

static void many_events_at_once_are_all_written(void **state)
{
	(void)state;
	assert_int_equal(drive_start(), 1);
	kill(drive.pid, SIGSTOP); /* so that they wait together */
	for (int i = 0; i < 2000; i++) {
		assert_int_equal(send_event(), 0);
		if (i == 50) {
			kill(drive.pid, SIGCONT);
		}
	}
	assert_int_equal(wait_written(), 0);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(found.last - found.seals, 2001); /* a start, and the seals between */
}

static void key_is_made_once_and_readable_by_its_owner_alone(void **state)
{
	char path[128];
	struct stat first, second;

	(void)state;
	snprintf(path, sizeof(path), "%s/audit.key", drive.key_folder);
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(stat(path, &first), 0);
	assert_int_equal(first.st_mode & 07777, 0400);
	assert_int_equal(drive_start(), 1);
	assert_int_equal(drive_end(0), 0);
	assert_int_equal(stat(path, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	assert_int_equal(check(), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, drive_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(events_are_chained_sealed_and_acknowledged),
		CASE(every_record_is_sealed_in_time),
		CASE(no_more_than_the_verifier_allows_is_left_unsealed),
		CASE(record_that_had_to_wait_for_a_recorder_is_sealed_at_once),
		CASE(full_disk_leaves_whole_records_and_ends_the_recorder),
		CASE(killed_recorder_loses_nothing_that_it_acknowledged),
		CASE(torn_line_is_ended_told_and_chained_over),
		CASE(tear_of_many_lines_and_pieces_is_told_too),
		CASE(line_that_lacks_only_its_end_is_a_record),
		CASE(segments_are_closed_by_size_and_the_chain_goes_on),
		CASE(segments_are_closed_by_age),
		CASE(numbers_go_on_behind_closed_segments_alone),
		CASE(many_events_at_once_are_all_written),
		CASE(key_is_made_once_and_readable_by_its_owner_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
