/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_LOAD_DRIVE_H
#define TESTS_LOAD_DRIVE_H

/* The test is the load tool's server: RFB without TLS, whose whole handshake waits in the socket.
 * It reads nothing of what it is told. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "code.h"

#include <base/descriptor.h>
#include <garasu/rfb.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DRIVE_DEADLINE_MS 20000
#define DRIVE_WIDTH 640u
#define DRIVE_HEIGHT 480u

struct drive {
	int listener, stream;
	struct sockaddr_in address;
};

static inline void drive_listen(struct drive *drive)
{
	socklen_t size = sizeof(drive->address);

	*drive = (struct drive){.stream = -1,
		.address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
	drive->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(drive->listener >= 0);
	assert_int_equal(
		bind(drive->listener, (struct sockaddr *)&drive->address, sizeof(drive->address)),
		0);
	assert_int_equal(listen(drive->listener, 8), 0);
	assert_int_equal(
		getsockname(drive->listener, (struct sockaddr *)&drive->address, &size), 0);
}

static inline void drive_accept(struct drive *drive)
{
	struct pollfd wait = {.fd = drive->listener, .events = POLLIN};

	assert_int_equal(poll(&wait, 1, DRIVE_DEADLINE_MS), 1);
	drive->stream = accept4(drive->listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(drive->stream >= 0);
}

static inline void drive_finish(struct drive *drive)
{
	garasu_fd_close(&drive->stream);
	garasu_fd_close(&drive->listener);
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

/* Everything up to ServerInit, which has this size. */
static inline void drive_greet(struct drive *drive, uint32_t width, uint32_t height)
{
	static const uint8_t handshake[18] = {
		'R', 'F', 'B', ' ', '0', '0', '3', '.', '0', '0', '8', '\n', 1, 1, 0, 0, 0, 0};
	uint8_t init[24] = {[4] = 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0};

	drive_put16(init, width);
	drive_put16(init + 2, height);
	drive_write(drive, handshake, sizeof(handshake));
	drive_write(drive, init, sizeof(init));
}

/* The head of an update of one rectangle. */
static inline size_t drive_head(
	uint8_t out[16], uint32_t x, uint32_t y, uint32_t width, uint32_t height, int32_t encoding)
{
	memset(out, 0, 4);
	out[3] = 1;
	drive_put16(out + 4, x);
	drive_put16(out + 6, y);
	drive_put16(out + 8, width);
	drive_put16(out + 10, height);
	drive_put16(out + 12, (uint32_t)encoding >> 16);
	drive_put16(out + 14, (uint32_t)encoding);
	return 16;
}

static inline void drive_cell(uint8_t *row, uint32_t cell, uint32_t rgb)
{
	for (uint32_t x = cell * CODE_CELL; x < (cell + 1) * CODE_CELL; x++) {
		row[x * 4] = (uint8_t)rgb;
		row[x * 4 + 1] = (uint8_t)(rgb >> 8);
		row[x * 4 + 2] = (uint8_t)(rgb >> 16);
		row[x * 4 + 3] = 0;
	}
}

/* Shows a strip there, as a Raw rectangle. */
static inline void drive_strip(
	struct drive *drive, uint32_t x, uint32_t y, const struct code_strip *strip)
{
	const uint8_t bytes[5] = {strip->token, (uint8_t)(strip->count >> 8), (uint8_t)strip->count,
		(uint8_t)(strip->frame >> 8), (uint8_t)strip->frame};
	static uint8_t row[CODE_STRIP_CELLS * CODE_CELL * 4];
	uint8_t head[16];

	for (uint32_t i = 0; i < CODE_FINDER_CELLS; i++) {
		drive_cell(row, i, i % 2 == 0 ? 0xff00ff : 0x00ff00);
	}
	for (uint32_t i = 0; i < 48; i++) {
		uint8_t byte = i < 40 ? bytes[i / 8] : code_check(bytes);

		drive_cell(row, CODE_FINDER_CELLS + i, byte >> (7 - i % 8) & 1 ? 0xffffff : 0);
	}
	drive_write(drive, head,
		drive_head(head, x, y, CODE_STRIP_CELLS * CODE_CELL, CODE_CELL, GARASU_RFB_RAW));
	for (uint32_t i = 0; i < CODE_CELL; i++) {
		drive_write(drive, row, sizeof(row));
	}
}

/* Shows one grey pixel, far from any strip. */
static inline void drive_pixel(struct drive *drive)
{
	static const uint8_t grey[4] = {0x80, 0x80, 0x80, 0};
	uint8_t head[16];

	drive_write(drive, head,
		drive_head(head, DRIVE_WIDTH - 1, DRIVE_HEIGHT - 1, 1, 1, GARASU_RFB_RAW));
	drive_write(drive, grey, sizeof(grey));
}

#endif
