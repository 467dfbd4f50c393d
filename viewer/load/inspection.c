/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages at rest, compared with the truth. Reads untrusted bytes from: the server, as a decoded
 * picture. */

#include "inspection.h"

#include "compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REST_US 2000000u      /* without a change: above what any refinement waits for */
#define PATIENCE_US 30000000u /* from the first picture to rest */
#define TRUTH_REST_US 300000u
#define TRUTH_PATIENCE_US 10000000u
#define AT_REST INSPECTION_TIMES

const uint32_t inspection_times_ms[INSPECTION_TIMES] = {0, 50, 200, 1000};

static struct compare_picture shown_by(const struct connection *connection)
{
	return (struct compare_picture){.pixels = connection->picture.pixels,
		.stride = (size_t)connection->picture.max_width * 4};
}

static struct compare_picture kept_as(const struct inspection *inspection, uint32_t which)
{
	return (struct compare_picture){
		.pixels = inspection->kept[which], .stride = (size_t)inspection->width * 4};
}

static void keep(struct inspection *inspection, const struct connection *connection, uint32_t which)
{
	struct compare_picture shown = shown_by(connection);
	size_t row_bytes = (size_t)inspection->width * 4;

	for (uint32_t y = 0; y < inspection->height; y++) {
		memcpy(inspection->kept[which] + y * row_bytes, shown.pixels + y * shown.stride,
			row_bytes);
	}
}

static int make_room(struct inspection *inspection, uint32_t width, uint32_t height)
{
	if (inspection->width == width && inspection->height == height) {
		return 0;
	}
	inspection_finish(inspection);
	for (uint32_t i = 0; i <= AT_REST; i++) {
		inspection->kept[i] = malloc((size_t)width * height * 4);
		if (inspection->kept[i] == NULL) {
			inspection_finish(inspection);
			return -ENOMEM;
		}
	}
	inspection->width = width;
	inspection->height = height;
	return 0;
}

void inspection_finish(struct inspection *inspection)
{
	for (uint32_t i = 0; i <= AT_REST; i++) {
		free(inspection->kept[i]);
	}
	*inspection = (struct inspection){0};
}

/* ---- watching ---- */

static void note_picture(
	struct inspection *inspection, const struct connection *connection, uint64_t now_us)
{
	struct compare_picture shown = shown_by(connection);

	if (inspection->picture_count < INSPECTION_PICTURES_MAX) {
		uint32_t at = inspection->picture_count++;

		inspection->pictures[at].time_us = now_us;
		inspection->pictures[at].hash =
			compare_hash(&shown, inspection->width, inspection->height);
	}
	inspection->picture_us = now_us;
}

void inspection_expect(struct inspection *inspection, const struct connection *connection)
{
	inspection->phase = INSPECTION_NONE;
	inspection->bytes_before = connection->bytes_decoded;
}

void inspection_begin(
	struct inspection *inspection, const struct connection *connection, uint64_t now_us)
{
	uint64_t before = inspection->bytes_before;

	if (connection->width == 0 ||
		make_room(inspection, connection->width, connection->height) != 0) {
		return;
	}
	inspection->phase = INSPECTION_WATCHING;
	inspection->bytes_before = before;
	inspection->bytes_shown = connection->bytes_decoded;
	inspection->shown_us = now_us;
	keep(inspection, connection, 0); /* now: a turn later more of it may be there */
	inspection->kept_count = 1;
	inspection->picture_count = 0;
	inspection->covered_right = inspection->covered_bottom = 0;
	inspection->is_compared = inspection->is_exact = false;
	note_picture(inspection, connection, now_us);
}

void inspection_see(
	struct inspection *inspection, const struct connection *connection, uint64_t now_us)
{
	if (inspection->phase == INSPECTION_WATCHING) {
		note_picture(inspection, connection, now_us);
	} else if (inspection->phase == INSPECTION_ASKING) {
		uint32_t right = connection->changed_x + connection->changed_width;
		uint32_t bottom = connection->changed_y + connection->changed_height;

		inspection->picture_us = now_us;
		if (right > inspection->covered_right) {
			inspection->covered_right = right;
		}
		if (bottom > inspection->covered_bottom) {
			inspection->covered_bottom = bottom;
		}
	}
}

/* ---- the truth ---- */

static void compare(struct inspection *inspection, const struct connection *connection)
{
	struct compare_picture truth = shown_by(connection), kept = kept_as(inspection, AT_REST);
	uint32_t width = inspection->width, height = inspection->height;
	uint64_t hash = compare_hash(&truth, width, height);
	uint32_t first = inspection->picture_count;

	inspection->differing = compare_differing(&kept, &truth, width, height);
	for (uint32_t i = 0; i < INSPECTION_TIMES; i++) {
		kept = kept_as(inspection, i);
		inspection->error[i] = compare_error(&kept, &truth, width, height);
	}
	while (first > 0 && inspection->pictures[first - 1].hash == hash) {
		first--;
	}
	inspection->is_exact = first < inspection->picture_count;
	if (inspection->is_exact) {
		inspection->lossless_us =
			inspection->pictures[first].time_us - inspection->shown_us;
	}
	inspection->is_compared = true;
}

