/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painter's pictures, pixel by pixel. Pure. */

#include "pattern.h"

#include <stdlib.h>
#include <string.h>

#define BLACK 0x000000u
#define WHITE 0xffffffu
#define SQUARE 64u    /* side of animate's square */
#define SQUARE_X 288u /* right of the words */
#define SQUARE_STEP 8u
#define BAND 64u /* rows of animate that stand still with keys=1 */
#define STILL 0x405060u
#define LINE 20u /* text lines: 14 rows of glyphs and a gap */
#define GLYPH_ROWS 14u
#define COLUMN 10u /* 8 columns of a glyph and a gap */
#define GLYPHS 96u
#define TABLE_LINES 4u
#define LATTICE 32u
#define PHOTOS_SIDE 256u

static uint32_t mix(uint32_t value)
{
	value ^= value >> 16;
	value *= 0x7feb352du;
	value ^= value >> 15;
	value *= 0x846ca68bu;
	return value ^ (value >> 16);
}

static uint32_t mix2(uint32_t one, uint32_t other)
{
	return mix(one * 0x9e3779b9u ^ mix(other + 0x51ed270bu));
}

/* ---- addresses ---- */

static const struct {
	const char *name;
	enum pattern_kind kind;
} names[] = {
	{"solid", PATTERN_SOLID},
	{"bars", PATTERN_BARS},
	{"lines", PATTERN_LINES},
	{"photo", PATTERN_PHOTO},
	{"still", PATTERN_STILL},
	{"scroll", PATTERN_SCROLL},
	{"table", PATTERN_TABLE},
	{"animate", PATTERN_ANIMATE},
	{"keys", PATTERN_KEYS},
	{"text", PATTERN_TEXT},
	{"pointer", PATTERN_POINTER},
	{"end", PATTERN_END},
	{"hog-memory", PATTERN_HOG_MEMORY},
	{"hog-processes", PATTERN_HOG_PROCESSES},
};

/* The value of "name=" after the question mark, or NULL. */
static const char *parameter(const char *address, const char *name)
{
	const char *at = strchr(address, '?');
	size_t size = strlen(name);

	while (at != NULL) {
		at++;
		if (strncmp(at, name, size) == 0 && at[size] == '=') {
			return at + size + 1;
		}
		at = strchr(at, '&');
	}
	return NULL;
}

static uint32_t number(const char *address, const char *name, int base)
{
	const char *value = parameter(address, name);

	return value != NULL ? (uint32_t)strtoul(value, NULL, base) : 0;
}

static enum pattern_area area(const char *address)
{
	const char *value = parameter(address, "area");

	if (value != NULL && strncmp(value, "full", 4) == 0) {
		return PATTERN_AREA_FULL;
	}
	if (value != NULL && strncmp(value, "photos", 6) == 0) {
		return PATTERN_AREA_PHOTOS;
	}
	return value != NULL && strncmp(value, "noise", 5) == 0 ? PATTERN_AREA_NOISE
								: PATTERN_AREA_SMALL;
}

int pattern_parse(struct pattern *pattern, const char *address)
{
	const char *path = strstr(address, "://");
	size_t size;

	*pattern = (struct pattern){.kind = PATTERN_SOLID, .rgb = WHITE};
	if (strcmp(address, "about:blank") == 0) {
		return 0;
	}
	path = path != NULL ? strchr(path + 3, '/') : NULL;
	if (path == NULL) {
		return -1;
	}
	size = strcspn(++path, "?");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i].name) == size && strncmp(path, names[i].name, size) == 0) {
			pattern->kind = names[i].kind;
			pattern->area = area(address);
			pattern->rgb = number(address, "rgb", 16) & WHITE;
			pattern->seed = number(address, "seed", 10);
			pattern->code = number(address, "code", 10);
			pattern->has_side = number(address, "side", 10);
			pattern->is_hidden = number(address, "hidden", 10);
			pattern->is_late = number(address, "late", 10);
			pattern->has_keys = number(address, "keys", 10);
			return 0;
		}
	}
	return -1;
}

