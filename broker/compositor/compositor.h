/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_COMPOSITOR_H
#define GARASU_COMPOSITOR_H

#include "garasu/frame.h"
#include "garasu/input.h"
#include "garasu/rfb.h"
#include "garasu/settings.h"
#include "host.h"
#include "pace.h"
#include "records.h"

#include <stdint.h>
#include <sys/types.h>
#include <wayland-server-core.h>
#include <xkbcommon/xkbcommon.h>

/*
 * One session's compositor: draws Chromium's surfaces into the frame memory when a viewer can take
 * a frame, and plays the viewer's input. It runs inside the jail, in one trust domain with the
 * browser.
 *
 * server.c sets it up; frame.c draws, when pace.c says, and copy.c what needs no blending; host.c
 * looks at the host's load; view.c places windows; input.c takes the viewer's records, which
 * seat.c, keys.c and text.c play; pointer.c publishes pointer pictures; scale.c tells clients the
 * scale; browser.c starts Chromium.
 */

#define COMPOSITOR_XRGB8888 0x34325258u /* DRM's fourcc "XR24" */
#define COMPOSITOR_ARGB8888 0x34325241u /* "AR24" */

struct browser {
	pid_t pid; /* the one whose end matters; -1 none */
	struct wl_event_source *on_child;
	uint64_t started_ms[3];    /* the newest starts, to stop a loop of deaths */
	char program[4096];        /* garasu-browser beside this binary */
	int is_waiting;            /* for a user: it has been given no address */
	int is_blank;              /* it shows about:blank in place of a first page */
	uint64_t replace_until_ms; /* the next window replaces those before it; 0: it does not */
	int has_window;            /* it has shown one since its start */
	char waiting[GARASU_INPUT_ADDRESS_MAX + 1]; /* address to open when it has */
};

struct frame {
	struct garasu_frame_header *header; /* the shared memory */
	uint8_t *memory;
	size_t bytes;
	int news; /* write end */
	uint32_t max_width, max_height;
	uint32_t sequence; /* even: the last published */
	int has_credit;
	struct garasu_rect caret;  /* for the next frame's header */
	uint32_t bits;             /* enum garasu_frame_bits */
	int must_publish;          /* header news or a refresh, damage or not */
	uint64_t caret_due_us;     /* news of the caret waits so long for its picture; 0: no news */
	struct wlr_buffer *buffer; /* wraps the pixels at the current geometry */
	struct pace pace;
	struct host host;
	struct wl_event_source *timer; /* what is due next */
	int clients_wait;              /* some may wait to be told to draw on */
};

struct keyboard {
	struct wlr_input_device *device;
	struct xkb_keymap *keymap;
	struct wl_listener on_key, on_modifiers;
};

struct pointer {
	double x, y;                 /* logical */
	uint32_t buttons;            /* as in the last record */
	struct wlr_surface *surface; /* the client's picture, or NULL */
	int32_t hot_x, hot_y;
	uint32_t *picture;      /* 256 x 256, ARGB8888 premultiplied */
	uint32_t width, height; /* of the picture; 0: hidden */
	uint32_t picture_hot_x, picture_hot_y;
	int is_default; /* the theme's arrow stands for a client's picture */
	int is_news;    /* the picture is to be published */
	struct wl_listener on_commit, on_destroy, on_request;
	struct wlr_xcursor_theme *theme;
};

struct text {
	struct wlr_text_input_manager_v3 *manager;
	struct wl_listener on_new;
	struct wl_list inputs; /* struct text_client.link */
	struct garasu_joiner joiner;
	char waiting[GARASU_INPUT_TEXT_MAX + 1]; /* text that waits for a text field */
	size_t waiting_size;
	struct garasu_joiner preedit;              /* what arrives of it */
	char composed[GARASU_RFB_PREEDIT_MAX + 1]; /* what the field shows underlined, or "" */
	struct wl_event_source *timer;
	uint64_t dropped_bytes;
};

#define INPUT_HELD_MAX 1024

struct input_held {
	struct garasu_input record;
	uint64_t arrived_ms;
};

struct input {
	struct input_held held[INPUT_HELD_MAX]; /* behind a text that waits */
	size_t held_count;
	uint64_t arrived_ms; /* when the record that is being played arrived */
	struct wl_event_source *on_idle;
	struct wl_event_source *on_behind; /* a client did not read: looks again */
};

