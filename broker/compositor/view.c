/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows: main windows fill the picture, dialogs stand centred above their parent, popups stay
 * within the picture, and the newest has the focus. */

#include "compositor.h"

#include <stdlib.h>
#include <wlr/types/wlr_output.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_seat.h>
#include <wlr/types/wlr_xdg_shell.h>

struct view {
	struct wl_list link; /* compositor.views while mapped, front first */
	struct compositor *compositor;
	struct wlr_xdg_surface *surface;
	struct wlr_scene_node *node;
	struct wl_listener on_map, on_unmap, on_destroy, on_fullscreen, on_maximize;
};

static void fill_picture(struct view *view)
{
	struct compositor *compositor = view->compositor;

	wlr_xdg_toplevel_set_size(view->surface,
		(uint32_t)server_logical(compositor, compositor->width),
		(uint32_t)server_logical(compositor, compositor->height));
	wlr_scene_node_set_position(view->node, 0, 0);
}

static void centre(struct view *view)
{
	struct compositor *compositor = view->compositor;
	int width = server_logical(compositor, compositor->width);
	int height = server_logical(compositor, compositor->height);
	struct wlr_box box;

	wlr_xdg_surface_get_geometry(view->surface, &box);
	if (box.width > width || box.height > height) {
		wlr_xdg_toplevel_set_size(view->surface,
			(uint32_t)(box.width < width ? box.width : width),
			(uint32_t)(box.height < height ? box.height : height));
	}
	wlr_scene_node_set_position(view->node, box.width < width ? (width - box.width) / 2 : 0,
		box.height < height ? (height - box.height) / 2 : 0);
}

static int is_dialog(const struct view *view)
{
	return view->surface->toplevel->parent != NULL;
}

static void place(struct view *view)
{
	if (is_dialog(view)) {
		centre(view);
	} else {
		fill_picture(view);
	}
}

void view_arrange(struct compositor *compositor)
{
	struct view *view;

	wl_list_for_each(view, &compositor->views, link)
	{
		place(view);
	}
}

static void focus(struct view *view)
{
	struct compositor *compositor = view->compositor;
	struct view *other;

	wl_list_for_each(other, &compositor->views, link)
	{
		if (other != view) {
			wlr_xdg_toplevel_set_activated(other->surface, false);
		}
	}
	wl_list_remove(&view->link);
	wl_list_insert(&compositor->views, &view->link);
	wlr_scene_node_raise_to_top(view->node);
	wlr_xdg_toplevel_set_activated(view->surface, true);
	seat_focus(compositor, view->surface->surface);
}

void view_focus_at(struct compositor *compositor, struct wlr_surface *surface)
{
	struct wlr_surface *root = wlr_surface_get_root_surface(surface);
	struct view *view;

	wl_list_for_each(view, &compositor->views, link)
	{
		if (view->surface->surface == root) {
			if (compositor->views.next != &view->link) {
				focus(view);
			}
			return;
		}
	}
}

struct wlr_surface *view_surface_at(
	struct compositor *compositor, double x, double y, double *inner_x, double *inner_y)
{
	struct wlr_scene_node *node =
		wlr_scene_node_at(&compositor->scene->node, x, y, inner_x, inner_y);

	if (node == NULL || node->type != WLR_SCENE_NODE_SURFACE) {
		return NULL;
	}
	return wlr_scene_surface_from_node(node)->surface;
}

static void close_others(struct view *view)
{
	struct view *other;

	wl_list_for_each(other, &view->compositor->views, link)
	{
		if (other != view) {
			wlr_xdg_toplevel_send_close(other->surface);
		}
	}
}

static void on_map(struct wl_listener *listener, void *data)
{
	struct view *view = wl_container_of(listener, view, on_map);

	(void)data;
	wl_list_insert(&view->compositor->views, &view->link);
	wlr_scene_node_set_enabled(view->node, true);
	place(view);
	focus(view);
	seat_refresh_pointer(view->compositor);
	if (browser_has_window(view->compositor)) {
		close_others(view);
	}
}

