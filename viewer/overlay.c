/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels and preedit text: the only place where SDL_ttf is met.
 * Reads untrusted bytes from: the server (an administrator's words, checked by the decoder). */

#include "overlay.h"

#include <garasu/frame.h>

#include <SDL_ttf.h>
#include <stdlib.h>
#include <unistd.h>

#define TEXT_PX 16
#define TITLE_PX 20
#define PREEDIT_PX_MIN 12
#define PREEDIT_PX_MAX 64

struct overlay {
	TTF_Font *text, *title, *preedit;
	uint32_t scale;
};

/* Where distributions keep a font with Japanese glyphs; of a collection, the Japanese face. */
static const struct {
	const char *path;
	long face;
} fonts[] = {
	{"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 0},
	{"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 0},
	{"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 0},
	{"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 0},
	{"/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf", 0},
	{"/usr/share/fonts/truetype/fonts-japanese-gothic.ttf", 0},
};

static const SDL_Color ground = {0xfa, 0xfa, 0xf7, 0xff};
static const SDL_Color ink = {0x1c, 0x1c, 0x1e, 0xff};
static const SDL_Color faint = {0x5b, 0x5f, 0x66, 0xff};
static const SDL_Color edge = {0x9a, 0x9e, 0xa6, 0xff};
static const SDL_Color clause = {0xd6, 0xe6, 0xfb, 0xff};
static const SDL_Color paper = {0xff, 0xff, 0xff, 0xff};

static int scaled(const struct overlay *overlay, int points)
{
	return points * (int)overlay->scale / (int)GARASU_SCALE_ONE;
}

static TTF_Font *open_font(void)
{
	for (size_t i = 0; i < sizeof(fonts) / sizeof(fonts[0]); i++) {
		if (access(fonts[i].path, R_OK) == 0) {
			TTF_Font *font = TTF_OpenFontIndex(fonts[i].path, TEXT_PX, fonts[i].face);

			if (font != NULL) {
				return font;
			}
		}
	}
	return NULL;
}

struct overlay *overlay_create(uint32_t scale)
{
	struct overlay *overlay = calloc(1, sizeof(*overlay));

	if (overlay == NULL || TTF_Init() != 0) {
		free(overlay);
		return NULL;
	}
	overlay->text = open_font();
	overlay->title = open_font();
	overlay->preedit = open_font();
	if (overlay->text == NULL || overlay->title == NULL || overlay->preedit == NULL) {
		overlay_destroy(&overlay);
		return NULL;
	}
	overlay_set_scale(overlay, scale);
	return overlay;
}

static void close_font(TTF_Font *font)
{
	if (font != NULL) {
		TTF_CloseFont(font);
	}
}

void overlay_destroy(struct overlay **overlay)
{
	if (*overlay != NULL) {
		close_font((*overlay)->text);
		close_font((*overlay)->title);
		close_font((*overlay)->preedit);
		TTF_Quit();
		free(*overlay);
		*overlay = NULL;
	}
}

void overlay_set_scale(struct overlay *overlay, uint32_t scale)
{
	if (overlay->scale != scale) {
		overlay->scale = scale;
		TTF_SetFontSize(overlay->text, scaled(overlay, TEXT_PX));
		TTF_SetFontSize(overlay->title, scaled(overlay, TITLE_PX));
	}
}

/* ---- drawing ---- */

static uint32_t colour_of(const SDL_Surface *surface, SDL_Color colour)
{
	return SDL_MapRGB(surface->format, colour.r, colour.g, colour.b);
}

static void fill(SDL_Surface *surface, int x, int y, int width, int height, SDL_Color colour)
{
	const SDL_Rect rect = {x, y, width, height};

	SDL_FillRect(surface, &rect, colour_of(surface, colour));
}

static void frame(SDL_Surface *surface, int x, int y, int width, int height, SDL_Color colour)
{
	fill(surface, x, y, width, 1, colour);
	fill(surface, x, y + height - 1, width, 1, colour);
	fill(surface, x, y, 1, height, colour);
	fill(surface, x + width - 1, y, 1, height, colour);
}

static SDL_Surface *draw_text(TTF_Font *font, const char *text, int width, SDL_Color colour)
{
	if (text == NULL || text[0] == '\0') {
		return NULL;
	}
	return TTF_RenderUTF8_Blended_Wrapped(font, text, colour, (uint32_t)width);
}

/* Puts text at y and frees it. Returns how far it reaches. */
static int put_text(SDL_Surface *panel, SDL_Surface *text, int x, int y)
{
	SDL_Rect at = {x, y, 0, 0};

	if (text == NULL) {
		return 0;
	}
	SDL_BlitSurface(text, NULL, panel, &at);
	y = text->h;
	SDL_FreeSurface(text);
	return y;
}

static int width_of(const SDL_Surface *text)
{
	return text != NULL ? text->w : 0;
}

static int height_of(const SDL_Surface *text, int gap)
{
	return text != NULL ? text->h + gap : 0;
}

static void put_field(const struct overlay *overlay, SDL_Surface *panel, const char *text, int x,
	int y, int width, int height)
{
	SDL_Surface *shown = draw_text(overlay->text, text, 0, ink);
	const SDL_Rect inside = {x + scaled(overlay, 8), y, width - 2 * scaled(overlay, 8), height};

	fill(panel, x, y, width, height, paper);
	frame(panel, x, y, width, height, edge);
	if (shown != NULL) {
		int over = shown->w > inside.w ? shown->w - inside.w : 0; /* its end is shown */
		const SDL_Rect part = {over, 0, shown->w - over, shown->h};
		SDL_Rect at = {inside.x, y + (height - shown->h) / 2, 0, 0};

		SDL_BlitSurface(shown, &part, panel, &at);
		x = inside.x + part.w + scaled(overlay, 2);
		SDL_FreeSurface(shown);
	} else {
		x = inside.x;
	}
	fill(panel, x, y + scaled(overlay, 7), scaled(overlay, 1), height - scaled(overlay, 14),
		ink); /* the caret */
}

static int larger(int left, int right)
{
	return left > right ? left : right;
}

SDL_Surface *overlay_draw_panel(
	struct overlay *overlay, const struct overlay_panel *panel, int max_width)
{
	int margin = scaled(overlay, 20), gap = scaled(overlay, 8), bar = scaled(overlay, 6);
	int inner = larger(max_width - 2 * margin - bar, scaled(overlay, 120));
	SDL_Surface *title = draw_text(overlay->title, panel->title, inner, ink);
	SDL_Surface *body = draw_text(overlay->text, panel->body, inner, ink);
	SDL_Surface *hint = draw_text(overlay->text, panel->hint, inner, faint);
	int field = panel->field != NULL ? scaled(overlay, 36) : 0;
	int width = larger(larger(width_of(title), width_of(body)),
		larger(width_of(hint), field > 0 ? scaled(overlay, 320) : 0));
	int height = height_of(title, gap) + height_of(body, gap) + (field > 0 ? field + gap : 0) +
		     height_of(hint, gap) - gap;
	SDL_Surface *all;
	int x = margin + bar, y = margin;

	width = width < inner ? width : inner;
	all = SDL_CreateRGBSurfaceWithFormat(
		0, width + 2 * margin + bar, height + 2 * margin, 32, SDL_PIXELFORMAT_RGB888);
	if (all == NULL) {
		SDL_FreeSurface(title);
		SDL_FreeSurface(body);
		SDL_FreeSurface(hint);
		return NULL;
	}
	fill(all, 0, 0, all->w, all->h, ground);
	frame(all, 0, 0, all->w, all->h, edge);
	fill(all, 0, 0, bar, all->h, panel->accent);
	y += height_of(title, gap);
	put_text(all, title, x, margin);
	y += put_text(all, body, x, y) + (panel->body != NULL && panel->body[0] != '\0' ? gap : 0);
	if (field > 0) {
		put_field(overlay, all, panel->field, x, y, width, field);
		y += field + gap;
	}
	put_text(all, hint, x, y);
	return all;
}

/* How far so many characters of a text reach. */
static int reach(TTF_Font *font, const char *text, int characters)
{
	char start[sizeof(((struct overlay_preedit *)NULL)->text)];
	size_t size = 0;
	int width = 0;

	while (text[size] != '\0' && size < sizeof(start) - 1) {
		if (((unsigned char)text[size] & 0xc0u) != 0x80u && characters-- <= 0) {
			break;
		}
		start[size] = text[size];
		size++;
	}
	start[size] = '\0';
	TTF_SizeUTF8(font, start, &width, NULL);
	return width;
}

static void choose_size(TTF_Font *font, int height)
{
	int size = height * 2 / 3; /* of a line, so much is the letters' height */

	size = size < PREEDIT_PX_MIN ? PREEDIT_PX_MIN : size;
	TTF_SetFontSize(font, size > PREEDIT_PX_MAX ? PREEDIT_PX_MAX : size);
}

SDL_Surface *overlay_draw_preedit(
	struct overlay *overlay, const struct overlay_preedit *preedit, int height, int max_width)
{
	const char *text = preedit->text;
	int thin = larger(scaled(overlay, 1), 1), left, right, over;
	SDL_Surface *drawn, *all = NULL;

	choose_size(overlay->preedit, height);
	drawn = draw_text(overlay->preedit, text, 0, ink);
	if (drawn == NULL) {
		return NULL;
	}
	left = preedit->start < 0 ? drawn->w : reach(overlay->preedit, text, preedit->start);
	right = preedit->length <= 0
			? left
			: reach(overlay->preedit, text, preedit->start + preedit->length);
	over = larger(right + thin - larger(max_width, 1), 0);
	max_width = drawn->w - over < max_width ? drawn->w - over : max_width;
	all = SDL_CreateRGBSurfaceWithFormat(
		0, larger(max_width, 1), larger(drawn->h, height), 32, SDL_PIXELFORMAT_RGB888);
	if (all == NULL) {
		SDL_FreeSurface(drawn);
		return NULL;
	}
	fill(all, 0, 0, all->w, all->h, paper);
	fill(all, left - over, 0, right - left, all->h, clause);
	put_text(all, drawn, -over, (all->h - drawn->h) / 2);
	fill(all, 0, all->h - 2 * thin, all->w, thin, ink);
	if (right > left) {
		fill(all, left - over, all->h - 3 * thin, right - left, 3 * thin, ink);
	} else if (left < all->w + over) {
		fill(all, left - over, 2 * thin, thin, all->h - 4 * thin, ink);
	}
	return all;
}
