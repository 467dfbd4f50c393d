/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_OVERLAY_H
#define VIEWER_OVERLAY_H

#include <SDL.h>
#include <stdint.h>

/* The viewer's own words over the picture: panels, and what an input method is composing. */

struct overlay;

struct overlay_panel {
	const char *title, *body, *hint; /* UTF-8; NULL or empty: none; body of several lines */
	const char *field;               /* an entry field with this in it, or NULL */
	SDL_Color accent;
};

/* Finds a font with Japanese glyphs. Returns NULL where there is none. */
struct overlay *overlay_create(uint32_t scale);
void overlay_destroy(struct overlay **overlay);

/* In 1/120, as the session's scale. */
void overlay_set_scale(struct overlay *overlay, uint32_t scale);

/* Draws a panel at most so wide. Returns its picture, the caller's, or NULL when memory is short.
 */
SDL_Surface *overlay_draw_panel(
	struct overlay *overlay, const struct overlay_panel *panel, int max_width);

/* What an input method is composing. Of it, length characters from start on are the clause that is
 * being converted; with none, the method's caret stands at start. Negative: not told. */
struct overlay_preedit {
	char text[1024]; /* UTF-8 */
	int start, length;
};

/* Draws it underlined, the clause boldly, as high as the line it stands in and at most so wide:
 * then with the part that is being worked on. Returns NULL for empty text. */
SDL_Surface *overlay_draw_preedit(
	struct overlay *overlay, const struct overlay_preedit *preedit, int height, int max_width);

#endif
