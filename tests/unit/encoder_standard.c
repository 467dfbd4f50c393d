/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a decoder that nobody here wrote (libvncclient) makes of Tight, JPEG and ZRLE. */

#include "encoder_drive.h"

#include <math.h>
#include <rfb/rfbclient.h>
#include <stdlib.h>
#include <turbojpeg.h>

#define WIDTH 300u
#define HEIGHT 250u
#define FINE_DB 35 /* of noise: the hardest picture */

struct look {
	const char *encodings;
	int quality; /* -1: no JPEG */
	int bits;
};

/* Lines, flat colour and a few letters' worth of strokes. */
static void draw_text(struct drive *drive, uint32_t seed)
{
	drive->header->sequence++;
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t stroke = (x * 5 + y * 3 + seed) % 11 < 3 && y % 20 < 14;
			uint32_t pixel = y < 60 ? 0x3366cc : stroke ? 0x222222 : 0xffffff;

			memcpy(drive_pixel(drive, x, y), &pixel, 4);
		}
	}
	drive->header->sequence++;
}

/* Soft colours with grain. */
static void draw_photo(struct drive *drive)
{
	uint32_t random = 1;

	drive->header->sequence++;
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t red, green, blue, pixel;

			random = random * 1664525u + 1013904223u;
			red = 20 + x / 2 + (random >> 27);
			green = 20 + y / 2 + (random >> 22 & 31);
			blue = 90 + (x + y) / 5 + (random >> 17 & 31);
			pixel = red << 16 | green << 8 | blue;
			memcpy(drive_pixel(drive, x, y), &pixel, 4);
		}
	}
	drive->header->sequence++;
}

static rfbClient *connect_client(struct drive *drive, const struct look *look)
{
	rfbClient *client = look->bits == 32 ? rfbGetClient(8, 3, 4) : rfbGetClient(5, 3, 2);
	uint8_t init[30], obeyed[4];

	assert_non_null(client);
	drive_greet(drive, init);
	client->sock = drive->stream;
	memset(&client->supportedMessages, 0xff, sizeof(client->supportedMessages));
	client->width = client->si.framebufferWidth = WIDTH;
	client->height = client->si.framebufferHeight = HEIGHT;
	client->appData.encodingsString = look->encodings;
	client->appData.enableJPEG = look->quality >= 0;
	client->appData.qualityLevel = look->quality;
	client->appData.compressLevel = 1;
	assert_int_equal(client->MallocFrameBuffer(client), TRUE);
	memset(client->frameBuffer, 0, (size_t)WIDTH * HEIGHT * (size_t)look->bits / 8);
	assert_int_equal(SetFormatAndEncodings(client), TRUE);
	drive_read(drive, obeyed, sizeof(obeyed)); /* the gateway's filter takes it out */
	assert_int_equal(obeyed[1], GARASU_RFB_SUB_OBEYED);
	assert_int_equal(SendFramebufferUpdateRequest(client, 0, 0, WIDTH, HEIGHT, FALSE), TRUE);
	return client;
}

static void close_client(struct drive *drive, rfbClient *client)
{
	client->sock = -1;           /* the drive's */
	if (client->tjhnd != NULL) { /* the library forgets it */
		tjDestroy(client->tjhnd);
	}
	free(client->frameBuffer);
	client->frameBuffer = NULL;
	rfbClientCleanup(client);
	drive_end(drive);
}

static void handle_message(rfbClient *client)
{
	if (client->buffered == 0) { /* else the library has it already and waits for more */
		assert_int_equal(WaitForMessage(client, DRIVE_DEADLINE_MS * 1000), 1);
	}
	assert_int_equal(HandleRFBServerMessage(client), TRUE);
}

/* The largest difference of a channel. */
static int difference(struct drive *drive, const rfbClient *client)
{
	int largest = 0;

	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			const uint8_t *theirs = client->frameBuffer + 4u * (y * WIDTH + x);
			const uint8_t *ours = drive_pixel(drive, x, y); /* B G R against R G B */

			for (int i = 0; i < 3; i++) {
				int apart = abs(theirs[i] - ours[2 - i]);

				largest = apart > largest ? apart : largest;
			}
		}
	}
	return largest;
}

