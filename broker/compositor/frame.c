/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws into the frame memory, when there is credit and something to show, and only then lets the
 * clients draw on. */

#include "compositor.h"

#include "base/clock.h"
#include "base/descriptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wlr/render/wlr_renderer.h>
#include <wlr/types/wlr_buffer.h>
#include <wlr/types/wlr_output_damage.h>
#include <wlr/types/wlr_scene.h>

/* A browser tells its new caret some milliseconds before the picture that shows it. */
#define CARET_WAIT_US 33000u

struct frame_buffer {
	struct wlr_buffer base;
	uint8_t *pixels;
	size_t stride;
};

static void destroy_buffer(struct wlr_buffer *base)
{
	free(base);
}

static bool begin_access(
	struct wlr_buffer *base, uint32_t flags, void **data, uint32_t *format, size_t *stride)
{
	struct frame_buffer *buffer = wl_container_of(base, buffer, base);

	(void)flags;
	*data = buffer->pixels;
	*format = COMPOSITOR_XRGB8888;
	*stride = buffer->stride;
	return true;
}

static void end_access(struct wlr_buffer *base)
{
	(void)base;
}

static const struct wlr_buffer_impl buffer_impl = {
	.destroy = destroy_buffer,
	.begin_data_ptr_access = begin_access,
	.end_data_ptr_access = end_access,
};

int frame_resize(struct compositor *compositor)
{
	struct frame *frame = &compositor->frame;
	struct frame_buffer *buffer = calloc(1, sizeof(*buffer));

	if (buffer == NULL) {
		return -ENOMEM;
	}
	buffer->pixels = frame->memory + GARASU_FRAME_PIXELS_OFFSET;
	buffer->stride = (size_t)frame->max_width * 4;
	wlr_buffer_init(
		&buffer->base, &buffer_impl, (int)compositor->width, (int)compositor->height);
	if (frame->buffer != NULL) {
		wlr_buffer_drop(frame->buffer);
	}
	frame->buffer = &buffer->base;
	frame->must_publish = 1;
	return 0;
}

static void write_damage(struct compositor *compositor, pixman_region32_t *damage)
{
	struct garasu_frame_header *header = compositor->frame.header;
	int count = 0;
	const pixman_box32_t *boxes = pixman_region32_rectangles(damage, &count);

	if (count > (int)GARASU_FRAME_DAMAGE_MAX) {
		boxes = pixman_region32_extents(damage);
		count = 1;
	}
	for (int i = 0; i < count; i++) {
		header->damage[i] = (struct garasu_rect){(uint32_t)boxes[i].x1,
			(uint32_t)boxes[i].y1, (uint32_t)(boxes[i].x2 - boxes[i].x1),
			(uint32_t)(boxes[i].y2 - boxes[i].y1)};
	}
	if (count == 0) {
		header->damage[0] = (struct garasu_rect){0}; /* nothing changed, and known so */
		count = 1;
	}
	header->damage_count = (uint32_t)count;
}

static void draw_pixels(struct compositor *compositor, pixman_region32_t *damage)
{
	struct wlr_renderer *renderer = compositor->renderer;
	pixman_region32_t rest;

	pixman_region32_init(&rest);
	pixman_region32_copy(&rest, damage);
	copy_opaque(compositor, &rest);
	if (pixman_region32_not_empty(&rest) &&
		wlr_renderer_begin_with_buffer(renderer, compositor->frame.buffer)) {
		wlr_scene_render_output(compositor->scene, compositor->output, 0, 0, &rest);
		wlr_renderer_end(renderer);
	}
	pixman_region32_fini(&rest);
}

static void send_callbacks(struct compositor *compositor)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	wlr_scene_output_send_frame_done(compositor->scene_output, &now);
}

static uint64_t area_of(pixman_region32_t *region)
{
	int count = 0;
	const pixman_box32_t *boxes = pixman_region32_rectangles(region, &count);
	uint64_t area = 0;

	for (int i = 0; i < count; i++) {
		area += (uint64_t)(boxes[i].x2 - boxes[i].x1) *
			(uint64_t)(boxes[i].y2 - boxes[i].y1);
	}
	return area;
}

static void look_at_host(struct compositor *compositor)
{
	struct frame *frame = &compositor->frame;

	pace_host(&frame->pace, host_tasks(&frame->host), frame->host.processors);
}

