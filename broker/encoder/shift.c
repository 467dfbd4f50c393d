/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a movement holds: runs of rows in columns of 32 pixels, joined sideways, and their edges
 * found to the pixel. Reads untrusted bytes from: nobody; the pixels are private copies. */

#include "shift.h"

#include <string.h>

#define RUNS_MAX 24u /* in one column; more is confetti */
#define RUN_ROWS_MIN 6u
#define GAIN_MIN 512u /* changed pixels; below, painting is as cheap */

/* Rows that match, and those among them between the first and the last that changed. */
struct run {
	uint32_t top, bottom;
	uint32_t first, last; /* first == last: nothing changed */
	uint32_t gain;        /* rows that changed */
	uint32_t edges;       /* those among them that differ from the row above */
	int is_joined;
};

/* Runs side by side: rows first .. last - 1 match in each column. */
struct area {
	uint32_t left, right; /* right: end of the last column that changed */
	uint32_t top, bottom, first, last;
	uint64_t gain; /* pixels */
	int is_extended;
};

struct areas {
	struct area list[RUNS_MAX];
	uint32_t count;
};

static uint32_t lesser(uint32_t left, uint32_t right)
{
	return left < right ? left : right;
}

static uint32_t greater(uint32_t left, uint32_t right)
{
	return left > right ? left : right;
}

static int is_source(const struct shift *shift, uint32_t x, uint32_t y, uint32_t width)
{
	int32_t from_x = (int32_t)x - shift->dx, from_y = (int32_t)y - shift->dy;

	return from_x >= 0 && from_y >= 0 && (uint32_t)from_x + width <= shift->picture->width &&
	       (uint32_t)from_y < shift->picture->height;
}

static const uint8_t *source_at(const struct shift *shift, uint32_t x, uint32_t y)
{
	return picture_shown_at(shift->picture, (uint32_t)((int32_t)x - shift->dx),
		(uint32_t)((int32_t)y - shift->dy));
}

/* ---- runs ---- */

static uint8_t *cell_at(const struct shift *shift, uint32_t x, uint32_t y)
{
	return shift->cells + x / SHIFT_COLUMN_WIDTH * shift->cells_stride + y;
}

static uint8_t compare_cell(struct shift *shift, uint32_t x, uint32_t y, uint32_t width)
{
	const uint8_t *now = picture_at(shift->picture, x, y);
	size_t size = 4u * (size_t)width;

	shift->work++;
	if (!is_source(shift, x, y, width) || memcmp(now, source_at(shift, x, y), size) != 0) {
		return 0;
	}
	shift->work++;
	if (memcmp(now, picture_shown_at(shift->picture, x, y), size) != 0) {
		return SHIFT_CELL_MATCHES | SHIFT_CELL_CHANGED;
	}
	return SHIFT_CELL_MATCHES;
}

/* Row by row through all columns: down a column every cell would lie on another page. */
static void compare_cells(struct shift *shift)
{
	const struct picture *picture = shift->picture;

	for (uint32_t y = 0; y < picture->height; y++) {
		for (uint32_t x = 0; x < picture->width; x += SHIFT_COLUMN_WIDTH) {
			const struct shift_range *range = &shift->ranges[x / PICTURE_TILE_SIDE];
			uint8_t *cell = cell_at(shift, x, y);

			if (y >= range->start && y < range->end && *cell != SHIFT_CELL_TAKEN) {
				*cell = compare_cell(shift, x, y,
					lesser(SHIFT_COLUMN_WIDTH, picture->width - x));
			}
		}
	}
}

static int is_edge(struct shift *shift, uint32_t x, uint32_t y, uint32_t width)
{
	const struct picture *picture = shift->picture;

	shift->work++;
	return memcmp(picture_at(picture, x, y), picture_at(picture, x, y - 1),
		       4u * (size_t)width) != 0;
}