/* Peak signal to noise, dB; 99 for equal pictures. */
static double psnr(struct drive *drive, const rfbClient *client)
{
	double sum = 0;

	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			const uint8_t *theirs = client->frameBuffer + 4u * (y * WIDTH + x);
			const uint8_t *ours = drive_pixel(drive, x, y);

			for (int i = 0; i < 3; i++) {
				sum += (theirs[i] - ours[2 - i]) * (theirs[i] - ours[2 - i]);
			}
		}
	}
	return sum > 0 ? 10 * log10(255.0 * 255.0 * WIDTH * HEIGHT * 3 / sum) : 99;
}

static void start_with(struct drive *drive, enum garasu_refine policy, uint32_t refine_ms)
{
	struct garasu_encoder_settings settings = drive_settings();

	*drive = (struct drive){0};
	settings.refine = policy;
	settings.refine_ms = refine_ms;
	drive_start_with(drive, &settings);
	drive->header->width = WIDTH;
	drive->header->height = HEIGHT;
}

static void start(struct drive *drive, uint32_t refine_ms)
{
	start_with(drive, GARASU_REFINE_EXACT, refine_ms);
}

static void assert_exact(const struct look *look, int is_photo)
{
	struct drive drive;
	rfbClient *client;

	start(&drive, 0);
	if (is_photo) {
		draw_photo(&drive);
	} else {
		draw_text(&drive, 0);
	}
	client = connect_client(&drive, look);
	do {
		handle_message(client);
	} while (difference(&drive, client) > 0);
	for (uint32_t seed = 1; seed < 4; seed++) { /* the streams carry over */
		draw_text(&drive, seed);
		drive_news(&drive);
		while (difference(&drive, client) > 0) {
			handle_message(client);
		}
	}
	close_client(&drive, client);
}

static void tight_is_exact(void **state)
{
	const struct look look = {"tight", -1, 32};

	(void)state;
	assert_exact(&look, 0);
	assert_exact(&look, 1);
}

/* ---- copies ---- */

/* A window onto a page of which no two lines are equal. */
static void draw_page(struct drive *drive, uint32_t offset)
{
	drive->header->sequence++;
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t line = (y + offset) / 12, row = (y + offset) % 12;
			uint32_t hash = (line * 7919u + x / 7 * 104729u + row) * 2654435761u;
			uint32_t pixel = row < 9 && x % 7 < 6 && (hash >> 20 & 3u) == 0 ? 0x202020
											: 0xffffff;

			memcpy(drive_pixel(drive, x, y), &pixel, 4);
		}
	}
	drive->header->sequence++;
	drive_news(drive);
}

static uint32_t copied; /* pixels; the library's callback has no place for it */
static GotCopyRectProc copy_as_usual;

static void count_copy(
	rfbClient *client, int from_x, int from_y, int width, int height, int x, int y)
{
	copied += (uint32_t)(width * height);
	copy_as_usual(client, from_x, from_y, width, height, x, y);
}

static void assert_copies(const char *encodings)
{
	const struct look look = {encodings, -1, 32};
	struct drive drive;
	rfbClient *client;

	copied = 0;
	start(&drive, 0);
	draw_page(&drive, 0);
	client = connect_client(&drive, &look);
	copy_as_usual = client->GotCopyRect;
	client->GotCopyRect = count_copy;
	do {
		handle_message(client);
	} while (difference(&drive, client) > 0);
	assert_int_equal(copied, 0);
	for (uint32_t step = 1; step <= 20; step++) {
		draw_page(&drive, step % 2 * 50 + step * 3);
		while (difference(&drive, client) > 0) {
			handle_message(client);
		}
	}
	assert_in_range(copied, WIDTH * HEIGHT * 10, WIDTH * HEIGHT * 20);
	close_client(&drive, client);
}

