/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bit-exact pixels cost as Tight and as our zstd stream: bytes, the encoder's time and the
 * decoder's, for steps of a session that are given as pictures. The encoder's own parts and the
 * viewer's own decoder do the work.
 *
 * usage: bench_encoder_coders REPETITIONS STEP=FILE.ppm...
 *
 * The pictures (binary PPM, all of one size) follow each other on one screen that is black at
 * first; steps of the same name are averaged. Times are medians of the repetitions. Instructions
 * can be counted by callgrind, with one repetition and --toggle-collect=coder_append or
 * --toggle-collect=zstd_coder_append. */

#include "coder.h"
#include "decoder/decoder.h"
#include "garasu/rfb.h"
#include "picture.h"
#include "rectangles.h"
#include "zstd_coder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPETITIONS_MAX 99
#define STEPS_MAX 256
#define TIGHT_COLUMNS_MAX 32u
#define OUT_MAX (64u << 20)

enum way { WAY_TIGHT, WAY_ZSTD, WAY_COUNT };

struct step {
	const char *name;
	uint8_t *pixels; /* XRGB8888 */
};

struct cost {
	double encode_ms, decode_ms;
	size_t bytes;
};

struct run {
	struct picture picture;
	struct coder *tight;
	struct zstd_coder zstd;
	struct garasu_buffer out;
	struct garasu_rect *rectangles;
	uint8_t *wanted; /* each tile: 1 if it goes */
	struct decoder *decoder;
	uint8_t *shown;
};

static uint32_t width, height;
static struct step steps[STEPS_MAX];
static size_t step_count;
static uint8_t pointer[GARASU_FRAME_POINTER_MAX * GARASU_FRAME_POINTER_MAX * 4];

static void die(const char *what)
{
	fprintf(stderr, "bench_encoder_coders: %s\n", what);
	exit(EXIT_FAILURE);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- pictures ---- */

static void read_step(char *word)
{
	struct step *step = &steps[step_count++];
	char *path = strchr(word, '=');
	unsigned columns = 0, rows = 0;
	uint8_t rgb[3];
	FILE *file;

	if (path == NULL || step_count == STEPS_MAX) {
		die("usage: bench_encoder_coders REPETITIONS STEP=FILE.ppm...");
	}
	*path++ = '\0';
	file = fopen(path, "rb");
	if (file == NULL || fscanf(file, "P6 %u %u 255", &columns, &rows) != 2 ||
		columns > GARASU_FRAME_WIDTH_LIMIT || rows > GARASU_FRAME_HEIGHT_LIMIT ||
		(step_count > 1 && (columns != width || rows != height))) {
		die(path);
	}
	(void)fgetc(file);
	width = columns;
	height = rows;
	*step = (struct step){.name = word, .pixels = calloc((size_t)width * height, 4)};
	for (size_t i = 0; i < (size_t)width * height; i++) {
		if (step->pixels == NULL || fread(rgb, 1, 3, file) != 3) {
			die(path);
		}
		step->pixels[4 * i] = rgb[2];
		step->pixels[4 * i + 1] = rgb[1];
		step->pixels[4 * i + 2] = rgb[0];
	}
	fclose(file);
}

/* ---- one session ---- */

static void ignore(void *context, const struct decoder_event *event)
{
	(void)context;
	(void)event;
}

static void begin(struct run *run)
{
	uint8_t init[30] = {(uint8_t)(width >> 8), (uint8_t)width, (uint8_t)(height >> 8),
		(uint8_t)height, [23] = 6, 'G', 'a', 'r', 'a', 's', 'u'};
	struct decoder_picture shown = {NULL, pointer, width, height};
	size_t tiles;

	*run = (struct run){.shown = calloc((size_t)width * height, 4)};
	shown.pixels = run->shown;
	garasu_buffer_init(&run->out, OUT_MAX);
	if (run->shown == NULL || picture_init(&run->picture, width, height) != 0 ||
		coder_create(&run->tight, &run->picture) != 0 || zstd_coder_init(&run->zstd) != 0) {
		die("out of memory");
	}
	picture_resize(&run->picture, width, height);
	tiles = (size_t)run->picture.columns * run->picture.rows;
	run->rectangles = calloc(tiles, sizeof(*run->rectangles));
	run->wanted = calloc(tiles, 1);
	run->decoder = decoder_create(&shown, DECODER_OFFER_ALL, ignore, NULL);
	if (run->rectangles == NULL || run->wanted == NULL || run->decoder == NULL ||
		decoder_feed(run->decoder, init, sizeof(init)) != DECODER_OK) {
		die("out of memory");
	}
}

static void finish(struct run *run)
{
	decoder_destroy(&run->decoder);
	coder_destroy(&run->tight);
	zstd_coder_finish(&run->zstd);
	picture_finish(&run->picture);
	garasu_buffer_finish(&run->out);
	free(run->rectangles);
	free(run->wanted);
	free(run->shown);
}

static void encode(struct run *run, enum way way)
{
	const struct picture *picture = &run->picture;
	size_t merged = rectangles_merge(run->wanted, 1, picture->columns, picture->rows,
		way == WAY_ZSTD ? picture->columns : TIGHT_COLUMNS_MAX, picture->rows,
		run->rectangles);

	for (size_t i = 0; i < merged; i++) {
		struct garasu_rect area = run->rectangles[i];
		int result;

		area.x *= PICTURE_TILE_SIDE;
		area.y *= PICTURE_TILE_SIDE;
		area.width *= PICTURE_TILE_SIDE;
		area.height *= PICTURE_TILE_SIDE;
		area.width = area.x + area.width > width ? width - area.x : area.width;
		area.height = area.y + area.height > height ? height - area.y : area.height;
		if (way == WAY_ZSTD) {
			result = zstd_coder_append(&run->zstd, picture, &area, &run->out);
		} else {
			result = coder_append(run->tight, GARASU_RFB_TIGHT, &area, 1, &run->out);
		}
		if (result < 0) {
			die("a rectangle could not be encoded");
		}
	}
}

static void decode(struct run *run)
{
	static const uint8_t update[4] = {GARASU_RFB_UPDATE, 0, 0xff, 0xff};
	static const uint8_t last[12] = {[8] = 0xff, 0xff, 0xff, 0x20};

	if (decoder_feed(run->decoder, update, sizeof(update)) != DECODER_OK ||
		decoder_feed(run->decoder, garasu_buffer_bytes(&run->out),
			garasu_buffer_size(&run->out)) != DECODER_OK ||
		decoder_feed(run->decoder, last, sizeof(last)) != DECODER_OK) {
		die("the decoder refuses");
	}
}

static struct cost do_step(struct run *run, const struct step *step, enum way way)
{
	const struct garasu_rect all = {0, 0, width, height};
	struct picture *picture = &run->picture;
	struct cost cost = {0};
	double start;

	(void)picture_take(picture, step->pixels, width, height, &all, 1);
	picture_sync(picture);
	for (uint32_t tile = 0; tile < picture->columns * picture->rows; tile++) {
		run->wanted[tile] = (picture->tiles[tile] & PICTURE_TILE_DIRTY) != 0;
		if (run->wanted[tile]) {
			picture_sent(picture, tile, PICTURE_EXACT);
		}
	}
	start = now_ms();
	encode(run, way);
	cost.encode_ms = now_ms() - start;
	cost.bytes = garasu_buffer_size(&run->out);
	start = now_ms();
	decode(run);
	cost.decode_ms = now_ms() - start;
	garasu_buffer_consume(&run->out, garasu_buffer_size(&run->out));
	if (memcmp(run->shown, step->pixels, (size_t)width * height * 4) != 0) {
		die("what was decoded is not what was drawn");
	}
	return cost;
}

/* ---- the table ---- */

static int compare(const void *left, const void *right)
{
	double difference = *(const double *)left - *(const double *)right;

	return difference < 0 ? -1 : difference > 0;
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), compare);
	return values[count / 2];
}

