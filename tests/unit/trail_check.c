/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way to tamper with a trail is found, and the record named. */

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define RECORDS 12 /* seals at 4, 8 and 12; the first segment ends at 8 */
#define LINE_SIZE (TRAIL_OWN_MAX + 1)

static char key_folder[64];
static struct trail_key *key;
static struct trail_keys keys;
static char lines[RECORDS][LINE_SIZE]; /* each without its end; "" is left out */
static struct trail_check check;
static struct trail_anchor anchor;
static int has_anchor;
static uint64_t at_unix_ms; /* when run looks; 0: it does not matter */
static unsigned tail;       /* records that run adds behind the last line */

#define WRITTEN_MS 1767323045678u /* when every record was */
#define WITHIN_MS 5000u

static struct trail_key *make_key(void)
{
	struct trail_key *made = NULL;
	int directory;

	snprintf(key_folder, sizeof(key_folder), "/tmp/garasu-key.XXXXXX");
	assert_non_null(mkdtemp(key_folder));
	directory = open(key_folder, O_RDONLY | O_DIRECTORY);
	assert_int_equal(trail_key_open(directory, &made), 0);
	assert_int_equal(unlinkat(directory, "audit.key", 0), 0);
	close(directory);
	assert_int_equal(rmdir(key_folder), 0);
	return made;
}

static void publish(const struct trail_key *from, struct trail_keys *to)
{
	char *pem = NULL;
	ssize_t size = trail_key_public(from, &pem);

	assert_true(size > 0);
	assert_int_equal(trail_keys_read(to, pem, (size_t)size), 0);
	free(pem);
}

static int make_keys(void **state)
{
	(void)state;
	key = make_key();
	publish(key, &keys);
	return 0;
}

static int destroy_key(void **state)
{
	(void)state;
	trail_key_destroy(&key);
	return 0;
}

/* Writes line i as the recorder would, behind the lines before it. */
static void write_line(unsigned i, const struct trail_key *with)
{
	struct trail_record record = {.number = i + 1,
		.time = "2026-01-02T03:04:05.678Z",
		.segment = i < 8 ? 1 : 9,
		.within_ms = WITHIN_MS,
		.sent = i + 1,
		.event = "login"};

	if (i > 0) {
		trail_hash(lines[i - 1], strlen(lines[i - 1]), record.before);
	}
	if (i % 4 == 3) {
		record.sent = 0;
		assert_true(trail_record_seal(lines[i], &record, with) > 0);
	} else {
		size_t used = trail_record_front(lines[i], &record);

		snprintf(lines[i] + used, LINE_SIZE - used, ",\"user\":\"tanaka%u\"}", i);
	}
}

static void take_anchor(unsigned i)
{
	memset(&anchor, 0, sizeof(anchor));
	assert_int_equal(trail_record_read(&anchor.record, lines[i], strlen(lines[i])), 0);
	trail_hash(lines[i], strlen(lines[i]), anchor.hash);
	snprintf(anchor.line, sizeof(anchor.line), "%s", lines[i]);
	has_anchor = 1;
}

static int make_trail(void **state)
{
	(void)state;
	has_anchor = 0;
	at_unix_ms = 0;
	tail = 0;
	for (unsigned i = 0; i < RECORDS; i++) {
		write_line(i, key);
	}
	return 0;
}

/* As anybody can who has the file and no key. */
static void append_tail(uint64_t line)
{
	static char added[LINE_SIZE];
	struct trail_record record = {.time = "2026-01-02T03:04:05.678Z", .event = "login"};

	trail_hash(lines[RECORDS - 1], strlen(lines[RECORDS - 1]), record.before);
	for (unsigned i = 0; i < tail; i++) {
		size_t used;

		record.number = RECORDS + 1 + i;
		record.sent = record.number;
		used = trail_record_front(added, &record);
		added[used++] = '}';
		trail_check_line(&check, &(struct trail_line){.untrusted_bytes = added,
						 .size = used,
						 .line = ++line,
						 .is_ended = 1,
						 .is_first = 1});
		trail_hash(added, used, record.before);
	}
}

/* Runs the lines through the checker. Returns how many faults. */
static size_t run(const struct trail_keys *with)
{
	uint64_t line = 0;

	trail_check_begin(&check, with, has_anchor ? &anchor : NULL, NULL, at_unix_ms);
	for (unsigned i = 0; i < RECORDS; i++) {
		const struct trail_line one = {.untrusted_bytes = lines[i],
			.size = strlen(lines[i]),
			.line = ++line,
			.is_ended = 1,
			.is_first = 1};

		if (i == 0 || i == 8) {
			trail_check_segment(&check, i / 8, i == 8, i == 0 ? 1 : 0);
			line = 1;
		}
		if (one.size > 0) {
			trail_check_line(&check, &one);
		}
	}
	append_tail(line);
	return trail_check_end(&check);
}

static int has(enum trail_fault_kind kind, uint64_t first, uint64_t last)
{
	for (size_t i = 0; i < check.fault_count && i < TRAIL_FAULTS_MAX; i++) {
		if (check.faults[i].kind == kind && check.faults[i].first == first &&
			check.faults[i].last == last) {
			return 1;
		}
	}
	return 0;
}

