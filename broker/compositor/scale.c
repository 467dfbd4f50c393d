/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wp_fractional_scale_v1, which wlroots 0.15 lacks: tells each surface the session's scale. */

#include "compositor.h"

#include "fractional-scale-v1-protocol.h"

static void destroy_resource(struct wl_client *client, struct wl_resource *resource)
{
	(void)client;
	wl_resource_destroy(resource);
}

static void forget_resource(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
}

static const struct wp_fractional_scale_v1_interface scale_impl = {.destroy = destroy_resource};

static void get_scale(struct wl_client *client, struct wl_resource *manager, uint32_t id,
	struct wl_resource *surface)
{
	struct compositor *compositor = wl_resource_get_user_data(manager);
	struct wl_resource *resource = wl_resource_create(
		client, &wp_fractional_scale_v1_interface, wl_resource_get_version(manager), id);

	(void)surface;
	if (resource == NULL) {
		wl_client_post_no_memory(client);
		return;
	}
	wl_resource_set_implementation(resource, &scale_impl, compositor, forget_resource);
	wl_list_insert(&compositor->scaled, wl_resource_get_link(resource));
	wp_fractional_scale_v1_send_preferred_scale(resource, compositor->scale);
}

static const struct wp_fractional_scale_manager_v1_interface manager_impl = {
	.destroy = destroy_resource,
	.get_fractional_scale = get_scale,
};

static void bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct wl_resource *resource = wl_resource_create(
		client, &wp_fractional_scale_manager_v1_interface, (int)version, id);

	if (resource == NULL) {
		wl_client_post_no_memory(client);
		return;
	}
	wl_resource_set_implementation(resource, &manager_impl, data, NULL);
}

void scale_start(struct compositor *compositor)
{
	wl_global_create(compositor->display, &wp_fractional_scale_manager_v1_interface, 1,
		compositor, bind);
}

void scale_announce(struct compositor *compositor)
{
	struct wl_resource *resource;

	wl_resource_for_each(resource, &compositor->scaled)
	{
		wp_fractional_scale_v1_send_preferred_scale(resource, compositor->scale);
	}
}
