/* SPDX-License-Identifier: GPL-3.0-or-later */
/* painter ADDRESS: draws the pattern of an address, and shows what input arrives.
 * Reads untrusted bytes from: nobody; it is a test's own. */

#include "painter.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int painter_open(struct painter *painter, const char *address)
{
	struct pattern page;

	if (pattern_parse(&page, address) != 0) {
		return -1;
	}
	if (page.kind == PATTERN_END) {
		exit((int)page.code);
	}
	if (page.kind == PATTERN_HOG_MEMORY) {
		hog_memory();
	}
	if (page.kind == PATTERN_HOG_PROCESSES) {
		page.rgb = hog_processes() == 0 ? 0xffffffu : 0xc03010u;
	}
	page.width = painter->page.width;
	page.height = painter->page.height;
	page.words[PATTERN_WORD_STATE] = painter->page.words[PATTERN_WORD_STATE];
	painter->page = page;
	return 0;
}

static void on_ping(void *data, struct xdg_wm_base *shell, uint32_t serial)
{
	(void)data;
	xdg_wm_base_pong(shell, serial);
}

static const struct xdg_wm_base_listener shell_listener = {.ping = on_ping};

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct painter *painter = data;
	const struct {
		const struct wl_interface *interface;
		uint32_t version;
		void **object;
	} wanted[] = {
		{&wl_compositor_interface, 4, (void **)&painter->compositor},
		{&wl_shm_interface, 1, (void **)&painter->shm},
		{&wl_seat_interface, 5, (void **)&painter->seat},
		{&xdg_wm_base_interface, 1, (void **)&painter->shell},
		{&wp_viewporter_interface, 1, (void **)&painter->viewporter},
		{&wp_fractional_scale_manager_v1_interface, 1, (void **)&painter->scales},
		{&zwp_text_input_manager_v3_interface, 1, (void **)&painter->texts},
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (strcmp(interface, wanted[i].interface->name) == 0 &&
			version >= wanted[i].version) {
			*wanted[i].object = wl_registry_bind(
				registry, name, wanted[i].interface, wanted[i].version);
		}
	}
}

static void on_global_gone(void *data, struct wl_registry *registry, uint32_t name)
{
	(void)data;
	(void)registry;
	(void)name;
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global, .global_remove = on_global_gone};

static int start(struct painter *painter)
{
	struct wl_registry *registry;

	painter->display = wl_display_connect(NULL);
	if (painter->display == NULL) {
		return -1;
	}
	registry = wl_display_get_registry(painter->display);
	wl_registry_add_listener(registry, &registry_listener, painter);
	if (wl_display_roundtrip(painter->display) < 0 || painter->compositor == NULL ||
		painter->shm == NULL || painter->seat == NULL || painter->shell == NULL ||
		painter->viewporter == NULL || painter->scales == NULL || painter->texts == NULL) {
		return -1;
	}
	xdg_wm_base_add_listener(painter->shell, &shell_listener, painter);
	seat_listen(painter);
	text_listen(painter);
	window_open(painter);
	return 0;
}

/* Waits for events or a further address. Returns -1 when the compositor is gone. */
static int turn(struct painter *painter)
{
	struct pollfd waits[2] = {
		{.fd = wl_display_get_fd(painter->display), .events = POLLIN},
		{.fd = painter->lone, .events = POLLIN},
	};
	char address[2300];

	while (wl_display_prepare_read(painter->display) != 0) {
		if (wl_display_dispatch_pending(painter->display) < 0) {
			return -1;
		}
		window_update(painter);
	}
	wl_display_flush(painter->display);
	if (poll(waits, 2, -1) < 0 || waits[0].revents == 0) {
		wl_display_cancel_read(painter->display);
	} else if (wl_display_read_events(painter->display) < 0) {
		return -1;
	}
	if (waits[1].revents != 0 && lone_receive(painter->lone, address, sizeof(address)) == 0 &&
		painter_open(painter, address) == 0) {
		text_update(painter, 0);
	}
	if (wl_display_dispatch_pending(painter->display) < 0) {
		return -1;
	}
	window_update(painter);
	return 0;
}

int main(int argc, char **argv)
{
	static struct painter painter;
	const char *address = argc > 1 ? argv[1] : "about:blank";

	painter.scale = 120;
	painter.lone = lone_start(address);
	if (painter.lone < 0) {
		return 0;
	}
	if (painter_open(&painter, address) != 0) {
		return 2;
	}
	if (start(&painter) != 0) {
		return 3;
	}
	while (!painter.is_over) {
		if (turn(&painter) != 0) {
			return 4;
		}
	}
	return 0;
}
