/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Painting: only what changed, from the shared picture straight into the window's surface.
 * Reads untrusted bytes from: the decoder child (pixels of any value). */

#include "window_parts.h"

#include <base/clock.h>

static const SDL_Color ground = {0x2b, 0x2d, 0x31, 0xff};

static SDL_Rect sdl_rect(struct garasu_rect rect)
{
	return (SDL_Rect){(int)rect.x, (int)rect.y, (int)rect.width, (int)rect.height};
}

static struct garasu_rect whole(const struct window *window)
{
	return (struct garasu_rect){0, 0, window->geometry.width, window->geometry.height};
}

void window_dirty(struct window *window, struct garasu_rect rect)
{
	window->painting.dirty =
		geometry_join(window->painting.dirty, geometry_cut(rect, whole(window)));
}

void window_dirty_all(struct window *window)
{
	window->painting.is_panel_stale = true;
	window->painting.dirty = whole(window);
}

/* A foreign server that cannot resize is the only one whose picture is ever scaled. */
static bool must_fit(const struct window *window)
{
	return !window->session.has_garasu && !window->session.has_resize;
}

struct garasu_rect window_place(const struct window *window)
{
	const struct picture *picture = &window->session.picture;

	if (!window->has_session) {
		return (struct garasu_rect){0};
	}
	return geometry_place(&window->geometry, picture->width, picture->height, must_fit(window));
}

void window_dirty_picture(struct window *window, struct garasu_rect rect)
{
	struct garasu_rect place = window_place(window);

	if (rect.width == 0 || rect.height == 0) {
		return;
	}
	if (place.width == window->session.picture.width) {
		rect.x += place.x;
		rect.y += place.y;
		window_dirty(window, geometry_cut(rect, window->geometry.area));
	} else {
		window_dirty(window, place);
	}
}

void window_drop_picture(struct window *window)
{
	SDL_FreeSurface(window->painting.picture);
	window->painting.picture = NULL;
	window->painting.is_held_back = false;
}

/* Borrows the shared memory as a surface; it is only ever read. */
static SDL_Surface *borrow_picture(struct window *window)
{
	const struct picture *picture = &window->session.picture;

	if (window->painting.picture == NULL && window->has_session && picture->width > 0) {
		window->painting.picture = SDL_CreateRGBSurfaceWithFormatFrom(
			(void *)(uintptr_t)picture_row(picture, 0), (int)picture->width,
			(int)picture->height, 32, (int)VIEWER_STRIDE, SDL_PIXELFORMAT_RGB888);
		if (window->painting.picture != NULL) {
			SDL_SetSurfaceBlendMode(window->painting.picture, SDL_BLENDMODE_NONE);
		}
	}
	return window->painting.picture;
}

void window_keep_last(struct window *window)
{
	SDL_Surface *picture = borrow_picture(window);

	SDL_FreeSurface(window->painting.last);
	window->painting.last =
		picture != NULL ? SDL_ConvertSurface(picture, picture->format, 0) : NULL;
	if (window->painting.last != NULL) {
		SDL_SetSurfaceColorMod(window->painting.last, 0x70, 0x70, 0x70);
	}
}

static void fill(SDL_Surface *surface, struct garasu_rect rect, SDL_Color colour)
{
	const SDL_Rect at = sdl_rect(rect);

	SDL_FillRect(surface, &at, SDL_MapRGB(surface->format, colour.r, colour.g, colour.b));
}

static void blit(SDL_Surface *surface, SDL_Surface *from, struct garasu_rect place)
{
	SDL_Rect at = sdl_rect(place);

	if (from->w == at.w && from->h == at.h) {
		SDL_BlitSurface(from, NULL, surface, &at);
	} else {
		SDL_BlitScaled(from, NULL, surface, &at);
	}
}

static void paint_picture(struct window *window, SDL_Surface *surface)
{
	struct painting *painting = &window->painting;
	struct garasu_rect area = window->geometry.area;
	SDL_Rect clip = sdl_rect(geometry_cut(painting->dirty, area));

	SDL_SetClipRect(surface, &clip); /* nothing of a session is ever painted on the strip */
	if (window->screen == SCREEN_OPEN && borrow_picture(window) != NULL) {
		struct garasu_rect place = window_place(window);

		if (place.width < area.width || place.height < area.height) {
			fill(surface, area, ground);
		}
		blit(surface, painting->picture, place);
	} else {
		fill(surface, area, ground);
		if (painting->last != NULL && window->screen != SCREEN_STOPPED) {
			blit(surface, painting->last,
				(struct garasu_rect){area.x, area.y, (uint32_t)painting->last->w,
					(uint32_t)painting->last->h});
		}
	}
}

static void replace(struct window *window, SDL_Surface **old, struct garasu_rect *at,
	SDL_Surface *new, struct garasu_rect new_at)
{
	window_dirty(window, *at);
	SDL_FreeSurface(*old);
	*old = new;
	*at = new == NULL ? (struct garasu_rect){0} : new_at;
	window_dirty(window, *at);
}

