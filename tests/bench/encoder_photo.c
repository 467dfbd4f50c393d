/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the classifier makes of pictures, and what JPEG makes of what it calls photographs: bytes,
 * PSNR and the encoder's time by quality and colour. For a person to read; no test runs it.
 *
 * usage: bench_encoder_photo FILE.ppm [MAP.ppm]
 *
 * MAP.ppm shows the picture with photographs tinted red, and green what has strokes on it. Times
 * are the least of five. */

#include "classify.h"
#include "garasu/rfb.h"
#include "jpeg.h"
#include "picture.h"
#include "pseudo.h"
#include "rectangles.h"
#include "zstd_coder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <turbojpeg.h>

#define ROUNDS 5
#define OUT_MAX (64u << 20)

static uint32_t width, height;
static uint8_t *pixels; /* XRGB8888 */
static struct picture picture;
static struct jpeg jpeg;
static struct zstd_coder zstd;
static struct garasu_buffer out;
static uint8_t *map;
static struct garasu_rect *rectangles;

static void die(const char *what)
{
	fprintf(stderr, "bench_encoder_photo: %s\n", what);
	exit(EXIT_FAILURE);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void read_picture(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t rgb[3];

	if (file == NULL || fscanf(file, "P6 %u %u 255", &width, &height) != 2 || width == 0 ||
		width > GARASU_FRAME_WIDTH_LIMIT || height == 0 ||
		height > GARASU_FRAME_HEIGHT_LIMIT) {
		die(path);
	}
	(void)fgetc(file);
	pixels = calloc((size_t)width * height, 4);
	for (size_t i = 0; i < (size_t)width * height; i++) {
		if (pixels == NULL || fread(rgb, 1, 3, file) != 3) {
			die(path);
		}
		pixels[4 * i] = rgb[2];
		pixels[4 * i + 1] = rgb[1];
		pixels[4 * i + 2] = rgb[0];
	}
	fclose(file);
}

static void prepare(void)
{
	const struct garasu_rect all = {0, 0, width, height};
	size_t tiles;

	garasu_buffer_init(&out, OUT_MAX);
	if (picture_init(&picture, width, height) != 0 || jpeg_init(&jpeg) != 0 ||
		zstd_coder_init(&zstd) != 0) {
		die("out of memory");
	}
	picture_resize(&picture, width, height);
	(void)picture_take(&picture, pixels, width, height, &all, 1);
	tiles = (size_t)picture.columns * picture.rows;
	map = calloc(tiles, 1);
	rectangles = calloc(tiles, sizeof(*rectangles));
	if (map == NULL || rectangles == NULL) {
		die("out of memory");
	}
}

static void classify(uint32_t counts[TILE_CLASS_MIXED + 1])
{
	for (uint32_t tile = 0; tile < picture.columns * picture.rows; tile++) {
		const struct garasu_rect place = picture_tile_rect(&picture, tile);

		map[tile] = (uint8_t)classify_tile(picture_at(&picture, place.x, place.y),
			picture.stride, place.width, place.height, 0);
		counts[map[tile]]++;
	}
}

static struct garasu_rect area_of(const struct garasu_rect *tiles)
{
	const uint32_t side = PICTURE_TILE_SIDE;
	struct garasu_rect area = {
		tiles->x * side, tiles->y * side, tiles->width * side, tiles->height * side};

	area.width = area.x + area.width > width ? width - area.x : area.width;
	area.height = area.y + area.height > height ? height - area.y : area.height;
	return area;
}

/* Sum of squared differences of one JPEG rectangle at the start of bytes. */
static double error_of(const uint8_t *bytes, size_t size, const struct garasu_rect *area)
{
	static uint8_t decoded[JPEG_WIDTH_MAX * JPEG_HEIGHT_MAX * 4];
	size_t at = RECT_HEADER_BYTES + 1;
	tjhandle handle = tjInitDecompress();
	double sum = 0;

	while ((bytes[at] & 0x80u) != 0 && at < RECT_HEADER_BYTES + 3) {
		at++;
	}
	at++;
	if (handle == NULL || tjDecompress2(handle, bytes + at, size - at, decoded,
				      (int)area->width, 0, (int)area->height, TJPF_BGRX, 0) != 0) {
		die("a JPEG does not decode");
	}
	(void)tjDestroy(handle);
	for (uint32_t y = 0; y < area->height; y++) {
		const uint8_t *mine = picture_at(&picture, area->x, area->y + y);

		for (uint32_t x = 0; x < area->width * 4; x++) {
			int apart = x % 4 == 3 ? 0 : decoded[y * area->width * 4 + x] - mine[x];

			sum += apart * apart;
		}
	}
	return sum;
}

static void measure_jpeg(int quality, int is_fine)
{
	size_t count = rectangles_merge(map, TILE_CLASS_PHOTO, picture.columns, picture.rows,
		JPEG_WIDTH_MAX / PICTURE_TILE_SIDE, JPEG_HEIGHT_MAX / PICTURE_TILE_SIDE,
		rectangles);
	double sum = 0, area_pixels = 0, least_ms = 1e9;
	size_t bytes = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ms(), spent = 0;

		sum = area_pixels = 0;
		bytes = 0;
		for (size_t i = 0; i < count; i++) {
			struct garasu_rect area = area_of(&rectangles[i]);

			start = now_ms();
			if (jpeg_append(&jpeg, &picture, &area, quality, is_fine, &out) != 0) {
				die("a rectangle could not be encoded");
			}
			spent += now_ms() - start;
			bytes += garasu_buffer_size(&out);
			sum += error_of(garasu_buffer_bytes(&out), garasu_buffer_size(&out), &area);
			area_pixels += (double)area.width * area.height;
			garasu_buffer_consume(&out, garasu_buffer_size(&out));
		}
		least_ms = spent < least_ms ? spent : least_ms;
	}
	printf("  JPEG %3d %s %9zu bytes %6.2f dB %7.2f ms\n", quality, is_fine ? "4:4:4" : "4:2:0",
		bytes, 10 * log10(255.0 * 255.0 * 3 * area_pixels / (sum > 0 ? sum : 1)), least_ms);
}

