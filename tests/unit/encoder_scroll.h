/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_ENCODER_SCROLL_H
#define TESTS_ENCODER_SCROLL_H

/* A viewer beside the real scroll finder: it does what copies say, gets painted what is still
 * dirty, and must have the new picture then, bit for bit. */

#include "scroll.h"

#include <stdlib.h>
#include <string.h>

struct scene {
	struct picture picture;
	struct scroll scroll;
	uint8_t *frame;           /* what shall be shown */
	uint8_t *viewer;          /* what the viewer has */
	uint8_t *source;          /* room for a copy's pixels */
	uint64_t painted, copied; /* pixels of the last step */
};

static inline int scene_init(struct scene *scene, uint32_t width, uint32_t height)
{
	size_t size = 4u * (size_t)width * height;

	*scene = (struct scene){
		.frame = calloc(1, size), .viewer = calloc(1, size), .source = malloc(size)};
	if (scene->frame == NULL || scene->viewer == NULL || scene->source == NULL ||
		picture_init(&scene->picture, width, height) != 0 ||
		scroll_init(&scene->scroll, width, height) != 0) {
		return -1;
	}
	picture_resize(&scene->picture, width, height);
	picture_keep_shown(&scene->picture, 1);
	return 0;
}

static inline void scene_finish(struct scene *scene)
{
	free(scene->frame);
	free(scene->viewer);
	free(scene->source);
	picture_finish(&scene->picture);
	scroll_finish(&scene->scroll);
}

static inline uint8_t *scene_at(const struct scene *scene, uint8_t *pixels, uint32_t x, uint32_t y)
{
	return pixels + y * scene->picture.source_stride + 4u * (size_t)x;
}

/* As RFC 6143 §7.7.2 has it: the whole source is read before the first pixel is written. */
static inline int scene_copy(struct scene *scene, const struct copy *copy)
{
	size_t row = 4u * (size_t)copy->to.width;

	if (copy->to.width == 0 || copy->to.height == 0 ||
		copy->to.x + copy->to.width > scene->picture.width ||
		copy->to.y + copy->to.height > scene->picture.height ||
		copy->from_x + copy->to.width > scene->picture.width ||
		copy->from_y + copy->to.height > scene->picture.height) {
		return -1;
	}
	for (uint32_t y = 0; y < copy->to.height; y++) {
		memcpy(scene->source + y * row,
			scene_at(scene, scene->viewer, copy->from_x, copy->from_y + y), row);
	}
	for (uint32_t y = 0; y < copy->to.height; y++) {
		memcpy(scene_at(scene, scene->viewer, copy->to.x, copy->to.y + y),
			scene->source + y * row, row);
	}
	scene->copied += (uint64_t)copy->to.width * copy->to.height;
	return 0;
}

/* What a copy brought is right at once, not only after something was painted over it. */
static inline int scene_is_right(struct scene *scene, const struct garasu_rect *to)
{
	for (uint32_t y = to->y; y < to->y + to->height; y++) {
		if (memcmp(scene_at(scene, scene->viewer, to->x, y),
			    scene_at(scene, scene->frame, to->x, y), 4u * (size_t)to->width) != 0) {
			return 0;
		}
	}
	return 1;
}

static inline int scene_is_disjoint(const struct copies *copies)
{
	for (uint32_t i = 0; i < copies->count; i++) {
		const struct garasu_rect *one = &copies->list[i].to;

		for (uint32_t j = 0; j < i; j++) {
			const struct garasu_rect *other = &copies->list[j].to;

			if (one->x < other->x + other->width && other->x < one->x + one->width &&
				one->y < other->y + other->height &&
				other->y < one->y + one->height) {
				return 0;
			}
		}
	}
	return 1;
}

static inline void scene_paint(struct scene *scene)
{
	struct picture *picture = &scene->picture;

	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		struct garasu_rect area = picture_tile_rect(picture, tile);

		if ((picture->tiles[tile] & PICTURE_TILE_DIRTY) == 0) {
			continue;
		}
		if (picture->unknown_count == 0) {
			picture_trim(picture, &area);
		}
		for (uint32_t y = area.y; y < area.y + area.height; y++) {
			memcpy(scene_at(scene, scene->viewer, area.x, y),
				picture_at(picture, area.x, y), 4u * (size_t)area.width);
		}
		scene->painted += (uint64_t)area.width * area.height;
	}
	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		if ((picture->tiles[tile] & PICTURE_TILE_DIRTY) != 0) {
			picture_sent(picture, tile, PICTURE_EXACT);
		}
	}
}

/* True if the picture has what the viewer has; where shown lags behind it is in pixels. */
static inline int scene_knows_viewer(struct scene *scene)
{
	const struct picture *picture = &scene->picture;

	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		const struct garasu_rect place = picture_tile_rect(picture, tile);
		int lags = (picture->tiles[tile] & PICTURE_TILE_SHOWN_LAGS) != 0;

		for (uint32_t y = place.y; y < place.y + place.height; y++) {
			if (memcmp(lags ? picture_at(picture, place.x, y)
					: picture_shown_at(picture, place.x, y),
				    scene_at(scene, scene->viewer, place.x, y),
				    4u * (size_t)place.width) != 0) {
				return 0;
			}
		}
	}
	return 1;
}

/* Nothing is searched for so long that the second plane goes. */
static inline void scene_rest(struct scene *scene)
{
	for (uint32_t i = 0; i < PICTURE_CALM; i++) {
		picture_rest(&scene->picture);
	}
}

/* Shows scene->frame. Returns 0 if the viewer then has it bit for bit, the copies were inside the
 * picture and disjoint, and the work was within its bound; or which of these was not so. */
static inline int scene_step(struct scene *scene)
{
	struct picture *picture = &scene->picture;
	const struct garasu_rect all = {.width = picture->width, .height = picture->height};
	uint64_t cells = (uint64_t)picture->width * picture->height / 32 + picture->max_width +
			 picture->max_height;
	uint32_t count;

	scene->painted = scene->copied = 0;
	(void)picture_take(picture, scene->frame, picture->width, picture->height, &all, 0);
	picture_sync(picture);
	count = scroll_find(&scene->scroll, picture);
	if (count > SHIFT_COPIES_MAX || scene->scroll.work > SCROLL_WORK_PER_CELL * cells) {
		return 1;
	}
	if (!scene_is_disjoint(&scene->scroll.copies)) {
		return 6;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (scene_copy(scene, &scene->scroll.copies.list[i]) != 0) {
			return 2;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		if (!scene_is_right(scene, &scene->scroll.copies.list[i].to)) {
			return 7;
		}
	}
	if (picture->unknown_count == 0) {
		scroll_move(&scene->scroll, picture);
		if (!scene_knows_viewer(scene)) {
			return 3;
		}
	}
	scene_paint(scene);
	if (memcmp(scene->viewer, scene->frame, picture->source_stride * picture->height) != 0) {
		return 4;
	}
	return picture->dirty_count == 0 && picture->unknown_count == 0 ? 0 : 5;
}

#endif
