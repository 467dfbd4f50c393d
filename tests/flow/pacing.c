/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page that animates for ever is drawn as often as its viewer can take it, and never otherwise.
 * The painter stands in for the browser: it counts its frames and draws the count as a bar code. */

#include "harness.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define ANIMATE "http://painter/animate"
#define KEYS 150u
#define AHEAD 2u /* frames that earlier credit has already paid for */

struct counts {
	unsigned updates, requests;
};

static struct flow_broker broker;
static struct flow_viewer viewer;

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct counts read_counts(struct flow_viewer *of)
{
	struct counts counts;
	const char *updates;
	const char *requests;

	flow_viewer_say(of, "stats");
	updates = strstr(of->answer, "updates ");
	requests = strstr(of->answer, "requests ");
	assert_non_null(updates);
	assert_non_null(requests);
	assert_int_equal(sscanf(updates, "updates %u", &counts.updates), 1);
	assert_int_equal(sscanf(requests, "requests %u", &counts.requests), 1);
	return counts;
}

/* Waits until so many updates have come in all. Returns how many it was then. */
static unsigned wait_updates(struct flow_viewer *of, unsigned count)
{
	uint64_t deadline = now_ms() + FLOW_DEADLINE_MS;
	unsigned updates;

	while ((updates = read_counts(of).updates) < count) {
		if (now_ms() >= deadline) {
			fail_msg("%u updates instead of %u", updates, count);
		}
		poll(NULL, 0, 10);
	}
	return updates;
}

/* The painter's count of its frames, from a picture that stands still. */
static unsigned read_frames(struct flow_viewer *of)
{
	unsigned frames = 0;

	for (unsigned bit = 0; bit < 32; bit++) {
		flow_viewer_say(of, "pixel %u 4", bit * 8 + 4);
		if (strncmp(of->answer, "000000", 6) != 0) {
			assert_string_equal(of->answer, "FFFFFF");
		}
		frames = frames << 1 | (of->answer[0] == 'F');
	}
	return frames;
}

static void ask(struct flow_viewer *of, unsigned count)
{
	unsigned before = read_counts(of).updates;

	flow_viewer_say(of, "requests %u", count);
	wait_updates(of, before + count);
}

/* Leaves continuous updates on a page that rests, so that every update from now on has been asked
 * for, and lets the animation begin. */
static void animate_on_request(struct flow_viewer *of)
{
	flow_viewer_say(of, "wait-pixel 300 300 204080 10000");
	flow_viewer_say(of, "rest");
	flow_viewer_say(of, "pace none");
	flow_viewer_say(of, "open " ANIMATE);
	ask(of, 5); /* the page, the pointer, and first frames */
}

static int start_at(const char *screen)
{
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .users = {"tanaka", "suzuki"},
					   .screen = screen,
					   .start_page = "http://painter/solid?rgb=204080"});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	return 0;
}

/* The viewer's pace alone. */
static int start(void **state)
{
	(void)state;
	return start_at("  rate_input: 240\n  rate_change: 240\n  rate_animation: 240\n");
}

/* What nobody touches moves once a second. */
static int start_slow(void **state)
{
	(void)state;
	return start_at("  rate_change: 1\n");
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	return 0;
}

static void each_request_is_one_frame(void **state)
{
	static const unsigned counts[] = {1, 7, 50};
	unsigned before;
	unsigned updates;

	(void)state;
	animate_on_request(&viewer);
	before = read_frames(&viewer);
	updates = read_counts(&viewer).updates;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		ask(&viewer, counts[i]);
		assert_int_equal(read_frames(&viewer), before + counts[i]);
		assert_int_equal(read_counts(&viewer).updates, updates + counts[i]);
		before += counts[i];
		updates += counts[i];
	}
	flow_viewer_stop(&viewer);
}

/* Runs at a rate until so many updates came; frames are never more than the time allows, however
 * slow the machine is. */
