/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our zstd stream as the real encoder sends it: decoded by the library alone, compared bit by bit,
 * and counted. */

#include "encoder_drive.h"

#include "zstd_coder.h"

#include <malloc.h>
#include <stdlib.h>
#include <zstd.h>

#define WIDTH 300u
#define HEIGHT 250u
#define PAYLOAD_MAX (1u << 20)

struct look {
	uint32_t count, zstd, jpeg, copies, others; /* rectangles */
	size_t bytes;                               /* of all of them */
};

static const int32_t ours[] = {GARASU_RFB_ENCODING_ZSTD, GARASU_RFB_TIGHT, GARASU_RFB_COPY_RECT,
	GARASU_RFB_JPEG_QUALITY_0 + 8, GARASU_RFB_LAST_RECT};
static uint8_t picture[DRIVE_MAX_WIDTH * DRIVE_MAX_HEIGHT * 4];
static uint8_t payload[PAYLOAD_MAX], planes[WIDTH * HEIGHT * 3];
static ZSTD_DCtx *stream;

/* ---- drawing ---- */

/* Lines of strokes in black on white below a coloured bar. */
static uint32_t text_pixel(uint32_t x, uint32_t y, uint32_t seed)
{
	uint32_t letter = (x / 9 * 31 + y / 20 * 17 + seed) * 2654435761u;
	uint32_t stroke = letter >> (x % 9 + y % 20 / 4 * 3) % 29 & 1u;

	if (y < 30) {
		return 0x3366cc;
	}
	return y % 20 < 14 && stroke ? 0x202020 + letter % 4 * 0x101010 : 0xffffff;
}

static uint32_t photo_pixel(uint32_t x, uint32_t y)
{
	uint32_t grain = (x * 7919u ^ y * 104729u) * 2654435761u;

	return (40 + x / 2 + (grain >> 30)) << 16 | (20 + y / 2 + (grain >> 28 & 3)) << 8 |
	       (90 + (x + y) / 5 + (grain >> 26 & 3));
}

static void draw(struct drive *drive, struct garasu_rect area, uint32_t seed, int is_photo)
{
	drive->header->sequence++;
	for (uint32_t y = area.y; y < area.y + area.height; y++) {
		for (uint32_t x = area.x; x < area.x + area.width; x++) {
			uint32_t pixel = is_photo ? photo_pixel(x, y) : text_pixel(x, y, seed);

			memcpy(drive_pixel(drive, x, y), &pixel, 4);
		}
	}
	drive->header->width = WIDTH;
	drive->header->height = HEIGHT;
	drive->header->damage_count = 1;
	drive->header->damage[0] = area;
	drive->header->sequence++;
	drive_news(drive);
}

/* ---- reading ---- */

static void take_zstd(struct drive *drive, const struct garasu_rect *area, struct look *look)
{
	size_t size = (size_t)area->width * area->height;
	ZSTD_outBuffer out = {planes, sizeof(planes), 0};
	ZSTD_inBuffer in = {payload, 0, 0};
	uint8_t length[4];

	drive_read(drive, length, sizeof(length));
	in.size = drive_get32(length);
	assert_in_range(in.size, 1, garasu_rfb_zstd_max(area->width, area->height));
	drive_read(drive, payload, in.size);
	assert_int_equal(ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)), 0);
	assert_int_equal(in.pos, in.size);
	assert_int_equal(out.pos, 3 * size);
	for (size_t at = 0; at < size; at++) {
		uint8_t *pixel = picture + ((area->y + at / area->width) * DRIVE_MAX_WIDTH +
						   area->x + at % area->width) *
						   4;

		pixel[1] = planes[at];
		pixel[0] = (uint8_t)(planes[size + at] + planes[at]);
		pixel[2] = (uint8_t)(planes[2 * size + at] + planes[at]);
	}
	look->zstd++;
	look->bytes += 4 + in.size;
}

