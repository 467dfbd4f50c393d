/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the viewer shows is what was drawn: each pixel of the painter's pages, through compositor,
 * encoder, gateway and decoder, and what a step costs on the way. */

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
	flow_viewer_stop(&viewer);
	flow_broker_stop(&broker);
	return 0;
}

static struct pattern page_of(const char *address)
{
	struct pattern page;

	assert_int_equal(pattern_parse(&page, address), 0);
	page.width = WIDTH;
	page.height = HEIGHT;
	return page;
}

/* Waits for a pixel that tells the page from the one before. */
static void wait_page(const struct pattern *before, const struct pattern *page)
{
	for (uint32_t y = HEIGHT - 1; y > 0; y--) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t pixel = pattern_pixel(page, x, y);

			if (pixel != pattern_pixel(before, x, y)) {
				flow_viewer_say(
					&viewer, "wait-pixel %u %u %06x 20000", x, y, pixel);
				flow_viewer_say(&viewer, "rest");
				return;
			}
		}
	}
	fail_msg("the pages are the same");
}

static void take_shot(void)
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
}

static void assert_shows(const struct pattern *page)
{
	take_shot();
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

static unsigned long open_page(const char *address)
{
	static struct pattern before;
	struct pattern page = page_of(address);
	unsigned long bytes = bytes_received();

	if (before.width == 0) {
		before = page_of(HOST "solid?rgb=123456");
	}
	flow_viewer_say(&viewer, "open %s", address);
	wait_page(&before, &page);
	assert_shows(&page);
	before = page;
	return bytes_received() - bytes;
}

static void flat_pages_and_lines_are_exact(void **state)
{
	(void)state;
	assert_in_range(open_page(HOST "solid?rgb=ff8001"), 100, 4000);
	assert_in_range(open_page(HOST "bars"), 100, 20000);
	assert_in_range(open_page(HOST "lines"), 100, 20000);
}

static void text_is_exact(void **state)
{
	(void)state;
	assert_in_range(open_page(HOST "still"), 1000, 100000); /* of 3 MB */
	assert_in_range(open_page(HOST "solid?rgb=204080"), 100, 4000);
}

static void photograph_rests_exact(void **state)
{
	(void)state;
	(void)open_page(HOST "photo?seed=3");
}

static void scrolled_page_is_exact(void **state)
{
	struct pattern page = page_of(HOST "table"), before;
	unsigned long bytes;

	(void)state;
	(void)open_page(HOST "table");
	bytes = bytes_received();
	for (uint32_t step = 0; step < 3; step++) {
		before = page;
		page.offset += NOTCH_PIXELS;
		flow_viewer_say(&viewer, "wheel 600 400 0 120");
		wait_page(&before, &page);
		assert_shows(&page);
	}
	assert_in_range(bytes_received() - bytes, 100, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flat_pages_and_lines_are_exact),
		cmocka_unit_test(text_is_exact),
		cmocka_unit_test(photograph_rests_exact),
		cmocka_unit_test(scrolled_page_is_exact),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
