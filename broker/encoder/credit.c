/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Credit records and their pace. */

#include "credit.h"

#include <errno.h>
#include <unistd.h>

#define RETRY_US 5000u
#define FILM_TILES 24u /* about 300 x 320 pixels, in half of the newest frames */
#define FILM_FRAMES 4u /* of eight */

void credit_init(struct credit *credit, int fd, uint32_t rate)
{
	*credit = (struct credit){.fd = fd, .rate = rate};
}

static uint64_t interval_us(const struct credit *credit)
{
	return credit->rate == 0 ? 0 : 1000000u / credit->rate;
}

static int is_film(const struct credit *credit)
{
	uint32_t count = 0;

	for (uint32_t frames = credit->film_frames; frames != 0; frames &= frames - 1) {
		count++;
	}
	return count >= FILM_FRAMES;
}

uint64_t credit_due_us(const struct credit *credit)
{
	uint64_t due;

	if (credit->never || credit->is_out) {
		return UINT64_MAX;
	}
	due = credit->given_us == 0 ? 0 : credit->given_us + interval_us(credit);
	return due > credit->retry_us ? due : credit->retry_us;
}

static int write_record(struct credit *credit, enum garasu_input_type type, uint64_t now_us)
{
	struct garasu_input record = {
		.type = (uint8_t)type, .flag = type == GARASU_INPUT_CREDIT && is_film(credit)};
	ssize_t written = write(credit->fd, &record, sizeof(record));

	if (written == (ssize_t)sizeof(record)) {
		return 1;
	}
	if (written < 0 && (errno == EAGAIN || errno == EINTR)) {
		credit->retry_us = now_us + RETRY_US;
		return 0;
	}
	return -EPIPE;
}

int credit_give(struct credit *credit, uint64_t now_us)
{
	int result = write_record(credit, GARASU_INPUT_CREDIT, now_us);

	if (result == 1) {
		credit->is_out = 1;
		credit->given_us = now_us;
	}
	return result < 0 ? result : 0;
}

int credit_refresh(struct credit *credit, uint64_t now_us)
{
	int result = write_record(credit, GARASU_INPUT_REFRESH, now_us);

	return result < 0 ? result : 0;
}

void credit_frame_taken(struct credit *credit, uint32_t photo_tiles, uint64_t now_us)
{
	credit->film_frames = (uint8_t)(credit->film_frames << 1 | (photo_tiles >= FILM_TILES));
	credit->frame_us = now_us;
	credit->is_out = 0;
}
