/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text fields (text-input-unstable-v3): where the caret stands, and text committed into them. */

#include "compositor.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_surface.h>
#include <wlr/types/wlr_text_input_v3.h>
#include <wlr/types/wlr_xdg_shell.h>

#define WAIT_MS 500
#define PURPOSE_PASSWORD 8u /* zwp_text_input_v3.content_purpose */
#define PURPOSE_PIN 9u
#define HINT_HIDDEN 0x40u /* zwp_text_input_v3.content_hint.hidden_text */

struct text_client {
	struct wl_list link; /* text.inputs */
	struct compositor *compositor;
	struct wlr_text_input_v3 *input;
	struct wl_listener on_enable, on_commit, on_disable, on_destroy;
};

static struct text_client *enabled_client(struct compositor *compositor)
{
	struct text_client *client;

	wl_list_for_each(client, &compositor->text.inputs, link)
	{
		if (client->input->focused_surface != NULL && client->input->current_enabled) {
			return client;
		}
	}
	return NULL;
}

static uint32_t to_physical(const struct compositor *compositor, int logical, uint32_t most)
{
	int64_t physical = (int64_t)logical * compositor->scale / GARASU_SCALE_ONE;

	if (physical < 0) {
		return 0;
	}
	return physical < (int64_t)most ? (uint32_t)physical : most - 1;
}

/* The caret is news; and a field that is gone has nothing composed in it. */
void text_publish_caret(struct compositor *compositor)
{
	struct text_client *client = enabled_client(compositor);
	struct garasu_rect caret = {0};
	uint32_t bits = 0;

	if (client != NULL) {
		const struct wlr_text_input_v3_state *state = &client->input->current;
		struct wlr_xdg_surface *surface =
			wlr_surface_is_xdg_surface(client->input->focused_surface)
				? wlr_xdg_surface_from_wlr_surface(client->input->focused_surface)
				: NULL;
		struct wlr_box geometry = {0};
		int x = 0;
		int y = 0;

		if (surface != NULL && surface->data != NULL) {
			wlr_scene_node_coords(surface->data, &x, &y);
			wlr_xdg_surface_get_geometry(surface, &geometry);
		}
		x += state->cursor_rectangle.x - geometry.x;
		y += state->cursor_rectangle.y - geometry.y;
		caret.x = to_physical(compositor, x, compositor->width);
		caret.y = to_physical(compositor, y, compositor->height);
		caret.width = to_physical(
			compositor, state->cursor_rectangle.width, compositor->width - caret.x);
		caret.height = to_physical(
			compositor, state->cursor_rectangle.height, compositor->height - caret.y);
		bits = GARASU_FRAME_TEXT_FOCUS;
		if (state->content_type.purpose == PURPOSE_PASSWORD ||
			state->content_type.purpose == PURPOSE_PIN ||
			(state->content_type.hint & HINT_HIDDEN) != 0) {
			bits |= GARASU_FRAME_TEXT_HIDDEN;
		}
	}
	if (client == NULL) {
		compositor->text.composed[0] = '\0';
	}
	frame_set_caret(compositor, caret, bits);
}

/* Every done takes back what was composed, unless it is said again. */
static void send_done(struct text_client *client)
{
	const char *composed = client->compositor->text.composed;
	int size = (int)strlen(composed);

	if (size > 0) {
		wlr_text_input_v3_send_preedit_string(client->input, composed, size, size);
	}
	wlr_text_input_v3_send_done(client->input);
}

static void send_text(struct text_client *client, const char *utf8)
{
	client->compositor->text.composed[0] = '\0';
	wlr_text_input_v3_send_commit_string(client->input, utf8);
	send_done(client);
}

int text_waits(const struct compositor *compositor)
{
	return compositor->text.waiting_size > 0;
}

static void flush_waiting(struct compositor *compositor)
{
	struct text *text = &compositor->text;
	struct text_client *client = enabled_client(compositor);

	if (client != NULL && text->waiting_size > 0) {
		text->waiting[text->waiting_size] = '\0';
		send_text(client, text->waiting);
		text->waiting_size = 0;
		wl_event_source_timer_update(text->timer, 0);
		input_resume(compositor);
	}
}

static void drop(struct compositor *compositor, size_t size)
{
	struct text *text = &compositor->text;

	text->dropped_bytes += size;
	garasu_log(GARASU_LOG_WARNING, "text_dropped", "bytes=%zu total=%llu", size,
		(unsigned long long)text->dropped_bytes);
}

void text_give_up(struct compositor *compositor)
{
	struct text *text = &compositor->text;

	if (text->waiting_size > 0) {
		drop(compositor, text->waiting_size);
		text->waiting_size = 0;
		wl_event_source_timer_update(text->timer, 0);
	}
}

