/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compositor's frames: the real process with the painter in the browser's place; this test is
 * encoder and gateway. */

#include "base/clock.h"
#include "stage.h"
#include "stage_pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct stage stage;
static const struct stage_program programs[] = {
	{COMPOSITOR, "garasu-compositor"}, {PAINTER, "garasu-browser"}, {NULL, NULL}};

static void start(const char *page, uint32_t width, uint32_t height, uint32_t scale)
{
	struct garasu_session_settings settings = stage_settings(page, width, height, scale);

	stage_start(&stage, programs, &settings, 0);
}

static int stop(void **state)
{
	(void)state;
	if (stage_stop(&stage) != 0) { /* a sanitizer's complaint, for one */
		print_error("it said: %s\n", stage.said);
		return -1;
	}
	return 0;
}

/* What the picture must be, but for what the painter counts. */
static struct pattern expected(const char *page)
{
	struct pattern pattern;

	assert_int_equal(pattern_parse(&pattern, page), 0);
	pattern.width = stage.header->width;
	pattern.height = stage.header->height;
	return pattern;
}

/* Takes frames until the picture is the page's at this size. */
static void see(const char *page, uint32_t width, uint32_t height)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;
	struct pattern pattern;

	do {
		assert_true(garasu_clock_ms() < deadline);
		stage_frame(&stage);
		pattern = expected(page);
	} while (stage.header->width != width || stage.header->height != height ||
		 !stage_shows(&stage, &pattern));
}

/* Half a second of the compositor's own time: text that no field took is dropped then. */
static void wait_half_a_second(void)
{
	stage_text(&stage, "x");
	stage_wait_said(&stage, "text_dropped");
}

/* ---- credit ---- */

static void nothing_is_drawn_without_credit(void **state)
{
	(void)state;
	start("http://painter/animate", 640, 480, 120);
	wait_half_a_second();
	assert_false(stage_has_news(&stage));
	assert_int_equal(stage.header->frames_drawn, 0);
	assert_int_equal(atomic_load(&stage.header->sequence), 0);
	stage_play_as_encoder(&stage, (struct garasu_input){.type = GARASU_INPUT_REFRESH});
	stage_geometry(&stage, 700, 500, 120, 9);
	wait_half_a_second();
	assert_false(stage_has_news(&stage));
	assert_int_equal(stage.header->frames_drawn, 0);
}

static void gateway_gives_no_credit(void **state)
{
	(void)state;
	start("http://painter/animate", 640, 480, 120);
	stage_play(&stage, (struct garasu_input){.type = GARASU_INPUT_CREDIT});
	stage_play(&stage, (struct garasu_input){.type = GARASU_INPUT_REFRESH});
	wait_half_a_second();
	assert_false(stage_has_news(&stage));
	assert_int_equal(stage.header->frames_drawn, 0);
}

static uint32_t counter(void)
{
	uint32_t count = 0;

	assert_int_equal(
		pattern_read_word(stage.pixels, STAGE_STRIDE, PATTERN_WORD_COUNT, &count), 0);
	return count;
}

/* Takes frames until a page that counts is there, whatever it counts. */
static void see_counting(const char *page)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;
	struct pattern pattern;
	int is_read;

	do {
		assert_true(garasu_clock_ms() < deadline);
		stage_frame(&stage);
		pattern = expected(page);
		is_read = 1;
		for (unsigned word = 0;
			word < (pattern.kind == PATTERN_ANIMATE ? 1 : PATTERN_WORDS); word++) {
			is_read &= pattern_read_word(stage.pixels, STAGE_STRIDE, word,
					   &pattern.words[word]) == 0;
		}
	} while (!is_read || !stage_shows(&stage, &pattern));
}

static void one_credit_is_one_frame_of_the_client(void **state)
{
	uint32_t drawn;
	uint32_t count;

	(void)state;
	start("http://painter/animate", 640, 480, 120);
	see_counting("http://painter/animate");
	drawn = stage.header->frames_drawn;
	count = counter();
	for (uint32_t i = 1; i <= 30; i++) {
		stage_frame(&stage);
		assert_int_equal(stage.header->frames_drawn, drawn + i);
		assert_int_equal(atomic_load(&stage.header->sequence), 2 * (drawn + i));
		assert_int_equal(counter(), count + i);
	}
	wait_half_a_second();
	assert_int_equal(stage.header->frames_drawn, drawn + 30);
	assert_int_equal(counter(), count + 30);
}

static void credit_stands_until_something_changes(void **state)
{
	uint32_t drawn;

	(void)state;
	start("http://painter/keys", 640, 480, 120);
	see_counting("http://painter/keys");
	stage_credit(&stage);
	wait_half_a_second();
	wait_half_a_second();
	if (stage_has_news(&stage)) { /* the focus came late */
		stage_wait_news(&stage);
		stage_credit(&stage);
		wait_half_a_second();
	}
	assert_false(stage_has_news(&stage));
	drawn = stage.header->frames_drawn;
	stage_key(&stage, 30, 1);
	stage_wait_news(&stage);
	assert_int_equal(stage.header->frames_drawn, drawn + 1);
}