static void publish(struct compositor *compositor, uint64_t now_us)
{
	struct frame *frame = &compositor->frame;
	struct garasu_frame_header *header = frame->header;
	pixman_region32_t damage;

	pixman_region32_init(&damage);
	pixman_region32_intersect_rect(&damage, &compositor->scene_output->damage->current, 0, 0,
		compositor->width, compositor->height);
	atomic_store_explicit(&header->sequence, frame->sequence + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	draw_pixels(compositor, &damage);
	pointer_publish(compositor);
	write_damage(compositor, &damage);
	header->width = compositor->width;
	header->height = compositor->height;
	header->scale = compositor->scale;
	header->geometry_serial = compositor->geometry_serial;
	header->caret = frame->caret;
	header->bits = frame->bits;
	header->frames_drawn++;
	frame->sequence += 2;
	atomic_store_explicit(&header->sequence, frame->sequence, memory_order_release);
	look_at_host(compositor);
	pace_drawn(&frame->pace,
		area_of(&damage) > (uint64_t)compositor->width * compositor->height / 2, now_us);
	pixman_region32_fini(&damage);
	pixman_region32_clear(&compositor->scene_output->damage->current);
	frame->has_credit = 0;
	frame->must_publish = 0;
	frame->caret_due_us = 0;
	frame->clients_wait = 1;
	if (write(frame->news, "n", 1) < 0 && errno == EPIPE) {
		wl_display_terminate(compositor->display); /* nobody will ever look again */
	}
}

/* When the next frame may be drawn; UINT64_MAX: there is no credit, or nothing to show. */
static uint64_t draw_due_us(const struct compositor *compositor, uint64_t now_us)
{
	const struct frame *frame = &compositor->frame;
	uint64_t due_us = pace_draw_due_us(&frame->pace, now_us);

	if (!frame->has_credit) {
		return UINT64_MAX;
	}
	if (frame->must_publish ||
		pixman_region32_not_empty(&compositor->scene_output->damage->current)) {
		return due_us;
	}
	if (frame->caret_due_us == 0) {
		return UINT64_MAX;
	}
	return due_us > frame->caret_due_us ? due_us : frame->caret_due_us;
}

/* Clients that wait draw on when the next frame is due, not when the last was taken: what they show
 * is no older than it must be, and what a key changed is in their very next frame. */
static void call_clients(struct compositor *compositor, uint64_t now_us)
{
	struct frame *frame = &compositor->frame;

	look_at_host(compositor);
	pace_called(&frame->pace, now_us);
	frame->clients_wait = 0;
	send_callbacks(compositor);
}

static void wait_until(struct compositor *compositor, uint64_t due_us, uint64_t now_us)
{
	uint64_t wait_ms = due_us == UINT64_MAX ? 0 : (due_us - now_us + 999) / 1000;

	wl_event_source_timer_update(compositor->frame.timer, (int)wait_ms);
}

/* Does what is due and waits for what is not. */
static void advance(struct compositor *compositor)
{
	struct frame *frame = &compositor->frame;
	uint64_t now_us = garasu_clock_us();
	uint64_t due_us;

	if (frame->sequence == 0 && wl_list_empty(&compositor->views)) {
		return; /* the first picture shows a window, not an empty screen */
	}
	due_us = draw_due_us(compositor, now_us);
	if (due_us <= now_us) {
		publish(compositor, now_us);
		due_us = UINT64_MAX;
	}
	if (frame->clients_wait) {
		uint64_t call_us = pace_call_due_us(&frame->pace, frame->has_credit, now_us);

		if (call_us <= now_us) {
			call_clients(compositor, now_us);
		} else if (call_us < due_us) {
			due_us = call_us;
		}
	}
	wait_until(compositor, due_us, now_us);
}

static int on_timer(void *data)
{
	advance(data);
	return 0;
}

void frame_on_output(struct wl_listener *listener, void *data)
{
	struct compositor *compositor = wl_container_of(listener, compositor, on_frame);

	(void)data;
	compositor->frame.clients_wait = 1;
	advance(compositor);
}

void frame_give_credit(struct compositor *compositor, int is_film)
{
	compositor->frame.has_credit = 1;
	pace_hint(&compositor->frame.pace, is_film);
	advance(compositor);
}

void frame_note_input(struct compositor *compositor, enum pace_touch touch)
{
	pace_touch(&compositor->frame.pace, touch, garasu_clock_us());
	advance(compositor);
}

void frame_touch(struct compositor *compositor)
{
	compositor->frame.must_publish = 1;
	advance(compositor);
}

static int change_bits(struct frame *frame, uint32_t mask, uint32_t bits)
{
	int is_news = (frame->bits & mask) != bits;

	frame->bits = (frame->bits & ~mask) | bits;
	return is_news;
}

void frame_set_caret(struct compositor *compositor, struct garasu_rect caret, uint32_t bits)
{
	struct frame *frame = &compositor->frame;
	int is_news = change_bits(frame, GARASU_FRAME_TEXT_FOCUS | GARASU_FRAME_TEXT_HIDDEN, bits);

	is_news |= memcmp(&frame->caret, &caret, sizeof(caret)) != 0;
	frame->caret = caret;
	if (is_news && frame->caret_due_us == 0) {
		frame->caret_due_us = garasu_clock_us() + CARET_WAIT_US;
		advance(compositor);
	}
}

void frame_set_leds(struct compositor *compositor, uint32_t bits)
{
	if (change_bits(&compositor->frame,
		    GARASU_FRAME_LED_CAPS | GARASU_FRAME_LED_NUM | GARASU_FRAME_LED_SCROLL, bits)) {
		frame_touch(compositor);
	}
}

int frame_open(struct compositor *compositor, int memory, int news)
{
	struct frame *frame = &compositor->frame;
	struct stat status;

	frame->max_width = compositor->settings.max_width;
	frame->max_height = compositor->settings.max_height;
	frame->bytes = (size_t)garasu_frame_bytes(frame->max_width, frame->max_height);
	if (fstat(memory, &status) != 0) {
		return -errno;
	}
	if ((uint64_t)status.st_size != frame->bytes) {
		return -EPROTO;
	}
	frame->memory = mmap(NULL, frame->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (frame->memory == MAP_FAILED) {
		frame->memory = NULL;
		return -errno;
	}
	close(memory);
	frame->header = (struct garasu_frame_header *)frame->memory;
	frame->sequence = atomic_load(&frame->header->sequence) & ~1u;
	frame->news = news;
	frame->timer = wl_event_loop_add_timer(compositor->loop, on_timer, compositor);
	host_open(&frame->host);
	pace_init(&frame->pace, &(struct pace_rates){.input = compositor->settings.rate_input,
					.change = compositor->settings.rate_change,
					.animation = compositor->settings.rate_animation,
					.video = compositor->settings.rate_video});
	return frame->timer != NULL ? garasu_fd_set_nonblocking(news, 1) : -ENOMEM;
}
