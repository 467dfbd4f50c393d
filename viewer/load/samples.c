/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples, percentiles and chance. */

#include "samples.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int make_room(struct samples *samples, size_t more)
{
	size_t capacity = samples->capacity > 0 ? samples->capacity : 64;
	uint32_t *values;

	if (more <= samples->capacity - samples->count) {
		return 0;
	}
	while (capacity - samples->count < more) {
		if (capacity > SIZE_MAX / 16) {
			return -ENOMEM;
		}
		capacity *= 2;
	}
	values = realloc(samples->values, capacity * sizeof(*values));
	if (values == NULL) {
		return -ENOMEM;
	}
	samples->values = values;
	samples->capacity = capacity;
	return 0;
}

int samples_add(struct samples *samples, uint64_t value_us)
{
	if (make_room(samples, 1) != 0) {
		return -ENOMEM;
	}
	samples->values[samples->count++] = value_us < UINT32_MAX ? (uint32_t)value_us : UINT32_MAX;
	return 0;
}

int samples_join(struct samples *samples, const struct samples *more)
{
	if (more->count == 0) {
		return 0;
	}
	if (make_room(samples, more->count) != 0) {
		return -ENOMEM;
	}
	memcpy(samples->values + samples->count, more->values,
		more->count * sizeof(*samples->values));
	samples->count += more->count;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

uint32_t samples_rank(const uint32_t *sorted, size_t count, unsigned percent)
{
	size_t rank = (count * percent + 99) / 100;

	return sorted[rank > 0 ? rank - 1 : 0];
}

struct summary samples_summary(struct samples *samples)
{
	struct summary summary = {.count = samples->count};
	uint64_t sum = 0;

	if (samples->count == 0) {
		return summary;
	}
	qsort(samples->values, samples->count, sizeof(*samples->values), compare);
	for (size_t i = 0; i < samples->count; i++) {
		sum += samples->values[i];
	}
	summary.least = samples->values[0];
	summary.most = samples->values[samples->count - 1];
	summary.mean = (uint32_t)(sum / samples->count);
	if (samples->count >= SAMPLES_LEAST) {
		summary.has_percentiles = true;
		summary.p50 = samples_rank(samples->values, samples->count, 50);
		summary.p95 = samples_rank(samples->values, samples->count, 95);
	}
	if (samples->count >= SAMPLES_LEAST_P99) {
		summary.has_p99 = true;
		summary.p99 = samples_rank(samples->values, samples->count, 99);
	}
	return summary;
}

void samples_finish(struct samples *samples)
{
	free(samples->values);
	*samples = (struct samples){0};
}

uint64_t chance_next(struct chance *chance)
{
	uint64_t mixed = chance->state += 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	return mixed ^ mixed >> 31;
}

uint32_t chance_between(struct chance *chance, uint32_t least, uint32_t most)
{
	uint64_t span = (uint64_t)most - least + 1;

	return least + (uint32_t)(chance_next(chance) % span);
}