static void scrolling_comes_as_copies_and_is_exact(void **state)
{
	(void)state;
	assert_copies("copyrect tight");
	assert_copies("copyrect zrle");
	assert_copies("copyrect raw");
}

/* ---- JPEG ---- */

static void tight_with_jpeg_keeps_text_exact(void **state)
{
	const struct look look = {"tight", 5, 32};

	(void)state;
	assert_exact(&look, 0);
}

static void zrle_is_exact(void **state)
{
	const struct look look = {"zrle", -1, 32};

	(void)state;
	assert_exact(&look, 0);
	assert_exact(&look, 1);
}

static const struct look with_jpeg = {"copyrect tight", 6, 32};

/* Takes messages until the picture is at least so good. Returns how good the first was. */
static double take_until(struct drive *drive, rfbClient *client, double wanted)
{
	double first;

	while (psnr(drive, client) < 20) { /* still black: messages without pixels */
		handle_message(client);
	}
	first = psnr(drive, client);
	while (psnr(drive, client) < wanted) {
		handle_message(client);
	}
	return first;
}

static void photograph_comes_as_jpeg_and_rests_exact(void **state)
{
	struct drive drive;
	rfbClient *client;
	double first;

	(void)state;
	start(&drive, 1);
	draw_photo(&drive);
	client = connect_client(&drive, &with_jpeg);
	first = take_until(&drive, client, 99);
	assert_in_range((int)first, 25, 32);
	assert_int_equal(difference(&drive, client), 0);
	close_client(&drive, client);
}

/* What the supervisor was told last, of an encoder that has ended. */
static uint64_t frames_told(int control)
{
	struct garasu_encoder_statistics told = {0};
	struct garasu_control record;

	while (garasu_control_receive(control, &record, 0) == 1) {
		assert_int_equal(record.header.type, GARASU_ENCODER_STATISTICS);
		memcpy(&told, record.payload, sizeof(told));
	}
	close(control);
	assert_int_not_equal(told.refine_bytes, 0);
	return told.frames;
}

static void refinement_is_no_frame(void **state)
{
	struct drive drive;
	rfbClient *client;
	int control;

	(void)state;
	start(&drive, 1);
	draw_photo(&drive);
	client = connect_client(&drive, &with_jpeg);
	take_until(&drive, client, 99);
	control = dup(drive.control);
	close_client(&drive, client);
	assert_int_equal(frames_told(control), 1);
}

/* The next thing to come is what is asked for: no better picture. */
static void assert_nothing_more(struct drive *drive, rfbClient *client)
{
	double good = psnr(drive, client);

	draw_text(drive, 1);
	drive_news(drive);
	handle_message(client);
	assert_true(good < 99);
	assert_int_equal(difference(drive, client), 0);
}

static void photograph_refined_to_fine_has_all_its_colour_and_stays_so(void **state)
{
	struct drive drive;
	rfbClient *client;
	double first;

	(void)state;
	start_with(&drive, GARASU_REFINE_FINE, 1);
	draw_photo(&drive);
	client = connect_client(&drive, &with_jpeg);
	first = take_until(&drive, client, FINE_DB);
	assert_in_range((int)first, 25, 32);
	assert_nothing_more(&drive, client);
	close_client(&drive, client);
}

static void photograph_that_is_not_refined_stays_as_it_came(void **state)
{
	struct drive drive;
	rfbClient *client;

	(void)state;
	start_with(&drive, GARASU_REFINE_OFF, 1);
	draw_photo(&drive);
	client = connect_client(&drive, &with_jpeg);
	assert_in_range((int)take_until(&drive, client, 25), 25, 32);
	assert_nothing_more(&drive, client);
	close_client(&drive, client);
}