/* ---- pictures ---- */

static uint32_t bars(const struct pattern *pattern, uint32_t x, uint32_t y)
{
	static const uint32_t colours[8] = {
		0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff, 0x000000};

	if (y < pattern->height / 4 * 3) {
		return colours[x * 8 / pattern->width];
	}
	return x * 256 / pattern->width * 0x010101u;
}

/* The middle third is a grid every fourth pixel, red across, so that a shift shows. */
static uint32_t lines(const struct pattern *pattern, uint32_t x, uint32_t y)
{
	uint32_t third = pattern->width / 3;

	if (x < third) {
		return x % 2 == 0 ? BLACK : WHITE;
	}
	if (x < 2 * third) {
		return y % 4 == 0 ? 0xff0000u : (x % 4 == 0 ? BLACK : WHITE);
	}
	return y % 2 == 0 ? BLACK : WHITE;
}

/* Bilinear between random values on a lattice: 0..255. */
static uint32_t smooth(uint32_t seed, uint32_t x, uint32_t y)
{
	uint32_t column = x / LATTICE;
	uint32_t row = y / LATTICE;
	uint32_t right = x % LATTICE;
	uint32_t below = y % LATTICE;
	uint32_t one = mix2(seed + row, column) & 0xffu;
	uint32_t two = mix2(seed + row, column + 1) & 0xffu;
	uint32_t three = mix2(seed + row + 1, column) & 0xffu;
	uint32_t four = mix2(seed + row + 1, column + 1) & 0xffu;
	uint32_t above = one * (LATTICE - right) + two * right;
	uint32_t under = three * (LATTICE - right) + four * right;

	return (above * (LATTICE - below) + under * below) / (LATTICE * LATTICE);
}

static uint32_t photo(uint32_t seed, uint32_t x, uint32_t y)
{
	uint32_t grain = mix2(x * 7919u + seed, y);
	uint32_t pixel = 0;

	for (uint32_t channel = 0; channel < 3; channel++) {
		uint32_t value = smooth(mix(seed * 3 + channel), x, y) * 15 / 16;

		value += grain >> (channel * 8) & 7u;
		pixel = pixel << 8 | value;
	}
	return pixel;
}

/* Another part of one photograph at every count: drawn once, so that drawing takes no time. */
static uint32_t photos(uint32_t count, uint32_t x, uint32_t y)
{
	static uint32_t pixels[PHOTOS_SIDE][PHOTOS_SIDE];
	static int is_drawn;

	for (uint32_t row = 0; !is_drawn && row < PHOTOS_SIDE; row++) {
		for (uint32_t column = 0; column < PHOTOS_SIDE; column++) {
			pixels[row][column] = photo(1, column, row);
		}
	}
	is_drawn = 1;
	return pixels[(y + count * 37) % PHOTOS_SIDE][(x + count * 91) % PHOTOS_SIDE];
}

/* A document of text-like lines: y counts from its top. */
static uint32_t document(uint32_t x, uint32_t y)
{
	uint32_t line = y / LINE;
	uint32_t row = y % LINE;
	uint32_t column = x / COLUMN;
	uint32_t length = 20 + mix(line) % 100;
	uint32_t glyph;

	if (row >= GLYPH_ROWS || x % COLUMN >= 8 || column >= length) {
		return WHITE;
	}
	glyph = mix2(line, column) % GLYPHS;
	if (glyph < 12) {
		return WHITE; /* a space */
	}
	return (mix2(glyph, row) >> (x % COLUMN) & 1u) != 0 ? 0x101010u : WHITE;
}