static void refresh_is_a_frame_that_changes_nothing(void **state)
{
	uint32_t drawn;

	(void)state;
	start("http://painter/still", 640, 480, 120);
	see("http://painter/still", 640, 480);
	drawn = stage.header->frames_drawn;
	stage_play_as_encoder(&stage, (struct garasu_input){.type = GARASU_INPUT_REFRESH});
	stage_frame(&stage);
	assert_int_equal(stage.header->frames_drawn, drawn + 1);
	assert_int_equal(stage.header->damage_count, 1);
	assert_int_equal(stage.header->damage[0].width, 0);
}

/* How often it waited for something so far. */
static unsigned long waits_so_far(void)
{
	static const char field[] = "\nvoluntary_ctxt_switches:";
	char path[64];
	char text[4096];
	const char *found;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)stage.pid);
	file = fopen(path, "re");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	found = strstr(text, field);
	assert_non_null(found);
	return strtoul(found + strlen(field), NULL, 10);
}

/* A screen's clock would have been there thirty times. */
static void picture_at_rest_wakes_nobody(void **state)
{
	unsigned long before;

	(void)state;
	start("http://painter/still", 640, 480, 120);
	see("http://painter/still", 640, 480);
	stage_credit(&stage);
	wait_half_a_second();
	before = waits_so_far();
	wait_half_a_second();
	assert_in_range(waits_so_far() - before, 0, 10);
}

/* ---- pixels ---- */

static void pictures_are_exact_at_scale_one(void **state)
{
	static const char *const pages[] = {"http://painter/bars", "http://painter/lines",
		"http://painter/photo", "http://painter/still", "http://painter/solid?rgb=204080"};

	(void)state;
	start(pages[0], 800, 600, 120);
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		stage_address(&stage, pages[i]);
		see(pages[i], 800, 600);
	}
}

static void pictures_are_exact_at_every_scale(void **state)
{
	static const struct {
		uint32_t width, height, scale;
	} sizes[] = {{960, 720, 180}, {1500, 900, 180}, {1000, 700, 150}, {800, 600, 240},
		{1024, 768, 300}, {1600, 1200, 120}};

	(void)state;
	start("http://painter/lines", 960, 720, 180);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		stage_geometry(
			&stage, sizes[i].width, sizes[i].height, sizes[i].scale, (uint16_t)(i + 1));
		see("http://painter/lines", sizes[i].width, sizes[i].height);
		assert_int_equal(stage.header->scale, sizes[i].scale);
		assert_int_equal(stage.header->geometry_serial, i + 1);
	}
}

/* The client's buffer is a whole number of logical pixels, so it may reach over the edge; what is
 * seen of it is still pixel by pixel. */
static void odd_sizes_keep_lines_hard(void **state)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;
	struct pattern pattern;

	(void)state;
	start("http://painter/lines", 1001, 701, 180);
	do {
		assert_true(garasu_clock_ms() < deadline);
		stage_frame(&stage);
		pattern = expected("http://painter/lines");
		pattern.width = ((1001 * 120 + 179) / 180 * 180 + 60) / 120;
		pattern.height = ((701 * 120 + 179) / 180 * 180 + 60) / 120;
	} while (!stage_shows(&stage, &pattern));
	assert_int_equal(stage.header->width, 1001);
	assert_int_equal(stage.header->height, 701);
}

static void geometry_beyond_policy_is_ignored(void **state)
{
	(void)state;
	start("http://painter/bars", 800, 600, 120);
	see("http://painter/bars", 800, 600);
	stage_geometry(&stage, STAGE_MAX_WIDTH + 1, 600, 120, 5);
	stage_geometry(&stage, 800, STAGE_MAX_HEIGHT + 1, 120, 6);
	stage_geometry(&stage, 63, 600, 120, 7);
	stage_geometry(&stage, 800, 600, 119, 8);
	stage_geometry(&stage, 800, 600, 301, 9);
	stage_geometry(&stage, 820, 620, 120, 10);
	see("http://painter/bars", 820, 620);
	assert_int_equal(stage.header->geometry_serial, 10);
	assert_int_equal(stage.header->scale, 120);
}

/* ---- the header's promises ---- */

