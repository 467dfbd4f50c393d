/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painter's keyboard and pointer: notes on the page what arrived. */

#include "painter.h"

#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EVDEV_OFFSET 8
#define AXIS_TO_UNITS 8 /* 15 a notch of 120 units */
#define NOTCH_PIXELS 60 /* how far a page moves */

static void set_state(struct painter *painter, uint32_t mask, uint32_t bits)
{
	uint32_t *state = &painter->page.words[PATTERN_WORD_STATE];

	*state = (*state & ~mask) | bits;
}

static int shows_arrivals(const struct painter *painter)
{
	return painter->page.kind == PATTERN_KEYS || painter->page.kind == PATTERN_TEXT ||
	       painter->page.kind == PATTERN_POINTER;
}

/* ---- keyboard ---- */

static void show_held(struct painter *painter)
{
	uint32_t count = 0;

	for (size_t i = 0; i < sizeof(painter->held); i++) {
		count += painter->held[i];
	}
	set_state(painter, 0xffu, count);
}

static void on_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	struct painter *painter = data;
	char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	struct xkb_keymap *keymap;

	(void)keyboard;
	(void)format;
	close(fd);
	if (text == MAP_FAILED) {
		exit(6);
	}
	keymap = xkb_keymap_new_from_string(
		painter->xkb, text, XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
	munmap(text, size);
	xkb_state_unref(painter->keys);
	painter->keys = xkb_state_new(keymap);
	xkb_keymap_unref(keymap);
}

static void on_keyboard_enter(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	struct painter *painter = data;
	const uint32_t *key;

	(void)keyboard;
	(void)serial;
	(void)surface;
	wl_array_for_each(key, keys)
	{
		painter->held[*key % sizeof(painter->held)] = 1;
	}
	show_held(painter);
	set_state(painter, PATTERN_KEYBOARD_FOCUS, PATTERN_KEYBOARD_FOCUS);
}

static void on_keyboard_leave(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
	struct painter *painter = data;

	(void)keyboard;
	(void)serial;
	(void)surface;
	memset(painter->held, 0, sizeof(painter->held));
	show_held(painter);
	set_state(painter, PATTERN_KEYBOARD_FOCUS, 0);
}

static void on_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t state)
{
	struct painter *painter = data;
	uint32_t character;

	(void)keyboard;
	(void)serial;
	(void)time;
	painter->held[key % sizeof(painter->held)] = state == WL_KEYBOARD_KEY_STATE_PRESSED;
	show_held(painter);
	if (state != WL_KEYBOARD_KEY_STATE_PRESSED || !shows_arrivals(painter)) {
		return;
	}
	character = xkb_state_key_get_utf32(painter->keys, key + EVDEV_OFFSET);
	pattern_arrive(&painter->page, character != 0 ? character : PATTERN_KEY + key);
	text_update(painter, 0); /* the caret moved */
}

static void on_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct painter *painter = data;

	(void)keyboard;
	(void)serial;
	xkb_state_update_mask(painter->keys, depressed, latched, locked, 0, 0, group);
	set_state(painter, 0xff00u, ((depressed | latched | locked) & 0xffu) << 8);
}

static void on_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
	(void)data;
	(void)keyboard;
	(void)rate;
	(void)delay;
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = on_keymap,
	.enter = on_keyboard_enter,
	.leave = on_keyboard_leave,
	.key = on_key,
	.modifiers = on_modifiers,
	.repeat_info = on_repeat,
};

/* ---- pointer ---- */

static void show_position(struct painter *painter, wl_fixed_t x, wl_fixed_t y)
{
	uint32_t physical_x = (uint32_t)((int64_t)x * painter->scale / 120 / 256);
	uint32_t physical_y = (uint32_t)((int64_t)y * painter->scale / 120 / 256);

	if (painter->page.kind == PATTERN_POINTER) {
		painter->page.words[PATTERN_WORD_POSITION] =
			physical_x << 16 | (physical_y & 0xffffu);
	}
}

