/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pace of frames, in virtual time: a client that animates, a user, and a host with many. */

#include "pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS 1000u
#define SECOND (1000u * MS)
#define STEP (MS / 2)
#define START (1000u * (uint64_t)SECOND)

static const struct pace_rates rates = {.input = 60, .change = 30, .animation = 10, .video = 20};

/* A client that draws whenever it is told to, takes_us after that, with credit always there. */
struct scene {
	struct pace pace;
	uint64_t now_us, takes_us;
	uint64_t ready_us; /* its next frame is; 0: it waits to be told */
	uint64_t last_us;  /* the last frame drawn */
	uint32_t frames;
};

static void begin(struct scene *scene, uint64_t takes_us)
{
	*scene = (struct scene){.now_us = START, .takes_us = takes_us, .ready_us = START};
	pace_init(&scene->pace, &rates);
}

static void step(struct scene *scene)
{
	struct pace *pace = &scene->pace;

	if (scene->ready_us != 0 && scene->ready_us <= scene->now_us &&
		pace_draw_due_us(pace, scene->now_us) <= scene->now_us) {
		pace_drawn(pace, 0, scene->now_us);
		scene->last_us = scene->now_us;
		scene->ready_us = 0;
		scene->frames++;
	}
	if (scene->ready_us == 0 && pace_call_due_us(pace, 1, scene->now_us) <= scene->now_us) {
		pace_called(pace, scene->now_us);
		scene->ready_us = scene->now_us + scene->takes_us;
	}
	scene->now_us += STEP;
}

/* Returns how many frames were drawn meanwhile. */
static uint32_t run(struct scene *scene, uint64_t for_us)
{
	uint64_t until_us = scene->now_us + for_us;
	uint32_t before = scene->frames;

	while (scene->now_us < until_us) {
		step(scene);
	}
	return scene->frames - before;
}

/* Steps until one more frame is drawn. Returns after how long. */
static uint64_t next_frame(struct scene *scene)
{
	uint64_t since_us = scene->now_us;
	uint32_t before = scene->frames;

	while (scene->frames == before) {
		step(scene);
		assert_true(scene->now_us < since_us + 10 * SECOND);
	}
	return scene->last_us - since_us;
}

static void each_tier_has_its_rate(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 8 * MS);
	assert_in_range(run(&scene, 3 * SECOND), 88, 91);
	assert_in_range(run(&scene, 10 * SECOND), 99, 102);
	pace_hint(&scene.pace, 1);
	assert_in_range(run(&scene, 10 * SECOND), 199, 201);
	pace_touch(&scene.pace, PACE_TOUCH_DRAG, scene.now_us);
	assert_in_range(run(&scene, 1 * SECOND), 59, 63); /* smooth scrolling follows the wheel */
	assert_in_range(run(&scene, 2 * SECOND), 59, 61);
	assert_in_range(run(&scene, 5 * SECOND), 99, 101);
}

static void rate_does_not_depend_on_how_long_the_client_takes(void **state)
{
	struct scene scene;

	(void)state;
	for (uint64_t takes_us = 0; takes_us <= 50 * MS; takes_us += 5 * MS) {
		begin(&scene, takes_us);
		run(&scene, 5 * SECOND);
		assert_in_range(run(&scene, 10 * SECOND), 99, 101);
	}
}

static void key_is_answered_by_the_very_next_frame_of_any_tier(void **state)
{
	struct scene scene;

	(void)state;
	for (uint64_t after_us = 0; after_us < 200 * MS; after_us += 7 * MS) {
		begin(&scene, 8 * MS);
		run(&scene, 10 * SECOND + after_us);
		scene.ready_us = 0; /* it has drawn, and waits */
		pace_touch(&scene.pace, PACE_TOUCH_ACT, scene.now_us);
		assert_int_equal(next_frame(&scene), 8 * MS);
	}
}

static void key_is_worth_three_frames_and_not_a_rate(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 0);
	run(&scene, 10 * SECOND);
	pace_touch(&scene.pace, PACE_TOUCH_ACT, scene.now_us);
	next_frame(&scene);
	assert_in_range(next_frame(&scene), 0, MS);
	assert_in_range(next_frame(&scene), 0, MS);
	assert_in_range(next_frame(&scene), 15 * MS, 34 * MS); /* then as what changes */
	assert_in_range(next_frame(&scene), 32 * MS, 34 * MS);
}

static void typing_beside_an_animation_leaves_it_about_its_rate(void **state)
{
	struct scene scene;
	uint32_t frames = 0;

	(void)state;
	begin(&scene, 8 * MS);
	for (int key = 0; key < 50; key++) {
		pace_touch(&scene.pace, PACE_TOUCH_ACT, scene.now_us);
		frames += run(&scene, 200 * MS);
	}
	assert_in_range(frames, 300, 450); /* of 600 that credit would allow */
}