static void even_sequence_is_a_whole_picture(void **state)
{
	static uint8_t copy[STAGE_STRIDE * 300];
	uint8_t *shared = NULL;
	unsigned whole = 0;

	(void)state;
	start("http://painter/animate?area=full", 400, 300, 120);
	see_counting("http://painter/animate?area=full");
	shared = stage.pixels;
	for (uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS; whole < 100;) {
		struct pattern pattern = expected("http://painter/animate?area=full");
		uint32_t before =
			atomic_load_explicit(&stage.header->sequence, memory_order_acquire);

		assert_true(garasu_clock_ms() < deadline);
		stage_credit(&stage);
		memcpy(copy, shared, sizeof(copy));
		atomic_thread_fence(memory_order_seq_cst);
		if (stage_has_news(&stage)) {
			stage_wait_news(&stage);
		}
		if (before % 2 != 0 || atomic_load(&stage.header->sequence) != before) {
			continue;
		}
		assert_int_equal(
			pattern_read_word(copy, STAGE_STRIDE, PATTERN_WORD_COUNT, pattern.words),
			0);
		for (uint32_t y = 0; y < 300; y++) {
			for (uint32_t x = 0; x < 400; x++) {
				uint32_t pixel;

				memcpy(&pixel, copy + y * STAGE_STRIDE + x * 4, 4);
				assert_int_equal(pixel & 0xffffffu, pattern_pixel(&pattern, x, y));
			}
		}
		whole++;
	}
}

static int is_damaged(uint32_t x, uint32_t y)
{
	for (uint32_t i = 0; i < stage.header->damage_count; i++) {
		const struct garasu_rect *box = &stage.header->damage[i];

		if (x - box->x < box->width && y - box->y < box->height) {
			return 1;
		}
	}
	return 0;
}

static void damage_covers_the_change(uint32_t width, uint32_t height, uint32_t scale)
{
	size_t bytes = (size_t)STAGE_STRIDE * height;
	uint8_t *before = malloc(bytes);

	assert_non_null(before);
	start("http://painter/animate", width, height, scale);
	see_counting("http://painter/animate");
	stage_frame(&stage);
	for (int i = 0; i < 20; i++) {
		uint64_t damaged = 0;

		memcpy(before, stage.pixels, bytes);
		stage_frame(&stage);
		assert_in_range(stage.header->damage_count, 1, GARASU_FRAME_DAMAGE_MAX);
		for (uint32_t y = 0; y < height; y++) {
			for (uint32_t x = 0; x < width; x++) {
				size_t at = (size_t)y * STAGE_STRIDE + (size_t)x * 4;

				damaged += (uint64_t)is_damaged(x, y);
				if (memcmp(before + at, stage.pixels + at, 4) != 0) {
					assert_true(is_damaged(x, y));
				}
			}
		}
		assert_in_range(damaged, 1, (uint64_t)width * height / 4);
	}
	free(before);
}

static void damage_covers_the_change_and_little_more(void **state)
{
	(void)state;
	damage_covers_the_change(640, 480, 120);
}

static void damage_covers_the_change_at_150_percent(void **state)
{
	(void)state;
	damage_covers_the_change(960, 720, 180);
}

/* ---- ends ---- */

static void closed_browser_is_started_again(void **state)
{
	(void)state;
	start("http://painter/bars", 640, 480, 120);
	see("http://painter/bars", 640, 480);
	stage_address(&stage, "http://painter/lines");
	see("http://painter/lines", 640, 480);
	stage_address(&stage, "http://painter/end?code=0");
	see("http://painter/bars", 640, 480);
}

static void dead_browser_ends_the_session(void **state)
{
	(void)state;
	start("http://painter/bars", 640, 480, 120);
	see("http://painter/bars", 640, 480);
	stage_address(&stage, "http://painter/end?code=7");
	assert_int_equal(stage_wait_end(&stage), 3);
	assert_non_null(strstr(stage.said, "browser_died"));
}

static void browser_that_ends_at_once_is_not_started_for_ever(void **state)
{
	(void)state;
	start("http://painter/end?code=0", 640, 480, 120);
	assert_int_equal(stage_wait_end(&stage), 3);
}

static void lost_writers_end_the_session(void **state)
{
	(void)state;
	start("http://painter/bars", 640, 480, 120);
	see("http://painter/bars", 640, 480);
	stage_close_input(&stage);
	assert_int_equal(stage_wait_end(&stage), 0);
}

#define CASE(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(nothing_is_drawn_without_credit),
		CASE(gateway_gives_no_credit),
		CASE(one_credit_is_one_frame_of_the_client),
		CASE(credit_stands_until_something_changes),
		CASE(refresh_is_a_frame_that_changes_nothing),
		CASE(picture_at_rest_wakes_nobody),
		CASE(pictures_are_exact_at_scale_one),
		CASE(pictures_are_exact_at_every_scale),
		CASE(odd_sizes_keep_lines_hard),
		CASE(geometry_beyond_policy_is_ignored),
		CASE(even_sequence_is_a_whole_picture),
		CASE(damage_covers_the_change_and_little_more),
		CASE(damage_covers_the_change_at_150_percent),
		CASE(closed_browser_is_started_again),
		CASE(dead_browser_ends_the_session),
		CASE(browser_that_ends_at_once_is_not_started_for_ever),
		CASE(lost_writers_end_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