/* A run without an edge is white on white: it proves no movement. */
static void extend_run(
	struct shift *shift, struct run *run, uint32_t x, uint32_t width, uint32_t end)
{
	const uint8_t *cells = cell_at(shift, x, 0);
	uint32_t y = run->top;

	for (; y < end && (cells[y] & SHIFT_CELL_MATCHES) != 0; y++) {
		if ((cells[y] & SHIFT_CELL_CHANGED) != 0) {
			run->first = run->gain == 0 ? y : run->first;
			run->last = y + 1;
			run->gain++;
			run->edges +=
				run->edges == 0 && y > run->top && is_edge(shift, x, y, width);
		}
	}
	run->bottom = y;
	run->gain = run->edges > 0 ? run->gain : 0;
}

static uint32_t find_runs(struct shift *shift, uint32_t x, uint32_t width, struct run *runs)
{
	const struct shift_range *range = &shift->ranges[x / PICTURE_TILE_SIDE];
	uint32_t count = 0, y = range->start;

	while (y < range->end && count < RUNS_MAX) {
		struct run *run = &runs[count];

		*run = (struct run){.top = y};
		extend_run(shift, run, x, width, range->end);
		count += run->bottom - run->top >= RUN_ROWS_MIN;
		y = run->bottom + 1;
	}
	return count;
}

/* ---- areas ---- */

/* Also columns that are covered in part only. */
static void mark_taken(struct shift *shift, const struct garasu_rect *to)
{
	uint32_t last = (to->x + to->width - 1) / SHIFT_COLUMN_WIDTH;

	for (uint32_t column = to->x / SHIFT_COLUMN_WIDTH; column <= last; column++) {
		memset(shift->cells + column * shift->cells_stride + to->y, SHIFT_CELL_TAKEN,
			to->height);
	}
}

static uint64_t close_area(
	const struct shift *shift, const struct area *area, struct copies *copies)
{
	if (area->gain < GAIN_MIN || copies->count == SHIFT_COPIES_MAX) {
		return 0;
	}
	copies->list[copies->count++] = (struct copy){
		.to = {area->left, area->first, area->right - area->left, area->last - area->first},
		.from_x = (uint32_t)((int32_t)area->left - shift->dx),
		.from_y = (uint32_t)((int32_t)area->first - shift->dy)};
	return area->gain;
}

/* Puts a run beside the area if all that changed in both matches in both. */
static int join(struct area *area, struct run *run, uint32_t right, uint32_t width)
{
	uint32_t top = greater(area->top, run->top), bottom = lesser(area->bottom, run->bottom);
	uint32_t first = run->gain > 0 ? lesser(area->first, run->first) : area->first;
	uint32_t last = run->gain > 0 ? greater(area->last, run->last) : area->last;

	if (top > first || bottom < last || (run->gain > 0 && run->is_joined)) {
		return 0;
	}
	area->top = top;
	area->bottom = bottom;
	area->first = first;
	area->last = last;
	area->gain += (uint64_t)run->gain * width;
	area->right = run->gain > 0 ? right : area->right;
	area->is_extended = 1;
	run->is_joined = 1;
	return 1;
}

static uint64_t advance(struct shift *shift, struct areas *areas, struct run *runs, uint32_t count,
	uint32_t x, uint32_t width, struct copies *copies)
{
	struct areas next = {.count = 0};
	uint64_t explained = 0;

	for (uint32_t i = 0; i < areas->count; i++) {
		struct area *area = &areas->list[i];

		area->is_extended = 0;
		for (uint32_t j = 0; j < count && !area->is_extended; j++) {
			(void)join(area, &runs[j], x + width, width);
		}
		if (area->is_extended) {
			next.list[next.count++] = *area;
		} else {
			explained += close_area(shift, area, copies);
		}
	}
	for (uint32_t j = 0; j < count && next.count < RUNS_MAX; j++) {
		if (!runs[j].is_joined && runs[j].gain > 0) {
			next.list[next.count++] = (struct area){.left = x,
				.right = x + width,
				.top = runs[j].top,
				.bottom = runs[j].bottom,
				.first = runs[j].first,
				.last = runs[j].last,
				.gain = (uint64_t)runs[j].gain * width};
		}
	}
	*areas = next;
	return explained;
}