static uint32_t scroll(const struct pattern *pattern, uint32_t x, uint32_t y)
{
	uint32_t side = pattern->has_side != 0 ? pattern->width / 6 : 0;

	if (x < side) {
		return document(x + 5000, y) & 0xf0f0ffu;
	}
	y += pattern->offset;
	if (pattern->kind == PATTERN_TABLE) {
		y %= TABLE_LINES * LINE;
	}
	return document(x - side, y);
}

static uint32_t bit_pixel(uint32_t value, unsigned bits, uint32_t x)
{
	return (value >> (bits - 1 - x / PATTERN_BIT) & 1u) != 0 ? WHITE : BLACK;
}

static int is_in_words(uint32_t x, uint32_t y, unsigned words)
{
	return x < 32 * PATTERN_BIT && y < words * PATTERN_BIT;
}

static uint32_t square_x(const struct pattern *pattern)
{
	uint32_t room = pattern->width > SQUARE_X + SQUARE ? pattern->width - SQUARE_X - SQUARE : 1;

	return SQUARE_X + pattern->words[PATTERN_WORD_COUNT] * SQUARE_STEP % room;
}

static uint32_t animate(const struct pattern *pattern, uint32_t x, uint32_t y)
{
	uint32_t count = pattern->words[PATTERN_WORD_COUNT];

	if (is_in_words(x, y, pattern->has_keys != 0 ? 2 : 1)) {
		return bit_pixel(pattern->words[y / PATTERN_BIT], 32, x);
	}
	if (pattern->has_keys != 0 && y < BAND) {
		return STILL;
	}
	switch (pattern->area) {
	case PATTERN_AREA_SMALL:
		return y < SQUARE && x - square_x(pattern) < SQUARE ? mix(count) & WHITE : STILL;
	case PATTERN_AREA_FULL:
		return document(x, y + count * 7);
	case PATTERN_AREA_NOISE:
		return photo(count, x, y);
	case PATTERN_AREA_PHOTOS:
		return photos(count, x, y);
	}
	return BLACK;
}

static uint32_t arrivals(const struct pattern *pattern, uint32_t x, uint32_t y)
{
	uint32_t cell = (y - PATTERN_CELLS_Y) / PATTERN_BIT;

	if (is_in_words(x, y, PATTERN_WORDS)) {
		return bit_pixel(pattern->words[y / PATTERN_BIT], 32, x);
	}
	if (y >= PATTERN_CELLS_Y && cell < PATTERN_CELLS && x < PATTERN_CELL_BITS * PATTERN_BIT) {
		return bit_pixel(pattern->cells[cell], PATTERN_CELL_BITS, x);
	}
	return 0xe0e8d0u;
}

uint32_t pattern_pixel(const struct pattern *pattern, uint32_t x, uint32_t y)
{
	switch (pattern->kind) {
	case PATTERN_SOLID:
	case PATTERN_END:
	case PATTERN_HOG_MEMORY:
	case PATTERN_HOG_PROCESSES:
		return pattern->rgb;
	case PATTERN_BARS:
		return bars(pattern, x, y);
	case PATTERN_LINES:
		return lines(pattern, x, y);
	case PATTERN_PHOTO:
		return photo(pattern->seed, x, y);
	case PATTERN_STILL:
	case PATTERN_SCROLL:
	case PATTERN_TABLE:
		return scroll(pattern, x, y);
	case PATTERN_ANIMATE:
		return animate(pattern, x, y);
	case PATTERN_KEYS:
	case PATTERN_TEXT:
	case PATTERN_POINTER:
		return arrivals(pattern, x, y);
	}
	return BLACK;
}

uint32_t pattern_pointer_pixel(uint32_t x, uint32_t y)
{
	uint32_t alpha = 0xffu - (x * 4 & 0xffu);

	return alpha << 24 | alpha / 2 << 16 | (y * 8 * alpha / 255 & 0xffu) << 8;
}

/* ---- changes ---- */

