/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_WINDOW_PARTS_H
#define VIEWER_WINDOW_PARTS_H

#include "geometry.h"
#include "options.h"
#include "overlay.h"
#include "typing.h"
#include "waker.h"

/* What the files of the window share: window.c lives and reconnects, window_draw.c paints,
 * window_words.c chooses the panel, window_keys.c and window_pointer.c take input, window_order.c
 * keeps it in order. */

enum screen {
	SCREEN_ASKING = 0, /* for the password */
	SCREEN_CONNECTING,
	SCREEN_OPEN,
	SCREEN_WAITING, /* until it connects again by itself */
	SCREEN_STOPPED, /* until the user wants to */
};

struct painting {
	SDL_Surface *picture; /* borrows the session's memory */
	SDL_Surface *last;    /* copy of it, while there is no session */
	SDL_Surface *panel, *preedit;
	struct garasu_rect panel_at, preedit_at; /* pixels of the window */
	struct garasu_rect dirty;                /* pixels of the window */
	bool is_panel_stale, is_held_back;
	uint64_t panel_due_ms; /* when its words change by themselves; 0: never */
};

struct keyboard {
	struct typing typing;
	uint8_t sent_as[256];           /* code by SDL scancode, from press to release */
	uint32_t keysyms[TYPING_CODES]; /* of the code's last press */
	struct garasu_rect caret;       /* pixels of the picture */
	uint32_t caret_bits;
	uint64_t text_ends_ms;     /* the field is gone: when to believe it; 0: not so */
	bool knows_lock, has_lock; /* the session's Caps Lock, while it is known */
	struct overlay_preedit preedit;
	char composed[sizeof(((struct overlay_preedit *)0)->text)]; /* here or in the session */
	bool is_key_in_front, wants_no_method; /* while asking for the password */
};

struct pointer {
	SDL_Cursor *cursor; /* the session's; NULL: none yet */
	bool is_hidden, is_inside, has_moved;
	uint32_t hot_y, x, y; /* pixels of the picture */
	uint32_t buttons;     /* held in the session */
	float rest_x, rest_y;
	int32_t wheel_x, wheel_y;
};

struct notice {
	uint32_t state;                                 /* a warning, or GARASU_STATE_COUNT */
	uint64_t ends_ms;                               /* or: */
	uint32_t value;                                 /* of GARASU_STATE_FAILED_LOGINS */
	enum phrase title;                              /* whose message it is */
	char message[GARASU_RFB_MESSAGE_BYTES_MAX + 1]; /* or empty */
};

struct window {
	const struct options *options;
	struct password *password;
	SDL_Window *sdl;
	struct overlay *overlay;
	struct waker waker;
	struct geometry geometry;
	struct geometry_size limit, asked;
	uint64_t ask_due_ms; /* 0: the session has the window's size */
	enum screen screen;
	struct session session;
	bool has_session, was_open, has_input, is_out_of_sight, quits;
	struct outcome outcome;
	uint32_t tries;
	uint64_t retry_ms;
	struct painting painting;
	struct keyboard keyboard;
	struct pointer pointer;
	struct notice notice;
};

/* window.c */
void window_show(struct window *window, enum screen screen);
void window_connect(struct window *window);
void window_resized(struct window *window);

/* window_draw.c */
void window_dirty(struct window *window, struct garasu_rect rect);
void window_dirty_all(struct window *window);
/* What changed of the picture. */
void window_dirty_picture(struct window *window, struct garasu_rect rect);
/* The picture has another size, or is gone. */
void window_drop_picture(struct window *window);
void window_keep_last(struct window *window);
struct garasu_rect window_place(const struct window *window);
void window_draw(struct window *window);
void window_draw_finish(struct window *window);

/* window_words.c */
bool window_has_panel(const struct window *window);
/* Fills panel with words in storage. */
struct panel_words {
	char title[512], body[WORDS_BYTES_MAX], hint[512], field[1024];
};
void window_panel(
	const struct window *window, struct panel_words *words, struct overlay_panel *panel);
SDL_Color window_strip_colour(const struct window *window);
/* Returns when the panel's words change by themselves; 0: never. */
uint64_t window_panel_due_ms(const struct window *window, uint64_t now_ms);
void window_dismiss(struct window *window);
/* The user does something: an idle warning is over. */
void window_active(struct window *window);

/* window_keys.c */
void window_keys_init(struct window *window);
void window_keys_event(struct window *window, const SDL_Event *event);
void window_keys_settle(struct window *window);
/* What is composed is written where it stands, before a click goes elsewhere. */
void window_keys_commit(struct window *window);
void window_keys_caret(struct window *window, const struct decoder_event *event);
void window_keys_lock(struct window *window, const struct decoder_event *event);
/* Chooses the typing mode, and the input method's state with it. */
void window_keys_mode(struct window *window, uint64_t now_ms);
void window_keys_focus(struct window *window, bool has_focus);

/* window_order.c */
void window_order_start(SDL_Window *window);
/* SDL has been asked until it had no more. Returns true if there is more now. */
bool window_order_next(void);

/* window_pointer.c */
void window_pointer_event(struct window *window, const SDL_Event *event);
void window_pointer_settle(struct window *window);
void window_pointer_picture(struct window *window, const struct decoder_event *event);
void window_pointer_release(struct window *window);
void window_pointer_finish(struct window *window);

#endif