static void take_copy(struct drive *drive, const struct garasu_rect *area, struct look *look)
{
	static uint8_t before[sizeof(picture)];
	uint8_t from[4];

	drive_read(drive, from, sizeof(from));
	memcpy(before, picture, sizeof(before));
	for (uint32_t y = 0; y < area->height; y++) {
		memcpy(picture + ((size_t)(area->y + y) * DRIVE_MAX_WIDTH + area->x) * 4,
			before + ((size_t)(drive_get16(from + 2) + y) * DRIVE_MAX_WIDTH +
					 drive_get16(from)) *
					 4,
			4u * area->width);
	}
	look->copies++;
	look->bytes += sizeof(from);
}

/* Tight is not painted: a JPEG is passed over, anything else ends the reading. */
static int take_tight(struct drive *drive, struct look *look)
{
	uint8_t bytes[4];
	size_t size = 0, shift = 0;

	drive_read(drive, bytes, 1);
	if (bytes[0] != 0x90) {
		look->others++;
		return 0;
	}
	do {
		drive_read(drive, bytes, 1);
		size |= (size_t)(shift < 14 ? bytes[0] & 0x7fu : bytes[0]) << shift;
		shift += 7;
	} while (shift < 21 && (bytes[0] & 0x80u) != 0);
	assert_in_range(size, 1, PAYLOAD_MAX);
	drive_read(drive, payload, size);
	look->jpeg++;
	look->bytes += size;
	return 1;
}

static struct look take(struct drive *drive, int is_incremental)
{
	struct look look = {0};
	uint8_t head[12];

	drive_request(drive, is_incremental);
	drive_read(drive, head, 4);
	look.count = drive_get16(head + 2);
	look.bytes = 4;
	for (uint32_t i = 0; i < look.count; i++) {
		struct garasu_rect area;
		int32_t encoding;

		drive_read(drive, head, sizeof(head));
		look.bytes += sizeof(head);
		encoding = (int32_t)drive_get32(head + 8);
		area = (struct garasu_rect){drive_get16(head), drive_get16(head + 2),
			drive_get16(head + 4), drive_get16(head + 6)};
		assert_in_range(area.x + area.width, 1, WIDTH);
		assert_in_range(area.y + area.height, 1, HEIGHT);
		if (encoding == GARASU_RFB_ENCODING_ZSTD) {
			take_zstd(drive, &area, &look);
		} else if (encoding == GARASU_RFB_COPY_RECT) {
			take_copy(drive, &area, &look);
		} else {
			assert_int_equal(encoding, GARASU_RFB_TIGHT);
			if (!take_tight(drive, &look)) {
				return look;
			}
		}
	}
	return look;
}

static void assert_exact(struct drive *drive)
{
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			assert_memory_equal(picture + ((size_t)y * DRIVE_MAX_WIDTH + x) * 4,
				drive_pixel(drive, x, y), 3);
		}
	}
}

static const struct garasu_rect all = {0, 0, WIDTH, HEIGHT};

static void start(struct drive *drive, const int32_t *encodings, uint16_t count, int is_photo)
{
	uint8_t init[30];

	memset(picture, 0, sizeof(picture));
	ZSTD_freeDCtx(stream);
	stream = ZSTD_createDCtx();
	assert_non_null(stream);
	drive_start(drive);
	draw(drive, all, 0, is_photo);
	drive_greet(drive, init);
	drive_encodings(drive, encodings, count);
}

#define COUNT(list) (uint16_t)(sizeof(list) / sizeof((list)[0]))

/* ---- facts ---- */

static void page_of_text_is_one_exact_rectangle(void **state)
{
	struct drive drive;
	struct look look;

	(void)state;
	start(&drive, ours, COUNT(ours), 0);
	look = take(&drive, 0);
	assert_exact(&drive);
	assert_int_equal(look.count, 1);
	assert_int_equal(look.zstd, 1);
	assert_in_range(look.bytes, 100, 6000); /* of 225,000 */
	drive_end(&drive);
}

static void stream_goes_on_and_remembers(void **state)
{
	struct drive drive;
	size_t first, again;

	(void)state;
	start(&drive, ours, COUNT(ours), 0);
	first = take(&drive, 0).bytes;
	draw(&drive, all, 12345, 0);
	(void)take(&drive, 1);
	assert_exact(&drive);
	draw(&drive, all, 0, 0); /* what the viewer had before */
	again = take(&drive, 1).bytes;
	assert_exact(&drive);
	assert_in_range(again, 20, first / 4);
	drive_end(&drive);
}