static int on_waited(void *data)
{
	struct compositor *compositor = data;

	text_give_up(compositor);
	input_resume(compositor);
	return 0;
}

void text_commit(struct compositor *compositor, const char *utf8, size_t size)
{
	struct text *text = &compositor->text;
	struct text_client *client = enabled_client(compositor);
	uint64_t waited_ms = garasu_clock_ms() - compositor->input.arrived_ms;

	if (client != NULL) {
		send_text(client, utf8);
		return;
	}
	if (waited_ms >= WAIT_MS || size > sizeof(text->waiting) - 1) {
		drop(compositor, size);
		return;
	}
	memcpy(text->waiting, utf8, size);
	text->waiting_size = size;
	wl_event_source_timer_update(text->timer, (int)(WAIT_MS - waited_ms));
}

void text_compose(struct compositor *compositor, const char *utf8, size_t size)
{
	struct text *text = &compositor->text;
	struct text_client *client = enabled_client(compositor);

	if (client == NULL || size >= sizeof(text->composed) ||
		(size == 0 && text->composed[0] == '\0')) {
		return;
	}
	memcpy(text->composed, utf8, size);
	text->composed[size] = '\0';
	send_done(client);
}

void text_focus(struct compositor *compositor, struct wlr_surface *surface)
{
	struct text_client *client;

	wl_list_for_each(client, &compositor->text.inputs, link)
	{
		struct wlr_text_input_v3 *input = client->input;

		if (input->focused_surface == surface) {
			continue;
		}
		if (input->focused_surface != NULL) {
			wlr_text_input_v3_send_leave(input);
		}
		if (surface != NULL && wl_resource_get_client(input->resource) ==
					       wl_resource_get_client(surface->resource)) {
			wlr_text_input_v3_send_enter(input, surface);
		}
	}
	text_publish_caret(compositor);
}

static void on_enable(struct wl_listener *listener, void *data)
{
	struct text_client *client = wl_container_of(listener, client, on_enable);

	(void)data;
	text_publish_caret(client->compositor);
	send_done(client);
	flush_waiting(client->compositor);
}

/* Chromium keeps its next caret back until its last state was answered. */
static void on_commit(struct wl_listener *listener, void *data)
{
	struct text_client *client = wl_container_of(listener, client, on_commit);

	(void)data;
	text_publish_caret(client->compositor);
	send_done(client);
}

static void on_disable(struct wl_listener *listener, void *data)
{
	struct text_client *client = wl_container_of(listener, client, on_disable);

	(void)data;
	text_publish_caret(client->compositor);
}

static void on_destroy(struct wl_listener *listener, void *data)
{
	struct text_client *client = wl_container_of(listener, client, on_destroy);
	struct compositor *compositor = client->compositor;

	(void)data;
	wl_list_remove(&client->link);
	wl_list_remove(&client->on_enable.link);
	wl_list_remove(&client->on_commit.link);
	wl_list_remove(&client->on_disable.link);
	wl_list_remove(&client->on_destroy.link);
	free(client);
	text_publish_caret(compositor);
}

static void on_new(struct wl_listener *listener, void *data)
{
	struct compositor *compositor = wl_container_of(listener, compositor, text.on_new);
	struct wlr_text_input_v3 *input = data;
	struct text_client *client = calloc(1, sizeof(*client));

	if (client == NULL) {
		return;
	}
	client->compositor = compositor;
	client->input = input;
	client->on_enable.notify = on_enable;
	wl_signal_add(&input->events.enable, &client->on_enable);
	client->on_commit.notify = on_commit;
	wl_signal_add(&input->events.commit, &client->on_commit);
	client->on_disable.notify = on_disable;
	wl_signal_add(&input->events.disable, &client->on_disable);
	client->on_destroy.notify = on_destroy;
	wl_signal_add(&input->events.destroy, &client->on_destroy);
	wl_list_insert(&compositor->text.inputs, &client->link);
}

void text_start(struct compositor *compositor)
{
	struct text *text = &compositor->text;

	wl_list_init(&text->inputs);
	joiner_init(&text->joiner, GARASU_INPUT_TEXT_MAX);
	joiner_init(&text->preedit, GARASU_RFB_PREEDIT_MAX);
	text->timer = wl_event_loop_add_timer(compositor->loop, on_waited, compositor);
	text->manager = wlr_text_input_manager_v3_create(compositor->display);
	text->on_new.notify = on_new;
	wl_signal_add(&text->manager->events.text_input, &text->on_new);
}
