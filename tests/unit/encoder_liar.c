/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A captured compositor beside a real encoder: what it writes into the frame memory chooses pixel
 * values and the few listed fields, and no other byte of the stream. The gateway's own filter
 * follows the stream and tells pixels from headers. */

#include "encoder_drive.h"

#include <wire/server.h>

#include <stdlib.h>

#define WIDTH 96u
#define HEIGHT 64u
#define STEPS 5
#define STREAM_MAX (1u << 20)

struct heard {
	struct wire_server filter;
	size_t size, head_size;
	uint8_t *stream; /* all of it */
	uint8_t *heads;  /* what is no pixel */
};

static struct heard honest, lying;
static const struct garasu_rect all = {0, 0, WIDTH, HEIGHT};

static void hear(struct heard *heard, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		int is_pixel = heard->filter.step == WIRE_SERVER_BODY;
		int pass;

		if (wire_server_follow(&heard->filter, &bytes[i], 1, &pass) != 1) {
			fail_msg("the gateway would refuse byte %zu, fault %u", heard->size,
				wire_server_fault(&heard->filter));
		}
		assert_in_range(heard->size, 0, STREAM_MAX - 1);
		heard->stream[heard->size++] = bytes[i];
		if (!is_pixel) {
			heard->heads[heard->head_size++] = bytes[i];
		}
	}
}

/* Reads to the end of one update. */
static void hear_update(struct drive *drive, struct heard *heard)
{
	uint64_t before = heard->filter.crossed[GARASU_CROSS_UPDATE];

	while (heard->filter.crossed[GARASU_CROSS_UPDATE] == before ||
		!wire_server_is_between(&heard->filter)) {
		struct pollfd wait = {.fd = drive->stream, .events = POLLIN};
		uint8_t bytes[4096];
		ssize_t got;

		assert_int_equal(poll(&wait, 1, DRIVE_DEADLINE_MS), 1);
		got = read(drive->stream, bytes, sizeof(bytes));
		assert_true(got > 0);
		hear(heard, bytes, (size_t)got);
	}
}

static void begin(
	struct drive *drive, struct heard *heard, const int32_t *encodings, uint16_t count)
{
	uint8_t init[30];

	heard->size = heard->head_size = 0;
	wire_server_init(&heard->filter, DRIVE_MAX_WIDTH, DRIVE_MAX_HEIGHT);
	drive_start(drive);
	drive_draw(drive, WIDTH, HEIGHT, all, 1);
	drive_greet(drive, init);
	hear(heard, init, sizeof(init));
	drive_encodings(drive, encodings, count);
	wire_server_ask_encodings(&heard->filter, encodings, count);
	drive_request(drive, 0);
	hear_update(drive, heard);
}

/* The same few changes of the picture each time, in pixels of the seed, with a lie beside each. */
static void play(struct heard *heard, uint32_t seed,
	void (*lie)(struct garasu_frame_header *header, uint32_t value), uint32_t value)
{
	static const int32_t encodings[] = {
		GARASU_RFB_RAW, GARASU_RFB_LED_STATE, GARASU_RFB_ENCODING_CARET};
	struct drive drive;

	begin(&drive, heard, encodings, 3);
	for (uint32_t i = 0; i < STEPS; i++) {
		struct garasu_rect area = {i * 17, i * 11, 20, 16};

		drive.header->sequence++;
		drive_fill(&drive, area, seed + i);
		drive.header->damage_count = 1;
		drive.header->damage[0] = area;
		if (lie != NULL) {
			lie(drive.header, value);
		}
		drive.header->sequence++;
		drive_news(&drive);
		drive_request(&drive, 1);
		hear_update(&drive, heard);
	}
	drive_end(&drive);
}

/* ---- lies about what carries nothing ---- */

static void lie_about_the_memory(struct garasu_frame_header *header, uint32_t value)
{
	header->magic = header->version = header->max_width = header->max_height = value;
}

static void lie_about_counts(struct garasu_frame_header *header, uint32_t value)
{
	header->scale = header->geometry_serial = header->frames_drawn = value;
}

/* This viewer asked for no pointer picture. */
static void lie_about_the_pointer(struct garasu_frame_header *header, uint32_t value)
{
	header->pointer_sequence += value;
	header->pointer_width = header->pointer_height = value;
	header->pointer_hot_x = header->pointer_hot_y = value;
}

static void lie_about_bits_and_caret(struct garasu_frame_header *header, uint32_t value)
{
	header->bits = value & ~(uint32_t)GARASU_FRAME_BITS_ALL;
	header->caret = (struct garasu_rect){value, value, value, value};
}

/* More than there is, all over and outside. */
static void lie_about_the_count_of_damage(struct garasu_frame_header *header, uint32_t value)
{
	header->damage_count = value <= GARASU_FRAME_DAMAGE_MAX ? 0 : value;
}

