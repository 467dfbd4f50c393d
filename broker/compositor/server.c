/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets wlroots up: an output of ours, the pixman renderer, a scene, and the protocols clients get.
 * What is not created here is not offered: no screen copy, no dmabuf, no virtual input, no layers.
 */

#include "compositor.h"

#include "base/log.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <wlr/backend/headless.h>
#include <wlr/render/allocator.h>
#include <wlr/render/pixman.h>
#include <wlr/types/wlr_compositor.h>
#include <wlr/types/wlr_data_device.h>
#include <wlr/types/wlr_output.h>
#include <wlr/types/wlr_output_damage.h>
#include <wlr/types/wlr_output_layout.h>
#include <wlr/types/wlr_primary_selection_v1.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_viewporter.h>
#include <wlr/types/wlr_xdg_decoration_v1.h>
#include <wlr/types/wlr_xdg_shell.h>
#include <wlr/util/log.h>

#define CLIENT_QUEUE_BYTES (1 << 20)
#define CLIENT_BEHIND_BYTES (64 << 10) /* as the kernel counts them, most of it overhead */

int server_logical(const struct compositor *compositor, uint32_t physical)
{
	return (int)((physical * GARASU_SCALE_ONE + compositor->scale - 1) / compositor->scale);
}

static int commit_geometry(struct compositor *compositor)
{
	int result = output_set_geometry(compositor);

	return result == 0 ? frame_resize(compositor) : result;
}

void server_set_geometry(struct compositor *compositor, uint32_t width, uint32_t height,
	uint32_t scale, uint16_t serial)
{
	const struct {
		uint32_t width, height, scale;
	} before = {compositor->width, compositor->height, compositor->scale};

	if (width > compositor->frame.max_width || height > compositor->frame.max_height) {
		return;
	}
	compositor->geometry_serial = serial;
	if (width == before.width && height == before.height && scale == before.scale) {
		frame_touch(compositor);
		return;
	}
	compositor->width = width;
	compositor->height = height;
	compositor->scale = scale;
	if (commit_geometry(compositor) != 0) {
		garasu_log(GARASU_LOG_ERROR, "geometry", "width=%u height=%u", width, height);
		compositor->width = before.width;
		compositor->height = before.height;
		compositor->scale = before.scale;
		GARASU_INVARIANT(commit_geometry(compositor) == 0); /* it was good before */
	}
	wlr_scene_rect_set_size(compositor->background,
		server_logical(compositor, compositor->width),
		server_logical(compositor, compositor->height));
	scale_announce(compositor);
	pointer_rescale(compositor);
	view_arrange(compositor);
	text_publish_caret(compositor);
	wlr_output_damage_add_whole(compositor->scene_output->damage);
	frame_touch(compositor);
}

static void on_decoration(struct wl_listener *listener, void *data)
{
	struct wlr_xdg_toplevel_decoration_v1 *decoration = data;

	(void)listener;
	wlr_xdg_toplevel_decoration_v1_set_mode(
		decoration, WLR_XDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
}

static void on_client(struct wl_listener *listener, void *data)
{
	int bytes = CLIENT_QUEUE_BYTES;

	(void)listener; /* as far as the host allows: reading stops long before it is full */
	(void)!setsockopt(wl_client_get_fd(data), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

int server_is_behind(const struct compositor *compositor)
{
	struct wl_client *client;

	wl_client_for_each(client, wl_display_get_client_list(compositor->display))
	{
		int waiting = 0;

		if (ioctl(wl_client_get_fd(client), SIOCOUTQ, &waiting) == 0 &&
			waiting > CLIENT_BEHIND_BYTES) {
			return 1;
		}
	}
	return 0;
}

static int create_protocols(struct compositor *compositor)
{
	struct wl_display *display = compositor->display;
	struct wlr_xdg_decoration_manager_v1 *decorations;

	if (!wlr_renderer_init_wl_display(compositor->renderer, display) ||
		wlr_compositor_create(display, compositor->renderer) == NULL ||
		wlr_data_device_manager_create(display) == NULL ||
		wlr_primary_selection_v1_device_manager_create(display) == NULL ||
		wlr_viewporter_create(display) == NULL) {
		return -ENOMEM;
	}
	compositor->shell = wlr_xdg_shell_create(display);
	decorations = wlr_xdg_decoration_manager_v1_create(display);
	if (compositor->shell == NULL || decorations == NULL) {
		return -ENOMEM;
	}
	compositor->on_xdg_surface.notify = view_on_surface;
	wl_signal_add(&compositor->shell->events.new_surface, &compositor->on_xdg_surface);
	compositor->on_decoration.notify = on_decoration;
	wl_signal_add(&decorations->events.new_toplevel_decoration, &compositor->on_decoration);
	scale_start(compositor);
	text_start(compositor);
	return seat_start(compositor);
}

static int create_output(struct compositor *compositor)
{
	static const float grey[4] = {0.16f, 0.17f, 0.19f, 1.0f};

	compositor->output = output_create(compositor);
	compositor->layout = wlr_output_layout_create();
	compositor->scene = wlr_scene_create();
	if (compositor->output == NULL || compositor->layout == NULL || compositor->scene == NULL ||
		!wlr_output_init_render(
			compositor->output, compositor->allocator, compositor->renderer)) {
		return -ENOMEM;
	}
	compositor->background = wlr_scene_rect_create(
		&compositor->scene->node, (int)compositor->width, (int)compositor->height, grey);
	wlr_output_layout_add_auto(compositor->layout, compositor->output);
	compositor->scene_output = wlr_scene_output_create(compositor->scene, compositor->output);
	if (compositor->background == NULL || compositor->scene_output == NULL) {
		return -ENOMEM;
	}
	compositor->on_frame.notify = frame_on_output;
	wl_signal_add(&compositor->output->events.frame, &compositor->on_frame);
	return 0;
}

int server_start(struct compositor *compositor)
{
	const char *socket;
	int result;

	wlr_log_init(WLR_ERROR, NULL);
	wl_list_init(&compositor->views);
	wl_list_init(&compositor->scaled);
	compositor->on_client.notify = on_client;
	wl_display_add_client_created_listener(compositor->display, &compositor->on_client);
	compositor->backend = wlr_headless_backend_create(compositor->display);
	compositor->renderer = wlr_pixman_renderer_create();
	if (compositor->backend == NULL || compositor->renderer == NULL) {
		return -ENOMEM;
	}
	compositor->allocator = wlr_allocator_autocreate(compositor->backend, compositor->renderer);
	result = compositor->allocator != NULL ? create_output(compositor) : -ENOMEM;
	if (result == 0) {
		result = create_protocols(compositor);
	}
	if (result != 0) {
		return result;
	}
	socket = wl_display_add_socket_auto(compositor->display);
	if (socket == NULL || setenv("WAYLAND_DISPLAY", socket, 1) != 0 ||
		!wlr_backend_start(compositor->backend)) {
		return -EIO;
	}
	result = pointer_start(compositor);
	return result == 0 ? commit_geometry(compositor) : result;
}