static uint64_t end(struct inspection *inspection)
{
	inspection->phase = INSPECTION_DONE;
	return 0;
}

static uint64_t watch(struct inspection *inspection, struct connection *connection, uint64_t now_us)
{
	uint64_t rested_us = inspection->picture_us + REST_US;

	while (inspection->kept_count < INSPECTION_TIMES) {
		uint64_t due_us = inspection->shown_us +
				  inspection_times_ms[inspection->kept_count] * UINT64_C(1000);

		if (now_us < due_us) {
			return due_us;
		}
		keep(inspection, connection, inspection->kept_count++);
	}
	if (now_us >= inspection->shown_us + PATIENCE_US ||
		inspection->picture_count == INSPECTION_PICTURES_MAX) {
		return end(inspection);
	}
	if (now_us < rested_us) {
		return rested_us;
	}
	keep(inspection, connection, AT_REST);
	inspection->bytes_rested = connection->bytes_decoded;
	inspection->phase = INSPECTION_ASKING;
	inspection->asked_us = inspection->picture_us = now_us;
	connection_ask_raw(connection);
	return now_us + TRUTH_REST_US;
}

static uint64_t ask(struct inspection *inspection, struct connection *connection, uint64_t now_us)
{
	bool is_whole = inspection->covered_right >= inspection->width &&
			inspection->covered_bottom >= inspection->height;

	if (is_whole && now_us >= inspection->picture_us + TRUTH_REST_US) {
		compare(inspection, connection);
		connection_ask_as_usual(connection);
		return end(inspection);
	}
	if (now_us >= inspection->asked_us + TRUTH_PATIENCE_US) {
		connection_ask_as_usual(connection);
		return end(inspection);
	}
	return now_us + TRUTH_REST_US;
}

uint64_t inspection_step(
	struct inspection *inspection, struct connection *connection, uint64_t now_us)
{
	bool is_same =
		connection->width == inspection->width && connection->height == inspection->height;

	switch (inspection->phase) {
	case INSPECTION_WATCHING:
		return is_same ? watch(inspection, connection, now_us) : end(inspection);
	case INSPECTION_ASKING:
		return is_same ? ask(inspection, connection, now_us) : end(inspection);
	case INSPECTION_NONE:
	case INSPECTION_DONE:
		break;
	}
	return 0;
}

/* ---- many ---- */

int quality_add(struct quality *quality, const struct inspection *inspection)
{
	if (!inspection->is_compared) {
		quality->uncompared++;
		return 0;
	}
	for (uint32_t i = 0; i < INSPECTION_TIMES; i++) {
		double psnr = compare_psnr(inspection->error[i]);

		if (samples_add(&quality->psnr[i], (uint64_t)(psnr * 1000)) != 0) {
			return -ENOMEM;
		}
	}
	if (inspection->is_exact && samples_add(&quality->lossless, inspection->lossless_us) != 0) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < INSPECTION_TIMES; i++) {
		quality->error_sum[i] += inspection->error[i];
	}
	quality->pages++;
	quality->differing += inspection->differing;
	quality->bytes_first += inspection->bytes_shown - inspection->bytes_before;
	quality->bytes_after += inspection->bytes_rested - inspection->bytes_shown;
	return 0;
}

double quality_psnr(const struct quality *quality, uint32_t time)
{
	return compare_psnr(quality->error_sum[time] / (double)quality->pages);
}

int quality_join(struct quality *quality, const struct quality *more)
{
	for (uint32_t i = 0; i < INSPECTION_TIMES; i++) {
		if (samples_join(&quality->psnr[i], &more->psnr[i]) != 0) {
			return -ENOMEM;
		}
	}
	if (samples_join(&quality->lossless, &more->lossless) != 0) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < INSPECTION_TIMES; i++) {
		quality->error_sum[i] += more->error_sum[i];
	}
	quality->pages += more->pages;
	quality->uncompared += more->uncompared;
	quality->differing += more->differing;
	quality->bytes_first += more->bytes_first;
	quality->bytes_after += more->bytes_after;
	return 0;
}

void quality_finish(struct quality *quality)
{
	for (uint32_t i = 0; i < INSPECTION_TIMES; i++) {
		samples_finish(&quality->psnr[i]);
	}
	samples_finish(&quality->lossless);
	*quality = (struct quality){0};
}
