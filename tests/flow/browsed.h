/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_BROWSED_H
#define GARASU_FLOW_BROWSED_H

#include "harness.h"

/* A session of real Chromium on pages that the test serves. */

/* Ends each page that browsed_open opens: Chromium drops input until a page's first picture, which
 * this corner shows in a colour of its own for each load. */
#define BROWSED_CORNER                                                                             \
	"<i id=corner style='position:fixed;left:0;bottom:0;width:9px;height:9px'></i>"            \
	"<script>corner.style.background='#'+location.search.slice(1)</script>"

struct browsed {
	struct flow_broker broker;
	struct flow_viewer viewer;
	unsigned port;
	int width, height, top; /* of the page's contents, in the picture */
};

/* Serves the pages and starts the rest at 1280 x 800. screen: lines below "screen:"; start_page: a
 * path of the pages, or NULL. */
void browsed_start(struct browsed *browsed, const struct flow_page *pages, const char *screen,
	const char *start_page);

void browsed_stop(struct browsed *browsed);

/* Opens a page, which must report "layout WIDTH HEIGHT TOP ..." of its contents, and waits until
 * it is seen. */
void browsed_open(struct browsed *browsed, const char *path);

#endif
