/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens pages in real Chromium and learns where their contents stand. */

#include "browsed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

void browsed_start(struct browsed *browsed, const struct flow_page *pages, const char *screen,
	const char *start_page)
{
	char egress[128], page[128];
	struct flow_options options = {.egress = egress, .screen = screen};

	browsed->port = flow_pages_start(pages);
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", browsed->port);
	if (start_page != NULL) {
		snprintf(page, sizeof(page), "http://127.0.0.1:%u%s", browsed->port, start_page);
		options.start_page = page;
	}
	flow_broker_start(&browsed->broker, &options);
	flow_viewer_start(
		&browsed->viewer, &browsed->broker, "tanaka", "--size", "1280x800", (char *)NULL);
}

void browsed_stop(struct browsed *browsed)
{
	flow_broker_stop(&browsed->broker);
	flow_pages_stop();
}

void browsed_open(struct browsed *browsed, const char *path)
{
	static unsigned loads;
	unsigned corner = 0x203040 + ++loads * 5;
	char report[256];

	flow_pages_forget();
	flow_viewer_say(
		&browsed->viewer, "open http://127.0.0.1:%u%s?%06x", browsed->port, path, corner);
	flow_pages_wait("layout ");
	assert_int_equal(flow_pages_report("layout ", report, sizeof(report)), 1);
	assert_int_equal(
		sscanf(report, "layout %d %d %d", &browsed->width, &browsed->height, &browsed->top),
		3);
	assert_in_range(browsed->width, 600, 4000);
	assert_in_range(browsed->top, 20, 300);
	flow_viewer_say(&browsed->viewer, "wait-pixel 4 %d %06x %d",
		browsed->top + browsed->height - 4, corner, FLOW_DEADLINE_MS / 2);
}
