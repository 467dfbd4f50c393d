/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_PUPPETS_PAINTER_H
#define GARASU_PUPPETS_PAINTER_H

#include "pattern.h"

#include <wayland-client.h>
#include <xkbcommon/xkbcommon.h>

#include "fractional-scale-v1-client.h"
#include "text-input-v3-client.h"
#include "viewporter-client.h"
#include "xdg-shell-client.h"

/*
 * The painter: a Wayland client that stands in the browser's place and draws patterns (pattern.h).
 * As Chromium does, a second painter hands its address to the first and ends.
 *
 * painter.c is the program, painter_window.c draws, painter_seat.c and painter_text.c note what
 * arrives, painter_lone.c keeps it the only one.
 */

#define PAINTER_BUFFERS 3

struct painter_buffer {
	struct wl_buffer *buffer;
	uint32_t *pixels;
	int is_busy;                       /* with the compositor */
	uint32_t left, top, right, bottom; /* what it shows too old */
};

struct painter {
	struct wl_display *display;
	struct wl_compositor *compositor;
	struct wl_shm *shm;
	struct wl_seat *seat;
	struct xdg_wm_base *shell;
	struct wp_viewporter *viewporter;
	struct wp_fractional_scale_manager_v1 *scales;
	struct zwp_text_input_manager_v3 *texts;

	struct wl_surface *surface;
	struct wp_viewport *viewport;
	struct wl_callback *frame; /* asked for and not yet come */
	struct painter_buffer buffers[PAINTER_BUFFERS];
	void *pool;
	size_t pool_size;
	uint32_t logical_width, logical_height, scale;
	int is_configured;

	struct pattern page;  /* as it is to be */
	struct pattern shown; /* as last drawn */

	struct wl_keyboard *keyboard;
	struct wl_pointer *pointer;
	struct wl_surface *pointer_surface;
	struct xkb_context *xkb;
	struct xkb_state *keys;
	uint8_t held[256]; /* key codes down */
	struct zwp_text_input_v3 *text;
	int text_is_inside, text_is_enabled;
	uint32_t text_cell; /* behind which the caret was told to stand */

	int lone; /* socket that brings further addresses */
	int is_over;
};

/* painter_window.c */
void window_open(struct painter *painter);
/* Draws what changed, if the compositor is ready for it. */
void window_update(struct painter *painter);
/* Makes a buffer in shared memory. Fills pixels. */
struct wl_buffer *window_make_buffer(struct painter *painter, uint32_t width, uint32_t height,
	uint32_t format, uint32_t **pixels);

/* painter_seat.c */
void seat_listen(struct painter *painter);

/* painter_text.c */
void text_listen(struct painter *painter);
/* Enables or disables the text field as the page has it. is_due: a late one's time has come. */
void text_update(struct painter *painter, int is_due);
/* Notes each code point of a text. */
void text_arrived(struct painter *painter, const char *utf8);

/* painter_lone.c */
/* Returns a socket when this is the first painter, or -1 when the address went to the first. */
int lone_start(const char *address);
/* Fills the address that waits. Returns 0 or -1. */
int lone_receive(int lone, char *address, size_t size);

/* painter.c */
int painter_open(struct painter *painter, const char *address);

/* painter_hog.c: what a session must not be able to take. The first never returns; the second returns
 * negative errno where it was stopped, 0 where nothing did. */
_Noreturn void hog_memory(void);
int hog_processes(void);

#endif
