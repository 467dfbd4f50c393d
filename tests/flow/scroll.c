/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A turned wheel costs what it uncovers: bytes of each step, the picture after it pixel by pixel,
 * and the copies in the record of what crossed. The painter stands in for the browser. */

#include "harness.h"

#include "pattern.h"

#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 1280u
#define HEIGHT 800u
#define HOST "http://painter/"
#define NOTCH_PIXELS 60u /* of the painter */
#define STEPS 8u

static struct flow_broker broker;
static struct flow_viewer viewer;
static uint8_t shown[WIDTH * HEIGHT * 4]; /* B G R A */

static int start(void **state)
{
	(void)state;
	flow_broker_start(&broker,
		&(struct flow_options){.paints = 1, .start_page = HOST "solid?rgb=123456"});
	flow_viewer_start(&viewer, &broker, "tanaka", (char *)NULL);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	return 0;
}

/* Waits for the lowest pixel that tells after from before, then until nothing more comes. */
static void wait_change(const struct pattern *before, const struct pattern *after)
{
	for (uint32_t place = WIDTH * HEIGHT; place > 0; place--) {
		uint32_t x = (place - 1) % WIDTH, y = (place - 1) / WIDTH;
		uint32_t pixel = pattern_pixel(after, x, y);

		if (pixel != pattern_pixel(before, x, y)) {
			flow_viewer_say(&viewer, "wait-pixel %u %u %06x 20000", x, y, pixel);
			flow_viewer_say(&viewer, "rest");
			return;
		}
	}
	fail_msg("nothing changes");
}

static void assert_shows(const struct pattern *page)
{
	char path[128];
	png_image image = {.version = PNG_IMAGE_VERSION};

	snprintf(path, sizeof(path), "%s/shot.png", broker.directory);
	flow_viewer_say(&viewer, "shot %s", path);
	assert_int_not_equal(png_image_begin_read_from_file(&image, path), 0);
	assert_int_equal(image.width, WIDTH);
	assert_int_equal(image.height, HEIGHT);
	image.format = PNG_FORMAT_BGRA;
	assert_int_not_equal(png_image_finish_read(&image, NULL, shown, 0, NULL), 0);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t pixel = pattern_pixel(page, x, y);

			if (memcmp(shown + ((size_t)y * WIDTH + x) * 4, &pixel, 3) != 0) {
				fail_msg("at %u, %u", x, y);
			}
		}
	}
}

static unsigned long bytes_received(void)
{
	flow_viewer_say(&viewer, "stats");
	return strtoul(strstr(viewer.answer, "bytes ") + 6, NULL, 10);
}

static void turn_wheel(struct pattern *page, int direction, unsigned long most)
{
	struct pattern before = *page;
	unsigned long bytes = bytes_received();

	page->offset += direction > 0 ? NOTCH_PIXELS : -NOTCH_PIXELS;
	flow_viewer_say(&viewer, "wheel 900 400 0 %d", direction * 120);
	wait_change(&before, page);
	assert_in_range(bytes_received() - bytes, 16, most);
	assert_shows(page);
}

static void scroll_down_and_up(const char *address, unsigned long most)
{
	struct pattern page, before;

	assert_int_equal(pattern_parse(&before, HOST "solid?rgb=654321"), 0);
	assert_int_equal(pattern_parse(&page, address), 0);
	page.width = before.width = WIDTH;
	page.height = before.height = HEIGHT;
	flow_viewer_say(&viewer, "open " HOST "solid?rgb=654321");
	flow_viewer_say(&viewer, "wait-pixel 5 5 654321 20000");
	flow_viewer_say(&viewer, "open %s", address);
	wait_change(&before, &page);
	for (unsigned step = 0; step < STEPS; step++) {
		turn_wheel(&page, 1, most);
	}
	for (unsigned step = 0; step < STEPS; step++) {
		turn_wheel(&page, -1, most);
	}
}

/* Three lines of 1280 pixels are new in each step: 4 to 9 KB. */
static void step_of_a_text_page_costs_its_new_lines(void **state)
{
	(void)state;
	scroll_down_and_up(HOST "scroll", 10000);
}

static void side_bar_that_stands_still_costs_nothing(void **state)
{
	(void)state;
	scroll_down_and_up(HOST "scroll?side=1", 10000);
}

static void step_of_repeated_lines_costs_little(void **state)
{
	(void)state;
	scroll_down_and_up(HOST "table", 4000);
}

static void copies_stand_in_the_record(void **state)
{
	char path[128];
	char line[4096];
	unsigned long copies = 0;
	FILE *trail;

	(void)state;
	flow_viewer_stop(&viewer);
	flow_wait_session(&broker, "\"detached\"", 1);
	flow_wait_file(&broker, "log/audit.jsonl", "\"conformity\"");
	snprintf(path, sizeof(path), "%s/log/audit.jsonl", broker.directory);
	trail = fopen(path, "r");
	assert_non_null(trail);
	while (fgets(line, sizeof(line), trail) != NULL) {
		const char *count = strstr(line, "\"rect_copy\":");

		copies += count != NULL ? strtoul(count + 12, NULL, 10) : 0;
	}
	fclose(trail);
	assert_in_range(copies, 3 * 2 * STEPS, 3 * 2 * STEPS * 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(step_of_a_text_page_costs_its_new_lines),
		cmocka_unit_test(side_bar_that_stands_still_costs_nothing),
		cmocka_unit_test(step_of_repeated_lines_costs_little),
		cmocka_unit_test(copies_stand_in_the_record),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
