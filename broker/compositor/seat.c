/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays the viewer's keys and pointer on the seat. */

#include "compositor.h"

#include "base/clock.h"
#include "keys.h"

#include <errno.h>
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <wlr/backend/headless.h>
#include <wlr/interfaces/wlr_keyboard.h>
#include <wlr/types/wlr_data_device.h>
#include <wlr/types/wlr_input_device.h>
#include <wlr/types/wlr_keyboard.h>
#include <wlr/types/wlr_seat.h>

#define EVDEV_OFFSET 8 /* xkb keycodes are evdev's plus 8 */
#define REPEAT_RATE 25 /* a second */
#define REPEAT_DELAY_MS 600
#define NOTCH 120       /* units of a wheel record */
#define NOTCH_AXIS 15.0 /* what a notch is in wl_pointer.axis, as libinput has it */

uint32_t seat_time(void)
{
	return (uint32_t)garasu_clock_ms();
}

static struct wlr_keyboard *keyboard_of(struct compositor *compositor)
{
	return compositor->keyboard.device->keyboard;
}

static void on_key(struct wl_listener *listener, void *data)
{
	struct compositor *compositor = wl_container_of(listener, compositor, keyboard.on_key);
	const struct wlr_event_keyboard_key *event = data;

	wlr_seat_keyboard_notify_key(
		compositor->seat, event->time_msec, event->keycode, event->state);
}

static void on_modifiers(struct wl_listener *listener, void *data)
{
	struct compositor *compositor =
		wl_container_of(listener, compositor, keyboard.on_modifiers);
	struct wlr_keyboard *keyboard = keyboard_of(compositor);
	uint32_t bits = 0;

	(void)data;
	wlr_seat_keyboard_notify_modifiers(compositor->seat, &keyboard->modifiers);
	if (xkb_state_led_name_is_active(keyboard->xkb_state, XKB_LED_NAME_CAPS) > 0) {
		bits |= GARASU_FRAME_LED_CAPS;
	}
	if (xkb_state_led_name_is_active(keyboard->xkb_state, XKB_LED_NAME_NUM) > 0) {
		bits |= GARASU_FRAME_LED_NUM;
	}
	if (xkb_state_led_name_is_active(keyboard->xkb_state, XKB_LED_NAME_SCROLL) > 0) {
		bits |= GARASU_FRAME_LED_SCROLL;
	}
	frame_set_leds(compositor, bits);
}

static void on_selection(struct wl_listener *listener, void *data)
{
	struct wlr_seat_request_set_selection_event *event = data;
	struct compositor *compositor = wl_container_of(listener, compositor, on_selection);

	wlr_seat_set_selection(compositor->seat, event->source, event->serial);
}

int seat_start(struct compositor *compositor)
{
	struct keyboard *keyboard = &compositor->keyboard;

	compositor->seat = wlr_seat_create(compositor->display, "seat0");
	keyboard->device =
		wlr_headless_add_input_device(compositor->backend, WLR_INPUT_DEVICE_KEYBOARD);
	keyboard->keymap = keys_keymap(compositor->settings.keyboard);
	if (compositor->seat == NULL || keyboard->device == NULL || keyboard->keymap == NULL ||
		!wlr_keyboard_set_keymap(keyboard->device->keyboard, keyboard->keymap)) {
		return -ENOMEM;
	}
	wlr_keyboard_set_repeat_info(keyboard->device->keyboard, REPEAT_RATE, REPEAT_DELAY_MS);
	keyboard->on_key.notify = on_key;
	wl_signal_add(&keyboard->device->keyboard->events.key, &keyboard->on_key);
	keyboard->on_modifiers.notify = on_modifiers;
	wl_signal_add(&keyboard->device->keyboard->events.modifiers, &keyboard->on_modifiers);
	compositor->on_selection.notify = on_selection;
	wl_signal_add(&compositor->seat->events.request_set_selection, &compositor->on_selection);
	wlr_seat_set_keyboard(compositor->seat, keyboard->device);
	wlr_seat_set_capabilities(
		compositor->seat, WL_SEAT_CAPABILITY_POINTER | WL_SEAT_CAPABILITY_KEYBOARD);
	return 0;
}