static struct pattern_box clipped(
	const struct pattern *pattern, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	struct pattern_box box = {x, y, width, height};

	if (x >= pattern->width || y >= pattern->height) {
		return (struct pattern_box){0};
	}
	if (box.width > pattern->width - x) {
		box.width = pattern->width - x;
	}
	if (box.height > pattern->height - y) {
		box.height = pattern->height - y;
	}
	return box;
}

static int words_and_cells(
	const struct pattern *before, const struct pattern *after, struct pattern_box boxes[4])
{
	uint32_t first = PATTERN_CELLS;
	uint32_t last = 0;
	int count = 0;

	if (after->kind != PATTERN_KEYS && after->kind != PATTERN_TEXT &&
		after->kind != PATTERN_POINTER) {
		return 0;
	}
	if (memcmp(before->words, after->words, sizeof(after->words)) != 0) {
		boxes[count++] =
			clipped(after, 0, 0, 32 * PATTERN_BIT, PATTERN_WORDS * PATTERN_BIT);
	}
	for (uint32_t i = 0; i < PATTERN_CELLS; i++) {
		if (before->cells[i] != after->cells[i]) {
			first = i < first ? i : first;
			last = i;
		}
	}
	if (first < PATTERN_CELLS) {
		boxes[count++] = clipped(after, 0, PATTERN_CELLS_Y + first * PATTERN_BIT,
			PATTERN_CELL_BITS * PATTERN_BIT, (last - first + 1) * PATTERN_BIT);
	}
	return count;
}

int pattern_difference(
	const struct pattern *before, const struct pattern *after, struct pattern_box boxes[4])
{
	int is_same_page = before->kind == after->kind && before->width == after->width &&
			   before->height == after->height && before->rgb == after->rgb &&
			   before->area == after->area && before->seed == after->seed &&
			   before->has_side == after->has_side && before->offset == after->offset;

	if (is_same_page && after->kind == PATTERN_ANIMATE && after->area == PATTERN_AREA_SMALL) {
		boxes[0] = clipped(after, 0, 0, 32 * PATTERN_BIT, PATTERN_BIT);
		boxes[1] = clipped(after, square_x(before), 0, SQUARE, SQUARE);
		boxes[2] = clipped(after, square_x(after), 0, SQUARE, SQUARE);
		return 3;
	}
	if (is_same_page && after->kind != PATTERN_ANIMATE) {
		return words_and_cells(before, after, boxes);
	}
	boxes[0] = clipped(after, 0, 0, after->width, after->height);
	return 1;
}

void pattern_arrive(struct pattern *pattern, uint32_t what)
{
	pattern->cells[pattern->words[PATTERN_WORD_COUNT] % PATTERN_CELLS] = what;
	pattern->words[PATTERN_WORD_COUNT]++;
}

/* ---- reading back ---- */

static int read_bits(
	const uint8_t *pixels, size_t stride, uint32_t y, unsigned bits, uint32_t *value)
{
	*value = 0;
	for (unsigned bit = 0; bit < bits; bit++) {
		const uint8_t *pixel = pixels + (y + PATTERN_BIT / 2) * stride +
				       (bit * PATTERN_BIT + PATTERN_BIT / 2) * 4;

		if (pixel[1] >= 0x40 && pixel[1] < 0xc0) {
			return -1;
		}
		*value = *value << 1 | (pixel[1] >= 0xc0 ? 1u : 0u);
	}
	return 0;
}

int pattern_read_word(
	const uint8_t *pixels, size_t stride, enum pattern_word word_number, uint32_t *word)
{
	return read_bits(pixels, stride, (uint32_t)word_number * PATTERN_BIT, 32, word);
}

int pattern_read_cell(const uint8_t *pixels, size_t stride, unsigned cell_number, uint32_t *cell)
{
	return read_bits(pixels, stride, PATTERN_CELLS_Y + cell_number * PATTERN_BIT,
		PATTERN_CELL_BITS, cell);
}
