/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares the viewer's picture with the painter's pattern. */

#include "painted.h"

#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START_PAGE PAINTED_HOST "solid?rgb=123456"

static struct pattern page_of(const char *address)
{
	struct pattern page;

	assert_int_equal(pattern_parse(&page, address), 0);
	page.width = PAINTED_WIDTH;
	page.height = PAINTED_HEIGHT;
	return page;
}

/* Waits for the lowest pixel that tells the page from the one before, then until nothing more
 * comes. */
static void wait_change(
	struct painted *painted, const struct pattern *before, const struct pattern *after)
{
	for (uint32_t place = PAINTED_WIDTH * PAINTED_HEIGHT; place > 0; place--) {
		uint32_t x = (place - 1) % PAINTED_WIDTH, y = (place - 1) / PAINTED_WIDTH;
		uint32_t pixel = pattern_pixel(after, x, y);

		if (pixel != pattern_pixel(before, x, y)) {
			flow_viewer_say(
				&painted->viewer, "wait-pixel %u %u %06x 20000", x, y, pixel);
			flow_viewer_say(&painted->viewer, "rest");
			return;
		}
	}
	fail_msg("the pages are the same");
}

/* Returns where the viewer's picture is another than the page, or the number of pixels. */
static uint32_t find_difference(struct painted *painted, const struct pattern *page)
{
	static uint8_t shown[PAINTED_WIDTH * PAINTED_HEIGHT * 4]; /* B G R A */
	char path[128];
	png_image image = {.version = PNG_IMAGE_VERSION};

	snprintf(path, sizeof(path), "%s/shot.png", painted->broker.directory);
	flow_viewer_say(&painted->viewer, "shot %s", path);
	assert_int_not_equal(png_image_begin_read_from_file(&image, path), 0);
	assert_int_equal(image.width, PAINTED_WIDTH);
	assert_int_equal(image.height, PAINTED_HEIGHT);
	image.format = PNG_FORMAT_BGRA;
	assert_int_not_equal(png_image_finish_read(&image, NULL, shown, 0, NULL), 0);
	for (uint32_t at = 0; at < PAINTED_WIDTH * PAINTED_HEIGHT; at++) {
		uint32_t pixel = pattern_pixel(page, at % PAINTED_WIDTH, at / PAINTED_WIDTH);

		if (memcmp(shown + (size_t)at * 4, &pixel, 3) != 0) {
			return at;
		}
	}
	return PAINTED_WIDTH * PAINTED_HEIGHT;
}

/* Pieces of a picture may come later than what was waited for: the first pixel that differs is
 * waited for in its turn, and what never comes ends the test there. */
static void assert_shows(struct painted *painted, const struct pattern *page)
{
	uint32_t at;

	while ((at = find_difference(painted, page)) < PAINTED_WIDTH * PAINTED_HEIGHT) {
		uint32_t x = at % PAINTED_WIDTH, y = at / PAINTED_WIDTH;

		flow_viewer_say(&painted->viewer, "wait-pixel %u %u %06x 20000", x, y,
			pattern_pixel(page, x, y));
		flow_viewer_say(&painted->viewer, "rest");
	}
}

static unsigned long bytes_received(struct painted *painted)
{
	flow_viewer_say(&painted->viewer, "stats");
	return strtoul(strstr(painted->viewer.answer, "bytes ") + 6, NULL, 10);
}

void painted_start(struct painted *painted)
{
	flow_broker_start(
		&painted->broker, &(struct flow_options){.paints = 1, .start_page = START_PAGE});
	flow_viewer_start(&painted->viewer, &painted->broker, "tanaka", (char *)NULL);
	painted->page = page_of(START_PAGE);
}

/* Says what brings the next page, waits for that page and compares it. */
static unsigned long follow(
	struct painted *painted, const struct pattern *page, const char *command)
{
	unsigned long bytes = bytes_received(painted);

	flow_viewer_say(&painted->viewer, "%s", command);
	wait_change(painted, &painted->page, page);
	assert_shows(painted, page);
	painted->page = *page;
	return bytes_received(painted) - bytes;
}

unsigned long painted_open(struct painted *painted, const char *address)
{
	struct pattern page = page_of(address);
	char command[256];

	snprintf(command, sizeof(command), "open %s", address);
	return follow(painted, &page, command);
}

unsigned long painted_turn(struct painted *painted, int direction)
{
	struct pattern page = painted->page;

	page.offset += direction > 0 ? PAINTED_NOTCH_PIXELS : -PAINTED_NOTCH_PIXELS;
	return follow(
		painted, &page, direction > 0 ? "wheel 900 400 0 120" : "wheel 900 400 0 -120");
}