static void print_step(const char *name, const struct cost *costs, int repetitions, enum way way)
{
	double encode_ms[REPETITIONS_MAX] = {0}, decode_ms[REPETITIONS_MAX] = {0};
	size_t bytes = 0, count = 0;

	for (size_t i = 0; i < step_count; i++) {
		if (strcmp(steps[i].name, name) != 0) {
			continue;
		}
		for (int round = 0; round < repetitions; round++) {
			encode_ms[round] += costs[(size_t)round * step_count + i].encode_ms;
			decode_ms[round] += costs[(size_t)round * step_count + i].decode_ms;
		}
		bytes += costs[i].bytes;
		count++;
	}
	printf("%-10s %-6s %3zu x %9zu bytes  encode %8.3f ms  decode %8.3f ms\n", name,
		way == WAY_ZSTD ? "zstd" : "tight", count, bytes / count,
		median(encode_ms, repetitions) / (double)count,
		median(decode_ms, repetitions) / (double)count);
}

static int is_first(size_t step)
{
	for (size_t i = 0; i < step; i++) {
		if (strcmp(steps[i].name, steps[step].name) == 0) {
			return 0;
		}
	}
	return 1;
}

int main(int count, char **words)
{
	int repetitions = count > 2 ? atoi(words[1]) : 0;
	struct cost *costs;

	if (repetitions < 1 || repetitions > REPETITIONS_MAX) {
		die("usage: bench_encoder_coders REPETITIONS STEP=FILE.ppm...");
	}
	for (int i = 2; i < count; i++) {
		read_step(words[i]);
	}
	costs = calloc((size_t)repetitions * step_count, sizeof(*costs));
	for (enum way way = WAY_TIGHT; costs != NULL && way < WAY_COUNT; way++) {
		for (int round = 0; round < repetitions; round++) {
			struct run run;

			begin(&run);
			for (size_t i = 0; i < step_count; i++) {
				costs[(size_t)round * step_count + i] =
					do_step(&run, &steps[i], way);
			}
			finish(&run);
		}
		for (size_t i = 0; i < step_count; i++) {
			if (is_first(i)) {
				print_step(steps[i].name, costs, repetitions, way);
			}
		}
	}
	return EXIT_SUCCESS;
}
