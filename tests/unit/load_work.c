/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A user at work on a server of ours: which time is noted of what, and what is lost. The clock of
 * what is due is the test's; that of pictures and actions is the machine's. */

#include "work.h"

#include "load_drive.h"

#include <base/clock.h>

#define TIMEOUT_MS 5000u
#define TIMEOUT_US (TIMEOUT_MS * UINT64_C(1000))

static struct drive drive;
static struct work work;
static struct tally tally;
static struct work_settings settings;

/* Lets the user work until nothing more comes. */
static void turn(uint64_t now_us)
{
	while (work_run(&work, now_us)) {
	}
}

static void take_some(void)
{
	struct pollfd wait = connection_fd(&work.connection);

	wait.events = POLLIN;
	assert_int_equal(poll(&wait, 1, DRIVE_DEADLINE_MS), 1);
	turn(garasu_clock_us());
}

/* Takes the one update that was written just now. */
static void take(void)
{
	uint64_t before = work.connection.pictures;

	while (work.connection.pictures == before) {
		take_some();
	}
	assert_int_equal(work.connection.pictures, before + 1);
}

static void show(uint16_t count)
{
	drive_strip(&drive, 0, 40, &(struct code_strip){.token = 1, .count = count});
	take();
}

static void start(enum work_profile profile)
{
	drive_listen(&drive);
	settings = (struct work_settings){.types_latin = true,
		.think_percent = 100,
		.action_timeout_ms = TIMEOUT_MS,
		.start_timeout_ms = TIMEOUT_MS,
		.seed = 1,
		.connection = {.host = "127.0.0.1",
			.address_size = sizeof(drive.address),
			.is_plain = true,
			.offers = DECODER_OFFER_TIGHT,
			.width = DRIVE_WIDTH,
			.height = DRIVE_HEIGHT,
			.scale = CODE_SCALE_ONE,
			.log_in_timeout_ms = TIMEOUT_MS}};
	memcpy(&settings.connection.address, &drive.address, sizeof(drive.address));
	work_start(&work, &settings, profile, 1);
	drive_accept(&drive);
	drive_greet(&drive, DRIVE_WIDTH, DRIVE_HEIGHT);
	while (work.connection.width == 0) {
		take_some();
	}
}

/* A user at a page that shows count, who is measured, and has pressed a key there. */
static void press_at(uint16_t count)
{
	start(WORK_TYPE);
	show(count);
	assert_int_equal(work.phase, WORK_READY);
	work_measure(&work, &tally);
	turn(work.due_us); /* a click gives the page the keyboard */
	turn(work.due_us);
	assert_int_equal(work.phase, WORK_WAITING);
}

static int stop(void **state)
{
	(void)state;
	work_stop(&work);
	tally_finish(&tally);
	drive_finish(&drive);
	return 0;
}

static void assert_keys(uint64_t done, uint64_t lost, uint64_t late)
{
	assert_int_equal(tally.done[WORK_KEY], done);
	assert_int_equal(tally.lost[WORK_KEY], lost);
	assert_int_equal(tally.late[WORK_KEY], late);
}

static void key_is_seen_by_the_count_it_makes(void **state)
{
	(void)state;
	press_at(7);
	show(7); /* a picture from before it */
	assert_keys(0, 0, 0);
	show(8);
	assert_keys(1, 0, 0);
	assert_int_equal(work.phase, WORK_READY);
}

static void count_runs_over(void **state)
{
	(void)state;
	press_at(0xffff);
	show(0xffff);
	assert_keys(0, 0, 0);
	show(0);
	assert_keys(1, 0, 0);
}

static void late_key_is_not_the_next_ones(void **state)
{
	uint64_t given_up_us;

	(void)state;
	press_at(7);
	given_up_us = work.due_us;
	turn(given_up_us);
	assert_keys(0, 1, 0);
	turn(given_up_us + 1000000); /* longer than any pause: nothing is pressed meanwhile */
	show(8);
	assert_keys(0, 1, 1);
	turn(work.due_us);
	assert_int_equal(work.phase, WORK_WAITING);
	show(9);
	assert_keys(1, 1, 1);
}

static void key_that_never_comes_does_not_take_the_next_ones_along(void **state)
{
	(void)state;
	press_at(7);
	turn(work.due_us);
	turn(work.due_us); /* nor late */
	assert_int_equal(work.phase, WORK_READY);
	turn(work.due_us);
	assert_int_equal(work.phase, WORK_WAITING);
	show(8);
	assert_keys(1, 1, 0);
}

static void key_that_comes_with_the_next_one_hides_neither(void **state)
{
	(void)state;
	press_at(7);
	turn(work.due_us);
	turn(work.due_us);
	turn(work.due_us);
	show(9);
	assert_keys(1, 1, 0);
	turn(work.due_us);
	show(10);
	assert_keys(2, 1, 0);
}

static void lost_key_is_not_pending(void **state)
{
	(void)state;
	press_at(7);
	work_close_window(&work);
	assert_true(work_is_pending(&work));
	turn(work.due_us);
	assert_false(work_is_pending(&work));
	work_measure(&work, NULL);
	show(8); /* of a window that is over */
	assert_keys(0, 1, 0);
}

/* The whole picture is searched for the strip now and then only. What it then finds came with the
 * last update, not with the search. */
static void page_was_there_when_its_update_was(void **state)
{
	uint64_t shown_us;

	(void)state;
	start(WORK_IDLE);
	drive_pixel(&drive);
	take(); /* searched in vain */
	show(0);
	shown_us = garasu_clock_us();
	turn(shown_us + TIMEOUT_US / 2);
	assert_int_equal(work.phase, WORK_READY);
	assert_in_range(work.first_page_us, 1, shown_us - work.connection.start_us);
}

/* No search is waited for where the strip stands as on the page before. */
static void next_page_is_seen_at_once(void **state)
{
	static const uint8_t black[CODE_STRIP_CELLS * CODE_CELL * 4];
	uint8_t head[16];

	(void)state;
	start(WORK_LOAD);
	drive_strip(&drive, 0, 40, &(struct code_strip){.token = 1});
	take();
	work_measure(&work, &tally);
	turn(work.due_us);
	turn(work.due_us);
	assert_int_equal(work.phase, WORK_WAITING);
	drive_write(&drive, head,
		drive_head(head, 0, 40, CODE_STRIP_CELLS * CODE_CELL, CODE_CELL, GARASU_RFB_RAW));
	for (uint32_t i = 0; i < CODE_CELL; i++) {
		drive_write(&drive, black, sizeof(black));
	}
	take(); /* it goes */
	drive_strip(&drive, 0, 40, &(struct code_strip){.token = 2});
	take();
	assert_int_equal(tally.done[WORK_PAGE], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(key_is_seen_by_the_count_it_makes, stop),
		cmocka_unit_test_teardown(count_runs_over, stop),
		cmocka_unit_test_teardown(late_key_is_not_the_next_ones, stop),
		cmocka_unit_test_teardown(
			key_that_never_comes_does_not_take_the_next_ones_along, stop),
		cmocka_unit_test_teardown(key_that_comes_with_the_next_one_hides_neither, stop),
		cmocka_unit_test_teardown(lost_key_is_not_pending, stop),
		cmocka_unit_test_teardown(page_was_there_when_its_update_was, stop),
		cmocka_unit_test_teardown(next_page_is_seen_at_once, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
