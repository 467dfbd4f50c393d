/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes records from the input pipe and plays them in their order: while a text waits for its
 * field, whatever came after it waits too. The encoder's records have a pipe of their own, in which
 * nothing else is taken: an encoder types nothing.
 * Reads untrusted bytes from: the input pipe (gateway), the credit pipe (encoder). */

#include "compositor.h"

#include "base/clock.h"
#include "garasu/heritage.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BEHIND_MS 5

static void play_text(struct compositor *compositor, const struct garasu_input *record)
{
	struct garasu_joiner *text = &compositor->text.joiner;

	if (joiner_add(text, record) == 1) {
		if (text_is_sound(text->bytes, text->size)) {
			text_commit(compositor, text->bytes, text->size);
		}
		joiner_restart(text);
	}
}

static void play_preedit(struct compositor *compositor, const struct garasu_input *record)
{
	struct garasu_joiner *preedit = &compositor->text.preedit;

	if (joiner_add(preedit, record) == 1) {
		if (preedit->size == 0 || text_is_sound(preedit->bytes, preedit->size)) {
			text_compose(compositor, preedit->bytes, preedit->size);
		}
		joiner_restart(preedit);
	}
}

static void play_address(struct compositor *compositor, const struct garasu_input *record)
{
	struct garasu_joiner *address = &compositor->address;

	if (joiner_add(address, record) == 1) {
		if (address_is_sound(address->bytes, address->size)) {
			browser_open(compositor, address->bytes);
		}
		joiner_restart(address);
	}
}

/* The rest of what a viewer had begun does not come any more, and what the next one sends is no
 * part of it. */
static void forget_pieces(struct compositor *compositor)
{
	joiner_restart(&compositor->text.joiner);
	joiner_restart(&compositor->text.preedit);
	joiner_restart(&compositor->address);
}

