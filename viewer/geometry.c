/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things are in the window. */

#include "geometry.h"

#include "record.h"

#define STRIP_POINTS 4u
#define PERCENT_STEP 30u /* of 1/120: scales of the window system are taken in quarters */

static const struct geometry_size limits[] = {
	{VIEWER_MAX_WIDTH, VIEWER_MAX_HEIGHT},
	{2560, 1600},
	{1920, 1200},
	{1600, 1000},
	{1280, 800},
	{1024, 768},
	{800, 600},
	{640, 480},
};

static uint32_t smaller(uint32_t left, uint32_t right)
{
	return left < right ? left : right;
}

static uint32_t larger(uint32_t left, uint32_t right)
{
	return left > right ? left : right;
}

uint32_t geometry_strip_px(uint32_t scale)
{
	return STRIP_POINTS * scale / GARASU_SCALE_ONE;
}

static uint32_t scale_of_system(uint32_t points, uint32_t pixels)
{
	uint32_t scale = points == 0 ? GARASU_SCALE_ONE : pixels * GARASU_SCALE_ONE / points;

	scale = (scale + PERCENT_STEP / 2) / PERCENT_STEP * PERCENT_STEP;
	return smaller(larger(scale, GARASU_SCALE_ONE), GARASU_SCALE_MAX);
}

void geometry_lay_out(struct geometry *geometry, uint32_t points_width, uint32_t points_height,
	uint32_t width, uint32_t height, uint32_t wished_scale)
{
	uint32_t scale = wished_scale != 0 ? wished_scale : scale_of_system(points_width, width);
	uint32_t strip = smaller(geometry_strip_px(scale), height);

	*geometry = (struct geometry){.points_width = points_width,
		.points_height = points_height,
		.width = width,
		.height = height,
		.scale = scale,
		.strip = {0, 0, width, strip},
		.area = {0, strip, width, height - strip}};
}

struct geometry_size geometry_limit(void)
{
	return limits[0];
}

bool geometry_limit_lower(struct geometry_size *limit, struct geometry_size refused)
{
	for (size_t i = 1; i < sizeof(limits) / sizeof(limits[0]); i++) {
		bool is_lower =
			limits[i].width < refused.width || limits[i].height < refused.height;

		if (is_lower && limits[i].width < limit->width) {
			*limit = limits[i];
			return true;
		}
	}
	return false;
}

struct geometry_size geometry_wish(const struct geometry *geometry, struct geometry_size limit)
{
	uint32_t width = smaller(geometry->area.width, limit.width);
	uint32_t height = smaller(geometry->area.height, limit.height);

	return (struct geometry_size){
		larger(width, GARASU_FRAME_SIDE_MIN), larger(height, GARASU_FRAME_SIDE_MIN)};
}

struct garasu_rect geometry_place(
	const struct geometry *geometry, uint32_t width, uint32_t height, bool must_fit)
{
	struct garasu_rect place = {geometry->area.x, geometry->area.y, width, height};
	uint64_t area_width = geometry->area.width, area_height = geometry->area.height;

	if (!must_fit || (width <= area_width && height <= area_height) || area_width == 0 ||
		area_height == 0) {
		return place;
	}
	if (area_width * height <= area_height * width) {
		place.width = (uint32_t)area_width;
		place.height = larger((uint32_t)(area_width * height / width), 1);
	} else {
		place.width = larger((uint32_t)(area_height * width / height), 1);
		place.height = (uint32_t)area_height;
	}
	return place;
}

/* One axis. Returns false for a point beside the picture. */
static bool map(int32_t point, uint32_t points, uint32_t pixels, uint32_t start, uint32_t shown,
	uint32_t length, uint32_t *at)
{
	int64_t pixel = points == 0 ? 0 : (int64_t)point * pixels / points - start;
	bool is_inside = pixel >= 0 && pixel < shown;

	if (shown != length && shown != 0) {
		pixel = pixel * length / shown;
	}
	if (pixel < 0 || length == 0) {
		*at = 0;
	} else {
		*at = pixel < length ? (uint32_t)pixel : length - 1;
	}
	return is_inside;
}

bool geometry_point(const struct geometry *geometry, const struct garasu_rect *place,
	uint32_t width, uint32_t height, int32_t point_x, int32_t point_y, uint32_t *x, uint32_t *y)
{
	bool is_inside_x = map(
		point_x, geometry->points_width, geometry->width, place->x, place->width, width, x);
	bool is_inside_y = map(point_y, geometry->points_height, geometry->height, place->y,
		place->height, height, y);

	return is_inside_x && is_inside_y;
}

bool geometry_has_room_for_pointer(uint32_t y, uint32_t hot_y)
{
	return y >= hot_y;
}

int32_t geometry_wheel(float *rest, float notches)
{
	float limit = 100.0f;
	int32_t whole;

	*rest += notches < -limit ? -limit : notches > limit ? limit : notches;
	*rest = *rest < -limit ? -limit : *rest > limit ? limit : *rest;
	whole = (int32_t)(*rest * (float)GARASU_SCALE_ONE);
	*rest -= (float)whole / (float)GARASU_SCALE_ONE;
	return whole;
}

struct garasu_rect geometry_cut(struct garasu_rect rect, struct garasu_rect within)
{
	uint32_t left = larger(rect.x, within.x), top = larger(rect.y, within.y);
	uint32_t right = smaller(rect.x + rect.width, within.x + within.width);
	uint32_t bottom = smaller(rect.y + rect.height, within.y + within.height);

	if (right <= left || bottom <= top) {
		return (struct garasu_rect){0};
	}
	return (struct garasu_rect){left, top, right - left, bottom - top};
}

struct garasu_rect geometry_join(struct garasu_rect left, struct garasu_rect right)
{
	uint32_t x, y, end_x, end_y;

	if (left.width == 0 || right.width == 0) {
		return left.width == 0 ? right : left;
	}
	x = smaller(left.x, right.x);
	y = smaller(left.y, right.y);
	end_x = larger(left.x + left.width, right.x + right.width);
	end_y = larger(left.y + left.height, right.y + right.height);
	return (struct garasu_rect){x, y, end_x - x, end_y - y};
}
