/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer pictures: what the client sets, or the theme's arrow, into the frame memory. The pointer
 * is never drawn into the pixels. */

#include "compositor.h"

#include <pixman.h>
#include <stdlib.h>
#include <string.h>
#include <wlr/render/pixman.h>
#include <wlr/types/wlr_buffer.h>
#include <wlr/types/wlr_seat.h>
#include <wlr/types/wlr_surface.h>
#include <wlr/xcursor.h>

#define SIDE GARASU_FRAME_POINTER_MAX
#define ARROW_SIZE 24 /* logical pixels */

static uint32_t clamp_hot(int32_t hot, uint32_t side)
{
	if (hot < 0 || side == 0) {
		return 0;
	}
	return (uint32_t)hot < side ? (uint32_t)hot : side - 1;
}

static void set_picture(struct compositor *compositor, uint32_t width, uint32_t height,
	int32_t hot_x, int32_t hot_y)
{
	struct pointer *pointer = &compositor->pointer;

	pointer->width = width;
	pointer->height = height;
	pointer->picture_hot_x = clamp_hot(hot_x, width);
	pointer->picture_hot_y = clamp_hot(hot_y, height);
	pointer->is_news = 1;
	frame_touch(compositor);
}

static void show_surface(struct compositor *compositor)
{
	struct pointer *pointer = &compositor->pointer;
	struct wlr_texture *texture =
		pointer->surface != NULL ? wlr_surface_get_texture(pointer->surface) : NULL;
	pixman_image_t *from;
	pixman_image_t *to;
	uint32_t width;
	uint32_t height;

	if (texture == NULL || !wlr_texture_is_pixman(texture)) {
		set_picture(compositor, 0, 0, 0, 0);
		return;
	}
	width = texture->width < SIDE ? texture->width : SIDE;
	height = texture->height < SIDE ? texture->height : SIDE;
	from = wlr_pixman_texture_get_image(texture);
	to = pixman_image_create_bits_no_clear(
		PIXMAN_a8r8g8b8, (int)SIDE, (int)SIDE, pointer->picture, (int)SIDE * 4);
	if (to == NULL) {
		return;
	}
	pixman_image_composite32(
		PIXMAN_OP_SRC, from, NULL, to, 0, 0, 0, 0, 0, 0, (int32_t)width, (int32_t)height);
	pixman_image_unref(to);
	set_picture(compositor, width, height, pointer->hot_x * pointer->surface->current.scale,
		pointer->hot_y * pointer->surface->current.scale);
}

static void forget_surface(struct pointer *pointer)
{
	if (pointer->surface != NULL) {
		wl_list_remove(&pointer->on_commit.link);
		wl_list_remove(&pointer->on_destroy.link);
		pointer->surface = NULL;
	}
}

static void on_commit(struct wl_listener *listener, void *data)
{
	struct compositor *compositor = wl_container_of(listener, compositor, pointer.on_commit);
	struct pointer *pointer = &compositor->pointer;

	(void)data;
	pointer->hot_x -= pointer->surface->current.dx;
	pointer->hot_y -= pointer->surface->current.dy;
	show_surface(compositor);
}

static void on_destroy(struct wl_listener *listener, void *data)
{
	struct compositor *compositor = wl_container_of(listener, compositor, pointer.on_destroy);

	(void)data;
	forget_surface(&compositor->pointer);
	pointer_show_default(compositor);
}

static void on_request(struct wl_listener *listener, void *data)
{
	struct compositor *compositor = wl_container_of(listener, compositor, pointer.on_request);
	const struct wlr_seat_pointer_request_set_cursor_event *event = data;
	struct pointer *pointer = &compositor->pointer;

	if (compositor->seat->pointer_state.focused_client != event->seat_client) {
		return;
	}
	if (event->surface != pointer->surface) {
		forget_surface(pointer);
		pointer->surface = event->surface;
		if (event->surface != NULL) {
			wl_signal_add(&event->surface->events.commit, &pointer->on_commit);
			wl_signal_add(&event->surface->events.destroy, &pointer->on_destroy);
		}
	}
	pointer->hot_x = event->hotspot_x;
	pointer->hot_y = event->hotspot_y;
	show_surface(compositor);
}

void pointer_show_default(struct compositor *compositor)
{
	struct pointer *pointer = &compositor->pointer;
	struct wlr_xcursor *cursor =
		pointer->theme != NULL ? wlr_xcursor_theme_get_cursor(pointer->theme, "left_ptr")
				       : NULL;
	const struct wlr_xcursor_image *image;

	forget_surface(pointer);
	if (cursor == NULL || cursor->image_count == 0 || cursor->images[0]->width > SIDE ||
		cursor->images[0]->height > SIDE) {
		set_picture(compositor, 0, 0, 0, 0);
		return;
	}
	image = cursor->images[0];
	for (uint32_t y = 0; y < image->height; y++) {
		memcpy(pointer->picture + (size_t)y * SIDE,
			image->buffer + (size_t)y * image->width * 4, (size_t)image->width * 4);
	}
	set_picture(compositor, image->width, image->height, (int32_t)image->hotspot_x,
		(int32_t)image->hotspot_y);
}

void pointer_publish(struct compositor *compositor)
{
	struct pointer *pointer = &compositor->pointer;
	struct garasu_frame_header *header = compositor->frame.header;

	if (!pointer->is_news) {
		return;
	}
	memcpy(compositor->frame.memory + GARASU_FRAME_POINTER_OFFSET, pointer->picture,
		(size_t)SIDE * SIDE * 4);
	header->pointer_width = pointer->width;
	header->pointer_height = pointer->height;
	header->pointer_hot_x = pointer->picture_hot_x;
	header->pointer_hot_y = pointer->picture_hot_y;
	header->pointer_sequence++;
	pointer->is_news = 0;
}

void pointer_start(struct compositor *compositor)
{
	struct pointer *pointer = &compositor->pointer;

	pointer->picture = calloc((size_t)SIDE * SIDE, 4);
	pointer->theme = wlr_xcursor_theme_load(
		"DMZ-White", (int)(ARROW_SIZE * compositor->scale / GARASU_SCALE_ONE));
	pointer->on_commit.notify = on_commit;
	pointer->on_destroy.notify = on_destroy;
	pointer->on_request.notify = on_request;
	wl_signal_add(&compositor->seat->events.request_set_cursor, &pointer->on_request);
	if (pointer->picture != NULL) {
		pointer_show_default(compositor);
	}
}