static void measure_exact(uint8_t wanted, const char *name)
{
	size_t count = rectangles_merge(map, wanted, picture.columns, picture.rows, picture.columns,
		picture.rows, rectangles);
	double start = now_ms();

	for (size_t i = 0; i < count; i++) {
		struct garasu_rect area = area_of(&rectangles[i]);

		if (zstd_coder_append(&zstd, &picture, &area, &out) != 0) {
			die("a rectangle could not be encoded");
		}
	}
	printf("  %s, exact   %9zu bytes           %7.2f ms\n", name, garasu_buffer_size(&out),
		now_ms() - start);
	garasu_buffer_consume(&out, garasu_buffer_size(&out));
}

static void write_map(const char *path)
{
	FILE *file = fopen(path, "wb");

	if (file == NULL) {
		die(path);
	}
	fprintf(file, "P6 %u %u 255\n", width, height);
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++) {
			const uint8_t *pixel = picture_at(&picture, x, y);
			uint32_t tile =
				y / PICTURE_TILE_SIDE * picture.columns + x / PICTURE_TILE_SIDE;
			uint32_t red = map[tile] == TILE_CLASS_PHOTO ? 128 : 0;
			uint32_t green = map[tile] == TILE_CLASS_MIXED ? 128 : 0;
			uint32_t rest = 256 - red - green;

			fputc((int)((pixel[2] * rest + 255 * red) / 256), file);
			fputc((int)((pixel[1] * rest + 255 * green) / 256), file);
			fputc((int)(pixel[0] * rest / 256), file);
		}
	}
	if (fclose(file) != 0) {
		die(path);
	}
}

int main(int count, char **words)
{
	static const int qualities[] = {60, 70, 77, 80, 85, 90, 95};
	uint32_t counts[TILE_CLASS_MIXED + 1] = {0};

	if (count < 2 || count > 3) {
		die("usage: bench_encoder_photo FILE.ppm [MAP.ppm]");
	}
	read_picture(words[1]);
	prepare();
	classify(counts);
	printf("%s: of %u tiles %u are photograph, %u have strokes on one\n", words[1],
		picture.columns * picture.rows, counts[TILE_CLASS_PHOTO], counts[TILE_CLASS_MIXED]);
	measure_exact(TILE_CLASS_LOSSLESS, "the rest");
	measure_exact(TILE_CLASS_MIXED, "strokes ");
	measure_exact(TILE_CLASS_PHOTO, "photo   ");
	if (counts[TILE_CLASS_PHOTO] > 0) {
		for (size_t i = 0; i < sizeof(qualities) / sizeof(qualities[0]); i++) {
			measure_jpeg(qualities[i], 0);
			measure_jpeg(qualities[i], 1);
		}
	}
	if (count == 3) {
		write_map(words[2]);
	}
	return EXIT_SUCCESS;
}
