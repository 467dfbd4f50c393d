/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painter's window: draws the page when the compositor is ready for a frame. */

#include "painter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void on_release(void *data, struct wl_buffer *buffer)
{
	struct painter_buffer *released = data;

	(void)buffer;
	released->is_busy = 0;
}

static const struct wl_buffer_listener buffer_listener = {.release = on_release};

struct wl_buffer *window_make_buffer(struct painter *painter, uint32_t width, uint32_t height,
	uint32_t format, uint32_t **pixels)
{
	int32_t size = (int32_t)(width * height * 4);
	int memory = memfd_create("painter", MFD_CLOEXEC);
	struct wl_shm_pool *pool;
	struct wl_buffer *buffer;

	if (memory < 0 || ftruncate(memory, size) != 0) {
		exit(6);
	}
	*pixels = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (*pixels == MAP_FAILED) {
		exit(6);
	}
	pool = wl_shm_create_pool(painter->shm, memory, size);
	buffer = wl_shm_pool_create_buffer(
		pool, 0, (int32_t)width, (int32_t)height, (int32_t)width * 4, format);
	wl_shm_pool_destroy(pool);
	close(memory);
	return buffer;
}

static void replace_buffers(struct painter *painter)
{
	size_t old = (size_t)painter->shown.width * painter->shown.height * 4;

	for (int i = 0; i < PAINTER_BUFFERS; i++) {
		struct painter_buffer *buffer = &painter->buffers[i];

		if (buffer->buffer != NULL) {
			wl_buffer_destroy(buffer->buffer);
			munmap(buffer->pixels, old);
		}
		*buffer = (struct painter_buffer){0};
		buffer->buffer = window_make_buffer(painter, painter->page.width,
			painter->page.height, WL_SHM_FORMAT_XRGB8888, &buffer->pixels);
		wl_buffer_add_listener(buffer->buffer, &buffer_listener, buffer);
	}
}

static void add_stale(struct painter_buffer *buffer, const struct pattern_box *box)
{
	if (box->width == 0 || box->height == 0) {
		return;
	}
	if (buffer->right == 0) {
		buffer->left = box->x;
		buffer->top = box->y;
	}
	buffer->left = box->x < buffer->left ? box->x : buffer->left;
	buffer->top = box->y < buffer->top ? box->y : buffer->top;
	if (box->x + box->width > buffer->right) {
		buffer->right = box->x + box->width;
	}
	if (box->y + box->height > buffer->bottom) {
		buffer->bottom = box->y + box->height;
	}
}

static void draw(struct painter *painter, struct painter_buffer *buffer)
{
	for (uint32_t y = buffer->top; y < buffer->bottom; y++) {
		uint32_t *row = buffer->pixels + (size_t)y * painter->page.width;

		for (uint32_t x = buffer->left; x < buffer->right; x++) {
			row[x] = pattern_pixel(&painter->page, x, y);
		}
	}
	buffer->left = buffer->top = buffer->right = buffer->bottom = 0;
}

static struct painter_buffer *free_buffer(struct painter *painter)
{
	for (int i = 0; i < PAINTER_BUFFERS; i++) {
		if (!painter->buffers[i].is_busy) {
			return &painter->buffers[i];
		}
	}
	return NULL;
}

static void on_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	struct painter *painter = data;

	(void)time;
	wl_callback_destroy(callback);
	painter->frame = NULL;
	if (painter->page.kind == PATTERN_ANIMATE) {
		painter->page.words[PATTERN_WORD_COUNT]++;
	}
}

static const struct wl_callback_listener frame_listener = {.done = on_frame};

void window_update(struct painter *painter)
{
	struct pattern_box boxes[4];
	struct painter_buffer *buffer;
	int count;

	if (!painter->is_configured || painter->frame != NULL ||
		memcmp(&painter->page, &painter->shown, sizeof(painter->page)) == 0) {
		return;
	}
	if (painter->page.width != painter->shown.width ||
		painter->page.height != painter->shown.height) {
		replace_buffers(painter);
	}
	count = pattern_difference(&painter->shown, &painter->page, boxes);
	if (count == 0) {
		painter->shown = painter->page; /* nothing that shows */
		return;
	}
	buffer = free_buffer(painter);
	if (buffer == NULL) {
		return; /* a release brings us here again */
	}
	for (int i = 0; i < count; i++) {
		for (int each = 0; each < PAINTER_BUFFERS; each++) {
			add_stale(&painter->buffers[each], &boxes[i]);
		}
		wl_surface_damage_buffer(painter->surface, (int32_t)boxes[i].x, (int32_t)boxes[i].y,
			(int32_t)boxes[i].width, (int32_t)boxes[i].height);
	}
	draw(painter, buffer);
	buffer->is_busy = 1;
	painter->shown = painter->page;
	wp_viewport_set_destination(painter->viewport, (int32_t)painter->logical_width,
		(int32_t)painter->logical_height);
	wl_surface_attach(painter->surface, buffer->buffer, 0, 0);
	painter->frame = wl_surface_frame(painter->surface);
	wl_callback_add_listener(painter->frame, &frame_listener, painter);
	wl_surface_commit(painter->surface);
}

static void set_size(struct painter *painter)
{
	painter->page.width = (painter->logical_width * painter->scale + 60) / 120;
	painter->page.height = (painter->logical_height * painter->scale + 60) / 120;
}

static void on_scale(void *data, struct wp_fractional_scale_v1 *object, uint32_t scale)
{
	struct painter *painter = data;

	(void)object;
	painter->scale = scale;
	set_size(painter);
}

static const struct wp_fractional_scale_v1_listener scale_listener = {.preferred_scale = on_scale};

static void on_surface_configure(void *data, struct xdg_surface *surface, uint32_t serial)
{
	struct painter *painter = data;
	uint32_t before = painter->page.width;

	xdg_surface_ack_configure(surface, serial);
	painter->is_configured = painter->logical_width > 0 && painter->logical_height > 0;
	set_size(painter);
	if (before != 0 && painter->page.width != before) {
		text_update(painter, 1);
	}
}

static const struct xdg_surface_listener surface_listener = {.configure = on_surface_configure};

static void on_configure(void *data, struct xdg_toplevel *toplevel, int32_t width, int32_t height,
	struct wl_array *states)
{
	struct painter *painter = data;

	(void)toplevel;
	(void)states;
	if (width > 0 && height > 0) {
		painter->logical_width = (uint32_t)width;
		painter->logical_height = (uint32_t)height;
	}
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
	struct painter *painter = data;

	(void)toplevel;
	painter->is_over = 1;
}

static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = on_configure, .close = on_close};

void window_open(struct painter *painter)
{
	struct wp_fractional_scale_v1 *scale;
	struct xdg_surface *surface;
	struct xdg_toplevel *toplevel;

	painter->surface = wl_compositor_create_surface(painter->compositor);
	painter->viewport = wp_viewporter_get_viewport(painter->viewporter, painter->surface);
	scale = wp_fractional_scale_manager_v1_get_fractional_scale(
		painter->scales, painter->surface);
	wp_fractional_scale_v1_add_listener(scale, &scale_listener, painter);
	surface = xdg_wm_base_get_xdg_surface(painter->shell, painter->surface);
	xdg_surface_add_listener(surface, &surface_listener, painter);
	toplevel = xdg_surface_get_toplevel(surface);
	xdg_toplevel_add_listener(toplevel, &toplevel_listener, painter);
	xdg_toplevel_set_title(toplevel, "painter");
	wl_surface_commit(painter->surface);
}
