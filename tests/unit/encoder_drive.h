/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_ENCODER_DRIVE_H
#define TESTS_ENCODER_DRIVE_H

/* Drives the real garasu-encoder: the test is its compositor, its gateway and its supervisor. Every
 * wait has a deadline and fails the test there. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "garasu/control.h"
#include "garasu/frame.h"
#include "garasu/heritage.h"
#include "garasu/input.h"
#include "garasu/rfb.h"
#include "garasu/settings.h"

#include <base/control.h>
#include <base/descriptor.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRIVE_DEADLINE_MS 20000
#define DRIVE_MAX_WIDTH 320u
#define DRIVE_MAX_HEIGHT 256u

struct drive {
	pid_t pid;
	int control, stream, news, input; /* the test's ends */
	uint8_t *memory;
	struct garasu_frame_header *header;
};

static inline struct garasu_encoder_settings drive_settings(void)
{
	return (struct garasu_encoder_settings){.max_width = DRIVE_MAX_WIDTH,
		.max_height = DRIVE_MAX_HEIGHT,
		.rate_input = 0,
		.jpeg_quality = 80,
		.refine_ms = 0};
}

/* Makes the frame memory. Returns a descriptor that only reads; the test keeps the mapping. */
static inline int drive_memory(struct drive *drive)
{
	size_t size = garasu_frame_bytes(DRIVE_MAX_WIDTH, DRIVE_MAX_HEIGHT);
	int memory = memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char path[32];
	int reader;

	assert_true(memory >= 0);
	assert_int_equal(ftruncate(memory, (off_t)size), 0);
	assert_int_equal(fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
	drive->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	assert_true(drive->memory != MAP_FAILED);
	drive->header = (struct garasu_frame_header *)drive->memory;
	drive->header->magic = GARASU_FRAME_MAGIC;
	drive->header->version = GARASU_FRAME_VERSION;
	drive->header->max_width = DRIVE_MAX_WIDTH;
	drive->header->max_height = DRIVE_MAX_HEIGHT;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	reader = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(reader >= 0);
	close(memory);
	return reader;
}

/* In the child: heritage from 3 on, everything else closed by the role itself. */
static inline void drive_exec(const int *ends, int count)
{
	int moved[8];

	for (int i = 0; i < count; i++) {
		moved[i] = fcntl(ends[i], F_DUPFD_CLOEXEC, 32);
	}
	for (int i = 0; i < count; i++) {
		dup2(moved[i], GARASU_FD_CONTROL + i);
	}
	execl(GARASU_BINARIES "/garasu-encoder", "garasu-encoder", (char *)NULL);
	_exit(127);
}

static inline void drive_start_with(
	struct drive *drive, const struct garasu_encoder_settings *settings)
{
	int control[2], stream[2], news[2], input[2];
	int ends[6];

	assert_int_equal(garasu_control_pair(control), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream), 0);
	assert_int_equal(pipe2(news, O_CLOEXEC), 0);
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	ends[0] = control[1];
	ends[1] = stream[1];
	ends[2] = drive->memory == NULL ? drive_memory(drive) : -1;
	ends[3] = news[0];
	ends[4] = input[1];
	ends[5] = garasu_fd_sealed("settings", settings, sizeof(*settings));
	assert_true(ends[5] >= 0);
	drive->control = control[0];
	drive->stream = stream[0];
	drive->news = news[1];
	drive->input = input[0];
	drive->pid = fork();
	assert_true(drive->pid >= 0);
	if (drive->pid == 0) {
		drive_exec(ends, 6);
	}
	for (int i = 0; i < 6; i++) {
		close(ends[i]);
	}
}

static inline void drive_start(struct drive *drive)
{
	const struct garasu_encoder_settings settings = drive_settings();

	*drive = (struct drive){0};
	drive_start_with(drive, &settings);
}

/* Waits for the end of the process. Returns its exit code; a signal fails the test. */
static inline int drive_wait(struct drive *drive)
{
	int status = 0;

	assert_int_equal(waitpid(drive->pid, &status, 0), drive->pid);
	assert_true(WIFEXITED(status));
	close(drive->control);
	close(drive->stream);
	close(drive->news);
	close(drive->input);
	munmap(drive->memory, garasu_frame_bytes(DRIVE_MAX_WIDTH, DRIVE_MAX_HEIGHT));
	return WEXITSTATUS(status);
}