static void change(unsigned i, const char *from, const char *to)
{
	char *at = strstr(lines[i], from);

	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
}

static void whole_trail_has_no_fault(void **state)
{
	(void)state;
	assert_int_equal(run(&keys), 0);
	assert_int_equal(check.first, 1);
	assert_int_equal(check.last, 12);
	assert_int_equal(check.seals, 3);
	assert_int_equal(check.sealed, 12);
}

static void changed_byte_is_found_wherever_it_is(void **state)
{
	static char before[LINE_SIZE];

	(void)state;
	take_anchor(11); /* nothing behind the last record vouches for it */
	for (unsigned i = 0; i < RECORDS; i++) {
		size_t size = strlen(lines[i]);

		memcpy(before, lines[i], LINE_SIZE);
		for (size_t at = 0; at < size; at++) {
			lines[i][at] ^= 1;
			assert_true(run(&keys) > 0);
			memcpy(lines[i], before, LINE_SIZE);
		}
	}
	assert_int_equal(run(&keys), 0);
}

static void changed_record_is_named(void **state)
{
	(void)state;
	change(5, "tanaka5", "suzuki5");
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_CHANGED, 6, 6));
}

static void changed_link_is_named_as_its_own_record(void **state)
{
	char *at = strstr(lines[5], "\"before\":\"");

	(void)state;
	at[10] = at[10] == '0' ? '1' : '0';
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_CHANGED, 6, 6));
}

static void changed_record_before_the_end_is_found(void **state)
{
	(void)state;
	lines[11][0] = '\0';
	change(9, "tanaka9", "suzuki9");
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_CHANGED, 10, 11)); /* nobody is left to tell which */
}

static void dropped_record_is_named(void **state)
{
	(void)state;
	lines[5][0] = '\0';
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_MISSING, 6, 6));
	make_trail(NULL);
	lines[0][0] = '\0';
	assert_true(run(&keys) >= 1);
	assert_true(has(TRAIL_FAULT_MISSING, 1, 1));
}

static void dropped_segment_is_named(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		lines[i][0] = '\0';
	}
	assert_true(run(&keys) >= 1);
	assert_true(has(TRAIL_FAULT_MISSING, 1, 8));
}

static void swapped_records_are_named(void **state)
{
	static char other[LINE_SIZE];

	(void)state;
	memcpy(other, lines[5], LINE_SIZE);
	memcpy(lines[5], lines[6], LINE_SIZE);
	memcpy(lines[6], other, LINE_SIZE);
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_MOVED, 6, 6));
}

static void repeated_record_is_named(void **state)
{
	(void)state;
	memcpy(lines[6], lines[4], LINE_SIZE);
	assert_int_equal(run(&keys), 2);
	assert_true(has(TRAIL_FAULT_MOVED, 5, 5));
	assert_true(has(TRAIL_FAULT_MISSING, 7, 7));
}

static void line_that_is_no_record_is_named(void **state)
{
	(void)state;
	snprintf(lines[5], LINE_SIZE, "nothing of ours");
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_UNREADABLE, 6, 6));
}

static void cut_tail_is_found_with_an_anchor_alone(void **state)
{
	(void)state;
	take_anchor(11);
	lines[9][0] = lines[10][0] = lines[11][0] = '\0';
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_CUT, 10, 12));
	has_anchor = 0;
	assert_int_equal(run(&keys), 0);
	assert_int_equal(check.last, 9);
	assert_int_equal(check.sealed, 8);
}

static void cut_tail_of_a_closed_segment_needs_no_anchor(void **state)
{
	(void)state;
	lines[7][0] = '\0';
	assert_int_equal(run(&keys), 2);
	assert_true(has(TRAIL_FAULT_MISSING, 8, 8));
	assert_true(has(TRAIL_FAULT_UNSEALED, 7, 7));
}

/* Somebody without the key writes everything anew from record 6 on. */
static void rewritten_chain_fails_at_its_seals(void **state)
{
	struct trail_key *theirs = make_key();

	(void)state;
	change(5, "tanaka5", "suzuki5");
	for (unsigned i = 6; i < RECORDS; i++) {
		write_line(i, theirs);
	}
	trail_key_destroy(&theirs);
	assert_int_equal(run(&keys), 2);
	assert_true(has(TRAIL_FAULT_OTHER_KEY, 8, 8));
	assert_true(has(TRAIL_FAULT_OTHER_KEY, 12, 12));
	assert_int_equal(check.sealed, 4);
}

static void forged_signature_names_what_it_does_not_cover(void **state)
{
	char *at = strstr(lines[11], "\"signature\":\"");

	(void)state;
	at[20] = at[20] == '0' ? '1' : '0';
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_SIGNATURE, 9, 12));
}

static void other_key_covers_nothing(void **state)
{
	struct trail_key *other = make_key();
	struct trail_keys others;

	(void)state;
	publish(other, &others);
	assert_int_equal(run(&others), 4);
	assert_true(has(TRAIL_FAULT_OTHER_KEY, 4, 4));
	assert_true(has(TRAIL_FAULT_NO_SEAL, 1, 12));
	trail_key_destroy(&other);
}