static void one_letter_costs_little(void **state)
{
	struct drive drive;
	struct look look;

	(void)state;
	start(&drive, ours, COUNT(ours), 0);
	(void)take(&drive, 0);
	for (uint32_t i = 0; i < 30; i++) {
		draw(&drive, (struct garasu_rect){i * 9, 140, 9, 14}, 1000 + i, 0);
		look = take(&drive, 1);
		assert_exact(&drive);
		assert_in_range(look.count, 1, 2);
		assert_in_range(look.bytes, 20, 200);
	}
	drive_end(&drive);
}

static void photograph_stays_jpeg_beside_exact_text(void **state)
{
	const struct garasu_rect photo = {64, 64, 128, 128};
	struct drive drive;
	struct look look;

	(void)state;
	start(&drive, ours, COUNT(ours), 0);
	(void)take(&drive, 0);
	draw(&drive, photo, 0, 1);
	look = take(&drive, 1);
	assert_int_equal(look.jpeg, 1);
	assert_int_equal(look.zstd, 0);
	assert_int_equal(look.others, 0);
	drive_end(&drive);
}

static void photograph_without_a_quality_is_exact(void **state)
{
	static const int32_t lossless[] = {GARASU_RFB_TIGHT, GARASU_RFB_ENCODING_ZSTD};
	struct drive drive;
	struct look look;

	(void)state;
	start(&drive, lossless, COUNT(lossless), 1);
	look = take(&drive, 0);
	assert_exact(&drive);
	assert_int_equal(look.zstd, look.count);
	drive_end(&drive);
}

static void set_format(struct drive *drive, uint8_t bits, uint8_t depth, uint8_t green_max,
	uint8_t red_shift, uint8_t green_shift)
{
	const uint8_t max = bits == 16 ? 31 : 255;
	const uint8_t bytes[20] = {GARASU_RFB_SET_PIXEL_FORMAT, 0, 0, 0, bits, depth, 0, 1, 0, max,
		0, green_max, 0, max, red_shift, green_shift, 0};
	uint8_t obeyed[4];

	drive_write(drive, bytes, sizeof(bytes));
	drive_read(drive, obeyed, sizeof(obeyed));
	assert_int_equal(obeyed[1], GARASU_RFB_SUB_OBEYED);
}

static void other_pixel_formats_get_tight(void **state)
{
	static const uint8_t formats[][5] = {
		{16, 16, 63, 11, 5}, {32, 24, 255, 8, 16}, {32, 32, 255, 16, 8}};

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct drive drive;
		struct look look;

		start(&drive, ours, COUNT(ours), 0);
		set_format(&drive, formats[i][0], formats[i][1], formats[i][2], formats[i][3],
			formats[i][4]);
		look = take(&drive, 0);
		assert_int_equal(look.zstd, 0);
		assert_int_equal(look.others, 1);
		drive_end(&drive);
	}
}

static void stream_outlives_a_viewer_that_changes_its_mind(void **state)
{
	static const int32_t raw[] = {GARASU_RFB_RAW};
	struct drive_update update;
	struct drive drive;

	(void)state;
	start(&drive, ours, COUNT(ours), 0);
	(void)take(&drive, 0);
	drive_encodings(&drive, raw, COUNT(raw));
	drive_request(&drive, 0);
	drive_update(&drive, picture, 4, &update);
	drive_encodings(&drive, ours, COUNT(ours));
	memset(picture, 0, sizeof(picture));
	assert_int_equal(take(&drive, 0).zstd, 1); /* decoded by the same stream */
	assert_exact(&drive);
	drive_end(&drive);
}

static void viewer_that_did_not_ask_gets_tight(void **state)
{
	static const int32_t standard[] = {GARASU_RFB_TIGHT, GARASU_RFB_ENCODING_GARASU};
	struct drive drive;
	uint8_t head[16];

	(void)state;
	start(&drive, standard, COUNT(standard), 0);
	drive_request(&drive, 0);
	drive_read(&drive, head, sizeof(head));
	assert_int_equal(drive_get32(head + 12), GARASU_RFB_ENCODING_GARASU);
	drive_read(&drive, head, 12 + 1); /* the caret */
	drive_read(&drive, head, 12);
	assert_int_equal(drive_get32(head + 8), GARASU_RFB_TIGHT);
	drive_end(&drive);
}

