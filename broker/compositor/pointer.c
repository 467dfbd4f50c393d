/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer pictures: what the client sets, or the theme's arrow, into the frame memory. The pointer
 * is never drawn into the pixels. */

#include "compositor.h"

#include <errno.h>
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

static int32_t to_physical(const struct compositor *compositor, int32_t logical)
{
	return (int32_t)(((int64_t)logical * compositor->scale + GARASU_SCALE_ONE / 2) /
			 GARASU_SCALE_ONE);
}

static uint32_t clamp_side(int32_t side)
{
	if (side < 1) {
		return 1;
	}
	return (uint32_t)side < SIDE ? (uint32_t)side : SIDE;
}

/* Copies the client's picture, resampled where its buffer is not in physical pixels. */
static void copy_picture(struct pointer *pointer, struct wlr_texture *texture, uint32_t width,
	uint32_t height, double step_x, double step_y)
{
	pixman_image_t *from = wlr_pixman_texture_get_image(texture);
	pixman_image_t *to = pixman_image_create_bits_no_clear(
		PIXMAN_a8r8g8b8, (int)SIDE, (int)SIDE, pointer->picture, (int)SIDE * 4);
	pixman_transform_t scale;

	if (to == NULL) {
		return;
	}
	if (width != texture->width || height != texture->height) {
		pixman_transform_init_scale(
			&scale, pixman_double_to_fixed(step_x), pixman_double_to_fixed(step_y));
		pixman_image_set_transform(from, &scale);
		pixman_image_set_filter(from, PIXMAN_FILTER_GOOD, NULL, 0);
	}
	pixman_image_composite32(
		PIXMAN_OP_SRC, from, NULL, to, 0, 0, 0, 0, 0, 0, (int32_t)width, (int32_t)height);
	pixman_image_set_transform(from, NULL);
	pixman_image_unref(to);
}

static void show_surface(struct compositor *compositor)
{
	struct pointer *pointer = &compositor->pointer;
	struct wlr_surface *surface = pointer->surface;
	struct wlr_texture *texture = surface != NULL ? wlr_surface_get_texture(surface) : NULL;
	int32_t physical_width;
	int32_t physical_height;

	pointer->is_default = 0;
	if (texture == NULL || !wlr_texture_is_pixman(texture)) {
		set_picture(compositor, 0, 0, 0, 0);
		return;
	}
	physical_width = to_physical(compositor, surface->current.width);
	physical_height = to_physical(compositor, surface->current.height);
	if (physical_width < 1 || physical_height < 1) {
		set_picture(compositor, 0, 0, 0, 0);
		return;
	}
	copy_picture(pointer, texture, clamp_side(physical_width), clamp_side(physical_height),
		(double)texture->width / physical_width, (double)texture->height / physical_height);
	set_picture(compositor, clamp_side(physical_width), clamp_side(physical_height),
		to_physical(compositor, pointer->hot_x), to_physical(compositor, pointer->hot_y));
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
	pointer->is_default = 1;
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

static void load_theme(struct compositor *compositor)
{
	struct pointer *pointer = &compositor->pointer;

	if (pointer->theme != NULL) {
		wlr_xcursor_theme_destroy(pointer->theme);
	}
	pointer->theme = wlr_xcursor_theme_load("DMZ-White", to_physical(compositor, ARROW_SIZE));
}

void pointer_rescale(struct compositor *compositor)
{
	load_theme(compositor);
	if (compositor->pointer.is_default) {
		pointer_show_default(compositor);
	} else {
		show_surface(compositor);
	}
}

int pointer_start(struct compositor *compositor)
{
	struct pointer *pointer = &compositor->pointer;

	pointer->picture = calloc((size_t)SIDE * SIDE, 4);
	if (pointer->picture == NULL) {
		return -ENOMEM;
	}
	load_theme(compositor);
	pointer->on_commit.notify = on_commit;
	pointer->on_destroy.notify = on_destroy;
	pointer->on_request.notify = on_request;
	wl_signal_add(&compositor->seat->events.request_set_cursor, &pointer->on_request);
	pointer_show_default(compositor);
	return 0;
}