/* The viewer goes; the encoder must end well. */
static inline void drive_end(struct drive *drive)
{
	shutdown(drive->stream, SHUT_RDWR);
	assert_int_equal(drive_wait(drive), 0);
}

/* ---- the stream ---- */

static inline void drive_read_from(int fd, void *bytes, size_t size)
{
	uint8_t *place = bytes;

	while (size > 0) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		ssize_t got;

		assert_int_equal(poll(&wait, 1, DRIVE_DEADLINE_MS), 1);
		got = read(fd, place, size);
		assert_true(got > 0);
		place += got;
		size -= (size_t)got;
	}
}

static inline void drive_read(struct drive *drive, void *bytes, size_t size)
{
	drive_read_from(drive->stream, bytes, size);
}

static inline void drive_write(struct drive *drive, const void *bytes, size_t size)
{
	assert_int_equal(garasu_fd_write_all(drive->stream, bytes, size), 0);
}

static inline void drive_put16(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static inline uint32_t drive_get16(const uint8_t *bytes)
{
	return (uint32_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t drive_get32(const uint8_t *bytes)
{
	return drive_get16(bytes) << 16 | drive_get16(bytes + 2);
}

/* ClientInit; reads ServerInit's 30 bytes. */
static inline void drive_greet(struct drive *drive, uint8_t init[30])
{
	drive_write(drive, "\1", 1);
	drive_read(drive, init, 30);
}

static inline void drive_encodings(struct drive *drive, const int32_t *list, uint16_t count)
{
	uint8_t bytes[4 + 4 * 64] = {GARASU_RFB_SET_ENCODINGS};

	drive_put16(bytes + 2, count);
	for (unsigned i = 0; i < count; i++) {
		drive_put16(bytes + 4 + 4 * i, (uint32_t)list[i] >> 16);
		drive_put16(bytes + 6 + 4 * i, (uint32_t)list[i]);
	}
	drive_write(drive, bytes, 4u + 4u * count);
}

static inline void drive_request(struct drive *drive, int is_incremental)
{
	uint8_t bytes[10] = {GARASU_RFB_UPDATE_REQUEST, (uint8_t)is_incremental};

	drive_put16(bytes + 6, DRIVE_MAX_WIDTH);
	drive_put16(bytes + 8, DRIVE_MAX_HEIGHT);
	drive_write(drive, bytes, sizeof(bytes));
}

/* Asks for a fence and waits for its answer: everything said before was heard. */
static inline void drive_fence(struct drive *drive)
{
	static const uint8_t ask[13] = {
		GARASU_RFB_CLIENT_FENCE, 0, 0, 0, 0x80, 0, 0, 1, 4, 'f', 'e', 'n', 'c'};
	static const uint8_t answer[13] = {
		GARASU_RFB_SERVER_FENCE, 0, 0, 0, 0, 0, 0, 1, 4, 'f', 'e', 'n', 'c'};
	uint8_t got[13];

	drive_write(drive, ask, sizeof(ask));
	drive_read(drive, got, sizeof(got));
	assert_memory_equal(got, answer, sizeof(answer));
}

/* What an update held. */
struct drive_update {
	uint32_t count; /* rectangles */
	struct garasu_rect areas[64];
	int32_t encodings[64];
	uint8_t last_body[16]; /* payload of the last rectangle of a pseudo-encoding */
};

static inline uint32_t drive_body_bytes(int32_t encoding)
{
	switch (encoding) {
	case GARASU_RFB_EXTENDED_DESKTOP_SIZE:
		return 20;
	case GARASU_RFB_LED_STATE:
	case GARASU_RFB_ENCODING_CARET:
		return 1;
	case GARASU_RFB_DESKTOP_SIZE:
	case GARASU_RFB_QEMU_EXTENDED_KEY:
	case GARASU_RFB_ENCODING_GARASU:
		return 0;
	default:
		fail_msg("encoding %d", encoding);
		return 0;
	}
}

/* As RFC 6143 §7.7.2 has it: the whole source is read before the first pixel is written. */
static inline void drive_copy(
	struct drive *drive, uint8_t *picture, uint32_t pixel_bytes, const struct garasu_rect *area)
{
	static uint8_t source[DRIVE_MAX_HEIGHT][DRIVE_MAX_WIDTH * 4];
	size_t size = (size_t)area->width * pixel_bytes;
	uint8_t from[4];

	drive_read(drive, from, sizeof(from));
	assert_in_range(drive_get16(from) + area->width, 1, DRIVE_MAX_WIDTH);
	assert_in_range(drive_get16(from + 2) + area->height, 1, DRIVE_MAX_HEIGHT);
	for (uint32_t y = 0; y < area->height; y++) {
		size_t row = (drive_get16(from + 2) + y) * (size_t)DRIVE_MAX_WIDTH;

		memcpy(source[y], picture + (row + drive_get16(from)) * pixel_bytes, size);
	}
	for (uint32_t y = 0; y < area->height; y++) {
		memcpy(picture + ((area->y + y) * (size_t)DRIVE_MAX_WIDTH + area->x) * pixel_bytes,
			source[y], size);
	}
}

/* Reads one update of Raw rectangles (of pixel_bytes a pixel), copies, and pseudo-encodings without
 * pixels, and paints it into picture: rows of DRIVE_MAX_WIDTH pixels. */
static inline void drive_update(
	struct drive *drive, uint8_t *picture, uint32_t pixel_bytes, struct drive_update *update)
{
	uint8_t head[12];

	drive_read(drive, head, 4);
	assert_int_equal(head[0], GARASU_RFB_UPDATE);
	update->count = drive_get16(head + 2);
	assert_in_range(update->count, 1, 64);
	for (uint32_t i = 0; i < update->count; i++) {
		struct garasu_rect *area = &update->areas[i];

		drive_read(drive, head, 12);
		*area = (struct garasu_rect){drive_get16(head), drive_get16(head + 2),
			drive_get16(head + 4), drive_get16(head + 6)};
		update->encodings[i] = (int32_t)drive_get32(head + 8);
		if (update->encodings[i] == GARASU_RFB_COPY_RECT) {
			drive_copy(drive, picture, pixel_bytes, area);
			continue;
		}
		if (update->encodings[i] != GARASU_RFB_RAW) {
			uint8_t body[20] = {0};
			uint32_t size = drive_body_bytes(update->encodings[i]);

			drive_read(drive, body, size);
			memcpy(update->last_body, body, sizeof(update->last_body));
			continue;
		}
		assert_in_range(area->x + area->width, 1, DRIVE_MAX_WIDTH);
		assert_in_range(area->y + area->height, 1, DRIVE_MAX_HEIGHT);
		for (uint32_t y = area->y; y < area->y + area->height; y++) {
			drive_read(drive,
				picture + ((size_t)y * DRIVE_MAX_WIDTH + area->x) * pixel_bytes,
				(size_t)area->width * pixel_bytes);
		}
	}
}

/* ---- the frame memory ---- */

static inline uint8_t *drive_pixel(struct drive *drive, uint32_t x, uint32_t y)
{
	return drive->memory + GARASU_FRAME_PIXELS_OFFSET + 4u * ((size_t)y * DRIVE_MAX_WIDTH + x);
}

static inline void drive_fill(struct drive *drive, struct garasu_rect area, uint32_t seed)
{
	for (uint32_t y = area.y; y < area.y + area.height; y++) {
		for (uint32_t x = area.x; x < area.x + area.width; x++) {
			uint32_t pixel = (x * 7919u ^ y * 104729u ^ seed * 15485863u) & 0xffffffu;

			memcpy(drive_pixel(drive, x, y), &pixel, 4);
		}
	}
}

static inline void drive_news(struct drive *drive)
{
	assert_int_equal(write(drive->news, "n", 1), 1);
}

/* One drawn frame: area gets new pixels and is the damage. */
static inline void drive_draw(struct drive *drive, uint32_t width, uint32_t height,
	struct garasu_rect area, uint32_t seed)
{
	drive->header->sequence++;
	drive_fill(drive, area, seed);
	drive->header->width = width;
	drive->header->height = height;
	drive->header->damage_count = 1;
	drive->header->damage[0] = area;
	drive->header->sequence++;
	drive_news(drive);
}

/* ---- the input pipe ---- */

static inline uint8_t drive_input(struct drive *drive)
{
	struct garasu_input record;

	drive_read_from(drive->input, &record, sizeof(record));
	return record.type;
}

/* How many records wait there. */
static inline int drive_inputs_waiting(struct drive *drive)
{
	struct garasu_input records[64];
	ssize_t got;

	assert_int_equal(garasu_fd_set_nonblocking(drive->input, 1), 0);
	got = read(drive->input, records, sizeof(records));
	assert_int_equal(garasu_fd_set_nonblocking(drive->input, 0), 0);
	return got < 0 ? 0 : (int)((size_t)got / sizeof(records[0]));
}

#endif
