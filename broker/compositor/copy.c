/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies what shows through untouched: the rows of opaque surfaces that no other surface covers and
 * that need no scaling, which is nearly all of a browser. wlroots would clear, paint the background
 * and blend in the same place. Reads untrusted bytes from: the clients (pixels). */

#include "compositor.h"

#include <math.h>
#include <string.h>
#include <wayland-server-protocol.h>
#include <wlr/render/pixman.h>
#include <wlr/types/wlr_buffer.h>
#include <wlr/types/wlr_output.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_surface.h>
#include <wlr/util/box.h>

#define SURFACES_MAX 64u

struct placed {
	struct wlr_surface *surface;
	int x, y; /* logical */
};

struct stack {
	struct placed surfaces[SURFACES_MAX]; /* back first */
	size_t count;
};

static void collect(struct wlr_surface *surface, int x, int y, void *data)
{
	struct stack *stack = data;

	if (stack->count < SURFACES_MAX) {
		stack->surfaces[stack->count] = (struct placed){surface, x, y};
	}
	stack->count++;
}

/* Far beyond every picture and every buffer, and sums of two fit. */
#define EDGE_MAX (1 << 24)

static int edge(double logical, double scale, int *is_within)
{
	double place = round(logical * scale);

	if (place >= -EDGE_MAX && place <= EDGE_MAX) {
		return (int)place;
	}
	*is_within = 0;
	return place < 0 ? -EDGE_MAX : EDGE_MAX;
}

int copy_box(const struct wlr_box *logical, double scale, struct wlr_box *box)
{
	int is_within = 1;

	box->x = edge(logical->x, scale, &is_within);
	box->y = edge(logical->y, scale, &is_within);
	box->width = edge((double)logical->x + logical->width, scale, &is_within) - box->x;
	box->height = edge((double)logical->y + logical->height, scale, &is_within) - box->y;
	return is_within;
}

/* Returns where in the buffer the surface's picture begins; 0 if it is turned, cut between pixels
 * or shown at another size than it has. */
static int is_pixel_for_pixel(
	struct wlr_surface *surface, const struct wlr_box *box, int *source_x, int *source_y)
{
	struct wlr_fbox source;

	wlr_surface_get_buffer_source_box(surface, &source);
	*source_x = (int)source.x;
	*source_y = (int)source.y;
	return surface->current.transform == WL_OUTPUT_TRANSFORM_NORMAL && source.x == *source_x &&
	       source.y == *source_y && source.width == box->width && source.height == box->height;
}

static int is_opaque(struct wlr_surface *surface, uint32_t format)
{
	pixman_box32_t whole = {0, 0, surface->current.width, surface->current.height};

	return format == COMPOSITOR_XRGB8888 ||
	       (format == COMPOSITOR_ARGB8888 &&
		       pixman_region32_contains_rectangle(&surface->opaque_region, &whole) ==
			       PIXMAN_REGION_IN);
}

/* The source's rows and columns are that much further on than the picture's. */
static void copy_region(const struct frame *frame, pixman_region32_t *region, const uint8_t *source,
	size_t source_stride, int right, int down)
{
	size_t stride = (size_t)frame->max_width * 4;
	uint8_t *pixels = frame->memory + GARASU_FRAME_PIXELS_OFFSET;
	int count = 0;
	const pixman_box32_t *boxes = pixman_region32_rectangles(region, &count);

	for (int i = 0; i < count; i++) {
		size_t size = 4u * (size_t)(boxes[i].x2 - boxes[i].x1);

		for (int y = boxes[i].y1; y < boxes[i].y2; y++) {
			memcpy(pixels + (size_t)y * stride + 4u * (size_t)boxes[i].x1,
				source + (size_t)(y + down) * source_stride +
					4u * (size_t)(boxes[i].x1 + right),
				size);
		}
	}
}

/* Copies region, which lies within box. Returns 0 where blending or scaling is needed. */
static int copy_surface(const struct frame *frame, struct wlr_surface *surface,
	const struct wlr_box *box, pixman_region32_t *region)
{
	struct wlr_buffer *buffer = surface->buffer != NULL ? surface->buffer->source : NULL;
	int source_x, source_y, is_copied = 0;
	uint32_t format;
	size_t stride;
	void *data;

	if (buffer == NULL || !is_pixel_for_pixel(surface, box, &source_x, &source_y) ||
		source_x + box->width > buffer->width || source_y + box->height > buffer->height ||
		!wlr_buffer_begin_data_ptr_access(
			buffer, WLR_BUFFER_DATA_PTR_ACCESS_READ, &data, &format, &stride)) {
		return 0;
	}
	if (is_opaque(surface, format) && stride >= 4u * (size_t)buffer->width) {
		copy_region(frame, region, data, stride, source_x - box->x, source_y - box->y);
		is_copied = 1;
	}
	wlr_buffer_end_data_ptr_access(buffer);
	return is_copied;
}

void copy_opaque(struct compositor *compositor, struct pixman_region32 *damage)
{
	struct stack stack = {0};
	pixman_region32_t open, blended, part; /* open: covered by nothing so far */

	wlr_scene_node_for_each_surface(&compositor->scene->node, collect, &stack);
	if (stack.count > SURFACES_MAX) {
		return;
	}
	pixman_region32_init(&open);
	pixman_region32_init(&blended);
	pixman_region32_init(&part);
	pixman_region32_copy(&open, damage);
	while (stack.count > 0 && pixman_region32_not_empty(&open)) {
		const struct placed *placed = &stack.surfaces[--stack.count];
		const struct wlr_surface_state *current = &placed->surface->current;
		const struct wlr_box logical = {
			placed->x, placed->y, current->width, current->height};
		struct wlr_box box;
		int is_within = copy_box(&logical, compositor->output->scale, &box);

		pixman_region32_intersect_rect(
			&part, &open, box.x, box.y, (unsigned)box.width, (unsigned)box.height);
		if (!is_within || !copy_surface(&compositor->frame, placed->surface, &box, &part)) {
			pixman_region32_union(&blended, &blended, &part);
		}
		pixman_region32_subtract(&open, &open, &part);
	}
	pixman_region32_union(damage, &open, &blended);
	pixman_region32_fini(&open);
	pixman_region32_fini(&blended);
	pixman_region32_fini(&part);
}