/* Moves all up, with what it shows below. */
static void scroll_photo(struct drive *drive, uint32_t distance)
{
	drive->header->sequence++;
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH && y + distance < HEIGHT; x++) {
			memcpy(drive_pixel(drive, x, y), drive_pixel(drive, x, y + distance), 4);
		}
		for (uint32_t x = 0; x < WIDTH && y + distance >= HEIGHT; x++) {
			uint32_t grain = (x * 7919u ^ (y + distance) * 104729u) * 2654435761u;
			uint32_t pixel = (60 + x / 3 + (grain >> 29)) << 16 | 0x5060u;

			memcpy(drive_pixel(drive, x, y), &pixel, 4);
		}
	}
	drive->header->sequence++;
	drive_news(drive);
}

/* The law of copies: whatever was moved while it was lossy, or half refined, ends exact. */
static void lossy_picture_that_moves_rests_exact(void **state)
{
	struct drive drive;
	rfbClient *client;

	(void)state;
	start(&drive, 1);
	draw_photo(&drive);
	client = connect_client(&drive, &with_jpeg);
	(void)take_until(&drive, client, 25);
	for (uint32_t distance = 1; distance < 90; distance += 11) {
		scroll_photo(&drive, distance);
		handle_message(client);
		if (distance % 2 == 0) { /* at rest in between */
			(void)take_until(&drive, client, 99);
		}
	}
	(void)take_until(&drive, client, 99);
	assert_int_equal(difference(&drive, client), 0);
	close_client(&drive, client);
}

/* White that was JPEG is white again as soon as text stands on it, though no pixel of it changed.
 */
static void text_over_what_was_a_photograph_is_exact_at_once(void **state)
{
	struct drive drive;
	rfbClient *client;

	(void)state;
	start_with(&drive, GARASU_REFINE_OFF, 1);
	draw_photo(&drive);
	for (uint32_t y = 0; y < HEIGHT; y++) { /* a part of each tile is as the text will be */
		memset(drive_pixel(&drive, 0, y), 0xff, 4u * 20);
	}
	client = connect_client(&drive, &with_jpeg);
	(void)take_until(&drive, client, 25);
	draw_text(&drive, 0);
	drive_news(&drive);
	while (difference(&drive, client) > 0) {
		handle_message(client);
	}
	close_client(&drive, client);
}

static void tight_of_16_bits_is_exact_in_them(void **state)
{
	const struct look look = {"tight", -1, 16};
	struct drive drive;
	rfbClient *client;
	int is_equal;

	(void)state;
	start(&drive, 0);
	draw_text(&drive, 0);
	client = connect_client(&drive, &look);
	do {
		const uint16_t *theirs;

		handle_message(client);
		theirs = (const uint16_t *)(const void *)client->frameBuffer;
		is_equal = 1;
		for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
			const uint8_t *ours = drive_pixel(&drive, i % WIDTH, i / WIDTH);
			const rfbPixelFormat *format = &client->format;
			uint32_t expected =
				(ours[2] * format->redMax + 127u) / 255u << format->redShift |
				(ours[1] * format->greenMax + 127u) / 255u << format->greenShift |
				(ours[0] * format->blueMax + 127u) / 255u << format->blueShift;

			is_equal &= theirs[i] == expected;
		}
	} while (!is_equal);
	close_client(&drive, client);
}

static void ignore_line(const char *format, ...)
{
	(void)format;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tight_is_exact),
		cmocka_unit_test(scrolling_comes_as_copies_and_is_exact),
		cmocka_unit_test(tight_with_jpeg_keeps_text_exact),
		cmocka_unit_test(zrle_is_exact),
		cmocka_unit_test(photograph_comes_as_jpeg_and_rests_exact),
		cmocka_unit_test(refinement_is_no_frame),
		cmocka_unit_test(photograph_refined_to_fine_has_all_its_colour_and_stays_so),
		cmocka_unit_test(photograph_that_is_not_refined_stays_as_it_came),
		cmocka_unit_test(lossy_picture_that_moves_rests_exact),
		cmocka_unit_test(text_over_what_was_a_photograph_is_exact_at_once),
		cmocka_unit_test(tight_of_16_bits_is_exact_in_them),
	};

	rfbClientLog = ignore_line;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