static void scrolled_text_is_copied_and_completed(void **state)
{
	const struct garasu_rect below = {0, 40, WIDTH, HEIGHT - 40};
	struct drive drive;
	struct look look;

	(void)state;
	start(&drive, ours, COUNT(ours), 0);
	(void)take(&drive, 0);
	drive.header->sequence++;
	memmove(drive_pixel(&drive, 0, 40), drive_pixel(&drive, 0, 57),
		(size_t)(HEIGHT - 57) * DRIVE_MAX_WIDTH * 4);
	drive.header->sequence++;
	draw(&drive, (struct garasu_rect){0, HEIGHT - 17, WIDTH, 17}, 777, 0);
	drive.header->damage[0] = below;
	look = take(&drive, 1);
	assert_exact(&drive);
	assert_in_range(look.bytes, 20, 3000);
	drive_end(&drive);
}

/* ---- the coder alone ---- */

static size_t memory_held(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void coding_takes_no_memory(void **state)
{
	struct zstd_coder coder;
	struct picture whole;
	struct garasu_buffer out;
	size_t before;

	(void)state;
	assert_int_equal(zstd_coder_init(&coder), 0);
	assert_int_equal(picture_init(&whole, 1280, 800), 0);
	picture_resize(&whole, 1280, 800);
	garasu_buffer_init(&out, 8u << 20);
	assert_non_null(garasu_buffer_reserve(&out, 7u << 20));
	before = memory_held();
	for (uint32_t i = 0; i < 8; i++) { /* 24 MB: three windows */
		const struct garasu_rect area = {0, 0, 1280, 800};

		for (size_t at = 0; at < 4u * 1280u * 800u; at++) {
			whole.pixels[at] = (uint8_t)((at * 2654435761u >> 16) * (i + 1));
		}
		assert_int_equal(zstd_coder_append(&coder, &whole, &area, &out), 0);
		assert_in_range(garasu_buffer_size(&out), 1, 16 + garasu_rfb_zstd_max(1280, 800));
		garasu_buffer_consume(&out, garasu_buffer_size(&out));
	}
	assert_in_range(memory_held(), 0, before);
	garasu_buffer_finish(&out);
	picture_finish(&whole);
	zstd_coder_finish(&coder);
}

static void full_buffer_is_an_error(void **state)
{
	const struct garasu_rect area = {0, 0, 64, 64};
	struct zstd_coder coder;
	struct picture whole;
	struct garasu_buffer out;

	(void)state;
	assert_int_equal(zstd_coder_init(&coder), 0);
	assert_int_equal(picture_init(&whole, 64, 64), 0);
	picture_resize(&whole, 64, 64);
	garasu_buffer_init(&out, 100);
	assert_int_equal(zstd_coder_append(&coder, &whole, &area, &out), -ENOBUFS);
	garasu_buffer_finish(&out);
	picture_finish(&whole);
	zstd_coder_finish(&coder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_of_text_is_one_exact_rectangle),
		cmocka_unit_test(stream_goes_on_and_remembers),
		cmocka_unit_test(one_letter_costs_little),
		cmocka_unit_test(photograph_stays_jpeg_beside_exact_text),
		cmocka_unit_test(photograph_without_a_quality_is_exact),
		cmocka_unit_test(other_pixel_formats_get_tight),
		cmocka_unit_test(stream_outlives_a_viewer_that_changes_its_mind),
		cmocka_unit_test(viewer_that_did_not_ask_gets_tight),
		cmocka_unit_test(scrolled_text_is_copied_and_completed),
		cmocka_unit_test(coding_takes_no_memory),
		cmocka_unit_test(full_buffer_is_an_error),
	};
	int failed;

	signal(SIGPIPE, SIG_IGN);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	ZSTD_freeDCtx(stream);
	return failed;
}