static void play(struct compositor *compositor, const struct garasu_input *record)
{
	switch ((enum garasu_input_type)record->type) {
	case GARASU_INPUT_TEXT:
		play_text(compositor, record);
		break;
	case GARASU_INPUT_PREEDIT:
		play_preedit(compositor, record);
		break;
	case GARASU_INPUT_ADDRESS:
		play_address(compositor, record);
		break;
	case GARASU_INPUT_GEOMETRY:
		server_set_geometry(compositor, record->geometry.width, record->geometry.height,
			record->geometry.scale, record->geometry.serial);
		break;
	case GARASU_INPUT_FOCUS:
		if (record->flag == 0) {
			forget_pieces(compositor);
			text_compose(compositor, "", 0);
			seat_release_all(compositor);
		}
		break;
	case GARASU_INPUT_CREDIT:
		frame_give_credit(compositor, record->flag);
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

/* What the user did, one thing after another. */
static int keeps_its_place(const struct garasu_input *record)
{
	switch ((enum garasu_input_type)record->type) {
	case GARASU_INPUT_KEY_CODE:
	case GARASU_INPUT_KEY_SYM:
	case GARASU_INPUT_POINTER:
	case GARASU_INPUT_WHEEL:
	case GARASU_INPUT_TEXT:
	case GARASU_INPUT_PREEDIT:
	case GARASU_INPUT_FOCUS:
	case GARASU_INPUT_ADDRESS:
		return 1;
	case GARASU_INPUT_GEOMETRY:
	case GARASU_INPUT_CREDIT:
	case GARASU_INPUT_REFRESH:
		break;
	}
	return 0;
}

/* What the record asks of the pace of frames. */
static void pace_record(struct compositor *compositor, const struct garasu_input *record)
{
	switch ((enum garasu_input_type)record->type) {
	case GARASU_INPUT_POINTER:
		frame_note_input(
			compositor, (record->pointer.buttons | compositor->pointer.buttons) != 0
					    ? PACE_TOUCH_DRAG
					    : PACE_TOUCH_GLANCE);
		break;
	case GARASU_INPUT_WHEEL:
		frame_note_input(compositor, PACE_TOUCH_DRAG);
		break;
	case GARASU_INPUT_KEY_CODE:
	case GARASU_INPUT_KEY_SYM:
	case GARASU_INPUT_TEXT:
	case GARASU_INPUT_PREEDIT:
	case GARASU_INPUT_GEOMETRY:
	case GARASU_INPUT_ADDRESS:
	case GARASU_INPUT_REFRESH:
		frame_note_input(compositor, PACE_TOUCH_ACT);
		break;
	case GARASU_INPUT_FOCUS:
	case GARASU_INPUT_CREDIT:
		break;
	}
}

/* Plays what is held, up to a text that waits itself. */
static void play_held(struct compositor *compositor)
{
	struct input *input = &compositor->input;
	size_t played = 0;

	while (played < input->held_count && !text_waits(compositor)) {
		input->arrived_ms = input->held[played].arrived_ms;
		pace_record(compositor, &input->held[played].record);
		play(compositor, &input->held[played++].record);
	}
	input->held_count -= played;
	memmove(input->held, input->held + played, input->held_count * sizeof(input->held[0]));
}

static void on_idle(void *data)
{
	struct compositor *compositor = data;

	compositor->input.on_idle = NULL;
	play_held(compositor);
}

void input_resume(struct compositor *compositor)
{
	struct input *input = &compositor->input;

	if (input->held_count > 0 && input->on_idle == NULL) {
		input->on_idle = wl_event_loop_add_idle(compositor->loop, on_idle, compositor);
	}
}

/* Full: the texts have waited for long enough. */
static void make_room(struct compositor *compositor)
{
	while (compositor->input.held_count > 0) {
		text_give_up(compositor);
		play_held(compositor);
	}
}

static void take(struct compositor *compositor, const struct garasu_input *record)
{
	struct input *input = &compositor->input;
	uint64_t now_ms = garasu_clock_ms();

	if (keeps_its_place(record) && input->held_count == INPUT_HELD_MAX) {
		make_room(compositor);
	}
	if (keeps_its_place(record) && (input->held_count > 0 || text_waits(compositor))) {
		input->held[input->held_count++] = (struct input_held){*record, now_ms};
		return;
	}
	input->arrived_ms = now_ms;
	pace_record(compositor, record);
	play(compositor, record);
}

/* Does not read on before the clients have: what waits in the pipe is merged by its writer. */
static int waits_for_clients(struct compositor *compositor)
{
	int is_behind = server_is_behind(compositor);

	wl_event_source_fd_update(compositor->on_input, is_behind ? 0 : WL_EVENT_READABLE);
	wl_event_source_timer_update(compositor->input.on_behind, is_behind ? BEHIND_MS : 0);
	return is_behind;
}

static int on_behind(void *data)
{
	waits_for_clients(data);
	return 0;
}

/* Records are far below PIPE_BUF and written whole, so a read of whole records never splits one. */
static void read_records(struct compositor *compositor, int fd, int is_encoders)
{
	struct garasu_input untrusted_records[256];
	ssize_t got = read(fd, untrusted_records, sizeof(untrusted_records));

	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (got <= 0) {
		wl_display_terminate(compositor->display); /* every writer is gone */
		return;
	}
	for (size_t i = 0; i < (size_t)got / sizeof(untrusted_records[0]); i++) {
		if (record_is_sound(&untrusted_records[i]) &&
			record_is_encoders(&untrusted_records[i]) == is_encoders) {
			take(compositor, &untrusted_records[i]);
		} else {
			compositor->dropped_records++;
		}
	}
}

static int on_input(int fd, uint32_t mask, void *data)
{
	struct compositor *compositor = data;

	if ((mask & WL_EVENT_HANGUP) != 0 || !waits_for_clients(compositor)) {
		read_records(compositor, fd, 0);
	}
	return 0;
}

/* It never waits: the field that a text waits for may come with the next frame. */
static int on_credit(int fd, uint32_t mask, void *data)
{
	(void)mask;
	read_records(data, fd, 1);
	return 0;
}

int input_start(struct compositor *compositor)
{
	joiner_init(&compositor->address, GARASU_INPUT_ADDRESS_MAX);
	compositor->on_input = wl_event_loop_add_fd(
		compositor->loop, GARASU_FD_SESSION_INPUT, WL_EVENT_READABLE, on_input, compositor);
	compositor->on_credit = wl_event_loop_add_fd(compositor->loop, GARASU_FD_SESSION_CREDIT,
		WL_EVENT_READABLE, on_credit, compositor);
	compositor->input.on_behind =
		wl_event_loop_add_timer(compositor->loop, on_behind, compositor);
	return compositor->on_input != NULL && compositor->on_credit != NULL &&
			       compositor->input.on_behind != NULL
		       ? 0
		       : -ENOMEM;
}