static void answer_that_moves_most_of_the_picture_is_followed(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, &rates);
	pace_touch(&pace, PACE_TOUCH_ACT, START);
	for (int i = 0; i < 3; i++) {
		pace_called(&pace, START + 8 * MS);
		pace_drawn(&pace, 1, START + 8 * MS);
	}
	assert_int_equal(pace_draw_due_us(&pace, START + 9 * MS), START + 8 * MS + SECOND / 60);
	assert_int_equal(pace_draw_due_us(&pace, START + 600 * MS), START + 8 * MS + SECOND / 30);
}

static void pointer_that_moves_lifts_an_animation_to_change(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 8 * MS);
	run(&scene, 10 * SECOND);
	pace_touch(&scene.pace, PACE_TOUCH_GLANCE, scene.now_us);
	assert_in_range(run(&scene, 3 * SECOND), 89, 92);
	assert_in_range(run(&scene, 3 * SECOND), 29, 31);
}

static void motion_after_a_rest_is_drawn_at_once_and_is_no_animation_yet(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 8 * MS);
	run(&scene, 10 * SECOND);
	for (int blink = 0; blink < 20; blink++) {
		scene.ready_us = scene.now_us + 500 * MS; /* told long ago, as by a timer */
		pace_called(&scene.pace, scene.now_us);
		assert_int_equal(next_frame(&scene), 500 * MS);
	}
	assert_in_range(run(&scene, 2 * SECOND), 58, 62);
}

static void clients_are_not_told_without_credit(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, &rates);
	pace_called(&pace, START);
	pace_drawn(&pace, 0, START + 8 * MS);
	assert_int_equal(pace_call_due_us(&pace, 0, START + SECOND), UINT64_MAX);
	assert_in_range(pace_call_due_us(&pace, 1, START + SECOND), START, START + SECOND);
}

static void input_may_have_one_frame_prepared_ahead_of_its_credit(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, &rates);
	pace_called(&pace, START);
	pace_drawn(&pace, 0, START + 8 * MS);
	pace_touch(&pace, PACE_TOUCH_ACT, START + 9 * MS);
	assert_int_equal(pace_call_due_us(&pace, 0, START + 9 * MS), 0);
	pace_called(&pace, START + 9 * MS);
	pace_touch(&pace, PACE_TOUCH_ACT, START + 20 * MS);
	assert_int_equal(pace_call_due_us(&pace, 0, START + 20 * MS), UINT64_MAX);
	assert_int_equal(pace_call_due_us(&pace, 1, START + 20 * MS), 0);
}

static void client_that_shows_nothing_is_told_no_more_often_than_its_tier(void **state)
{
	struct pace pace;
	uint64_t now_us = START;
	uint32_t calls = 0;

	(void)state;
	pace_init(&pace, &rates);
	pace_drawn(&pace, 0, now_us);
	pace_touch(&pace, PACE_TOUCH_ACT, now_us);
	for (; now_us < START + 20 * SECOND; now_us += STEP) {
		if (pace_call_due_us(&pace, 1, now_us) <= now_us) {
			pace_called(&pace, now_us);
			calls += now_us >= START + 10 * SECOND;
		}
	}
	assert_in_range(calls, 99, 101);
}

static void busy_host_lowers_every_rate_but_not_haste(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 8 * MS);
	run(&scene, 10 * SECOND);
	for (int i = 0; i < 100; i++) {
		pace_host(&scene.pace, 20, 2);
	}
	assert_in_range(run(&scene, 10 * SECOND), 19, 21);
	scene.ready_us = 0;
	pace_touch(&scene.pace, PACE_TOUCH_ACT, scene.now_us);
	assert_int_equal(next_frame(&scene), 8 * MS);
	pace_touch(&scene.pace, PACE_TOUCH_DRAG, scene.now_us);
	assert_in_range(run(&scene, 1 * SECOND), 15, 19); /* and what follows it */
	run(&scene, 5 * SECOND);
	for (int i = 0; i < 100; i++) {
		pace_host(&scene.pace, 1, 2);
	}
	assert_in_range(run(&scene, 10 * SECOND), 99, 101);
}

static void host_whose_processors_are_just_in_use_lowers_nothing(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 8 * MS);
	run(&scene, 10 * SECOND);
	for (int i = 0; i < 100; i++) {
		pace_host(&scene.pace, 2, 2);
	}
	assert_in_range(run(&scene, 10 * SECOND), 99, 101);
}