/* With the key, too: what left the host before cannot be written anew. */
static void trail_written_anew_is_not_the_anchors(void **state)
{
	(void)state;
	take_anchor(7);
	change(2, "tanaka2", "suzuki2");
	for (unsigned i = 3; i < RECORDS; i++) {
		write_line(i, key);
	}
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_NOT_ANCHOR, 8, 8));
}

static void tail_longer_than_a_recorder_leaves_is_a_fault(void **state)
{
	(void)state;
	tail = TRAIL_UNSEALED_MAX;
	assert_int_equal(run(&keys), 0);
	assert_int_equal(check.unsealed, TRAIL_UNSEALED_MAX);
	tail++;
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_TAIL, RECORDS + 1, RECORDS + tail));
}

/* The last seal says within which time the next one comes; clocks have a minute. */
static void tail_older_than_its_seal_allows_is_a_fault(void **state)
{
	(void)state;
	tail = 2;
	at_unix_ms = WRITTEN_MS + WITHIN_MS + 60000;
	assert_int_equal(run(&keys), 0);
	at_unix_ms++;
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_TAIL_TIME, RECORDS + 1, RECORDS + 2));
	tail = 0; /* what is sealed may be as old as it likes */
	assert_int_equal(run(&keys), 0);
	assert_int_equal(check.unsealed, 0);
}

static void tail_of_a_time_to_come_is_a_fault(void **state)
{
	(void)state;
	tail = 1;
	at_unix_ms = WRITTEN_MS - 60000;
	assert_int_equal(run(&keys), 0);
	at_unix_ms--;
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_TAIL_TIME, RECORDS + 1, RECORDS + 1));
}

/* One line may be in the writing: more is no recorder's. */
static void many_bytes_behind_the_last_record_are_a_fault(void **state)
{
	static char rest[TRAIL_LINE_MAX];

	(void)state;
	memset(rest, 'x', sizeof(rest));
	run(&keys);
	trail_check_line(&check,
		&(struct trail_line){
			.untrusted_bytes = rest, .size = sizeof(rest), .line = 5, .is_first = 1});
	assert_int_equal(trail_check_end(&check), 0);
	run(&keys);
	for (int i = 0; i < 2; i++) {
		trail_check_line(&check, &(struct trail_line){.untrusted_bytes = rest,
						 .size = sizeof(rest),
						 .line = 5,
						 .is_first = i == 0});
	}
	assert_int_equal(trail_check_end(&check), 1);
	assert_true(has(TRAIL_FAULT_UNREADABLE, RECORDS + 1, RECORDS + 1));
}

static void forged_anchor_is_refused(void **state)
{
	(void)state;
	take_anchor(11);
	anchor.line[30] ^= 1;
	assert_int_equal(run(&keys), 1);
	assert_true(has(TRAIL_FAULT_ANCHOR, 12, 12));
}

static void trail_goes_on_behind_the_seal_of_an_archived_segment(void **state)
{
	(void)state;
	take_anchor(7);
	trail_check_begin(&check, &keys, NULL, &anchor, 0);
	trail_check_segment(&check, 0, 1, 0);
	for (unsigned i = 8; i < RECORDS; i++) {
		const struct trail_line one = {.untrusted_bytes = lines[i],
			.size = strlen(lines[i]),
			.line = i - 7,
			.is_ended = 1,
			.is_first = 1};

		trail_check_line(&check, &one);
	}
	assert_int_equal(trail_check_end(&check), 0);
	assert_int_equal(check.first, 9);
}

#define CASE(name) cmocka_unit_test_setup(name, make_trail)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(whole_trail_has_no_fault),
		CASE(changed_byte_is_found_wherever_it_is),
		CASE(changed_record_is_named),
		CASE(changed_link_is_named_as_its_own_record),
		CASE(changed_record_before_the_end_is_found),
		CASE(dropped_record_is_named),
		CASE(dropped_segment_is_named),
		CASE(swapped_records_are_named),
		CASE(repeated_record_is_named),
		CASE(line_that_is_no_record_is_named),
		CASE(cut_tail_is_found_with_an_anchor_alone),
		CASE(cut_tail_of_a_closed_segment_needs_no_anchor),
		CASE(rewritten_chain_fails_at_its_seals),
		CASE(forged_signature_names_what_it_does_not_cover),
		CASE(other_key_covers_nothing),
		CASE(trail_written_anew_is_not_the_anchors),
		CASE(tail_longer_than_a_recorder_leaves_is_a_fault),
		CASE(tail_older_than_its_seal_allows_is_a_fault),
		CASE(tail_of_a_time_to_come_is_a_fault),
		CASE(many_bytes_behind_the_last_record_are_a_fault),
		CASE(forged_anchor_is_refused),
		CASE(trail_goes_on_behind_the_seal_of_an_archived_segment),
	};

	return cmocka_run_group_tests(tests, make_keys, destroy_key);
}
