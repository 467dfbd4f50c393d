/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_GEOMETRY_H
#define VIEWER_GEOMETRY_H

#include <garasu/frame.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * Where things are in the window. Pure. Pixels are physical pixels of the screen; points are what
 * the window system counts in, fewer than pixels where it scales by itself.
 *
 *   +--------------------------+  strip: painted by the viewer alone (the trust mark)
 *   +--------------------------+
 *   | area: the picture, 1:1,  |
 *   | from its top left corner |
 *   +--------------------------+
 */

struct geometry {
	uint32_t points_width, points_height;
	uint32_t width, height; /* pixels */
	uint32_t scale;         /* 1/120, of the session */
	struct garasu_rect strip, area;
};

/* A size the session may be asked for. */
struct geometry_size {
	uint32_t width, height;
};

/* Lays the window out. wished_scale 0: what the window system scales by. */
void geometry_lay_out(struct geometry *geometry, uint32_t points_width, uint32_t points_height,
	uint32_t width, uint32_t height, uint32_t wished_scale);

/* Returns the strip's height at a scale. */
uint32_t geometry_strip_px(uint32_t scale);

/* The largest size the server takes, at first the viewer's own. lower makes it smaller than what
 * was refused. Returns false when there is nothing lower. */
struct geometry_size geometry_limit(void);
bool geometry_limit_lower(struct geometry_size *limit, struct geometry_size refused);

/* The size to ask for. */
struct geometry_size geometry_wish(const struct geometry *geometry, struct geometry_size limit);

/* Where the picture goes: 1:1, or smaller as a whole if it must fit. */
struct garasu_rect geometry_place(
	const struct geometry *geometry, uint32_t width, uint32_t height, bool must_fit);

/* Turns a point of the window into a pixel of the picture at place. Returns false, with the nearest
 * pixel, for a point beside it. */
bool geometry_point(const struct geometry *geometry, const struct garasu_rect *place,
	uint32_t width, uint32_t height, int32_t point_x, int32_t point_y, uint32_t *x,
	uint32_t *y);

/* May a pointer picture stand here? Not where it would cover the strip. */
bool geometry_has_room_for_pointer(uint32_t y, uint32_t hot_y);

/* Adds notches (positive: away from the user, right) to what is left over of earlier ones, and
 * takes whole 1/120 out. Returns them; positive scrolls up, right. */
int32_t geometry_wheel(float *rest, float notches);

struct garasu_rect geometry_cut(struct garasu_rect rect, struct garasu_rect within);
struct garasu_rect geometry_join(struct garasu_rect left, struct garasu_rect right);

#endif