static void lie_about_damage(struct garasu_frame_header *header, uint32_t value)
{
	header->damage_count = GARASU_FRAME_DAMAGE_MAX;
	for (uint32_t i = 1; i < GARASU_FRAME_DAMAGE_MAX; i++) {
		header->damage[i] = (struct garasu_rect){
			i % 2 == 0 ? value : 0, i % 3 == 0 ? value : 0, value, value};
	}
}

static void lies_about_what_carries_nothing_change_no_byte(void **state)
{
	static void (*const lies[])(struct garasu_frame_header *, uint32_t) = {lie_about_the_memory,
		lie_about_counts, lie_about_the_pointer, lie_about_bits_and_caret,
		lie_about_the_count_of_damage, lie_about_damage};
	static const uint32_t values[] = {0, 1, 17, WIDTH, DRIVE_MAX_WIDTH + 1, 65535, 65536,
		0x7fffffffu, 0x80000000u, 0xffffffffu};

	(void)state;
	play(&honest, 2, NULL, 0);
	assert_in_range(honest.size, 4 * WIDTH * HEIGHT, STREAM_MAX);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
			play(&lying, 2, lies[i], values[j]);
			if (lying.size != honest.size ||
				memcmp(lying.stream, honest.stream, honest.size) != 0) {
				fail_msg("lie %zu, value %u: another stream, %zu of %zu bytes", i,
					values[j], lying.size, honest.size);
			}
		}
	}
}

/* ---- pixels ---- */

static void pixel_values_change_no_header(void **state)
{
	(void)state;
	play(&honest, 2, NULL, 0);
	for (uint32_t seed = 100; seed < 120; seed++) {
		play(&lying, seed, NULL, 0);
		assert_int_equal(lying.size, honest.size);
		assert_int_equal(lying.head_size, honest.head_size);
		assert_memory_equal(lying.heads, honest.heads, honest.head_size);
		assert_memory_not_equal(lying.stream, honest.stream, honest.size);
	}
}

/* ---- the fields that do carry ---- */

/* Asks until an update has the pointer picture of the newest frame: it was taken. */
static void hear_until_taken(struct drive *drive)
{
	uint64_t before = lying.filter.crossed[GARASU_CROSS_RECT_POINTER];

	for (int asked = 0; lying.filter.crossed[GARASU_CROSS_RECT_POINTER] == before; asked++) {
		assert_in_range(asked, 0, 10000);
		lying.size = lying.head_size = 0;
		drive_request(drive, 0);
		hear_update(drive, &lying);
	}
}

/* Every field at once, and a viewer that takes everything: what comes is listed, and within. */
static void any_lie_comes_out_as_listed_messages_within_bounds(void **state)
{
	static const int32_t encodings[] = {GARASU_RFB_TIGHT, GARASU_RFB_COPY_RECT,
		GARASU_RFB_RICH_CURSOR, GARASU_RFB_CURSOR_WITH_ALPHA, GARASU_RFB_LED_STATE,
		GARASU_RFB_EXTENDED_DESKTOP_SIZE, GARASU_RFB_ENCODING_CARET,
		GARASU_RFB_ENCODING_GARASU};
	struct drive drive;
	uint32_t random = 7;

	(void)state;
	begin(&drive, &lying, encodings, 8);
	for (int round = 0; round < 200; round++) {
		uint32_t sequence = drive.header->sequence;
		uint8_t *bytes = drive.memory;

		for (size_t i = 0; i < sizeof(struct garasu_frame_header); i++) {
			random = random * 1664525u + 1013904223u;
			bytes[i] = (uint8_t)(random >> (random >> 29) & 0xffu);
		}
		drive.header->pointer_sequence = (uint32_t)round + 100;
		drive.header->sequence = sequence + 2;
		drive_news(&drive);
		hear_until_taken(&drive);
		assert_in_range(lying.filter.width, 1, DRIVE_MAX_WIDTH);
		assert_in_range(lying.filter.height, 1, DRIVE_MAX_HEIGHT);
	}
	assert_in_range(lying.filter.crossed[GARASU_CROSS_RECT_POINTER], 200, 1000);
	assert_in_range(lying.filter.crossed[GARASU_CROSS_RECT_SIZE], 2, 1000);
	assert_int_equal(lying.filter.crossed[GARASU_CROSS_SERVER_FENCE], 0);
	assert_int_equal(lying.filter.crossed[GARASU_CROSS_END_CONTINUOUS], 0);
	drive_end(&drive);
}

static int make_room(void **state)
{
	(void)state;
	honest.stream = malloc(STREAM_MAX);
	honest.heads = malloc(STREAM_MAX);
	lying.stream = malloc(STREAM_MAX);
	lying.heads = malloc(STREAM_MAX);
	return honest.stream == NULL || honest.heads == NULL || lying.stream == NULL ||
	       lying.heads == NULL;
}

static int free_room(void **state)
{
	(void)state;
	free(honest.stream);
	free(honest.heads);
	free(lying.stream);
	free(lying.heads);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lies_about_what_carries_nothing_change_no_byte),
		cmocka_unit_test(pixel_values_change_no_header),
		cmocka_unit_test(any_lie_comes_out_as_listed_messages_within_bounds),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_room, free_room);
}
