/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compositor of one session.
 * Reads untrusted bytes from: Chromium (Wayland). */

#include "compositor.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/process.h"
#include "base/settings.h"
#include "garasu/heritage.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define LARGE_BLOCK_BYTES (256 * 1024)

static int read_settings(struct compositor *compositor)
{
	struct garasu_session_settings *settings = &compositor->settings;
	char *memory;
	const char *rest;
	int64_t size = garasu_settings_read(
		GARASU_FD_SESSION_SETTINGS, settings, sizeof(*settings), &memory, &rest);

	if (size < 0) {
		return (int)size;
	}
	free(memory);
	compositor->width = settings->width;
	compositor->height = settings->height;
	compositor->scale = settings->scale;
	return 0;
}

static int start(struct compositor *compositor)
{
	int result = read_settings(compositor);

	if (result != 0) {
		return result;
	}
	compositor->display = wl_display_create();
	if (compositor->display == NULL) {
		return -ENOMEM;
	}
	compositor->loop = wl_display_get_event_loop(compositor->display);
	result = frame_open(compositor, GARASU_FD_SESSION_FRAME, GARASU_FD_SESSION_NEWS);
	if (result == 0) {
		result = server_start(compositor);
	}
	if (result == 0) {
		result = input_start(compositor);
	}
	if (result == 0) {
		result = browser_start(compositor);
	}
	return result;
}

int main(void)
{
	static const int heritage[] = {GARASU_FD_LOG, GARASU_FD_SESSION_FRAME,
		GARASU_FD_SESSION_NEWS, GARASU_FD_SESSION_INPUT, GARASU_FD_SESSION_SETTINGS,
		GARASU_FD_SESSION_CREDIT, -1};
	static struct compositor compositor;
	int result = garasu_process_begin(GARASU_FD_SESSION_CREDIT + 1, heritage);

	/* Said once, it stays: else the first large block freed teaches glibc to keep the next, and
	 * a picture's size in unused heap is left behind by every change of geometry. */
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES);
	if (result == 0) {
		result = start(&compositor);
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "start", "error=\"%s\"", strerror(-result));
		return 1;
	}
	wl_display_run(compositor.display);
	return compositor.exit_code;
}
