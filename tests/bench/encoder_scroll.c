/* SPDX-License-Identifier: GPL-3.0-or-later */
/* encoder_scroll [SCENE [FRAMES [ENCODING]]]: bytes and processor time of taking and encoding
 * frames of 1920 x 1080, without and with copies, in one process and without a network. For a
 * person to read; no test runs it. */

#include "encoder.h"

#include "pattern.h"

#include <base/buffer.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 1920u
#define HEIGHT 1080u
#define FRAMES_MAX 24u

struct scene {
	const char *name, *address;
	uint32_t offset, count, seed; /* what a frame adds */
};

static const struct scene scenes[] = {
	{"text, 100 pixels", "http://p/scroll", 100, 0, 0},
	{"text, 13 pixels", "http://p/scroll", 13, 0, 0},
	{"text beside a side bar, 100 pixels", "http://p/scroll?side=1", 100, 0, 0},
	{"table of repeated lines, 30 pixels", "http://p/table", 30, 0, 0},
	{"another page of text", "http://p/scroll", 100000, 0, 0},
	{"two pages of text in turn", "http://p/scroll", UINT32_C(1) << 31, 0, 0},
	{"another photograph", "http://p/photo", 0, 0, 1},
	{"small square that moves", "http://p/animate?area=small", 0, 1, 0},
};

static void draw(const struct pattern *page, uint8_t *frame)
{
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t pixel = pattern_pixel(page, x, y);

			memcpy(frame + 4u * ((size_t)y * WIDTH + x), &pixel, 4);
		}
	}
}

static void must(int result)
{
	if (result != 0) {
		fprintf(stderr, "error %d\n", result);
		exit(1);
	}
}

static void start(struct encoder *encoder, const int32_t *encodings, size_t count)
{
	const struct pixel_format native = pixel_format_native();
	size_t tiles;

	*encoder = (struct encoder){.has_frame = 1,
		.settings = {.max_width = WIDTH, .max_height = HEIGHT, .jpeg_quality = 80}};
	must(picture_init(&encoder->picture, WIDTH, HEIGHT));
	must(scroll_init(&encoder->scroll, WIDTH, HEIGHT));
	must(refine_init(&encoder->refine, GARASU_REFINE_OFF, 0, WIDTH, HEIGHT));
	picture_resize(&encoder->picture, WIDTH, HEIGHT);
	tiles = (size_t)encoder->picture.columns * encoder->picture.rows;
	encoder->ways = calloc(tiles, sizeof(*encoder->ways));
	encoder->rectangles = calloc(tiles, sizeof(*encoder->rectangles));
	garasu_buffer_init(&encoder->out, 64u << 20);
	must(jpeg_init(&encoder->jpeg));
	must(zstd_coder_init(&encoder->zstd));
	must(coder_create(&encoder->coder, &encoder->picture));
	must(coder_set_format(encoder->coder, &native));
	viewer_init(&encoder->viewer);
	viewer_set_encodings(&encoder->viewer, encodings, count);
	picture_keep_shown(&encoder->picture, encoder->viewer.has_copy_rect);
	encoder->viewer.width = WIDTH;
	encoder->viewer.height = HEIGHT;
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

struct cost {
	double ms;
	uint64_t bytes, copies, work;
};

static void show(struct encoder *encoder, const uint8_t *frame, struct cost *cost)
{
	const struct garasu_rect all = {.width = WIDTH, .height = HEIGHT};
	double before = now_ms();

	(void)picture_take(&encoder->picture, frame, WIDTH, HEIGHT, &all, 1);
	encoder->is_fresh = 1; /* movements are looked for */
	must(encoder_update(encoder, 1));
	cost->ms += now_ms() - before;
	cost->bytes += garasu_buffer_size(&encoder->out);
	cost->copies += encoder->scroll.copies.count;
	cost->work += encoder->scroll.work;
	garasu_buffer_consume(&encoder->out, garasu_buffer_size(&encoder->out));
}

static void run(const struct scene *scene, uint32_t count, const int32_t *encodings, size_t asked)
{
	static struct encoder encoder;
	static uint8_t frames[FRAMES_MAX + 1][WIDTH * HEIGHT * 4];
	struct pattern page;
	struct cost cost = {0};

	must(pattern_parse(&page, scene->address));
	page.width = WIDTH;
	page.height = HEIGHT;
	start(&encoder, encodings, asked);
	for (uint32_t i = 0; i <= count; i++) {
		draw(&page, frames[i]);
		page.offset += scene->offset;
		page.seed += scene->seed;
		page.words[PATTERN_WORD_COUNT] += scene->count;
	}
	for (uint32_t i = 0; i <= count; i++) {
		if (i == 2) {
			cost = (struct cost){
				0}; /* the first shows all, the second touches all memory */
		}
		show(&encoder, frames[i], &cost);
	}
	printf("%-36s %-6s %9.1f KB %7.2f ms", scene->name, asked == 5 ? "copies" : "-",
		(double)cost.bytes / (count - 1) / 1024, cost.ms / (count - 1));
	printf(" %4" PRIu64 " copies %4.1f steps a cell\n", cost.copies / (count - 1),
		(double)cost.work / (count - 1) / (WIDTH * HEIGHT / 32.0));
	encoder_close(&encoder);
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : FRAMES_MAX;
	const int32_t pixels = argc > 3 ? (int32_t)strtol(argv[3], NULL, 0) : GARASU_RFB_TIGHT;
	const int32_t encodings[] = {pixels, GARASU_RFB_TIGHT, GARASU_RFB_JPEG_QUALITY_0 + 8,
		GARASU_RFB_LAST_RECT, GARASU_RFB_COPY_RECT};

	if (count < 2 || count > FRAMES_MAX) {
		return 2;
	}
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		if (argc > 1 && strstr(scenes[i].name, argv[1]) == NULL) {
			continue;
		}
		run(&scenes[i], count, encodings, 4);
		run(&scenes[i], count, encodings, 5);
	}
	return 0;
}