/* ---- edges ---- */

/* How many pixels from x on, at most most, match in every row; backwards: before x. */
static uint32_t common_pixels(
	struct shift *shift, const struct garasu_rect *to, uint32_t x, uint32_t most, int backwards)
{
	for (uint32_t y = to->y; y < to->y + to->height && most > 0; y++) {
		uint32_t start = backwards ? x - most : x;
		const uint8_t *now = picture_at(shift->picture, start, y);
		const uint8_t *before = source_at(shift, start, y);
		uint32_t same = 0;

		shift->work++;
		if (memcmp(now, before, 4u * (size_t)most) == 0) {
			continue;
		}
		while (same < most) {
			uint32_t i = backwards ? most - 1 - same : same;

			if (memcmp(now + 4u * (size_t)i, before + 4u * (size_t)i, 4) != 0) {
				break;
			}
			same++;
		}
		most = same;
	}
	return most;
}

static int shares_rows(const struct garasu_rect *one, const struct garasu_rect *other)
{
	return one->y < other->y + other->height && other->y < one->y + one->height;
}

static int holds_rows(const struct garasu_rect *outer, const struct garasu_rect *inner)
{
	return inner->y >= outer->y && inner->y + inner->height <= outer->y + outer->height;
}

/* How many pixels beside to are no other copy's, at most most. A lower copy of the same movement
 * (from number first on) gives way. */
static uint32_t free_pixels(const struct copies *copies, uint32_t first,
	const struct garasu_rect *to, uint32_t most, int backwards)
{
	for (uint32_t i = 0; i < copies->count; i++) {
		const struct garasu_rect *other = &copies->list[i].to;
		uint32_t end = backwards ? other->x + other->width : to->x + to->width;
		uint32_t start = backwards ? to->x : other->x;

		if (other->width > 0 && shares_rows(to, other) && start >= end &&
			start - end < most && !(i >= first && holds_rows(to, other))) {
			most = start - end;
		}
	}
	return most;
}

/* Takes away from copies of the same movement what the widened one has now. */
static void give_way(struct copies *copies, uint32_t first, const struct copy *widened)
{
	const struct garasu_rect *to = &widened->to;
	uint32_t end = to->x + to->width;

	for (uint32_t i = first; i < copies->count; i++) {
		struct copy *copy = &copies->list[i];
		struct garasu_rect *other = &copy->to;
		uint32_t other_end = other->x + other->width;

		if (copy == widened || !shares_rows(to, other) || other->x >= end ||
			other_end <= to->x) {
			continue;
		}
		if (other->x < to->x) {
			other->width = to->x - other->x;
		} else {
			uint32_t cut = lesser(other_end, end) - other->x;

			other->x += cut;
			copy->from_x += cut;
			other->width -= cut;
		}
	}
}

static void widen(struct shift *shift, struct copies *copies, uint32_t first, struct copy *copy)
{
	struct garasu_rect *to = &copy->to;
	uint32_t width = shift->picture->width;
	uint32_t left = lesser(SHIFT_COLUMN_WIDTH - 1, lesser(to->x, copy->from_x));
	uint32_t right = to->x > copy->from_x ? to->x : copy->from_x;

	right = lesser(SHIFT_COLUMN_WIDTH - 1, width - right - to->width);
	left = common_pixels(shift, to, to->x, free_pixels(copies, first, to, left, 1), 1);
	right = common_pixels(
		shift, to, to->x + to->width, free_pixels(copies, first, to, right, 0), 0);
	to->x -= left;
	copy->from_x -= left;
	to->width += left + right;
	give_way(copies, first, copy);
}