void seat_focus(struct compositor *compositor, struct wlr_surface *surface)
{
	struct wlr_keyboard *keyboard = keyboard_of(compositor);

	if (surface == NULL) {
		wlr_seat_keyboard_notify_clear_focus(compositor->seat);
	} else {
		wlr_seat_keyboard_notify_enter(compositor->seat, surface, keyboard->keycodes,
			keyboard->num_keycodes, &keyboard->modifiers);
	}
	text_focus(compositor, surface);
}

/* ---- keys ---- */

static int is_down(const struct wlr_keyboard *keyboard, uint32_t code)
{
	for (size_t i = 0; i < keyboard->num_keycodes; i++) {
		if (keyboard->keycodes[i] == code) {
			return 1;
		}
	}
	return 0;
}

static void play_code(struct compositor *compositor, uint32_t code, int down)
{
	struct wlr_keyboard *keyboard = keyboard_of(compositor);
	struct wlr_event_keyboard_key event = {.time_msec = seat_time(),
		.keycode = code,
		.update_state = true,
		.state = down ? WL_KEYBOARD_KEY_STATE_PRESSED : WL_KEYBOARD_KEY_STATE_RELEASED};

	if (down != is_down(keyboard, code) && keyboard->num_keycodes < WLR_KEYBOARD_KEYS_CAP - 1) {
		wlr_keyboard_notify_key(keyboard, &event);
	} else if (!down && is_down(keyboard, code)) {
		wlr_keyboard_notify_key(keyboard, &event);
	}
}

static void play_text_keysym(struct compositor *compositor, uint32_t keysym)
{
	char utf8[8];
	int size = xkb_keysym_to_utf8(keysym, utf8, sizeof(utf8));

	if (size > 1) {
		text_commit(compositor, utf8, (size_t)size - 1);
	}
}

/* What the key makes now: Caps Lock may stand in for Shift, or cancel it. */
static int makes(struct compositor *compositor, uint32_t code, uint32_t keysym)
{
	return xkb_state_key_get_one_sym(keyboard_of(compositor)->xkb_state, code + EVDEV_OFFSET) ==
	       keysym;
}

/* Presses a key as if Shift were the other way round. */
static void press_with_other_shift(struct compositor *compositor, uint32_t code)
{
	struct wlr_keyboard *keyboard = keyboard_of(compositor);
	int left = is_down(keyboard, KEY_LEFTSHIFT);
	int right = is_down(keyboard, KEY_RIGHTSHIFT);

	play_code(compositor, KEY_LEFTSHIFT, !left && !right);
	play_code(compositor, KEY_RIGHTSHIFT, 0);
	play_code(compositor, code, 1);
	play_code(compositor, KEY_LEFTSHIFT, left);
	play_code(compositor, KEY_RIGHTSHIFT, right);
}

/* Tab, Return and their like have code points too. */
static int is_printable(uint32_t keysym)
{
	uint32_t character = xkb_keysym_to_utf32(keysym);

	return character >= ' ' && character != 0x7f;
}

/* A keysym that the keys held do not make borrows Shift for its press, and a character also lifts
 * it: Shift and Tab stay together, Shift and a do not. */
static void play_keysym(struct compositor *compositor, uint32_t keysym, int down)
{
	struct wlr_keyboard *keyboard = keyboard_of(compositor);
	int has_shift = is_down(keyboard, KEY_LEFTSHIFT) || is_down(keyboard, KEY_RIGHTSHIFT);
	uint32_t code;

	if (keys_find(compositor->keyboard.keymap, keysym, &code) != 0) {
		if (down) {
			play_text_keysym(compositor, keysym);
		}
		return;
	}
	if (!down || makes(compositor, code, keysym) || (has_shift && !is_printable(keysym))) {
		play_code(compositor, code, down);
	} else {
		press_with_other_shift(compositor, code);
	}
}

/* ---- pointer ---- */

static double to_logical(const struct compositor *compositor, uint32_t physical)
{
	return (double)physical * GARASU_SCALE_ONE / compositor->scale;
}