static void expect_rate(unsigned rate, unsigned count)
{
	unsigned frames = read_frames(&viewer);
	unsigned updates = read_counts(&viewer).updates;
	uint64_t begun_ms = now_ms();
	uint64_t most;
	unsigned came;

	flow_viewer_say(&viewer, "pace %u", rate);
	wait_updates(&viewer, updates + count);
	flow_viewer_say(&viewer, "pace none");
	most = (now_ms() - begun_ms) / (1000 / rate) + 1;
	ask(&viewer, 1); /* and what was still on its way */
	came = read_counts(&viewer).updates - updates;
	assert_in_range(came, count, most + AHEAD);
	assert_in_range(read_frames(&viewer) - frames, 1, came + AHEAD);
}

static void frames_follow_the_viewers_pace(void **state)
{
	(void)state;
	animate_on_request(&viewer);
	expect_rate(30, 60);
	expect_rate(10, 20);
	expect_rate(2, 3);
	flow_viewer_stop(&viewer);
}

/* Something else happens meanwhile: another session draws as fast as it can. */
static void let_another_draw(unsigned count)
{
	struct flow_viewer other;

	flow_viewer_start(&other, &broker, "suzuki", (char *)NULL);
	flow_viewer_say(&other, "open " ANIMATE);
	wait_updates(&other, count);
	flow_viewer_stop(&other);
}

static void viewer_that_asks_for_nothing_gets_nothing(void **state)
{
	struct counts before;
	struct counts after;
	unsigned frames;

	(void)state;
	animate_on_request(&viewer);
	before = read_counts(&viewer);
	frames = read_frames(&viewer);
	let_another_draw(100);
	after = read_counts(&viewer);
	assert_int_equal(after.updates, before.updates);
	assert_int_equal(after.requests, before.requests);
	assert_int_equal(read_frames(&viewer), frames);
	ask(&viewer, 1);
	assert_int_equal(read_frames(&viewer), frames + 1); /* nothing was drawn unseen */
	flow_viewer_stop(&viewer);
}

static void session_nobody_watches_draws_nothing(void **state)
{
	unsigned frames;
	unsigned now;
	unsigned updates;

	(void)state;
	animate_on_request(&viewer);
	frames = read_frames(&viewer);
	flow_viewer_stop(&viewer);
	flow_wait_session(&broker, "\"detached\"", 1);
	let_another_draw(200);
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	flow_viewer_say(&viewer, "pace none");
	do { /* the first pictures may show again what stood there */
		ask(&viewer, 1);
		now = read_frames(&viewer);
		updates = read_counts(&viewer).updates;
	} while (now == frames && updates < 100);
	assert_in_range(now - frames, 1, updates + AHEAD);
	assert_in_range(updates, 1, 100); /* or the other's 200 would prove nothing */
	flow_viewer_stop(&viewer);
}

/* Two sessions animate, and nobody touches the second. Keys that waited for their tier would let it
 * draw as many frames as the first. */
static void keys_are_answered_at_once_beside_a_slow_animation(void **state)
{
	struct flow_viewer other;
	unsigned others;
	unsigned mine;

	(void)state;
	flow_viewer_start(&other, &broker, "suzuki", (char *)NULL);
	flow_viewer_say(&other, "open " ANIMATE);
	flow_viewer_say(&viewer, "open " ANIMATE);
	wait_updates(&other, 6); /* its address was an input, too: some frames more come soon */
	mine = wait_updates(&viewer, 6);
	others = read_counts(&other).updates;
	for (unsigned key = 0; key < KEYS; key++) {
		unsigned before = read_counts(&viewer).updates;

		flow_viewer_say(&viewer, "press 0x61");
		wait_updates(&viewer, before + 1);
	}
	assert_in_range(read_counts(&viewer).updates - mine, KEYS, 10 * KEYS);
	assert_in_range(read_counts(&other).updates - others, 0, KEYS / 2);
	flow_viewer_stop(&other);
	flow_viewer_stop(&viewer);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_request_is_one_frame),
		CASE(frames_follow_the_viewers_pace),
		CASE(viewer_that_asks_for_nothing_gets_nothing),
		CASE(session_nobody_watches_draws_nothing),
		cmocka_unit_test_setup_teardown(
			keys_are_answered_at_once_beside_a_slow_animation, start_slow, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