static void set_picture(struct painter *painter, uint32_t serial)
{
	uint32_t *pixels;
	struct wl_buffer *buffer;

	if (painter->page.kind != PATTERN_POINTER || painter->page.has_side == 0) {
		return;
	}
	if (painter->pointer_surface == NULL) {
		buffer = window_make_buffer(painter, PATTERN_POINTER_SIDE, PATTERN_POINTER_SIDE,
			WL_SHM_FORMAT_ARGB8888, &pixels);
		for (uint32_t i = 0; i < PATTERN_POINTER_SIDE * PATTERN_POINTER_SIDE; i++) {
			pixels[i] = pattern_pointer_pixel(
				i % PATTERN_POINTER_SIDE, i / PATTERN_POINTER_SIDE);
		}
		painter->pointer_surface = wl_compositor_create_surface(painter->compositor);
		wl_surface_attach(painter->pointer_surface, buffer, 0, 0);
		wl_surface_damage_buffer(
			painter->pointer_surface, 0, 0, PATTERN_POINTER_SIDE, PATTERN_POINTER_SIDE);
		wl_surface_commit(painter->pointer_surface);
	}
	wl_pointer_set_cursor(painter->pointer, serial, painter->pointer_surface,
		PATTERN_POINTER_HOT, PATTERN_POINTER_HOT);
}

static void on_pointer_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	struct painter *painter = data;

	(void)pointer;
	(void)surface;
	set_state(painter, PATTERN_POINTER_INSIDE, PATTERN_POINTER_INSIDE);
	set_picture(painter, serial);
	show_position(painter, x, y);
}

static void on_pointer_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	struct painter *painter = data;

	(void)pointer;
	(void)serial;
	(void)surface;
	set_state(painter, PATTERN_POINTER_INSIDE, 0);
}

static void on_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	(void)pointer;
	(void)time;
	show_position(data, x, y);
}

static void on_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time,
	uint32_t button, uint32_t state)
{
	struct painter *painter = data;
	uint32_t bit = button - BTN_LEFT < 8 ? 1u << (16 + button - BTN_LEFT) : 0;

	(void)pointer;
	(void)serial;
	(void)time;
	set_state(painter, bit, state == WL_POINTER_BUTTON_STATE_PRESSED ? bit : 0);
}

static uint32_t add_half(uint32_t word, unsigned shift, int32_t units)
{
	uint32_t half = ((word >> shift & 0xffffu) + (uint32_t)units) & 0xffffu;

	return (word & ~(0xffffu << shift)) | half << shift;
}

static void on_axis(
	void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value)
{
	struct painter *painter = data;
	struct pattern *page = &painter->page;
	int32_t units = value * AXIS_TO_UNITS / 256;
	int32_t pixels = units * NOTCH_PIXELS / 120;

	(void)pointer;
	(void)time;
	if (shows_arrivals(painter)) {
		page->words[PATTERN_WORD_WHEEL] = add_half(page->words[PATTERN_WORD_WHEEL],
			axis == WL_POINTER_AXIS_VERTICAL_SCROLL ? 0 : 16, units);
	}
	if (axis == WL_POINTER_AXIS_VERTICAL_SCROLL &&
		(page->kind == PATTERN_SCROLL || page->kind == PATTERN_TABLE)) {
		page->offset = pixels < 0 && (uint32_t)-pixels > page->offset
				       ? 0
				       : page->offset + (uint32_t)pixels;
	}
}

static void on_pointer_frame(void *data, struct wl_pointer *pointer)
{
	(void)data;
	(void)pointer;
}

static void on_axis_source(void *data, struct wl_pointer *pointer, uint32_t source)
{
	(void)data;
	(void)pointer;
	(void)source;
}

static void on_axis_stop(void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis)
{
	(void)data;
	(void)pointer;
	(void)time;
	(void)axis;
}

static void on_axis_discrete(void *data, struct wl_pointer *pointer, uint32_t axis, int32_t steps)
{
	(void)data;
	(void)pointer;
	(void)axis;
	(void)steps;
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_pointer_enter,
	.leave = on_pointer_leave,
	.motion = on_motion,
	.button = on_button,
	.axis = on_axis,
	.frame = on_pointer_frame,
	.axis_source = on_axis_source,
	.axis_stop = on_axis_stop,
	.axis_discrete = on_axis_discrete,
};

void seat_listen(struct painter *painter)
{
	painter->xkb = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	painter->keyboard = wl_seat_get_keyboard(painter->seat);
	painter->pointer = wl_seat_get_pointer(painter->seat);
	if (painter->xkb == NULL || painter->keyboard == NULL || painter->pointer == NULL) {
		exit(6);
	}
	wl_keyboard_add_listener(painter->keyboard, &keyboard_listener, painter);
	wl_pointer_add_listener(painter->pointer, &pointer_listener, painter);
}