/* The highest first: what lies beside it gives way. */
static void widen_all(struct shift *shift, struct copies *copies, uint32_t first)
{
	uint8_t is_wide[SHIFT_COPIES_MAX] = {0};
	uint32_t kept = first;

	for (uint32_t turn = first; turn < copies->count; turn++) {
		uint32_t highest = first;

		for (uint32_t i = first; i < copies->count; i++) {
			if (!is_wide[i] &&
				(is_wide[highest] || copies->list[i].to.height >
							     copies->list[highest].to.height)) {
				highest = i;
			}
		}
		is_wide[highest] = 1;
		if (copies->list[highest].to.width > 0) {
			widen(shift, copies, first, &copies->list[highest]);
		}
	}
	for (uint32_t i = first; i < copies->count; i++) {
		if (copies->list[i].to.width > 0) {
			mark_taken(shift, &copies->list[i].to);
			copies->list[kept++] = copies->list[i];
		}
	}
	copies->count = kept;
}

uint64_t shift_collect(struct shift *shift, struct copies *copies)
{
	struct run runs[RUNS_MAX];
	struct areas areas = {.count = 0};
	uint32_t first = copies->count;
	uint64_t explained = 0;

	compare_cells(shift);
	for (uint32_t x = 0; x < shift->picture->width; x += SHIFT_COLUMN_WIDTH) {
		uint32_t width = lesser(SHIFT_COLUMN_WIDTH, shift->picture->width - x);
		uint32_t count = find_runs(shift, x, width, runs);

		explained += advance(shift, &areas, runs, count, x, width, copies);
	}
	explained += advance(shift, &areas, runs, 0, shift->picture->width, 0, copies);
	widen_all(shift, copies, first);
	return explained;
}

/* ---- order ---- */

static int overlaps(const struct garasu_rect *one, const struct garasu_rect *other)
{
	return one->x < other->x + other->width && other->x < one->x + one->width &&
	       shares_rows(one, other);
}

static struct garasu_rect source_of(const struct copy *copy)
{
	struct garasu_rect from = copy->to;

	from.x = copy->from_x;
	from.y = copy->from_y;
	return from;
}

/* How many others, still to be done, read what each copy would destroy. */
static void count_readers(const struct copies *copies, uint32_t readers[SHIFT_COPIES_MAX])
{
	for (uint32_t i = 0; i < copies->count; i++) {
		readers[i] = 0;
		for (uint32_t j = 0; j < copies->count; j++) {
			struct garasu_rect from = source_of(&copies->list[j]);

			readers[i] += i != j && overlaps(&copies->list[i].to, &from);
		}
	}
}

/* The next to be done: one without readers; else the smallest, which is dropped. */
static uint32_t choose_next(
	const struct copies *copies, const uint8_t *is_done, const uint32_t *readers)
{
	uint32_t smallest = 0;
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < copies->count; i++) {
		const struct garasu_rect *to = &copies->list[i].to;
		uint64_t size = (uint64_t)to->width * to->height;

		if (!is_done[i] && readers[i] == 0) {
			return i;
		}
		if (!is_done[i] && size < least) {
			least = size;
			smallest = i;
		}
	}
	return smallest;
}

void copies_order(struct copies *copies)
{
	struct copy ordered[SHIFT_COPIES_MAX];
	uint32_t readers[SHIFT_COPIES_MAX];
	uint8_t is_done[SHIFT_COPIES_MAX] = {0};
	uint32_t count = 0;

	count_readers(copies, readers);
	for (uint32_t turn = 0; turn < copies->count; turn++) {
		uint32_t next = choose_next(copies, is_done, readers);
		struct garasu_rect from = source_of(&copies->list[next]);

		is_done[next] = 1;
		if (readers[next] == 0) {
			ordered[count++] = copies->list[next];
		}
		for (uint32_t i = 0; i < copies->count; i++) {
			readers[i] -= i != next && overlaps(&copies->list[i].to, &from);
		}
	}
	memcpy(copies->list, ordered, count * sizeof(*ordered));
	copies->count = count;
}
