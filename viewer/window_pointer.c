/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mouse, and the session's pointer picture.
 * Reads untrusted bytes from: the decoder child (the picture's pixels). */

#include "keys.h"
#include "window_parts.h"

#include <linux/input-event-codes.h>

/* ---- the picture ---- */

static uint32_t straight(uint32_t premultiplied, uint32_t alpha)
{
	uint32_t value = alpha == 0 ? 0 : (premultiplied * 255 + alpha / 2) / alpha;

	return value < 255 ? value : 255;
}

/* Copies B G R A premultiplied into SDL's A R G B words. */
static void copy_picture(const struct picture *picture, SDL_Surface *surface)
{
	for (int y = 0; y < surface->h; y++) {
		const uint8_t *from = picture_pointer(picture) + (size_t)y * VIEWER_POINTER_STRIDE;
		uint32_t *to = (uint32_t *)(void *)((uint8_t *)surface->pixels +
						    (size_t)y * (size_t)surface->pitch);

		for (int x = 0; x < surface->w; x++, from += 4) {
			uint32_t alpha = from[3];

			to[x] = alpha << 24 | straight(from[2], alpha) << 16 |
				straight(from[1], alpha) << 8 | straight(from[0], alpha);
		}
	}
}

/* Has the session's pointer picture its place here? It must not cover the strip. */
static bool is_over_picture(const struct window *window)
{
	const struct pointer *pointer = &window->pointer;

	return window->screen == SCREEN_OPEN && pointer->is_inside &&
	       geometry_has_room_for_pointer(pointer->y, pointer->hot_y);
}

static void show_pointer(struct window *window)
{
	struct pointer *pointer = &window->pointer;
	bool is_theirs = is_over_picture(window);

	SDL_SetCursor(
		is_theirs && pointer->cursor != NULL ? pointer->cursor : SDL_GetDefaultCursor());
	SDL_ShowCursor(is_theirs && pointer->is_hidden ? SDL_DISABLE : SDL_ENABLE);
}

static void drop_cursor(struct pointer *pointer)
{
	SDL_Cursor *old = pointer->cursor;

	pointer->cursor = NULL;
	if (old != NULL) {
		SDL_SetCursor(SDL_GetDefaultCursor());
		SDL_FreeCursor(old);
	}
}

void window_pointer_picture(struct window *window, const struct decoder_event *event)
{
	struct pointer *pointer = &window->pointer;
	SDL_Surface *surface;

	pointer->is_hidden = event->width == 0 || event->height == 0;
	if (!pointer->is_hidden) {
		drop_cursor(pointer);
		surface = SDL_CreateRGBSurfaceWithFormat(
			0, (int)event->width, (int)event->height, 32, SDL_PIXELFORMAT_ARGB8888);
		if (surface != NULL) {
			copy_picture(&window->session.picture, surface);
			pointer->cursor =
				SDL_CreateColorCursor(surface, (int)event->x, (int)event->y);
			SDL_FreeSurface(surface);
		}
		pointer->hot_y = event->y;
	}
	show_pointer(window);
}

void window_pointer_finish(struct window *window)
{
	drop_cursor(&window->pointer);
	window->pointer = (struct pointer){0};
	SDL_ShowCursor(SDL_ENABLE);
}

/* ---- the mouse ---- */

static bool is_on_panel(const struct window *window, int32_t point_x, int32_t point_y)
{
	const struct garasu_rect *panel = &window->painting.panel_at;
	uint32_t x, y;

	return window->painting.panel != NULL &&
	       geometry_point(&window->geometry, panel, panel->width, panel->height, point_x,
		       point_y, &x, &y);
}

static void flush_motion(struct window *window)
{
	struct pointer *pointer = &window->pointer;

	if (pointer->has_moved) {
		pointer->has_moved = false;
		session_pointer(&window->session, pointer->x, pointer->y, pointer->buttons);
	}
}

static void move(struct window *window, int32_t point_x, int32_t point_y)
{
	struct pointer *pointer = &window->pointer;
	const struct pointer before = *pointer;
	struct garasu_rect place = window_place(window);
	bool is_inside = geometry_point(&window->geometry, &place, window->session.picture.width,
		window->session.picture.height, point_x, point_y, &pointer->x, &pointer->y);

	pointer->is_inside = is_inside && !is_on_panel(window, point_x, point_y);
	pointer->has_moved |= (pointer->is_inside || pointer->buttons != 0) &&
			      (pointer->x != before.x || pointer->y != before.y);
	show_pointer(window);
}

static void press_side_key(struct window *window, uint32_t code, bool is_down)
{
	session_key(&window->session, code == KEY_BACK ? 0x1008ff26u : 0x1008ff27u,
		keys_xt_of_evdev(code), is_down);
}

static void take_button(struct window *window, const SDL_MouseButtonEvent *event)
{
	struct pointer *pointer = &window->pointer;
	bool is_down = event->type == SDL_MOUSEBUTTONDOWN;
	uint32_t bit = event->button <= SDL_BUTTON_RIGHT ? 1u << (event->button - 1) : 0;

	move(window, event->x, event->y);
	flush_motion(window);
	if (is_down && is_on_panel(window, event->x, event->y)) {
		window_dismiss(window);
		return;
	}
	window_active(window);
	if (event->button == SDL_BUTTON_X1 || event->button == SDL_BUTTON_X2) {
		press_side_key(
			window, event->button == SDL_BUTTON_X1 ? KEY_BACK : KEY_FORWARD, is_down);
		return;
	}
	if ((is_down && !pointer->is_inside) || (!is_down && (pointer->buttons & bit) == 0)) {
		return;
	}
	if (is_down) {
		window_keys_commit(window);
	}
	pointer->buttons = is_down ? pointer->buttons | bit : pointer->buttons & ~bit;
	session_pointer(&window->session, pointer->x, pointer->y, pointer->buttons);
}

static void take_wheel(struct window *window, const SDL_MouseWheelEvent *event)
{
	struct pointer *pointer = &window->pointer;
	float sign = event->direction == SDL_MOUSEWHEEL_FLIPPED ? -1.0f : 1.0f;

	if (pointer->is_inside) {
		window_active(window);
		pointer->wheel_x += geometry_wheel(&pointer->rest_x, sign * event->preciseX);
		pointer->wheel_y -= geometry_wheel(&pointer->rest_y, sign * event->preciseY);
	}
}

void window_pointer_event(struct window *window, const SDL_Event *event)
{
	if (window->screen != SCREEN_OPEN) {
		return;
	}
	if (event->type == SDL_MOUSEMOTION) {
		window_active(window);
		move(window, event->motion.x, event->motion.y);
	} else if (event->type == SDL_MOUSEBUTTONDOWN || event->type == SDL_MOUSEBUTTONUP) {
		take_button(window, &event->button);
	} else if (event->type == SDL_MOUSEWHEEL) {
		take_wheel(window, &event->wheel);
	}
}

/* What many events in a row came to goes as one. */
void window_pointer_settle(struct window *window)
{
	struct pointer *pointer = &window->pointer;

	if (window->screen != SCREEN_OPEN) {
		return;
	}
	flush_motion(window);
	if (pointer->wheel_x != 0 || pointer->wheel_y != 0) {
		session_wheel(&window->session, pointer->x, pointer->y, pointer->wheel_x,
			pointer->wheel_y);
		pointer->wheel_x = 0;
		pointer->wheel_y = 0;
	}
}

void window_pointer_release(struct window *window)
{
	struct pointer *pointer = &window->pointer;

	if (pointer->buttons != 0 && window->screen == SCREEN_OPEN) {
		pointer->buttons = 0;
		session_pointer(&window->session, pointer->x, pointer->y, 0);
	}
}