static uint32_t between(int64_t value, uint32_t least, uint32_t most)
{
	if (value < (int64_t)least || most < least) {
		return least;
	}
	return value < (int64_t)most ? (uint32_t)value : most;
}

/* Over an open session at the top, else in the middle. */
static struct garasu_rect place_panel(const struct window *window, const SDL_Surface *panel)
{
	const struct garasu_rect *area = &window->geometry.area;
	uint32_t width = (uint32_t)panel->w, height = (uint32_t)panel->h;
	int64_t x = ((int64_t)area->width - width) / 2, y = ((int64_t)area->height - height) / 2;

	if (window->screen == SCREEN_OPEN) {
		y = window->geometry.strip.height * 2;
	}
	return (struct garasu_rect){
		between(x, 0, area->width), area->y + between(y, 0, area->height), width, height};
}

static void update_panel(struct window *window)
{
	struct panel_words words;
	struct overlay_panel panel = {.accent = window_strip_colour(window)};
	struct painting *painting = &window->painting;
	int most = (int)window->geometry.area.width - 8 * (int)window->geometry.strip.height;
	int wide = 640 * (int)window->geometry.scale / (int)GARASU_SCALE_ONE;
	SDL_Surface *new = NULL;

	painting->is_panel_stale = false;
	painting->panel_due_ms = window_panel_due_ms(window, garasu_clock_ms());
	if (window_has_panel(window)) {
		window_panel(window, &words, &panel);
		new = overlay_draw_panel(window->overlay, &panel, most < wide ? most : wide);
	}
	replace(window, &painting->panel, &painting->panel_at, new,
		new == NULL ? (struct garasu_rect){0} : place_panel(window, new));
	window_dirty(window, window->geometry.strip);
}

static void update_preedit(struct window *window)
{
	const struct garasu_rect *caret = &window->keyboard.caret;
	const struct garasu_rect *area = &window->geometry.area;
	struct garasu_rect at = window_place(window);
	int height = (int)between(caret->height, 20 * window->geometry.scale / GARASU_SCALE_ONE,
		96 * window->geometry.scale / GARASU_SCALE_ONE);
	SDL_Surface *new = overlay_draw_preedit(
		window->overlay, &window->keyboard.preedit, height, (int)area->width);

	if (new != NULL) {
		at.width = (uint32_t) new->w;
		at.height = (uint32_t) new->h;
		at.x = between((int64_t)at.x + caret->x, 0,
			area->width > at.width ? area->width - at.width : 0);
		at.y = between((int64_t)at.y + caret->y, area->y,
			area->height > at.height ? area->y + area->height - at.height : area->y);
	}
	replace(window, &window->painting.preedit, &window->painting.preedit_at, new, at);
}

/* Shall the picture wait for the update that the child is painting? Once, not for long. */
static bool holds_back(struct window *window)
{
	struct painting *painting = &window->painting;
	bool is_half = window->screen == SCREEN_OPEN &&
		       (picture_sequence(&window->session.picture) & 1u) != 0;

	painting->is_held_back = is_half && !painting->is_held_back;
	return painting->is_held_back;
}

static void paint(struct window *window, SDL_Surface *surface)
{
	struct painting *painting = &window->painting;
	SDL_Rect clip = sdl_rect(painting->dirty);

	SDL_SetClipRect(surface, &clip);
	fill(surface, window->geometry.strip, window_strip_colour(window));
	paint_picture(window, surface);
	if (painting->preedit != NULL) {
		blit(surface, painting->preedit, painting->preedit_at);
	}
	if (painting->panel != NULL) {
		blit(surface, painting->panel, painting->panel_at);
	}
	SDL_SetClipRect(surface, NULL);
	SDL_UpdateWindowSurfaceRects(window->sdl, &clip, 1);
	painting->dirty = (struct garasu_rect){0};
}

void window_draw(struct window *window)
{
	struct painting *painting = &window->painting;
	SDL_Surface *surface;

	if (painting->panel_due_ms != 0 && garasu_clock_ms() >= painting->panel_due_ms) {
		painting->is_panel_stale = true;
	}
	if (painting->is_panel_stale) {
		update_panel(window);
		update_preedit(window);
	}
	if (painting->dirty.width == 0 || painting->dirty.height == 0 || holds_back(window)) {
		return;
	}
	surface = SDL_GetWindowSurface(window->sdl);
	if (surface != NULL && surface->w == (int)window->geometry.width &&
		surface->h == (int)window->geometry.height) {
		paint(window, surface);
	} else if (surface != NULL) {
		window_resized(window); /* and again with the next round */
	}
}

void window_draw_finish(struct window *window)
{
	struct painting *painting = &window->painting;

	window_drop_picture(window);
	SDL_FreeSurface(painting->last);
	SDL_FreeSurface(painting->panel);
	SDL_FreeSurface(painting->preedit);
	*painting = (struct painting){0};
}