static void on_unmap(struct wl_listener *listener, void *data)
{
	struct view *view = wl_container_of(listener, view, on_unmap);
	struct compositor *compositor = view->compositor;

	(void)data;
	wl_list_remove(&view->link);
	wl_list_init(&view->link);
	wlr_scene_node_set_enabled(view->node, false);
	if (wl_list_empty(&compositor->views)) {
		seat_focus(compositor, NULL);
	} else {
		struct view *front = wl_container_of(compositor->views.next, front, link);

		focus(front);
	}
	seat_refresh_pointer(compositor);
}

static void on_destroy(struct wl_listener *listener, void *data)
{
	struct view *view = wl_container_of(listener, view, on_destroy);

	(void)data;
	wl_list_remove(&view->link);
	wl_list_remove(&view->on_map.link);
	wl_list_remove(&view->on_unmap.link);
	wl_list_remove(&view->on_destroy.link);
	wl_list_remove(&view->on_fullscreen.link);
	wl_list_remove(&view->on_maximize.link);
	free(view);
}

static void on_fullscreen(struct wl_listener *listener, void *data)
{
	struct view *view = wl_container_of(listener, view, on_fullscreen);
	const struct wlr_xdg_toplevel_set_fullscreen_event *event = data;

	wlr_xdg_toplevel_set_fullscreen(view->surface, event->fullscreen);
	fill_picture(view);
}

static void on_maximize(struct wl_listener *listener, void *data)
{
	struct view *view = wl_container_of(listener, view, on_maximize);

	(void)data;
	wlr_xdg_toplevel_set_maximized(view->surface, !is_dialog(view));
	place(view);
}

static void add_popup(struct compositor *compositor, struct wlr_xdg_surface *surface)
{
	struct wlr_xdg_surface *parent = wlr_xdg_surface_from_wlr_surface(surface->popup->parent);
	struct wlr_xdg_surface *root = parent;
	struct wlr_box box;
	struct wlr_box room = {.width = server_logical(compositor, compositor->width),
		.height = server_logical(compositor, compositor->height)};
	int x = 0;
	int y = 0;

	if (parent == NULL || parent->data == NULL) {
		return;
	}
	surface->data = wlr_scene_xdg_surface_create(parent->data, surface);
	while (root != NULL && root->role == WLR_XDG_SURFACE_ROLE_POPUP) {
		root = wlr_xdg_surface_from_wlr_surface(root->popup->parent);
	}
	if (root == NULL || root->data == NULL) {
		return;
	}
	wlr_xdg_surface_get_geometry(root, &box);
	wlr_scene_node_coords(root->data, &x, &y);
	room.x = -x;
	room.y = -y;
	wlr_xdg_popup_unconstrain_from_box(surface->popup, &room);
}

void view_on_surface(struct wl_listener *listener, void *data)
{
	struct compositor *compositor = wl_container_of(listener, compositor, on_xdg_surface);
	struct wlr_xdg_surface *surface = data;
	struct view *view;

	if (surface->role == WLR_XDG_SURFACE_ROLE_POPUP) {
		add_popup(compositor, surface);
		return;
	}
	view = calloc(1, sizeof(*view));
	if (view == NULL) {
		return;
	}
	view->compositor = compositor;
	view->surface = surface;
	wl_list_init(&view->link);
	view->node = wlr_scene_xdg_surface_create(&compositor->scene->node, surface);
	surface->data = view->node;
	view->on_map.notify = on_map;
	wl_signal_add(&surface->events.map, &view->on_map);
	view->on_unmap.notify = on_unmap;
	wl_signal_add(&surface->events.unmap, &view->on_unmap);
	view->on_destroy.notify = on_destroy;
	wl_signal_add(&surface->events.destroy, &view->on_destroy);
	view->on_fullscreen.notify = on_fullscreen;
	wl_signal_add(&surface->toplevel->events.request_fullscreen, &view->on_fullscreen);
	view->on_maximize.notify = on_maximize;
	wl_signal_add(&surface->toplevel->events.request_maximize, &view->on_maximize);
	if (!is_dialog(view)) {
		wlr_xdg_toplevel_set_maximized(surface, true);
		fill_picture(view);
	}
}
