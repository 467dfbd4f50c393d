/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compositor of one session.
 * Reads untrusted bytes from: Chromium (Wayland), the input pipe. */

#include "compositor.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/process.h"
#include "base/settings.h"
#include "garasu/heritage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void play(struct compositor *compositor, const struct garasu_input *record)
{
	struct garasu_joiner *text = &compositor->text.joiner;

	switch ((enum garasu_input_type)record->type) {
	case GARASU_INPUT_TEXT:
		if (joiner_add(text, record) == 1) {
			if (text_is_sound(text->bytes, text->size)) {
				text_commit(compositor, text->bytes, text->size);
			}
			joiner_restart(text);
		}
		break;
	case GARASU_INPUT_ADDRESS:
		if (joiner_add(&compositor->address, record) == 1) {
			if (address_is_sound(compositor->address.bytes, compositor->address.size)) {
				browser_open(compositor, compositor->address.bytes);
			}
			joiner_restart(&compositor->address);
		}
		break;
	case GARASU_INPUT_GEOMETRY:
		server_set_geometry(compositor, record->geometry.width, record->geometry.height,
			record->geometry.scale, record->geometry.serial);
		break;
	case GARASU_INPUT_FOCUS:
		if (record->flag == 0) {
			seat_release_all(compositor);
		}
		break;
	case GARASU_INPUT_CREDIT:
		frame_give_credit(compositor);
		break;
	case GARASU_INPUT_REFRESH:
		frame_touch(compositor);
		break;
	case GARASU_INPUT_KEY_CODE:
	case GARASU_INPUT_KEY_SYM:
	case GARASU_INPUT_POINTER:
	case GARASU_INPUT_WHEEL:
		seat_play(compositor, record);
		break;
	}
}

/* Records are far below PIPE_BUF and written whole, so a read of whole records never splits one. */
static int on_input(int fd, uint32_t mask, void *data)
{
	struct compositor *compositor = data;
	struct garasu_input untrusted_records[256];
	ssize_t got = read(fd, untrusted_records, sizeof(untrusted_records));

	(void)mask;
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		return 0;
	}
	if (got <= 0) {
		wl_display_terminate(compositor->display); /* every writer is gone */
		return 0;
	}
	for (size_t i = 0; i < (size_t)got / sizeof(untrusted_records[0]); i++) {
		if (record_is_sound(&untrusted_records[i])) {
			play(compositor, &untrusted_records[i]);
		} else {
			compositor->dropped_records++;
		}
	}
	return 0;
}

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
	joiner_init(&compositor->address, GARASU_INPUT_ADDRESS_MAX);
	result = frame_open(compositor, GARASU_FD_SESSION_FRAME, GARASU_FD_SESSION_NEWS);
	if (result == 0) {
		result = server_start(compositor);
	}
	if (result == 0) {
		compositor->on_input = wl_event_loop_add_fd(compositor->loop,
			GARASU_FD_SESSION_INPUT, WL_EVENT_READABLE, on_input, compositor);
		result = compositor->on_input != NULL ? browser_start(compositor) : -ENOMEM;
	}
	return result;
}

int main(void)
{
	static const int heritage[] = {GARASU_FD_LOG, GARASU_FD_SESSION_FRAME,
		GARASU_FD_SESSION_NEWS, GARASU_FD_SESSION_INPUT, GARASU_FD_SESSION_SETTINGS, -1};
	static struct compositor compositor;
	int result = garasu_process_begin(GARASU_FD_SESSION_SETTINGS + 1, heritage);

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