/* While a button is held, motion belongs to the surface that it went down on. */
static void move_pointer(struct compositor *compositor, double x, double y)
{
	struct wlr_seat_pointer_state *state = &compositor->seat->pointer_state;
	double inner_x = 0;
	double inner_y = 0;
	struct wlr_surface *surface;

	if (compositor->pointer.buttons != 0 && state->focused_surface != NULL) {
		inner_x = state->sx + x - compositor->pointer.x;
		inner_y = state->sy + y - compositor->pointer.y;
		surface = state->focused_surface;
	} else {
		surface = view_surface_at(compositor, x, y, &inner_x, &inner_y);
	}
	compositor->pointer.x = x;
	compositor->pointer.y = y;
	if (surface == NULL) {
		wlr_seat_pointer_notify_clear_focus(compositor->seat);
		pointer_show_default(compositor);
		return;
	}
	wlr_seat_pointer_notify_enter(compositor->seat, surface, inner_x, inner_y);
	wlr_seat_pointer_notify_motion(compositor->seat, seat_time(), inner_x, inner_y);
}

void seat_refresh_pointer(struct compositor *compositor)
{
	if (compositor->pointer.buttons == 0) {
		move_pointer(compositor, compositor->pointer.x, compositor->pointer.y);
		wlr_seat_pointer_notify_frame(compositor->seat);
	}
}

static void play_buttons(struct compositor *compositor, uint32_t buttons)
{
	static const uint32_t codes[] = {BTN_LEFT, BTN_MIDDLE, BTN_RIGHT, BTN_SIDE, BTN_EXTRA};
	uint32_t changed = buttons ^ compositor->pointer.buttons;
	struct wlr_surface *surface = compositor->seat->pointer_state.focused_surface;

	if ((buttons & changed) != 0) {
		text_compose(compositor, "", 0); /* the click would leave it where it is */
	}
	if ((buttons & changed) != 0 && surface != NULL) {
		view_focus_at(compositor, surface);
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if ((changed & 1u << i) != 0) {
			wlr_seat_pointer_notify_button(compositor->seat, seat_time(), codes[i],
				(buttons & 1u << i) != 0 ? WLR_BUTTON_PRESSED
							 : WLR_BUTTON_RELEASED);
		}
	}
	compositor->pointer.buttons = buttons;
}

static void play_axis(
	struct compositor *compositor, enum wlr_axis_orientation orientation, int units)
{
	int is_whole = units % NOTCH == 0;

	if (units != 0) {
		wlr_seat_pointer_notify_axis(compositor->seat, seat_time(), orientation,
			units * NOTCH_AXIS / NOTCH, is_whole ? units / NOTCH : 0,
			is_whole ? WLR_AXIS_SOURCE_WHEEL : WLR_AXIS_SOURCE_CONTINUOUS);
	}
}

void seat_release_all(struct compositor *compositor)
{
	struct wlr_keyboard *keyboard = keyboard_of(compositor);

	while (keyboard->num_keycodes > 0) {
		play_code(compositor, keyboard->keycodes[keyboard->num_keycodes - 1], 0);
	}
	play_buttons(compositor, 0);
	wlr_seat_pointer_notify_frame(compositor->seat);
}

void seat_play(struct compositor *compositor, const struct garasu_input *record)
{
	switch ((enum garasu_input_type)record->type) {
	case GARASU_INPUT_KEY_CODE:
		play_code(compositor, record->key_code.code, record->flag);
		return;
	case GARASU_INPUT_KEY_SYM:
		play_keysym(compositor, record->key_sym.keysym, record->flag);
		return;
	case GARASU_INPUT_POINTER:
		move_pointer(compositor, to_logical(compositor, record->pointer.x),
			to_logical(compositor, record->pointer.y));
		play_buttons(compositor, record->pointer.buttons & 0x1fu);
		break;
	case GARASU_INPUT_WHEEL:
		move_pointer(compositor, to_logical(compositor, record->wheel.x),
			to_logical(compositor, record->wheel.y));
		play_axis(compositor, WLR_AXIS_ORIENTATION_HORIZONTAL, record->wheel.dx);
		play_axis(compositor, WLR_AXIS_ORIENTATION_VERTICAL, record->wheel.dy);
		break;
	case GARASU_INPUT_TEXT:
	case GARASU_INPUT_PREEDIT:
	case GARASU_INPUT_GEOMETRY:
	case GARASU_INPUT_FOCUS:
	case GARASU_INPUT_ADDRESS:
	case GARASU_INPUT_CREDIT:
	case GARASU_INPUT_REFRESH:
		return;
	}
	wlr_seat_pointer_notify_frame(compositor->seat);
}