struct compositor {
	struct garasu_session_settings settings;
	struct wl_display *display;
	struct wl_event_loop *loop;
	struct wlr_backend *backend;
	struct wlr_renderer *renderer;
	struct wlr_allocator *allocator;
	struct wlr_output *output;
	struct wlr_output_layout *layout;
	struct wlr_scene *scene;
	struct wlr_scene_output *scene_output;
	struct wlr_scene_rect *background;
	struct wlr_xdg_shell *shell;
	struct wlr_seat *seat;
	struct wl_list views;  /* struct view.link, front first */
	struct wl_list scaled; /* resources of wp_fractional_scale_v1 */
	struct wl_listener on_client, on_frame, on_xdg_surface, on_decoration, on_selection;
	uint32_t width, height, scale; /* physical pixels, 1/120 */
	uint16_t geometry_serial;
	struct frame frame;
	struct keyboard keyboard;
	struct pointer pointer;
	struct text text;
	struct browser browser;
	struct input input;
	struct wl_event_source *on_input, *on_credit;
	struct garasu_joiner address;
	uint64_t dropped_records;
	int exit_code;
};

/* server.c */
int server_start(struct compositor *compositor);
/* True while a client has not read what it was sent: libwayland would cut it off when its socket is
 * full, and a busy browser must not die of a moving mouse. */
int server_is_behind(const struct compositor *compositor);
/* Makes the picture width x height physical pixels at scale; ignores what cannot be. */
void server_set_geometry(struct compositor *compositor, uint32_t width, uint32_t height,
	uint32_t scale, uint16_t serial);
/* The desktop's size in logical pixels, rounded up so that it covers the picture. */
int server_logical(const struct compositor *compositor, uint32_t physical);

/* output.c */
struct wlr_output *output_create(struct compositor *compositor); /* NULL: no memory */
/* Gives it the session's size and scale. Returns 0 or -errno. */
int output_set_geometry(struct compositor *compositor);

/* frame.c */
int frame_open(struct compositor *compositor, int memory, int news);
/* is_film: the encoder's word on what moves. */
void frame_give_credit(struct compositor *compositor, int is_film);
void frame_note_input(struct compositor *compositor, enum pace_touch touch);
/* Header news (LEDs, pointer): publish with the next credit even if no pixel changed. */
void frame_touch(struct compositor *compositor);
int frame_resize(struct compositor *compositor);
void frame_on_output(struct wl_listener *listener, void *data);
/* Its news goes with the picture that shows it, if that comes soon. */
void frame_set_caret(struct compositor *compositor, struct garasu_rect caret, uint32_t bits);
void frame_set_leds(struct compositor *compositor, uint32_t bits);

/* copy.c: copies what needs no blending, and leaves in damage what wlroots must draw. */
struct pixman_region32;
void copy_opaque(struct compositor *compositor, struct pixman_region32 *damage);

struct wlr_box;

/* Fills where a surface of that logical box stands in the picture, rounded as wlroots does. Returns
 * 1, or 0 where a client has made it so large that the box is cut to its limits. */
int copy_box(const struct wlr_box *logical, double scale, struct wlr_box *box);

/* view.c */
void view_on_surface(struct wl_listener *listener, void *data);
void view_arrange(struct compositor *compositor);
struct wlr_surface *view_surface_at(
	struct compositor *compositor, double x, double y, double *inner_x, double *inner_y);
void view_focus_at(struct compositor *compositor, struct wlr_surface *surface);

/* input.c */
int input_start(struct compositor *compositor);
/* No text waits any more: plays what is held behind it, soon, and not from within this call. */
void input_resume(struct compositor *compositor);

/* seat.c */
int seat_start(struct compositor *compositor);
void seat_play(struct compositor *compositor, const struct garasu_input *record);
void seat_focus(struct compositor *compositor, struct wlr_surface *surface);
void seat_release_all(struct compositor *compositor);
void seat_refresh_pointer(struct compositor *compositor);
uint32_t seat_time(void);

/* pointer.c */
void pointer_publish(struct compositor *compositor);
int pointer_start(struct compositor *compositor);
void pointer_show_default(struct compositor *compositor);
/* The scale changed: takes pictures of the right size. */
void pointer_rescale(struct compositor *compositor);

/* text.c */
void text_start(struct compositor *compositor);
void text_focus(struct compositor *compositor, struct wlr_surface *surface);
/* Also after a change of scale: the caret stands elsewhere, and its client has nothing new to say.
 */
void text_publish_caret(struct compositor *compositor);
/* Commits into the enabled field; without one it waits, a moment from its arrival on. */
void text_commit(struct compositor *compositor, const char *utf8, size_t size);
/* Shows this, underlined, where the next text goes, in place of what was shown there; size 0 shows
 * nothing. */
void text_compose(struct compositor *compositor, const char *utf8, size_t size);
int text_waits(const struct compositor *compositor);
/* Drops the text that waits. */
void text_give_up(struct compositor *compositor);

/* scale.c */
void scale_start(struct compositor *compositor);
void scale_announce(struct compositor *compositor);

/* browser.c */
int browser_start(struct compositor *compositor);
/* Opens an address in the running browser; the newest waits while it is still starting. */
void browser_open(struct compositor *compositor, const char *address);
/* A window has come. Returns true if it replaces those before it. */
int browser_has_window(struct compositor *compositor);

#endif