static void rate_0_is_as_credit_comes(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, &(struct pace_rates){0});
	for (uint64_t now_us = START; now_us < START + SECOND; now_us += MS) {
		assert_in_range(pace_draw_due_us(&pace, now_us), 0, now_us);
		pace_drawn(&pace, 0, now_us);
		assert_in_range(pace_call_due_us(&pace, 1, now_us), 0, now_us);
		pace_called(&pace, now_us);
		pace_host(&pace, 100, 1);
	}
}

/* ---- a host with many sessions ---- */

#define SESSIONS 50u
#define PROCESSORS 2u
#define WORK_US (8 * MS) /* of one frame on average, all processes of a session together */

struct tenant {
	struct pace pace;
	double left_us; /* of its frame's work; 0: it waits to be told */
	uint32_t seed;
};

static struct tenant tenants[SESSIONS];

static uint32_t count_working(void)
{
	uint32_t count = 0;

	for (unsigned i = 0; i < SESSIONS; i++) {
		count += tenants[i].left_us > 0;
	}
	return count;
}

/* Frames differ: from half to three halves of the average. */
static void tell(struct tenant *tenant, uint64_t now_us)
{
	tenant->seed = tenant->seed * 1664525u + 1013904223u;
	tenant->left_us = WORK_US / 2 + (tenant->seed >> 16) % WORK_US;
	pace_called(&tenant->pace, now_us);
}

/* One session's step with its share of the processors; it looks at the host where the compositor
 * does. */
static void live(struct tenant *tenant, double share_us, uint32_t seen, uint64_t now_us)
{
	if (tenant->left_us > share_us) {
		tenant->left_us -= share_us;
	} else if (tenant->left_us > 0) {
		tenant->left_us = 0;
		pace_host(&tenant->pace, seen, PROCESSORS);
		pace_drawn(&tenant->pace, 0, now_us);
	} else if (pace_call_due_us(&tenant->pace, 1, now_us) <= now_us) {
		pace_host(&tenant->pace, seen, PROCESSORS);
		tell(tenant, now_us);
	}
}

/* Half a millisecond of processors shared by all who work. Returns how many do. */
static uint32_t share_processors(int is_adaptive, uint64_t now_us)
{
	uint32_t working = count_working();
	double share_us = working <= PROCESSORS ? STEP : (double)STEP * PROCESSORS / working;

	for (unsigned i = 0; i < SESSIONS; i++) {
		live(&tenants[i], share_us, is_adaptive ? working : 0, now_us);
	}
	return working;
}

/* Returns how many sessions work at once, on average, in hundredths. */
static uint64_t crowd(int is_adaptive)
{
	uint64_t sum = 0;
	uint32_t steps = 0;

	for (unsigned i = 0; i < SESSIONS; i++) {
		pace_init(&tenants[i].pace, &rates);
		tenants[i].seed = i;
		tell(&tenants[i], START);
	}
	for (uint64_t now_us = START; now_us < START + 60 * SECOND; now_us += STEP) {
		uint32_t working = share_processors(is_adaptive, now_us);

		if (now_us >= START + 30 * SECOND) {
			sum += working;
			steps++;
		}
	}
	return sum * 100 / steps;
}

/* 50 animations of 10 frames a second would take four processors, and there are two: somebody's key
 * would stand in a queue with most of them. */
static void fifty_animations_make_room_for_a_key(void **state)
{
	uint64_t without = crowd(0);

	(void)state;
	assert_in_range(without, SESSIONS * 100 / 2, SESSIONS * 100);
	assert_in_range(crowd(1), 50, without / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tier_has_its_rate),
		cmocka_unit_test(rate_does_not_depend_on_how_long_the_client_takes),
		cmocka_unit_test(key_is_answered_by_the_very_next_frame_of_any_tier),
		cmocka_unit_test(key_is_worth_three_frames_and_not_a_rate),
		cmocka_unit_test(typing_beside_an_animation_leaves_it_about_its_rate),
		cmocka_unit_test(answer_that_moves_most_of_the_picture_is_followed),
		cmocka_unit_test(pointer_that_moves_lifts_an_animation_to_change),
		cmocka_unit_test(motion_after_a_rest_is_drawn_at_once_and_is_no_animation_yet),
		cmocka_unit_test(clients_are_not_told_without_credit),
		cmocka_unit_test(input_may_have_one_frame_prepared_ahead_of_its_credit),
		cmocka_unit_test(client_that_shows_nothing_is_told_no_more_often_than_its_tier),
		cmocka_unit_test(busy_host_lowers_every_rate_but_not_haste),
		cmocka_unit_test(host_whose_processors_are_just_in_use_lowers_nothing),
		cmocka_unit_test(rate_0_is_as_credit_comes),
		cmocka_unit_test(fifty_animations_make_room_for_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
